/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_APPLY_H
#define ONWARD_CORE_APPLY_H
#include "broker/core/event.h"
#include "broker/core/state.h"

/*
 * Folds one record into the state.  Pure: consults nothing but the state and the record, so that
 * the same records make the same rows at the time, on a rebuild, on another broker, in a later
 * version. ERR_FULL: abort the batch.  ERR_CORRUPT, ERR_NOT_FOUND: the record does not fit the
 * state.
 */
MUST_CHECK enum err apply_record(
	struct state *state, const struct record *record, struct fault *fault);
#endif
