/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/unify.h"

static bool step(struct cel_unifier *unifier)
{
	unifier->failed = unifier->failed || ++unifier->steps > CEL_LIMIT_TYPE_STEPS;
	return !unifier->failed;
}

/* One level of types further in; the caller takes it off unifier->depth again. */
static bool descend(struct cel_unifier *unifier)
{
	unifier->failed = unifier->failed || unifier->depth >= CEL_LIMIT_TYPE_DEPTH;
	unifier->depth++;
	return step(unifier);
}

/* Grows one array of the unifier; false, and failed, without memory. */
static bool grow(struct cel_unifier *unifier, void **array, uint32_t *size, size_t item)
{
	const uint32_t wider = *size == 0 ? 32 : *size * 2;
	void *copy = arena_array(unifier->arena, wider, item);
	if (copy == NULL) {
		unifier->failed = true;
		return false;
	}
	if (*size > 0) {
		memcpy(copy, *array, *size * item);
	}
	*array = copy;
	*size = wider;
	return true;
}

const struct cel_type *cel_unify_fresh(struct cel_unifier *unifier)
{
	struct cel_type *type = arena_alloc(unifier->arena, sizeof(*type));
	void *bound = (void *)unifier->bound;
	if (type == NULL ||
		(unifier->count == unifier->size &&
			!grow(unifier, &bound, &unifier->size, sizeof(*unifier->bound)))) {
		unifier->failed = true;
		return &cel_type_error;
	}
	unifier->bound = bound;
	unifier->bound[unifier->count] = NULL;
	*type = (struct cel_type){
		.kind = CEL_TYPE_PARAM, .number = unifier->count++, .name = STR("_var")};
	return type;
}

static void bind(struct cel_unifier *unifier, uint32_t variable, const struct cel_type *type)
{
	void *undo = unifier->undo;
	if (unifier->undo_count == unifier->undo_size &&
		!grow(unifier, &undo, &unifier->undo_size, sizeof(*unifier->undo))) {
		return;
	}
	unifier->undo = undo;
	unifier->undo[unifier->undo_count++] =
		(struct cel_undo){variable, unifier->bound[variable]};
	unifier->bound[variable] = type;
}

static bool same(struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b)
{
	if (a == b) {
		return true;
	}
	if (a->kind != b->kind || a->count != b->count ||
		(a->kind == CEL_TYPE_PARAM && a->number != b->number) ||
		!str_equal(a->name, b->name)) {
		return false;
	}
	bool equal = descend(unifier);
	for (unsigned i = 0; equal && i < a->count; i++) {
		equal = same(unifier, a->params[i], b->params[i]);
	}
	unifier->depth--;
	return equal;
}

static bool is_dyn(const struct cel_type *type)
{
	return type->kind == CEL_TYPE_DYN || type->kind == CEL_TYPE_ERROR;
}

/* True when the variable does not occur within the type, so that binding it makes no circle. */
static bool is_free_of(
	struct cel_unifier *unifier, const struct cel_type *variable, const struct cel_type *type)
{
	if (same(unifier, variable, type)) {
		return false;
	}
	bool is_free = descend(unifier);
	if (type->kind == CEL_TYPE_PARAM) {
		const struct cel_type *bound = unifier->bound[type->number];
		is_free = is_free && (bound == NULL || is_free_of(unifier, variable, bound));
	}
	for (unsigned i = 0; is_free && i < type->count; i++) {
		is_free = is_free_of(unifier, variable, type->params[i]);
	}
	unifier->depth--;
	return is_free;
}

/* Null may stand where no value is: in a wrapper, a time, a message. */
static bool takes_null(const struct cel_type *type)
{
	return type->kind == CEL_TYPE_NULL || type->kind == CEL_TYPE_WRAPPER ||
	       type->kind == CEL_TYPE_TIMESTAMP || type->kind == CEL_TYPE_DURATION ||
	       type->kind == CEL_TYPE_MESSAGE || type->kind == CEL_TYPE_OPAQUE;
}

static bool is_general(
	struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b)
{
	if (is_dyn(a) || a->kind == CEL_TYPE_PARAM) {
		return true;
	}
	if (is_dyn(b) || b->kind == CEL_TYPE_PARAM) {
		return false;
	}
	if (a->kind != b->kind) {
		/* What may also be null takes both. */
		return b->kind == CEL_TYPE_NULL ? takes_null(a) : a->kind == CEL_TYPE_WRAPPER;
	}
	if (a->kind != CEL_TYPE_LIST && a->kind != CEL_TYPE_MAP && a->kind != CEL_TYPE_OPAQUE) {
		return a->kind == CEL_TYPE_TYPE || same(unifier, a, b);
	}
	if (a->count != b->count || !str_equal(a->name, b->name)) {
		return false;
	}
	bool general = descend(unifier);
	for (unsigned i = 0; general && i < a->count; i++) {
		general = is_general(unifier, a->params[i], b->params[i]);
	}
	unifier->depth--;
	return general;
}

bool cel_unify_same(struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b)
{
	return same(unifier, a, b);
}

const struct cel_type *cel_unify_general(
	struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b)
{
	return is_general(unifier, a, b) ? a : b;
}

static bool assign(struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b);

/* Whether the variable can stand for `type`; *ret_bound says that it stood for something. */
static bool substitute(struct cel_unifier *unifier, const struct cel_type *type,
	const struct cel_type *variable, bool *ret_bound)
{
	*ret_bound = true;
	if (same(unifier, type, variable)) {
		return true;
	}
	const struct cel_type *bound = unifier->bound[variable->number];
	if (bound == NULL) {
		*ret_bound = false;
		if (!is_free_of(unifier, variable, type)) {
			return false;
		}
		bind(unifier, variable->number, type);
		return true;
	}
	if (same(unifier, type, bound)) {
		return true;
	}
	if (!assign(unifier, type, bound)) {
		return false;
	}
	const struct cel_type *general = cel_unify_general(unifier, type, bound);
	if (is_free_of(unifier, variable, general)) {
		bind(unifier, variable->number, general);
	}
	return true;
}

static bool assign_within(
	struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b)
{
	bool bound;
	if (b->kind == CEL_TYPE_PARAM) {
		if (substitute(unifier, a, b, &bound)) {
			return true;
		}
		if (bound) {
			return false;
		}
	}
	if (a->kind == CEL_TYPE_PARAM) {
		return substitute(unifier, b, a, &bound);
	}
	if (is_dyn(a) || is_dyn(b)) {
		return true;
	}
	if (a->kind == CEL_TYPE_NULL || b->kind == CEL_TYPE_NULL) {
		return takes_null(a->kind == CEL_TYPE_NULL ? b : a);
	}
	if (a->kind == CEL_TYPE_WRAPPER || b->kind == CEL_TYPE_WRAPPER) {
		const struct cel_type *inner_a = a->kind == CEL_TYPE_WRAPPER ? a->params[0] : a;
		const struct cel_type *inner_b = b->kind == CEL_TYPE_WRAPPER ? b->params[0] : b;
		return inner_a->kind == inner_b->kind;
	}
	if (a->kind != b->kind || !str_equal(a->name, b->name)) {
		return false;
	}
	if (a->kind == CEL_TYPE_TYPE) {
		return true;
	}
	if (a->count != b->count) {
		return false;
	}
	for (unsigned i = 0; i < a->count; i++) {
		if (!assign(unifier, a->params[i], b->params[i])) {
			return false;
		}
	}
	return true;
}

static bool assign(struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b)
{
	const bool assigned = descend(unifier) && assign_within(unifier, a, b);
	unifier->depth--;
	return assigned;
}

bool cel_unify_assign_all(struct cel_unifier *unifier, const struct cel_type *const *a,
	const struct cel_type *const *b, uint32_t count)
{
	unifier->undo_count = 0;
	uint32_t i = 0;
	while (i < count && assign(unifier, a[i], b[i])) {
		i++;
	}
	if (i == count && !unifier->failed) {
		return true;
	}
	while (unifier->undo_count > 0) {
		const struct cel_undo *undo = &unifier->undo[--unifier->undo_count];
		unifier->bound[undo->variable] = undo->was;
	}
	return false;
}

bool cel_unify_assign(
	struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b)
{
	/* By far the most common case needs no more. */
	if (a->kind == b->kind && a->count == 0 && a->name.len == 0 && b->count == 0) {
		return true;
	}
	return cel_unify_assign_all(unifier, &a, &b, 1);
}

static const struct cel_type *replace(struct cel_unifier *unifier, const struct cel_type *type,
	bool final, const struct cel_type **fresh);

static const struct cel_type *replace_variable(struct cel_unifier *unifier,
	const struct cel_type *type, bool final, const struct cel_type **fresh)
{
	if (fresh != NULL) {
		const struct cel_type **known = &fresh[type->number == 0 ? 0 : 1];
		*known = *known == NULL ? cel_unify_fresh(unifier) : *known;
		return *known;
	}
	const struct cel_type *bound = unifier->bound[type->number];
	const struct cel_type *unbound = final ? &cel_type_dyn : type;
	return bound == NULL ? unbound : replace(unifier, bound, final, NULL);
}

static const struct cel_type *replace_parts(struct cel_unifier *unifier,
	const struct cel_type *type, bool final, const struct cel_type **fresh)
{
	struct cel_type copy = *type;
	bool changed = false;
	for (unsigned i = 0; i < type->count; i++) {
		copy.params[i] = replace(unifier, type->params[i], final, fresh);
		changed = changed || copy.params[i] != type->params[i];
	}
	if (!changed) {
		return type;
	}
	struct cel_type *made = arena_alloc(unifier->arena, sizeof(*made));
	if (made == NULL) {
		unifier->failed = true;
		return &cel_type_error;
	}
	*made = copy;
	return made;
}

/* The type with its parts replaced, itself when none is; `fresh` for a row's parameters, NULL for
 * the variables of the check. */
static const struct cel_type *replace(struct cel_unifier *unifier, const struct cel_type *type,
	bool final, const struct cel_type **fresh)
{
	if (type->kind != CEL_TYPE_PARAM && type->count == 0) {
		return type;
	}
	const struct cel_type *replaced = &cel_type_error;
	if (descend(unifier)) {
		replaced = type->kind == CEL_TYPE_PARAM
				   ? replace_variable(unifier, type, final, fresh)
				   : replace_parts(unifier, type, final, fresh);
	}
	unifier->depth--;
	return replaced;
}

const struct cel_type *cel_unify_resolve(
	struct cel_unifier *unifier, const struct cel_type *type, bool final)
{
	return replace(unifier, type, final, NULL);
}

const struct cel_type *cel_unify_instantiate(
	struct cel_unifier *unifier, const struct cel_type *type, const struct cel_type *fresh[2])
{
	return replace(unifier, type, false, fresh);
}
