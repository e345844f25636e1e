/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_FUNCTIONS_H
#define ONWARD_RULES_FUNCTIONS_H
#include "rules/eval.h"

enum rules_call_style {
	RULES_CALL_GLOBAL = 1,   /* size(x) */
	RULES_CALL_RECEIVER = 2, /* x.size() */
};

/*
 * One function by name and number of arguments; it looks at the kinds of its arguments itself.
 * Every function is strict: it is never called with an unknown or an error.
 */
struct rules_function {
	const char *name;
	unsigned styles;
	uint32_t arguments; /* a receiver counted */
	const char *usage;
	struct rules_value (*call)(struct rules_eval *eval, const struct rules_node *node,
		const struct rules_value *arguments);
};

enum {
	RULES_FUNCTION_ARGUMENTS_MAX = 4
};

/* The function, or NULL: then *ret_named is one of that name with other arguments, or NULL. */
const struct rules_function *rules_function_find(struct str name, enum rules_call_style style,
	uint32_t arguments, const struct rules_function **ret_named);
/* The name of a function or macro that looks most like `name`; NULL when none is near. */
const char *rules_function_suggest(struct str name);

/* Conversions and times, each with the signature of a function's call. */
#define RULES_FUNCTION(name)                                                            \
	struct rules_value name(struct rules_eval *eval, const struct rules_node *node, \
		const struct rules_value *arguments)
RULES_FUNCTION(rules_convert_to_bool);
RULES_FUNCTION(rules_convert_to_bytes);
RULES_FUNCTION(rules_convert_to_double);
RULES_FUNCTION(rules_convert_to_duration);
RULES_FUNCTION(rules_convert_to_dyn);
RULES_FUNCTION(rules_convert_to_int);
RULES_FUNCTION(rules_convert_to_string);
RULES_FUNCTION(rules_convert_to_timestamp);
RULES_FUNCTION(rules_convert_to_type);
RULES_FUNCTION(rules_convert_to_uint);
#endif
