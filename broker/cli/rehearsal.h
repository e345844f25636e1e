/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_REHEARSAL_H
#define ONWARD_CLI_REHEARSAL_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
#include "broker/base/value.h"
/* What a rehearsal's items come to, and their table. */

/* {services: [{service, gains, loses}], authorities: [{authority, gaps}], elsewhere, gap, found,
 * asked, other, legs_lost, legs_changed}: how many; each list by its code.  In `arena`. */
struct value rehearsal_totals(struct arena *arena, const struct value *items);
/* A line a service gained or lost, a need without a service, and a live leg. */
void rehearsal_csv(struct buf *out, const struct value *items);
/* A text of a list; empty when it is none. */
struct str rehearsal_text(const struct value *value);
/* The word for why a service would have her, or would not. */
const char *rehearsal_why(struct str code);
#endif
