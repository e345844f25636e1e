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
	const struct value *found = author_given_find(given->question->facts, name->trail.path);
	struct cel_value value;
	if (found != NULL &&
		author_given_value(given, found, &cel_type_dyn, name->trail.path, &value)) {
		return value;
	}
	return cel_unknown();
}

/* A path that is asked for whole covers what lies beneath it. */
static bool covers(struct str above, struct str path)
{
	return str_has_prefix(path, above) &&
	       (path.len == above.len || path.ptr[above.len] == '.' || path.ptr[above.len] == '[');
}

static void set_missing(const struct cel_tree *tree, struct cel_value unknown, struct arena *arena,
	struct author_reply *reply)
{
	const struct str *found = NULL;
	const size_t most = cel_unknown_trails(tree, unknown, arena, &found);
	struct str *missing = arena_array(arena, most + 1, sizeof(*missing));
	size_t count = 0;
	for (size_t i = 0; missing != NULL && i < most; i++) {
		size_t by = 0;
		while (by < most && (by == i || !covers(found[by], found[i]))) {
			by++;
		}
		if (by == most) {
			missing[count++] = found[i];
		}
	}
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
		set_missing(tree, value, arena, &reply);
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

struct author_reply author_ask(const struct author_question *question, struct arena *arena)
{
	struct author_given given;
	struct cel_tree *tree = NULL;
	struct cel_program *program = NULL;
	struct cel_fault fault = {0};
	enum err err = cel_parse(arena, question->source, &tree, &fault);
	if (err == ERR_OK) {
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
	const struct cel_facts facts = {.get = get, .context = &given, .by_path = true};
	struct author_reply reply = reply_of(tree, cel_evaluate(program, &facts, arena), arena);
	const bool typed = !question->unchecked && tree->root->type != NULL;
	reply.type = cel_type_format(arena, typed ? tree->root->type : &cel_type_dyn);
	return reply;
}
