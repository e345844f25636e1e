/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_QUESTION_H
#define ONWARD_RULES_AUTHOR_QUESTION_H
#include "broker/base/value.h"
#include "rules/author/author.h"

/*
 * One expression asked of facts that stand in a document: what the command `rules eval` does.  A
 * fact that is not given is unknown, by its whole path; a declared one has the type declared,
 * others the type that their JSON value has.
 */
struct author_question {
	struct str source;
	const struct value
		*facts; /* a map: {"person": {"age": 16}} or {"person.age": 16}; or NULL */
	const struct str *declared; /* "x:int", "person:map(string, dyn)" */
	size_t declared_count;
	struct str container;
	const struct str *unknown; /* paths that are unknown within what is given: "a.b[0].c" */
	size_t unknown_count;
	bool unchecked;
	/* Types for names that are not declared; a fact given otherwise is typed by its value.  May
	 * be NULL. */
	const struct author_schema *schema;
};

enum {
	/* Bytes of a value that is printed.  A value may share its parts, so that a short
	 * expression has a text that no memory holds. */
	AUTHOR_REPLY_MAX = 1 << 20,
};

enum author_reply_kind {
	AUTHOR_REPLY_VALUE,
	AUTHOR_REPLY_UNKNOWN,
	AUTHOR_REPLY_ERROR,
};

struct author_reply {
	enum author_reply_kind kind;
	struct str text;           /* VALUE: a literal; ERROR: a sentence */
	const struct str *missing; /* UNKNOWN: sorted paths */
	size_t missing_count;
	unsigned line, column; /* ERROR: where; 0: nowhere in the expression */
	struct str type;       /* deduced; empty when unchecked or refused */
};

/* All of it in the arena.  A mistake in what is given or declared is an ERROR too. */
struct author_reply author_ask(const struct author_question *question, struct arena *arena);
#endif
