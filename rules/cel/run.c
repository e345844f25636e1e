/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/program.h"

enum {
	/* Frames, loops and names that need no memory of the arena. */
	SMALL_FRAME = 32,
	SMALL_LOOPS = 2,
	SMALL_NAMES = 16,
	/* Elements a TEST looks through without counting what that costs. */
	SMALL_LIST = 64,
};

/* One bit of CEL_LESS, CEL_EQUAL, CEL_GREATER. */
static inline unsigned order_bit(int64_t a, int64_t b)
{
	return 1U << ((a > b ? 2U : 0U) | (a == b ? 1U : 0U));
}

static inline unsigned op_mask(enum cel_op op)
{
	static const uint8_t MASKS[] = {[CEL_OP_LT] = 1,
		[CEL_OP_LE] = 3,
		[CEL_OP_GT] = 4,
		[CEL_OP_GE] = 6,
		[CEL_OP_EQ] = 2,
		[CEL_OP_NE] = 5};
	return MASKS[op];
}

static inline bool same_text(struct cel_value a, struct cel_value b)
{
	/* The first byte spares most of the calls. */
	return a.extra == b.extra &&
	       (a.extra == 0 || (a.text[0] == b.text[0] && memcmp(a.text, b.text, a.extra) == 0));
}

static bool among(struct cel_value text, struct cel_value list)
{
	for (uint32_t i = 0; i < list.extra; i++) {
		if (list.items[i].kind == CEL_STRING && same_text(list.items[i], text)) {
			return true;
		}
	}
	return false;
}

static struct cel_value compare(struct cel_run *run, const struct cel_instruction *step,
	struct cel_value a, struct cel_value b)
{
	if (a.kind == CEL_INT && b.kind == CEL_INT && step->sub <= CEL_OP_NE) {
		const unsigned mask = op_mask((enum cel_op)step->sub);
		return cel_bool((mask & order_bit(a.integer, b.integer)) != 0);
	}
	return cel_run_compare(run, (enum cel_op)step->sub, a, b);
}

/* The op a TEST was made from, for values it is not quick for. */
static struct cel_value test_slowly(
	struct cel_run *run, const struct cel_instruction *step, struct cel_value given)
{
	static const enum cel_op OPS[] = {[1] = CEL_OP_LT,
		[3] = CEL_OP_LE,
		[4] = CEL_OP_GT,
		[6] = CEL_OP_GE,
		[2] = CEL_OP_EQ,
		[5] = CEL_OP_NE};
	const struct cel_value constant = run->program->constants[step->b];
	const bool negated = step->sub >> CEL_TEST_SHIFT != 0;
	struct cel_value term;
	if (step->what == CEL_DO_TEST_INT || step->what == CEL_DO_TEST_STRING) {
		return cel_run_compare(run, OPS[step->sub >> CEL_TEST_SHIFT], given, constant);
	}
	if (step->what == CEL_DO_TEST_BOOL) {
		term = given;
	} else if (step->what == CEL_DO_TEST_IN) {
		term = cel_run_compare(run, CEL_OP_IN, given, constant);
	} else {
		term = cel_run_compare(run, CEL_OP_IN, constant, given);
	}
	if (term.kind == CEL_BOOL) {
		term.boolean = term.boolean != negated;
	}
	return term;
}

/* The term of a TEST for the value given: 0 or 1, or -1 for what needs the slow way. */
static inline int find_term(const struct cel_instruction *step, const struct cel_value *given,
	const struct cel_value *constant)
{
	const unsigned mask = step->sub >> CEL_TEST_SHIFT;
	if (step->what == CEL_DO_TEST_INT) {
		return given->kind == CEL_INT
			       ? (mask & order_bit(given->integer, constant->integer)) != 0
			       : -1;
	}
	if (step->what == CEL_DO_TEST_STRING) {
		return given->kind == CEL_STRING ? same_text(*given, *constant) != (mask & 1) : -1;
	}
	if (step->what == CEL_DO_TEST_IN) {
		return given->kind == CEL_STRING ? among(*given, *constant) != mask : -1;
	}
	if (step->what == CEL_DO_TEST_HOLDS) {
		return given->kind == CEL_LIST && given->flags == 0 && given->extra <= SMALL_LIST
			       ? among(*constant, *given) != mask
			       : -1;
	}
	return given->kind == CEL_BOOL ? given->boolean != mask : -1;
}

static inline int test(const struct cel_run *run, const struct cel_instruction *step)
{
	return find_term(
		step, &run->given[run->places[step->a]], &run->program->constants[step->b]);
}

static bool settle_slowly(struct cel_run *run, const struct cel_instruction *step)
{
	const bool deciding = (step->sub & 1) != 0;
	struct cel_value given = run->given[run->places[step->a]];
	if (given.kind >= CEL_ERROR) {
		given = cel_run_name(run, step->a);
	}
	struct cel_value *outcome = &run->frame[step->to];
	*outcome = cel_run_logic(run, deciding, *outcome, test_slowly(run, step, given));
	return outcome->kind == CEL_BOOL && outcome->boolean == deciding;
}

/* Folds the term of a TEST into the chain's outcome; true when it decides. */
static inline bool settle(struct cel_run *run, const struct cel_instruction *step, int term)
{
	const int deciding = step->sub & 1;
	if (term < 0) {
		return settle_slowly(run, step);
	}
	if (term == deciding) {
		run->frame[step->to] = cel_bool(term != 0);
	}
	return term == deciding;
}

static bool run_logic(struct cel_run *run, const struct cel_instruction *step)
{
	const bool deciding = (step->sub & 1) != 0;
	struct cel_value *outcome = &run->frame[step->to];
	const struct cel_value term = cel_run_operand(run, step->a);
	if (term.kind == CEL_BOOL) {
		if (term.boolean == deciding) {
			*outcome = term;
		}
		return term.boolean == deciding;
	}
	*outcome = cel_run_logic(run, deciding, *outcome, term);
	return false;
}

/* Where to go on: after the condition, at the other side, or, without an answer, behind both. */
static uint32_t run_branch(struct cel_run *run, const struct cel_instruction *step, uint32_t next)
{
	const struct cel_value condition = cel_run_operand(run, step->a);
	if (condition.kind == CEL_BOOL) {
		return condition.boolean ? next : step->c;
	}
	run->frame[step->to] = condition.kind >= CEL_ERROR ? condition : cel_run_mismatch(run);
	return step->b;
}

static struct cel_value run_not(struct cel_run *run, struct cel_value value)
{
	if (value.kind == CEL_BOOL) {
		return cel_bool(!value.boolean);
	}
	return value.kind >= CEL_ERROR ? value : cel_run_mismatch(run);
}

static struct cel_value run_access(struct cel_run *run, const struct cel_instruction *step)
{
	const struct cel_value operand = cel_run_operand(run, step->a);
	const struct cel_value key = cel_run_operand(run, step->b);
	const enum cel_access access =
		(step->sub & CEL_ACCESS_OPTIONAL) != 0 ? CEL_ACCESS_OPTIONAL : CEL_ACCESS_PLAIN;
	if (operand.kind == CEL_UNKNOWN && (step->sub & CEL_ACCESS_PATH) != 0 &&
		run->facts->by_path) {
		return cel_run_extend(run, operand, key);
	}
	return step->what == CEL_DO_SELECT ? cel_run_select(run, access, operand, key)
					   : cel_run_index(run, access, operand, key);
}

static struct cel_value run_code(struct cel_run *run)
{
	const struct cel_instruction *code = run->program->code;
	uint32_t pc = 0;
	for (;;) {
		const struct cel_instruction *step = &code[pc];
		run->step = step;
		pc++;
		switch ((enum cel_do)step->what) {
		case CEL_DO_RETURN:
			return cel_run_operand(run, step->a);
		case CEL_DO_MOVE:
			run->frame[step->to] = cel_run_operand(run, step->a);
			break;
		case CEL_DO_JUMP:
			pc = step->c;
			break;
		case CEL_DO_COMPARE: {
			const struct cel_value a = cel_run_operand(run, step->a);
			run->frame[step->to] = compare(run, step, a, cel_run_operand(run, step->b));
			break;
		}
		case CEL_DO_NOT:
			run->frame[step->to] = run_not(run, cel_run_operand(run, step->a));
			break;
		case CEL_DO_TEST_INT:
		case CEL_DO_TEST_STRING:
		case CEL_DO_TEST_IN:
		case CEL_DO_TEST_HOLDS:
		case CEL_DO_TEST_BOOL:
			pc = settle(run, step, test(run, step)) ? step->c : pc;
			break;
		case CEL_DO_LOGIC:
			pc = run_logic(run, step) ? step->c : pc;
			break;
		case CEL_DO_BRANCH:
			pc = run_branch(run, step, pc);
			break;
		case CEL_DO_SELECT:
		case CEL_DO_INDEX:
			run->frame[step->to] = run_access(run, step);
			break;
		case CEL_DO_CALL:
			run->frame[step->to] = cel_run_call(
				run, &run->program->sites[step->c], &run->frame[step->to], step->b);
			break;
		case CEL_DO_NEXT:
			pc = cel_run_next(run, step) ? pc : step->b;
			break;
		case CEL_DO_KEEP:
			pc = cel_run_keep(run, step, cel_run_operand(run, step->a)) ? pc : step->b;
			break;
		case CEL_DO_TAKE:
			cel_run_take(run, step, cel_run_operand(run, step->a));
			break;
		case CEL_DO_OR:
		case CEL_DO_UNWRAP:
		case CEL_DO_WRAP:
		case CEL_DO_FOLD:
		case CEL_DO_END:
		case CEL_DO_HAS:
		case CEL_DO_GIVEN:
		case CEL_DO_LIST:
		case CEL_DO_MAP:
		case CEL_DO_UNDECLARED:
			pc = cel_run_other(run, step, pc);
			break;
		}
	}
}

/* A chain of nothing but TESTs over given values, which most clauses are: it needs no frame.  False
 * when a value makes it more than that. */
static bool run_tests(const struct cel_program *program, const struct cel_value *given,
	struct cel_value *ret_outcome)
{
	const struct cel_instruction *step = &program->code[1];
	const int deciding = step->sub & 1;
	for (uint32_t i = 0; i < program->test_count; i++, step++) {
		const int term = find_term(
			step, &given[program->slots[step->a]], &program->constants[step->b]);
		if (term < 0) {
			return false;
		}
		if (term == deciding) {
			*ret_outcome = cel_bool(term != 0);
			return true;
		}
	}
	*ret_outcome = cel_bool(deciding == 0);
	return true;
}

/* With a frame, for whatever it is. */
static struct cel_value evaluate_any(
	const struct cel_program *program, const struct cel_facts *facts, struct arena *scratch)
{
	struct cel_value frame[SMALL_FRAME];
	struct cel_value fetched[SMALL_NAMES];
	struct cel_loop loops[SMALL_LOOPS];
	struct cel_run run = {.program = program, .facts = facts, .scratch = scratch};
	struct cel_value outcome;
	run.budget = facts->cost_limit == 0 ? CEL_LIMIT_COST : facts->cost_limit;
	run.step = program->code;
	run.frame = frame;
	run.loops = loops;
	if (!cel_run_charge(&run, program->length, &outcome)) {
		return outcome;
	}
	if (program->frame_size > SMALL_FRAME) {
		run.frame = cel_run_alloc(&run, program->frame_size, sizeof(frame[0]), &outcome);
	}
	if (program->loop_count > SMALL_LOOPS) {
		run.loops = cel_run_alloc(&run, program->loop_count, sizeof(loops[0]), &outcome);
	}
	if (facts->values != NULL && program->declared) {
		run.given = facts->values;
		run.places = program->slots;
	} else {
		run.fetched = program->name_count <= SMALL_NAMES
				      ? fetched
				      : cel_run_alloc(&run, program->name_count, sizeof(fetched[0]),
						&outcome);
		run.given = run.fetched;
		run.places = program->numbers;
	}
	if (run.frame == NULL || run.loops == NULL || run.given == NULL) {
		return outcome;
	}
	for (uint32_t i = 0; run.fetched != NULL && i < program->name_count; i++) {
		run.fetched[i].kind = CEL_KINDS;
	}
	outcome = run_code(&run);
	if ((outcome.flags & CEL_FLAG_PARTIAL) != 0) {
		/* What is unknown in part is no answer: it would read as one. */
		outcome = cel_run_answer(&run, outcome);
	}
	/* An outcome that hangs on what was cut short is none. */
	return run.budget > 0 ? outcome
			      : cel_run_error(&run, arena_failed(scratch)
							    ? "out of memory"
							    : "the expression takes too long");
}

struct cel_value cel_evaluate(
	const struct cel_program *program, const struct cel_facts *facts, struct arena *scratch)
{
	struct cel_value outcome;
	if (program->test_count > 0 && facts->values != NULL && program->declared &&
		facts->cost_limit == 0 && run_tests(program, facts->values, &outcome)) {
		return outcome;
	}
	return evaluate_any(program, facts, scratch);
}
