/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_APPLY_FOLD_H
#define ONWARD_CORE_APPLY_FOLD_H
#include "broker/core/apply.h"
/* Between the files of apply: one event on its way into the rows. */
struct fold {
	struct state *state;
	const struct record *record;
	const struct event *event;
	struct fault *fault;
};

/* The record is of a version that keeps clocks and the queue: what earlier ones gave stays so. */
static inline bool fold_has_clocks(const struct fold *fold)
{
	return fold->record->format >= RECORD_FORMAT_CLOCKS;
}

/* Zero padded: whole rows are compared on a rebuild. */
void fold_text(char *out, size_t size, struct str text);
void fold_bytes(uint8_t *out, size_t size, struct str bytes);

/* apply_delivery.c: `row` is the referral's; its caller writes it. */
MUST_CHECK enum err apply_queued(struct fold *fold, struct referral_row *row);
/* The delivery leaves the outbox: receipted, given up or cancelled. */
MUST_CHECK enum err apply_delivered(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_undeliverable(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_cancelled(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_failed(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_consulted(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_stopped(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_retried(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err fold_unsent_del(struct fold *fold, struct str route, struct id delivery);

/* publication.c: the version in force, and its row. */
MUST_CHECK enum err apply_published(struct fold *fold);

/* apply_queue.c: after each event about a referral; the caller writes the row. */
MUST_CHECK enum err fold_queue(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_assigned(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_migrated(struct fold *fold, struct referral_row *row);

/* apply_ended.c: referrals that are over, by the time they ended, until they are erased. */
MUST_CHECK enum err fold_ended(struct fold *fold, const struct referral_row *row);
MUST_CHECK enum err apply_erased(struct fold *fold, struct referral_row *row);

/* apply_count.c: what the leg takes of its service's room from now on; its state is the new one
 * already, LEG_NONE before it was matched.  The caller writes the row. */
MUST_CHECK enum err fold_leg_counts(struct fold *fold, struct leg_row *row, enum leg_state from);

/* intake.c */
MUST_CHECK enum err apply_intake(struct fold *fold);

/* apply_clock.c: a clock has one timer row, its reminder's or after that its deadline's. */
MUST_CHECK enum err apply_clock_set(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_reminder(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_overdue(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_attempted(struct fold *fold, struct referral_row *row);
MUST_CHECK enum err apply_downtime(struct fold *fold);
MUST_CHECK enum err apply_held(struct fold *fold);
MUST_CHECK enum err apply_confirmed(struct fold *fold);
/* The clock that the event begins, if it begins one; the caller writes the row. */
MUST_CHECK enum err fold_leg_clock(struct fold *fold, struct leg_row *leg);
/* The clock of a state that ends, and its timer; the caller writes the row. */
MUST_CHECK enum err fold_leg_clock_stop(struct fold *fold, struct leg_row *leg);
MUST_CHECK enum err fold_referral_clock_stop(struct fold *fold, struct referral_row *row);
#endif
