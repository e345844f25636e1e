/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_INTERN_H
#define ONWARD_DIRECTORY_INTERN_H
#include "broker/base/arena.h"
/*
 * Internal to directory/: texts kept once.  100,000 services say the same few thousand words.
 */

/* Zeroed: none yet.  The table is on the heap, the texts are wherever they were kept. */
struct intern {
	struct str *slots; /* ptr NULL: free */
	size_t room;       /* a power of two */
	size_t count;
};

bool intern_has(const struct intern *intern, struct str text);
/* The same text as it was kept before; else a copy in `arena`, terminated as well.  {NULL, 0} when
 * there is no memory for it. */
struct str intern_keep(struct intern *intern, struct arena *arena, struct str text);
void intern_finish(struct intern *intern);
#endif
