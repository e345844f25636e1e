/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"
#include "rules/cel/regex.h"

/* The standard's functions of texts: size, contains, startsWith, endsWith, matches. */

static CEL_FUNCTION(size_of_text)
{
	(void)call;
	*ret = cel_int((int64_t)cel_text_length(cel_str(args[0])));
}

/* Bytes, elements or entries. */
static CEL_FUNCTION(size_of_rest)
{
	(void)call;
	*ret = cel_int((int64_t)args[0].extra);
}

static CEL_FUNCTION(contains)
{
	(void)call;
	*ret = cel_bool(
		args[1].extra == 0 ||
		(args[1].extra <= args[0].extra &&
			memmem(args[0].text, args[0].extra, args[1].text, args[1].extra) != NULL));
}

static CEL_FUNCTION(starts_with)
{
	(void)call;
	*ret = cel_bool(str_has_prefix(cel_str(args[0]), cel_str(args[1])));
}

static CEL_FUNCTION(ends_with)
{
	(void)call;
	const uint32_t rest = args[0].extra - args[1].extra;
	*ret = cel_bool(args[1].extra == 0 ||
			(args[1].extra <= args[0].extra &&
				memcmp(args[0].text + rest, args[1].text, args[1].extra) == 0));
}

static void destroy_regex(void *regex)
{
	cel_regex_destroy(regex);
}

/* A pattern written in the expression is read when it is compiled, once. */
static enum err prepare_pattern(struct arena *arena, const struct cel_value *const *args,
	uint32_t count, const void **ret_prepared, char ret_message[160])
{
	if (count < 2 || args[1] == NULL || args[1]->kind != CEL_STRING) {
		return ERR_OK;
	}
	struct cel_regex *regex = cel_regex_create(args[1]->text, args[1]->extra, ret_message, 160);
	if (regex == NULL) {
		return ERR_INVALID;
	}
	if (!arena_defer(arena, destroy_regex, regex)) {
		return ERR_NOMEM;
	}
	*ret_prepared = regex;
	return ERR_OK;
}

enum {
	/* What reading a pattern costs where it is not a literal: a few bytes can spell one that
	 * takes milliseconds. */
	PATTERN_COST = 2000,
	/* Instructions of a pattern done on one byte that cost 1. */
	INSTRUCTIONS_A_STEP = 100,
};

/* Most searches look once at each byte, but the worst do the whole pattern for each: that is what
 * is charged. */
static void search(struct cel_call *call, const struct cel_regex *regex, struct cel_value text,
	struct cel_value *ret)
{
	const uint64_t cost = (uint64_t)text.extra * cel_regex_size(regex) / INSTRUCTIONS_A_STEP;
	if (cel_call_charge(call, cost, ret)) {
		*ret = cel_bool(cel_regex_search(regex, text.text, text.extra));
	}
}

static CEL_FUNCTION(matches)
{
	if (call->prepared != NULL) {
		search(call, call->prepared, args[0], ret);
		return;
	}
	char why[160];
	if (!cel_call_charge(call, PATTERN_COST + args[1].extra, ret)) {
		return;
	}
	struct cel_regex *regex = cel_regex_create(args[1].text, args[1].extra, why, sizeof(why));
	if (regex == NULL) {
		*ret = cel_error("the pattern is not a regular expression that RE2 takes");
		return;
	}
	search(call, regex, args[0], ret);
	cel_regex_destroy(regex);
}

#define SIZE(id, style, cost, of, call)                                                 \
	{                                                                               \
		id, "size", style, cost, 1, {&cel_type_##of}, &cel_type_int, call, NULL \
	}
#define TEST(id, function, call)                                                         \
	{                                                                                \
		id, function, CEL_RECEIVER, CEL_COST_TEXTS, 2,                           \
			{&cel_type_string, &cel_type_string}, &cel_type_bool, call, NULL \
	}

static const struct cel_overload ROWS[] = {
	SIZE("size_string", CEL_GLOBAL, CEL_COST_TEXT, string, size_of_text),
	SIZE("size_bytes", CEL_GLOBAL, CEL_COST_ONE, bytes, size_of_rest),
	SIZE("size_list", CEL_GLOBAL, CEL_COST_ONE, list_a, size_of_rest),
	SIZE("size_map", CEL_GLOBAL, CEL_COST_ONE, map_ab, size_of_rest),
	SIZE("string_size", CEL_RECEIVER, CEL_COST_TEXT, string, size_of_text),
	SIZE("bytes_size", CEL_RECEIVER, CEL_COST_ONE, bytes, size_of_rest),
	SIZE("list_size", CEL_RECEIVER, CEL_COST_ONE, list_a, size_of_rest),
	SIZE("map_size", CEL_RECEIVER, CEL_COST_ONE, map_ab, size_of_rest),
	TEST("contains_string", "contains", contains),
	TEST("starts_with_string", "startsWith", starts_with),
	TEST("ends_with_string", "endsWith", ends_with),
	{"matches", "matches", CEL_GLOBAL, CEL_COST_PATTERN, 2,
		{&cel_type_string, &cel_type_string}, &cel_type_bool, matches, prepare_pattern},
	{"matches_string", "matches", CEL_RECEIVER, CEL_COST_PATTERN, 2,
		{&cel_type_string, &cel_type_string}, &cel_type_bool, matches, prepare_pattern},
};

const struct cel_library cel_library_texts = {"texts", ROWS, CEL_COUNT(ROWS)};
