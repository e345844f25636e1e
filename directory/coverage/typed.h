/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_TYPED_H
#define ONWARD_DIRECTORY_COVERAGE_TYPED_H
#include "directory/coverage/find.h"

/* What somebody typed, taken apart into a place, a need, and words for a name. */
enum {
	TYPED_BYTES = 256 /* what is longer is cut */
};
struct typed {
	char text[TYPED_BYTES]; /* lower case, a space between words */
	struct str words[FIND_WORDS];
	size_t count;                                /* those left over */
	int need;                                    /* -1 */
	const struct directory_authority *authority; /* NULL */
};
/* `is_name` says whether a word begins a word of some name: such a word is not taken for a
 * misspelt place or need. */
void typed_read(struct typed *typed, struct str text, date_days day,
	bool (*is_name)(const void *context, struct str word), const void *context);

/* How well a typed word, in lower case, fits a name: 0 not at all, 100 a whole word of it. */
int typed_fits(struct str word, struct str name);
#endif
