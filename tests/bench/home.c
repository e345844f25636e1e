/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/bench.h"

#include "broker/cli/home_make.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SERVICE_BYTES = 1024 * 1024
};

/* A caseload of some hundred would be full at once: "caseload: 360" becomes "not-stated". */
static void limits_lift(const char *path)
{
	static const char *const keys[] = {"  caseload: ", "  per_year: "};
	struct buf file = {0};
	struct buf out = {0};
	bench_check(buf_read_file(&file, path, SERVICE_BYTES), NULL, path);
	struct str rest = buf_str(&file);
	while (rest.len > 0) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		const size_t len = end == NULL ? rest.len : (size_t)(end - rest.ptr) + 1;
		struct str line = {rest.ptr, len};
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			if (str_has_prefix(line, str_from(keys[i]))) {
				buf_add_text(&out, keys[i]);
				line = STR("not-stated\n");
			}
		}
		buf_add_str(&out, line);
		rest = (struct str){rest.ptr + len, rest.len - len};
	}
	bench_check(out.failed ? ERR_NOMEM : buf_write_file(buf_str(&out), path, 0644), NULL, path);
	buf_finish(&file);
	buf_finish(&out);
}

static int service_lift(const char *path, const struct stat *stat, int flag, struct FTW *walk)
{
	(void)stat;
	(void)walk;
	if (flag == FTW_F && strstr(path, "/services/") != NULL) {
		limits_lift(path);
	}
	return 0;
}

void home_create(const char *path)
{
	char data[HOME_PATH_SIZE];
	char services[HOME_PATH_SIZE];
	struct fault fault = {0};
	struct home_made made;
	bench_check(home_data_find(data), NULL, "finding the directory's data");
	const struct home_plan plan = {.home = path,
		.data = data,
		.areas = {STR("london-2018")},
		.area_count = 1,
		.rehearsal = true};
	bench_check(home_make(&plan, &made, &fault), &fault, "making a home");
	home_part_path(path, HOME_DIRECTORY, services);
	(void)nftw(services, service_lift, 8, FTW_PHYS);
}

static int one_remove(const char *path, const struct stat *stat, int flag, struct FTW *walk)
{
	(void)stat;
	(void)flag;
	(void)walk;
	return remove(path);
}

void home_remove(const char *path)
{
	(void)nftw(path, one_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static _Noreturn void broker_exec(const char *bin, const char *home)
{
	char program[HOME_PATH_SIZE];
	char log[HOME_PATH_SIZE];
	/* It ends with the bench, however that ends. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)snprintf(program, sizeof(program), "%s/onwardd", bin);
	(void)snprintf(log, sizeof(log), "%s/onwardd.log", home);
	const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (out >= 0) {
		(void)dup2(out, STDOUT_FILENO);
		(void)dup2(out, STDERR_FILENO);
	}
	(void)execl(
		program, program, "--home", home, "--clock", BENCH_CLOCK ",manual", (char *)NULL);
	_exit(127);
}

void broker_start(struct broker *broker, const struct bench *bench, const char *home)
{
	*broker = (struct broker){0};
	str_copy(broker->home, sizeof(broker->home), str_from(home));
	broker->pid = fork();
	if (broker->pid == 0) {
		broker_exec(bench->bin, home);
	}
	if (broker->pid < 0) {
		bench_fail("cannot start a process: %s", strerror(errno));
	}
}

void broker_stop(struct broker *broker)
{
	int status = 0;
	if (broker->pid <= 0) {
		return;
	}
	(void)kill(broker->pid, SIGTERM);
	while (waitpid(broker->pid, &status, 0) < 0 && errno == EINTR) {
	}
	broker->pid = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		bench_fail("the broker ended badly; see %s/onwardd.log", broker->home);
	}
}

uint64_t broker_rss_anon(const struct broker *broker)
{
	char path[64];
	char line[256];
	unsigned long kib = 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)broker->pid);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "RssAnon:", 8) == 0) {
			kib = strtoul(line + 8, NULL, 10);
		}
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return (uint64_t)kib * 1024;
}

uint64_t broker_cpu_ms(const struct broker *broker)
{
	char path[64];
	char text[1024];
	unsigned long user = 0;
	unsigned long system = 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)broker->pid);
	FILE *file = fopen(path, "re");
	if (file != NULL && fgets(text, sizeof(text), file) != NULL) {
		/* Behind the name in brackets: state and ten numbers, then the two times. */
		char *at = strrchr(text, ')');
		char *save = NULL;
		char *word = at == NULL ? NULL : strtok_r(at + 1, " ", &save);
		for (int i = 0; word != NULL && i < 13; i++) {
			user = i == 11 ? strtoul(word, NULL, 10) : user;
			system = i == 12 ? strtoul(word, NULL, 10) : system;
			word = strtok_r(NULL, " ", &save);
		}
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return (uint64_t)(user + system) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
}
