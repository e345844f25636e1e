/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/generator.h"

static struct cel_instruction loop_step(const struct cel_generator *generator,
	const struct cel_node *node, enum cel_do what, uint32_t to)
{
	return (struct cel_instruction){.what = (uint8_t)what,
		.sub = (uint8_t)node->fold,
		.to = (uint16_t)to,
		.c = generator->loop};
}

/* The body of all() and exists(): a chain of terms, one a turn. */
static uint32_t generate_terms(
	struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const struct cel_node *condition = node->child->next;
	generator->loop++;
	const uint32_t term = cel_generate(generator, condition, to + 1);
	generator->loop--;
	return cel_emit(generator, condition,
		(struct cel_instruction){.what = CEL_DO_LOGIC,
			.sub = node->fold == CEL_FOLD_EXISTS ? 1 : 0,
			.to = (uint16_t)to,
			.a = term});
}

/* The body of the others: a condition, which may be left out, and what is taken. */
static void generate_turn(
	struct cel_generator *generator, const struct cel_node *node, uint32_t to, uint32_t next)
{
	const struct cel_node *first = node->child->next;
	const bool filter = node->fold == CEL_FOLD_FILTER || node->fold == CEL_FOLD_EXISTS_ONE;
	const struct cel_node *element = first->next != NULL ? first->next : first;
	if (filter || first->next != NULL) {
		struct cel_instruction keep = loop_step(generator, node, CEL_DO_KEEP, to);
		generator->loop++;
		keep.a = cel_generate(generator, first, to + 1);
		generator->loop--;
		keep.b = next;
		(void)cel_emit(generator, first, keep);
	}
	struct cel_instruction take = loop_step(generator, node, CEL_DO_TAKE, to);
	if (node->fold == CEL_FOLD_EXISTS_ONE) {
		take.a = cel_at_constant(generator, cel_bool(true));
	} else if (filter) {
		take.a = cel_at_frame(node->slot);
	} else {
		generator->loop++;
		take.a = cel_generate(generator, element, to + 1);
		generator->loop--;
	}
	(void)cel_emit(generator, element, take);
}

void cel_generate_fold(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const bool logic = node->fold == CEL_FOLD_ALL || node->fold == CEL_FOLD_EXISTS;
	cel_generate_into(generator, node->child, to);
	const uint32_t begin =
		cel_emit(generator, node, loop_step(generator, node, CEL_DO_FOLD, to));
	struct cel_instruction turn = loop_step(generator, node, CEL_DO_NEXT, to);
	turn.sub = node->second.len > 0 ? 1 : 0;
	turn.a = node->slot;
	const uint32_t next = cel_emit(generator, node, turn);
	uint32_t decide = next;
	if (logic) {
		decide = generate_terms(generator, node, to);
	} else {
		generate_turn(generator, node, to, next);
	}
	(void)cel_emit(generator, node, (struct cel_instruction){.what = CEL_DO_JUMP, .c = next});
	if (generator->loop_most <= generator->loop) {
		generator->loop_most = generator->loop + 1;
	}
	if (generator->compilation.err != ERR_OK) {
		return;
	}
	const uint32_t end = generator->length;
	generator->code[begin].b = end;
	generator->code[next].b = end;
	if (logic) {
		generator->code[decide].c = end;
	} else {
		(void)cel_emit(generator, node, loop_step(generator, node, CEL_DO_END, to));
	}
}

void cel_generate_bind(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const struct cel_node *value = node->child;
	if (node->bind == CEL_BIND_PLAIN) {
		/* The value first where nothing of an outer bind stands, then to its place. */
		const uint32_t at = cel_generate(generator, value, to);
		(void)cel_emit(generator, node,
			(struct cel_instruction){
				.what = CEL_DO_MOVE, .to = (uint16_t)node->slot, .a = at});
		cel_generate_into(generator, value->next, to);
		return;
	}
	cel_generate_into(generator, value, to);
	const uint32_t unwrap = cel_emit(generator, node,
		(struct cel_instruction){
			.what = CEL_DO_UNWRAP, .to = (uint16_t)to, .a = node->slot});
	cel_generate_into(generator, value->next, to);
	(void)cel_emit(generator, node,
		(struct cel_instruction){.what = CEL_DO_WRAP,
			.sub = node->bind == CEL_BIND_FLAT ? 1 : 0,
			.to = (uint16_t)to});
	if (generator->compilation.err == ERR_OK) {
		generator->code[unwrap].c = generator->length;
	}
}
