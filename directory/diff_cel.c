/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_parts.h"

/* A clause on one line, whatever it is in its file: two that differ in their layout alone are the
 * same text.  What stands between quotation marks is kept, blanks and all. */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* One character of a text literal.  A line that is broken into lines later loses a blank beside
 * another: those are written as the language also takes them. */
static void literal_add(struct buf *out, struct str cel, size_t i)
{
	const char c = cel.ptr[i];
	if (c == '\n') {
		buf_add_text(out, "\\n");
	} else if (c == '\t') {
		buf_add_text(out, "\\t");
	} else if (c == ' ' &&
		   (is_blank(cel.ptr[i - 1]) || (i + 1 < cel.len && is_blank(cel.ptr[i + 1])))) {
		buf_add_text(out, "\\x20");
	} else {
		buf_append(out, &c, 1);
	}
}

struct str diff_cel(struct arena *arena, struct str cel)
{
	struct buf out = {0};
	bool gap = false;
	char mark = '\0'; /* within a literal: what ends it */
	for (size_t i = 0; i < cel.len; i++) {
		const char c = cel.ptr[i];
		if (mark != '\0') {
			literal_add(&out, cel, i);
			if (c == '\\' && i + 1 < cel.len) {
				buf_append(&out, &cel.ptr[++i], 1);
			} else if (c == mark) {
				mark = '\0';
			}
			continue;
		}
		if (is_blank(c)) {
			gap = true;
			continue;
		}
		if (gap && out.len > 0) {
			buf_add_text(&out, " ");
		}
		gap = false;
		mark = c == '\'' || c == '"' ? c : '\0';
		buf_append(&out, &c, 1);
	}
	arena->failed = arena->failed || out.failed;
	const struct str text = arena_str(arena, buf_str(&out));
	buf_finish(&out);
	return text;
}
