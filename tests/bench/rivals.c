/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rivals.h"
#include "tests/bench/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Servers that run now: they end with the bench, also when it fails. */
enum {
	SERVERS_MAX = 4
};
static pid_t servers[SERVERS_MAX];

static void servers_end(void)
{
	for (size_t i = 0; i < SERVERS_MAX; i++) {
		rival_stop(servers[i]);
	}
}

pid_t rival_start(const char *folder, const char *log_name, const char *const *argv)
{
	static bool registered;
	char log[HOME_PATH_SIZE];
	char *copy[16] = {0};
	size_t count = 0;
	for (; argv[count] != NULL && count + 1 < sizeof(copy) / sizeof(copy[0]); count++) {
		copy[count] = strdup(argv[count]);
	}
	(void)snprintf(log, sizeof(log), "%s/%s.log", folder, log_name);
	if (!registered && atexit(servers_end) == 0) {
		registered = true;
	}
	const pid_t pid = fork();
	if (pid == 0) {
		/* A group of its own, so that what it starts ends with it. */
		(void)setpgid(0, 0);
		const int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		(void)dup2(out, STDOUT_FILENO);
		(void)dup2(out, STDERR_FILENO);
		if (copy[0] != NULL) {
			(void)execvp(copy[0], copy);
		}
		_exit(127);
	}
	for (size_t i = 0; i < count; i++) {
		free(copy[i]);
	}
	for (size_t i = 0; pid > 0 && i < SERVERS_MAX; i++) {
		if (servers[i] == 0) {
			servers[i] = pid;
			break;
		}
	}
	return pid;
}

void rival_stop(pid_t pid)
{
	int status;
	if (pid <= 0) {
		return;
	}
	(void)kill(-pid, SIGTERM);
	for (int i = 0; i < 100 && waitpid(pid, &status, WNOHANG) == 0; i++) {
		(void)usleep(50000);
	}
	(void)kill(-pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	for (size_t i = 0; i < SERVERS_MAX; i++) {
		servers[i] = servers[i] == pid ? 0 : servers[i];
	}
}

bool rival_ended(pid_t pid)
{
	int status;
	return pid <= 0 || waitpid(pid, &status, WNOHANG) != 0;
}

int rival_port(int offset)
{
	return 20000 + (int)(getpid() % 10000) + offset * 10000;
}

static void rival_row(const struct bench *bench, const char *what, const char *raw_name,
	const char *flushes, bool (*run)(const struct bench *, size_t, struct samples *))
{
	struct samples rates = {0};
	struct sample sample;
	char figure[64];
	char target[64] = "";
	sample_init(&sample);
	const size_t size = sample_bytes(&sample);
	sample_finish(&sample);
	if (!run(bench, size, &rates)) {
		report_row(what, "not measured", "",
			"not installed (make bench-deps), or it did not start");
	} else {
		const double ours = report_median("chain_fresh_per_s");
		const double theirs = samples_median(&rates);
		(void)snprintf(figure, sizeof(figure), "%.0f messages/s", theirs);
		if (ours > 0) {
			(void)snprintf(
				target, sizeof(target), "Onward's chain: %.2f x", ours / theirs);
		}
		report_row(what, figure, target, flushes);
		report_raw(raw_name, &rates);
	}
	samples_finish(&rates);
}

void bench_rivals(const struct bench *bench)
{
	rival_row(bench, "RabbitMQ quorum queue, confirmed, 512", "rabbitmq_per_s",
		"stores only; flushes each batch before it confirms; no encryption",
		rival_rabbitmq);
	rival_row(bench, "NATS JetStream file, acknowledged, 512", "nats_per_s",
		"stores only; flushes every two minutes, after it acknowledged; no encryption",
		rival_nats);
}
