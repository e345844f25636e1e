/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_REHEARSE_PARTS_H
#define ONWARD_CORE_REHEARSE_PARTS_H
#include "broker/core/kernel.h"
#include "broker/core/rehearse.h"
/* Between the files of a rehearsal. */
struct rehearse {
	struct view view;
	const struct wire_request *request;
	const struct plan *before, *after; /* in force, and the candidate */
	const struct parties *parties;
	timestamp_us now;
	struct arena scratch; /* of one referral */
	struct subject *subject;
	bool readable; /* its document is */
	size_t looked; /* services that were looked at so far */
};

/* rehearse_play.c: who would have her, with each; what differs goes into *item, a map with room for
 * it. */
MUST_CHECK enum err rehearse_play(struct rehearse *rehearse, struct value *item, bool *ret_differs);
/* rehearse_leg.c: her live legs whose service is not what it was, as a list; their number. */
MUST_CHECK enum err rehearse_legs(
	struct rehearse *rehearse, struct value *ret_legs, size_t *ret_count);
#endif
