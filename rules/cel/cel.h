/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_CEL_H
#define ONWARD_CEL_CEL_H
#include "rules/cel/text.h"
#include "rules/cel/tree.h"
/*
 * cel: the Common Expression Language (cel-spec, doc/langdef.md), with values that may be unknown.
 * Includes broker/base only: no clock, socket or lock; everything lives in the caller's arenas.
 * Two exceptions: zones.cc reads the system's zone data and keeps it, and environment.c makes one
 * table of the functions before main.
 *
 * Where to start reading: tree.h is what the parser makes (lexer.c, literal.c; parser.c, primary.c,
 * macro.c; unparse.c prints it); environment.h the names; check.c and unify.c deduce types from the
 * rows of overload.h; generate.c turns the tree into the instructions of program.h, which run.c
 * runs; value.h and type.h are what everything speaks of; library*.c the functions.
 */

/* Where an expression is wrong: 1-based line and column (in code points), and a sentence. */
struct cel_fault {
	unsigned line;
	unsigned column;
	uint32_t offset; /* in bytes, for the caret */
	char message[200];
};

struct cel_declaration {
	struct str name; /* "x", "person.age" */
	const struct cel_type *type;
};

/* What names an expression may use.  The caller's memory; immutable after cel_env_init.  Zeroed, it
 * declares nothing. */
struct cel_env {
	struct str container; /* "a.b.c": where names are looked up first; may be empty */
	const struct cel_declaration *declarations;
	size_t count;
	/* A chain of names that is declared nowhere is one variable of type dyn, whole
	 * ("person.age"); otherwise it is an error: of the check, or, unchecked, of evaluating it.
	 */
	bool open;
	/* Filled by cel_env_init: a hash table of declaration numbers + 1. */
	uint32_t *table;
	size_t table_size;
};

/* Sets all but `open`; borrows the declarations.  ERR_NOMEM, ERR_EXISTS for one name twice. */
MUST_CHECK enum err cel_env_init(struct cel_env *env, struct arena *arena, struct str container,
	const struct cel_declaration *declarations, size_t count);
/* The number of a declaration; CEL_SLOT_NONE. */
uint32_t cel_env_find(const struct cel_env *env, struct str name);

/* ERR_INVALID, ERR_TOO_LARGE for a limit, ERR_NOMEM; each with *ret_fault filled.  `source` is
 * copied.  What a failed step took stays in the arena until its reset. */
MUST_CHECK enum err cel_parse(struct arena *arena, struct str source, struct cel_tree **ret_tree,
	struct cel_fault *ret_fault);
/* Types and names, in place; once a tree. */
MUST_CHECK enum err cel_check(struct arena *arena, struct cel_tree *tree, const struct cel_env *env,
	struct cel_fault *ret_fault);
/* Names only, in place, instead of cel_check. */
MUST_CHECK enum err cel_resolve(struct arena *arena, struct cel_tree *tree,
	const struct cel_env *env, struct cel_fault *ret_fault);

/* A compiled expression: immutable, usable from any thread, lives in its arena. */
struct cel_program;

/* `node`: the root, or a part of the tree without LOCALs of the outside, which then shares the
 * numbers of tree->names.  `tree` must have been checked or resolved and outlive the program. */
MUST_CHECK enum err cel_compile(struct arena *arena, const struct cel_tree *tree,
	const struct cel_node *node, struct cel_program **ret_program, struct cel_fault *ret_fault);
/* Worst case in the unit of CEL_LIMIT_COST, lists and texts from outside taken to have `size`
 * elements or bytes; UINT64_MAX when it overflows. */
uint64_t cel_cost_estimate(const struct cel_node *node, uint64_t size);

/* What the names of a program stand for, one evaluation's worth. */
struct cel_facts {
	/* By slot of the environment; when given, used for every declared name: no call is made. */
	const struct cel_value *values;
	/* Otherwise: the value; it stays valid for the evaluation.  cel_unknown() when not known.
	 */
	struct cel_value (*get)(void *context, const struct cel_name *name);
	void *context;
	uint64_t cost_limit; /* 0: CEL_LIMIT_COST */
	/* Unknowns are named by what is read of them: "person.children[0].age", not the name
	 * "person.children" alone. */
	bool by_path;
};

/* CEL's precedence: in && and || and their macros a deciding bool beats unknown beats error;
 * elsewhere error beats unknown.  Asks for each name at most once.  Never fails: an exhausted arena
 * or cost limit is an ERROR.  What the value points to is in scratch. */
struct cel_value cel_evaluate(
	const struct cel_program *program, const struct cel_facts *facts, struct arena *scratch);

/* A value unknown by itself within a list or map that the caller builds ("person.children[0].age"):
 * the trail must live as long as the value. */
struct cel_value cel_unknown_at(struct arena *arena, const struct cel_trail *trail);
/* The trails of an UNKNOWN, sorted by path, without doubles, in the arena; 0 when it is exhausted.
 */
size_t cel_unknown_trails(const struct cel_tree *tree, struct cel_value unknown,
	struct arena *arena, const struct str **ret_paths);

/* The node as an expression that parses to the same tree, on one line; macros as written. */
void cel_unparse(struct cel_text *text, const struct cel_node *node);
/* A tree that was parsed only, in the notation of cel-spec's goldens ("a^#*expr.Expr_IdentExpr#"):
 * the standard's macros expanded, those of extensions as calls. */
void cel_debug(struct cel_text *text, const struct cel_node *node);
/* A value as a literal of its type: `3u`, `b"\x00"`, `timestamp("…")`, `{"a": 1}`. */
void cel_value_print(struct cel_text *text, struct cel_value value);

/* 1-based line and column, in code points, of a byte offset. */
void cel_source_position(
	struct str source, size_t offset, unsigned *ret_line, unsigned *ret_column);
#endif
