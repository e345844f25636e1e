/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

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

TestSuite(duty, .init = setup, .fini = teardown);

static const char duty_consent[] =
	"\"duty_to_refer\":{\"authority\":\"E09000022\"},\"consent\":[{\"purpose\":\"refer\","
	"\"state\":\"given\",\"recipients\":\"any-eligible\",\"needs\":\"all\"},{\"purpose\":"
	"\"choice-of-authority\",\"state\":\"given\",\"recipients\":\"any-eligible\"},{\"purpose\":"
	"\"share-contact-details\",\"state\":\"given\",\"recipients\":\"any-eligible\"}]";

Test(duty, the_duty_to_refer_stands_beside_a_lead_and_is_sent_on_its_day)
{
	const struct str more = arena_printf(&fixture.arena,
		"{\"justice\":{\"release_dates\":[{\"kind\":\"conditional\",\"date\":\"2019-09-"
		"12\"}]},%s}",
		duty_consent);
	const char *reference = fixture_refer(
		&fixture, "hmp-bronzefield", "1", "resettlement", "E09000022", more.ptr);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_str_eq(fixture_text(&fixture, "held_until"), "2019-07-18T08:00:00Z");
	fixture_pass(&fixture, "2019-07-18T09:00:00+01:00");
	cr_assert_eq(fixture_show(&fixture, "hmp-bronzefield", reference), ERR_OK);
	bool told = false;
	for (size_t i = 0; i < fixture_count(&fixture, "legs"); i++) {
		char path[64];
		(void)snprintf(path, sizeof(path), "legs[%zu].service", i);
		told = told || strcmp(fixture_text(&fixture, path), "duty-to-refer-lambeth") == 0;
	}
	cr_assert(told);
}

Test(duty, the_duty_without_its_three_consents_is_a_question)
{
	const char *reference = fixture_refer(&fixture, "nps-london", "1", "community", "E09000022",
		"{\"duty_to_refer\":{\"authority\":\"E09000022\"}}");
	cr_assert_str_eq(fixture_text(&fixture, "questions[0]"), "consent");
	const struct str more = arena_printf(&fixture.arena, "{%s}", duty_consent);
	fixture_amend(&fixture, "nps-london", reference, more.ptr);
	cr_assert_eq(fixture_count(&fixture, "questions"), 0);
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
	fixture_amend(&fixture, "nps-london", reference, "{\"officer\":{\"name\":\"Another\"}}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
}

Test(duty, a_duty_that_no_authority_takes_is_a_question_and_not_silence)
{
	const struct str more = arena_printf(&fixture.arena, "{%s}", duty_consent);
	const struct value base =
		fixture_referral(&fixture, "1", "community", "E09000022", more.ptr);
	const struct value elsewhere =
		fixture_json(&fixture, "{\"duty_to_refer\":{\"authority\":\"E08000012\"}}");
	cr_assert_eq(fixture_submit(&fixture, "nps-london",
			     value_merge(&fixture.arena, &base, &elsewhere)),
		ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_str_eq(fixture_text(&fixture, "questions[0]"), "duty_to_refer.authority");
}
