/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/base/log.h"
#include "broker/net/writer_part.h"
/*
 * What time brings: deadlines, a clock that jumped, how long there was no broker, and the clock of
 * a rehearsal that is moved by hand.
 */
enum {
	MOVE_BATCHES = 16, /* batches of one request: nobody else is answered meanwhile */
	MOVE_EVENTS = 200  /* told in the answer */
};

/* The broker's own commands while there is something for them to do; at most so many a batch. */
static enum err own_add(struct writer *writer, enum core_command_kind kind,
	bool (*due)(struct core *core, timestamp_us now), const char *failed, size_t *ret_count)
{
	for (*ret_count = 0; *ret_count < WRITER_DUE_MOST; (*ret_count)++) {
		struct core_command command = {.kind = kind};
		struct core_reply reply;
		if (!due(writer->core, business_now(&writer->business))) {
			break;
		}
		const enum err err = writer_command(writer, &command, &reply);
		if (err != ERR_OK) {
			return err;
		}
		if (reply.err != ERR_OK) {
			log_line(LOG_ERROR, "writer", NULL, "%s: %s", failed, reply.fault.message);
			break;
		}
		if (!reply.acted) {
			break; /* all that is left is damaged: passed over until the next tick */
		}
	}
	return ERR_OK;
}

/* Timers act when their time has come. */
static enum err timers_add(struct writer *writer, size_t *ret_count)
{
	return own_add(
		writer, CORE_DUE, core_timer_due, "a timer cannot be carried out", ret_count);
}

/* What has been kept as long as it may be is erased. */
static enum err retention_add(struct writer *writer)
{
	size_t count;
	return own_add(
		writer, CORE_RETENTION, core_retention_due, "a referral cannot be erased", &count);
}

static void hold_log(const char *what)
{
	log_line(LOG_ERROR, "clock", NULL,
		"%s: no deadline acts until an operator has looked and says `onward clock confirm`",
		what);
}

/* Business time goes on from where the record is: whoever confirms gives back what the clock was
 * ahead of it. */
static enum err hold_add(struct writer *writer, const char *why)
{
	struct core_command command = {.kind = CORE_CLOCK_JUMP};
	struct core_reply reply;
	hold_log(why);
	const enum err err = writer_command(writer, &command, &reply);
	return err != ERR_OK ? err : reply.err;
}

enum err writer_due(struct writer *writer, bool *ret_more)
{
	size_t count = 0;
	enum err err = ERR_OK;
	if (writer->jumped) {
		err = hold_add(writer, "the system's clock jumped");
		writer->jump_added = err == ERR_OK;
	}
	if (err == ERR_OK) {
		err = timers_add(writer, &count);
	}
	if (err == ERR_OK) {
		err = retention_add(writer);
	}
	business_note(&writer->business);
	*ret_more = count == WRITER_DUE_MOST;
	return err;
}

enum err writer_started(struct writer *writer)
{
	struct core_identity identity;
	core_identify(writer->core, &identity);
	const timestamp_us behind = identity.journal_time - business_now(&writer->business);
	const timestamp_us lost = business_lost(&writer->business, identity.journal_time);
	const bool doubted = lost > LIMIT_DOWNTIME_BELIEVED_S * TIMESTAMP_SECOND;
	struct core_command command = {.kind = CORE_STARTED, .lost = doubted ? 0 : lost};
	struct core_reply reply;
	if (doubted) {
		business_doubt(&writer->business, lost);
	}
	enum err err = writer_command(writer, &command, &reply);
	if (err == ERR_OK && doubted) {
		err = hold_add(writer, "the broker was away for more than 3 days, or the clock "
				       "is wrong");
	} else if (err == ERR_OK && behind > LIMIT_CLOCK_JUMP_S * TIMESTAMP_SECOND) {
		err = hold_add(writer, "the system's clock is behind the record");
	}
	if (err == ERR_OK) {
		business_note(&writer->business);
	}
	return err;
}

/* One batch of what is due at this moment; how much of it there was. */
static enum err due_batch(struct writer *writer, size_t *ret_count)
{
	writer_begin(writer);
	const enum err err = timers_add(writer, ret_count);
	if (err != ERR_OK) {
		writer_abort(writer, err);
		return err;
	}
	return writer_commit(writer, *ret_count);
}

static timestamp_us next_due(struct writer *writer)
{
	writer_begin(writer);
	const timestamp_us next = core_timer_after(writer->core, business_now(&writer->business));
	core_batch_abort(writer->core);
	return next;
}

/* From deadline to deadline, so that each acts at its own time.  What takes long is parted: the
 * answer says how far it came, and whoever asked goes on from there. */
static enum err clock_move(struct writer *writer, timestamp_us until)
{
	struct business *business = &writer->business;
	for (int step = 0; step < MOVE_BATCHES; step++) {
		size_t count = 0;
		const enum err err = due_batch(writer, &count);
		if (err != ERR_OK) {
			return err;
		}
		if (count == WRITER_DUE_MOST) {
			continue; /* there may be more at this moment */
		}
		const timestamp_us next = next_due(writer);
		if (next == 0 || next > until) {
			if (until > business_now(business)) {
				business_move(business, until);
			}
			break;
		}
		business_move(business, next);
	}
	return ERR_OK;
}

/* To a time, which may be asked for again and again; or by so much. */
static enum err clock_advance(struct writer *writer, struct request *request, timestamp_us now)
{
	const struct wire_request *wire = &request->wire;
	const timestamp_us most = now + WIRE_ADVANCE_MAX_S * TIMESTAMP_SECOND;
	if (!wire->has_at && wire->seconds == 0) {
		return fault_set(&request->fault, ERR_MISSING, "at",
			"to when, or in `seconds` how far: 1 to %d", WIRE_ADVANCE_MAX_S);
	}
	const timestamp_us until = wire->has_at ? wire->at : now + wire->seconds * TIMESTAMP_SECOND;
	if (until > most) {
		return fault_set(&request->fault, ERR_INVALID, "at", "at most %d days from now",
			WIRE_ADVANCE_MAX_S / 86400);
	}
	return clock_move(writer, until);
}

static enum err clock_by_hand(struct writer *writer, struct request *request, bool advance)
{
	const timestamp_us now = business_now(&writer->business);
	const enum kind kind = request->party->kind;
	if (kind != KIND_OPERATOR && kind != KIND_COORDINATOR) {
		return fault_set(&request->fault, ERR_NOT_ALLOWED, "",
			"only operators and coordinators see and move the clock");
	}
	if (!writer->config->clock_manual) {
		return fault_set(&request->fault, ERR_STATE, "action",
			"the clock of this home is the system's; only a rehearsal whose clock is "
			"set by hand can be moved");
	}
	if (advance) {
		return clock_advance(writer, request, now);
	}
	const timestamp_us next = next_due(writer);
	return next == 0 ? ERR_OK : clock_move(writer, next > now ? next : now);
}

static enum err clock_confirm(struct writer *writer, struct request *request)
{
	struct core_command command = {
		.kind = CORE_REQUEST, .party = request->party, .request = &request->wire};
	struct core_reply reply;
	writer_begin(writer);
	/* At the time that is believed from now on. */
	const int64_t doubted = business_believe(&writer->business);
	const enum err err = writer_command(writer, &command, &reply);
	if (err != ERR_OK || reply.err != ERR_OK) {
		business_doubt(&writer->business, doubted);
	}
	if (err != ERR_OK) {
		writer_abort(writer, err);
		return fault_set(&request->fault, err, "", "%s", err_text(err));
	}
	if (reply.err != ERR_OK) {
		core_batch_abort(writer->core);
		request->fault = reply.fault;
		return reply.err;
	}
	log_line(LOG_NOTICE, "clock", NULL, "confirmed: deadlines act again");
	return writer_commit(writer, 1);
}

static enum err clock_words(struct writer *writer, struct request *request, bool moved,
	uint64_t after, struct value *ret_body)
{
	struct arena *arena = &request->arena;
	struct core_identity identity;
	struct core_figures figures;
	core_identify(writer->core, &identity);
	timestamp_us now = business_now(&writer->business);
	now = now < identity.journal_time ? identity.journal_time : now;
	enum err err = core_figures(writer->core, now, &figures, &request->fault);
	if (err != ERR_OK) {
		return err;
	}
	char text[TIMESTAMP_TEXT_SIZE];
	struct value body = value_map_new(arena, 5);
	timestamp_format(now, text);
	value_put(arena, &body, "clock", value_of_str(arena_str(arena, str_from(text))));
	value_put(arena, &body, "manual", value_of_bool(writer->config->clock_manual));
	timestamp_format(figures.next_due, text);
	value_put(arena, &body, "next",
		figures.next_due == 0 ? (struct value){.kind = VALUE_NULL}
				      : value_of_str(arena_str(arena, str_from(text))));
	value_put(arena, &body, "held", value_of_bool(figures.held_since != 0));
	if (moved) {
		struct value events;
		uint64_t scanned;
		err = core_events(writer->core, request->party, (struct str){0}, after, MOVE_EVENTS,
			arena, &events, &scanned, &request->fault);
		if (err == ERR_OK) {
			value_put(arena, &body, "became_due", events);
		}
	}
	*ret_body = body;
	return err;
}

void writer_clock_request(struct writer *writer, struct request *request)
{
	const struct str action = request->wire.action;
	const bool advance = str_is(action, "advance");
	const bool moves = advance || str_is(action, "next");
	struct core_identity before;
	struct value body;
	enum err err = ERR_OK;
	core_identify(writer->core, &before);
	if (moves) {
		err = clock_by_hand(writer, request, advance);
	} else if (str_is(action, "confirm")) {
		err = clock_confirm(writer, request);
	} else if (request->party->kind != KIND_OPERATOR &&
		   request->party->kind != KIND_COORDINATOR) {
		err = fault_set(&request->fault, ERR_NOT_ALLOWED, "",
			"only operators and coordinators see and move the clock");
	}
	if (err == ERR_OK) {
		err = clock_words(writer, request, moves, before.sequence, &body);
	}
	if (err != ERR_OK) {
		struct fault fault = request->fault;
		if (fault.code == ERR_OK) {
			(void)fault_set(&fault, err, "", "%s", err_text(err));
		}
		request_refuse(request, &fault);
		core_count_refusal(writer->core, err);
		return;
	}
	request_reply(request, WIRE_DONE, request->wire.header.correlation, &body);
}
