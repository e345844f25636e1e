/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_JSON_H
#define ONWARD_CLI_JSON_H
#include "broker/base/buf.h"
#include "broker/base/json_write.h"
#include "broker/base/value.h"
/* JSON text -> document trees, the only place that meets jansson; the way back is in the base. */
enum {
	JSON_FILE_BYTES = 64 * 1024 * 1024, /* of one file: a day's referrals of a region */
	JSON_DEPTH = 32 /* deeper than any referral; the broker refuses earlier */
};

/* What `text` holds: one object, an array of objects, or objects one after another (a line each, as
 * a rule), as a list in the arena.  Integers stay integers.  `name` is the file's, for messages.
 * ERR_MALFORMED, ERR_TOO_LARGE; the fault's field is "NAME:LINE:COLUMN", and no text of the file
 * stands in its message. */
MUST_CHECK enum err json_read_objects(struct str text, const char *name, struct arena *arena,
	struct value *ret_list, struct fault *fault);
/* The same for exactly one object. */
MUST_CHECK enum err json_read_object(struct str text, const char *name, struct arena *arena,
	struct value *ret_object, struct fault *fault);
#endif
