/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_TREE_H
#define ONWARD_RULES_TREE_H
#include "broker/base/arena.h"
#include "rules/limits.h"
#include "rules/rules.h"
#include "rules/values.h"

/*
 * The tree of a clause.  The parser makes the nodes up to RULES_NODE_FIELD; the resolver then
 * turns names into variables, facts and types in place and binds calls to functions.  Immutable
 * after that.  All of it lives in the arena of the compilation.
 */
enum rules_node_kind {
	RULES_NODE_LITERAL, /* literal */
	RULES_NODE_IDENT,   /* name; only before resolving */
	RULES_NODE_VAR,     /* name, slot: the variable of an enclosing fold */
	RULES_NODE_FACT,    /* fact; name and child stay as they were in the IDENT or SELECT */
	RULES_NODE_SELECT,  /* child.name */
	RULES_NODE_INDEX,   /* child[child] */
	RULES_NODE_CALL,    /* name, function; children are the arguments, a receiver first */
	RULES_NODE_NOT,
	RULES_NODE_NEGATE,
	RULES_NODE_BINARY, /* op, two children */
	RULES_NODE_AND,    /* two or more children: chains are flat, so they cost no depth */
	RULES_NODE_OR,
	RULES_NODE_CHOICE, /* condition, then, else */
	RULES_NODE_LIST,
	RULES_NODE_MAP,     /* children: key, value, key, value … */
	RULES_NODE_MESSAGE, /* name; children are FIELDs; only before resolving */
	RULES_NODE_FIELD,   /* name: child */
	RULES_NODE_HAS,     /* child is a SELECT or a FACT */
	RULES_NODE_FOLD,    /* fold, name and slot of the variable; range, [filter,] step */
	RULES_NODE_KINDS,   /* how many there are */
};

enum rules_op {
	RULES_OP_LT,
	RULES_OP_LE,
	RULES_OP_GT,
	RULES_OP_GE,
	RULES_OP_EQ,
	RULES_OP_NE,
	RULES_OP_IN,
	RULES_OP_ADD,
	RULES_OP_SUBTRACT,
	RULES_OP_MULTIPLY,
	RULES_OP_DIVIDE,
	RULES_OP_MODULO,
};

enum rules_fold {
	RULES_FOLD_ALL,
	RULES_FOLD_EXISTS,
	RULES_FOLD_EXISTS_ONE,
	RULES_FOLD_MAP,
	RULES_FOLD_FILTER,
};

enum rules_node_flag {
	RULES_FLAG_ROOTED = 1,          /* IDENT with a leading dot: never a variable */
	RULES_FLAG_RECEIVER = 2,        /* CALL: the first child stands before the dot */
	RULES_FLAG_OPTIONAL_ACCESS = 4, /* a.?b, a[?b] */
	RULES_FLAG_OPTIONAL_ENTRY = 8,  /* [?a], {?k: v} */
};

struct rules_function;

struct rules_node {
	enum rules_node_kind kind;
	union {
		enum rules_op op;
		enum rules_fold fold;
	};
	unsigned flags;
	unsigned depth;  /* 1 for a leaf */
	uint32_t offset; /* into the source, for messages */
	uint32_t count;  /* of children */
	struct rules_node *child;
	struct rules_node *last; /* child, so that adding one is cheap */
	struct rules_node *next;
	union {
		struct rules_value literal;
		struct str name;
	};
	union {
		const struct rules_function *function;
		uint32_t slot; /* nesting of the fold that binds the variable, from 0 */
		uint32_t fact; /* number of the path in clause->paths */
	};
};

struct rules_clause {
	struct str source;
	const struct rules_node *root;
	const struct str *paths; /* sorted, without doubles */
	size_t path_count;
};

/* The operator as it is written; for RULES_NODE_BINARY. */
const char *rules_op_text(enum rules_op op);
/* The name by which a fold is called. */
const char *rules_fold_text(enum rules_fold fold);
/* True when no fact and no variable stands in the node. */
bool rules_node_is_constant(const struct rules_node *node);
/* The set of facts that stand in the node. */
uint64_t rules_node_facts(const struct rules_node *node);
#endif
