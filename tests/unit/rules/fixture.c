/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/fixture.h"

#include "rules/clause.h"

static const struct rules_fact NEEDS[] = {FACT_TEXT("housing"), FACT_TEXT("debt")};
static const struct rules_fact NUMBERS[] = {FACT_INT(1), FACT_INT(2), FACT_INT(3)};
static const struct rules_fact MIXED[] = {FACT_INT(1), FACT_TEXT("one"), FACT_NULL};
static const struct rules_fact HOLED[] = {FACT_INT(1), FACT_UNKNOWN};

/* 2019-06-12T20:40:00Z */
#define MOMENT_US INT64_C(1560372000000000)

static const struct fixture_fact WOMAN[] = {
	{"t", "", FACT_BOOL(true)},
	{"f", "", FACT_BOOL(false)},
	{"u", "", FACT_UNKNOWN},
	{"u2", "", FACT_UNKNOWN},
	{"n", "", FACT_NULL},
	{"person.age", "age", FACT_INT(16)},
	{"person.name", "name", FACT_TEXT("Zo\xc3\xab")},
	{"person.empty", "", FACT_TEXT("")},
	{"person.score", "score", FACT_DOUBLE(2.5)},
	{"person.package", "", FACT_INT(1)},
	{"person.deep.er.path", "", FACT_INT(7)},
	{"person.dob", "date of birth", FACT_UNKNOWN},
	{"needs", "needs", FACT_LIST(NEEDS)},
	{"none", "", {.kind = RULES_FACT_LIST}},
	{"numbers", "", FACT_LIST(NUMBERS)},
	{"mixed", "", FACT_LIST(MIXED)},
	{"holed", "", FACT_LIST(HOLED)},
	{"ulist", "", FACT_UNKNOWN},
	{"moment", "", {.kind = RULES_FACT_TIMESTAMP, .integer = MOMENT_US}},
	{"before_epoch", "", {.kind = RULES_FACT_TIMESTAMP, .integer = -1}},
	{"wait", "", {.kind = RULES_FACT_DURATION, .integer = INT64_C(129600000000)}},
	{"forever", "", {.kind = RULES_FACT_DURATION, .integer = INT64_MAX}},
	{"never", "", {.kind = RULES_FACT_TIMESTAMP, .integer = INT64_MAX}},
};

struct fixture_person fixture_woman = {WOMAN, sizeof(WOMAN) / sizeof(WOMAN[0])};

static const struct fixture_fact *find(const struct fixture_person *person, struct str path)
{
	for (size_t i = 0; i < person->count; i++) {
		if (str_is(path, person->facts[i].path)) {
			return &person->facts[i];
		}
	}
	return NULL;
}

static struct rules_fact get(void *context, struct str path)
{
	const struct fixture_fact *found = find(context, path);
	return found == NULL ? (struct rules_fact){.kind = RULES_FACT_ABSENT} : found->fact;
}

static struct str label(void *context, struct str path)
{
	const struct fixture_fact *found = find(context, path);
	return found == NULL ? (struct str){0} : str_from(found->label);
}

struct rules_facts fixture_facts(struct fixture_person *person)
{
	return (struct rules_facts){.context = person, .get = get, .label = label};
}

struct rules_clause *fixture_compile(struct arena *arena, const char *source)
{
	struct rules_clause *clause = NULL;
	struct rules_error error;
	const enum err err = rules_compile(arena, str_from(source), &clause, &error);
	cr_assert(err == ERR_OK, "%s: %u:%u: %s", source, error.line, error.column, error.message);
	return clause;
}

char fixture_letter(enum rules_answer answer)
{
	switch (answer) {
	case RULES_NO:
		return 'F';
	case RULES_YES:
		return 'T';
	case RULES_UNKNOWN:
		return 'U';
	case RULES_ERROR:
		break;
	}
	return 'E';
}

/* Prints the clause, parses that, prints again: the same text, and the same answer. */
static void check_print(struct arena *arena, const struct rules_clause *clause,
	const struct rules_facts *facts, char answer)
{
	struct cel_text first = {.arena = arena};
	cel_unparse(&first, clause->root);
	cel_text_add(&first, (struct str){"", 1});
	const struct rules_clause *again = fixture_compile(arena, first.data);
	struct cel_text second = {.arena = arena};
	cel_unparse(&second, again->root);
	cel_text_add(&second, (struct str){"", 1});
	cr_expect(str_equal(cel_text_str(&first), cel_text_str(&second)), "%s: %s is not %s",
		clause->source.ptr, first.data, second.data);
	const struct rules_result result = rules_evaluate(again, facts, arena);
	cr_expect(fixture_letter(result.answer) == answer, "%s answers otherwise as %s",
		clause->source.ptr, first.data);
}

static void check_detail(const struct fixture_vector *vector, const struct rules_result *result)
{
	char text[512] = "";
	if (result->answer == RULES_ERROR) {
		str_copy(text, sizeof(text), result->error);
		cr_expect(strstr(text, vector->missing) != NULL, "%s: error is %s, not %s",
			vector->source, text, vector->missing);
		return;
	}
	size_t len = 0;
	for (size_t i = 0; i < result->missing_count; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s", i == 0 ? "" : " ",
			STR_ARG(result->missing[i]));
	}
	cr_expect(strcmp(text, vector->missing) == 0, "%s: hangs on %s, not %s", vector->source,
		text, vector->missing);
}

void fixture_run(const struct fixture_vector *vectors, size_t count)
{
	const struct rules_facts facts = fixture_facts(&fixture_woman);
	for (size_t i = 0; i < count; i++) {
		struct arena arena;
		arena_init(&arena, 0);
		const struct rules_clause *clause = fixture_compile(&arena, vectors[i].source);
		const struct rules_result result = rules_evaluate(clause, &facts, &arena);
		const char letter = fixture_letter(result.answer);
		cr_expect(letter == vectors[i].answer, "%s: %c (%.*s), not %c", vectors[i].source,
			letter, STR_ARG(result.error), vectors[i].answer);
		if (vectors[i].missing != NULL && letter == vectors[i].answer) {
			check_detail(&vectors[i], &result);
		}
		check_print(&arena, clause, &facts, letter);
		arena_finish(&arena);
	}
}
