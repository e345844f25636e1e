/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_TREE_H
#define ONWARD_CEL_TREE_H
#include "rules/cel/type.h"

/*
 * The tree of an expression.  The parser makes it, macros expanded into FOLD, BIND and HAS; the
 * checker (or, unchecked, the resolver) turns names into LOCAL, NAME and TYPE literals in place,
 * binds calls to overloads and writes types.  Immutable after that.  All of it lives in the arena
 * of the compilation.
 */
enum cel_node_kind {
	CEL_NODE_LITERAL, /* literal */
	CEL_NODE_IDENT,   /* name; only before resolving */
	CEL_NODE_LOCAL,   /* name, slot: a variable of an enclosing FOLD or BIND */
	CEL_NODE_NAME,   /* name (whole, "person.age"), variable: what the caller gives.  A chain of
			  * names becomes one NAME without children. */
	CEL_NODE_SELECT, /* child.name */
	CEL_NODE_INDEX,  /* child[child] */
	CEL_NODE_CALL,   /* name; children are the arguments, a receiver first */
	CEL_NODE_NOT,
	CEL_NODE_NEGATE,
	CEL_NODE_BINARY, /* op, two children */
	CEL_NODE_AND,    /* two or more children: chains are flat, so they cost no depth */
	CEL_NODE_OR,
	CEL_NODE_CHOICE, /* condition, then, else */
	CEL_NODE_LIST,
	CEL_NODE_MAP,     /* children: key, value, key, value … */
	CEL_NODE_MESSAGE, /* name; children are FIELDs; only before checking */
	CEL_NODE_FIELD,   /* name: child */
	CEL_NODE_HAS,     /* child is a SELECT or a NAME */
	CEL_NODE_FOLD,    /* fold, name (and second) of the variables, slot; range, steps */
	CEL_NODE_BIND,    /* name, slot; the bound expression, then what it is bound in */
	CEL_NODE_KINDS,   /* how many there are */
};

enum cel_op {
	CEL_OP_LT,
	CEL_OP_LE,
	CEL_OP_GT,
	CEL_OP_GE,
	CEL_OP_EQ,
	CEL_OP_NE,
	CEL_OP_IN,
	CEL_OP_ADD,
	CEL_OP_SUBTRACT,
	CEL_OP_MULTIPLY,
	CEL_OP_DIVIDE,
	CEL_OP_MODULO,
};

/* FOLD: children are the range and then … */
enum cel_fold {
	CEL_FOLD_ALL,        /* condition */
	CEL_FOLD_EXISTS,     /* condition */
	CEL_FOLD_EXISTS_ONE, /* condition */
	CEL_FOLD_MAP,        /* [condition,] element */
	CEL_FOLD_FILTER,     /* condition */
	CEL_FOLD_LIST,       /* transformList: [condition,] element */
	CEL_FOLD_TABLE,      /* transformMap: [condition,] value */
	CEL_FOLD_ENTRIES,    /* transformMapEntry: [condition,] map of entries */
};

/* BIND: how it was written. */
enum cel_bind {
	CEL_BIND_PLAIN,    /* cel.bind(name, value, in) */
	CEL_BIND_OPTIONAL, /* value.optMap(name, in): child 0 is an optional */
	CEL_BIND_FLAT,     /* value.optFlatMap(name, in) */
};

enum cel_node_mark {
	CEL_MARK_ROOTED = 1,          /* IDENT, CALL with a leading dot: never a local variable */
	CEL_MARK_RECEIVER = 2,        /* CALL: the first child stands before the dot */
	CEL_MARK_OPTIONAL_ACCESS = 4, /* a.?b, a[?b] */
	CEL_MARK_OPTIONAL_ENTRY = 8,  /* [?a], {?k: v}: on the element or the key */
	CEL_MARK_CAMEL = 16,          /* FOLD: written existsOne */
	CEL_MARK_QUOTED = 32,         /* SELECT: in backticks, so a field and no part of a name */
};

struct cel_overload;

struct cel_node {
	enum cel_node_kind kind;
	union {
		enum cel_op op;
		enum cel_fold fold;
		enum cel_bind bind;
	};
	uint16_t marks;  /* enum cel_node_mark */
	uint16_t depth;  /* 1 for a leaf */
	uint32_t offset; /* into the source: of a name, an operator, an opening bracket */
	uint32_t count;  /* of children */
	struct cel_node *child;
	struct cel_node *last; /* child, so that adding one is cheap */
	struct cel_node *next;
	union {
		struct cel_value literal;
		struct str name;
	};
	struct str second; /* FOLD: the second variable, empty when there is one only */
	union {
		uint32_t slot;     /* FOLD, BIND: of its first variable; LOCAL: its own; from 0 */
		uint32_t variable; /* NAME: number in cel_tree.names */
	};
	uint32_t overload_count;
	/* CALL, INDEX and the operators: those that may be meant; one when the types are known. */
	const struct cel_overload *const *overloads;
	const struct cel_type *type; /* deduced; NULL before checking, and unchecked */
};

/* A variable that the caller gives: one a path ("person.age"), however often it is written. */
struct cel_name {
	struct cel_trail trail;      /* its name */
	uint32_t slot;               /* place in the environment's declarations */
	const struct cel_type *type; /* as declared; dyn when it is not */
};

/* Declared nowhere; too large for an enumeration. */
#define CEL_SLOT_NONE UINT32_MAX

struct cel_tree {
	struct str source;
	struct cel_node *root;
	size_t node_count;
	uint32_t local_count;         /* slots that folds and binds need at once */
	const struct cel_name *names; /* sorted by path; filled by checking or resolving */
	size_t name_count;
	bool checked;
};

/* The operator as it is written; for CEL_NODE_BINARY. */
const char *cel_op_text(enum cel_op op);
/* The name of the function behind it: "_<_". */
const char *cel_op_function(enum cel_op op);
/* The name by which a fold is called. */
const char *cel_fold_text(enum cel_fold fold);
/* True when no NAME and no LOCAL stands in the node. */
bool cel_node_is_constant(const struct cel_node *node);
/* The set of names (bit = number, of the first 64) that stand in the node; *ret_more when one
 * beyond them does. */
uint64_t cel_node_names(const struct cel_node *node, bool *ret_more);
/* The operator with its sides exchanged: a < b says the same as b > a. */
enum cel_op cel_op_mirror(enum cel_op op);
#endif
