/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_PROGRAM_H
#define ONWARD_CEL_PROGRAM_H
#include "rules/cel/cel.h"
#include "rules/cel/overload.h"

/*
 * Instructions for a machine with a frame of values.  An operand (`a`, `b`) names a place in the
 * frame, a constant, or a name the caller gives; `to` is a place in the frame.  An instruction that
 * meets an error or an unknown writes that instead of a result, so there is nothing to unwind.
 */
enum cel_do {
	CEL_DO_RETURN, /* a */
	CEL_DO_MOVE,   /* to = a */
	CEL_DO_JUMP,   /* pc = c */
	/* to = a `sub` b; sub: enum cel_op.  Whatever the kinds, but quick for numbers alike. */
	CEL_DO_COMPARE,
	CEL_DO_NOT,
	CEL_DO_SELECT, /* to = a.b; sub: enum cel_access */
	CEL_DO_INDEX,  /* to = a[b]; sub: enum cel_access */
	CEL_DO_HAS,    /* to = has(a.b); sub: CEL_ACCESS_PATH or 0 */
	CEL_DO_GIVEN,  /* to = has(a), where a is a name as a whole */
	CEL_DO_CALL,   /* to = f(to …); b arguments, site c */
	CEL_DO_LIST, /* to = [to …]; b elements, sub: some are optional, marks at constants[c] */
	CEL_DO_MAP,  /* to = {to …}; b entries, likewise */
	/*
	 * A chain of && or ||: `to` holds what came out so far; `sub` is the bool that decides.
	 * TESTs find the term themselves: one instruction a term.  Decided: pc = c.
	 */
	CEL_DO_LOGIC,       /* term a */
	CEL_DO_TEST_INT,    /* term: name a, an int, compared with constant b; see CEL_TEST_SHIFT */
	CEL_DO_TEST_STRING, /* term: name a, a string, equal to constant b; see CEL_TEST_SHIFT */
	CEL_DO_TEST_IN,     /* term: name a, a string, in the list of strings constant b */
	CEL_DO_TEST_HOLDS,  /* term: the string constant b in name a, a list */
	CEL_DO_TEST_BOOL,   /* term: name a */
	CEL_DO_BRANCH,      /* a true: on; false: pc = c; otherwise to = a, pc = b */
	/* Loops: sub: enum cel_fold; `to`: outcome; locals at a and, for two variables, a + 1. */
	CEL_DO_FOLD,   /* begins loop c over the value at `to`; not to be run over: pc = b */
	CEL_DO_NEXT,   /* the next element of loop c; none left: pc = b */
	CEL_DO_KEEP,   /* a condition: holds: on; otherwise pc = b */
	CEL_DO_TAKE,   /* an element of the result */
	CEL_DO_END,    /* to = what loop c made */
	CEL_DO_OR,     /* optional at `to`: with a value (sub: unwrapped), or none such: pc = c */
	CEL_DO_UNWRAP, /* local a = what the optional at `to` holds; otherwise pc = c */
	CEL_DO_WRAP,   /* to = optional.of(to); sub: it is an optional already */
	CEL_DO_UNDECLARED, /* to = an error: no such function */
};

enum cel_access {
	CEL_ACCESS_PLAIN = 0,
	CEL_ACCESS_OPTIONAL = 1, /* a.?b, a[?b] */
	/* A bit of `sub`: from a name to here there is nothing but fields and literal items. */
	CEL_ACCESS_PATH = 2,
};

/* Operands: two bits for where, the rest a number. */
enum {
	CEL_AT_FRAME = 0,
	CEL_AT_CONSTANT = 1,
	CEL_AT_NAME = 2,
	CEL_AT_SHIFT = 30,
	/* TESTs: `sub` is 1 when true decides, plus 8 times: for comparisons, which of CEL_LESS,
	 * CEL_EQUAL, CEL_GREATER are true, a bit each; for the others, 1 when negated. */
	CEL_TEST_SHIFT = 3,
};

struct cel_instruction {
	uint8_t what; /* enum cel_do */
	uint8_t sub;
	uint16_t to;
	uint32_t a;
	uint32_t b;
	uint32_t c;
};
_Static_assert(sizeof(struct cel_instruction) == 16, "an instruction is two words");

/* A place where functions are called. */
struct cel_site {
	const struct cel_overload *const *overloads;
	uint32_t count;
	const void *prepared;
};

struct cel_program {
	const struct cel_instruction *code;
	const uint32_t *offsets; /* into the source, an instruction each */
	uint32_t length;
	uint32_t frame_size;
	uint32_t loop_count;
	uint32_t name_count;
	/* All of it is a chain: a MOVE, so many TESTs, a RETURN; 0: it is something else. */
	uint32_t test_count;
	const struct cel_value *constants;
	const struct cel_site *sites;
	const struct cel_name *names;          /* the tree's */
	const uint32_t *slots;                 /* a name each */
	const uint32_t *numbers;               /* 0, 1, 2 …: as many as names */
	const struct cel_trail *const *trails; /* a name each */
	bool declared;                         /* every name has a slot */
};

/* A loop that runs. */
struct cel_loop {
	struct cel_value range;
	uint32_t at;
	uint32_t filled;
	uint32_t size;
	uint32_t found;
	struct cel_value *items;   /* of the list that is made */
	struct cel_entry *entries; /* of the map that is made */
};

/* One evaluation.  What is slow or rare is in functions of their own, in run_*.c. */
struct cel_run {
	const struct cel_program *program;
	const struct cel_facts *facts;
	struct arena *scratch;
	struct cel_value *frame;
	struct cel_loop *loops;
	const struct cel_value *given; /* by slots or by numbers */
	const uint32_t *places;        /* a name each, into `given` */
	struct cel_value *fetched;     /* NULL when the caller gave all values */
	uint64_t budget;
	const struct cel_instruction *step; /* that runs */
};

/* run_unknown.c: what a name stands for, asked for when it has not been. */
struct cel_value cel_run_name(struct cel_run *run, uint32_t name);

/* Reads an operand. */
static inline struct cel_value cel_run_operand(struct cel_run *run, uint32_t operand)
{
	const uint32_t at = operand & ((1U << CEL_AT_SHIFT) - 1);
	const uint32_t where = operand >> CEL_AT_SHIFT;
	if (where == CEL_AT_FRAME) {
		return run->frame[at];
	}
	if (where == CEL_AT_CONSTANT) {
		return run->program->constants[at];
	}
	const struct cel_value value = run->given[run->places[at]];
	return value.kind < CEL_ERROR ? value : cel_run_name(run, at);
}

/* run_other.c: the instructions that are rare enough to share a branch; where to go on. */
uint32_t cel_run_other(struct cel_run *run, const struct cel_instruction *step, uint32_t next);

/* run_unknown.c.  Error before unknown; true, with *ret, when either is no plain value. */
bool cel_run_absorb(
	struct cel_run *run, struct cel_value a, struct cel_value b, struct cel_value *ret);
struct cel_value cel_run_merge(struct cel_run *run, struct cel_value a, struct cel_value b);
/* All that is unknown within a PARTIAL value. */
struct cel_value cel_run_parts(struct cel_run *run, struct cel_value value);
/* A trail of one step more, "a.b" or "a[0]"; the unknown itself when it has several, or the key is
 * nothing that a path can hold. */
struct cel_value cel_run_extend(
	struct cel_run *run, struct cel_value unknown, struct cel_value key);
/* What stands at a key that was not found in an OPEN map. */
struct cel_value cel_run_missing(struct cel_run *run, struct cel_value map, struct cel_value key);
/* The same of a value that is the answer: of an OPEN map that is whatever is known of it. */
struct cel_value cel_run_answer(struct cel_run *run, struct cel_value value);
struct cel_value cel_run_error(const struct cel_run *run, const char *text);
struct cel_value cel_run_mismatch(const struct cel_run *run);
/* Takes it off the budget; false, with *ret an error, when that is used up. */
bool cel_run_charge(struct cel_run *run, uint64_t cost, struct cel_value *ret);
void *cel_run_alloc(struct cel_run *run, size_t count, size_t size, struct cel_value *ret);

/* run_values.c: operators. */
struct cel_value cel_run_compare(
	struct cel_run *run, enum cel_op op, struct cel_value a, struct cel_value b);
/* What a term of logic makes of the outcome so far: unknown before error. */
struct cel_value cel_run_logic(
	struct cel_run *run, bool deciding, struct cel_value so_far, struct cel_value term);

/* run_access.c: fields and elements. */
struct cel_value cel_run_select(struct cel_run *run, enum cel_access access,
	struct cel_value operand, struct cel_value key);
struct cel_value cel_run_index(struct cel_run *run, enum cel_access access,
	struct cel_value operand, struct cel_value index);
struct cel_value cel_run_has(struct cel_run *run, struct cel_value operand, struct cel_value key);
/* Whether the key is in the map, from what cel_map_find gave. */
struct cel_value cel_run_holds(struct cel_run *run, struct cel_value map, struct cel_value key,
	const struct cel_value *found);

/* run_call.c: functions, and literals with elements; `args` is a place in the frame. */
struct cel_value cel_run_call(struct cel_run *run, const struct cel_site *site,
	const struct cel_value *args, uint32_t count);
struct cel_value cel_run_list(struct cel_run *run, const struct cel_value *elements, uint32_t count,
	const struct cel_value *optional);
struct cel_value cel_run_map(struct cel_run *run, const struct cel_value *elements, uint32_t count,
	const struct cel_value *optional);

/* run_loop.c: each returns whether to go on with the next instruction; otherwise jump. */
bool cel_run_fold(struct cel_run *run, const struct cel_instruction *step);
bool cel_run_next(struct cel_run *run, const struct cel_instruction *step);
bool cel_run_keep(
	struct cel_run *run, const struct cel_instruction *step, struct cel_value condition);
void cel_run_take(
	struct cel_run *run, const struct cel_instruction *step, struct cel_value element);
void cel_run_end(struct cel_run *run, const struct cel_instruction *step);
#endif
