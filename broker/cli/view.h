/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_VIEW_H
#define ONWARD_CLI_VIEW_H
#include "broker/base/buf.h"
#include "broker/base/value.h"
#include "broker/cli/names.h"
/*
 * What people read, made of the trees that the broker answers with.  No input, no output, no clock:
 * the same tree gives the same text.  Unknown keys are passed over, missing ones leave their line
 * out.  Data is escaped as it is added.
 */

/* A referral that was accepted.  `referral` is what was sent, for the name of the authority, and
 * view_emergency has been shown for it; NULL: an amendment, or out of the spool. */
void view_refer(struct buf *out, const struct names *names, const struct value *referral,
	const struct value *body);
/* One that was not. */
void view_refused(struct buf *out, struct str source_ref, const struct fault *fault);
/* The text for somebody in danger now, when a referral says so; true when it was added. */
bool view_emergency(struct buf *out, const struct value *referrals, size_t count);
/* The same text, when the broker says that it is an emergency. */
bool view_emergency_said(struct buf *out, const struct value *body);
void view_explain(struct buf *out, const struct names *names, const struct value *referral,
	const struct value *body);
void view_show(struct buf *out, const struct names *names, const struct value *body);
/* A list of referrals as a table. */
void view_list(struct buf *out, const struct names *names, const struct value *items);
/* One delivery of a provider's inbox. */
void view_inbox(struct buf *out, const struct names *names, const struct value *item);
/* One line. */
void view_event(struct buf *out, const struct names *names, const struct value *event);
void view_status(struct buf *out, const struct names *names, const struct value *body);
/* What waits for a person; what was taken off; a leg made by hand. */
void view_queue(struct buf *out, const struct names *names, const struct value *items);
void view_seen(struct buf *out, const struct names *names, const struct value *body);
void view_assigned(struct buf *out, const struct names *names, const struct value *body);
/* That a service is paused, or is not any more; how full services are, as a table. */
void view_intake(struct buf *out, const struct names *names, const struct value *body);
void view_capacity(struct buf *out, const struct names *names, const struct value *items);
/* Behind the state of a leg, when she waits there or was sent for that. */
void view_waiting(struct buf *out, const struct value *leg);
/* Deliveries that have not arrived, as a table; what became of those retried or stopped. */
void view_deliveries(struct buf *out, const struct names *names, const struct value *items);
void view_retried(struct buf *out, const struct names *names, const struct value *items);
/* What is in force now; the versions there are, as a table. */
/* What another directory would change for whom; what became of the legs of a service that ends. */
void view_rehearsed(struct buf *out, const struct names *names, const struct value *body);
void view_migrated(struct buf *out, const struct names *names, const struct value *body);
void view_published(struct buf *out, const struct names *names, const struct value *body);
void view_versions(struct buf *out, const struct names *names, const struct value *items);
void view_clock(struct buf *out, const struct names *names, const struct value *body);

/* -- shared by the views -- */

/* "2 days 3 h", "3 h 20 min", "7 min" */
void view_age(struct buf *out, int64_t seconds);

/* The authority a referral is about: the one she chose, else her home. Empty when not given. */
struct str view_authority(const struct value *referral);
/* Gaps and questions, each a sentence under its label.  `state` is the referral's, or "explained".
 */
void view_gaps(struct buf *out, const struct value *gaps, struct str authority, struct str state);
void view_questions(struct buf *out, const struct value *questions);
/* Whom she or the referrer may ask, where no service takes her. */
void view_advice(struct buf *out, const struct value *advice);
/* The events of one referral under a heading; nothing when there are none. */
void view_timeline(struct buf *out, const struct names *names, const struct value *timeline);
/* "accommodation, drugs or alcohol" */
void view_needs(struct buf *out, const struct value *needs);
/* A time of a reply ("…Z") as people in London read it; what was given when it is none. */
void view_time(struct buf *out, struct str rfc3339);
/* A label of 18 columns and the text collected in `cell`, which is emptied. */
void view_cell(struct buf *out, const char *label, struct buf *cell);
#endif
