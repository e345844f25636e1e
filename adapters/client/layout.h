/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_CLIENT_LAYOUT_H
#define ONWARD_ADAPTERS_CLIENT_LAYOUT_H
#include "broker/base/buf.h"
#include "broker/base/value.h"
/*
 * A delivery laid out for the person who opens it: the agreed fields in the field table's words,
 * and before them what she must see first.  Data is escaped as it is added.
 */

/* Words for codes; each gives back what it does not know. */
struct layout_words {
	struct str (*authority)(struct str code);
	struct str (*need)(struct str code);
};

/* A line for each field; `words` may be NULL, then codes stand as they are. */
void layout_referral(
	struct buf *out, const struct value *referral, const struct layout_words *words);
/* Whoever sees a number must first see whether it may be used; nothing when none was given.  `out`
 * is empty. */
void layout_contact(struct buf *out, const struct value *referral);
/* What to do when she is in danger now; nothing when nobody said so. */
void layout_emergency(struct buf *out, const struct value *referral);
#endif
