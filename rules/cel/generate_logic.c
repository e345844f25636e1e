/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/generator.h"

/* Which of less, equal and greater make it true, a bit each. */
static unsigned order_mask(enum cel_op op)
{
	static const uint8_t MASKS[] = {[CEL_OP_LT] = 1,
		[CEL_OP_LE] = 3,
		[CEL_OP_GT] = 4,
		[CEL_OP_GE] = 6,
		[CEL_OP_EQ] = 2,
		[CEL_OP_NE] = 5};
	return MASKS[op];
}

static bool all_strings(struct cel_value list)
{
	for (uint32_t i = 0; i < list.extra; i++) {
		if (list.items[i].kind != CEL_STRING) {
			return false;
		}
	}
	return list.kind == CEL_LIST;
}

/* A comparison of a name with a constant; false when there is no TEST for it. */
static bool find_compare(enum cel_op op, bool negated, struct cel_value constant,
	struct cel_instruction *test, unsigned *ret_mask)
{
	const bool equality = op == CEL_OP_EQ || op == CEL_OP_NE;
	/* The opposite of an order is no order where a NaN may stand. */
	if ((negated && !equality) || op > CEL_OP_NE) {
		return false;
	}
	if (constant.kind != CEL_INT && !(constant.kind == CEL_STRING && equality)) {
		return false;
	}
	test->what = constant.kind == CEL_INT ? CEL_DO_TEST_INT : CEL_DO_TEST_STRING;
	*ret_mask = order_mask(op);
	if (negated) {
		*ret_mask = order_mask(op == CEL_OP_EQ ? CEL_OP_NE : CEL_OP_EQ);
	}
	return true;
}

static bool find_binary(struct cel_generator *generator, const struct cel_node *node, bool negated,
	struct cel_instruction *test, unsigned *ret_mask)
{
	const struct cel_node *left = node->child;
	const struct cel_node *right = left->next;
	struct cel_value constant;
	const bool named = left->kind == CEL_NODE_NAME;
	const struct cel_node *name = named ? left : right;
	if (node->op > CEL_OP_IN || name->kind != CEL_NODE_NAME ||
		!cel_generate_constant(generator, named ? right : left, &constant)) {
		return false;
	}
	if (node->op == CEL_OP_IN) {
		if (!(named ? all_strings(constant) : constant.kind == CEL_STRING)) {
			return false;
		}
		test->what = named ? CEL_DO_TEST_IN : CEL_DO_TEST_HOLDS;
		*ret_mask = negated ? 1 : 0;
	} else if (!find_compare(named ? node->op : cel_op_mirror(node->op), negated, constant,
			   test, ret_mask)) {
		return false;
	}
	test->a = name->variable;
	test->b = cel_at_constant(generator, constant) & ((1U << CEL_AT_SHIFT) - 1);
	return true;
}

/* A term that one instruction can find and settle. */
static bool find_test(struct cel_generator *generator, const struct cel_node *node,
	struct cel_instruction *test, unsigned *ret_mask)
{
	bool negated = false;
	while (node->kind == CEL_NODE_NOT) {
		negated = !negated;
		node = node->child;
	}
	if (node->kind == CEL_NODE_NAME) {
		test->what = CEL_DO_TEST_BOOL;
		test->a = node->variable;
		test->b = cel_at_constant(generator, cel_bool(true)) & ((1U << CEL_AT_SHIFT) - 1);
		*ret_mask = negated ? 1 : 0;
		return true;
	}
	return node->kind == CEL_NODE_BINARY &&
	       find_binary(generator, node, negated, test, ret_mask);
}

void cel_generate_logic(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const unsigned deciding = node->kind == CEL_NODE_OR ? 1 : 0;
	const uint32_t start = cel_at_constant(generator, cel_bool(deciding == 0));
	const uint32_t first = cel_emit(generator, node,
		(struct cel_instruction){.what = CEL_DO_MOVE, .to = (uint16_t)to, .a = start});
	/* The instructions to patch are linked through their targets. */
	uint32_t last = first;
	for (const struct cel_node *term = node->child; term != NULL; term = term->next) {
		struct cel_instruction step = {.to = (uint16_t)to, .c = last};
		unsigned mask = 0;
		if (!find_test(generator, term, &step, &mask)) {
			step.what = CEL_DO_LOGIC;
			step.a = cel_generate(generator, term, to + 1);
		}
		step.sub = (uint8_t)(mask << CEL_TEST_SHIFT | deciding);
		last = cel_emit(generator, term, step);
	}
	while (generator->compilation.err == ERR_OK && last != first) {
		const uint32_t next = generator->code[last].c;
		generator->code[last].c = generator->length;
		last = next;
	}
}

bool cel_generate_test(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	unsigned mask = 0;
	struct cel_instruction test = {.to = (uint16_t)to};
	/* A fact alone may be anything, a comparison is a bool. */
	if (node->kind != CEL_NODE_BINARY || !find_test(generator, node, &test, &mask)) {
		return false;
	}
	const uint32_t start = cel_at_constant(generator, cel_bool(false));
	(void)cel_emit(generator, node,
		(struct cel_instruction){.what = CEL_DO_MOVE, .to = (uint16_t)to, .a = start});
	test.sub = (uint8_t)(mask << CEL_TEST_SHIFT | 1);
	test.c = generator->length + 1;
	(void)cel_emit(generator, node, test);
	return true;
}
