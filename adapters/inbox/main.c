/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/inbox/inbox.h"

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

int main(int argc, char *argv[])
{
	struct options options;
	struct fault fault;
	if (options_parse(argc, argv, &options, &fault) != ERR_OK) {
		(void)fprintf(stderr, "onward-inbox: %s: %s\n", fault.field, fault.message);
		return INBOX_USAGE;
	}
	if (options.help || options.version) {
		(void)fputs(
			options.help ? options_help : "onward-inbox " ONWARD_VERSION "\n", stdout);
		return INBOX_DONE;
	}
	const struct sigaction action = {.sa_handler = stop};
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return inbox_run(&options, stdout, &stopped);
}
