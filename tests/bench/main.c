/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage_text[] =
	"onward-bench --bin DIR --work DIR [--quick] [--json FILE] [--only PARTS]\n"
	"             [--stored N]\n"
	"\n"
	"  --bin DIR     where onwardd is\n"
	"  --work DIR    where homes are made; DIR/stock-N is kept from run to run\n"
	"  --quick       one small run of each, about a minute\n"
	"  --json FILE   the raw figures\n"
	"  --stored N    referrals in the store of the part `stored` (a million; quick: 20000)\n"
	"  --only PARTS  of: single,match,chain,inbox,open,stored,rivals\n";

static const struct {
	const char *name;
	void (*run)(const struct bench *bench);
} parts[] = {
	{"single", bench_single},
	{"match", bench_match},
	{"chain", bench_chain},
	{"inbox", bench_inbox},
	{"open", bench_open_loop},
	{"stored", bench_chain_stored},
	{"rivals", bench_rivals},
};

static bool wanted(const char *only, const char *name)
{
	const size_t len = strlen(name);
	for (const char *at = only; at != NULL; at = strchr(at, ',')) {
		at += *at == ',' ? 1 : 0;
		if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0')) {
			return true;
		}
	}
	return only == NULL;
}

static void folders_make(struct bench *bench, const char *work)
{
	if (mkdir(work, 0755) != 0 && errno != EEXIST) {
		bench_fail("cannot make %s: %s", work, strerror(errno));
	}
	char absolute[HOME_PATH_SIZE];
	if (realpath(work, absolute) == NULL || strlen(absolute) > sizeof(bench->folder) - 32) {
		bench_fail("%s: the path is too long", work);
	}
	(void)snprintf(bench->folder, sizeof(bench->folder), "%s/run-XXXXXX", absolute);
	(void)snprintf(bench->stock, sizeof(bench->stock), "%s/stock-%zu", absolute, bench->stored);
	if (mkdtemp(bench->folder) == NULL) {
		bench_fail("cannot make a folder in %s: %s", work, strerror(errno));
	}
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {{"bin", required_argument, NULL, 'b'},
		{"work", required_argument, NULL, 'w'}, {"quick", no_argument, NULL, 'q'},
		{"json", required_argument, NULL, 'j'}, {"only", required_argument, NULL, 'o'},
		{"stored", required_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
	struct bench bench = {.runs = BENCH_RUNS, .messages = 40000, .stored = 1000000};
	const char *work = NULL;
	const char *json = NULL;
	const char *only = NULL;
	size_t stored = 0;
	for (int option; (option = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		switch (option) {
		case 'b':
			bench.bin = optarg;
			break;
		case 'w':
			work = optarg;
			break;
		case 'q':
			bench.quick = true;
			break;
		case 'j':
			json = optarg;
			break;
		case 'o':
			only = optarg;
			break;
		case 's':
			stored = strtoull(optarg, NULL, 10);
			break;
		default:
			work = NULL;
			optind = argc + 1;
			break;
		}
	}
	if (work == NULL || bench.bin == NULL || optind != argc || sodium_init() < 0) {
		(void)fputs(usage_text, stderr);
		return 64;
	}
	if (bench.quick) {
		bench.runs = 1;
		bench.messages = 10000;
		bench.stored = 20000;
	}
	bench.stored = stored > 0 ? stored : bench.stored;
	folders_make(&bench, work);
	report_head(&bench);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (wanted(only, parts[i].name)) {
			parts[i].run(&bench);
		}
	}
	report_finish(json);
	home_remove(bench.folder);
	return 0;
}
