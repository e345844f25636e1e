/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compile.h"

/* A macro looks like a call, but its arguments are not evaluated first: one of them is the name of
 * a variable, or a field that may be absent. */
static const struct macro {
	const char *name;
	enum rules_fold fold;
	uint32_t arguments; /* without the receiver */
	const char *usage;
} MACROS[] = {
	{"all", RULES_FOLD_ALL, 2, "list.all(x, condition)"},
	{"exists", RULES_FOLD_EXISTS, 2, "list.exists(x, condition)"},
	{"exists_one", RULES_FOLD_EXISTS_ONE, 2, "list.exists_one(x, condition)"},
	{"existsOne", RULES_FOLD_EXISTS_ONE, 2, "list.existsOne(x, condition)"},
	{"map", RULES_FOLD_MAP, 2, "list.map(x, value) or list.map(x, condition, value)"},
	{"map", RULES_FOLD_MAP, 3, "list.map(x, value) or list.map(x, condition, value)"},
	{"filter", RULES_FOLD_FILTER, 2, "list.filter(x, condition)"},
};

static const char HAS_USAGE[] = "has(person.age)";

bool rules_macro_find(struct str name, const char **ret_usage)
{
	if (str_is(name, "has")) {
		*ret_usage = HAS_USAGE;
		return true;
	}
	for (size_t i = 0; i < sizeof(MACROS) / sizeof(MACROS[0]); i++) {
		if (str_is(name, MACROS[i].name)) {
			*ret_usage = MACROS[i].usage;
			return true;
		}
	}
	return false;
}

static struct rules_node *expand_has(struct rules_compilation *compilation, struct rules_node *call)
{
	struct rules_node *field = call->child;
	if (field->kind != RULES_NODE_SELECT || (field->flags & RULES_FLAG_OPTIONAL_ACCESS) != 0) {
		return rules_compile_fail(compilation, ERR_INVALID, field->offset,
			"has() asks for a field, such as %s", HAS_USAGE);
	}
	struct rules_node *node = rules_node_new(compilation, RULES_NODE_HAS, call->offset);
	return rules_node_with(compilation, node, field, NULL);
}

static struct rules_node *expand_fold(
	struct rules_compilation *compilation, struct rules_node *call, const struct macro *macro)
{
	struct rules_node *range = call->child;
	const struct rules_node *variable = range->next;
	if (variable->kind != RULES_NODE_IDENT || variable->flags != 0) {
		return rules_compile_fail(compilation, ERR_INVALID, variable->offset,
			"the first argument of %s() is the name of a variable: %s", macro->name,
			macro->usage);
	}
	struct rules_node *node = rules_node_new(compilation, RULES_NODE_FOLD, call->offset);
	if (node == NULL) {
		return NULL;
	}
	node->fold = macro->fold;
	node->name = variable->name;
	struct rules_node *step = variable->next;
	struct rules_node *last = step->next;
	node = rules_node_with(compilation, node, range, step);
	return node == NULL || last == NULL ? node : rules_node_with(compilation, node, last, NULL);
}

struct rules_node *rules_macro_expand(
	struct rules_compilation *compilation, struct rules_node *call)
{
	const bool receiver = (call->flags & RULES_FLAG_RECEIVER) != 0;
	if (!receiver) {
		return call->count == 1 && str_is(call->name, "has") ? expand_has(compilation, call)
								     : call;
	}
	for (size_t i = 0; i < sizeof(MACROS) / sizeof(MACROS[0]); i++) {
		if (call->count == MACROS[i].arguments + 1 && str_is(call->name, MACROS[i].name)) {
			return expand_fold(compilation, call, &MACROS[i]);
		}
	}
	return call;
}
