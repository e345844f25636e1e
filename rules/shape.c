/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/shape.h"

static bool is_fact(const struct rules_node *node)
{
	return node->kind == RULES_NODE_FACT;
}

/* The value of a constant node; false when it has none. */
static bool constant(
	struct rules_eval *eval, const struct rules_node *node, struct rules_value *ret_value)
{
	if (!rules_node_is_constant(node)) {
		return false;
	}
	*ret_value = rules_eval_node(eval, node);
	return ret_value->kind != RULES_IS_ERROR;
}

/* a < b says the same as b > a. */
static enum rules_op mirror(enum rules_op op)
{
	switch (op) {
	case RULES_OP_LT:
		return RULES_OP_GT;
	case RULES_OP_LE:
		return RULES_OP_GE;
	case RULES_OP_GT:
		return RULES_OP_LT;
	case RULES_OP_GE:
		return RULES_OP_LE;
	case RULES_OP_EQ:
	case RULES_OP_NE:
	case RULES_OP_IN:
	case RULES_OP_ADD:
	case RULES_OP_SUBTRACT:
	case RULES_OP_MULTIPLY:
	case RULES_OP_DIVIDE:
	case RULES_OP_MODULO:
		break;
	}
	return op;
}

static enum rules_op opposite(enum rules_op op)
{
	switch (op) {
	case RULES_OP_LT:
		return RULES_OP_GE;
	case RULES_OP_LE:
		return RULES_OP_GT;
	case RULES_OP_GT:
		return RULES_OP_LE;
	case RULES_OP_GE:
		return RULES_OP_LT;
	case RULES_OP_EQ:
		return RULES_OP_NE;
	case RULES_OP_NE:
		return RULES_OP_EQ;
	case RULES_OP_IN:
	case RULES_OP_ADD:
	case RULES_OP_SUBTRACT:
	case RULES_OP_MULTIPLY:
	case RULES_OP_DIVIDE:
	case RULES_OP_MODULO:
		break;
	}
	return op;
}

static enum rules_form form_number(enum rules_op op)
{
	return op == RULES_OP_GE   ? RULES_FORM_MINIMUM
	       : op == RULES_OP_LE ? RULES_FORM_MAXIMUM
	       : op == RULES_OP_GT ? RULES_FORM_ABOVE
				   : RULES_FORM_BELOW;
}

static enum rules_form form_time(enum rules_op op)
{
	return op == RULES_OP_GE   ? RULES_FORM_EARLIEST
	       : op == RULES_OP_LE ? RULES_FORM_LATEST
	       : op == RULES_OP_GT ? RULES_FORM_AFTER
				   : RULES_FORM_BEFORE;
}

/* Among whole numbers, above 17 is a minimum of 18 and below 26 a maximum of 25. */
static void settle_whole(struct rules_eval *eval, struct rules_shape *shape)
{
	int64_t *threshold = &shape->threshold.integer;
	if (shape->threshold.kind != RULES_INT ||
		rules_eval_fact(eval, shape->fact).kind != RULES_INT) {
		return;
	}
	if (shape->form == RULES_FORM_ABOVE && *threshold < INT64_MAX) {
		*threshold += 1;
		shape->form = RULES_FORM_MINIMUM;
	} else if (shape->form == RULES_FORM_BELOW && *threshold > INT64_MIN) {
		*threshold -= 1;
		shape->form = RULES_FORM_MAXIMUM;
	}
}

static void settle_comparison(
	struct rules_eval *eval, struct rules_shape *shape, enum rules_op op, bool negated)
{
	const enum rules_kind kind = shape->threshold.kind;
	op = negated ? opposite(op) : op;
	const bool equality = op == RULES_OP_EQ || op == RULES_OP_NE;
	if (equality && kind == RULES_BOOL) {
		const bool wanted = shape->threshold.boolean == (op == RULES_OP_EQ);
		shape->form = wanted ? RULES_FORM_YES : RULES_FORM_NO;
	} else if (equality && kind == RULES_NULL) {
		shape->form = op == RULES_OP_NE ? RULES_FORM_RECORDED : RULES_FORM_NOT_RECORDED;
	} else if (equality) {
		shape->form = op == RULES_OP_EQ ? RULES_FORM_EQUAL : RULES_FORM_DIFFERENT;
	} else if (rules_kind_is_number(kind) || kind == RULES_DURATION) {
		shape->form = form_number(op);
		settle_whole(eval, shape);
	} else if (kind == RULES_TIMESTAMP || kind == RULES_STRING) {
		shape->form = form_time(op);
	}
}

static bool is_relation(enum rules_op op)
{
	return mirror(op) != op || op == RULES_OP_EQ || op == RULES_OP_NE;
}

static void find_binary(struct rules_eval *eval, struct rules_shape *shape, bool negated)
{
	const struct rules_node *left = shape->node->child;
	const struct rules_node *right = left->next;
	const enum rules_op op = shape->node->op;
	struct rules_value threshold;
	if (is_fact(left) && constant(eval, right, &threshold)) {
		shape->fact = left;
	} else if (is_fact(right) && constant(eval, left, &threshold)) {
		shape->fact = right;
	} else {
		return;
	}
	shape->threshold = threshold;
	if (op == RULES_OP_IN && shape->fact == right) {
		shape->form = negated ? RULES_FORM_EXCLUDES : RULES_FORM_INCLUDES;
	} else if (op == RULES_OP_IN && threshold.kind == RULES_LIST) {
		shape->form = negated ? RULES_FORM_NONE_OF : RULES_FORM_ONE_OF;
	} else if (is_relation(op)) {
		settle_comparison(eval, shape, shape->fact == left ? op : mirror(op), negated);
	}
}

/* needs.exists(n, n in ['a', 'b']), needs.exists(n, n == 'a'), needs.all(n, n != 'a'). */
static void find_fold(struct rules_eval *eval, struct rules_shape *shape, bool negated)
{
	const struct rules_node *fold = shape->node;
	const struct rules_node *step = fold->child->next;
	bool wanted = true;
	while (step->kind == RULES_NODE_NOT) {
		wanted = !wanted;
		step = step->child;
	}
	if (!is_fact(fold->child) || step->kind != RULES_NODE_BINARY) {
		return;
	}
	const struct rules_node *left = step->child;
	const struct rules_node *right = left->next;
	if (left->kind != RULES_NODE_VAR && step->op != RULES_OP_IN) {
		left = right;
		right = step->child;
	}
	if (left->kind != RULES_NODE_VAR || left->slot != fold->slot ||
		!constant(eval, right, &shape->threshold)) {
		return;
	}
	wanted = wanted == (step->op != RULES_OP_NE);
	const bool lists = step->op == RULES_OP_IN && shape->threshold.kind == RULES_LIST;
	if (!lists && step->op != RULES_OP_EQ && step->op != RULES_OP_NE) {
		return;
	}
	/* "Some are" and "all are not" ask about the same items; the other two pairs do not. */
	if (wanted != (fold->fold == RULES_FOLD_EXISTS) ||
		(fold->fold != RULES_FOLD_EXISTS && fold->fold != RULES_FOLD_ALL)) {
		return;
	}
	shape->fact = fold->child;
	shape->form = wanted != negated ? RULES_FORM_INCLUDES : RULES_FORM_EXCLUDES;
}

struct rules_shape rules_shape_find(
	struct rules_eval *eval, const struct rules_node *node, bool negated)
{
	while (node->kind == RULES_NODE_NOT) {
		negated = !negated;
		node = node->child;
	}
	struct rules_shape shape = {.form = RULES_FORM_OTHER, .negated = negated, .node = node};
	if (node->kind == RULES_NODE_AND || node->kind == RULES_NODE_OR) {
		shape.form =
			(node->kind == RULES_NODE_AND) != negated ? RULES_FORM_ALL : RULES_FORM_ANY;
	} else if (is_fact(node)) {
		shape.fact = node;
		shape.form = negated ? RULES_FORM_NO : RULES_FORM_YES;
	} else if (node->kind == RULES_NODE_HAS && is_fact(node->child)) {
		shape.fact = node->child;
		shape.form = negated ? RULES_FORM_NOT_RECORDED : RULES_FORM_RECORDED;
	} else if (node->kind == RULES_NODE_BINARY) {
		find_binary(eval, &shape, negated);
	} else if (node->kind == RULES_NODE_FOLD) {
		find_fold(eval, &shape, negated);
	} else if (node->kind == RULES_NODE_CHOICE) {
		const struct rules_value condition = rules_eval_node(eval, node->child);
		const struct rules_node *yes = node->child->next;
		if (condition.kind == RULES_BOOL) {
			return rules_shape_find(eval, condition.boolean ? yes : yes->next, negated);
		}
	}
	return shape;
}
