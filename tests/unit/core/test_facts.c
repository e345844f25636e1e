/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/facts.h"

#include <criterion/criterion.h>

/* Noon on Wednesday 12 June 2019 in London. */
static const char noon[] = "2019-06-12T12:00:00+01:00";

struct person {
	struct referral referral;
	struct arena arena;
	struct facts context;
	struct rules_facts facts;
};

static void person_init(struct person *person, date_days birth, date_days release)
{
	person->referral = (struct referral){.birth = birth, .release = release};
	arena_init(&person->arena, 0);
	person->context = (struct facts){&person->referral, 0, &person->arena};
	cr_assert_eq(timestamp_parse(str_from(noon), &person->context.now), ERR_OK);
	person->facts = facts_of(&person->context);
}

static void says(struct person *person, const char *path, enum rules_bound bound, int64_t threshold,
	const char *wanted)
{
	const struct str words =
		person->facts.change(&person->context, str_from(path), bound, threshold);
	cr_expect(str_is(words, wanted), "%s: %.*s, not %s", path, STR_ARG(words), wanted);
}

Test(facts, a_birthday_to_come_is_named_and_one_that_is_past_is_not)
{
	struct person girl;
	person_init(&girl, date_from_civil(2003, 3, 14), REFERRAL_NO_DATE);
	says(&girl, "person.age", RULES_AT_LEAST, 18, "from 14 March 2021: age 18");
	says(&girl, "person.age", RULES_AT_LEAST, 16, "");
	says(&girl, "person.age", RULES_AT_MOST, 15, "");
	arena_finish(&girl.arena);
}

Test(facts, who_is_born_on_29_february_attains_an_age_on_1_march_in_other_years)
{
	struct person girl;
	person_init(&girl, date_from_civil(2004, 2, 29), REFERRAL_NO_DATE);
	says(&girl, "person.age", RULES_AT_LEAST, 18, "from 1 March 2022: age 18");
	says(&girl, "person.age", RULES_AT_LEAST, 16, "from 29 February 2020: age 16");
	arena_finish(&girl.arena);
}

Test(facts, days_to_release_are_counted_and_the_day_they_are_few_enough_is_named)
{
	struct person woman;
	person_init(&woman, REFERRAL_NO_DATE, date_from_civil(2019, 12, 1));
	const struct rules_fact days =
		woman.facts.get(&woman.context, STR("justice.days_to_release"));
	cr_expect_eq(days.kind, RULES_FACT_INT);
	cr_expect_eq(days.integer, 172);
	says(&woman, "justice.days_to_release", RULES_AT_MOST, 84,
		"from 8 September 2019: within 12 weeks of release");
	says(&woman, "justice.days_to_release", RULES_AT_MOST, 10,
		"from 21 November 2019: within 10 days of release");
	says(&woman, "justice.days_to_release", RULES_AT_MOST, 200, "");
	says(&woman, "justice.days_to_release", RULES_AT_LEAST, 200, "");
	arena_finish(&woman.arena);
}

Test(facts, without_a_date_there_is_nothing_to_say)
{
	struct person woman;
	person_init(&woman, REFERRAL_NO_DATE, REFERRAL_NO_DATE);
	cr_expect_eq(woman.facts.get(&woman.context, STR("justice.days_to_release")).kind,
		RULES_FACT_UNKNOWN);
	says(&woman, "person.age", RULES_AT_LEAST, 18, "");
	says(&woman, "justice.days_to_release", RULES_AT_MOST, 84, "");
	arena_finish(&woman.arena);
}
