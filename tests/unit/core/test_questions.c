/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>

static struct fixture fixture;

static void setup(void)
{
	fixture_init(&fixture);
}

static void teardown(void)
{
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

TestSuite(questions, .init = setup, .fini = teardown);

static const char LEAD[] = "london-2018/services/advance-minerva-wraparound.yaml";
static const char AGE_CLAUSE[] = "cel: person.age >= 15";

/* A woman of no known age, in the area of one lead. */
static void refer(const char *clause, const char *more)
{
	fixture_publish_copy(&fixture, LEAD, AGE_CLAUSE, clause);
	(void)fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000007", more);
}

Test(questions, a_fact_that_cannot_change_the_outcome_is_asked_for)
{
	refer("cel: 'person.age < 18 || person.age >= 18'",
		"{\"person\":{\"date_of_birth\":null}}");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].service"), "advance-minerva-wraparound");
	cr_assert_eq(fixture_count(&fixture, "questions"), 0);
}

Test(questions, a_fact_that_only_stands_in_the_clause_is_asked_for)
{
	refer("cel: 'person.age >= 18 && (person.care_leaver || !person.care_leaver)'",
		"{\"person\":{\"date_of_birth\":null,\"care_leaver\":null}}");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	cr_assert_eq(fixture_count(&fixture, "questions"), 1);
	cr_assert_str_eq(fixture_text(&fixture, "questions[0]"), "person.date_of_birth");
}

Test(questions, what_settles_more_does_not_come_first)
{
	/* A no to the first settles it; the second alone never does. */
	refer("cel: 'person.care_leaver && (person.age < 25 || person.interpreter)'",
		"{\"person\":{\"date_of_birth\":null,\"care_leaver\":null}}");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	cr_assert_str_eq(fixture_text(&fixture, "questions[0]"), "person.care_leaver");
	cr_assert_str_eq(fixture_text(&fixture, "questions[1]"), "person.date_of_birth");
}

Test(questions, nobody_could_meet_it_and_something_is_asked)
{
	refer("cel: 'person.age >= 18 && person.age < 16'",
		"{\"person\":{\"date_of_birth\":null}}");
	cr_assert_str_neq(fixture_text(&fixture, "questions[0]"), "person.date_of_birth");
}

Test(questions, an_explanation_gives_a_reason_that_is_not_there)
{
	fixture_publish_copy(
		&fixture, LEAD, AGE_CLAUSE, "cel: 'person.age < 18 || person.age >= 18'");
	const struct wire_request request = {.header = {WIRE_EXPLAIN, 1},
		.referral = fixture_referral(&fixture, "1", "diversion", "E09000007",
			"{\"person\":{\"date_of_birth\":null}}")};
	core_read(fixture.core, fixture_party("met-custody"), &request, fixture.now, &fixture.arena,
		&fixture.reply);
	cr_assert_eq(fixture.reply.err, ERR_OK);
	cr_assert(fixture_tells(&fixture.reply.body,
		"met whatever is still unknown: person.age < 18 || person.age >= 18"));
}
