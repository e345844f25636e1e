/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/functions.h"

#include "rules/compile.h"

static RULES_FUNCTION(call_size)
{
	const struct rules_value value = arguments[0];
	if (value.kind == RULES_STRING) {
		return rules_eval_charge(eval, value.string.len / 10)
			       ? rules_value_of_int((int64_t)rules_text_length(value.string))
			       : rules_value_of_error("the rule takes too long", node);
	}
	if (value.kind == RULES_BYTES) {
		return rules_value_of_int((int64_t)value.string.len);
	}
	if (value.kind == RULES_LIST) {
		return rules_value_of_int((int64_t)value.list.count);
	}
	return value.kind == RULES_MAP ? rules_value_of_int((int64_t)value.map.count)
				       : rules_no_overload(node);
}

/* Both strings, and the search paid for. */
static bool are_strings(struct rules_eval *eval, const struct rules_value *arguments)
{
	return arguments[0].kind == RULES_STRING && arguments[1].kind == RULES_STRING &&
	       rules_eval_charge(eval, (arguments[0].string.len + arguments[1].string.len) / 10);
}

static RULES_FUNCTION(call_contains)
{
	if (!are_strings(eval, arguments)) {
		return rules_no_overload(node);
	}
	const struct str text = arguments[0].string;
	const struct str part = arguments[1].string;
	return rules_value_of_bool(
		part.len == 0 ||
		(part.len <= text.len && memmem(text.ptr, text.len, part.ptr, part.len) != NULL));
}

static RULES_FUNCTION(call_starts_with)
{
	if (!are_strings(eval, arguments)) {
		return rules_no_overload(node);
	}
	return rules_value_of_bool(str_has_prefix(arguments[0].string, arguments[1].string));
}

static RULES_FUNCTION(call_ends_with)
{
	if (!are_strings(eval, arguments)) {
		return rules_no_overload(node);
	}
	const struct str text = arguments[0].string;
	const struct str part = arguments[1].string;
	return rules_value_of_bool(
		part.len <= text.len &&
		str_equal((struct str){part.len == 0 ? text.ptr : text.ptr + text.len - part.len,
				  part.len},
			part));
}

static const struct rules_function FUNCTIONS[] = {
	{"size", RULES_CALL_GLOBAL | RULES_CALL_RECEIVER, 1, "size(x) or x.size()", call_size},
	{"contains", RULES_CALL_RECEIVER, 2, "text.contains('part')", call_contains},
	{"startsWith", RULES_CALL_RECEIVER, 2, "text.startsWith('part')", call_starts_with},
	{"endsWith", RULES_CALL_RECEIVER, 2, "text.endsWith('part')", call_ends_with},
	{"bool", RULES_CALL_GLOBAL, 1, "bool('true')", rules_convert_to_bool},
	{"bytes", RULES_CALL_GLOBAL, 1, "bytes('text')", rules_convert_to_bytes},
	{"double", RULES_CALL_GLOBAL, 1, "double(1)", rules_convert_to_double},
	{"duration", RULES_CALL_GLOBAL, 1, "duration('36h')", rules_convert_to_duration},
	{"dyn", RULES_CALL_GLOBAL, 1, "dyn(x)", rules_convert_to_dyn},
	{"int", RULES_CALL_GLOBAL, 1, "int('18')", rules_convert_to_int},
	{"string", RULES_CALL_GLOBAL, 1, "string(18)", rules_convert_to_string},
	{"timestamp", RULES_CALL_GLOBAL, 1, "timestamp('2019-06-12T21:40:00+01:00')",
		rules_convert_to_timestamp},
	{"type", RULES_CALL_GLOBAL, 1, "type(x) == int", rules_convert_to_type},
	{"uint", RULES_CALL_GLOBAL, 1, "uint(18)", rules_convert_to_uint},
};

enum {
	FUNCTION_COUNT = sizeof(FUNCTIONS) / sizeof(FUNCTIONS[0])
};

const struct rules_function *rules_function_find(struct str name, enum rules_call_style style,
	uint32_t arguments, const struct rules_function **ret_named)
{
	*ret_named = NULL;
	for (size_t i = 0; i < FUNCTION_COUNT; i++) {
		if (!str_is(name, FUNCTIONS[i].name)) {
			continue;
		}
		if (FUNCTIONS[i].arguments == arguments && (FUNCTIONS[i].styles & style) != 0) {
			return &FUNCTIONS[i];
		}
		*ret_named = &FUNCTIONS[i];
	}
	return NULL;
}

const char *rules_function_suggest(struct str name)
{
	static const char *const MACROS[] = {"has", "all", "exists", "exists_one", "map", "filter"};
	enum {
		MACRO_COUNT = sizeof(MACROS) / sizeof(MACROS[0])
	};
	const char *nearest = NULL;
	size_t distance = RULES_LIMIT_SUGGESTION_EDITS + 1;
	for (size_t i = 0; i < FUNCTION_COUNT + MACRO_COUNT; i++) {
		const char *known =
			i < FUNCTION_COUNT ? FUNCTIONS[i].name : MACROS[i - FUNCTION_COUNT];
		const size_t edits = str_distance(name, str_from(known));
		/* A name that would have to change altogether is no suggestion. */
		if (edits < distance && edits < name.len) {
			distance = edits;
			nearest = known;
		}
	}
	return nearest;
}
