/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_words.h"
#include "broker/base/text.h"

/* All differences as a page. */

enum {
	NAMED_WITH_ID = 3 /* more that have the same said of them are told by their names alone */
};

/* Those of one subject within one section. */
struct group {
	const struct directory_difference *first;
	size_t count;
	struct str text; /* its sentences, one a line */
	bool said;       /* beside another of the same text */
};

struct page {
	struct buf *out;
	const struct directory_wording *wording;
	const struct directory_remark *remarks;
	size_t remark_count;
	size_t next_remark; /* where the last search ended: they mostly come in order */
	struct group *groups;
	size_t group_count;
};

static bool same_subject(const struct directory_difference *a, const struct directory_difference *b)
{
	return a->weight == b->weight && a->subject == b->subject && str_equal(a->id, b->id);
}

/* A sentence begins with a capital and ends with a full stop. */
static void sentence(struct buf *text, struct str words)
{
	const size_t at = text->len;
	buf_add_str(text, words);
	for (size_t i = at; i < text->len && !text->failed; i++) {
		char *c = &text->data[i];
		*c = (char)(*c == '\n'                          ? ' '
			    : i == at && *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A'
								: *c);
	}
	buf_add_text(text, ".\n");
}

static bool is_eligibility(const struct directory_difference *difference)
{
	return difference->subject == DIRECTORY_SERVICE && difference->member != NULL &&
	       difference->change == DIRECTORY_CHANGED &&
	       difference->member->offset == offsetof(struct directory_service, eligibility);
}

static void remarks_add(
	struct page *page, struct buf *text, const struct directory_difference *difference)
{
	const size_t first = page->next_remark;
	for (size_t i = 0; i < page->remark_count; i++) {
		const size_t at = (first + i) % page->remark_count;
		if (str_equal(page->remarks[at].service, difference->id)) {
			sentence(text, page->remarks[at].words);
			page->next_remark = at + 1;
		} else if (page->next_remark > first) {
			break; /* those of one service stand together */
		}
	}
}

static void group_fill(struct page *page, struct group *group)
{
	struct buf text = {0};
	for (size_t i = 0; i < group->count; i++) {
		const struct directory_difference *item = &group->first[i];
		sentence(&text, directory_difference_words(page->wording, item));
		if (is_eligibility(item) &&
			(i + 1 == group->count || !is_eligibility(&group->first[i + 1]))) {
			remarks_add(page, &text, item);
		}
	}
	group->text = arena_str(page->wording->arena, buf_str(&text));
	page->out->failed = page->out->failed || text.failed;
	buf_finish(&text);
}

static void groups_make(struct page *page)
{
	const struct directory_diff *diff = page->wording->diff;
	page->groups = arena_array(page->wording->arena, diff->count + 1, sizeof(*page->groups));
	for (size_t i = 0; page->groups != NULL && i < diff->count; i++) {
		const struct directory_difference *item = &diff->items[i];
		struct group *last =
			page->group_count == 0 ? NULL : &page->groups[page->group_count - 1];
		if (item->weight == DIRECTORY_WORDING) {
			break; /* they come last, and are only listed */
		}
		if (last == NULL || !same_subject(last->first, item)) {
			last = &page->groups[page->group_count++];
			last->first = item;
		}
		last->count++;
	}
	for (size_t i = 0; i < page->group_count; i++) {
		group_fill(page, &page->groups[i]);
	}
}

static void lines_print(struct buf *out, struct str text)
{
	while (text.len > 0) {
		const char *end = memchr(text.ptr, '\n', text.len);
		const size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);
		text_field(out, 4, 2, "-", (struct str){text.ptr, len});
		text.ptr += len + (end != NULL);
		text.len -= len + (end != NULL);
	}
}

static bool same_said(const struct group *a, const struct group *b)
{
	return !a->said && a->first->weight == b->first->weight &&
	       a->first->subject == b->first->subject && str_equal(a->text, b->text);
}

/* The subjects of which the same is said, then what. */
static void group_print(struct page *page, size_t at)
{
	struct buf names = {0};
	struct group *group = &page->groups[at];
	size_t same = 0;
	for (size_t i = at; i < page->group_count; i++) {
		same += same_said(&page->groups[i], group);
	}
	size_t named = 0;
	for (size_t i = at; named < same; i++) {
		struct group *other = &page->groups[i];
		if (same_said(other, group)) {
			buf_add_text(&names, named++ == 0 ? "" : "; ");
			buf_add_str(&names, same > NAMED_WITH_ID
						    ? other->first->name
						    : directory_difference_subject(
							      page->wording, other->first));
			other->said = other != group;
		}
	}
	text_wrap(page->out, 2, buf_str(&names));
	if (same > 1) {
		buf_printf(page->out, "    Of each of these %zu:\n", same);
	}
	lines_print(page->out, group->text);
	group->said = true;
	page->out->failed = page->out->failed || names.failed;
	buf_finish(&names);
}

static void section(struct page *page, enum directory_weight weight, const char *title)
{
	bool any = false;
	for (size_t i = 0; i < page->group_count; i++) {
		if (page->groups[i].first->weight != weight || page->groups[i].said) {
			continue;
		}
		if (!any) {
			buf_printf(page->out, "\n%s\n", title);
		}
		any = true;
		group_print(page, i);
	}
}

static void wording_of(struct page *page, enum directory_subject subject, const char *one,
	const char *many, const char *what)
{
	const struct directory_diff *diff = page->wording->diff;
	struct buf ids = {0};
	const struct directory_difference *last = NULL;
	size_t count = 0;
	for (size_t i = 0; i < diff->count; i++) {
		const struct directory_difference *item = &diff->items[i];
		if (item->subject == subject && item->weight == DIRECTORY_WORDING &&
			(last == NULL || !str_equal(last->id, item->id))) {
			buf_add_text(&ids, count++ == 0 ? "" : ", ");
			buf_add_str(&ids, item->id);
			last = item;
		}
	}
	if (count > 0) {
		text_wrap(page->out, 2,
			arena_printf(page->wording->arena, "%s of %zu %s: %.*s", what, count,
				count == 1 ? one : many, STR_ARG(buf_str(&ids))));
	}
	page->out->failed = page->out->failed || ids.failed;
	buf_finish(&ids);
}

static void wording_section(struct page *page)
{
	const struct directory_diff *diff = page->wording->diff;
	if (diff->count == 0 || diff->items[diff->count - 1].weight != DIRECTORY_WORDING) {
		return;
	}
	buf_add_text(page->out, "\nOnly worded otherwise\n");
	wording_of(page, DIRECTORY_SERVICE, "service", "services",
		"Descriptions, sources or explanations");
	wording_of(page, DIRECTORY_ORGANISATION, "organisation", "organisations", "Sources");
	wording_of(page, DIRECTORY_AREA, "area", "areas", "Titles, sources or notes");
}

/* "Services: 2 new, 3 changed" */
static void counts_line(struct page *page, enum directory_subject subject, const char *title)
{
	static const char *const words[DIRECTORY_CHANGES] = {"new", "gone", "under another id",
		"moved to another area", "changed", "only worded otherwise"};
	size_t counts[DIRECTORY_CHANGES];
	bool any = false;
	if (!directory_diff_count(page->wording->diff, subject, page->wording->arena, counts)) {
		page->out->failed = true;
		return;
	}
	for (size_t i = 0; i < DIRECTORY_CHANGES; i++) {
		if (counts[i] > 0) {
			buf_printf(page->out, "%s%zu %s", any ? ", " : title, counts[i], words[i]);
			any = true;
		}
	}
	buf_add_text(page->out, any ? "\n" : "");
}

void directory_diff_page(struct buf *out, const struct directory_wording *wording,
	const struct directory_remark *remarks, size_t remark_count)
{
	struct page page = {
		.out = out, .wording = wording, .remarks = remarks, .remark_count = remark_count};
	if (wording->diff->count == 0) {
		buf_add_text(out, "Nothing differs.\n");
		return;
	}
	groups_make(&page);
	counts_line(&page, DIRECTORY_SERVICE, "Services: ");
	counts_line(&page, DIRECTORY_ORGANISATION, "Organisations: ");
	counts_line(&page, DIRECTORY_AREA, "Areas: ");
	section(&page, DIRECTORY_SAFETY, "What matters for her safety");
	section(&page, DIRECTORY_PRESENCE, "What comes, goes or moves");
	section(&page, DIRECTORY_OFFER, "What is offered");
	wording_section(&page);
	out->failed = out->failed || arena_failed(wording->arena);
}
