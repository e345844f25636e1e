/* SPDX-License-Identifier: Apache-2.0 */
#include "../load.h"
#include "tests/bench/services/invent.h"
#include "tests/bench/services/services.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	READY_S = 180,
	LOG_BYTES = 4 * 1024 * 1024,
	LOAD_RATE = 200, /* submits a second: a busy evening of all London */
	LOAD_COUNT = 3000,
	PUBLISH_AFTER_S = 3, /* into the load */
	SETTLE_MS = 2500     /* before files that were just written are known again unread */
};

static void nap(long ms)
{
	const struct timespec wait = {ms / 1000, ms % 1000 * 1000000};
	(void)nanosleep(&wait, NULL);
}

/* How often the broker of the home has said that it is ready. */
static size_t times_ready(const char *home)
{
	char path[HOME_PATH_SIZE];
	struct buf log = {0};
	size_t times = 0;
	(void)snprintf(path, sizeof(path), "%s/onwardd.log", home);
	if (buf_read_file(&log, path, LOG_BYTES) == ERR_OK) {
		buf_append(&log, "", 1);
		const char *at = log.failed ? NULL : log.data;
		while (at != NULL && (at = strstr(at, " ready: ")) != NULL) {
			times++;
			at++;
		}
	}
	buf_finish(&log);
	return times;
}

static double broker_processor(const struct broker *broker)
{
	struct broker_cpu cpu;
	broker_cpu(broker, &cpu);
	return cpu.total_us / 1e6;
}

/* From the start of the process until it is ready. */
static struct took broker_start_timed(
	struct broker *broker, const struct services_bench *bench, const char *home)
{
	const size_t before = times_ready(home);
	const uint64_t begin = bench_now_ns();
	broker_start(broker, &bench->bench, home);
	while (times_ready(home) == before) {
		if (seconds_since(begin) > READY_S || waitpid(broker->pid, NULL, WNOHANG) != 0) {
			bench_fail("the broker is not ready; see %s/onwardd.log", home);
		}
		nap(2);
	}
	return (struct took){seconds_since(begin), broker_processor(broker)};
}

static void services_add(const char *home, size_t first, size_t services)
{
	char root[HOME_PATH_SIZE];
	home_part_path(home, HOME_DIRECTORY, root);
	invent_write(first, services, root);
}

/* As the operator publishes: the program, from its start to its end; its processor time and the
 * broker's. */
static struct took publish(
	const struct services_bench *bench, const struct broker *broker, const char *folder)
{
	const char *home = broker->home;
	struct rusage usage;
	char program[HOME_PATH_SIZE];
	char log[HOME_PATH_SIZE];
	int status = 0;
	(void)snprintf(program, sizeof(program), "%s/onward", bench->bench.bin);
	(void)snprintf(log, sizeof(log), "%s/publish.log", home);
	const uint64_t begin = bench_now_ns();
	const double before = broker_processor(broker);
	const pid_t pid = fork();
	if (pid == 0) {
		const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
		(void)dup2(out, STDOUT_FILENO);
		(void)dup2(out, STDERR_FILENO);
		(void)execl(program, program, "--home", home, "directory", "publish", folder,
			"--message", "invented services", (char *)NULL);
		_exit(127);
	}
	while (pid < 0 || (wait4(pid, &status, 0, &usage) < 0 && errno != EINTR)) {
		bench_fail("cannot run onward: %s", strerror(errno));
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		bench_fail("onward directory publish ended badly; see %s", log);
	}
	const double own = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	return (struct took){seconds_since(begin), own + broker_processor(broker) - before};
}

/* A hundred thousand in a store: the first start, which parses and publishes, and the next. */
static void starts(const struct services_bench *bench)
{
	char home[HOME_PATH_SIZE];
	struct broker broker;
	(void)snprintf(home, sizeof(home), "%s/many", bench->bench.folder);
	home_create(home);
	services_add(home, 0, bench->services - bench->services / 500); /* beside London's */
	nap(SETTLE_MS);
	figure_took("onwardd: first start, reads the files and publishes", "",
		broker_start_timed(&broker, bench, home));
	figure("onwardd: memory after it", "", "%.0f MiB",
		(double)broker_rss_anon(&broker) / (1024 * 1024));
	broker_stop(&broker);
	figure_took("onwardd: start from the published form", "1 s",
		broker_start_timed(&broker, bench, home));
	figure("onwardd: memory after it", "200 MiB", "%.0f MiB",
		(double)broker_rss_anon(&broker) / (1024 * 1024));
	broker_stop(&broker);
	home_remove(home);
}

static void load_figure(const char *what, struct samples *samples)
{
	figure(what, "", "%.1f / %.1f / %.0f ms", samples_at(samples, 0.5) * 1e3,
		samples_at(samples, 0.99) * 1e3, samples_at(samples, 1) * 1e3);
}

/* A steady evening of referrals; with `folder`, that is published a few seconds into it. */
static void load_timed(const struct services_bench *bench, const struct broker *broker,
	const char *folder, const char *what)
{
	struct samples accepted = {0};
	struct load_result result;
	int pipes[2];
	struct took took = {0};
	const struct load load = {.home = broker->home,
		.count = LOAD_COUNT,
		.rate = LOAD_RATE,
		.accepted = &accepted};
	(void)fflush(stdout);
	if (pipe(pipes) != 0) {
		bench_fail("no pipe: %s", strerror(errno));
	}
	const pid_t pid = folder == NULL ? -1 : fork();
	if (pid == 0) {
		nap(PUBLISH_AFTER_S * 1000);
		took = publish(bench, broker, folder);
		_exit(write(pipes[1], &took, sizeof(took)) == sizeof(took) ? 0 : 1);
	}
	(void)close(pipes[1]);
	load_run(&load, &result);
	if (pid > 0 && read(pipes[0], &took, sizeof(took)) != sizeof(took)) {
		bench_fail("the publication did not end well");
	}
	if (pid > 0) {
		(void)waitpid(pid, NULL, 0);
	}
	(void)close(pipes[0]);
	load_figure(what, &accepted);
	samples_finish(&accepted);
}

/* Ten thousand published while referrals come. */
static void publications(const struct services_bench *bench)
{
	char home[HOME_PATH_SIZE];
	char folder[HOME_PATH_SIZE];
	char source[HOME_PATH_SIZE];
	char command[3 * HOME_PATH_SIZE];
	struct broker broker;
	(void)snprintf(home, sizeof(home), "%s/some", bench->bench.folder);
	(void)snprintf(folder, sizeof(folder), "%s/next", bench->bench.folder);
	home_create(home);
	home_part_path(home, HOME_DIRECTORY, source);
	/* What is published holds the services that the sample's women are sent to, too. */
	(void)snprintf(command, sizeof(command), "cp -r '%s' '%s'", source, folder);
	if (system(command) != 0) { /* NOLINT(cert-env33-c): a folder of the bench's own */
		bench_fail("cannot copy %s", source);
	}
	invent_write(0, bench->published, folder);
	services_add(home, 0, bench->published / 2);
	(void)broker_start_timed(&broker, bench, home);
	load_timed(bench, &broker, NULL, "warming up: accepted, p50 / p99 / most");
	load_timed(bench, &broker, NULL, "accepted, nothing published: p50 / p99 / most");
	load_timed(
		bench, &broker, folder, "accepted while services are published: p50 / p99 / most");
	invent_write(bench->published, 10, folder);
	figure_took("onward directory publish: checked, sent, checked, in force", "2 s",
		publish(bench, &broker, folder));
	figure("onwardd: memory after them", "", "%.0f MiB",
		(double)broker_rss_anon(&broker) / (1024 * 1024));
	broker_stop(&broker);
	home_remove(home);
}

void services_broker(const struct services_bench *bench)
{
	starts(bench);
	publications(bench);
}
