/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/checker.h"

#include <assert.h>

static void push_local(struct cel_checker *checker, struct str name, const struct cel_type *type)
{
	/* The depth of the tree bounds how many can be in scope. */
	checker->locals[checker->local_count++] = (struct cel_local){name, type};
	if (checker->local_most < checker->local_count) {
		checker->local_most = checker->local_count;
	}
}

/* What the one variable, or both, run over. */
static bool range_types(struct cel_checker *checker, const struct cel_node *node,
	const struct cel_type *ret_types[2])
{
	const bool two = node->second.len > 0;
	const struct cel_type *range = cel_check_type(checker, node->child);
	ret_types[0] = &cel_type_dyn;
	ret_types[1] = &cel_type_dyn;
	if (!checker->typed || range->kind == CEL_TYPE_DYN || range->kind == CEL_TYPE_ERROR) {
		return true;
	}
	if (range->kind == CEL_TYPE_PARAM) {
		(void)cel_unify_assign(&checker->unifier, &cel_type_dyn, range);
		return true;
	}
	if (range->kind == CEL_TYPE_LIST) {
		ret_types[0] = two ? &cel_type_int : range->params[0];
		ret_types[1] = range->params[0];
		return true;
	}
	if (range->kind == CEL_TYPE_MAP) {
		ret_types[0] = range->params[0];
		ret_types[1] = range->params[1];
		return true;
	}
	const struct str words = cel_check_words(checker, range);
	return cel_check_refuse(checker, node->child,
		"'%s' runs over a list or a map, not over '%.*s'", cel_fold_text(node->fold),
		STR_ARG(words));
}

/* transformMapEntry: the last step is a map, whose entries the result takes over. */
static bool entries_type(
	struct cel_checker *checker, struct cel_node *node, const struct cel_node *last)
{
	const struct cel_type *entry = cel_type_map_of(checker->compilation.arena,
		cel_unify_fresh(&checker->unifier), cel_unify_fresh(&checker->unifier));
	if (entry == NULL || !cel_check_expect(checker, last, entry)) {
		return false;
	}
	node->type = cel_unify_resolve(&checker->unifier, entry, false);
	return true;
}

static bool fold_type(
	struct cel_checker *checker, struct cel_node *node, const struct cel_type *const types[2])
{
	struct arena *arena = checker->compilation.arena;
	const struct cel_node *first = node->child->next;
	const struct cel_node *last = node->last;
	assert(first != NULL && last != NULL); /* a fold has a step at least */
	const bool logic = node->fold == CEL_FOLD_ALL || node->fold == CEL_FOLD_EXISTS ||
			   node->fold == CEL_FOLD_EXISTS_ONE;
	const bool has_condition = logic || node->fold == CEL_FOLD_FILTER || first != last;
	if (has_condition && !cel_check_expect(checker, first, &cel_type_bool)) {
		return false;
	}
	switch (node->fold) {
	case CEL_FOLD_ALL:
	case CEL_FOLD_EXISTS:
	case CEL_FOLD_EXISTS_ONE:
		node->type = &cel_type_bool;
		return true;
	case CEL_FOLD_MAP:
	case CEL_FOLD_LIST:
		node->type = cel_type_list_of(arena, last->type);
		return true;
	case CEL_FOLD_FILTER:
		node->type = cel_type_list_of(arena, types[0]);
		return true;
	case CEL_FOLD_TABLE:
		node->type = cel_type_map_of(arena, types[0], last->type);
		return true;
	case CEL_FOLD_ENTRIES:
		break;
	}
	return entries_type(checker, node, last);
}

bool cel_check_fold(struct cel_checker *checker, struct cel_node *node)
{
	const struct cel_type *types[2];
	if (!cel_check_node(checker, node->child) || !range_types(checker, node, types)) {
		return false;
	}
	const uint32_t before = checker->local_count;
	node->slot = before;
	push_local(checker, node->name, types[0]);
	if (node->second.len > 0) {
		push_local(checker, node->second, types[1]);
	}
	bool ok = true;
	for (struct cel_node *step = node->child->next; ok && step != NULL; step = step->next) {
		ok = cel_check_node(checker, step);
	}
	checker->local_count = before;
	return ok && (!checker->typed || fold_type(checker, node, types));
}

bool cel_check_bind(struct cel_checker *checker, struct cel_node *node)
{
	struct cel_node *value = node->child;
	struct cel_node *body = value->next;
	if (!cel_check_node(checker, value)) {
		return false;
	}
	const struct cel_type *type = cel_check_type(checker, value);
	bool optional = true;
	if (node->bind != CEL_BIND_PLAIN) {
		type = cel_check_unwrap(type, &optional);
	}
	if (checker->typed && !optional && type->kind != CEL_TYPE_DYN) {
		const struct str words = cel_check_words(checker, type);
		return cel_check_refuse(checker, node, "%s asks for an optional value, not '%.*s'",
			node->bind == CEL_BIND_FLAT ? "optFlatMap" : "optMap", STR_ARG(words));
	}
	node->slot = checker->local_count;
	push_local(checker, node->name, type);
	const bool ok = cel_check_node(checker, body);
	checker->local_count--;
	if (!ok || !checker->typed) {
		return ok;
	}
	if (node->bind == CEL_BIND_FLAT) {
		const struct cel_type *wanted = cel_type_optional_of(
			checker->compilation.arena, cel_unify_fresh(&checker->unifier));
		if (wanted == NULL || !cel_check_expect(checker, body, wanted)) {
			return false;
		}
	}
	node->type = node->bind == CEL_BIND_OPTIONAL
			     ? cel_type_optional_of(checker->compilation.arena, body->type)
			     : body->type;
	return true;
}
