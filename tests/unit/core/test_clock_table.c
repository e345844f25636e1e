/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"
#include "broker/core/clock.h"
#include "broker/model/referral.h"

#include <criterion/criterion.h>

static const char *end_words(enum clock_end end)
{
	switch (end) {
	case CLOCK_NEVER:
		return "taken into account by others";
	case CLOCK_EXPIRES:
		return "the leg expires";
	case CLOCK_IS_TOLD:
		return "people are told";
	case CLOCK_IS_FORCED:
		return "the stop takes effect";
	case CLOCK_LOOKS:
		return "a service is looked for again";
	}
	return "";
}

static void row_text(struct buf *out, enum clock clock)
{
	const struct clock_rule *rule = clock_rule(clock);
	buf_printf(out, "| `%s` | ", rule->name);
	if (clock > CLOCK_LAST_OF_SERVICE) {
		buf_add_text(out, "the referral");
	} else if (rule->state == LEG_NONE) {
		buf_add_text(out, "none");
	} else {
		buf_printf(out, "`%s`", vocab_code(VOCAB_LEG_STATE, (int)rule->state));
	}
	if (rule->amount == 0) {
		buf_add_text(out, " | 17:00 of the working day");
	} else {
		buf_printf(out, " | %d working day%s", rule->amount, rule->amount == 1 ? "" : "s");
	}
	buf_printf(out, " | %s |\n", end_words(rule->end));
}

Test(clock_table, the_document_says_what_the_table_says)
{
	static const char begin[] = "<!-- clocks: begin -->\n";
	struct buf table = {0};
	struct buf document = {0};
	buf_add_text(&table, "| clock | runs in | length | when it runs out |\n"
			     "| --- | --- | --- | --- |\n");
	for (int clock = 1; clock < CLOCK_COUNT; clock++) {
		row_text(&table, (enum clock)clock);
	}
	buf_append(&table, "", 1);
	cr_assert_eq(buf_read_file(&document, "broker/core/LIFECYCLE.md", 1 << 20), ERR_OK);
	buf_append(&document, "", 1);
	char *from = strstr(document.data, begin);
	cr_assert_not_null(from);
	from += sizeof(begin) - 1;
	char *to = strstr(from, "<!-- clocks: end -->");
	cr_assert_not_null(to);
	*to = '\0';
	cr_assert_str_eq(from, table.data, "the table is\n%s", table.data);
	buf_finish(&table);
	buf_finish(&document);
}

static struct calendar calendar;

static timestamp_us at(const char *text)
{
	timestamp_us time = 0;
	cr_assert_eq(timestamp_parse(str_from(text), &time), ERR_OK, "%s", text);
	return time;
}

static date_days on(const char *text)
{
	date_days date = REFERRAL_NO_DATE;
	cr_assert(text == NULL || date_parse(str_from(text), &date) == ERR_OK, "%s", text);
	return date;
}

static const struct {
	enum clock clock;
	enum kind source;
	enum pathway pathway;
	const char *release, *from, *deadline, *remind;
} lengths[] = {
	/* Thursday before Easter; Christmas Eve; over both changes of the clock. */
	{CLOCK_RECEIPT, KIND_PRISON, PATHWAY_RESETTLEMENT, NULL, "2026-04-02T16:00:00+01:00",
		"2026-04-07T16:00:00+01:00", "2026-04-07T14:00:00+01:00"},
	{CLOCK_DECISION, KIND_POLICE, PATHWAY_DIVERSION, NULL, "2026-12-24T10:00:00Z",
		"2026-12-30T10:00:00Z", "2026-12-29T10:00:00Z"},
	{CLOCK_DECISION, KIND_POLICE, PATHWAY_DIVERSION, NULL, "2026-03-27T10:00:00Z",
		"2026-03-31T10:00:00+01:00", "2026-03-30T10:00:00+01:00"},
	/* Hours are hours, also through the night in which the clocks change. */
	{CLOCK_DELIVERY_WINDOW, KIND_POLICE, PATHWAY_DIVERSION, NULL, "2026-03-29T00:30:00Z",
		"2026-03-29T04:30:00Z", "2026-03-29T03:30:00Z"},
	{CLOCK_DELIVERY_WINDOW, KIND_COURT, PATHWAY_COURT, NULL, "2026-10-25T00:30:00Z",
		"2026-10-25T04:30:00Z", "2026-10-25T03:30:00Z"},
	{CLOCK_DELIVERY_WINDOW, KIND_PRISON, PATHWAY_RESETTLEMENT, NULL, "2026-10-25T01:30:00Z",
		"2026-10-27T09:00:00Z", "2026-10-27T07:00:00Z"},
	{CLOCK_FIRST_CONTACT, KIND_POLICE, PATHWAY_DIVERSION, NULL, "2026-06-10T10:00:00+01:00",
		"2026-06-12T10:00:00+01:00", "2026-06-11T10:00:00+01:00"},
	{CLOCK_FIRST_CONTACT, KIND_PRISON, PATHWAY_RESETTLEMENT, "2026-04-02",
		"2026-03-02T10:00:00Z", "2026-04-07T23:59:59+01:00", "2026-04-02T23:59:59+01:00"},
	{CLOCK_FIRST_CONTACT, KIND_PRISON, PATHWAY_RESETTLEMENT, "2026-02-02",
		"2026-03-02T10:00:00Z", "2026-03-16T10:00:00Z", "2026-03-13T10:00:00Z"},
	{CLOCK_HOLD_REVIEW, KIND_PRISON, PATHWAY_RESETTLEMENT, "2026-04-07", "2026-03-02T10:00:00Z",
		"2026-04-02T23:59:59+01:00", "2026-04-01T23:59:59+01:00"},
	{CLOCK_HOLD_REVIEW, KIND_PRISON, PATHWAY_RESETTLEMENT, NULL, "2026-03-02T10:00:00Z",
		"2026-03-09T10:00:00Z", "2026-03-06T10:00:00Z"},
};

Test(clock_table, lengths_are_those_of_pathway_source_and_calendar)
{
	calendar_init(&calendar);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const struct clock_case in = {.calendar = &calendar,
			.source = lengths[i].source,
			.pathway = lengths[i].pathway,
			.release = on(lengths[i].release),
			.from = at(lengths[i].from)};
		const struct clock_time time = clock_start(lengths[i].clock, &in);
		char text[TIMESTAMP_TEXT_SIZE];
		timestamp_format(time.deadline, text);
		cr_expect_eq(time.deadline, at(lengths[i].deadline), "%zu: %s", i, text);
		timestamp_format(time.remind, text);
		cr_expect_eq(time.remind, at(lengths[i].remind), "%zu: %s", i, text);
	}
}

Test(clock_table, a_service_has_lengths_of_its_own)
{
	static const struct directory_clock own[] = {
		{{"delivery-window", 15}, 6, true}, {{"decision", 8}, 3, false}};
	const struct directory_service service = {.clocks = {own, 2}};
	calendar_init(&calendar);
	const struct clock_case in = {.calendar = &calendar,
		.service = &service,
		.source = KIND_POLICE,
		.release = REFERRAL_NO_DATE,
		.from = at("2026-06-10T10:00:00Z")};
	cr_expect_eq(clock_start(CLOCK_DELIVERY_WINDOW, &in).deadline, at("2026-06-10T16:00:00Z"));
	cr_expect_eq(clock_start(CLOCK_DECISION, &in).deadline, at("2026-06-15T10:00:00Z"));
	cr_expect_eq(clock_start(CLOCK_RECEIPT, &in).deadline, at("2026-06-11T10:00:00Z"));
}

/* Whatever begins when: it ends after it began, the reminder lies between, and the cap is kept. */
Test(clock_table, no_clock_ends_before_it_begins_or_is_reminded_of_after_its_end)
{
	calendar_init(&calendar);
	for (int hour = 0; hour < 24 * 420; hour += 7) {
		const timestamp_us from = at("2025-11-30T00:13:00Z") + hour * CALENDAR_HOUR;
		for (int clock = 1; clock < CLOCK_COUNT; clock++) {
			const struct clock_case in = {.calendar = &calendar,
				.source = (enum kind)(hour % KIND_COUNT),
				.pathway = (enum pathway)(hour % PATHWAY_COUNT),
				.release = hour % 3 == 0 ? REFERRAL_NO_DATE
							 : timestamp_london_date(from) + hour % 9,
				.from = from,
				.cap = hour % 2 == 0 ? 0 : from + (hour % 50 - 5) * CALENDAR_HOUR,
				.accepted = from - hour * CALENDAR_HOUR};
			const struct clock_time time = clock_start((enum clock)clock, &in);
			cr_assert_gt(
				time.deadline, from, "%s", clock_rule((enum clock)clock)->name);
			cr_assert(time.remind == 0 ||
				  (time.remind >= from && time.remind <= time.deadline));
			cr_assert(!clock_is_capped((enum clock)clock) || in.cap <= from ||
				  time.deadline <= in.cap);
		}
	}
}
