/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_REGEX_H
#define ONWARD_CEL_REGEX_H
#include <stdbool.h>
#include <stddef.h>

/*
 * matches(): the language RE2 defines, searched in time linear in the text and in memory bounded
 * per pattern, whatever either holds.  Read by a C++ compiler too, so it names nothing of ours.
 */
#ifdef __cplusplus
extern "C" {
#endif

/* A pattern ready to search: immutable, usable from several threads at once. */
struct cel_regex;

enum {
	/* Bytes of a pattern: longer than any an author writes by hand. */
	CEL_REGEX_PATTERN_MAX = 1024,
	/* Bytes a pattern may take, its program and what searching it keeps together.  It bounds
	 * the time to read a pattern as well: a few milliseconds. */
	CEL_REGEX_MEMORY_MAX = 256 * 1024,
};

/* The pattern, owned by the caller (cel_regex_destroy); NULL with a sentence in `ret_why` (cut to
 * `why_size`, terminated) when it is too long, no well-formed pattern, or would take more memory
 * than it may. */
struct cel_regex *cel_regex_create(
	const char *pattern, size_t pattern_len, char *ret_why, size_t why_size);
/* Accepts NULL. */
void cel_regex_destroy(struct cel_regex *regex);
/* Instructions of the pattern: at worst a search does each for every byte of the text, about 5 ns
 * a time. */
size_t cel_regex_size(const struct cel_regex *regex);
/* True when the pattern is found anywhere in the text, which is UTF-8. */
bool cel_regex_search(const struct cel_regex *regex, const char *text, size_t text_len);

#ifdef __cplusplus
}
#endif
#endif
