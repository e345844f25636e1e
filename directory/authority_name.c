/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/authority.h"

enum {
	NAME_SIZE = 80 /* the longest in the table, with the longest official style around it */
};

#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}
static const struct name {
	struct str name, code;
} names[] = {
#define NAME(name, code) {TEXT(name), TEXT(code)},
#include "directory/authority_names.def"
#undef NAME
};
enum {
	NAME_COUNT = sizeof(names) / sizeof(names[0])
};

/* What a letter or mark that is more than one byte, or more than itself, is folded to. */
static const struct {
	struct str from;
	const char *to;
} folds[] = {
	{TEXT("\xe2\x80\x99"), ""}, /* apostrophe */
	{TEXT("\xe2\x80\x98"), ""}, /* the same, turned */
	{TEXT("\xc3\xb4"), "o"},    /* o with a circumflex: Ynys Mon */
	{TEXT("\xc3\x94"), "o"},
	{TEXT("\xc3\xa2"), "a"}, /* a with a circumflex: Sir Gar */
	{TEXT("\xc3\x82"), "a"},
	{TEXT("\xe2\x80\x90"), " "}, /* hyphen */
	{TEXT("\xe2\x80\x91"), " "}, /* hyphen that does not break */
	{TEXT("\xc2\xa0"), " "},     /* space that does not break */
	{TEXT("&"), "and"},
	{TEXT("'"), ""},
	{TEXT("."), ""},
	{TEXT(","), ""},
	{TEXT("-"), " "},
};

/* The spelling under which two ways of writing one name meet: lower case, single spaces, "and" for
 * "&", a space for a hyphen, no apostrophe, comma or full stop.  Empty when the name is longer than
 * any known. */
static struct str name_fold(struct str name, char out[NAME_SIZE])
{
	size_t len = 0;
	for (size_t i = 0; i < name.len; i++) {
		const struct str rest = {name.ptr + i, name.len - i};
		const char c = name.ptr[i];
		char one[2] = {c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c, '\0'};
		const char *add = one;
		/* Most are letters and blanks, which stand for themselves. */
		const bool plain = (one[0] >= 'a' && one[0] <= 'z') || c == ' ';
		const size_t marks = plain ? 0 : sizeof(folds) / sizeof(folds[0]);
		for (size_t f = 0; f < marks; f++) {
			if (str_has_prefix(rest, folds[f].from)) {
				add = folds[f].to;
				i += folds[f].from.len - 1;
				break;
			}
		}
		if (add[0] == ' ' && (len == 0 || out[len - 1] == ' ')) {
			continue;
		}
		const size_t add_len = strlen(add);
		if (len + add_len > NAME_SIZE) {
			return (struct str){0};
		}
		memcpy(out + len, add, add_len);
		len += add_len;
	}
	while (len > 0 && out[len - 1] == ' ') {
		len--;
	}
	return (struct str){out, len};
}

/* The first line with that name, or NAME_COUNT. */
static size_t name_find(struct str folded)
{
	size_t low = 0;
	size_t high = NAME_COUNT;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (str_compare(names[middle].name, folded) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < NAME_COUNT && str_equal(names[low].name, folded) ? low : NAME_COUNT;
}

/* Takes away how a council styles itself around the name of its place; false when it does not. */
static bool style_drop(struct str *name)
{
	static const struct str before[] = {TEXT("london borough of "), TEXT("royal borough of "),
		TEXT("county borough of "), TEXT("metropolitan borough of "), TEXT("borough of "),
		TEXT("city of ")};
	static const struct str after[] = {TEXT(" metropolitan borough council"),
		TEXT(" county borough council"), TEXT(" london borough council"),
		TEXT(" borough council"), TEXT(" district council"), TEXT(" city council"),
		TEXT(" council")};
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		if (str_has_prefix(*name, before[i])) {
			*name = (struct str){name->ptr + before[i].len, name->len - before[i].len};
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		const size_t len = after[i].len;
		if (name->len > len &&
			memcmp(name->ptr + name->len - len, after[i].ptr, len) == 0) {
			name->len -= len;
			return true;
		}
	}
	return false;
}

/* Of the codes a name has: the one that holds on the day, or, without a day, the newest. */
static const struct directory_authority *pick(struct str name, const date_days *day)
{
	char text[NAME_SIZE];
	struct str folded = name_fold(name, text);
	const struct directory_authority *best = NULL;
	size_t at = name_find(folded);
	while (at == NAME_COUNT && style_drop(&folded)) {
		at = name_find(folded);
	}
	for (; at < NAME_COUNT && str_equal(names[at].name, folded); at++) {
		const struct directory_authority *next =
			directory_authority_by_code(names[at].code);
		if (next != NULL && (day == NULL || directory_authority_holds(next, *day)) &&
			(best == NULL || next->to > best->to)) {
			best = next;
		}
	}
	return best;
}

const struct directory_authority *directory_authority_by_name(struct str name)
{
	return pick(name, NULL);
}

const struct directory_authority *directory_authority_by_name_at(struct str name, date_days day)
{
	return pick(name, &day);
}

const struct directory_authority *directory_authority_nearest(struct str name)
{
	char text[NAME_SIZE];
	const struct str wanted = name_fold(name, text);
	/* A third of the letters wrong is another word, not a slip. */
	size_t best = wanted.len / 3 + 1;
	const struct directory_authority *nearest = NULL;
	for (size_t i = 0; wanted.len > 0 && i < NAME_COUNT; i++) {
		const struct directory_authority *known =
			directory_authority_by_code(names[i].code);
		const size_t distance = str_distance(wanted, names[i].name);
		/* Of two that are as near, the one that still is. */
		if (known != NULL && (distance < best || (nearest != NULL && distance == best &&
								 known->to > nearest->to))) {
			best = distance;
			nearest = known;
		}
	}
	return nearest;
}
