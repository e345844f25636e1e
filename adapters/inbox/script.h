/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_INBOX_SCRIPT_H
#define ONWARD_ADAPTERS_INBOX_SCRIPT_H
#include "broker/base/arena.h"
#include "broker/wire/message.h"
/*
 * What to answer on a leg: told once for all (accept, decline, silent) or by a file of lines
 *
 *     PATTERN ACTION [CODE] [ACTION [CODE]]...
 *
 * where PATTERN is matched against the service's id and the leg's ("hibiscus-*", "*",
 * "ACDE-FGHJ-X/1";
 * * ? [] as in file names) and the first line that fits counts.  `confirm` among the actions
 * confirms a withdrawal when one is delivered; `silent` alone says nothing.
 */
enum {
	SCRIPT_STEPS_MAX = 8
};

struct script_step {
	const char *action; /* of the wire, static */
	struct str code;    /* its reason, outcome or service; "" */
};

struct script_plan {
	struct str pattern;
	struct script_step steps[SCRIPT_STEPS_MAX];
	size_t count;
	bool confirm; /* answer `withdrawn` when a withdrawal is delivered */
};

struct script {
	struct arena arena;
	struct script_plan *plans;
	size_t count;
};

/* received, accepted; withdrawals are confirmed. */
void script_init_accept(struct script *script);
/* declined with that code. ERR_INVALID when it is not in the vocabulary. */
MUST_CHECK enum err script_init_decline(
	struct script *script, const char *code, struct fault *fault);
/* Nothing beyond the receipt. */
void script_init_silent(struct script *script);
/* The fault's field is "FILE:LINE".  ERR_INVALID, ERR_NOT_FOUND, ERR_IO. */
MUST_CHECK enum err script_load(struct script *script, const char *path, struct fault *fault);
void script_finish(struct script *script);
/* Never NULL: without a line that fits, a plan that says nothing. */
const struct script_plan *script_plan_for(
	const struct script *script, struct str service, struct str leg);
#endif
