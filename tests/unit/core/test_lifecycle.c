/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"
#include "broker/core/lifecycle.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* The rows of the table as the document writes them. */
static void table_text(struct buf *out)
{
	static const char *const by[ACTOR_COUNT] = {
		"broker", "adapter", "provider", "source", "coordinator"};
	size_t count;
	const struct lifecycle_rule *rules = lifecycle_table(&count);
	buf_add_text(out, "| from | to | by |\n| --- | --- | --- |\n");
	for (size_t i = 0; i < count; i++) {
		const char *comma = "";
		buf_printf(out, "| %s | %s | ", vocab_code(VOCAB_LEG_STATE, (int)rules[i].from),
			vocab_code(VOCAB_LEG_STATE, (int)rules[i].to));
		for (int actor = 0; actor < ACTOR_COUNT; actor++) {
			if ((rules[i].actors & 1U << actor) != 0) {
				buf_printf(out, "%s%s", comma, by[actor]);
				comma = ", ";
			}
		}
		buf_add_text(out, " |\n");
	}
}

static const char *between(struct buf *document, const char *begin, const char *end)
{
	buf_append(document, "", 1);
	char *from = strstr(document->data, begin);
	cr_assert_not_null(from);
	from += strlen(begin) + 1;
	char *to = strstr(from, end);
	cr_assert_not_null(to);
	*to = '\0';
	return from;
}

Test(lifecycle, the_document_says_what_the_table_says)
{
	struct buf table = {0};
	struct buf document = {0};
	table_text(&table);
	buf_append(&table, "", 1);
	cr_assert_eq(buf_read_file(&document, "broker/core/LIFECYCLE.md", 1 << 20), ERR_OK);
	const char *said =
		between(&document, "<!-- transitions: begin -->", "<!-- transitions: end -->");
	/* The order of actors in a row is free. */
	for (const char *line = table.data; *line != '\0';) {
		const char *stop = strchr(line, '\n');
		char row[128];
		(void)snprintf(row, sizeof(row), "%.*s", (int)(stop - line), line);
		char *by = strrchr(row, '|');
		*by = '\0';
		by = strrchr(row, '|');
		by[1] = '\0';
		cr_assert_not_null(strstr(said, row), "the document lacks: %s", row);
		line = stop + 1;
	}
	size_t rows = 0;
	for (const char *at = said; (at = strchr(at, '\n')) != NULL; at++) {
		rows++;
	}
	size_t count;
	(void)lifecycle_table(&count);
	cr_assert_eq(rows, count + 2);
	buf_finish(&table);
	buf_finish(&document);
}

static const char *action_for(enum leg_state to)
{
	switch (to) {
	case LEG_RECEIVED:
	case LEG_ACCEPTED:
	case LEG_DECLINED:
	case LEG_WAITLISTED:
	case LEG_STARTED:
	case LEG_COMPLETED:
	case LEG_ENDED_EARLY:
	case LEG_NOT_ENGAGED:
	case LEG_ON_HOLD:
	case LEG_WITHDRAWN:
		return vocab_code(VOCAB_LEG_STATE, (int)to);
	case LEG_NONE:
	case LEG_MATCHED:
	case LEG_DELIVERED:
	case LEG_INFO_REQUESTED:
	case LEG_REDIRECTED:
	case LEG_CANCEL_REQUESTED:
	case LEG_EXPIRED:
	case LEG_STATE_COUNT:
		break;
	}
	return NULL;
}

static const char *reason_for(enum leg_state from, enum leg_state to)
{
	if (to == LEG_DECLINED) {
		return "no-capacity";
	}
	if (to == LEG_WITHDRAWN) {
		return from == LEG_CANCEL_REQUESTED ? "consent-withdrawn" : "her-decision";
	}
	return to == LEG_ENDED_EARLY ? "moved-out-of-area" : NULL;
}

/* Ways by which a provider brings a new leg to a state. */
static const struct path {
	enum leg_state state;
	const char *steps[4];
} paths[] = {
	{LEG_DELIVERED, {NULL}},
	{LEG_RECEIVED, {"received", NULL}},
	{LEG_ACCEPTED, {"accepted", NULL}},
	{LEG_WAITLISTED, {"waitlisted", NULL}},
	{LEG_STARTED, {"accepted", "started", NULL}},
	{LEG_COMPLETED, {"accepted", "started", "completed", NULL}},
	{LEG_NOT_ENGAGED, {"accepted", "not-engaged", NULL}},
	{LEG_ON_HOLD, {"accepted", "on-hold", NULL}},
};

Test(lifecycle, every_state_and_action_of_a_provider_does_what_the_table_says)
{
	struct fixture fixture;
	unsigned number = 0;
	fixture_init(&fixture);
	for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
		for (int to = 0; to < LEG_STATE_COUNT; to++) {
			char ref[16];
			char leg[24];
			const char *action = action_for((enum leg_state)to);
			if (action == NULL || (int)paths[p].state == to) {
				continue;
			}
			(void)snprintf(ref, sizeof(ref), "%u", ++number);
			cr_assert_eq(fixture_submit(&fixture, "met-custody",
					     fixture_referral(&fixture, ref, "diversion",
						     "E09000022", NULL)),
				ERR_OK);
			(void)snprintf(
				leg, sizeof(leg), "%s/1", fixture_text(&fixture, "reference"));
			(void)fixture_deliver(&fixture, "women-in-prison");
			for (size_t s = 0; paths[p].steps[s] != NULL; s++) {
				cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg,
						     paths[p].steps[s], NULL),
					ERR_OK);
			}
			const enum err err = fixture_act(&fixture, "women-in-prison", leg, action,
				reason_for(paths[p].state, (enum leg_state)to));
			/* A hold ends where it began: these legs were accepted. */
			const bool resumes_elsewhere = paths[p].state == LEG_ON_HOLD &&
						       !lifecycle_is_ended((enum leg_state)to) &&
						       to != LEG_ACCEPTED;
			const bool legal =
				!resumes_elsewhere && lifecycle_allows(paths[p].state,
							      (enum leg_state)to, ACTOR_PROVIDER);
			cr_assert_eq(err, legal ? ERR_OK : ERR_STATE, "%s -> %s: %s",
				vocab_code(VOCAB_LEG_STATE, (int)paths[p].state), action,
				err_code(err));
		}
	}
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}
