/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_GIVEN_H
#define ONWARD_RULES_AUTHOR_GIVEN_H
#include "rules/author/question.h"

/* The facts of a question, as values of the language under declared names. */
struct author_given {
	const struct author_question *question;
	struct arena *arena;
	struct cel_declaration *declarations;
	struct cel_value *values; /* beside them; unknown where nothing is given */
	size_t count, room;
	bool whole; /* maps have all their keys: what stands under a declared name */
	struct cel_env env;
	char message[200]; /* when it failed */
};

/* False with a message. */
bool author_given_init(
	struct author_given *given, const struct author_question *question, struct arena *arena);
/* The value at a path, whose steps may themselves be written with dots: {"a.b": {"c": 1}}; NULL
 * when nothing is given there. */
const struct value *author_given_find(const struct value *map, struct str path);
/* A value of a document as one of the language; `path` is where it stands, for what is unknown
 * within it.  False with a message. */
bool author_given_value(struct author_given *given, const struct value *document,
	const struct cel_type *type, struct str path, struct cel_value *ret_value);
#endif
