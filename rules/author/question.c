/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/question.h"
#include "rules/author/given.h"

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
		return reply;
	}
	if (value.kind == CEL_ERROR) {
		reply = refused(arena, value.text);
		cel_source_position(tree->source, value.extra, &reply.line, &reply.column);
		return reply;
	}
	struct cel_text text = {.arena = arena};
	cel_value_print(&text, value);
	reply.text = cel_text_str(&text);
	return text.failed ? refused(arena, "out of memory") : reply;
}

struct author_reply author_ask(const struct author_question *question, struct arena *arena)
{
	struct author_given given;
	struct cel_tree *tree = NULL;
	struct cel_program *program = NULL;
	struct cel_fault fault = {0};
	if (!author_given_init(&given, question, arena)) {
		return refused(arena, given.message);
	}
	enum err err = cel_parse(arena, question->source, &tree, &fault);
	if (err == ERR_OK) {
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
	if (!question->unchecked && tree->root->type != NULL) {
		reply.type = cel_type_format(arena, tree->root->type);
	}
	return reply;
}
