/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/bench.h"

#include "broker/cli/home_make.h"

#include <dirent.h>
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

/* In the child: it ends with the bench, however that ends, and writes into a log. */
static void child_settle(const char *home, const char *name)
{
	char log[HOME_PATH_SIZE];
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)snprintf(log, sizeof(log), "%s/%s.log", home, name);
	const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (out >= 0) {
		(void)dup2(out, STDOUT_FILENO);
		(void)dup2(out, STDERR_FILENO);
	}
}

static _Noreturn void broker_exec(const char *bin, const char *home)
{
	char program[HOME_PATH_SIZE];
	child_settle(home, "onwardd");
	(void)snprintf(program, sizeof(program), "%s/onwardd", bin);
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

void inbox_run_once(const struct bench *bench, const char *home)
{
	char program[HOME_PATH_SIZE];
	int status = 0;
	const pid_t pid = fork();
	if (pid == 0) {
		child_settle(home, "inbox");
		(void)snprintf(program, sizeof(program), "%s/onward-inbox", bench->bin);
		(void)execl(program, program, "--home", home, "--as", BENCH_PROVIDER, "--answer",
			"accept", "--once", "--rehearsal-ok", (char *)NULL);
		_exit(127);
	}
	while (pid < 0 || (waitpid(pid, &status, 0) < 0 && errno != EINTR)) {
		bench_fail("cannot run onward-inbox: %s", strerror(errno));
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		bench_fail("onward-inbox ended badly; see %s/inbox.log", home);
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

/* One line of a file below /proc; empty when it is gone. */
static void line_read(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	line[0] = '\0';
	if (file != NULL) {
		if (fgets(line, size, file) == NULL) {
			line[0] = '\0';
		}
		(void)fclose(file);
	}
	line[strcspn(line, "\n")] = '\0';
}

/* Where a thread's time is counted: by its name, and what has none of these is the loop. */
static size_t thread_kind(const char *name)
{
	return strncmp(name, "ZMQ", 3) == 0       ? BROKER_ZMQ
	       : strcmp(name, "writer") == 0      ? BROKER_WRITER
	       : strcmp(name, "outbox") == 0      ? BROKER_OUTBOX
	       : strncmp(name, "prepare", 7) == 0 ? BROKER_PREPARE
						  : BROKER_NET;
}

void broker_cpu(const struct broker *broker, struct broker_cpu *ret_cpu)
{
	char path[300];
	char line[256];
	char name[64];
	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)broker->pid);
	*ret_cpu = (struct broker_cpu){0};
	DIR *folder = opendir(path);
	for (const struct dirent *entry = NULL;
		folder != NULL && (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		(void)snprintf(path, sizeof(path), "/proc/%d/task/%.20s/comm", (int)broker->pid,
			entry->d_name);
		line_read(path, name, sizeof(name));
		(void)snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat",
			(int)broker->pid, entry->d_name);
		line_read(path, line, sizeof(line));
		const double us = (double)strtoull(line, NULL, 10) / 1000;
		ret_cpu->us[thread_kind(name)] += us;
		ret_cpu->total_us += us;
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
}
