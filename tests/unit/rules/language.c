/* SPDX-License-Identifier: Apache-2.0 */
/* Executes every example of rules/LANGUAGE.md. */
#include "broker/base/buf.h"
#include "tests/unit/rules/fixture.h"

static const struct rules_fact NEEDS[] = {FACT_TEXT("accommodation"), FACT_TEXT("poverty-debt")};
/* Facts and labels as broker/core/facts.c and broker/model/fields.def give them. */
static const struct fixture_fact PERSON[] = {
	{"person.age", "age", FACT_INT(16)},
	{"person.given_name", "given name", FACT_TEXT("Zo\xc3\xab")},
	{"person.local_authority", "home local authority", FACT_TEXT("E09000022")},
	{"person.pregnant", "pregnant", FACT_BOOL(false)},
	{"person.care_leaver", "care leaver", FACT_UNKNOWN},
	{"risk.dash_score", "DASH score", FACT_UNKNOWN},
	{"needs", "needs", FACT_LIST(NEEDS)},
	{"need_count", "number of needs", FACT_INT(2)},
	{"justice.sentenced", "sentenced", FACT_BOOL(false)},
	{"justice.court_date", "court date", FACT_TEXT("2019-07-05")},
	{"justice.days_to_release", "days to release", FACT_INT(172)},
	{"occurred_at", "time of the event", FACT_TEXT("2019-06-12T21:40:00+01:00")},
};
static struct fixture_person person = {PERSON, sizeof(PERSON) / sizeof(PERSON[0])};

/* As broker/core/facts.c has it for somebody born on 14 March 2003 and released on 1 December 2019.
 */
static struct str change(void *context, struct str path, enum rules_bound bound, int64_t threshold)
{
	(void)context;
	if (str_is(path, "person.age") && bound == RULES_AT_LEAST && threshold == 18) {
		return STR("from 14 March 2021: age 18");
	}
	if (str_is(path, "justice.days_to_release") && bound == RULES_AT_MOST && threshold == 84) {
		return STR("from 8 September 2019: within 12 weeks of release");
	}
	return (struct str){0};
}

/* What the document should say behind the arrow of an example. */
static struct str answer_text(struct arena *arena, struct str source, bool explain)
{
	struct rules_clause *clause = NULL;
	struct rules_error error;
	if (rules_compile(arena, source, &clause, &error) != ERR_OK) {
		return arena_printf(
			arena, "refused %u:%u %s", error.line, error.column, error.message);
	}
	struct rules_facts facts = fixture_facts(&person);
	facts.change = change;
	const struct rules_result result = rules_evaluate(clause, &facts, arena);
	if (explain) {
		return rules_explain(clause, &facts, &result, true, arena);
	}
	if (result.answer == RULES_ERROR) {
		return arena_printf(arena, "error: %.*s", STR_ARG(result.error));
	}
	if (result.answer != RULES_UNKNOWN) {
		return str_from(result.answer == RULES_YES ? "yes" : "no");
	}
	struct str text = STR("unknown:");
	for (size_t i = 0; i < result.missing_count; i++) {
		text = arena_printf(arena, "%.*s %.*s", STR_ARG(text), STR_ARG(result.missing[i]));
	}
	return text;
}

static void run_example(struct str line, bool explain)
{
	struct arena arena;
	arena_init(&arena, 0);
	const char *arrow = memmem(line.ptr, line.len, " -> ", 4);
	cr_assert_not_null(arrow, "%.*s", STR_ARG(line));
	struct str source = {line.ptr, (size_t)(arrow - line.ptr)};
	while (source.len > 0 && source.ptr[source.len - 1] == ' ') {
		source.len--;
	}
	const struct str wanted = {arrow + 4, (size_t)(line.ptr + line.len - arrow) - 4};
	const struct str is = answer_text(&arena, source, explain);
	/* The place of an error need not be spelt out in the document. */
	const bool matches = str_has_prefix(wanted, STR("error: ")) ? str_has_prefix(is, wanted)
								    : str_equal(is, wanted);
	cr_expect(matches, "%.*s:\n is     %.*s\n wanted %.*s", STR_ARG(source), STR_ARG(is),
		STR_ARG(wanted));
	arena_finish(&arena);
}

Test(rules, every_example_of_the_language_document_is_true)
{
	struct buf buf = {0};
	cr_assert_eq(buf_read_file(&buf, "rules/LANGUAGE.md", 1024 * 1024), ERR_OK);
	struct str rest = buf_str(&buf);
	bool inside = false;
	bool explain = false;
	size_t examples = 0;
	while (rest.len > 0) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		const size_t len = end == NULL ? rest.len : (size_t)(end - rest.ptr);
		const struct str line = {rest.ptr, len};
		const size_t step = end == NULL ? len : len + 1;
		rest = (struct str){rest.ptr + step, rest.len - step};
		if (str_has_prefix(line, STR("```"))) {
			inside = str_is(line, "```cel") || str_is(line, "```explain");
			explain = str_is(line, "```explain");
		} else if (inside) {
			run_example(line, explain);
			examples++;
		}
	}
	cr_expect_geq(examples, 60, "only %zu examples", examples);
	buf_finish(&buf);
}
