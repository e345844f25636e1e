/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/config.h"
#include "broker/net/net.h"

#include <getopt.h>
#include <stdio.h>

enum {
	EXIT_DONE = 0,
	EXIT_WRONG = 1, /* a check found problems, or the broker could not start */
	EXIT_USAGE = 64
};

static const char usage_text[] =
	"onwardd --home DIR [--clock TIME,manual]   run the broker of that home\n"
	"onwardd --home DIR --check                 verify its files; start nothing\n"
	"onwardd --help-config                      the keys of onward.yaml\n"
	"onwardd --version | --help\n"
	"\n"
	"Signals: TERM and INT finish what was taken in and stop; HUP reads parties.yaml and\n"
	"directory/ again.  Exit codes: 0 done, 1 problems, 64 usage.\n";

static int help_config(void)
{
	struct buf out = {0};
	config_describe(&out);
	(void)printf("%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {{"home", required_argument, NULL, 'H'},
		{"clock", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'k'},
		{"help-config", no_argument, NULL, 'C'}, {"version", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	struct daemon_options options = {0};
	bool check = false;
	for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (option) {
		case 'H':
			options.home = optarg;
			break;
		case 'c':
			options.clock = optarg;
			break;
		case 'k':
			check = true;
			break;
		case 'C':
			return help_config();
		case 'v':
			(void)printf("onwardd %s\n", ONWARD_VERSION);
			return EXIT_DONE;
		case 'h':
			(void)fputs(usage_text, stdout);
			return EXIT_DONE;
		default:
			(void)fputs(usage_text, stderr);
			return EXIT_USAGE;
		}
	}
	if (options.home == NULL || optind != argc) {
		(void)fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	if (check) {
		return daemon_check(&options) == ERR_OK ? EXIT_DONE : EXIT_WRONG;
	}
	struct fault fault = {0};
	const enum err err = daemon_run(&options, &fault);
	if (err != ERR_OK) {
		(void)fprintf(stderr, "onwardd: %s%s%s\n", fault.field,
			fault.field[0] == '\0' ? "" : " ", fault.message);
	}
	return err == ERR_OK ? EXIT_DONE : err == ERR_USAGE ? EXIT_USAGE : EXIT_WRONG;
}
