/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/link.h"
#include "adapters/inbox/show.h"
#include "adapters/inbox/state.h"
#include "broker/base/log.h"

enum {
	ANSWER_WAIT_MS = 3000, /* for the broker to take one */
	ANSWER_ROUND = 16,     /* given before what has arrived meanwhile is stored */
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

static enum err answer_give(struct inbox *inbox, const struct store_answer *answer,
	struct arena *arena, struct str *ret_state)
{
	struct value body = {0};
	struct wire_request request = {
		.header = {.type = WIRE_ACKNOWLEDGE},
		.leg = answer->leg,
		.action = answer->action,
		.reason = answer->reason,
		.outcome = answer->outcome,
		.service = answer->service,
		.delivery = answer->delivery,
	};
	const enum err err =
		client_ask(inbox->client, &request, ANSWER_WAIT_MS, arena, &body, &inbox->fault);
	*ret_state = err == ERR_OK ? value_get_str(&body, "state") : (struct str){0};
	if (err != ERR_OK) {
		char leg[64];
		str_copy(leg, sizeof(leg), answer->leg);
		log_line(LOG_WARNING, "answer", leg, "%s: %s",
			is_final(inbox, err) ? "the broker refuses it" : "not taken yet",
			inbox->fault.message);
	}
	return err;
}

/* Gives the next answers in their order; what was given is noted in one commit. */
static enum err answers_round(struct inbox *inbox, struct arena *arena)
{
	struct store_answer given[ANSWER_ROUND];
	struct str states[ANSWER_ROUND];
	size_t count = 0;
	uint64_t after = 0;
	enum err err = ERR_OK;
	while (count < ANSWER_ROUND && *inbox->stop == 0) {
		err = store_begin(inbox->store, false);
		if (err == ERR_OK) {
			err = store_answer_next(inbox->store, after, arena, &given[count]);
			store_abort(inbox->store);
		}
		if (err != ERR_OK) {
			inbox->waiting = err != ERR_END;
			if (inbox->waiting) {
				log_line(LOG_ERROR, "store", NULL, "cannot read what to answer: %s",
					err_text(err));
			}
			break;
		}
		err = answer_give(inbox, &given[count], arena, &states[count]);
		if (!is_final(inbox, err)) {
			break;
		}
		show_answer(&inbox->text, &given[count], err, states[count], inbox->options->json);
		after = given[count++].number;
	}
	const enum err result = err == ERR_END || is_final(inbox, err) ? ERR_OK : err;
	err = count == 0 ? ERR_OK : store_begin(inbox->store, true);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		err = store_answer_done(inbox->store, &given[i], states[i], arena);
	}
	if (err == ERR_OK && count > 0) {
		err = store_commit(inbox->store);
	}
	store_abort(inbox->store);
	inbox_print(inbox);
	inbox->active_ms = count > 0 ? link_now_ms() : inbox->active_ms;
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
