/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/compilation.h"

/* A macro looks like a call, but its arguments are not evaluated first: some are the names of
 * variables, or a field that may be absent. */
static const struct macro {
	const char *name;
	enum cel_fold fold;
	uint32_t variables;
	uint32_t steps; /* behind the variables */
	const char *usage;
} FOLDS[] = {
	{"all", CEL_FOLD_ALL, 1, 1, "list.all(x, condition)"},
	{"all", CEL_FOLD_ALL, 2, 1, "list.all(i, x, condition)"},
	{"exists", CEL_FOLD_EXISTS, 1, 1, "list.exists(x, condition)"},
	{"exists", CEL_FOLD_EXISTS, 2, 1, "list.exists(i, x, condition)"},
	{"exists_one", CEL_FOLD_EXISTS_ONE, 1, 1, "list.exists_one(x, condition)"},
	{"exists_one", CEL_FOLD_EXISTS_ONE, 2, 1, "list.exists_one(i, x, condition)"},
	{"existsOne", CEL_FOLD_EXISTS_ONE, 1, 1, "list.existsOne(x, condition)"},
	{"existsOne", CEL_FOLD_EXISTS_ONE, 2, 1, "list.existsOne(i, x, condition)"},
	{"map", CEL_FOLD_MAP, 1, 1, "list.map(x, value) or list.map(x, condition, value)"},
	{"map", CEL_FOLD_MAP, 1, 2, "list.map(x, value) or list.map(x, condition, value)"},
	{"filter", CEL_FOLD_FILTER, 1, 1, "list.filter(x, condition)"},
	{"transformList", CEL_FOLD_LIST, 2, 1, "list.transformList(i, x, value)"},
	{"transformList", CEL_FOLD_LIST, 2, 2, "list.transformList(i, x, condition, value)"},
	{"transformMap", CEL_FOLD_TABLE, 2, 1, "map.transformMap(k, v, value)"},
	{"transformMap", CEL_FOLD_TABLE, 2, 2, "map.transformMap(k, v, condition, value)"},
	{"transformMapEntry", CEL_FOLD_ENTRIES, 2, 1, "map.transformMapEntry(k, v, {key: value})"},
	{"transformMapEntry", CEL_FOLD_ENTRIES, 2, 2,
		"map.transformMapEntry(k, v, condition, {key: value})"},
};

static const char HAS_USAGE[] = "has(person.age)";
static const char BIND_USAGE[] = "cel.bind(x, value, expression)";
static const char OPTIONAL_USAGE[] = "optional.optMap(x, value)";

bool cel_macro_find(struct str name, const char **ret_usage)
{
	static const struct {
		const char *name;
		const char *usage;
	} OTHERS[] = {
		{"has", HAS_USAGE},
		{"bind", BIND_USAGE},
		{"cel.bind", BIND_USAGE},
		{"optMap", OPTIONAL_USAGE},
		{"optFlatMap", OPTIONAL_USAGE},
	};
	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
		if (str_is(name, OTHERS[i].name)) {
			*ret_usage = OTHERS[i].usage;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(FOLDS) / sizeof(FOLDS[0]); i++) {
		if (str_is(name, FOLDS[i].name)) {
			*ret_usage = FOLDS[i].usage;
			return true;
		}
	}
	return false;
}

static bool is_variable(struct cel_compilation *compilation, const struct cel_node *node,
	const char *name, const char *usage)
{
	/* The one name is that of what a macro gathers its result in, in every tool of the
	 * language. */
	if (node->kind == CEL_NODE_IDENT && node->marks == 0 && !str_is(node->name, "__result__")) {
		return true;
	}
	(void)cel_compile_fail(compilation, ERR_INVALID, node->offset,
		"%s() wants the name of a variable here: %s", name, usage);
	return false;
}

static struct cel_node *expand_has(struct cel_compilation *compilation, struct cel_node *call)
{
	struct cel_node *field = call->child;
	if (field->kind != CEL_NODE_SELECT || (field->marks & CEL_MARK_OPTIONAL_ACCESS) != 0) {
		return cel_compile_fail(compilation, ERR_INVALID, field->offset,
			"has() asks for a field, such as %s", HAS_USAGE);
	}
	struct cel_node *node = cel_node_new(compilation, CEL_NODE_HAS, call->offset);
	return cel_node_with(compilation, node, field, NULL);
}

static struct cel_node *expand_fold(
	struct cel_compilation *compilation, struct cel_node *call, const struct macro *macro)
{
	struct cel_node *range = call->child;
	struct cel_node *at = range->next;
	struct str names[2] = {{0}, {0}};
	for (uint32_t i = 0; i < macro->variables; i++) {
		if (!is_variable(compilation, at, macro->name, macro->usage)) {
			return NULL;
		}
		names[i] = at->name;
		at = at->next;
	}
	if (macro->variables == 2 && str_equal(names[0], names[1])) {
		return cel_compile_fail(compilation, ERR_INVALID, range->next->next->offset,
			"the two variables of %s() have one name: %s", macro->name, macro->usage);
	}
	struct cel_node *node = cel_node_new(compilation, CEL_NODE_FOLD, call->offset);
	if (node == NULL) {
		return NULL;
	}
	node->fold = macro->fold;
	node->name = names[0];
	node->second = names[1];
	if (str_is(call->name, "existsOne")) {
		node->marks |= CEL_MARK_CAMEL;
	}
	struct cel_node *second = at->next;
	node = cel_node_with(compilation, node, range, at);
	return second == NULL ? node : cel_node_with(compilation, node, second, NULL);
}

/* The receiver is not taken along for cel.bind: it is only the word before the dot. */
static struct cel_node *expand_bind(
	struct cel_compilation *compilation, struct cel_node *call, enum cel_bind bind)
{
	const bool plain = bind == CEL_BIND_PLAIN;
	struct cel_node *variable = call->child->next;
	const char *name = plain ? "bind" : bind == CEL_BIND_FLAT ? "optFlatMap" : "optMap";
	if (!is_variable(compilation, variable, name, plain ? BIND_USAGE : OPTIONAL_USAGE)) {
		return NULL;
	}
	struct cel_node *node = cel_node_new(compilation, CEL_NODE_BIND, call->offset);
	if (node == NULL) {
		return NULL;
	}
	node->bind = bind;
	node->name = variable->name;
	struct cel_node *first = plain ? variable->next : call->child;
	return cel_node_with(compilation, node, first, plain ? first->next : variable->next);
}

struct cel_node *cel_macro_expand(struct cel_compilation *compilation, struct cel_node *call)
{
	if ((call->marks & CEL_MARK_RECEIVER) == 0) {
		return call->count == 1 && str_is(call->name, "has") ? expand_has(compilation, call)
								     : call;
	}
	const struct cel_node *receiver = call->child;
	if (call->count == 4 && str_is(call->name, "bind") && receiver->kind == CEL_NODE_IDENT &&
		receiver->marks == 0 && str_is(receiver->name, "cel")) {
		return expand_bind(compilation, call, CEL_BIND_PLAIN);
	}
	if (call->count == 3 && str_is(call->name, "optMap")) {
		return expand_bind(compilation, call, CEL_BIND_OPTIONAL);
	}
	if (call->count == 3 && str_is(call->name, "optFlatMap")) {
		return expand_bind(compilation, call, CEL_BIND_FLAT);
	}
	for (size_t i = 0; i < sizeof(FOLDS) / sizeof(FOLDS[0]); i++) {
		if (call->count == 1 + FOLDS[i].variables + FOLDS[i].steps &&
			str_is(call->name, FOLDS[i].name)) {
			return expand_fold(compilation, call, &FOLDS[i]);
		}
	}
	return call;
}
