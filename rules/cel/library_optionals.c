/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

/* Values that may be absent: optional.of(x), optional.none() and what asks them. */

static CEL_FUNCTION(of)
{
	const struct cel_value *inner = cel_call_keep(call, args[0], ret);
	if (inner != NULL) {
		*ret = cel_optional(inner);
	}
}

static CEL_FUNCTION(none)
{
	(void)call;
	(void)args;
	*ret = cel_optional(NULL);
}

/* What a message's field has when it was never set, and null. */
static bool is_zero(struct cel_value value)
{
	switch (value.kind) {
	case CEL_NULL:
		return true;
	case CEL_BOOL:
		return !value.boolean;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DURATION:
		return value.natural == 0;
	case CEL_DOUBLE:
		return value.number == 0.0;
	case CEL_STRING:
	case CEL_BYTES:
	case CEL_LIST:
	case CEL_MAP:
		return value.extra == 0;
	case CEL_TIMESTAMP:
		return value.integer == 0 && value.extra == 0;
	case CEL_OPTIONAL:
		return value.inner == NULL;
	case CEL_TYPE:
	case CEL_ERROR:
	case CEL_UNKNOWN:
	case CEL_KINDS:
		break;
	}
	return false;
}

static CEL_FUNCTION(of_non_zero)
{
	if (is_zero(args[0])) {
		*ret = cel_optional(NULL);
	} else {
		of(call, args, ret);
	}
}

static CEL_FUNCTION(has_value)
{
	(void)call;
	*ret = cel_bool(args[0].inner != NULL);
}

static CEL_FUNCTION(value_of)
{
	(void)call;
	*ret = args[0].inner == NULL ? cel_error("the optional has no value") : *args[0].inner;
}

static CEL_FUNCTION(or_optional)
{
	(void)call;
	*ret = args[args[0].inner == NULL ? 1 : 0];
}

static CEL_FUNCTION(or_value)
{
	(void)call;
	*ret = args[0].inner == NULL ? args[1] : *args[0].inner;
}

#define OPTIONAL &cel_type_optional_a
#define ROW(id, function, style, count, result, call, ...)                                         \
	{                                                                                          \
		id, function, style, CEL_COST_ONE, count, {__VA_ARGS__}, &cel_type_##result, call, \
			NULL                                                                       \
	}

static const struct cel_overload ROWS[] = {
	ROW("optional_of", "optional.of", CEL_GLOBAL, 1, optional_a, of, &cel_type_a),
	ROW("optional_ofNonZeroValue", "optional.ofNonZeroValue", CEL_GLOBAL, 1, optional_a,
		of_non_zero, &cel_type_a),
	ROW("optional_none", "optional.none", CEL_GLOBAL, 0, optional_a, none, NULL),
	ROW("optional_hasValue", "hasValue", CEL_RECEIVER, 1, bool, has_value, OPTIONAL),
	ROW("optional_value", "value", CEL_RECEIVER, 1, a, value_of, OPTIONAL),
	ROW("optional_or_optional", "or", CEL_RECEIVER, 2, optional_a, or_optional, OPTIONAL,
		OPTIONAL),
	ROW("optional_orValue_value", "orValue", CEL_RECEIVER, 2, a, or_value, OPTIONAL,
		&cel_type_a),
};

const struct cel_library cel_library_optionals = {"optionals", ROWS, CEL_COUNT(ROWS)};
