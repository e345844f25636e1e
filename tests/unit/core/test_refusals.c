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
	fixture_finish(&fixture);
}

TestSuite(refusal, .init = setup, .fini = teardown);

static const struct vector {
	const char *name;
	const char *more; /* merged over a good referral */
	enum err err;
	const char *field;
} vectors[] = {
	{"unknown need", "{\"needs\":[{\"code\":\"housing\"}]}", ERR_INVALID, "needs[0].code"},
	{"no need", "{\"needs\":[]}", ERR_MISSING, "needs"},
	{"one need twice",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"accommodation\"}]}",
		ERR_INVALID, "needs[1].code"},
	{"impossible date", "{\"person\":{\"date_of_birth\":\"1987-02-30\"}}", ERR_INVALID,
		"person.date_of_birth"},
	{"birth in the future", "{\"person\":{\"date_of_birth\":\"2019-06-13\"}}", ERR_INVALID,
		"person.date_of_birth"},
	{"birth long ago", "{\"person\":{\"date_of_birth\":\"1850-06-13\"}}", ERR_INVALID,
		"person.date_of_birth"},
	{"unknown authority", "{\"person\":{\"local_authority\":\"E09000034\"}}", ERR_INVALID,
		"person.local_authority"},
	{"authority by name", "{\"person\":{\"local_authority\":\"Lambeth\"}}", ERR_INVALID,
		"person.local_authority"},
	{"misspelt key", "{\"contact\":{\"safe_to_cal\":true}}", ERR_UNKNOWN_FIELD,
		"contact.safe_to_cal"},
	{"misspelt key on top", "{\"perso\":{}}", ERR_UNKNOWN_FIELD, "perso"},
	{"no consent", "{\"consent\":null}", ERR_MISSING, "consent"},
	{"empty consent", "{\"consent\":[]}", ERR_CONSENT, "consent"},
	{"consent withheld",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"withheld\",\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\"}]}",
		ERR_CONSENT, "consent[0].state"},
	{"consent for something else",
		"{\"consent\":[{\"purpose\":\"share-outcome\",\"state\":\"given\"}]}", ERR_CONSENT,
		"consent"},
	{"consent without recipients",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"needs\":\"all\"}]}",
		ERR_MISSING, "consent[0].recipients"},
	{"adult caution under 18",
		"{\"person\":{\"date_of_birth\":\"2003-09-01\"},\"justice\":{\"disposal\":"
		"\"conditional-caution\"}}",
		ERR_INVALID, "justice.disposal"},
	{"a control character", "{\"person\":{\"given_name\":\"A\\u001bB\"}}", ERR_INVALID,
		"person.given_name"},
	{"a direction override", "{\"person\":{\"given_name\":\"A\\u202eB\"}}", ERR_INVALID,
		"person.given_name"},
	{"a newline in a name", "{\"person\":{\"given_name\":\"A\\nB\"}}", ERR_INVALID,
		"person.given_name"},
	{"text for a number", "{\"person\":{\"dependent_children\":\"2\"}}", ERR_INVALID,
		"person.dependent_children"},
	{"a number below zero", "{\"person\":{\"dependent_children\":-1}}", ERR_INVALID,
		"person.dependent_children"},
	{"text for yes or no", "{\"contact\":{\"safe_to_call\":\"no\"}}", ERR_INVALID,
		"contact.safe_to_call"},
	{"a time without a zone", "{\"occurred_at\":\"2019-06-12T21:40:00\"}", ERR_INVALID,
		"occurred_at"},
	{"not-asked where an answer is needed", "{\"pathway\":\"not-asked\"}", ERR_INVALID,
		"pathway"},
	{"an over-long reference",
		"{\"source_ref\":"
		"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
		ERR_TOO_LARGE, "source_ref"},
	{"a pathway of another kind of party", "{\"pathway\":\"community\"}", ERR_NOT_ALLOWED,
		"pathway"},
};

Test(refusal, an_invalid_referral_names_its_field_and_leaves_no_mark)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *vector = &vectors[i];
		const enum err err = fixture_submit(&fixture, "met-custody",
			fixture_referral(&fixture, "1", "diversion", "E09000022", vector->more));
		cr_expect_eq(err, vector->err, "%s: %s", vector->name, err_code(err));
		cr_expect_str_eq(fixture.reply.fault.field, vector->field, "%s: %s", vector->name,
			fixture.reply.fault.field);
	}
	struct core_figures figures;
	struct fault fault;
	cr_assert_eq(core_figures(fixture.core, fixture.now, &figures, &fault), ERR_OK);
	cr_assert_eq(figures.referrals, 0);
	cr_assert_eq(figures.outbox, 0);
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000022", NULL)),
		ERR_OK);
}

/* In June 2019 Taunton Deane is no more, Craven still is. */
Test(refusal, an_authority_that_has_ended_is_refused_with_what_took_its_place)
{
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E07000190", NULL)),
		ERR_INVALID);
	cr_assert_str_eq(fixture.reply.fault.field, "person.local_authority");
	cr_assert_not_null(strstr(fixture.reply.fault.message,
				   "in its place is Somerset West and Taunton (E07000246)"),
		"%s", fixture.reply.fault.message);
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E07000163", NULL)),
		ERR_OK);
}

static enum err amend(const char *reference, const char *patch)
{
	const struct wire_request request = {.header = {WIRE_AMEND, 1},
		.reference = str_from(reference),
		.referral = fixture_json(&fixture, patch)};
	return fixture_ask(&fixture, "met-custody", &request);
}

/* Aylesbury Vale ends in March 2020: who was taken in with it before can be amended after. */
Test(refusal, an_authority_that_has_ended_cannot_be_amended_in_but_stays)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E07000004", NULL);
	cr_assert_eq(
		amend(reference, "{\"person\":{\"local_connection\":\"E07000190\"}}"), ERR_INVALID);
	cr_assert_str_eq(fixture.reply.fault.field, "person.local_connection");
	cr_assert_not_null(strstr(fixture.reply.fault.message, "E07000246"));
	fixture.now += 400LL * 86400 * TIMESTAMP_SECOND;
	cr_assert_eq(amend(reference, "{\"person\":{\"local_connection\":\"E09000022\"}}"), ERR_OK,
		"%s", fixture.reply.fault.message);
	cr_assert_eq(
		amend(reference, "{\"person\":{\"local_connection\":\"E07000005\"}}"), ERR_INVALID);
	/* That she takes her consent back is heard whatever else the patch holds. */
	cr_assert_eq(
		amend(reference, "{\"consent\":[{\"purpose\":\"refer\",\"state\":\"withdrawn\"}],"
				 "\"person\":{\"local_connection\":\"E07000005\"}}"),
		ERR_OK, "%s", fixture.reply.fault.message);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "withdrawn");
}

/* The places she avoids are nobody's to read in a message or a log. */
Test(refusal, a_place_to_avoid_that_has_ended_is_not_named)
{
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000022",
				     "{\"preferences\":{\"avoid\":{\"authorities\":"
				     "[\"E07000190\"]}}}")),
		ERR_INVALID);
	cr_assert_str_eq(fixture.reply.fault.field, "preferences.avoid.authorities[0]");
	cr_assert_null(
		strstr(fixture.reply.fault.message, "E0"), "%s", fixture.reply.fault.message);
	cr_assert_null(strstr(fixture.reply.fault.message, "Taunton"));
}

Test(refusal, no_refusal_repeats_a_personal_value)
{
	static const char *const more[] = {
		"{\"person\":{\"date_of_birth\":\"Qzsecret\"}}",
		"{\"person\":{\"gender\":[\"Qzsecret\"]}}",
		"{\"needs\":[{\"code\":\"Qzsecret\"}]}",
		"{\"contact\":{\"safe_to_call\":\"Qzsecret\"}}",
		"{\"person\":{\"local_authority\":\"Qzsecret\"}}",
	};
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		cr_assert_neq(
			fixture_submit(&fixture, "met-custody",
				fixture_referral(&fixture, "1", "diversion", "E09000022", more[i])),
			ERR_OK);
		cr_assert_null(strstr(fixture.reply.fault.message, "Qzsecret"), "%s",
			fixture.reply.fault.message);
	}
}

/* Who is chosen in each London authority for a woman arrested there: the contracts of October 2018.
 */
static const struct {
	const char *code, *chosen; /* NULL: a gap */
} london[] = {
	{"E09000001", NULL},
	{"E09000002", "advance-minerva-wraparound"},
	{"E09000003", NULL},
	{"E09000004", NULL},
	{"E09000005", "advance-minerva-wraparound"},
	{"E09000006", NULL},
	{"E09000007", "advance-minerva-wraparound"},
	{"E09000008", "south-london-alliance"},
	{"E09000009", "advance-minerva-wraparound"},
	{"E09000010", NULL},
	{"E09000011", NULL},
	{"E09000012", NULL},
	{"E09000013", "advance-minerva-wraparound"},
	{"E09000014", "advance-minerva-wraparound"},
	{"E09000015", "advance-minerva-wraparound"},
	{"E09000016", "advance-minerva-wraparound"},
	{"E09000017", "advance-minerva-wraparound"},
	{"E09000018", "advance-minerva-wraparound"},
	{"E09000019", "advance-minerva-wraparound"},
	{"E09000020", "advance-minerva-wraparound"},
	{"E09000021", NULL},
	{"E09000022", "south-london-alliance"},
	{"E09000023", "south-london-alliance"},
	{"E09000024", NULL},
	{"E09000025", "advance-minerva-wraparound"},
	{"E09000026", NULL},
	{"E09000027", NULL},
	{"E09000028", "south-london-alliance"},
	{"E09000029", "south-london-alliance"},
	{"E09000030", NULL},
	{"E09000031", "advance-minerva-wraparound"},
	{"E09000032", "south-london-alliance"},
	{"E09000033", "advance-minerva-wraparound"},
};

Test(refusal, every_london_authority_gets_its_contracted_service_or_a_gap)
{
	for (size_t i = 0; i < sizeof(london) / sizeof(london[0]); i++) {
		char ref[8];
		(void)snprintf(ref, sizeof(ref), "%zu", i);
		cr_assert_eq(
			fixture_submit(&fixture, "met-custody",
				fixture_referral(&fixture, ref, "diversion", london[i].code, NULL)),
			ERR_OK);
		if (london[i].chosen == NULL) {
			cr_expect_str_eq(fixture_text(&fixture, "state"), "no-service", "%s",
				london[i].code);
			cr_expect_str_eq(fixture_text(&fixture, "gaps[0]"), "accommodation", "%s",
				london[i].code);
		} else {
			cr_expect_str_eq(fixture_text(&fixture, "legs[0].service"),
				london[i].chosen, "%s", london[i].code);
		}
	}
}

Test(refusal, the_rate_card_takes_sentenced_women_from_crc_and_nps_only)
{
	static const char *const only[] = {"E09000010", "E09000012", "E09000026"};
	for (size_t i = 0; i < 3; i++) {
		char ref[8];
		(void)snprintf(ref, sizeof(ref), "%zu", i);
		cr_assert_eq(fixture_submit(&fixture, "nps-london",
				     fixture_referral(&fixture, ref, "community", only[i], NULL)),
			ERR_OK);
		cr_expect_str_eq(fixture_text(&fixture, "legs[0].service"), "advance-minerva-crc");
	}
}

Test(refusal, under_eighteen_the_service_is_asked_and_never_assumed)
{
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000022",
				     "{\"person\":{\"date_of_birth\":\"2003-09-01\"}}")),
		ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 0);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	cr_assert(strstr(fixture_text(&fixture, "questions[0]"), "ask:south-london-alliance/") !=
			  NULL,
		"%s", fixture_text(&fixture, "questions[0]"));
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "2", "diversion", "E09000007",
				     "{\"person\":{\"date_of_birth\":\"2003-09-01\"}}")),
		ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].service"), "advance-minerva-wraparound");
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "3", "diversion", "E09000007",
				     "{\"person\":{\"date_of_birth\":\"2004-09-01\"}}")),
		ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "no-service");
}

Test(refusal, another_gender_is_a_question_to_the_service_and_never_a_refusal)
{
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000007",
				     "{\"person\":{\"gender\":\"non-binary\"}}")),
		ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	cr_assert(strstr(fixture_text(&fixture, "questions[0]"), "ask:") != NULL);
}

Test(refusal, a_service_whose_provider_is_no_party_is_a_gap_and_not_a_promise)
{
	/* The alliance in Merseyside is in the directory; its provider is not in the fixture. */
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E08000012", NULL)),
		ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 0);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "no-service");
}
