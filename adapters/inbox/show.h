/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_INBOX_SHOW_H
#define ONWARD_ADAPTERS_INBOX_SHOW_H
#include "adapters/inbox/store.h"
#include "broker/base/buf.h"
/* What onward-inbox prints: a sheet for people, or one JSON object a line. Data is escaped. */

/* A delivery, or a leg as the store has it. */
void show_leg(struct buf *out, const struct value *leg, bool json);
/* An answer that was given: `err` is what the broker made of it, `state` the leg's state now. */
void show_answer(struct buf *out, const struct store_answer *answer, enum err err, struct str state,
	bool json);
#endif
