/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/clause.h"
#include "rules/cel/library.h"
#include "rules/limits.h"

static void put_error(const struct cel_fault *fault, struct rules_error *ret_error)
{
	*ret_error = (struct rules_error){.line = fault->line, .column = fault->column};
	memcpy(ret_error->message, fault->message, sizeof(ret_error->message));
}

/* A clause answers yes or no: one that is seen to be anything else is refused. */
static enum err refuse_outcome(const struct cel_tree *tree, struct cel_fault *ret_fault)
{
	const struct cel_type *type = tree->root->type;
	if (type == NULL || type->kind == CEL_TYPE_BOOL || type->kind == CEL_TYPE_DYN) {
		return ERR_OK;
	}
	ret_fault->line = 1;
	ret_fault->column = 1;
	str_copy(ret_fault->message, sizeof(ret_fault->message),
		STR("the outcome is not yes or no"));
	return ERR_INVALID;
}

static enum err refuse_cost(const struct cel_tree *tree, struct cel_fault *ret_fault)
{
	const uint64_t cost = cel_cost_estimate(tree->root, RULES_LIMIT_FACT_SIZE);
	if (cost <= CEL_LIMIT_COST) {
		return ERR_OK;
	}
	ret_fault->line = 1;
	ret_fault->column = 1;
	str_copy(ret_fault->message, sizeof(ret_fault->message),
		STR("the clause may take too long: it looks at too many things one by one"));
	return ERR_TOO_LARGE;
}

/* A time written in the clause that is none would fail for everybody, whatever her facts. */
static enum err refuse_times(
	const struct cel_tree *tree, const struct cel_node *node, struct cel_fault *ret_fault)
{
	const struct cel_node *text = node->child;
	const bool timestamp = node->kind == CEL_NODE_CALL && str_is(node->name, "timestamp");
	const bool duration = node->kind == CEL_NODE_CALL && str_is(node->name, "duration");
	struct cel_value value;
	if ((timestamp || duration) && node->count == 1 && text->kind == CEL_NODE_LITERAL &&
		text->literal.kind == CEL_STRING &&
		(timestamp ? cel_timestamp_parse(cel_str(text->literal), &value)
			   : cel_duration_parse(cel_str(text->literal), &value)) != ERR_OK) {
		cel_source_position(
			tree->source, text->offset, &ret_fault->line, &ret_fault->column);
		str_copy(ret_fault->message, sizeof(ret_fault->message),
			timestamp ? STR("this text is no time, such as '2026-03-14T09:30:00Z'")
				  : STR("this text is no duration, such as '36h' or '90s'"));
		return ERR_INVALID;
	}
	enum err err = ERR_OK;
	for (const struct cel_node *n = node->child; n != NULL && err == ERR_OK; n = n->next) {
		err = refuse_times(tree, n, ret_fault);
	}
	return err;
}

static enum err name_paths(struct arena *arena, struct rules_clause *clause)
{
	struct str *paths = arena_array(arena, clause->tree->name_count + 1, sizeof(*paths));
	if (paths == NULL) {
		return ERR_NOMEM;
	}
	clause->path_count = clause->tree->name_count;
	for (size_t i = 0; i < clause->path_count; i++) {
		paths[i] = clause->tree->names[i].trail.path;
	}
	clause->paths = paths;
	return ERR_OK;
}

static enum err compile(struct arena *arena, const struct cel_env *env, struct str source,
	struct rules_clause **ret_clause, struct cel_fault *ret_fault)
{
	static const struct cel_env OPEN = {.open = true};
	struct cel_tree *tree;
	struct cel_program *program;
	enum err err = cel_parse(arena, source, &tree, ret_fault);
	if (err != ERR_OK) {
		return err;
	}
	err = env == NULL ? cel_resolve(arena, tree, &OPEN, ret_fault)
			  : cel_check(arena, tree, env, ret_fault);
	if (err == ERR_OK) {
		err = refuse_outcome(tree, ret_fault);
	}
	if (err == ERR_OK && env != NULL) {
		err = refuse_cost(tree, ret_fault);
	}
	if (err == ERR_OK && env != NULL) {
		err = refuse_times(tree, tree->root, ret_fault);
	}
	if (err == ERR_OK) {
		err = cel_compile(arena, tree, tree->root, &program, ret_fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	struct rules_clause *clause = arena_alloc(arena, sizeof(*clause));
	if (clause == NULL) {
		return ERR_NOMEM;
	}
	*clause = (struct rules_clause){
		.source = tree->source, .tree = tree, .root = tree->root, .program = program};
	err = name_paths(arena, clause);
	if (err == ERR_OK) {
		*ret_clause = clause;
	}
	return err;
}

enum err rules_compile_in(struct arena *arena, const struct cel_env *env, struct str source,
	struct rules_clause **ret_clause, struct rules_error *ret_error)
{
	struct cel_fault fault = {.line = 1, .column = 1, .message = "out of memory"};
	const enum err err = compile(arena, env, source, ret_clause, &fault);
	put_error(&fault, ret_error);
	return err;
}

enum err rules_compile(struct arena *arena, struct str source, struct rules_clause **ret_clause,
	struct rules_error *ret_error)
{
	return rules_compile_in(arena, NULL, source, ret_clause, ret_error);
}

enum err rules_clause_part(struct arena *arena, const struct rules_clause *clause,
	const struct cel_node *node, struct rules_clause *ret_part)
{
	struct cel_program *program;
	struct cel_fault fault;
	const enum err err = cel_compile(arena, clause->tree, node, &program, &fault);
	if (err == ERR_OK) {
		*ret_part = *clause;
		ret_part->root = node;
		ret_part->program = program;
	}
	return err;
}

uint64_t rules_node_facts(const struct cel_node *node)
{
	bool more = false;
	const uint64_t facts = cel_node_names(node, &more);
	return more ? UINT64_MAX : facts;
}

struct str rules_clause_source(const struct rules_clause *clause)
{
	return clause->source;
}

size_t rules_clause_facts(const struct rules_clause *clause, const struct str **ret_paths)
{
	*ret_paths = clause->paths;
	return clause->path_count;
}

uint64_t rules_clause_cost(const struct rules_clause *clause)
{
	return cel_cost_estimate(clause->root, RULES_LIMIT_FACT_SIZE);
}
