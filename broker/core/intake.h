/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_INTAKE_H
#define ONWARD_CORE_INTAKE_H
#include "broker/base/value.h"
#include "broker/config/parties.h"
#include "broker/core/row.h"
#include "broker/core/state.h"
#include "directory/directory.h"
/*
 * Whether a service takes new referrals.  A provider pauses it by a message, and the directory may
 * say `intake: paused`: either pauses.  So a resume undoes what a message did and nothing that was
 * published, and a publication does not undo a pause.  A pause with an end is over then by itself:
 * nothing has to happen for it.
 */
enum {
	INTAKE_ACTOR_SIZE = 72
};

/* The newest message about a service; stays when it was resumed. */
struct intake_row {
	timestamp_us at;
	timestamp_us until; /* takes referrals again from then on; 0: when it is resumed */
	uint64_t sequence;  /* of the record */
	uint8_t paused;
	uint8_t provider; /* its own provider said so; else somebody who oversees */
	uint8_t spare[6];
	char reason[ROW_REASON_SIZE]; /* of VOCAB_PAUSE, or empty */
	char party[ROW_ID_SIZE];
	char user[INTAKE_ACTOR_SIZE];
	char role[INTAKE_ACTOR_SIZE];
};
_Static_assert(sizeof(struct intake_row) == 288, "the layout is on disk");

/* ERR_NOT_FOUND: no message yet. */
MUST_CHECK enum err intake_get(
	struct state *state, struct str service, struct intake_row *ret_row, struct fault *fault);
/* The service the next row is about, behind `after` (empty: the first), borrowed until the next
 * write.  ERR_END. */
MUST_CHECK enum err intake_next(
	struct state *state, struct str after, struct str *ret_service, struct intake_row *ret_row);
/* The party runs the service, or is sent its referrals. */
bool intake_is_for(const struct party *party, const struct directory_service *service);
/* {intake, paused_by, since, until, reason, by} into a map with room for them; a row of zeros when
 * there was no message. */
void intake_words(struct arena *arena, const struct directory_service *service,
	const struct intake_row *row, timestamp_us now, struct value *map);
/* The message pauses it at that time. */
bool intake_pauses(const struct intake_row *row, timestamp_us now);
#endif
