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

/* Zero padded: whole rows are compared on a rebuild. */
void fold_text(char *out, size_t size, struct str text);
void fold_bytes(uint8_t *out, size_t size, struct str bytes);

/* apply_delivery.c */
MUST_CHECK enum err apply_queued(struct fold *fold);
/* The delivery leaves the outbox: receipted, given up or cancelled. */
MUST_CHECK enum err apply_settled(struct fold *fold, enum delivery_state to);
MUST_CHECK enum err apply_failed(struct fold *fold);
MUST_CHECK enum err apply_consulted(struct fold *fold);
#endif
