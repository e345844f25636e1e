/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Marks that no other part of the store can hold by chance. */
static const char *const marks[] = {"Qzgivenname", "Qzfamilyname", "QZ1 9QZ", "Qznote", "Qzphone",
	"Qzinstruction", "Qzofficer", "Qznationality", "qz-avoid-service", "Qzlocalnumber"};

static const char everything[] =
	"{\"person\":{\"given_name\":\"Qzgivenname\",\"family_name\":\"Qzfamilyname\",\"postcode\":"
	"\"QZ1 "
	"9QZ\",\"nationality\":\"Qznationality\",\"identifiers\":{\"local\":\"Qzlocalnumber\"}},"
	"\"needs\":[{\"code\":\"accommodation\",\"note\":\"Qznote\"},{\"code\":\"trafficking\","
	"\"note\":\"Qzothernote\"}],"
	"\"contact\":{\"phone\":\"Qzphone\",\"instruction\":\"Qzinstruction\"},"
	"\"officer\":{\"name\":\"Qzofficer\"},\"preferences\":{\"avoid\":{\"services\":"
	"[\"qz-avoid-service\"],\"authorities\":[\"E09000033\"]},\"exclude_services\":[\"refuge\"]}"
	"}";

static bool holds(struct str bytes, const char *text)
{
	return bytes.len > 0 && memmem(bytes.ptr, bytes.len, text, strlen(text)) != NULL;
}

Test(privacy, no_personal_value_stands_in_the_store_in_clear)
{
	struct fixture fixture;
	struct buf bytes = {0};
	char path[96];
	fixture_init(&fixture);
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000022", everything)),
		ERR_OK, "%s: %s", fixture.reply.fault.field, fixture.reply.fault.message);
	(void)fixture_deliver(&fixture, "women-in-prison");
	(void)snprintf(path, sizeof(path), "%s/store/data.mdb", fixture.home);
	cr_assert_eq(buf_read_file(&bytes, path, 1U << 30), ERR_OK);
	cr_assert(holds(buf_str(&bytes), "south-london-alliance"), "the scan finds nothing at all");
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		cr_assert_not(holds(buf_str(&bytes), marks[i]), "%s stands in the store", marks[i]);
	}
	buf_finish(&bytes);
	fixture_finish(&fixture);
}

Test(privacy, a_delivery_holds_what_the_agreement_names_and_nothing_else)
{
	struct fixture fixture;
	struct core_delivery delivery;
	fixture_init(&fixture);
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000022", everything)),
		ERR_OK);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	const struct value *said = &delivery.body;
	cr_assert(fixture_tells(said, "Qzgivenname"));
	cr_assert(fixture_tells(said, "Qzinstruction"));
	static const char *const withheld[] = {"qz-avoid-service", "E09000033", "avoid", "exclude",
		"refuge", "Qznationality", "Qzlocalnumber", "trafficking", "Qzothernote",
		"consent"};
	for (size_t i = 0; i < sizeof(withheld) / sizeof(withheld[0]); i++) {
		cr_assert_not(fixture_tells(said, withheld[i]), "%s left the broker", withheld[i]);
	}
	fixture_finish(&fixture);
}

Test(privacy, an_explanation_never_speaks_of_what_she_avoids)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const struct wire_request request = {.header = {WIRE_EXPLAIN, 1},
		.referral = fixture_referral(&fixture, "1", "diversion", "E09000022",
			"{\"preferences\":{\"avoid\":{\"services\":[\"south-london-alliance\"]},"
			"\"exclude_services\":[\"hibiscus-foreign-national-worker\"]}}")};
	core_read(fixture.core, fixture_party("met-custody"), &request, fixture.now, &fixture.arena,
		&fixture.reply);
	cr_assert_eq(fixture.reply.err, ERR_OK);
	const struct value *said = &fixture.reply.body;
	cr_assert(fixture_tells(said, "advance-minerva-wraparound"));
	cr_assert_not(fixture_tells(said, "south-london-alliance"));
	cr_assert_not(fixture_tells(said, "hibiscus-foreign-national-worker"));
	fixture_finish(&fixture);
}

Test(privacy, the_police_hear_whether_and_never_why)
{
	struct fixture fixture;
	char leg[24];
	fixture_init(&fixture);
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000022", NULL)),
		ERR_OK);
	const char *reference = fixture_text(&fixture, "reference");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	(void)fixture_deliver(&fixture, "women-in-prison");
	cr_assert_eq(
		fixture_act(&fixture, "women-in-prison", leg, "declined", "risk-not-manageable"),
		ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	const struct value *said = &fixture.reply.body;
	cr_assert(fixture_tells(said, "declined"));
	cr_assert_not(fixture_tells(said, "risk-not-manageable"));
	cr_assert_not(fixture_tells(said, "A Worker"));
	cr_assert_eq(fixture_show(&fixture, "coordinator-london", reference), ERR_OK);
	said = &fixture.reply.body;
	cr_assert(fixture_tells(said, "risk-not-manageable"));
	fixture_finish(&fixture);
}

Test(privacy, reading_the_inbox_is_recorded_before_it_is_answered)
{
	struct fixture fixture;
	fixture_init(&fixture);
	cr_assert_eq(fixture_submit(&fixture, "met-custody",
			     fixture_referral(&fixture, "1", "diversion", "E09000022", NULL)),
		ERR_OK);
	const char *reference = fixture_text(&fixture, "reference");
	const struct wire_request inbox = {
		.header = {WIRE_INBOX, 1}, .user = STR("Reader Invented")};
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &inbox), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "items"), 1);
	cr_assert_str_eq(fixture_text(&fixture, "items[0].state"), "delivered");
	cr_assert_str_eq(fixture_text(&fixture, "items[0].referral.person.given_name"), "Given");
	cr_assert_eq(fixture_show(&fixture, "coordinator-london", reference), ERR_OK);
	const struct value *said = &fixture.reply.body;
	cr_assert(fixture_tells(said, "consulted"));
	cr_assert(fixture_tells(said, "Reader Invented"));
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(privacy, a_specialist_for_who_she_is_hears_only_of_needs_she_agreed_to_tell)
{
	struct fixture fixture;
	struct core_delivery delivery;
	fixture_init(&fixture);
	cr_assert_eq(
		fixture_submit(&fixture, "met-custody",
			fixture_referral(&fixture, "1", "diversion", "E09000022",
				"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"recall\"}],"
				"\"preferences\":{\"specialist\":[\"foreign-national\"]},"
				"\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\","
				"\"recipients\":[\"south-london-alliance\"],\"needs\":\"all\"},"
				"{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
				"[\"hibiscus-foreign-national-worker\"],\"needs\":"
				"[\"accommodation\"]}]}")),
		ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
	cr_assert_eq(fixture_count(&fixture, "legs[1].needs"), 0);
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
	cr_assert(fixture_waiting(&fixture, "hibiscus", &delivery));
	const struct value *said = &delivery.body;
	cr_assert(fixture_tells(said, "accommodation"));
	cr_assert_not(fixture_tells(said, "recall"));
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}
