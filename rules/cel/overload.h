/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_OVERLOAD_H
#define ONWARD_CEL_OVERLOAD_H
#include "rules/cel/type.h"

/*
 * The functions of the language, one row an overload.  Both the checker (types) and the evaluator
 * (the function) read the same rows, so adding a function is one row and one C function:
 *
 *	{"string_lower_ascii", "lowerAscii", CEL_RECEIVER, CEL_COST_TEXT, 1,
 *		{&cel_type_string}, &cel_type_string, call_lower_ascii, NULL},
 *
 * A library is an array of rows; library.c lists the arrays.  At run time the first row whose
 * arguments take the kinds of the values is called: rows of one function that differ only inside a
 * list (list(int), list(double)) may share one C function, which then looks at the elements itself
 * and answers cel_call_mismatch for those it does not take.
 *
 * Functions are strict: no argument is an error, unknown, or PARTIAL.  They write *ret, which is
 * null before, and may not keep `args`.
 */
struct cel_call {
	struct arena *arena;  /* for what the result points to */
	uint64_t *budget;     /* what the evaluation may still cost */
	const void *prepared; /* what `prepare` made of the literal arguments, or NULL */
	uint32_t count;       /* of arguments, a receiver first */
};

typedef void cel_function(
	struct cel_call *call, const struct cel_value *args, struct cel_value *ret);

/*
 * Once a call site, when the expression is compiled: checks literal arguments (a pattern, a zone, a
 * format) and may prepare them; `args[i]` is NULL where the argument is no literal.  What it makes
 * lives in `arena` (arena_defer frees what is not of the arena).  ERR_INVALID with a sentence in
 * `ret_message` refuses the expression at the place of the call.
 */
typedef enum err cel_prepare(struct arena *arena, const struct cel_value *const *args,
	uint32_t count, const void **ret_prepared, char ret_message[160]);

enum cel_style {
	CEL_GLOBAL,   /* size(x) */
	CEL_RECEIVER, /* x.size() */
};

/* What a call costs beside 1, by the sizes of its arguments; charged before the call.  A function
 * whose result is larger than its arguments charges that itself (cel_call_charge). */
enum cel_cost {
	CEL_COST_ONE,
	CEL_COST_TEXT,    /* a tenth of the bytes, or the elements, of the first argument */
	CEL_COST_TEXTS,   /* of all arguments together */
	CEL_COST_PRODUCT, /* elements of the first times those of the second */
	CEL_COST_PATTERN, /* a tenth of the bytes of the first, times a quarter of the second's */
};

enum {
	CEL_OVERLOAD_ARGUMENTS = 4, /* as types in a row */
	/* Or'ed to `count`: the last type any number of times more.  All arguments together are
	 * then taken as the elements of a list are: the checker joins their types into one, and at
	 * run time the function looks at their kinds itself. */
	CEL_VARIADIC = 0x80,
};

struct cel_overload {
	const char *id;       /* "add_int64" */
	const char *function; /* "_+_", "math.greatest", "size" */
	enum cel_style style;
	enum cel_cost cost;
	unsigned count; /* of arguments, a receiver counted */
	const struct cel_type *arguments[CEL_OVERLOAD_ARGUMENTS];
	const struct cel_type *result;
	cel_function *call;   /* NULL: an instruction of its own does it */
	cel_prepare *prepare; /* or NULL */
};

struct cel_library {
	const char *name;
	const struct cel_overload *overloads;
	size_t count;
};

/* All libraries, in a fixed order; *ret_count of them. */
const struct cel_library *const *cel_libraries(size_t *ret_count);

/* The function or macro most like `name`; NULL when none is near. */
const char *cel_function_suggest(struct str name);
/* True when the row can be called with so many arguments. */
static inline bool cel_overload_fits(const struct cel_overload *overload, uint32_t count)
{
	const unsigned wanted = overload->count & ~(unsigned)CEL_VARIADIC;
	return (overload->count & CEL_VARIADIC) != 0 ? count >= wanted : count == wanted;
}

/* The type of argument i. */
static inline const struct cel_type *cel_overload_argument(
	const struct cel_overload *overload, uint32_t i)
{
	const unsigned last = (overload->count & ~(unsigned)CEL_VARIADIC) - 1;
	return overload->arguments[i < last ? i : last];
}

/* Takes the cost off the budget; false, with *ret an error, when it is used up. */
bool cel_call_charge(struct cel_call *call, uint64_t cost, struct cel_value *ret);
/* Memory in the call's arena; NULL, with *ret an error, when there is none. */
void *cel_call_alloc(struct cel_call *call, size_t count, size_t size, struct cel_value *ret);
/* *ret becomes "no such overload": these kinds do not go together. */
void cel_call_mismatch(struct cel_value *ret);
#endif
