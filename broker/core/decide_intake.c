/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
/*
 * A provider takes no new referrals for a while, or takes them again.  What it has goes on, and
 * what was chosen before is still delivered: a woman who was told where she goes is not turned
 * round on the way, and the provider can answer no.
 */
enum {
	PAUSE_DAYS_MAX = 366 /* what is longer is a change of the directory */
};

/* Those who oversee decide for every service, a party for those that it runs or is sent. */
static enum err own_service(struct decide *decide, const struct directory_service **ret_service)
{
	const struct party *party = decide->command->party;
	const bool oversees = party_oversees(party);
	if (decide->plan == NULL) {
		return decide_no_directory(decide);
	}
	const struct directory_service *service =
		directory_service_find(decide->plan->directory, decide->request->service);
	if (service != NULL && (oversees || intake_is_for(party, service))) {
		*ret_service = service;
		return ERR_OK;
	}
	/* Which services others have is not theirs to find out in this way. */
	return oversees ? decide_refuse(decide, ERR_INVALID, "service",
				  "the directory in force has no service of that id")
			: decide_refuse(decide, ERR_NOT_ALLOWED, "service",
				  "the directory in force has no service of yours with that id");
}

/* "2019-08-31" is until the end of that day in London; a time is until then. */
static enum err read_until(struct decide *decide, timestamp_us *ret_until)
{
	const struct str text = decide->request->until_text;
	timestamp_us until = 0;
	date_days day;
	if (date_parse(text, &day) == ERR_OK) {
		const timestamp_us midnight = (timestamp_us)(day + 1) * TIMESTAMP_DAY;
		until = midnight - timestamp_london_offset_s(midnight) * TIMESTAMP_SECOND;
	} else if (timestamp_parse(text, &until) != ERR_OK) {
		return decide_refuse(decide, ERR_INVALID, "until",
			"a date such as 2019-08-31, or a time such as 2019-08-31T17:00:00+01:00");
	}
	if (until <= decide->now) {
		return decide_refuse(decide, ERR_INVALID, "until", "lies in the past");
	}
	if (until > decide->now + PAUSE_DAYS_MAX * TIMESTAMP_DAY) {
		return decide_refuse(decide, ERR_INVALID, "until",
			"lies more than %d days ahead: such a service is changed in the directory",
			PAUSE_DAYS_MAX);
	}
	*ret_until = until;
	return ERR_OK;
}

static enum err read_pause(struct decide *decide, timestamp_us *ret_until)
{
	const struct str reason = decide->request->reason;
	if (reason.len > 0 && vocab_number(VOCAB_PAUSE, reason) < 0) {
		char allowed[200];
		vocab_list(VOCAB_PAUSE, allowed, sizeof(allowed));
		return decide_refuse(decide, ERR_INVALID, "reason", "allowed here: %s", allowed);
	}
	return decide->request->until_text.len > 0 ? read_until(decide, ret_until) : ERR_OK;
}

static enum err check_resume(struct decide *decide)
{
	if (decide->request->until_text.len > 0 || decide->request->reason.len > 0) {
		return decide_refuse(decide, ERR_INVALID,
			decide->request->until_text.len > 0 ? "until" : "reason",
			"belongs to a pause");
	}
	return ERR_OK;
}

/* What a coordinator stopped for women's safety, the service itself does not open again. */
static enum err check_safety(struct decide *decide, const struct intake_row *row)
{
	if (party_oversees(decide->command->party) || !intake_pauses(row, decide->now) ||
		row->provider != 0 || strcmp(row->reason, "safety") != 0) {
		return ERR_OK;
	}
	return decide_refuse(decide, ERR_NOT_ALLOWED, "service",
		"a coordinator has paused it for safety: only who oversees changes that");
}

enum err decide_intake(struct decide *decide)
{
	const bool pause = str_is(decide->request->action, "pause");
	const struct directory_service *service = NULL;
	struct intake_row row = {0};
	timestamp_us until = 0;
	enum err err = own_service(decide, &service);
	if (err != ERR_OK || service == NULL) {
		return err;
	}
	err = pause ? read_pause(decide, &until) : check_resume(decide);
	if (err == ERR_OK) {
		err = intake_get(decide->state, service->id, &row, &decide->fault);
		err = err == ERR_NOT_FOUND ? ERR_OK : err;
	}
	if (err == ERR_OK) {
		err = check_safety(decide, &row);
	}
	if (err != ERR_OK) {
		return err;
	}
	const bool paused = intake_pauses(&row, decide->now);
	decide->duplicate =
		pause ? paused && row.until == until && str_is(decide->request->reason, row.reason)
		      : !paused;
	if (!decide->duplicate) {
		struct event *event = decide_emit(decide, EVENT_INTAKE, (struct id){{0}});
		event->service = service->id;
		event->route = service->delivery_party;
		event->to = pause ? INTAKE_PAUSED : INTAKE_OPEN;
		event->kind = intake_is_for(decide->command->party, service);
		event->until = until;
		event->reason = decide->request->reason;
		row = (struct intake_row){.at = decide->now,
			.until = until,
			.paused = pause,
			.provider = event->kind};
		str_copy(row.reason, sizeof(row.reason), event->reason);
		str_copy(row.party, sizeof(row.party), str_from(decide->command->party->id));
	}
	decide->body = value_map_new(decide->arena, 9);
	value_put(decide->arena, &decide->body, "service", value_of_str(service->id));
	value_put(decide->arena, &decide->body, "duplicate", value_of_bool(decide->duplicate));
	intake_words(decide->arena, service, &row, decide->now, &decide->body);
	return ERR_OK;
}
