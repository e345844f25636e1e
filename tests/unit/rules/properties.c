/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/fixture.h"

/*
 * Random clauses over random people.  The generator is a fixed linear congruence, so a failure
 * comes back with its round.
 */
static uint64_t state;

static uint32_t draw(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % below;
}

enum {
	FACTS = 5,
	ROUNDS = 4000
};

/* a: whole number, b and c: bool, s: text, l: list of texts; each fact with the values it may
 * take.  The values are marks that no label, threshold or phrase contains. */
static const struct rules_fact TEXTS[] = {FACT_TEXT("qzx1"), FACT_TEXT("qzx2")};
static const struct rules_fact VALUES[FACTS][3] = {
	{FACT_INT(770011), FACT_INT(880022), FACT_NULL},
	{FACT_BOOL(true), FACT_BOOL(false), FACT_NULL},
	{FACT_BOOL(true), FACT_BOOL(false), FACT_BOOL(true)},
	{FACT_TEXT("qzx1"), FACT_TEXT("qzx2"), FACT_TEXT("qzx3")},
	{FACT_LIST(TEXTS), {.kind = RULES_FACT_LIST}, FACT_NULL},
};
static const char *const PATHS[FACTS] = {"a", "b", "c", "s", "l"};

static const char *const LEAVES[] = {"true", "false", "b", "c", "a > 800000", "a <= 800000",
	"a == 770011", "a / (a - 770011) > 0", "s == 'qzx1'", "s != 'qzx2'", "s in ['qzx1', 'w']",
	"'qzx1' in l", "l.exists(x, x == s)", "l.all(x, x != 'qzx2')", "has(p.a)", "a == null",
	"l.size() > 1", "l[0] == s", "s.startsWith('qzx')", "b == c", "l.filter(x, b) == []",
	"l.exists_one(x, x == 'qzx1')", "a + 1 > 800000", "l.map(x, x + s) == l", "1 / 0 == 1"};

static void make_clause(char *out, size_t size, unsigned depth)
{
	static const char *const FORMS[] = {"(%s) && (%s)", "(%s) || (%s)", "!((%s) && (%s))",
		"(%s) == (%s)", "b ? (%s) : (%s)"};
	if (depth == 0) {
		(void)snprintf(out, size, "%s", LEAVES[draw(sizeof(LEAVES) / sizeof(LEAVES[0]))]);
		return;
	}
	char left[2048];
	char right[2048];
	make_clause(left, sizeof(left), depth - 1 - (depth > 1 ? draw(2) : 0));
	make_clause(right, sizeof(right), depth - 1);
	const char *form = FORMS[draw(sizeof(FORMS) / sizeof(FORMS[0]))];
	size_t len = 0;
	bool first = true;
	for (const char *at = form; *at != '\0'; at++) {
		if (at[0] == '%' && at[1] == 's') {
			len += (size_t)snprintf(out + len, size - len, "%s", first ? left : right);
			first = false;
			at++;
		} else {
			len += (size_t)snprintf(out + len, size - len, "%c", *at);
		}
	}
}

/* `choices[i]`: which of the values fact i has; 3 for unknown. */
static struct rules_fact get(void *context, struct str path)
{
	const unsigned *choices = context;
	for (size_t i = 0; i < FACTS; i++) {
		if (str_is(path, PATHS[i]) || (i == 0 && str_is(path, "p.a"))) {
			return choices[i] == 3 ? (struct rules_fact){.kind = RULES_FACT_UNKNOWN}
					       : VALUES[i][choices[i]];
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_ABSENT};
}

/* Every way to fill in the unknown facts gives `wanted`. */
static void check_completions(const struct rules_clause *clause, const unsigned *given,
	enum rules_answer wanted, struct arena *scratch)
{
	for (unsigned code = 0; code < 243; code++) {
		unsigned filled[FACTS];
		unsigned rest = code;
		for (size_t i = 0; i < FACTS; i++, rest /= 3) {
			filled[i] = given[i] == 3 ? rest % 3 : given[i];
		}
		const struct rules_facts facts = {.context = filled, .get = get};
		const enum rules_answer answer = rules_evaluate(clause, &facts, scratch).answer;
		const struct str source = rules_clause_source(clause);
		cr_assert(answer == wanted, "%.*s: completion %u gives %c, not %c", STR_ARG(source),
			code, fixture_letter(answer), fixture_letter(wanted));
		arena_reset(scratch);
	}
}

Test(rules, an_answer_given_in_spite_of_unknown_facts_holds_whatever_they_are)
{
	struct arena arena;
	struct arena scratch;
	arena_init(&arena, 0);
	arena_init(&scratch, 0);
	unsigned decided = 0;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		state = round * 7919 + 1;
		char source[8192];
		make_clause(source, sizeof(source), 1 + draw(3));
		const struct rules_clause *clause = fixture_compile(&arena, source);
		unsigned choices[FACTS];
		bool unknown = false;
		for (size_t i = 0; i < FACTS; i++) {
			choices[i] = draw(2) == 0 ? 3 : draw(3);
			unknown = unknown || choices[i] == 3;
		}
		const struct rules_facts facts = {.context = choices, .get = get};
		const enum rules_answer answer = rules_evaluate(clause, &facts, &scratch).answer;
		if (unknown && (answer == RULES_YES || answer == RULES_NO)) {
			check_completions(clause, choices, answer, &scratch);
			decided++;
		}
		arena_reset(&arena);
		arena_reset(&scratch);
	}
	cr_expect(decided > ROUNDS / 20, "only %u rounds say anything", decided);
	arena_finish(&arena);
	arena_finish(&scratch);
}

Test(rules, an_explanation_without_values_never_contains_a_value)
{
	/* As above, but with thresholds that are nobody's value. */
	static const char *const CLAUSES[] = {"a > 5", "a < 5", "a >= 999999", "a == 5", "a != 5",
		"a in [5, 6]", "!(a in [5, 6])", "a * 2 > 5", "a * 2 < 5", "s == 'w'", "s != 'w'",
		"s in ['w', 'v']", "!(s in ['w'])", "s < 'a'", "s > 'a'", "s.startsWith('w')",
		"'w' in l", "!('w' in l)", "l.exists(x, x == 'w')", "l.all(x, x != 'w')",
		"l.exists(x, x.startsWith('q'))", "has(p.a)", "a == null", "b", "!b", "b == c",
		"a > 5 && s == 'w'", "a < 5 || s == 'w' || 'w' in l", "b ? a > 5 : a < 5",
		"!(a > 5 || s == 'w')", "a + 1 == 5 || (a < 5 && s == 'w')", "s + 'x' == 'w'",
		"l[0] == 'w'", "l[7] == 'w'", "a / 0 == 5", "int(s) == 5", "timestamp(s) > a",
		"{'a': 1}[s] == 5", "a > 'w'", "s", "a", "l", "l.map(x, x) == ['w']"};
	struct arena arena;
	arena_init(&arena, 0);
	for (size_t i = 0; i < sizeof(CLAUSES) / sizeof(CLAUSES[0]); i++) {
		for (unsigned code = 0; code < 1024; code++) {
			unsigned choices[FACTS];
			unsigned rest = code;
			for (size_t j = 0; j < FACTS; j++, rest /= 4) {
				choices[j] = rest % 4;
			}
			const struct rules_clause *clause = fixture_compile(&arena, CLAUSES[i]);
			const struct rules_facts facts = {.context = choices, .get = get};
			const struct rules_result result = rules_evaluate(clause, &facts, &arena);
			const struct str text =
				rules_explain(clause, &facts, &result, false, &arena);
			static const char *const MARKS[] = {"qzx", "770011", "880022"};
			for (size_t j = 0; j < 3; j++) {
				cr_assert(memmem(text.ptr, text.len, MARKS[j], strlen(MARKS[j])) ==
						  NULL,
					"%s: %.*s", CLAUSES[i], STR_ARG(text));
			}
			cr_assert(text.len > 0, "%s: no text", CLAUSES[i]);
			arena_reset(&arena);
		}
	}
	arena_finish(&arena);
}

Test(rules, thresholds_that_equal_the_value_are_left_out_too)
{
	static const char *const CLAUSES[] = {"a >= 770011", "a <= 770011", "a == 770011",
		"a != 770011", "a > 770011", "a < 770011", "a in [770011]", "!(a in [770011])",
		"a != 770011 || c && !c", "!(a >= 770011 && c)", "!(a == 770011 || c && !c)"};
	struct arena arena;
	arena_init(&arena, 0);
	unsigned choices[FACTS] = {0, 0, 0, 0, 0};
	const struct rules_facts facts = {.context = choices, .get = get};
	for (size_t i = 0; i < sizeof(CLAUSES) / sizeof(CLAUSES[0]); i++) {
		const struct rules_clause *clause = fixture_compile(&arena, CLAUSES[i]);
		const struct rules_result result = rules_evaluate(clause, &facts, &arena);
		cr_assert(result.answer == RULES_YES || result.answer == RULES_NO);
		const struct str text = rules_explain(clause, &facts, &result, false, &arena);
		cr_expect(memmem(text.ptr, text.len, "770011", 6) == NULL, "%s: %.*s", CLAUSES[i],
			STR_ARG(text));
	}
	arena_finish(&arena);
}
