/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

/* Why a referral is erased. */
static const char *const reasons[] = {"her-request", "entered-in-error", "retention", "other"};

static enum err check_reason(struct decide *decide)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (str_is(decide->request->reason, reasons[i])) {
			return ERR_OK;
		}
	}
	return decide_refuse(decide, ERR_INVALID, "reason",
		"allowed here: her-request, entered-in-error, retention, other");
}

/* Services that hold her are told before the broker forgets whom it told of. */
static enum err check_over(struct decide *decide, const struct subject *subject)
{
	const enum referral_state state = (enum referral_state)subject->row.state;
	if (!lifecycle_referral_is_over(state)) {
		return decide_refuse(decide, ERR_STATE, "reference",
			"the referral is %s; withdraw it first, so that whoever holds it is told "
			"to stop",
			vocab_code(VOCAB_REFERRAL_STATE, (int)state));
	}
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		if (!lifecycle_is_ended((enum leg_state)subject->legs[leg].state)) {
			return decide_refuse(decide, ERR_STATE, "reference",
				"its leg %u is %s: the service has still to confirm that it "
				"stopped",
				leg, vocab_code(VOCAB_LEG_STATE, (int)subject->legs[leg].state));
		}
	}
	return ERR_OK;
}

static void emit_erased(struct decide *decide, const struct subject *subject, struct str reason)
{
	struct event *event = decide_emit(decide, EVENT_ERASED, subject->id);
	event->slot = subject->row.slot;
	event->reason = reason;
}

enum err decide_erase(struct decide *decide)
{
	struct id referral;
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	if (decide->command->party->kind != KIND_OPERATOR) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "type",
			"an operator erases, when whoever is responsible for the data says so");
	}
	enum err err = check_reason(decide);
	err = err == ERR_OK ? decide_find(decide, decide->request->reference, &referral) : err;
	err = err == ERR_OK ? decide_rows(decide, referral, subject) : err;
	if (err != ERR_OK) {
		return err;
	}
	decide->answer_referral = referral;
	if ((subject->row.flags & REFERRAL_ERASED) != 0) {
		if (erasure_is_owed(decide->core, subject->row.slot)) {
			return decide_refuse(decide, ERR_FULL, "reference",
				"it is recorded, but the disk has no room to overwrite its key: "
				"the broker goes on trying");
		}
		decide->duplicate = true;
		return ERR_OK;
	}
	err = check_over(decide, subject);
	if (err == ERR_OK) {
		emit_erased(decide, subject, decide->request->reason);
	}
	return err;
}

/* So many months before, the same time of day; a day that month does not have is its last. */
static timestamp_us months_before(timestamp_us time, int64_t months)
{
	int year;
	int month;
	int day;
	const date_days date = (date_days)(time / TIMESTAMP_DAY);
	date_to_civil(date, &year, &month, &day);
	const int64_t count = (int64_t)year * 12 + (month - 1) - months;
	const int to_year = (int)(count / 12);
	const int to_month = (int)(count % 12) + 1;
	const date_days last = to_month == 12 ? date_from_civil(to_year + 1, 1, 1) - 1
					      : date_from_civil(to_year, to_month + 1, 1) - 1;
	const date_days first = date_from_civil(to_year, to_month, 1);
	const date_days then = first + day - 1 < last ? first + day - 1 : last;
	return (timestamp_us)then * TIMESTAMP_DAY + time % TIMESTAMP_DAY;
}

/* The next referral after *at, which moves on to it, whose time of keeping is over; the first that
 * ended comes first.  ERR_END. */
static enum err retention_next(struct core *core, struct store_txn *txn, timestamp_us now,
	struct store_key *at, struct id *ret_referral)
{
	struct str key;
	struct str value;
	if (core->retention_months <= 0) {
		return ERR_END;
	}
	const enum err err = store_next(txn, store_key_view(at), true, &key, &value);
	if (err != ERR_OK) {
		return err;
	}
	if (key.ptr[0] != TABLE_ENDED || (timestamp_us)store_key_read_u64(key, 1) >
						 months_before(now, core->retention_months)) {
		return ERR_END;
	}
	*ret_referral = store_key_read_id(key, 9);
	*at = state_ended_key((timestamp_us)store_key_read_u64(key, 1), *ret_referral);
	return ERR_OK;
}

bool core_retention_due(struct core *core, timestamp_us now)
{
	struct id referral;
	bool held = false;
	struct store_key at = store_key_start(TABLE_ENDED);
	/* Nothing is erased by a clock that nobody believes. */
	return retention_next(core, core->state.txn, now, &at, &referral) == ERR_OK &&
	       decide_held(&core->state, &held) == ERR_OK && !held;
}

enum err decide_retention(struct decide *decide)
{
	struct id referral;
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	struct store_key at = store_key_start(TABLE_ENDED);
	for (;;) {
		enum err err = retention_next(
			decide->core, decide->state->txn, decide->now, &at, &referral);
		if (err != ERR_OK) {
			return err == ERR_END ? ERR_OK : err;
		}
		err = decide_rows(decide, referral, subject);
		if (err == ERR_OK) {
			emit_erased(decide, subject, STR("retention"));
		}
		if (err != ERR_CORRUPT) {
			return err;
		}
		decide->fault = (struct fault){0}; /* those behind a damaged one must not wait */
	}
}
