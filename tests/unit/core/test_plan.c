/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "broker/core/facts.h"
#include "broker/core/plan.h"

struct clause_case {
	const char *cel;
	unsigned column; /* 0: it is taken */
	const char *part;
};

static void check(const struct clause_case *one)
{
	const struct directory_rulebook *rulebook = plan_rulebook();
	unsigned line = 0;
	unsigned column = 0;
	char message[300] = "";
	const bool ok = rulebook->clause_ok(
		rulebook->context, str_from(one->cel), &line, &column, message, sizeof(message));
	cr_expect_eq(ok, one->column == 0, "%s: %s", one->cel, message);
	if (!ok && one->part != NULL) {
		cr_expect(
			line == 1 && column == one->column, "%s: at %u:%u", one->cel, line, column);
		cr_expect_not_null(strstr(message, one->part), "%s: %s", one->cel, message);
	}
}

Test(plan, a_clause_is_held_to_the_types_of_facts_before_anybody_is_asked)
{
	static const struct clause_case CASES[] = {
		{"person.age >= 18 && 'housing' in needs", 0, NULL},
		{"need_count > 1 || justice.sentenced", 0, NULL},
		{"needs.exists(n, n in ['housing', 'debt'])", 0, NULL},
		{"person.age >= '18'", 12, "(int, string)"},
		{"needs == 'housing'", 7, "(list(string), string)"},
		{"justice.sentenced > 3", 19, "(bool, int)"},
		{"person.age + 1", 1, "not yes or no"},
		{"person.agee >= 18", 1, "did you mean person.age"},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		check(&CASES[i]);
	}
}

Test(plan, every_fact_is_declared_once_and_known)
{
	struct arena arena;
	struct cel_env env;
	arena_init(&arena, 0);
	cr_assert_eq(facts_declare(&arena, &env), ERR_OK);
	cr_expect_gt(env.count, 20);
	for (size_t i = 0; i < env.count; i++) {
		cr_expect(facts_known(env.declarations[i].name), "%.*s",
			STR_ARG(env.declarations[i].name));
	}
	arena_finish(&arena);
}
