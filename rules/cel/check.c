/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "rules/cel/checker.h"

bool cel_check_refuse(
	struct cel_checker *checker, const struct cel_node *node, const char *format, ...)
{
	char message[200];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	(void)cel_compile_fail(&checker->compilation, ERR_INVALID, node->offset, "%s", message);
	return false;
}

const struct cel_type *cel_check_type(struct cel_checker *checker, const struct cel_node *node)
{
	return node->type == NULL ? &cel_type_dyn
				  : cel_unify_resolve(&checker->unifier, node->type, false);
}

struct str cel_check_words(struct cel_checker *checker, const struct cel_type *type)
{
	const struct cel_type *known = cel_unify_resolve(&checker->unifier, type, true);
	const struct str words = cel_type_format(checker->compilation.arena, known);
	return (struct str){words.ptr, words.len < 60 ? words.len : 60};
}

bool cel_check_expect(
	struct cel_checker *checker, const struct cel_node *node, const struct cel_type *wanted)
{
	if (!checker->typed || cel_unify_assign(&checker->unifier, wanted, node->type)) {
		return true;
	}
	const struct str want = cel_check_words(checker, wanted);
	const struct str found = cel_check_words(checker, node->type);
	return cel_check_refuse(checker, node, "expected type '%.*s' but found '%.*s'",
		STR_ARG(want), STR_ARG(found));
}

const struct cel_type *cel_check_unwrap(const struct cel_type *type, bool *ret_optional)
{
	*ret_optional = type->kind == CEL_TYPE_OPAQUE && type->count == 1 &&
			str_is(type->name, "optional_type");
	return *ret_optional ? type->params[0] : type;
}

bool cel_check_children(struct cel_checker *checker, struct cel_node *node)
{
	for (struct cel_node *child = node->child; child != NULL; child = child->next) {
		if (!cel_check_node(checker, child)) {
			return false;
		}
	}
	return true;
}

const struct cel_type *cel_check_join(
	struct cel_checker *checker, const struct cel_type *so_far, const struct cel_type *type)
{
	if (so_far == NULL) {
		return type;
	}
	return cel_unify_assign(&checker->unifier, so_far, type)
		       ? cel_unify_general(&checker->unifier, so_far, type)
		       : &cel_type_dyn;
}

/* The type of a list's element or a map's value; of an optional one, what is in it. */
static const struct cel_type *element_type(
	struct cel_checker *checker, const struct cel_node *node, bool optional)
{
	const struct cel_type *type = cel_check_type(checker, node);
	bool wrapped = false;
	if (!optional) {
		return type;
	}
	const struct cel_type *inner = cel_check_unwrap(type, &wrapped);
	if (!wrapped && type->kind != CEL_TYPE_DYN && type->kind != CEL_TYPE_PARAM) {
		const struct str words = cel_check_words(checker, type);
		(void)cel_check_refuse(checker, node,
			"an entry with '?' wants an optional value, not '%.*s'", STR_ARG(words));
	}
	return wrapped ? inner : &cel_type_dyn;
}

static bool check_list(struct cel_checker *checker, struct cel_node *node)
{
	if (!cel_check_children(checker, node) || !checker->typed) {
		return checker->compilation.err == ERR_OK;
	}
	const struct cel_type *element = NULL;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		const bool optional = (child->marks & CEL_MARK_OPTIONAL_ENTRY) != 0;
		element = cel_check_join(checker, element, element_type(checker, child, optional));
	}
	element = element == NULL ? cel_unify_fresh(&checker->unifier) : element;
	node->type = cel_type_list_of(checker->compilation.arena, element);
	return true;
}

static bool check_map(struct cel_checker *checker, struct cel_node *node)
{
	if (!cel_check_children(checker, node) || !checker->typed) {
		return checker->compilation.err == ERR_OK;
	}
	const struct cel_type *key = NULL;
	const struct cel_type *value = NULL;
	for (const struct cel_node *at = node->child; at != NULL; at = at->next->next) {
		const bool optional = (at->marks & CEL_MARK_OPTIONAL_ENTRY) != 0;
		key = cel_check_join(checker, key, cel_check_type(checker, at));
		value = cel_check_join(checker, value, element_type(checker, at->next, optional));
	}
	key = key == NULL ? cel_unify_fresh(&checker->unifier) : key;
	value = value == NULL ? cel_unify_fresh(&checker->unifier) : value;
	node->type = cel_type_map_of(checker->compilation.arena, key, value);
	return true;
}

static bool check_logic(struct cel_checker *checker, struct cel_node *node)
{
	if (!cel_check_children(checker, node)) {
		return false;
	}
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		if (!cel_check_expect(checker, child, &cel_type_bool)) {
			return false;
		}
	}
	node->type = &cel_type_bool;
	return true;
}

static bool check_choice(struct cel_checker *checker, struct cel_node *node)
{
	if (!cel_check_children(checker, node)) {
		return false;
	}
	struct cel_node *yes = node->child->next;
	if (!checker->typed) {
		return true;
	}
	if (!cel_check_expect(checker, node->child, &cel_type_bool)) {
		return false;
	}
	const struct cel_type *both = cel_unify_fresh(&checker->unifier);
	if (!cel_unify_assign(&checker->unifier, yes->type, both) ||
		!cel_unify_assign(&checker->unifier, yes->next->type, both)) {
		const struct str first = cel_check_words(checker, yes->type);
		const struct str second = cel_check_words(checker, yes->next->type);
		return cel_check_refuse(checker, node,
			"the two outcomes have different types, '%.*s' and '%.*s'", STR_ARG(first),
			STR_ARG(second));
	}
	node->type = cel_unify_resolve(&checker->unifier, both, false);
	return true;
}

static bool check_literal(struct cel_checker *checker, struct cel_node *node)
{
	(void)checker;
	node->type = cel_type_of(node->literal);
	return true;
}

static bool check_message(struct cel_checker *checker, struct cel_node *node)
{
	const struct str shown = {node->name.ptr, node->name.len < 60 ? node->name.len : 60};
	return cel_check_refuse(checker, node, "unknown message type '%.*s'", STR_ARG(shown));
}

static bool check_not(struct cel_checker *checker, struct cel_node *node)
{
	return cel_check_operator(checker, node, "!_");
}

static bool check_negate(struct cel_checker *checker, struct cel_node *node)
{
	return cel_check_operator(checker, node, "-_");
}

static bool check_binary(struct cel_checker *checker, struct cel_node *node)
{
	return cel_check_operator(checker, node, cel_op_function(node->op));
}

static bool check_index(struct cel_checker *checker, struct cel_node *node)
{
	const bool optional = (node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0;
	return cel_check_operator(checker, node, optional ? "_[?_]" : "_[_]");
}

bool cel_check_node(struct cel_checker *checker, struct cel_node *node)
{
	static bool (*const CHECKS[CEL_NODE_KINDS])(struct cel_checker *, struct cel_node *) = {
		[CEL_NODE_LITERAL] = check_literal,
		[CEL_NODE_IDENT] = cel_check_ident,
		[CEL_NODE_SELECT] = cel_check_select,
		[CEL_NODE_INDEX] = check_index,
		[CEL_NODE_CALL] = cel_check_call,
		[CEL_NODE_NOT] = check_not,
		[CEL_NODE_NEGATE] = check_negate,
		[CEL_NODE_BINARY] = check_binary,
		[CEL_NODE_AND] = check_logic,
		[CEL_NODE_OR] = check_logic,
		[CEL_NODE_CHOICE] = check_choice,
		[CEL_NODE_LIST] = check_list,
		[CEL_NODE_MAP] = check_map,
		[CEL_NODE_MESSAGE] = check_message,
		[CEL_NODE_HAS] = cel_check_has,
		[CEL_NODE_FOLD] = cel_check_fold,
		[CEL_NODE_BIND] = cel_check_bind,
	};
	if (!CHECKS[node->kind](checker, node)) {
		return false;
	}
	if (checker->unifier.failed || arena_failed(checker->compilation.arena)) {
		const bool exhausted = arena_failed(checker->compilation.arena);
		(void)cel_compile_fail(&checker->compilation, exhausted ? ERR_NOMEM : ERR_TOO_LARGE,
			node->offset, "%s",
			exhausted ? "out of memory" : "the types are too complicated");
		return false;
	}
	return true;
}

/* Names get their numbers anew, in the order of their paths; types lose their variables. */
static void finish_node(struct cel_checker *checker, struct cel_node *node, const uint32_t *ranks)
{
	node->type = checker->typed ? cel_unify_resolve(&checker->unifier, node->type, true) : NULL;
	if (node->kind == CEL_NODE_NAME) {
		node->variable = ranks[node->variable];
	}
	for (struct cel_node *child = node->child; child != NULL; child = child->next) {
		finish_node(checker, child, ranks);
	}
}

static bool finish_names(struct cel_checker *checker, struct cel_tree *tree)
{
	uint32_t ranks[CEL_LIMIT_NAMES];
	struct cel_name *sorted =
		arena_array(checker->compilation.arena, checker->name_count, sizeof(*sorted));
	if (sorted == NULL && checker->name_count > 0) {
		(void)cel_compile_exhausted(&checker->compilation);
		return false;
	}
	for (uint32_t i = 0; i < checker->name_count; i++) {
		ranks[i] = 0;
		for (uint32_t j = 0; j < checker->name_count; j++) {
			const int order = str_compare(
				checker->names[j].trail.path, checker->names[i].trail.path);
			ranks[i] += order < 0 ? 1U : 0U;
		}
		sorted[ranks[i]] = checker->names[i];
	}
	finish_node(checker, tree->root, ranks);
	tree->names = sorted;
	tree->name_count = checker->name_count;
	return true;
}

static enum err walk(struct arena *arena, struct cel_tree *tree, const struct cel_env *env,
	bool typed, struct cel_fault *ret_fault)
{
	*ret_fault = (struct cel_fault){0};
	struct cel_checker checker;
	checker.compilation = (struct cel_compilation){.arena = arena,
		.source = tree->source,
		.fault = ret_fault,
		.nodes = tree->node_count};
	checker.env = env;
	checker.typed = typed;
	checker.unifier = (struct cel_unifier){.arena = arena};
	checker.local_count = 0;
	checker.local_most = 0;
	checker.names = NULL;
	checker.name_count = 0;
	checker.name_size = 0;
	if (cel_check_node(&checker, tree->root) && finish_names(&checker, tree)) {
		tree->local_count = checker.local_most;
		tree->checked = typed;
		if (checker.unifier.failed) {
			(void)cel_compile_fail(&checker.compilation, ERR_TOO_LARGE, 0,
				"the types are too complicated");
		}
	}
	return checker.compilation.err;
}

enum err cel_check(struct arena *arena, struct cel_tree *tree, const struct cel_env *env,
	struct cel_fault *ret_fault)
{
	return walk(arena, tree, env, true, ret_fault);
}

enum err cel_resolve(struct arena *arena, struct cel_tree *tree, const struct cel_env *env,
	struct cel_fault *ret_fault)
{
	return walk(arena, tree, env, false, ret_fault);
}
