/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/checker.h"

static const struct cel_local *find_local(
	const struct cel_checker *checker, struct str name, uint32_t *ret_slot)
{
	for (uint32_t i = checker->local_count; i > 0; i--) {
		if (str_equal(checker->locals[i - 1].name, name)) {
			*ret_slot = i - 1;
			return &checker->locals[i - 1];
		}
	}
	return NULL;
}

static bool is_plain_select(const struct cel_node *node)
{
	return node->kind == CEL_NODE_SELECT &&
	       (node->marks & (CEL_MARK_OPTIONAL_ACCESS | CEL_MARK_QUOTED)) == 0;
}

bool cel_check_is_chain(const struct cel_checker *checker, const struct cel_node *node)
{
	uint32_t slot;
	while (is_plain_select(node)) {
		node = node->child;
	}
	return node->kind == CEL_NODE_IDENT &&
	       ((node->marks & CEL_MARK_ROOTED) != 0 ||
		       find_local(checker, node->name, &slot) == NULL);
}

static bool is_rooted(const struct cel_node *node)
{
	while (node->child != NULL) {
		node = node->child;
	}
	return (node->marks & CEL_MARK_ROOTED) != 0;
}

/* The node becomes the variable; one path is one variable however often it is written. */
static bool become_name(struct cel_checker *checker, struct cel_node *node, struct str path,
	uint32_t slot, const struct cel_type *type)
{
	uint32_t at = 0;
	while (at < checker->name_count &&
		!(checker->names[at].slot == slot &&
			(slot != CEL_SLOT_NONE ||
				str_equal(checker->names[at].trail.path, path)))) {
		at++;
	}
	if (at == CEL_LIMIT_NAMES) {
		(void)cel_compile_fail(&checker->compilation, ERR_TOO_LARGE, node->offset,
			"the expression reads more than %d facts", (int)CEL_LIMIT_NAMES);
		return false;
	}
	if (at == checker->name_size) {
		const uint32_t size = at == 0 ? 8 : at * 2;
		struct cel_name *wider =
			arena_array(checker->compilation.arena, size, sizeof(*wider));
		if (wider == NULL) {
			(void)cel_compile_exhausted(&checker->compilation);
			return false;
		}
		if (at > 0) {
			memcpy(wider, checker->names, at * sizeof(*wider));
		}
		checker->names = wider;
		checker->name_size = size;
	}
	if (at == checker->name_count) {
		checker->names[checker->name_count++] =
			(struct cel_name){.trail = {path}, .slot = slot, .type = type};
	}
	const bool rooted = is_rooted(node);
	node->kind = CEL_NODE_NAME;
	node->marks &= CEL_MARK_OPTIONAL_ENTRY;
	if (rooted) {
		node->marks |= CEL_MARK_ROOTED;
	}
	node->child = NULL;
	node->last = NULL;
	node->count = 0;
	node->name = path;
	node->variable = at;
	node->type = type;
	return true;
}

static bool become_type(
	struct cel_checker *checker, struct cel_node *node, const struct cel_type *type)
{
	node->kind = CEL_NODE_LITERAL;
	node->marks &= CEL_MARK_OPTIONAL_ENTRY;
	node->child = NULL;
	node->last = NULL;
	node->count = 0;
	node->literal = cel_type_value(type);
	node->type = &cel_type_type;
	if (checker->typed) {
		node->type = cel_type_type_of(checker->compilation.arena, type);
	}
	return true;
}

/* Tries the chain as the name of a variable or a type, in the container and around it. */
static bool bind_chain(
	struct cel_checker *checker, struct cel_node *node, struct str path, bool *ret_bound)
{
	const struct cel_env *env = checker->env;
	const struct str container = is_rooted(node) ? (struct str){0} : env->container;
	char qualified[CEL_QUALIFIED_SIZE];
	struct str name;
	size_t prefix = SIZE_MAX;
	*ret_bound = true;
	while (cel_container_next(container, path, &prefix, qualified, &name)) {
		const uint32_t slot = cel_env_find(env, name);
		if (slot != CEL_SLOT_NONE) {
			return become_name(checker, node, env->declarations[slot].name, slot,
				env->declarations[slot].type);
		}
		const struct cel_type *type = cel_type_named(name);
		if (type != NULL) {
			return become_type(checker, node, type);
		}
	}
	*ret_bound = false;
	return true;
}

static bool refuse_name(struct cel_checker *checker, const struct cel_node *node)
{
	const struct str shown = {node->name.ptr, node->name.len < 60 ? node->name.len : 60};
	return cel_check_refuse(checker, node, "undeclared reference to '%.*s'", STR_ARG(shown));
}

/* Every longer reading of the chain has failed. */
bool cel_check_ident(struct cel_checker *checker, struct cel_node *node)
{
	uint32_t slot;
	const struct cel_local *local = (node->marks & CEL_MARK_ROOTED) != 0
						? NULL
						: find_local(checker, node->name, &slot);
	if (local != NULL) {
		node->kind = CEL_NODE_LOCAL;
		node->slot = slot;
		node->type = local->type;
		return true;
	}
	bool bound;
	if (!bind_chain(checker, node, node->name, &bound) || bound) {
		return bound;
	}
	if (checker->typed && !checker->env->open) {
		return refuse_name(checker, node);
	}
	return become_name(checker, node, node->name, CEL_SLOT_NONE, &cel_type_dyn);
}

/* What selecting a field of that type gives. */
static const struct cel_type *field_type(
	struct cel_checker *checker, const struct cel_node *node, const struct cel_type *type)
{
	switch (type->kind) {
	case CEL_TYPE_MAP:
		return type->params[1];
	case CEL_TYPE_PARAM:
		/* Nothing else may be deduced for it later. */
		(void)cel_unify_assign(&checker->unifier, &cel_type_dyn, type);
		return &cel_type_dyn;
	case CEL_TYPE_DYN:
	case CEL_TYPE_ERROR:
	case CEL_TYPE_MESSAGE:
		return &cel_type_dyn;
	case CEL_TYPE_NULL:
	case CEL_TYPE_BOOL:
	case CEL_TYPE_INT:
	case CEL_TYPE_UINT:
	case CEL_TYPE_DOUBLE:
	case CEL_TYPE_STRING:
	case CEL_TYPE_BYTES:
	case CEL_TYPE_TIMESTAMP:
	case CEL_TYPE_DURATION:
	case CEL_TYPE_LIST:
	case CEL_TYPE_TYPE:
	case CEL_TYPE_WRAPPER:
	case CEL_TYPE_OPAQUE:
		break;
	}
	const struct str words = cel_check_words(checker, type);
	(void)cel_check_refuse(
		checker, node, "type '%.*s' does not support field selection", STR_ARG(words));
	return NULL;
}

static bool check_field(struct cel_checker *checker, struct cel_node *node)
{
	if (!cel_check_node(checker, node->child)) {
		return false;
	}
	if (!checker->typed) {
		return true;
	}
	bool optional;
	const struct cel_type *type =
		cel_check_unwrap(cel_check_type(checker, node->child), &optional);
	const struct cel_type *field = field_type(checker, node, type);
	if (field == NULL) {
		return false;
	}
	optional = optional || (node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0;
	node->type = optional ? cel_type_optional_of(checker->compilation.arena, field) : field;
	return true;
}

bool cel_check_select(struct cel_checker *checker, struct cel_node *node)
{
	if (!cel_check_is_chain(checker, node)) {
		return check_field(checker, node);
	}
	const struct str path = cel_chain_text(&checker->compilation, node);
	bool bound;
	if (path.ptr == NULL || !bind_chain(checker, node, path, &bound)) {
		return false;
	}
	if (bound) {
		return true;
	}
	/* With no declaration of its own or of what stands before it, the whole is one fact. */
	if (checker->env->open) {
		struct cel_node *start = node->child;
		bool declared = false;
		while (start != NULL && !declared) {
			const struct str part = cel_chain_text(&checker->compilation, start);
			declared = cel_env_find(checker->env, part) != CEL_SLOT_NONE;
			start = start->child;
		}
		if (!declared) {
			return become_name(checker, node, path, CEL_SLOT_NONE, &cel_type_dyn);
		}
	}
	return check_field(checker, node);
}

bool cel_check_has(struct cel_checker *checker, struct cel_node *node)
{
	/* has(person.age) where person.age as a whole is a variable asks whether that has a value.
	 */
	struct cel_node *field = node->child;
	const bool chain = cel_check_is_chain(checker, field);
	const struct str path = chain ? cel_chain_text(&checker->compilation, field) : STR("");
	const bool whole =
		chain && (checker->env->open || cel_env_find(checker->env, path) != CEL_SLOT_NONE);
	if (!(whole ? cel_check_select(checker, field) : check_field(checker, field))) {
		return false;
	}
	node->type = &cel_type_bool;
	return true;
}
