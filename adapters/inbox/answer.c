/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/link.h"
#include "adapters/inbox/show.h"
#include "adapters/inbox/state.h"
#include "broker/base/log.h"

enum {
	ANSWER_WAIT_MS = 3000, /* for the broker to take one */
	ANSWER_ROUND = 256,    /* given before what has arrived meanwhile is stored */
	ANSWER_LOOK = 2048,    /* looked at for them: those of one leg go one after the other */
	ANSWER_RETRY_MS = 1000 /* until one that was not taken is tried again */
};

/* What the broker will say again however often it is asked; what it says of the party itself may
 * change with the parties file. */
static bool is_final(const struct inbox *inbox, enum err err)
{
	return err == ERR_OK ||
	       (client_is_connected(inbox->client) &&
		       (err == ERR_STATE || err == ERR_INVALID || err == ERR_MISSING ||
			       err == ERR_NOT_FOUND || err == ERR_NOT_ALLOWED ||
			       err == ERR_CONFLICT || err == ERR_UNKNOWN_FIELD ||
			       err == ERR_MALFORMED || err == ERR_EXISTS));
}

/* The answers of one round. */
struct round {
	struct store_answer answers[ANSWER_ROUND];
	struct client_question questions[ANSWER_ROUND];
	size_t count;
};

/* True when an answer on that leg is in the round already. */
static bool leg_waits(const struct round *round, struct str leg)
{
	for (size_t i = 0; i < round->count; i++) {
		if (str_equal(round->answers[i].leg, leg)) {
			return true;
		}
	}
	return false;
}

/* The next answers, in their order, but one for each leg: what is said first on a leg must have
 * been taken before the next is said.  ERR_END: there are none. */
static enum err round_read(struct inbox *inbox, struct arena *arena, struct round *round)
{
	uint64_t after = 0;
	enum err err = store_begin(inbox->store, false);
	for (size_t looked = 0;
		err == ERR_OK && looked < ANSWER_LOOK && round->count < ANSWER_ROUND; looked++) {
		struct store_answer *answer = &round->answers[round->count];
		err = store_answer_next(inbox->store, after, arena, answer);
		if (err != ERR_OK) {
			break;
		}
		after = answer->number;
		if (leg_waits(round, answer->leg)) {
			continue;
		}
		round->questions[round->count++].request = (struct wire_request){
			.header = {.type = WIRE_ACKNOWLEDGE},
			.leg = answer->leg,
			.action = answer->action,
			.reason = answer->reason,
			.outcome = answer->outcome,
			.service = answer->service,
			.delivery = answer->delivery,
		};
	}
	store_abort(inbox->store);
	return err == ERR_END && round->count > 0 ? ERR_OK : err;
}

/* `first`: the first that was not taken, for which alone a line is logged. */
static void answer_told(struct inbox *inbox, const struct store_answer *answer,
	const struct client_question *question, bool first)
{
	const struct str state =
		question->err == ERR_OK ? value_get_str(&question->body, "state") : (struct str){0};
	const bool final = is_final(inbox, question->err);
	if (question->err != ERR_OK && (final || first)) {
		char leg[64];
		str_copy(leg, sizeof(leg), answer->leg);
		log_line(LOG_WARNING, "answer", leg, "%s: %s",
			final ? "the broker refuses it" : "not taken yet", question->fault.message);
	}
	if (final) {
		show_answer(&inbox->text, answer, question->err, state, inbox->options->json);
	}
}

/* Notes in one commit what was given; ERR_OK also when there was nothing. */
static enum err round_note(struct inbox *inbox, struct arena *arena, const struct round *round)
{
	enum err err = store_begin(inbox->store, true);
	for (size_t i = 0; i < round->count && err == ERR_OK; i++) {
		const struct client_question *question = &round->questions[i];
		if (is_final(inbox, question->err)) {
			err = store_answer_done(inbox->store, &round->answers[i],
				question->err == ERR_OK ? value_get_str(&question->body, "state")
							: (struct str){0},
				arena);
		}
	}
	if (err == ERR_OK) {
		return store_commit(inbox->store);
	}
	store_abort(inbox->store);
	return err;
}

/* Gives the next answers; the first thing that keeps one from being given is the result. */
static enum err answers_round(struct inbox *inbox, struct arena *arena)
{
	struct round *round = arena_alloc(arena, sizeof(*round));
	enum err err = round == NULL ? ERR_NOMEM : round_read(inbox, arena, round);
	if (err != ERR_OK) {
		inbox->waiting = err != ERR_END;
		if (inbox->waiting) {
			log_line(LOG_ERROR, "store", NULL, "cannot read what to answer: %s",
				err_text(err));
		}
		return err == ERR_END ? ERR_OK : err;
	}
	enum err result = client_ask_all(inbox->client, round->questions, round->count,
		ANSWER_WAIT_MS, arena, &inbox->fault);
	size_t given = 0;
	size_t left = 0;
	for (size_t i = 0; i < round->count; i++) {
		const enum err of_one = round->questions[i].err;
		const bool final = is_final(inbox, of_one);
		given += final ? 1 : 0;
		left += final ? 0 : 1;
		answer_told(inbox, &round->answers[i], &round->questions[i], left == 1);
		result = result == ERR_OK && !final ? of_one : result;
	}
	err = given == 0 ? ERR_OK : round_note(inbox, arena, round);
	inbox_print(inbox);
	inbox->active_ms = given > 0 ? link_now_ms() : inbox->active_ms;
	return err != ERR_OK ? err : result;
}

void inbox_answer(struct inbox *inbox)
{
	struct arena arena;
	if (!inbox->waiting || link_now_ms() < inbox->answer_ms) {
		return;
	}
	arena_init(&arena, 0);
	if (answers_round(inbox, &arena) != ERR_OK) {
		inbox->answer_ms =
			link_now_ms() + ANSWER_RETRY_MS / 2 + link_jitter_ms(ANSWER_RETRY_MS);
	}
	arena_finish(&arena);
}
