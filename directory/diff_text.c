/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct str diff_text(struct arena *arena, struct buf *buf)
{
	if (buf->failed) {
		arena->failed = true;
	}
	const struct str text = arena_str(arena, buf_str(buf));
	buf_finish(buf);
	*buf = (struct buf){0};
	return text;
}

struct str directory_date_words(struct arena *arena, date_days date)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};
	int year;
	int month;
	int day;
	date_to_civil(date, &year, &month, &day);
	return arena_printf(arena, "%d %s %d", day, months[month - 1], year);
}

void diff_number(struct buf *out, size_t count)
{
	if (count == 1) {
		buf_add_text(out, "one");
	} else {
		buf_printf(out, "%zu", count);
	}
}

void diff_clock(struct buf *out, const struct directory_clock *clock)
{
	buf_printf(out, "%lld %s%s", (long long)clock->amount,
		clock->hours ? "hour" : "working day", clock->amount == 1 ? "" : "s");
}

int diff_class(const struct directory_wording *wording, struct str path)
{
	const struct directory_rulebook *rulebook = wording->rulebook;
	return rulebook->field_class == NULL ? -1
					     : rulebook->field_class(rulebook->context, path) - 1;
}

static void organisation_words(struct buf *out, const struct directory_wording *wording,
	struct str id, enum diff_side side)
{
	const struct directory *first = wording->diff->after.directory;
	const struct directory *second = wording->diff->before.directory;
	const struct directory_organisation *organisation =
		directory_organisation_find(side == DIFF_AFTER ? first : second, id);
	if (organisation == NULL) {
		buf_add_str(out, id);
	} else {
		buf_printf(out, "%.*s (%.*s)", STR_ARG(organisation->name), STR_ARG(id));
	}
}

static const char *role_words(enum directory_role role)
{
	switch (role) {
	case DIRECTORY_LEAD:
		return "a lead, which takes the whole person";
	case DIRECTORY_SPECIALIST:
		return "a specialist, which takes the needs that are left";
	case DIRECTORY_DUTY:
		return "a housing authority under the Duty to Refer, only when she names it";
	}
	return "";
}

static const char *routing_words(enum directory_routing routing)
{
	switch (routing) {
	case DIRECTORY_ROUTABLE:
		return "chosen by the machine";
	case DIRECTORY_ADVICE_ONLY:
		return "offered as a contact only";
	case DIRECTORY_NEVER:
		return "never chosen by the machine";
	}
	return "";
}

static void date_value(struct buf *out, struct arena *arena, date_days date)
{
	if (date == INT32_MIN || date == INT32_MAX) {
		buf_add_text(out, "not stated");
	} else {
		buf_add_str(out, directory_date_words(arena, date));
	}
}

static void text_value(struct buf *out, struct str text)
{
	if (text.len == 0) {
		buf_add_text(out, "not stated");
	} else {
		buf_add_str(out, text);
	}
}

void diff_value(struct buf *out, const struct directory_wording *wording,
	const struct directory_member *member, const void *value, enum diff_side side)
{
	const struct directory_organisation *organisation;
	const struct str *text = value;
	switch (member->kind) {
	case DIRECTORY_MEMBER_TEXT:
	case DIRECTORY_MEMBER_PATH:
		text_value(out, *text);
		return;
	case DIRECTORY_MEMBER_PARTY:
		if (text->len > 0) {
			organisation_words(out, wording, *text, side);
		} else {
			buf_add_text(out, "nobody");
		}
		return;
	case DIRECTORY_MEMBER_RUN_BY:
		organisation = *(const struct directory_organisation *const *)value;
		if (organisation != NULL) {
			organisation_words(out, wording, organisation->id, side);
		}
		return;
	case DIRECTORY_MEMBER_ROLE:
		buf_add_text(out, role_words(*(const enum directory_role *)value));
		return;
	case DIRECTORY_MEMBER_ROUTING:
		buf_add_text(out, routing_words(*(const enum directory_routing *)value));
		return;
	case DIRECTORY_MEMBER_AMOUNT:
		if (*(const int64_t *)value < 0) {
			buf_add_text(out, "not stated");
		} else {
			buf_printf(out, "%lld", (long long)*(const int64_t *)value);
		}
		return;
	case DIRECTORY_MEMBER_DATE:
		date_value(out, wording->arena, *(const date_days *)value);
		return;
	case DIRECTORY_MEMBER_FLAG:
	case DIRECTORY_MEMBER_IDS:
	case DIRECTORY_MEMBER_CODES:
	case DIRECTORY_MEMBER_PLACES:
	case DIRECTORY_MEMBER_FIELDS:
	case DIRECTORY_MEMBER_CLAUSES:
	case DIRECTORY_MEMBER_CLOCKS:
	case DIRECTORY_MEMBER_OVERRIDES:
		break;
	}
}

static void field_words(struct buf *out, struct str path, int class)
{
	buf_add_str(out, path);
	if (class == 4) {
		buf_add_text(out, " (class 4: can endanger her)");
	} else if (class == 3) {
		buf_add_text(out, " (class 3: special category)");
	}
}

static void item_words(struct buf *out, const struct directory_wording *wording,
	const struct directory_member *member, struct str item, enum diff_side side)
{
	const struct directory_authority *authority;
	switch (member->kind) {
	case DIRECTORY_MEMBER_IDS:
		organisation_words(out, wording, item, side);
		return;
	case DIRECTORY_MEMBER_PLACES:
		authority = directory_authority_by_code(item);
		buf_add_str(out, authority == NULL ? item : authority->name);
		return;
	case DIRECTORY_MEMBER_FIELDS:
		field_words(out, item, diff_class(wording, item));
		return;
	case DIRECTORY_MEMBER_CODES:
	case DIRECTORY_MEMBER_TEXT:
	case DIRECTORY_MEMBER_PARTY:
	case DIRECTORY_MEMBER_PATH:
	case DIRECTORY_MEMBER_RUN_BY:
	case DIRECTORY_MEMBER_ROLE:
	case DIRECTORY_MEMBER_ROUTING:
	case DIRECTORY_MEMBER_FLAG:
	case DIRECTORY_MEMBER_AMOUNT:
	case DIRECTORY_MEMBER_DATE:
	case DIRECTORY_MEMBER_CLAUSES:
	case DIRECTORY_MEMBER_CLOCKS:
	case DIRECTORY_MEMBER_OVERRIDES:
		break;
	}
	buf_add_str(out, item);
}

/* Fields whose disclosure does most come first; everything else keeps its order. */
static size_t rank(const struct directory_wording *wording, const struct directory_member *member,
	struct str item)
{
	if (member->kind != DIRECTORY_MEMBER_FIELDS) {
		return 0;
	}
	const int class = diff_class(wording, item);
	return class == 4 ? 0 : class == 3 ? 1 : 2;
}

void diff_list(struct buf *out, const struct directory_wording *wording,
	const struct directory_member *member, const struct directory_list *list,
	enum diff_side side)
{
	size_t said = 0;
	for (size_t wanted = 0; wanted < 3; wanted++) {
		for (size_t i = 0; i < list->count; i++) {
			if (rank(wording, member, list->items[i]) != wanted) {
				continue;
			}
			buf_add_text(out, said == 0                 ? ""
					  : said + 1 == list->count ? " and "
								    : ", ");
			item_words(out, wording, member, list->items[i], side);
			said++;
		}
	}
}

const char *directory_weight_code(enum directory_weight weight)
{
	static const char *const codes[] = {"safety", "presence", "offer", "wording"};
	return (size_t)weight < COUNT(codes) ? codes[weight] : "";
}

const char *directory_change_code(enum directory_change change)
{
	static const char *const codes[] = {
		"added", "removed", "renamed", "moved", "changed", "reworded"};
	_Static_assert(COUNT(codes) == DIRECTORY_CHANGES, "a change without a code");
	return (size_t)change < COUNT(codes) ? codes[change] : "";
}

const char *directory_subject_code(enum directory_subject subject)
{
	static const char *const codes[] = {"service", "organisation", "area"};
	return (size_t)subject < COUNT(codes) ? codes[subject] : "";
}
