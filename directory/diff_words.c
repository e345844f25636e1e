/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_parts.h"
#include "directory/diff_text.h"

#include <assert.h>

/* One difference as a sentence. */

static const void *value_of(const struct directory_member *member, const void *thing)
{
	return (const char *)thing + member->offset;
}

/* The words of a member, with the number of items for a star and the s of several for a tilde. */
static void pattern(struct buf *out, const char *words, size_t count)
{
	for (; *words != '\0'; words++) {
		if (*words == '*') {
			diff_number(out, count);
		} else if (*words != '~') {
			buf_append(out, words, 1);
		} else if (count != 1) {
			buf_add_text(out, "s");
		}
	}
}

/* " (was 40)", or of what has its own brackets "; it was Advance (advance)". */
static void was(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const struct directory_member *member = difference->member;
	const bool apart =
		member->kind == DIRECTORY_MEMBER_PARTY || member->kind == DIRECTORY_MEMBER_RUN_BY;
	buf_add_text(out, apart ? "; it was " : " (was ");
	diff_value(out, wording, member, value_of(member, difference->before), DIFF_BEFORE);
	buf_add_text(out, apart ? "" : ")");
}

static void scalar_words(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const struct directory_member *member = difference->member;
	if (difference->weight == DIRECTORY_WORDING) {
		buf_printf(out, "its %s is worded otherwise", member->gain);
		return;
	}
	const void *after = value_of(member, difference->after);
	buf_printf(out, "%s ", member->gain);
	if (member->kind == DIRECTORY_MEMBER_DATE) {
		const date_days date = *(const date_days *)after;
		buf_add_text(
			out, date == INT32_MIN || date == INT32_MAX ? "on a day that is " : "on ");
	}
	diff_value(out, wording, member, after, DIFF_AFTER);
	was(out, wording, difference);
}

/* The paths of `list` below `path`. */
static struct directory_list below(
	struct arena *arena, const struct directory_list *list, struct str path)
{
	struct str *items = arena_array(arena, list->count + 1, sizeof(*items));
	struct directory_list found = {items, 0};
	for (size_t i = 0; items != NULL && i < list->count; i++) {
		if (list->items[i].len > path.len && str_has_prefix(list->items[i], path) &&
			list->items[i].ptr[path.len] == '.') {
			items[found.count++] = list->items[i];
		}
	}
	return found;
}

/* Of a map of which parts left, or still leave: which. */
static void parts_words(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const void *other = difference->more ? difference->before : difference->after;
	const struct directory_list *list = value_of(difference->member, other);
	for (size_t i = 0; i < difference->items.count; i++) {
		const struct str path = difference->items.items[i];
		const struct directory_list parts = below(wording->arena, list, path);
		if (parts.count > 0) {
			buf_printf(out, "; of %.*s %s ", STR_ARG(path),
				difference->more ? "there was only" : "there is still");
			for (size_t k = 0; k < parts.count; k++) {
				buf_printf(out, "%s%.*s",
					k == 0                 ? ""
					: k + 1 == parts.count ? " and "
							       : ", ",
					STR_ARG(parts.items[k]));
			}
		}
	}
}

static void list_words(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const struct directory_member *member = difference->member;
	const char *words = difference->more ? member->gain : member->loss;
	pattern(out, words, difference->items.count);
	buf_add_text(out, strchr(words, '*') != NULL ? ": " : " ");
	diff_list(out, wording, member, &difference->items,
		difference->more ? DIFF_AFTER : DIFF_BEFORE);
	if (member->kind == DIRECTORY_MEMBER_FIELDS) {
		parts_words(out, wording, difference);
	}
}

static void clause_lone(
	struct buf *out, struct arena *arena, const struct directory_difference *difference)
{
	const struct directory_clause *old = difference->part_before;
	const struct directory_clause *new = difference->part_after;
	const struct directory_clause *clause = new == NULL ? old : new;
	assert(clause != NULL); /* there before, or after */
	buf_printf(out, "%s `%.*s` is %s", difference->member->gain, STR_ARG(clause->id),
		new == NULL ? "gone; it said " : "new: ");
	buf_add_str(out, diff_cel(arena, clause->cel));
	if (clause->means.len > 0) {
		const struct str means = clause->means;
		const size_t stop = means.ptr[means.len - 1] == '.';
		buf_printf(out, ", \"%.*s\"", (int)(means.len - stop), means.ptr);
	}
	if (clause->ask) {
		buf_printf(out, "; where that %s no, the service %s asked",
			new == NULL ? "was" : "is", new == NULL ? "was" : "is");
	}
}

static void clause_words(
	struct buf *out, struct arena *arena, const struct directory_difference *difference)
{
	const struct directory_clause *old = difference->part_before;
	const struct directory_clause *new = difference->part_after;
	if (old == NULL || new == NULL) {
		clause_lone(out, arena, difference);
		return;
	}
	buf_printf(out, "%s `%.*s`", difference->member->gain, STR_ARG(new->id));
	if (!str_equal(old->cel, new->cel)) {
		buf_add_text(out, " now says ");
		buf_add_str(out, diff_cel(arena, new->cel));
		buf_add_text(out, " (was ");
		buf_add_str(out, diff_cel(arena, old->cel));
		buf_add_text(out, ")");
	}
	if (old->ask != new->ask) {
		buf_printf(out, "%s where it says no, %s",
			str_equal(old->cel, new->cel) ? ":" : ";",
			new->ask ? "the service is now asked; she was refused"
				 : "she is now refused; the service was asked");
	}
}

static void clock_words(struct buf *out, const struct directory_difference *difference)
{
	const struct directory_clock *old = difference->part_before;
	const struct directory_clock *new = difference->part_after;
	buf_printf(out, "%s `%.*s` ", difference->member->gain,
		STR_ARG(new == NULL ? old->name : new->name));
	if (new == NULL) {
		buf_add_text(out, "runs as it does everywhere again (was ");
		diff_clock(out, old);
		buf_add_text(out, ")");
		return;
	}
	buf_add_text(out, "now runs ");
	diff_clock(out, new);
	buf_add_text(out, " (was ");
	if (old == NULL) {
		buf_add_text(out, "as everywhere");
	} else {
		diff_clock(out, old);
	}
	buf_add_text(out, ")");
}

static void limits_words(struct buf *out, const struct directory_override *override)
{
	const struct {
		const char *what;
		int64_t amount;
	} limits[] = {
		{"caseload", override->caseload},
		{"referrals a year", override->per_year},
		{"caseload of the pool", override->pool_caseload},
	};
	bool said = false;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (limits[i].amount >= 0) {
			buf_printf(out, "%s%s %lld", said ? ", " : "", limits[i].what,
				(long long)limits[i].amount);
			said = true;
		}
	}
	buf_add_text(out, said ? "" : "as at other times");
}

static void override_words(
	struct buf *out, struct arena *arena, const struct directory_difference *difference)
{
	const struct directory_override *old = difference->part_before;
	const struct directory_override *new = difference->part_after;
	const struct directory_override *any = new == NULL ? old : new;
	buf_printf(out, "%s from %.*s to %.*s", difference->member->gain,
		STR_ARG(directory_date_words(arena, any->from)),
		STR_ARG(directory_date_words(arena, any->to)));
	if (new == NULL) {
		buf_add_text(out, " are gone; they were: ");
		limits_words(out, old);
		return;
	}
	buf_add_text(out, ": ");
	limits_words(out, new);
	buf_add_text(out, " (");
	if (old == NULL) {
		buf_add_text(out, "there were none");
	} else {
		buf_add_text(out, "was ");
		limits_words(out, old);
	}
	buf_add_text(out, ")");
}

static void member_words(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const struct directory_member *member = difference->member;
	switch (member->kind) {
	case DIRECTORY_MEMBER_FLAG:
		if (difference->subject == DIRECTORY_SERVICE &&
			member->offset == offsetof(struct directory_service, needs_stated)) {
			diff_needs_stated(out, wording, difference);
		} else {
			buf_add_text(out, difference->more ? member->gain : member->loss);
		}
		return;
	case DIRECTORY_MEMBER_IDS:
	case DIRECTORY_MEMBER_CODES:
	case DIRECTORY_MEMBER_PLACES:
	case DIRECTORY_MEMBER_FIELDS:
		if (difference->items.count == 0) {
			diff_lead_needs(out, wording, difference);
		} else {
			list_words(out, wording, difference);
		}
		return;
	case DIRECTORY_MEMBER_CLAUSES:
		clause_words(out, wording->arena, difference);
		return;
	case DIRECTORY_MEMBER_CLOCKS:
		clock_words(out, difference);
		return;
	case DIRECTORY_MEMBER_OVERRIDES:
		override_words(out, wording->arena, difference);
		return;
	case DIRECTORY_MEMBER_TEXT:
	case DIRECTORY_MEMBER_PARTY:
	case DIRECTORY_MEMBER_PATH:
	case DIRECTORY_MEMBER_RUN_BY:
	case DIRECTORY_MEMBER_ROLE:
	case DIRECTORY_MEMBER_ROUTING:
	case DIRECTORY_MEMBER_AMOUNT:
	case DIRECTORY_MEMBER_DATE:
		break;
	}
	scalar_words(out, wording, difference);
}

static void reworded_words(struct buf *out, const struct directory_difference *difference)
{
	if (difference->member == NULL) {
		buf_add_text(out, "only wording: sources, notes, comments or layout");
	} else if (difference->part_after != NULL &&
		   difference->member->kind == DIRECTORY_MEMBER_CLAUSES) {
		const struct directory_clause *clause = difference->part_after;
		buf_printf(out, "clause `%.*s` asks the same and is written or explained otherwise",
			STR_ARG(clause->id));
	} else if (difference->part_after != NULL) {
		buf_printf(out, "the note of %s is worded otherwise", difference->member->gain);
	} else {
		buf_printf(out, "%s is written in another order and says the same",
			difference->member->key);
	}
}

static void whole_words(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const bool gone = difference->after == NULL;
	if (difference->subject == DIRECTORY_SERVICE) {
		diff_whole_service(
			out, wording, gone ? difference->before : difference->after, gone);
	} else {
		buf_add_text(out, gone ? "no longer there" : "new");
	}
}

struct str directory_difference_words(
	const struct directory_wording *wording, const struct directory_difference *difference)
{
	struct buf out = {0};
	const struct directory_service *old = difference->before;
	const struct str *id = difference->before; /* the first member of everything */
	switch (difference->change) {
	case DIRECTORY_ADDED:
	case DIRECTORY_REMOVED:
		whole_words(&out, wording, difference);
		break;
	case DIRECTORY_RENAMED:
		buf_printf(&out, "has another id (was %.*s)", STR_ARG(*id));
		break;
	case DIRECTORY_MOVED:
		buf_printf(&out, "stands in the area %.*s (was in %.*s)", STR_ARG(difference->area),
			STR_ARG(diff_area(old->file)));
		break;
	case DIRECTORY_CHANGED:
		member_words(&out, wording, difference);
		break;
	case DIRECTORY_REWORDED:
		reworded_words(&out, difference);
		break;
	case DIRECTORY_CHANGES:
		break;
	}
	return diff_text(wording->arena, &out);
}

struct str directory_difference_subject(
	const struct directory_wording *wording, const struct directory_difference *difference)
{
	switch (difference->subject) {
	case DIRECTORY_SERVICE:
		return arena_printf(wording->arena, "%.*s (%.*s)", STR_ARG(difference->name),
			STR_ARG(difference->id));
	case DIRECTORY_ORGANISATION:
		return arena_printf(wording->arena, "Organisation %.*s (%.*s)",
			STR_ARG(difference->name), STR_ARG(difference->id));
	case DIRECTORY_AREA:
		return arena_printf(wording->arena, "Area %.*s (%.*s)", STR_ARG(difference->name),
			STR_ARG(difference->id));
	}
	return (struct str){0};
}

struct str directory_difference_sentence(
	const struct directory_wording *wording, const struct directory_difference *difference)
{
	return arena_printf(wording->arena, "%.*s: %.*s.",
		STR_ARG(directory_difference_subject(wording, difference)),
		STR_ARG(directory_difference_words(wording, difference)));
}
