/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/checker.h"

/* "(int, string)": the arguments as they are known, for a message. */
static struct str argument_words(struct cel_checker *checker, const struct cel_node *node)
{
	struct cel_text text = {.arena = checker->compilation.arena};
	cel_text_add_text(&text, "(");
	for (const struct cel_node *child = node->child; child != NULL && text.len < 80;
		child = child->next) {
		cel_text_add_text(&text, child == node->child ? "" : ", ");
		cel_text_add(&text, cel_check_words(checker, child->type));
	}
	cel_text_add_text(&text, ")");
	return cel_text_str(&text);
}

/* The name as the author wrote it. */
static struct str written(const struct cel_node *node)
{
	const char *text = NULL;
	if (node->kind == CEL_NODE_BINARY) {
		text = cel_op_text(node->op);
	} else if (node->kind == CEL_NODE_NOT || node->kind == CEL_NODE_NEGATE) {
		text = node->kind == CEL_NODE_NOT ? "!" : "-";
	} else if (node->kind == CEL_NODE_INDEX) {
		text = "[]";
	}
	const struct str name = text == NULL ? node->name : str_from(text);
	return (struct str){name.ptr, name.len < 60 ? name.len : 60};
}

static bool refuse_arguments(struct cel_checker *checker, const struct cel_node *node)
{
	const struct str name = written(node);
	const char *usage = NULL;
	if (node->kind == CEL_NODE_CALL && cel_macro_find(node->name, &usage)) {
		return cel_check_refuse(
			checker, node, "%.*s is used like this: %s", STR_ARG(name), usage);
	}
	if (!checker->typed) {
		return cel_check_refuse(checker, node,
			"'%.*s' does not take %u arguments in this way", STR_ARG(name),
			(unsigned)node->count);
	}
	const struct str words = argument_words(checker, node);
	return cel_check_refuse(checker, node,
		"found no matching overload for '%.*s' applied to %.*s", STR_ARG(name),
		STR_ARG(words));
}

static bool is_plain(const struct cel_type *type)
{
	return type->kind >= CEL_TYPE_BOOL && type->kind <= CEL_TYPE_MAP;
}

/* A look that spares the unifier most rows. */
static bool may_take(
	const struct cel_overload *row, const struct cel_type *const *types, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct cel_type *wanted = cel_overload_argument(row, i);
		if (is_plain(wanted) && is_plain(types[i]) && wanted->kind != types[i]->kind) {
			return false;
		}
	}
	return true;
}

/* Arguments that may be any number have the one type that the elements of a list of them have. */
static void join_all(struct cel_checker *checker, const struct cel_type *const *types,
	uint32_t count, const struct cel_type **joined)
{
	const struct cel_type *common = NULL;
	for (uint32_t i = 0; i < count; i++) {
		common = cel_check_join(checker, common, types[i]);
	}
	for (uint32_t i = 0; i < count; i++) {
		joined[i] = common;
	}
}

static bool matches(struct cel_checker *checker, const struct cel_overload *row,
	const struct cel_type *const *types, uint32_t count, const struct cel_type **ret_result)
{
	const struct cel_type *wanted[CEL_LIMIT_ARGUMENTS];
	const struct cel_type *joined[CEL_LIMIT_ARGUMENTS];
	const struct cel_type *fresh[2] = {NULL, NULL};
	if (!cel_overload_fits(row, count)) {
		return false;
	}
	if ((row->count & CEL_VARIADIC) != 0) {
		join_all(checker, types, count, joined);
		types = joined;
	}
	if (!may_take(row, types, count)) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		wanted[i] = cel_unify_instantiate(
			&checker->unifier, cel_overload_argument(row, i), fresh);
	}
	const struct cel_type *result =
		cel_unify_instantiate(&checker->unifier, row->result, fresh);
	if (!cel_unify_assign_all(&checker->unifier, types, wanted, count)) {
		return false;
	}
	*ret_result = cel_unify_resolve(&checker->unifier, result, false);
	return true;
}

/* The rows that may be meant, by the types of the arguments. */
static bool choose_typed(
	struct cel_checker *checker, struct cel_node *node, const struct cel_candidates *candidates)
{
	const struct cel_type *types[CEL_LIMIT_ARGUMENTS];
	uint32_t count = 0;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		types[count++] = cel_check_type(checker, child);
	}
	const struct cel_overload **chosen = NULL;
	for (uint32_t i = 0; i < candidates->count; i++) {
		const struct cel_type *result;
		if (!matches(checker, candidates->overloads[i], types, count, &result)) {
			continue;
		}
		if (node->overload_count == 0) {
			node->overloads = &candidates->overloads[i];
			node->overload_count = 1;
			node->type = result;
			continue;
		}
		if (chosen == NULL) {
			chosen = arena_array(
				checker->compilation.arena, candidates->count, sizeof(*chosen));
			if (chosen == NULL) {
				(void)cel_compile_exhausted(&checker->compilation);
				return false;
			}
			chosen[0] = node->overloads[0];
			node->overloads = chosen;
		}
		chosen[node->overload_count++] = candidates->overloads[i];
		if (node->type->kind != CEL_TYPE_DYN &&
			!cel_unify_same(&checker->unifier, node->type, result)) {
			node->type = &cel_type_dyn;
		}
	}
	return node->overload_count > 0 || refuse_arguments(checker, node);
}

/* The rows that may be meant, by the number of arguments. */
static bool choose_untyped(
	struct cel_checker *checker, struct cel_node *node, const struct cel_candidates *candidates)
{
	bool any = false;
	for (uint32_t i = 0; i < candidates->count; i++) {
		any = any || cel_overload_fits(candidates->overloads[i], node->count);
	}
	if (!any && checker->env->open) {
		return refuse_arguments(checker, node);
	}
	node->overloads = candidates->overloads;
	/* With no row of that many arguments calling it is an error, of the evaluation. */
	node->overload_count = any ? candidates->count : 0;
	return true;
}

static bool choose(
	struct cel_checker *checker, struct cel_node *node, const struct cel_candidates *candidates)
{
	if (node->count > CEL_LIMIT_ARGUMENTS) {
		(void)cel_compile_fail(&checker->compilation, ERR_TOO_LARGE, node->offset,
			"a call has more than %d arguments", (int)CEL_LIMIT_ARGUMENTS);
		return false;
	}
	return checker->typed ? choose_typed(checker, node, candidates)
			      : choose_untyped(checker, node, candidates);
}

bool cel_check_operator(struct cel_checker *checker, struct cel_node *node, const char *function)
{
	if (!cel_check_children(checker, node)) {
		return false;
	}
	const struct cel_candidates *candidates =
		node->kind == CEL_NODE_BINARY ? cel_functions_of_op(node->op)
					      : cel_functions_find(str_from(function), CEL_GLOBAL);
	return candidates == NULL ? refuse_arguments(checker, node)
				  : choose(checker, node, candidates);
}

static const struct cel_candidates *find_global(
	const struct cel_checker *checker, struct str name, bool rooted)
{
	const struct str container = rooted ? (struct str){0} : checker->env->container;
	char qualified[CEL_QUALIFIED_SIZE];
	struct str candidate;
	size_t prefix = SIZE_MAX;
	while (cel_container_next(container, name, &prefix, qualified, &candidate)) {
		const struct cel_candidates *found = cel_functions_find(candidate, CEL_GLOBAL);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

static bool refuse_function(struct cel_checker *checker, const struct cel_node *node)
{
	const struct str name = written(node);
	const char *usage = NULL;
	if (cel_macro_find(node->name, &usage)) {
		return cel_check_refuse(
			checker, node, "%.*s is used like this: %s", STR_ARG(name), usage);
	}
	if (cel_functions_find(node->name, CEL_GLOBAL) != NULL ||
		cel_functions_find(node->name, CEL_RECEIVER) != NULL) {
		const bool receiver = (node->marks & CEL_MARK_RECEIVER) != 0;
		return cel_check_refuse(checker, node,
			receiver ? "'%.*s' is called as %.*s(x), not behind a dot"
				 : "'%.*s' is called behind a dot, as x.%.*s()",
			STR_ARG(name), STR_ARG(name));
	}
	const char *near = cel_function_suggest(node->name);
	return near == NULL
		       ? cel_check_refuse(checker, node, "unknown function '%.*s'", STR_ARG(name))
		       : cel_check_refuse(checker, node,
				 "unknown function '%.*s'; did you mean '%s'?", STR_ARG(name),
				 near);
}

/* a.b.f(x) is the function f of the receiver a.b, unless a function is named a.b.f. */
static const struct cel_candidates *find_namespaced(
	struct cel_checker *checker, struct cel_node *node)
{
	struct cel_node *receiver = node->child;
	if (!cel_check_is_chain(checker, receiver)) {
		return NULL;
	}
	const struct str space = cel_chain_text(&checker->compilation, receiver);
	const struct str name = arena_printf(
		checker->compilation.arena, "%.*s.%.*s", STR_ARG(space), STR_ARG(node->name));
	const struct cel_candidates *found = find_global(checker, name, false);
	if (found != NULL) {
		node->name = name;
		node->marks &= (uint16_t)~CEL_MARK_RECEIVER;
		node->child = receiver->next;
		node->count--;
	}
	return found;
}

bool cel_check_call(struct cel_checker *checker, struct cel_node *node)
{
	const bool receiver = (node->marks & CEL_MARK_RECEIVER) != 0;
	const struct cel_candidates *candidates =
		receiver ? find_namespaced(checker, node)
			 : find_global(checker, node->name, (node->marks & CEL_MARK_ROOTED) != 0);
	if (receiver && candidates == NULL) {
		candidates = cel_functions_find(node->name, CEL_RECEIVER);
	}
	if (candidates == NULL && (checker->typed || checker->env->open)) {
		return refuse_function(checker, node);
	}
	if (!cel_check_children(checker, node)) {
		return false;
	}
	return candidates == NULL || choose(checker, node, candidates);
}
