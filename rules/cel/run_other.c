/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/program.h"

static uint32_t run_optional(struct cel_run *run, const struct cel_instruction *step, uint32_t next)
{
	struct cel_value *value = &run->frame[step->to];
	if (value->kind != CEL_OPTIONAL) {
		*value = value->kind >= CEL_ERROR ? *value : cel_run_mismatch(run);
		return step->c;
	}
	if (step->what == CEL_DO_UNWRAP) {
		if (value->inner != NULL) {
			run->frame[step->a] = *value->inner;
			return next;
		}
		return step->c;
	}
	if (value->inner == NULL) {
		return next;
	}
	if (step->sub != 0) {
		*value = *value->inner;
	}
	return step->c;
}

static void run_wrap(struct cel_run *run, const struct cel_instruction *step)
{
	struct cel_value *value = &run->frame[step->to];
	if (value->kind >= CEL_ERROR) {
		return;
	}
	if (step->sub != 0) {
		*value = value->kind == CEL_OPTIONAL ? *value : cel_run_mismatch(run);
		return;
	}
	struct cel_value *kept = cel_run_alloc(run, 1, sizeof(*kept), value);
	if (kept != NULL) {
		*kept = *value;
		*value = cel_optional(kept);
	}
}

static struct cel_value run_given(struct cel_run *run, const struct cel_instruction *step)
{
	const struct cel_value value = cel_run_operand(run, step->a);
	return value.kind >= CEL_ERROR ? value : cel_bool(value.kind != CEL_NULL);
}

uint32_t cel_run_other(struct cel_run *run, const struct cel_instruction *step, uint32_t next)
{
	const enum cel_do what = (enum cel_do)step->what;
	const struct cel_program *program = run->program;
	struct cel_value *to = &run->frame[step->to];
	const bool marked = (what == CEL_DO_LIST || what == CEL_DO_MAP) && step->sub != 0;
	const struct cel_value *marks = marked ? &program->constants[step->c] : NULL;
	if (what == CEL_DO_HAS) {
		*to = cel_run_has(
			run, cel_run_operand(run, step->a), cel_run_operand(run, step->b));
	} else if (what == CEL_DO_GIVEN) {
		*to = run_given(run, step);
	} else if (what == CEL_DO_LIST) {
		*to = cel_run_list(run, to, step->b, marks);
	} else if (what == CEL_DO_MAP) {
		*to = cel_run_map(run, to, step->b, marks);
	} else if (what == CEL_DO_WRAP) {
		run_wrap(run, step);
	} else if (what == CEL_DO_FOLD) {
		return cel_run_fold(run, step) ? next : step->b;
	} else if (what == CEL_DO_END) {
		cel_run_end(run, step);
	} else if (what == CEL_DO_UNDECLARED) {
		*to = cel_run_error(run, "no such function");
	} else {
		return run_optional(run, step, next);
	}
	return next;
}
