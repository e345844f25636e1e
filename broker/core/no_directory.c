/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
/*
 * No directory: none is published yet, or the one in force cannot be used (core_open).  Nobody is
 * placed; nothing that was sent is dropped, and who is under way goes on.
 */

enum err no_directory(struct core *core, struct fault *fault)
{
	struct fault why;
	struct core_identity identity;
	core_identify(core, &identity);
	if (!core_directory_unusable(core, &why)) {
		return fault_set(fault, ERR_FULL, "", "no directory is published yet");
	}
	return fault_set(fault, ERR_FULL, "",
		"the broker has no directory that it can use: version %llu, in force, does not "
		"load until another is published; nothing was stored, send it again",
		(unsigned long long)identity.directory_version);
}

enum err decide_no_directory(struct decide *decide)
{
	return no_directory(decide->core, &decide->fault);
}

/* Where nothing is under way for her any more she is held, as until a day; what waits for an answer
 * goes on waiting for it. */
enum err decide_match_later(struct decide *decide, struct subject *subject)
{
	const timestamp_us soon = decide->now + 3600 * TIMESTAMP_SECOND;
	const bool held = subject->row.until > decide->now && subject->row.until < soon;
	enum referral_state state = (enum referral_state)subject->row.state;
	if (decide_has_live_leg(subject)) {
		state = REFERRAL_OPEN;
	} else if (state == REFERRAL_OPEN) {
		state = REFERRAL_SCHEDULED;
	}
	subject->row.until = held ? subject->row.until : soon;
	return decide_referral_state(decide, subject, state, NULL, subject->gaps);
}
