/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/link.h"
#include "adapters/inbox/show.h"
#include "adapters/inbox/state.h"
#include "broker/base/log.h"

static bool is_refused_rehearsal(const struct inbox *inbox, const struct client_delivery *delivery)
{
	return !inbox->options->rehearsal_ok &&
	       str_is(value_get_str(&delivery->body, "mode"), "rehearsal");
}

/* Stores the batch in one commit; inbox->taken says what became of each. */
static enum err batch_store(struct inbox *inbox)
{
	enum err err = store_begin(inbox->store, true);
	for (size_t i = 0; i < inbox->count && err == ERR_OK; i++) {
		const struct client_delivery *delivery = &inbox->batch[i];
		if (is_refused_rehearsal(inbox, delivery)) {
			inbox->taken[i] = ERR_NOT_ALLOWED;
			continue;
		}
		const struct script_plan *plan =
			script_plan_for(&inbox->script, value_get_str(&delivery->body, "service"),
				value_get_str(&delivery->body, "leg"));
		inbox->taken[i] =
			store_take(inbox->store, delivery, plan, &inbox->arena, &inbox->legs[i]);
		if (inbox->taken[i] != ERR_EXISTS && inbox->taken[i] != ERR_MALFORMED) {
			err = inbox->taken[i];
		}
	}
	if (err == ERR_OK) {
		return store_commit(inbox->store);
	}
	store_abort(inbox->store);
	return err;
}

static void receipt_send(
	struct inbox *inbox, const struct client_delivery *delivery, enum err taken)
{
	const char *receipt = "failed";
	const char *reason = "store";
	if (taken == ERR_OK) {
		receipt = "stored";
		reason = NULL;
	} else if (taken == ERR_EXISTS) {
		receipt = "duplicate";
		reason = NULL;
	} else if (taken == ERR_NOT_ALLOWED) {
		receipt = "undeliverable";
		reason = "rehearsal";
	} else if (taken == ERR_MALFORMED) {
		receipt = "undeliverable";
		reason = "malformed";
	}
	/* A receipt that does not arrive: the delivery comes again and is a duplicate. */
	if (client_receipt(inbox->client, delivery->id, receipt, reason) != ERR_OK) {
		log_line(LOG_DEBUG, "inbox", NULL, "a receipt could not be sent");
	}
}

void inbox_keep(struct inbox *inbox)
{
	const enum err err = batch_store(inbox);
	if (err != ERR_OK) {
		log_line(LOG_ERROR, "store", NULL, "cannot store deliveries: %s", err_text(err));
	}
	for (size_t i = 0; i < inbox->count; i++) {
		const struct client_delivery *delivery = &inbox->batch[i];
		const enum err taken = is_refused_rehearsal(inbox, delivery) ? ERR_NOT_ALLOWED
				       : err != ERR_OK                       ? err
									     : inbox->taken[i];
		receipt_send(inbox, delivery, taken);
		if (taken == ERR_OK) {
			show_leg(&inbox->text, &inbox->legs[i], inbox->options->json);
		} else if (taken == ERR_NOT_ALLOWED) {
			log_line(LOG_WARNING, "inbox", NULL,
				"a rehearsal delivery was refused; see --rehearsal-ok");
		}
	}
	inbox_print(inbox);
	inbox->waiting = true;
	inbox->active_ms = link_now_ms();
}

/* Waits for a delivery, then takes what has come with it. */
enum err inbox_take(struct inbox *inbox, int timeout_ms)
{
	arena_reset(&inbox->arena);
	inbox->count = 0;
	enum err err = ERR_OK;
	while (err == ERR_OK && inbox->count < INBOX_BATCH) {
		err = client_next_delivery(inbox->client, inbox->count == 0 ? timeout_ms : 0,
			&inbox->arena, &inbox->batch[inbox->count], &inbox->fault);
		inbox->count += err == ERR_OK ? 1 : 0;
	}
	return inbox->count > 0 ? ERR_OK : err;
}
