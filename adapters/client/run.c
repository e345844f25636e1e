/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/run.h"

#include "adapters/client/spool.h"
#include "broker/wire/pack.h"

enum {
	RUN_TRIES = 4,         /* of one that the broker answers with try-later */
	RUN_TRY_FIRST_MS = 250 /* then doubled */
};

/* What another attempt may change: the broker's own troubles, never its judgement. */
bool client_answer_is_final(enum err err)
{
	switch (err) {
	case ERR_OK:
	case ERR_NOT_FOUND:
	case ERR_EXISTS:
	case ERR_INVALID:
	case ERR_MALFORMED:
	case ERR_TOO_LARGE:
	case ERR_UNKNOWN_FIELD:
	case ERR_MISSING:
	case ERR_NOT_ALLOWED:
	case ERR_CONSENT:
	case ERR_CONFLICT:
	case ERR_STATE:
		return true;
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_FULL:
	case ERR_CORRUPT:
	case ERR_VERSION:
	case ERR_UNREACHABLE:
	case ERR_TIMEOUT:
	case ERR_SUPERSEDED:
	case ERR_CONFIG:
	case ERR_USAGE:
	case ERR_RESET:
	case ERR_END:
	case ERR_INTERNAL:
		return false;
	}
	return false;
}

static void unfinished_note(struct run *run, enum err err, const struct fault *fault)
{
	if (run->unfinished == ERR_OK) {
		run->unfinished = err;
		run->fault = *fault;
		run->fault.code = err;
	}
}

static void gone_commit(struct run *run)
{
	if (run->gone_count == 0) {
		return;
	}
	/* What cannot be taken out is sent again some day and found a duplicate. */
	const enum err err = spool_remove(run->client->spool, run->gone, run->gone_count);
	if (err != ERR_OK) {
		struct fault fault;
		(void)fault_set(&fault, err, run->client->spool_folder,
			"answered entries cannot be taken out of the spool: %s", err_text(err));
		unfinished_note(run, err, &fault);
	}
	run->gone_count = 0;
}

static struct str source_ref(
	const struct run *run, size_t index, struct str frame, struct arena *arena)
{
	if (run->referrals != NULL) {
		return value_get_str(&run->referrals[index], "source_ref");
	}
	/* The tree alone: also what the broker refuses must be named. */
	struct value body;
	if (frame.len < WIRE_HEADER_SIZE) {
		return (struct str){0};
	}
	const struct str tree = {frame.ptr + WIRE_HEADER_SIZE, frame.len - WIRE_HEADER_SIZE};
	return pack_decode(tree, &pack_limits_own, arena, &body, NULL) == ERR_OK
		       ? value_get_str(value_get(&body, STR("referral")), "source_ref")
		       : (struct str){0};
}

void run_report(struct run *run, size_t index, enum err err, const struct fault *fault,
	const struct value *body, struct str frame)
{
	struct arena arena;
	if (!client_answer_is_final(err)) {
		unfinished_note(run, err, fault);
	}
	if (run->answered == NULL) {
		return;
	}
	arena_init(&arena, 0);
	struct value named = value_map_new(&arena, 1);
	if (err != ERR_OK) {
		value_put(&arena, &named, "source_ref",
			value_of_str(source_ref(run, index, frame, &arena)));
		body = &named;
	}
	run->answered(run->context, index, err, fault, body);
	arena_finish(&arena);
}

static void flight_end(struct run *run, struct flight *flight)
{
	session_remove(flight->pending);
	*flight = (struct flight){0};
	run->in_flight--;
}

static void flight_answered(struct run *run, struct flight *flight)
{
	struct arena arena;
	struct value body;
	struct fault fault = {0};
	arena_init(&arena, 0);
	const enum err err = session_answer(flight->pending, &arena, &body, &fault);
	if (err == ERR_FULL && ++flight->tries < RUN_TRIES) {
		const int wait_ms = RUN_TRY_FIRST_MS << (flight->tries - 1);
		session_again(flight->pending, wait_ms + link_jitter_ms(wait_ms));
	} else {
		run_report(
			run, flight->index, err, &fault, &body, buf_str(&flight->pending->request));
		if (flight->number != 0 && client_answer_is_final(err)) {
			run->gone[run->gone_count++] = flight->number;
		}
		flight_end(run, flight);
	}
	arena_finish(&arena);
	if (run->gone_count == RUN_GONE) {
		gone_commit(run);
	}
}

/* Takes in the answers that have come; false when there were none. */
static bool run_collect(struct run *run)
{
	bool any = false;
	for (size_t i = 0; i < LIMIT_WINDOW && run->in_flight > 0; i++) {
		struct flight *flight = &run->flights[i];
		if (flight->pending != NULL && flight->pending->state == PENDING_ANSWERED) {
			flight_answered(run, flight);
			any = true;
		}
	}
	return any;
}

/* The next frame to send, ERR_END when there is none. */
static enum err run_next(struct run *run, struct buf *ret_frame, struct flight *ret_flight)
{
	if (run->referrals == NULL) {
		const enum err err =
			spool_next(run->client->spool, run->after, ret_frame, &run->after);
		*ret_flight = (struct flight){.index = run->next, .number = run->after};
		run->next += err == ERR_OK ? 1 : 0;
		return err;
	}
	while (run->next < run->count && run->frames[run->next].len == 0) {
		run->next++; /* reported before the start */
	}
	if (run->next == run->count) {
		return ERR_END;
	}
	*ret_flight = (struct flight){
		.index = run->next, .number = run->numbers == NULL ? 0 : run->numbers[run->next]};
	*ret_frame = run->frames[run->next];
	run->frames[run->next++] = (struct buf){0};
	return ERR_OK;
}

/* Fills the window; before the welcome has named it, one request is enough. */
static enum err run_fill(struct run *run, struct fault *fault)
{
	const struct client *client = run->client;
	size_t window = client->session != SESSION_UP ? 1 : client->window;
	window = run->window > 0 && run->window < window ? run->window : window;
	for (size_t i = 0; i < LIMIT_WINDOW && run->in_flight < window; i++) {
		if (run->flights[i].pending != NULL) {
			continue;
		}
		struct buf frame = {0};
		struct flight flight;
		enum err err = run_next(run, &frame, &flight);
		if (err == ERR_OK) {
			flight.pending = session_add(run->client, &frame);
			err = flight.pending == NULL ? ERR_NOMEM : ERR_OK;
		}
		buf_finish(&frame);
		if (err != ERR_OK) {
			return err == ERR_END ? ERR_OK
					      : fault_set(fault, err, client->spool_folder,
							"cannot read what is to be sent: %s",
							err_text(err));
		}
		run->flights[i] = flight;
		run->in_flight++;
	}
	return ERR_OK;
}

static enum err run_send(struct run *run, int timeout_ms, struct fault *fault)
{
	int64_t deadline = deadline_after(timeout_ms);
	for (;;) {
		enum err err = run_fill(run, fault);
		if (err != ERR_OK || run->in_flight == 0) {
			return err;
		}
		const int left = deadline_left(deadline);
		err = session_turn(run->client, left, fault);
		if (err != ERR_OK) {
			(void)run_collect(run);
			return err;
		}
		if (run_collect(run)) {
			deadline = deadline_after(timeout_ms);
		} else if (left == 0) {
			return session_overdue(run->client, fault);
		} else {
			gone_commit(run);
		}
	}
}

/* Sends, then reports what got no answer. */
enum err run_finish(struct run *run, int timeout_ms, struct fault *fault)
{
	struct fault why = {0};
	const enum err err = run_send(run, timeout_ms, &why);
	for (size_t i = 0; i < LIMIT_WINDOW && run->in_flight > 0; i++) {
		struct flight *flight = &run->flights[i];
		if (flight->pending != NULL) {
			run_report(run, flight->index, err, &why, NULL,
				buf_str(&flight->pending->request));
			flight_end(run, flight);
		}
	}
	for (size_t i = run->next; i < run->count; i++) {
		if (run->frames[i].len > 0) {
			run_report(run, i, err, &why, NULL, buf_str(&run->frames[i]));
		}
	}
	gone_commit(run);
	if (err != ERR_OK && fault != NULL) {
		*fault = why;
	} else if (run->unfinished != ERR_OK && fault != NULL) {
		*fault = run->fault;
	}
	return err != ERR_OK ? err : run->unfinished;
}
