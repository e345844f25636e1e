/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/find.h"
#include "directory/coverage/report.h"

#include "broker/base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* The grid of gaps and the search at 100,000 invented services over every authority that holds;
 * prints, asserts nothing. */

enum {
	SERVICES = LIMIT_SERVICES,
	CODES_MAX = 32,
	SEARCHES = 20000
};

static struct directory_list list_of(enum vocab_name vocab, struct str items[CODES_MAX])
{
	size_t count;
	const char *const *codes = vocab_codes(vocab, &count);
	for (size_t i = 0; i < count && i < CODES_MAX; i++) {
		items[i] = str_from(codes[i]);
	}
	return (struct directory_list){items, count};
}

static int any_field(void *context, struct str path)
{
	(void)context;
	(void)path;
	return 1;
}

static double seconds(void)
{
	return (double)timestamp_now() / 1e6;
}

/* A line of the table: what, the figure, the goal. */
__attribute__((format(printf, 3, 4))) static void row(
	const char *what, const char *goal, const char *format, ...)
{
	char figure[80];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(figure, sizeof(figure), format, args);
	va_end(args);
	(void)printf("%-58s %-34s %s\n", what, figure, goal);
}

static struct str service_text(
	struct arena *arena, size_t number, const char *codes[], size_t known)
{
	static const int ages[] = {11, 15, 16, 18, 21, 24, 25, 30, 50};
	size_t needs;
	const char *const *need = vocab_codes(VOCAB_NEED, &needs);
	size_t pathways;
	const char *const *pathway = vocab_codes(VOCAB_PATHWAY, &pathways);
	if (known == 0 || needs == 0 || pathways == 0) {
		return (struct str){0};
	}
	return arena_printf(arena,
		"id: s%zu\nname: Service %zu\norganisation: centre\nrole: specialist\n"
		"routing: routable\nwomen_specific: true\nauthorities: [%s, %s]\n"
		"pathways: [%s, %s]\nneeds: [%s, %s]\nreferrers: {kinds: [police]}\n"
		"eligibility:\n  - {id: age, cel: person.age >= %d, means: An age.}\n"
		"delivery: {party: centre, adapter: inbox, secret: true}\n"
		"agreement: {fields: []}\nsources: [Invented.]\n",
		number, number, codes[number % known], codes[(number * 7 + 1) % known],
		pathway[number % pathways], pathway[(number + 1) % pathways], need[number % needs],
		need[(number + 3) % needs], ages[number / 11 % (sizeof(ages) / sizeof(ages[0]))]);
}

static struct directory *make(date_days day)
{
	static struct str needs[CODES_MAX], pathways[CODES_MAX], groups[CODES_MAX],
		kinds[CODES_MAX];
	static const char *codes[1024];
	const struct directory_rulebook rulebook = {
		.needs = list_of(VOCAB_NEED, needs),
		.pathways = list_of(VOCAB_PATHWAY, pathways),
		.specialist_groups = list_of(VOCAB_GROUP, groups),
		.party_kinds = list_of(VOCAB_KIND, kinds),
		.field_class = any_field,
	};
	struct directory_files files = {0};
	struct directory_problems problems;
	struct directory *directory = NULL;
	size_t known = 0;
	for (const struct directory_authority *at = NULL;
		known < 1024 && (at = directory_authority_next(at, day)) != NULL;) {
		codes[known++] = at->code.ptr;
	}
	arena_init(&files.arena, 0);
	files.items = arena_array(&files.arena, SERVICES + 1, sizeof(*files.items));
	files.items[files.count++] = (struct directory_file){STR("a/organisations/centre.yaml"),
		STR("id: centre\nname: Centre\nparty_kind: provider\n")};
	for (size_t i = 0; i < SERVICES; i++) {
		files.items[files.count++] = (struct directory_file){
			arena_printf(&files.arena, "a/services/s%zu.yaml", i),
			service_text(&files.arena, i, codes, known)};
	}
	directory_files_sort(&files);
	const enum err err = directory_load(&files, &rulebook, &directory, &problems);
	if (err != ERR_OK) {
		(void)fprintf(stderr, "the directory does not load: %zu problems, %.*s\n",
			problems.count,
			STR_ARG(problems.kept > 0 ? problems.items[0].message : STR("")));
		exit(1);
	}
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return directory;
}

static void measure_grid(const struct directory *directory, date_days day)
{
	struct coverage *coverage = NULL;
	struct fault fault = {0};
	const struct coverage_input input = {.directory = directory, .day = day};
	const double begin = seconds();
	if (coverage_create(&input, &coverage, &fault) != ERR_OK) {
		exit(1);
	}
	const double end = seconds();
	char what[80];
	(void)snprintf(what, sizeof(what),
		"gaps: %zu authorities x %d needs x %d pathways x %zu ages", coverage->place_count,
		NEED_COUNT, PATHWAY_COUNT, coverage->band_count);
	row(what, "2 s", "%.2f s", end - begin);
	coverage_destroy(coverage);
}

static void measure_find(const struct directory *directory, date_days day)
{
	struct find *find = NULL;
	size_t found = 0;
	if (find_create(directory, day, &find) != ERR_OK) {
		exit(1);
	}
	const struct directory_authority *at = NULL;
	const double begin = seconds();
	for (int i = 0; i < SEARCHES; i++) {
		struct find_answer answer;
		at = directory_authority_next(at, day);
		at = at == NULL ? directory_authority_next(NULL, day) : at;
		const struct find_query query = {
			.need = i % NEED_COUNT, .pathway = -1, .authority = at->code};
		find_run(find, &query, &answer);
		found += answer.found;
	}
	const double end = seconds();
	row("find by authority and need", "50 us", "%.2f us, %.1f services found",
		(end - begin) * 1e6 / SEARCHES, (double)found / SEARCHES);
	find_destroy(find);
}

int main(void)
{
	struct rusage usage;
	const date_days day = date_from_civil(2024, 6, 1);
	const double begin = seconds();
	struct directory *directory = make(day);
	(void)printf("\n%zu other invented services, smaller\n\n", directory->service_count);
	row("loaded from YAML in memory", "", "%.2f s", seconds() - begin);
	measure_grid(directory, day);
	measure_find(directory, day);
	(void)getrusage(RUSAGE_SELF, &usage);
	row("memory with the bench's own texts, at most", "", "%ld MiB", usage.ru_maxrss / 1024);
	directory_destroy(directory);
	return 0;
}
