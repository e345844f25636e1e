/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

/* The extension of strings: places in a text are counted in code points. */

static void bad_index(struct cel_value *ret)
{
	*ret = cel_error("the index is out of range");
}

static bool is_start(char c)
{
	return ((unsigned char)c & 0xc0U) != 0x80U;
}

/* The byte at which code point `index` begins, or the end for the one after the last; false with
 * *ret an error outside. */
static bool offset_of(struct str text, int64_t index, size_t *ret_offset, struct cel_value *ret)
{
	size_t at = 0;
	for (int64_t i = 0; index >= 0 && at <= text.len; i++) {
		if (i == index) {
			*ret_offset = at;
			return true;
		}
		if (at == text.len) {
			break;
		}
		for (at++; at < text.len && !is_start(text.ptr[at]); at++) {
		}
	}
	bad_index(ret);
	return false;
}

static size_t next_offset(struct str text, size_t at)
{
	for (at++; at < text.len && !is_start(text.ptr[at]); at++) {
	}
	return at;
}

static struct str part(struct str text, size_t from, size_t to)
{
	return (struct str){text.ptr + from, to - from};
}

static CEL_FUNCTION(char_at)
{
	(void)call;
	const struct str text = cel_str(args[0]);
	size_t at;
	if (offset_of(text, args[1].integer, &at, ret)) {
		const size_t end = at == text.len ? at : next_offset(text, at);
		*ret = cel_string(part(text, at, end));
	}
}

static CEL_FUNCTION(index_of)
{
	const struct str text = cel_str(args[0]);
	const struct str wanted = cel_str(args[1]);
	size_t from = 0;
	if (call->count == 3 && !offset_of(text, args[2].integer, &from, ret)) {
		return;
	}
	const char *found =
		wanted.len == 0 ? text.ptr + from
				: memmem(text.ptr + from, text.len - from, wanted.ptr, wanted.len);
	*ret = cel_int(found == NULL ? -1
				     : (int64_t)cel_text_length(part(text, 0,
					       text.len == 0 ? 0 : (size_t)(found - text.ptr))));
}

static CEL_FUNCTION(last_index_of)
{
	const struct str text = cel_str(args[0]);
	const struct str wanted = cel_str(args[1]);
	size_t at = text.len;
	/* Every place may be compared whole, a machine word or more at a time. */
	const uint64_t cost = (uint64_t)text.len * wanted.len / 128;
	if ((call->count == 3 && !offset_of(text, args[2].integer, &at, ret)) ||
		!cel_call_charge(call, cost, ret)) {
		return;
	}
	for (;; at--) {
		if (text.len - at >= wanted.len &&
			str_equal(part(text, at, at + wanted.len), wanted)) {
			*ret = cel_int((int64_t)cel_text_length(part(text, 0, at)));
			return;
		}
		if (at == 0) {
			*ret = cel_int(-1);
			return;
		}
	}
}

static CEL_FUNCTION(substring)
{
	const struct str text = cel_str(args[0]);
	size_t from;
	size_t to = text.len;
	if (!offset_of(text, args[1].integer, &from, ret) ||
		(call->count == 3 && !offset_of(text, args[2].integer, &to, ret))) {
		return;
	}
	if (to < from) {
		*ret = cel_error("the end stands before the start");
		return;
	}
	*ret = cel_string(part(text, from, to));
}

/* Every ASCII letter from `first` on moved by `distance`. */
static void change_case(
	struct cel_call *call, struct str text, char first, int distance, struct cel_value *ret)
{
	char *out = cel_call_text(call, text.len, ret);
	for (size_t i = 0; out != NULL && i < text.len; i++) {
		const char c = text.ptr[i];
		out[i] = c >= first && c <= first + 25 ? (char)(c + distance) : c;
	}
}

static CEL_FUNCTION(lower_ascii)
{
	change_case(call, cel_str(args[0]), 'A', 'a' - 'A', ret);
}

static CEL_FUNCTION(upper_ascii)
{
	change_case(call, cel_str(args[0]), 'a', 'A' - 'a', ret);
}

static CEL_FUNCTION(reverse)
{
	const struct str text = cel_str(args[0]);
	char *out = cel_call_text(call, text.len, ret);
	for (size_t at = 0; out != NULL && at < text.len;) {
		const size_t end = next_offset(text, at);
		memcpy(out + (text.len - end), text.ptr + at, end - at);
		at = end;
	}
}

/* The length of the space at *at, by Unicode's property White_Space; 0 when there is none. */
static size_t space_length(struct str text, size_t at)
{
	static const char *const SPACES[] = {"\t", "\n", "\v", "\f", "\r", " ", "\xc2\x85",
		"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
		"\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f",
		"\u205f", "\u3000"};
	for (size_t i = 0; i < CEL_COUNT(SPACES); i++) {
		const struct str space = str_from(SPACES[i]);
		if (str_has_prefix(part(text, at, text.len), space)) {
			return space.len;
		}
	}
	return 0;
}

static CEL_FUNCTION(trim)
{
	(void)call;
	const struct str text = cel_str(args[0]);
	size_t from = 0;
	for (size_t len; from < text.len && (len = space_length(text, from)) > 0;) {
		from += len;
	}
	size_t to = from;
	for (size_t at = from; at < text.len;) {
		const size_t len = space_length(text, at);
		at = len > 0 ? at + len : next_offset(text, at);
		to = len > 0 ? to : at;
	}
	*ret = cel_string(part(text, from, to));
}

/* The next place of `wanted` from `at` on; an empty one stands before every code point and at the
 * end.  SIZE_MAX: none. */
static size_t find(struct str text, size_t at, struct str wanted)
{
	if (wanted.len == 0) {
		return at;
	}
	const char *found = at >= text.len || wanted.len > text.len - at
				    ? NULL
				    : memmem(text.ptr + at, text.len - at, wanted.ptr, wanted.len);
	return found == NULL ? SIZE_MAX : (size_t)(found - text.ptr);
}

/* One walk over the text with its replacements; counts when `out` is NULL. */
static size_t replace_into(
	char *out, struct str text, struct str wanted, struct str with, int64_t limit)
{
	size_t len = 0;
	size_t at = 0;
	while (at <= text.len) {
		size_t found = limit == 0 ? SIZE_MAX : find(text, at, wanted);
		const size_t upto = found == SIZE_MAX ? text.len : found;
		if (out != NULL && upto > at) {
			memcpy(out + len, text.ptr + at, upto - at);
		}
		len += upto - at;
		if (found == SIZE_MAX) {
			break;
		}
		if (out != NULL && with.len > 0) {
			memcpy(out + len, with.ptr, with.len);
		}
		len += with.len;
		limit -= limit > 0 ? 1 : 0;
		at = found + wanted.len;
		if (wanted.len == 0) {
			if (at == text.len) {
				break;
			}
			const size_t next = next_offset(text, at);
			if (out != NULL) {
				memcpy(out + len, text.ptr + at, next - at);
			}
			len += next - at;
			at = next;
		}
	}
	return len;
}

static CEL_FUNCTION(replace)
{
	const struct str text = cel_str(args[0]);
	const struct str wanted = cel_str(args[1]);
	const struct str with = cel_str(args[2]);
	const int64_t limit = call->count == 4 ? args[3].integer : -1;
	/* No overflow: each length is below 2^32, so their product is below 2^64. */
	const size_t len = replace_into(NULL, text, wanted, with, limit);
	char *out = cel_call_text(call, len, ret);
	if (out != NULL) {
		(void)replace_into(out, text, wanted, with, limit);
	}
}

/* The pieces of a text between separators, at most `limit` (negative: all); counts when `items` is
 * NULL.  An empty separator cuts between code points. */
static size_t split_into(
	struct cel_value *items, struct str text, struct str separator, int64_t limit)
{
	size_t count = 0;
	size_t at = 0;
	if (limit == 0 || (separator.len == 0 && text.len == 0)) {
		return 0;
	}
	while (limit < 0 || (int64_t)count < limit - 1) {
		const size_t end =
			separator.len == 0 ? next_offset(text, at) : find(text, at, separator);
		if (end == SIZE_MAX || (separator.len == 0 && end >= text.len)) {
			break;
		}
		if (items != NULL) {
			items[count] = cel_string(part(text, at, end));
		}
		count++;
		at = end + separator.len;
	}
	if (items != NULL) {
		items[count] = cel_string(part(text, at, text.len));
	}
	return count + 1;
}

static CEL_FUNCTION(split)
{
	const struct str text = cel_str(args[0]);
	const struct str separator = cel_str(args[1]);
	const int64_t limit = call->count == 3 ? args[2].integer : -1;
	const size_t count = split_into(NULL, text, separator, limit);
	if (!cel_call_charge(call, count, ret)) {
		return;
	}
	struct cel_value *items = cel_call_alloc(call, count, sizeof(*items), ret);
	if (items != NULL) {
		(void)split_into(items, text, separator, limit);
		*ret = (struct cel_value){
			.kind = CEL_LIST, .extra = (uint32_t)count, .items = items};
	}
}

static CEL_FUNCTION(join)
{
	const struct str separator = call->count == 2 ? cel_str(args[1]) : (struct str){0};
	size_t len = 0;
	for (uint32_t i = 0; i < args[0].extra; i++) {
		if (args[0].items[i].kind != CEL_STRING) {
			cel_call_mismatch(ret);
			return;
		}
		len += args[0].items[i].extra + (i > 0 ? separator.len : 0);
	}
	char *out = cel_call_text(call, len, ret);
	for (uint32_t i = 0; out != NULL && i < args[0].extra; i++) {
		if (i > 0 && separator.len > 0) {
			memcpy(out, separator.ptr, separator.len);
			out += separator.len;
		}
		if (args[0].items[i].extra > 0) {
			memcpy(out, args[0].items[i].text, args[0].items[i].extra);
			out += args[0].items[i].extra;
		}
	}
}

#define ROW(id, function, cost, count, result, call, ...)                                         \
	{                                                                                         \
		id, function, CEL_RECEIVER, cost, count, {__VA_ARGS__}, &cel_type_##result, call, \
			NULL                                                                      \
	}
#define S &cel_type_string
#define I &cel_type_int
#define L &cel_type_list_string

static const struct cel_overload ROWS[] = {
	ROW("string_char_at_int", "charAt", CEL_COST_TEXT, 2, string, char_at, S, I),
	ROW("string_index_of_string", "indexOf", CEL_COST_TEXTS, 2, int, index_of, S, S),
	ROW("string_index_of_string_int", "indexOf", CEL_COST_TEXTS, 3, int, index_of, S, S, I),
	ROW("string_last_index_of_string", "lastIndexOf", CEL_COST_TEXTS, 2, int, last_index_of, S,
		S),
	ROW("string_last_index_of_string_int", "lastIndexOf", CEL_COST_TEXTS, 3, int, last_index_of,
		S, S, I),
	ROW("string_lower_ascii", "lowerAscii", CEL_COST_TEXT, 1, string, lower_ascii, S),
	ROW("string_upper_ascii", "upperAscii", CEL_COST_TEXT, 1, string, upper_ascii, S),
	ROW("string_replace_string_string", "replace", CEL_COST_TEXTS, 3, string, replace, S, S, S),
	ROW("string_replace_string_string_int", "replace", CEL_COST_TEXTS, 4, string, replace, S, S,
		S, I),
	ROW("string_reverse", "reverse", CEL_COST_TEXT, 1, string, reverse, S),
	ROW("string_split_string", "split", CEL_COST_TEXTS, 2, list_string, split, S, S),
	ROW("string_split_string_int", "split", CEL_COST_TEXTS, 3, list_string, split, S, S, I),
	ROW("string_substring_int", "substring", CEL_COST_TEXT, 2, string, substring, S, I),
	ROW("string_substring_int_int", "substring", CEL_COST_TEXT, 3, string, substring, S, I, I),
	ROW("string_trim", "trim", CEL_COST_TEXT, 1, string, trim, S),
	ROW("list_join", "join", CEL_COST_TEXT, 1, string, join, L),
	ROW("list_join_string", "join", CEL_COST_TEXT, 2, string, join, L, S),
};

const struct cel_library cel_library_strings = {"strings", ROWS, CEL_COUNT(ROWS)};
