/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_WIRE_PATH_H
#define ONWARD_WIRE_PATH_H
#include "broker/base/err.h"
#include "broker/base/str.h"
/*
 * Where in a document a reader stands: a chain on the stack, from the innermost step to the root,
 * turned into text only when something is wrong.  Keys are the peer's own bytes, so they are shown
 * cut and with anything but letters, digits, '_' and '-' as '?'.
 */
struct path {
	const struct path *parent; /* NULL at the root; lives as long as this one */
	bool is_index;
	struct str key;
	size_t index;
};

enum {
	PATH_TEXT_SIZE = 160
};

/* "referral.needs[3].code"; "" for NULL.  Too long a path loses its end. */
void path_format(const struct path *path, char out[PATH_TEXT_SIZE]);
#endif
