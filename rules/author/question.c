/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/question.h"
#include "rules/author/given.h"

#include <stdlib.h>

/* What the name is bound to.  A map of which only members are declared is put together whole. */
static struct cel_value get(void *context, const struct cel_name *name)
{
	struct author_given *given = context;
	if (name->slot != CEL_SLOT_NONE) {
		return given->values[name->slot];
	}
	const struct value *found = given->question->facts;
	struct cel_value value;
	/* A path of the document that is a map: its members are names of their own. */
	struct str rest = name->trail.path;
	while (found != NULL && rest.len > 0) {
		const char *dot = memchr(rest.ptr, '.', rest.len);
		const struct str step = {
			rest.ptr, dot == NULL ? rest.len : (size_t)(dot - rest.ptr)};
		found = value_get(found, step);
		rest = dot == NULL ? (struct str){0}
				   : (struct str){dot + 1, rest.len - step.len - 1};
	}
	if (found != NULL &&
		author_given_value(given, found, &cel_type_dyn, name->trail.path, &value)) {
		return value;
	}
	return cel_unknown();
}

static struct str path_of(struct arena *arena, const struct cel_node *node);

/* How far paths lead on from a name that is unknown as a whole: "person.children" is asked for as
 * "person.children[0].age" where that is all the expression reads of it. */
struct reach {
	const struct cel_tree *tree;
	struct arena *arena;
	struct str name;
	struct str *paths; /* without doubles */
	size_t count;
};

static bool leads_on(const struct cel_node *parent, const struct cel_node *child)
{
	const struct cel_node *index = child->next;
	return parent->child == child &&
	       ((parent->kind == CEL_NODE_SELECT &&
			(parent->marks & CEL_MARK_OPTIONAL_ACCESS) == 0) ||
		       (parent->kind == CEL_NODE_INDEX && index != NULL &&
			       index->kind == CEL_NODE_LITERAL && index->literal.kind == CEL_INT &&
			       index->literal.integer >= 0));
}

/* `whole`: the longest path that begins with this node; NULL: the node is no part of one. */
static void find_reach(
	struct reach *reach, const struct cel_node *node, const struct cel_node *whole)
{
	if (node->kind == CEL_NODE_NAME &&
		str_equal(reach->tree->names[node->variable].trail.path, reach->name)) {
		const struct str path = path_of(reach->arena, whole);
		for (size_t i = 0; i < reach->count; i++) {
			if (str_equal(reach->paths[i], path)) {
				return;
			}
		}
		reach->paths[reach->count++] = path;
		return;
	}
	for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
		find_reach(reach, n, leads_on(node, n) ? whole : n);
	}
}

static int path_order(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void reach_on(const struct cel_tree *tree, struct author_reply *reply, struct arena *arena)
{
	/* No path stands twice, so that each has room for all of them. */
	const size_t most = reply->missing_count + tree->node_count + 1;
	struct str *missing = arena_array(arena, most, sizeof(*missing));
	struct reach reach = {.tree = tree,
		.arena = arena,
		.paths = arena_array(arena, most, sizeof(*reach.paths))};
	size_t count = 0;
	if (missing == NULL || reach.paths == NULL) {
		return;
	}
	for (size_t i = 0; i < reply->missing_count; i++) {
		reach.name = reply->missing[i];
		reach.count = 0;
		find_reach(&reach, tree->root, tree->root);
		bool itself = reach.count == 0;
		for (size_t p = 0; p < reach.count; p++) {
			itself = itself || str_equal(reach.paths[p], reach.name) ||
				 reach.paths[p].len == 0;
		}
		if (itself) {
			missing[count++] = reach.name;
		} else {
			memcpy(missing + count, reach.paths, reach.count * sizeof(*missing));
			count += reach.count;
		}
	}
	qsort(missing, count, sizeof(*missing), path_order);
	reply->missing = missing;
	reply->missing_count = count;
}

static struct author_reply refused(struct arena *arena, const char *message)
{
	return (struct author_reply){
		.kind = AUTHOR_REPLY_ERROR, .text = arena_str(arena, str_from(message))};
}

static struct author_reply refused_at(struct arena *arena, const struct cel_fault *fault)
{
	struct author_reply reply = refused(arena, fault->message);
	reply.line = fault->line;
	reply.column = fault->column;
	return reply;
}

static struct author_reply reply_of(
	const struct cel_tree *tree, struct cel_value value, struct arena *arena)
{
	struct author_reply reply = {.kind = AUTHOR_REPLY_VALUE};
	if (value.kind == CEL_UNKNOWN) {
		reply.kind = AUTHOR_REPLY_UNKNOWN;
		reply.missing_count = cel_unknown_trails(tree, value, arena, &reply.missing);
		reach_on(tree, &reply, arena);
		return reply;
	}
	if (value.kind == CEL_ERROR) {
		reply = refused(arena, value.text);
		cel_source_position(tree->source, value.extra, &reply.line, &reply.column);
		return reply;
	}
	struct cel_text text = {.arena = arena, .most = AUTHOR_REPLY_MAX};
	cel_value_print(&text, value);
	reply.text = cel_text_str(&text);
	if (text.failed) {
		return refused(arena,
			arena_failed(arena) ? "out of memory" : "the value is too long to print");
	}
	return reply;
}

/* -- members that are not given, within items of a list that is -- */

struct gaps {
	struct author_question *question;
	struct arena *arena;
	struct str *unknown; /* what the question names, and the gaps */
	size_t room;
};

/* "person.children[0].age" as written; empty for anything that is not a path. */
static struct str path_of(struct arena *arena, const struct cel_node *node)
{
	if (node->kind == CEL_NODE_IDENT || node->kind == CEL_NODE_NAME) {
		return node->name;
	}
	const struct cel_node *child = node->child;
	if (child == NULL) {
		return (struct str){0};
	}
	if (node->kind == CEL_NODE_SELECT && (node->marks & CEL_MARK_OPTIONAL_ACCESS) == 0) {
		const struct str above = path_of(arena, child);
		return above.len == 0 ? above
				      : arena_printf(arena, "%.*s.%.*s", STR_ARG(above),
						STR_ARG(node->name));
	}
	const bool item = node->kind == CEL_NODE_INDEX && child->next != NULL &&
			  child->next->kind == CEL_NODE_LITERAL &&
			  child->next->literal.kind == CEL_INT && child->next->literal.integer >= 0;
	const struct str above = item ? path_of(arena, child) : (struct str){0};
	return above.len == 0 ? above
			      : arena_printf(arena, "%.*s[%lld]", STR_ARG(above),
					(long long)child->next->literal.integer);
}

static bool is_declared(const struct author_question *question, struct str path)
{
	for (size_t i = 0; i < question->declared_count; i++) {
		const struct str text = question->declared[i];
		const char *colon = memchr(text.ptr, ':', text.len);
		const struct str name = {
			text.ptr, colon == NULL ? text.len : (size_t)(colon - text.ptr)};
		if (str_has_prefix(path, name) &&
			(path.len == name.len || strchr(".[", path.ptr[name.len]) != NULL)) {
			return true;
		}
	}
	return false;
}

/* A member of a map that stands in a list: what is not given there is unknown by its whole path, as
 * everywhere else.  Of a declared name its type says what there is. */
static void find_gaps(struct gaps *gaps, const struct cel_node *node)
{
	for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
		find_gaps(gaps, n);
	}
	struct author_question *question = gaps->question;
	if (node->kind != CEL_NODE_SELECT || question->unknown_count >= gaps->room) {
		return;
	}
	const struct str path = path_of(gaps->arena, node);
	const struct str above = path.len == 0 ? path : path_of(gaps->arena, node->child);
	if (above.len == 0 || memchr(above.ptr, '[', above.len) == NULL ||
		is_declared(question, path)) {
		return;
	}
	const struct str text = arena_str(gaps->arena, above);
	const struct value *map = text.ptr == NULL ? NULL : value_at(question->facts, text.ptr);
	if (map != NULL && map->kind == VALUE_MAP && value_get(map, node->name) == NULL) {
		gaps->unknown[question->unknown_count++] = path;
	}
}

static void add_gaps(
	struct author_question *question, const struct cel_tree *tree, struct arena *arena)
{
	struct gaps gaps = {.question = question,
		.arena = arena,
		.room = question->unknown_count + tree->node_count};
	gaps.unknown = arena_array(arena, gaps.room + 1, sizeof(*gaps.unknown));
	if (gaps.unknown == NULL || question->facts == NULL) {
		return;
	}
	if (question->unknown_count > 0) {
		memcpy(gaps.unknown, question->unknown,
			question->unknown_count * sizeof(*gaps.unknown));
	}
	question->unknown = gaps.unknown;
	find_gaps(&gaps, tree->root);
}

struct author_reply author_ask(const struct author_question *asked, struct arena *arena)
{
	struct author_question whole = *asked;
	struct author_question *question = &whole;
	struct author_given given;
	struct cel_tree *tree = NULL;
	struct cel_program *program = NULL;
	struct cel_fault fault = {0};
	enum err err = cel_parse(arena, question->source, &tree, &fault);
	if (err == ERR_OK) {
		add_gaps(question, tree, arena);
		if (!author_given_init(&given, question, arena)) {
			return refused(arena, given.message);
		}
		err = question->unchecked ? cel_resolve(arena, tree, &given.env, &fault)
					  : cel_check(arena, tree, &given.env, &fault);
	}
	if (err == ERR_OK) {
		err = cel_compile(arena, tree, tree->root, &program, &fault);
	}
	if (err != ERR_OK) {
		return refused_at(arena, &fault);
	}
	const struct cel_facts facts = {.get = get, .context = &given};
	struct author_reply reply = reply_of(tree, cel_evaluate(program, &facts, arena), arena);
	const bool typed = !question->unchecked && tree->root->type != NULL;
	reply.type = cel_type_format(arena, typed ? tree->root->type : &cel_type_dyn);
	return reply;
}
