/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the rules are: one clause, and many services for one person.  Prints a line a figure,
 * "name<TAB>value<TAB>unit<TAB>target", for tests/bench/rules/run.py; nothing here is a test.  With
 * --once SERVICES it builds one snapshot and asks once, for a profiler that counts instructions.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "directory.h"

enum {
	BATCHES = 41, /* of each figure; the middle one counts */
	PEOPLE = 64,
};

static void require(bool holds, const char *what)
{
	if (!holds) {
		(void)fprintf(stderr, "bench: %s\n", what);
		exit(1);
	}
}

static double now_ns(void)
{
	struct timespec time;
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

static double middle(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	return values[count / 2];
}

static void print(const char *name, double value, const char *unit, const char *target)
{
	printf("%s\t%.4g\t%s\t%s\n", name, value, unit, target);
	(void)fflush(stdout);
}

/* A figure: nanoseconds of one run, the middle of the batches. */
static double measure(void (*run)(void *context), void *context, size_t runs)
{
	double values[BATCHES];
	run(context);
	for (size_t batch = 0; batch < BATCHES; batch++) {
		const double begin = now_ns();
		for (size_t i = 0; i < runs; i++) {
			run(context);
		}
		values[batch] = (now_ns() - begin) / (double)runs;
	}
	return middle(values, BATCHES);
}

struct one {
	struct arena arena, scratch;
	struct rules_clause *clause;
	struct rules_facts facts;
	struct bench_person person;
	struct str source;
};

static void run_evaluate(void *context)
{
	struct one *one = context;
	const enum rules_answer answer =
		rules_evaluate(one->clause, &one->facts, &one->scratch).answer;
	arena_reset(&one->scratch);
	require(answer == RULES_YES, "the clause should hold");
}

static void run_compile(void *context)
{
	struct one *one = context;
	struct rules_error error;
	arena_reset(&one->arena);
	const enum err err =
		rules_compile_in(&one->arena, bench_env(), one->source, &one->clause, &error);
	require(err == ERR_OK, error.message);
}

static void bench_one(const char *name, struct str source, const char *target, bool compile)
{
	struct one one = {.source = source};
	char title[64];
	arena_init(&one.arena, 0);
	arena_init(&one.scratch, 0);
	bench_person_make(&one.person, 0, 0);
	one.facts = bench_facts(&one.person);
	run_compile(&one);
	print(name, measure(run_evaluate, &one, 20000), "ns", target);
	if (compile) {
		(void)snprintf(title, sizeof(title), "compile of it");
		print(title, measure(run_compile, &one, 500) / 1e3, "us", "10");
	}
	arena_finish(&one.arena);
	arena_finish(&one.scratch);
}

struct many {
	struct bench_directory *directory;
	struct index *index;
	struct arena scratch;
	struct bench_person people[PEOPLE];
	struct index_verdicts verdicts;
	size_t next;
};

static void run_query(void *context)
{
	struct many *many = context;
	const struct rules_facts facts = bench_facts(&many->people[many->next++ % PEOPLE]);
	arena_reset(&many->scratch);
	require(index_query(many->index, &facts, &many->scratch, &many->verdicts) == ERR_OK,
		"the index should answer");
}

static void run_scan(void *context)
{
	struct many *many = context;
	const struct rules_facts facts = bench_facts(&many->people[many->next++ % PEOPLE]);
	arena_reset(&many->scratch);
	require(index_scan(many->index, &facts, &many->scratch, &many->verdicts) == ERR_OK,
		"the scan should answer");
}

static void compare_answers(struct many *many)
{
	for (size_t i = 0; i < PEOPLE; i++) {
		many->next = i;
		run_query(many);
		const size_t eligible = many->verdicts.eligible_count;
		const size_t undetermined = many->verdicts.undetermined_count;
		unsigned char *verdicts = calloc(many->verdicts.service_count, 1);
		require(verdicts != NULL, "memory");
		for (size_t s = 0; s < many->verdicts.service_count; s++) {
			verdicts[s] = (unsigned char)index_verdict_of(&many->verdicts, s);
		}
		many->next = i;
		run_scan(many);
		require(eligible == many->verdicts.eligible_count &&
				undetermined == many->verdicts.undetermined_count,
			"index and scan differ");
		for (size_t s = 0; s < many->verdicts.service_count; s++) {
			require(verdicts[s] == index_verdict_of(&many->verdicts, s),
				"index and scan differ");
		}
		free(verdicts);
	}
}

static void many_start(struct many *many, size_t services, unsigned unknown_percent)
{
	*many = (struct many){0};
	arena_init(&many->scratch, 0);
	for (unsigned i = 0; i < PEOPLE; i++) {
		bench_person_make(&many->people[i], i + 1, unknown_percent);
	}
	many->directory = bench_directory_create(services);
	require(many->directory != NULL, "memory");
	many->index = bench_directory_index(many->directory);
	require(many->index != NULL, "the snapshot should be made");
}

static void many_finish(struct many *many)
{
	index_destroy(many->index);
	bench_directory_destroy(many->directory);
	arena_finish(&many->scratch);
}

static void bench_many(size_t services, const char *target_us, bool whole)
{
	struct many many;
	char title[96];
	double values[5];
	many_start(&many, services, 25);
	compare_answers(&many);
	const double query = measure(run_query, &many, PEOPLE);
	(void)snprintf(title, sizeof(title), "match, %zu services, a quarter unknown", services);
	print(title, query / 1e3, "us", target_us);
	(void)snprintf(title, sizeof(title), "the same by scanning");
	const double scan = measure(run_scan, &many, services > 20000 ? 2 : 8);
	print(title, scan / 1e3, "us", "");
	print("scan / index", scan / query, "times", ">= 10");
	print("eligible, of the last", (double)many.verdicts.eligible_count, "services", "");
	print("undetermined, of the last", (double)many.verdicts.undetermined_count, "services",
		"");
	if (whole) {
		const struct index_stats stats = index_stats_of(many.index);
		for (size_t i = 0; i < 5; i++) {
			const double begin = now_ns();
			struct index *again = bench_directory_index(many.directory);
			values[i] = (now_ns() - begin) / 1e6;
			index_destroy(again);
		}
		print("snapshot of these", middle(values, 5), "ms", "250");
		print("memory of the snapshot, a service", (double)stats.bytes / (double)services,
			"bytes", "256");
		print("different conditions", (double)stats.clauses, "", "");
		print("columns", (double)stats.columns, "", "");
		print("bitsets", (double)stats.bitsets, "", "");
	}
	many_finish(&many);
}

/* A text without a match, and twice as long: linear is 2. */
static void bench_matches(const char *pattern)
{
	enum {
		LENGTH = 8000
	};
	static char text[2 * LENGTH];
	double took[2];
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < 2; i++) {
		struct one one = {0};
		char source[96];
		(void)snprintf(source, sizeof(source), "!person.note.matches('%s')", pattern);
		arena_init(&one.arena, 0);
		arena_init(&one.scratch, 0);
		one.source = str_from(source);
		run_compile(&one);
		bench_person_make(&one.person, 0, 0);
		bench_person_note(&one.person, (struct str){text, (size_t)LENGTH << i});
		one.facts = bench_facts(&one.person);
		took[i] = measure(run_evaluate, &one, 50);
		arena_finish(&one.arena);
		arena_finish(&one.scratch);
	}
	char title[96];
	(void)snprintf(title, sizeof(title), "matches('%s'), twice the text", pattern);
	print(title, took[1] / took[0], "times", "2.3");
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--once") == 0) {
		struct many many;
		many_start(&many, strtoull(argv[2], NULL, 10), 25);
		run_query(&many);
		many_finish(&many);
		return 0;
	}
	bench_one("person.age >= 18", STR("person.age >= 18"), "20", false);
	bench_one("a rule of five clauses", BENCH_FIVE_CLAUSES, "100", true);
	bench_many(10000, "25", false);
	bench_many(100000, "250", true);
	static const char *const PATTERNS[] = {
		"(a*)*[bc]", "a*[bc]", "a*a*a*[bc]", "(a|aa)+$b", "(x+x+)+y", "(a{1,30}){1,3}[bc]"};
	for (size_t i = 0; i < sizeof(PATTERNS) / sizeof(PATTERNS[0]); i++) {
		bench_matches(PATTERNS[i]);
	}
	return 0;
}
