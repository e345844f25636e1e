/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_STR_H
#define ONWARD_BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes, not terminated.  The owner is whoever made them (an arena, a message); a
 * zeroed struct is the empty string. */
struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, ((s).ptr == NULL ? "" : (s).ptr)

static inline struct str str_from(const char *text)
{
	return (struct str){text, text == NULL ? 0 : strlen(text)};
}

static inline bool str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(struct str a, const char *text)
{
	return str_equal(a, str_from(text));
}

static inline bool str_has_prefix(struct str a, struct str prefix)
{
	return a.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(a.ptr, prefix.ptr, prefix.len) == 0);
}

/* Byte order, shorter first on a common prefix: <0, 0, >0. */
int str_compare(struct str a, struct str b);
/* Copies into `out` with a terminator, cutting what does not fit. */
void str_copy(char *out, size_t size, struct str s);

/* True for well-formed UTF-8: no overlong forms, surrogates or values above U+10FFFF. */
bool str_is_utf8(struct str s);
/* True when the text holds a C0/C1 control character or a bidirectional override or isolate
 * (U+061C, U+200E-200F, U+202A-202E, U+2066-2069).  `newline_ok` lets U+000A pass. Needs valid
 * UTF-8. */
bool str_has_control(struct str s, bool newline_ok);
/* True when there is nothing to see in the text: it is empty, or of spaces and of characters
 * without width alone. */
bool str_is_blank(struct str s);
/* Small edit distance (Damerau, at most 64 bytes a side) for "did you mean". */
size_t str_distance(struct str a, struct str b);
#endif
