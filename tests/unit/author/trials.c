/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/author/fixture.h"

static const char service[] = "id: s\nrole: lead\neligibility:\n"
			      "  - {id: adult, cel: age >= 18}\n"
			      "  - {id: leaver, cel: leaver, otherwise: ask, question: q}\n";

static struct author_trial run(struct fixture *fixture, const char *path, const char *table)
{
	struct author_trial trial;
	fixture_init(fixture);
	fixture_add(fixture, "s.yaml", service);
	fixture_add(fixture, path, table);
	cr_assert_eq(
		author_trial_run(&fixture->book, &fixture->table, &fixture->arena, &trial), ERR_OK);
	return trial;
}

Test(author_trial, a_table_in_yaml_and_in_csv_says_the_same)
{
	static const char yaml[] =
		"service: s\ncases:\n"
		"  - {name: a, facts: {age: 18, leaver: true}, verdict: eligible}\n"
		"  - {name: b, facts: {age: 17}, verdict: ineligible, reason: adult}\n"
		"  - {name: c, facts: {age: 18}, verdict: undetermined, missing: "
		"[leaver]}\n";
	static const char csv[] = "name,service,age,leaver,verdict,reason,missing\n"
				  "\"a, quoted \"\"twice\"\"\",s,18,true,eligible,,\r\n"
				  "# passed over\n\n"
				  "b,s,17,,ineligible,adult,\n"
				  "c,s,18,,undetermined,,leaver";
	struct fixture fixture;
	struct author_trial trial = run(&fixture, "t.yaml", yaml);
	cr_expect_eq(trial.outcome_count, 3);
	cr_expect_eq(trial.failed, 0);
	fixture_finish(&fixture);
	trial = run(&fixture, "t.csv", csv);
	cr_expect_eq(fixture.findings.count, 0);
	cr_expect_eq(trial.outcome_count, 3);
	cr_expect_eq(trial.failed, 0);
	cr_expect(str_is(trial.outcomes[0].of->name, "a, quoted \"twice\""));
	cr_expect_eq(trial.outcomes[2].of->line, 6, "line %u", trial.outcomes[2].of->line);
	fixture_finish(&fixture);
}

static void fails(const char *facts, const char *expectation, bool wanted)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const struct str table = arena_printf(
		&fixture.arena, "service: s\ncases:\n  - {facts: {%s}, %s}\n", facts, expectation);
	struct fixture other;
	const struct author_trial trial = run(&other, "t.yaml", table.ptr);
	cr_assert_eq(trial.outcome_count, 1, "%s", table.ptr);
	cr_expect_eq(
		trial.failed, wanted ? 1 : 0, "%s %.*s", table.ptr, STR_ARG(trial.outcomes[0].why));
	fixture_finish(&other);
	fixture_finish(&fixture);
}

Test(author_trial, a_case_fails_on_verdict_reason_missing_or_words)
{
	fails("age: 17", "verdict: ineligible", false);
	fails("age: 17", "verdict: eligible", true);
	fails("age: 17", "verdict: ineligible, reason: leaver", true);
	fails("age: 17", "verdict: ineligible, reason: adullt", true);
	fails("age: 17", "verdict: ineligible, says: minimum 18", false);
	fails("age: 17", "verdict: ineligible, says: minimum 19", true);
	fails("age: 18", "verdict: undetermined, missing: [leaver]", false);
	fails("age: 18", "verdict: undetermined, missing: []", true);
	fails("age: 18", "verdict: undetermined, missing: [age, leaver]", true);
	fails("age: 18, leaver: false",
		"verdict: undetermined, missing: [], reason: leaver, says: q", false);
}

Test(author_trial, what_never_changes_the_outcome_is_not_missing)
{
	static const char twice[] = "id: s\nrole: lead\neligibility:\n"
				    "  - {id: c, cel: (age < 18 && age >= 20) || leaver}\n"
				    "  - {id: d, cel: gender == 'x' || gender != 'x'}\n";
	static const char csv[] = "service,leaver,verdict,missing\n"
				  "s,true,eligible,[]\n"
				  "s,false,ineligible,[]\n"
				  "s,,undetermined,leaver\n";
	struct fixture fixture;
	struct author_trial trial;
	fixture_init(&fixture);
	fixture_add(&fixture, "s.yaml", twice);
	fixture_add(&fixture, "t.csv", csv);
	cr_assert_eq(
		author_trial_run(&fixture.book, &fixture.table, &fixture.arena, &trial), ERR_OK);
	cr_assert_eq(trial.outcome_count, 3);
	for (size_t i = 0; i < trial.outcome_count; i++) {
		cr_expect(trial.outcomes[i].passed, "%.*s", STR_ARG(trial.outcomes[i].why));
	}
	fixture_finish(&fixture);
}

static void refused(const char *path, const char *table)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, path, table);
	cr_expect_eq(fixture.table.count, 0, "%s", table);
	cr_expect_geq(fixture.findings.count, 1, "%s", table);
	fixture_finish(&fixture);
}

Test(author_trial, a_mistake_in_a_table_is_told_and_not_run)
{
	refused("t.yaml", "service: s\ncases: [{verdict: maybe}]\n");
	refused("t.yaml", "service: s\ncases: [{facts: {aeg: 1}, verdict: eligible}]\n");
	refused("t.yaml", "service: s\ncases: [{facts: {age: 1.5}, verdict: eligible}]\n");
	refused("t.yaml", "service: s\ncases: [{facts: {borough: E09}, verdict: eligible}]\n");
	refused("t.yaml", "service: s\ncases: [{facts: 5, verdict: eligible}]\n");
	refused("t.yaml", "service: s\ncases: [{fact: {age: 1}, verdict: eligible}]\n");
	refused("t.yaml", "service: s\ncases: [{facts: {age: 1}}]\n");
	refused("t.yaml", "cases: [{facts: {age: 1}, verdict: eligible}]\n");
	refused("t.csv", "");
	refused("t.csv", "service,age,verdict\ns,1\n");
	refused("t.csv", "service,age,verdict\ns,1,\n");
	refused("t.csv", "service,aeg,verdict\ns,1,eligible\n");
	refused("t.csv", "service,age,verdict\ns,1,\"eligible\n");
}

Test(author_trial, counts_what_clauses_said_and_finds_thresholds_without_a_test)
{
	static const char csv[] = "service,age,leaver,verdict\n"
				  "s,17,,ineligible\n"
				  "s,30,true,eligible\n"
				  "s,30,false,undetermined\n";
	struct fixture fixture;
	const struct author_trial trial = run(&fixture, "t.csv", csv);
	cr_assert_eq(trial.failed, 0);
	cr_assert_eq(trial.use_count, 2);
	cr_expect(author_use_covered(&trial.uses[0]));
	cr_expect(author_use_covered(&trial.uses[1]));
	cr_expect_eq(trial.uses[0].answers[RULES_NO], 1);
	cr_expect_eq(trial.uses[1].answers[RULES_UNKNOWN], 1);
	cr_expect_eq(trial.uses[1].decided, 1);
	/* 17 has one; 18 is the other side of the threshold. */
	cr_assert_eq(trial.probe_count, 1);
	cr_expect(str_is(trial.probes[0].facts, "age = 18"));
	fixture_finish(&fixture);
}

static struct author_changes compare(
	struct fixture *before, struct fixture *after, const char *old, const char *new)
{
	struct author_changes changes;
	fixture_init(before);
	fixture_init(after);
	fixture_clause(before, old);
	fixture_clause(after, new);
	cr_assert_eq(author_diff(&before->book, &after->book, &after->arena, &changes), ERR_OK);
	return changes;
}

Test(author_diff, names_the_whole_group_and_one_of_them)
{
	struct fixture before;
	struct fixture after;
	struct author_changes changes =
		compare(&before, &after, "age >= 18 && leaver", "age >= 16 && leaver");
	cr_assert_eq(changes.count, 1);
	cr_expect_eq(changes.items[0].from, AUTHOR_INELIGIBLE);
	cr_expect_eq(changes.items[0].to, AUTHOR_ELIGIBLE);
	cr_expect(str_is(changes.items[0].who, "age 16 to 17, leaver true"), "%.*s",
		STR_ARG(changes.items[0].who));
	cr_expect(str_is(changes.items[0].example, "age = 16, leaver = true"), "%.*s",
		STR_ARG(changes.items[0].example));
	cr_expect(changes.items[0].proven);
	fixture_finish(&before);
	fixture_finish(&after);
}

Test(author_diff, other_words_for_the_same_are_no_change)
{
	struct fixture before;
	struct fixture after;
	const struct author_changes changes = compare(&before, &after,
		"!(age < 18 || borough == 'E03')", "age > 17 && borough in ['E01', 'E02']");
	cr_expect_eq(changes.count, 0);
	cr_expect_eq(changes.same, 1);
	cr_expect_eq(changes.reworded, 1);
	fixture_finish(&before);
	fixture_finish(&after);
}
