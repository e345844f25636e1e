/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/map.h"

/* What the pictures share: patterns that differ in shape and not in colour alone, text that can be
 * selected, no script and nothing fetched. */

enum {
	LEGEND_STEP = 24
};

void svg_words(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		switch (text.ptr[i]) {
		case '&':
			buf_add_text(out, "&amp;");
			break;
		case '<':
			buf_add_text(out, "&lt;");
			break;
		case '>':
			buf_add_text(out, "&gt;");
			break;
		default:
			buf_append(out, text.ptr + i, 1);
			break;
		}
	}
}

void svg_begin(struct buf *out, unsigned width, unsigned height, const char *title)
{
	buf_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
		"height=\"%u\" role=\"img\">\n<title>%s</title>\n",
		width, height, width, height, title);
	buf_add_text(out,
		"<style>\n"
		"text { font-family: \"DejaVu Sans\", Verdana, Arial, sans-serif; fill: #1b2430; "
		"}\n"
		".title { font-size: 20px; font-weight: bold; }\n"
		".map { font-size: 15px; font-weight: bold; }\n"
		".name { font-size: 13px; }\n"
		".letter { font-size: 15px; font-weight: bold; }\n"
		".note { font-size: 13px; fill: #46505c; }\n"
		".tile { fill: #ffffff; stroke: #46505c; stroke-width: 1.2; }\n"
		".gap { stroke: #a3201a; stroke-width: 2.4; }\n"
		".unknown { stroke: #a3201a; stroke-width: 2; stroke-dasharray: 5 4; }\n"
		".grid { stroke: #c3cad2; stroke-width: 1; }\n"
		".today { stroke: #a3201a; stroke-width: 1.6; }\n"
		"</style>\n"
		"<defs>\n"
		"<pattern id=\"rate\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" "
		"patternTransform=\"rotate(45)\"><rect width=\"8\" height=\"8\" fill=\"#eef3f8\"/>"
		"<rect width=\"3\" height=\"8\" fill=\"#2f6690\"/></pattern>\n"
		"<pattern id=\"all\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
		"<rect width=\"8\" height=\"8\" fill=\"#ffffff\"/>"
		"<circle cx=\"4\" cy=\"4\" r=\"1.5\" fill=\"#46505c\"/></pattern>\n"
		"</defs>\n");
	buf_printf(out, "<rect width=\"%u\" height=\"%u\" fill=\"#ffffff\"/>\n", width, height);
}

const char *svg_class(enum coverage_kind kind)
{
	switch (kind) {
	case COVERAGE_NONE:
	case COVERAGE_GENERIC:
		return "tile gap";
	case COVERAGE_NOT_STATED:
		return "tile unknown";
	case COVERAGE_RATE_CARD:
	case COVERAGE_ONE:
	case COVERAGE_SEVERAL:
	case COVERAGE_KINDS:
		break;
	}
	return "tile";
}

const char *svg_fill(enum coverage_kind kind)
{
	static const char *const fills[COVERAGE_KINDS] = {
		[COVERAGE_NONE] = "fill=\"#ffffff\"",
		[COVERAGE_NOT_STATED] = "fill=\"#ffffff\"",
		[COVERAGE_GENERIC] = "fill=\"url(#all)\"",
		[COVERAGE_RATE_CARD] = "fill=\"url(#rate)\"",
		[COVERAGE_ONE] = "fill=\"#7fb0d6\"",
		[COVERAGE_SEVERAL] = "fill=\"#17456b\"",
	};
	return fills[kind];
}

void svg_text(struct buf *out, unsigned x, unsigned y, const char *class, struct str text)
{
	buf_printf(out, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class, x, y);
	svg_words(out, text);
	buf_add_text(out, "</text>\n");
}

void svg_legend(struct buf *out, unsigned x, unsigned y)
{
	for (int kind = COVERAGE_KINDS - 1; kind >= 0; kind--) {
		const struct map_mark *mark = map_mark_of((enum coverage_kind)kind);
		const char letter[2] = {mark->letter, '\0'};
		buf_printf(out,
			"<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"44\" height=\"15\"/>"
			"<rect x=\"%u\" y=\"%u\" width=\"40\" height=\"11\" %s/>\n",
			svg_class((enum coverage_kind)kind), x, y, x + 2, y + 2,
			svg_fill((enum coverage_kind)kind));
		svg_text(out, x + 54, y + 12, "letter", str_from(letter));
		svg_text(out, x + 74, y + 12, "name", str_from(mark->words));
		y += LEGEND_STEP;
	}
}

void svg_end(struct buf *out)
{
	buf_add_text(out, "</svg>\n");
}
