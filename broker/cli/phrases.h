/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_PHRASES_H
#define ONWARD_CLI_PHRASES_H
#include "broker/base/buf.h"
/* The words in which codes are shown to people.  All text is static. */

/* Words for a code: "domestic or sexual abuse"; the code itself when there are none. */
struct str phrase_need(struct str code);
struct str phrase_state(struct str code); /* of a leg or a referral */
struct str phrase_event(struct str code);
struct str phrase_reason(struct str code);
struct str phrase_clock(struct str code);    /* what is due when a clock runs out */
struct str phrase_queue(struct str code);    /* why a referral waits for a person */
struct str phrase_delivery(struct str code); /* the state of a delivery */
/* "capacity:no": what a machine stops at when it would choose a service. */
void phrase_blocked(struct buf *out, struct str blocked);
/* A sentence that asks for a fact: "What is her age? (person.age)" */
void phrase_question(struct buf *out, struct str fact);

/* What to do when somebody is in danger now: this is not an emergency channel. */
extern const char phrase_emergency[];
#endif
