/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/review.h"
#include "broker/base/text.h"

#include <stdio.h>

enum {
	LABEL_SIZE = 16 /* "warning:" */
};

static void place_print(struct buf *out, const struct review_finding *finding, const char *root)
{
	if (root != NULL) {
		text_data(out, str_from(root));
		buf_add_text(out, root[0] != '\0' && root[strlen(root) - 1] == '/' ? "" : "/");
	}
	text_data(out, finding->file);
	if (finding->line > 0) {
		buf_printf(out, ":%u", finding->line);
	}
	buf_add_text(out, ": ");
}

/* Of the directory as a whole: nobody jumps to a place, and it may name many. */
static void whole_print(struct buf *out, const struct review_finding *finding)
{
	struct buf text = {0};
	char label[LABEL_SIZE];
	const int width =
		snprintf(label, sizeof(label), "%s:", review_severity_name(finding->severity));
	if (finding->field.len > 0) {
		text_data(&text, finding->field);
		buf_add_text(&text, ": ");
	}
	text_data(&text, finding->message);
	buf_printf(&text, " [%s]", finding->code);
	text_field(out, 0, (size_t)width + 1, label, buf_str(&text));
	out->failed = out->failed || text.failed;
	buf_finish(&text);
}

void review_print(struct buf *out, const struct review_finding *finding, const char *root)
{
	if (finding->file.len == 0) {
		whole_print(out, finding);
		return;
	}
	place_print(out, finding, root);
	buf_printf(out, "%s: ", review_severity_name(finding->severity));
	if (finding->field.len > 0) {
		text_data(out, finding->field);
		buf_add_text(out, ": ");
	}
	text_data(out, finding->message);
	buf_printf(out, " [%s]\n", finding->code);
}

static void count_print(struct buf *out, size_t count, const char *noun)
{
	buf_printf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

void review_print_sum(struct buf *out, const struct review *review)
{
	if (review->errors > review->errors_kept) {
		buf_printf(out, "and %zu errors more\n", review->errors - review->errors_kept);
	}
	count_print(out, review->errors, "error");
	buf_add_text(out, ", ");
	count_print(out, review->warnings, "warning");
	if (review->notes > 0) {
		buf_add_text(out, ", ");
		count_print(out, review->notes, "note");
	}
	buf_add_text(out, " in ");
	count_print(out, review->services, "service");
	buf_add_text(out, " of ");
	count_print(out, review->areas, "area");
	buf_add_text(out, "\n");
}

struct value review_value(
	struct arena *arena, const struct review_finding *finding, const char *root)
{
	struct value map = value_map_new(arena, 7);
	struct buf file = {0};
	if (finding->file.len > 0 && root != NULL) {
		buf_printf(&file, "%s%s", root,
			root[0] != '\0' && root[strlen(root) - 1] == '/' ? "" : "/");
	}
	buf_append(&file, finding->file.ptr, finding->file.len);
	value_put(arena, &map, "file", value_of_str(arena_str(arena, buf_str(&file))));
	value_put(arena, &map, "line", value_of_int((int64_t)finding->line));
	value_put(arena, &map, "field", value_of_str(finding->field));
	value_put(arena, &map, "severity", value_of_text(review_severity_name(finding->severity)));
	value_put(arena, &map, "code", value_of_text(finding->code));
	value_put(arena, &map, "message", value_of_str(finding->message));
	if (finding->suggestion.len > 0) {
		value_put(arena, &map, "suggestion", value_of_str(finding->suggestion));
	}
	buf_finish(&file);
	return map;
}
