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
	struct cel_env env;
	char message[200]; /* when it failed */
};

/* False with a message. */
bool author_given_init(
	struct author_given *given, const struct author_question *question, struct arena *arena);
/* A value of a document as one of the language; `path` is where it stands, for what is unknown
 * within it.  False with a message. */
bool author_given_value(struct author_given *given, const struct value *document,
	const struct cel_type *type, struct str path, struct cel_value *ret_value);
#endif
