/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_CLEAN_H
#define ONWARD_DIRECTORY_EXCHANGE_CLEAN_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
/* Text as feeds send it -> text as a directory holds it. */
enum clean_change {
	CLEAN_HTML = 1,    /* marks of HTML were taken out */
	CLEAN_CONTROL = 2, /* control or direction characters were taken out */
	CLEAN_CUT = 4,     /* what was over the limit was cut off */
};
/* Appends `in` as UTF-8: a byte that is none is read as Windows-1252, or as U+FFFD where that has
 * nothing either.  True when there was one. */
bool clean_utf8(struct buf *out, struct str in);
/* `in` is UTF-8.  Trims, takes out what a directory refuses, cuts at a character; without `lines`
 * a line end becomes a blank.  `html`: it may hold HTML.  Changes are added to *changes. */
struct str clean_text(
	struct arena *arena, struct str in, size_t limit, bool lines, bool html, unsigned *changes);
/* Lower-case letters, digits and single hyphens out of a name, 48 at most; empty when none is
 * left. */
struct str clean_slug(struct arena *arena, struct str name);
#endif
