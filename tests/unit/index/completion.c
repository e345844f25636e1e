/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the completion pass decides and leaves out, against trying everything that the facts may
 * be.  ONWARD_SEED repeats a run.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "generator.h"
#include "rules/index/complete.h"

enum {
	CASES = 3000,
	WORLD = 7, /* facts that may be unknown */
	VALUES = 5,
	CLAUSES_MAX = 3,
};

/* A small world: of the first five facts the ranges are told, of the others nothing. */
struct world {
	struct rules_fact values[WORLD][VALUES];
	size_t counts[WORLD];
	size_t chosen[WORLD];
	bool unknown[WORLD]; /* to the completion pass */
	bool all;            /* nothing is unknown: `chosen` holds */
	struct generator_person person;
};

static const char *const PATHS[WORLD] = {
	"p.age", "p.days", "p.code", "p.yes", "p.no", "p.tags", "p.rate"};
static const struct str CODES[] = {{"a", 1}, {"ab", 2}, {"b", 1}, {"camden", 6}};

static int world_find(struct str path)
{
	for (int i = 0; i < WORLD; i++) {
		if (str_is(path, PATHS[i])) {
			return i;
		}
	}
	return -1;
}

static void world_init(struct world *world, struct generator *generator)
{
	static const struct rules_fact ITEMS[] = {{.kind = RULES_FACT_STRING, .string = {"a", 1}},
		{.kind = RULES_FACT_STRING, .string = {"b", 1}}};
	static const double RATES[] = {0.5, 17.0, 18.5};
	*world = (struct world){.counts = {5, 4, 4, 2, 2, 3, 3}};
	for (int i = 0; i < 5; i++) {
		world->values[0][i] =
			(struct rules_fact){.kind = RULES_FACT_INT, .integer = 15 + i};
		world->values[1][i] = (struct rules_fact){.kind = RULES_FACT_INT, .integer = i - 1};
	}
	for (int i = 0; i < 4; i++) {
		world->values[2][i] =
			(struct rules_fact){.kind = RULES_FACT_STRING, .string = CODES[i]};
	}
	for (int i = 0; i < 2; i++) {
		world->values[3][i] =
			(struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = i == 1};
		world->values[4][i] = world->values[3][i];
	}
	for (size_t i = 0; i < 3; i++) {
		world->values[5][i] =
			(struct rules_fact){.kind = RULES_FACT_LIST, .list = {ITEMS, i}};
		world->values[6][i] =
			(struct rules_fact){.kind = RULES_FACT_DOUBLE, .number = RATES[i]};
	}
	generator_person(generator, &world->person);
	for (size_t i = 0; i < GENERATOR_FACTS; i++) {
		struct rules_fact *fact = &world->person.facts[i];
		for (size_t item = 0; fact->kind == RULES_FACT_LIST && item < fact->list.count;
			item++) {
			if (fact->list.items[item].kind == RULES_FACT_UNKNOWN) {
				fact->kind = RULES_FACT_UNKNOWN;
			}
		}
		if (fact->kind == RULES_FACT_UNKNOWN) {
			fact->kind = RULES_FACT_NULL;
		}
	}
	for (size_t i = 0; i < WORLD; i++) {
		world->unknown[i] = generator_below(generator, i < 5 ? 2 : 4) == 0;
		world->chosen[i] = generator_below(generator, (unsigned)world->counts[i]);
	}
}

static struct rules_fact world_get(void *context, struct str path)
{
	struct world *world = context;
	const int number = world_find(path);
	if (number < 0) {
		const struct rules_facts facts = generator_facts(&world->person);
		return facts.get(facts.context, path);
	}
	return !world->all && world->unknown[number]
		       ? (struct rules_fact){.kind = RULES_FACT_UNKNOWN}
		       : world->values[number][world->chosen[number]];
}

static bool world_range(void *context, struct str path, struct index_range *ret_range)
{
	(void)context;
	*ret_range = (struct index_range){0};
	switch (world_find(path)) {
	case 0:
		ret_range->kinds = 1U << RULES_FACT_INT;
		ret_range->least = 15;
		ret_range->most = 19;
		return true;
	case 1:
		ret_range->kinds = 1U << RULES_FACT_INT;
		ret_range->least = -1;
		ret_range->most = 2;
		return true;
	case 2:
		ret_range->kinds = 1U << RULES_FACT_STRING;
		ret_range->codes = CODES;
		ret_range->code_count = 4;
		return true;
	case 3:
	case 4:
		ret_range->kinds = 1U << RULES_FACT_BOOL;
		return true;
	default:
		return false;
	}
}

struct trial {
	struct world world;
	struct index_candidate candidate;
	const struct rules_clause *clauses[CLAUSES_MAX];
	struct index_completion completion;
	struct arena *scratch;
	size_t strides[WORLD], ways;
	unsigned char outcomes[5 * 4 * 4 * 2 * 2 * 3 * 3];
	bool opaque; /* more than its regions matters of some fact, or it has no range */
};

static enum rules_answer all_of(struct trial *trial)
{
	const struct rules_facts facts = {.context = &trial->world, .get = world_get};
	enum rules_answer outcome = RULES_YES;
	for (size_t i = 0; i < trial->candidate.clause_count; i++) {
		arena_reset(trial->scratch);
		const enum rules_answer answer =
			rules_evaluate(trial->clauses[i], &facts, trial->scratch).answer;
		cr_assert(answer != RULES_UNKNOWN || !trial->world.all);
		if (answer == RULES_NO) {
			return RULES_NO;
		}
		outcome = answer == RULES_YES ? outcome : answer;
	}
	return outcome;
}

/* Every way in which what is unknown may turn out. */
static void try_all(struct trial *trial)
{
	struct world *world = &trial->world;
	trial->ways = 1;
	for (size_t i = 0; i < WORLD; i++) {
		trial->strides[i] = trial->ways;
		trial->ways *= world->unknown[i] ? world->counts[i] : 1;
	}
	world->all = true;
	for (size_t way = 0; way < trial->ways; way++) {
		for (size_t i = 0; i < WORLD; i++) {
			if (world->unknown[i]) {
				world->chosen[i] = way / trial->strides[i] % world->counts[i];
			}
		}
		trial->outcomes[way] = (unsigned char)all_of(trial);
	}
	world->all = false;
}

static bool is_missing(const struct trial *trial, size_t fact, enum index_worth *ret_worth)
{
	for (size_t i = 0; i < trial->completion.missing_count; i++) {
		if (str_is(trial->completion.missing[i], PATHS[fact])) {
			*ret_worth = trial->completion.worth[i];
			return true;
		}
	}
	return false;
}

static bool changes(const struct trial *trial, size_t fact)
{
	const size_t stride = trial->strides[fact];
	for (size_t way = 0; way < trial->ways; way++) {
		if (way / stride % trial->world.counts[fact] > 0 &&
			trial->outcomes[way] != trial->outcomes[way - stride]) {
			return true;
		}
	}
	return false;
}

/* How many values of the fact settle it. */
static size_t settles(const struct trial *trial, size_t fact)
{
	const size_t stride = trial->strides[fact];
	size_t settled = 0;
	for (size_t value = 0; value < trial->world.counts[fact]; value++) {
		bool same = true;
		for (size_t way = 0; way < trial->ways; way++) {
			same = same &&
			       (way / stride % trial->world.counts[fact] != value ||
				       trial->outcomes[way] == trial->outcomes[value * stride]);
		}
		settled += same ? 1 : 0;
	}
	return settled;
}

static void assert_sound(struct trial *trial, unsigned long long seed)
{
	const struct index_completion *completion = &trial->completion;
	for (size_t way = 0; completion->answer != RULES_UNKNOWN && way < trial->ways; way++) {
		cr_assert_eq(trial->outcomes[way], completion->answer,
			"it is said to be %d and may be %d; ONWARD_SEED=%llu",
			(int)completion->answer, (int)trial->outcomes[way], seed);
	}
	for (size_t fact = 0; completion->answer == RULES_UNKNOWN && fact < WORLD; fact++) {
		enum index_worth worth = INDEX_WORTH_SOMETHING;
		const bool missing = is_missing(trial, fact, &worth);
		if (!trial->world.unknown[fact]) {
			cr_assert(!missing, "%s is known; ONWARD_SEED=%llu", PATHS[fact], seed);
			continue;
		}
		const bool matters = changes(trial, fact);
		cr_assert(missing || !matters, "%s matters and is left out; ONWARD_SEED=%llu",
			PATHS[fact], seed);
		cr_assert(worth != INDEX_WORTH_ALL ||
				  settles(trial, fact) == trial->world.counts[fact],
			"%s does not settle it; ONWARD_SEED=%llu", PATHS[fact], seed);
		cr_assert(worth != INDEX_WORTH_PERHAPS || settles(trial, fact) > 0,
			"%s cannot settle it; ONWARD_SEED=%llu", PATHS[fact], seed);
		if (!trial->opaque && completion->tried) {
			cr_assert(matters || !missing,
				"%s does not matter and is asked for; ONWARD_SEED=%llu",
				PATHS[fact], seed);
		}
	}
	if (!trial->opaque && completion->tried && completion->answer == RULES_UNKNOWN) {
		cr_assert_gt(completion->missing_count, 0);
	}
}

/* Conditions whose regions are all there is to know. */
static struct str plain_clause(struct generator *generator, unsigned depth)
{
	static const char *const LEAVES[] = {"p.age >= 17", "p.age < 16", "p.age == 18",
		"p.days > 0", "p.days in [0, 2]", "p.code in ['a', 'b']", "p.code == 'camden'",
		"p.code.startsWith('a')", "p.yes", "p.no", "p.age >= 18", "p.code != 'ab'",
		"p.no == true", "true", "1 / 0 == 1"};
	if (depth == 0 || generator_below(generator, 4) == 0) {
		return str_from(LEAVES[generator_below(generator, 15)]);
	}
	const struct str one = plain_clause(generator, depth - 1);
	const struct str two = plain_clause(generator, depth - 1);
	const struct str three = plain_clause(generator, depth - 1);
	switch (generator_below(generator, 8)) {
	case 0:
		return arena_printf(generator->arena, "!(%.*s)", STR_ARG(one));
	case 1:
		return arena_printf(generator->arena, "(%.*s) ? (%.*s) : (%.*s)", STR_ARG(one),
			STR_ARG(two), STR_ARG(three));
	case 2:
	case 3:
	case 4:
		return arena_printf(
			generator->arena, "(%.*s) && (%.*s)", STR_ARG(one), STR_ARG(two));
	default:
		return arena_printf(
			generator->arena, "(%.*s) || (%.*s)", STR_ARG(one), STR_ARG(two));
	}
}

static void run(unsigned long long seed, size_t decided[4])
{
	struct arena arena;
	struct arena scratch;
	struct arena trying;
	struct generator generator = {.state = seed, .arena = &arena};
	struct trial *trial = calloc(1, sizeof(*trial));
	cr_assert_not_null(trial);
	arena_init(&arena, 0);
	arena_init(&scratch, 0);
	arena_init(&trying, 0);
	trial->scratch = &trying;
	trial->candidate.clauses = trial->clauses;
	const bool plain = generator_below(&generator, 2) == 0;
	world_init(&trial->world, &generator);
	const unsigned clauses = 1 + generator_below(&generator, CLAUSES_MAX);
	for (unsigned i = 0; i < clauses; i++) {
		struct rules_clause *clause = NULL;
		struct rules_error error;
		const struct str source =
			plain ? plain_clause(&generator, 3) : generator_clause(&generator, 3);
		cr_assert_eq(rules_compile(&arena, source, &clause, &error), ERR_OK, "%.*s",
			STR_ARG(source));
		trial->clauses[trial->candidate.clause_count++] = clause;
	}
	trial->opaque = !plain;
	const struct rules_facts facts = {.context = &trial->world, .get = world_get};
	const struct index_ranges ranges = {.get = world_range};
	cr_assert_eq(
		index_complete(&trial->candidate, &facts, &ranges, &scratch, &trial->completion),
		ERR_OK);
	try_all(trial);
	assert_sound(trial, seed);
	decided[trial->completion.answer]++;
	arena_finish(&arena);
	arena_finish(&scratch);
	arena_finish(&trying);
	free(trial);
}

Test(completion, trying_everything_gives_another_outcome)
{
	const char *text = getenv("ONWARD_SEED");
	const unsigned long long seed = text == NULL ? 1 : strtoull(text, NULL, 0);
	const char *cases = getenv("ONWARD_COMPLETIONS");
	const unsigned long long count = cases == NULL ? CASES : strtoull(cases, NULL, 0);
	size_t decided[4] = {0};
	for (unsigned long long i = 0; i < count; i++) {
		run(seed + i, decided);
	}
	printf("completion: %llu candidates from seed %llu: %zu no, %zu yes, %zu unknown, "
	       "%zu error\n",
		count, seed, decided[RULES_NO], decided[RULES_YES], decided[RULES_UNKNOWN],
		decided[RULES_ERROR]);
	cr_assert(decided[RULES_NO] > 0 && decided[RULES_YES] > 0 && decided[RULES_UNKNOWN] > 0);
}

static struct index_completion complete(
	struct fixture *fixture, const char *const *rules, size_t count)
{
	const struct rules_clause **clauses = arena_array(&fixture->arena, count, sizeof(*clauses));
	for (size_t i = 0; i < count; i++) {
		clauses[i] = fixture_compile(fixture, rules[i]);
	}
	const struct index_candidate candidate = {.clauses = clauses, .clause_count = count};
	const struct rules_facts facts = fixture_facts(fixture);
	const struct index_ranges ranges = {.get = world_range};
	struct index_completion completion;
	cr_assert_eq(index_complete(&candidate, &facts, &ranges, &fixture->scratch, &completion),
		ERR_OK);
	return completion;
}

Test(completion, a_fact_that_decides_nothing_is_asked_for)
{
	static const char *const EITHER[] = {"p.yes || !p.yes"};
	static const char *const NEVER[] = {"p.age >= 18", "p.age < 16"};
	static const char *const ONE[] = {"p.age >= 18 && (p.no || !p.no)"};
	struct fixture fixture;
	fixture_init(&fixture);
	cr_expect_eq(complete(&fixture, EITHER, 1).answer, RULES_YES);
	cr_expect_eq(complete(&fixture, NEVER, 2).answer, RULES_NO);
	const struct index_completion one = complete(&fixture, ONE, 1);
	cr_expect_eq(one.answer, RULES_UNKNOWN);
	cr_assert_eq(one.missing_count, 1);
	cr_expect(str_is(one.missing[0], "p.age"));
	cr_expect_eq(one.worth[0], INDEX_WORTH_ALL);
	fixture_finish(&fixture);
}

Test(completion, a_fact_that_is_not_tried_is_left_out)
{
	static const char *const RULE[] = {"size(p.tags) > 0 && p.yes"};
	struct fixture fixture;
	fixture_init(&fixture);
	const struct index_completion completion = complete(&fixture, RULE, 1);
	cr_assert_eq(completion.missing_count, 2);
	cr_expect(str_is(completion.missing[0], "p.tags"));
	cr_expect(str_is(completion.missing[1], "p.yes"));
	cr_expect_eq(completion.worth[1], INDEX_WORTH_PERHAPS, "a no settles it");
	fixture_finish(&fixture);
}

Test(completion, too_many_ways_are_tried)
{
	static const char *const RULE[] = {
		"[p.age, p.days, 1, 2].exists(n, n == 3) || p.a && p.b && p.c && p.d && p.e && "
		"p.f && p.g && p.h && p.i && p.j && p.k && p.l && p.m"};
	struct fixture fixture;
	fixture_init(&fixture);
	const struct index_completion completion = complete(&fixture, RULE, 1);
	cr_expect_eq(completion.answer, RULES_UNKNOWN);
	cr_expect_not(completion.tried);
	cr_expect_eq(completion.missing_count, 15);
	fixture_finish(&fixture);
}

Test(completion, the_question_that_settles_most_does_not_come_first)
{
	static const char *const FIRST[] = {"p.age >= 18"};
	static const char *const SECOND[] = {"p.age >= 17 && p.yes"};
	static const char *const THIRD[] = {"p.no && p.yes"};
	struct fixture fixture;
	fixture_init(&fixture);
	const struct index_completion all[] = {complete(&fixture, FIRST, 1),
		complete(&fixture, SECOND, 1), complete(&fixture, THIRD, 1)};
	const struct index_question *questions;
	size_t count;
	cr_assert_eq(index_questions_rank(all, 3, &fixture.arena, &questions, &count), ERR_OK);
	cr_assert_eq(count, 3);
	cr_expect(str_is(questions[0].fact, "p.age"));
	cr_expect_eq(questions[0].settles, 1);
	cr_expect_eq(questions[0].perhaps, 1);
	cr_expect(str_is(questions[1].fact, "p.yes"));
	cr_expect_eq(questions[1].perhaps, 2);
	cr_expect(str_is(questions[2].fact, "p.no"));
	fixture_finish(&fixture);
}
