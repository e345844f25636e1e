/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/shape.h"

static bool is_fact(const struct cel_node *node)
{
	return node->kind == CEL_NODE_NAME;
}

/* The value of a constant node; false when it has none. */
static bool constant(struct rules_evaluation *evaluation, const struct cel_node *node,
	struct cel_value *ret_value)
{
	if (!cel_node_is_constant(node)) {
		return false;
	}
	*ret_value = rules_evaluation_node(evaluation, node);
	return ret_value->kind != CEL_ERROR;
}

static enum cel_op opposite(enum cel_op op)
{
	switch (op) {
	case CEL_OP_LT:
		return CEL_OP_GE;
	case CEL_OP_LE:
		return CEL_OP_GT;
	case CEL_OP_GT:
		return CEL_OP_LE;
	case CEL_OP_GE:
		return CEL_OP_LT;
	case CEL_OP_EQ:
		return CEL_OP_NE;
	case CEL_OP_NE:
		return CEL_OP_EQ;
	case CEL_OP_IN:
	case CEL_OP_ADD:
	case CEL_OP_SUBTRACT:
	case CEL_OP_MULTIPLY:
	case CEL_OP_DIVIDE:
	case CEL_OP_MODULO:
		break;
	}
	return op;
}

static enum rules_form form_number(enum cel_op op)
{
	return op == CEL_OP_GE   ? RULES_FORM_MINIMUM
	       : op == CEL_OP_LE ? RULES_FORM_MAXIMUM
	       : op == CEL_OP_GT ? RULES_FORM_ABOVE
				 : RULES_FORM_BELOW;
}

static enum rules_form form_time(enum cel_op op)
{
	return op == CEL_OP_GE   ? RULES_FORM_EARLIEST
	       : op == CEL_OP_LE ? RULES_FORM_LATEST
	       : op == CEL_OP_GT ? RULES_FORM_AFTER
				 : RULES_FORM_BEFORE;
}

/* Among whole numbers, above 17 is a minimum of 18 and below 26 a maximum of 25. */
static void settle_whole(struct rules_evaluation *evaluation, struct rules_shape *shape)
{
	int64_t *threshold = &shape->threshold.integer;
	const bool whole = shape->counted ||
			   rules_evaluation_fact(evaluation, shape->fact->variable).kind == CEL_INT;
	if (shape->threshold.kind != CEL_INT || !whole) {
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

static void settle_comparison(struct rules_evaluation *evaluation, struct rules_shape *shape,
	enum cel_op op, bool negated)
{
	const enum cel_kind kind = shape->threshold.kind;
	op = negated ? opposite(op) : op;
	const bool equality = op == CEL_OP_EQ || op == CEL_OP_NE;
	if (equality && kind == CEL_BOOL) {
		const bool wanted = shape->threshold.boolean == (op == CEL_OP_EQ);
		shape->form = wanted ? RULES_FORM_YES : RULES_FORM_NO;
	} else if (equality && kind == CEL_NULL) {
		shape->form = op == CEL_OP_NE ? RULES_FORM_RECORDED : RULES_FORM_NOT_RECORDED;
	} else if (equality) {
		shape->form = op == CEL_OP_EQ ? RULES_FORM_EQUAL : RULES_FORM_DIFFERENT;
	} else if (cel_kind_is_number(kind) || kind == CEL_DURATION) {
		shape->form = form_number(op);
		settle_whole(evaluation, shape);
	} else if (kind == CEL_TIMESTAMP || kind == CEL_STRING) {
		shape->form = form_time(op);
	}
}

static bool is_relation(enum cel_op op)
{
	return cel_op_mirror(op) != op || op == CEL_OP_EQ || op == CEL_OP_NE;
}

/* The fact that a side of a comparison is about: size(needs) and needs.size() are about how many
 * there are. */
static const struct cel_node *subject_of(const struct cel_node *node)
{
	if (node->kind == CEL_NODE_CALL && node->count == 1 && str_is(node->name, "size") &&
		is_fact(node->child)) {
		return node->child;
	}
	return is_fact(node) ? node : NULL;
}

static void find_binary(
	struct rules_evaluation *evaluation, struct rules_shape *shape, bool negated)
{
	const struct cel_node *left = shape->node->child;
	const struct cel_node *right = left->next;
	const enum cel_op op = shape->node->op;
	const struct cel_node *subject = subject_of(left);
	const bool first = subject != NULL;
	struct cel_value threshold;
	subject = first ? subject : subject_of(right);
	if (subject == NULL || !constant(evaluation, first ? right : left, &threshold)) {
		return;
	}
	const bool counted = subject != (first ? left : right);
	if (counted && (!cel_kind_is_number(threshold.kind) || op == CEL_OP_IN)) {
		return;
	}
	shape->fact = subject;
	shape->counted = counted;
	shape->threshold = threshold;
	if (op == CEL_OP_IN && !first) {
		shape->form = negated ? RULES_FORM_EXCLUDES : RULES_FORM_INCLUDES;
	} else if (op == CEL_OP_IN && threshold.kind == CEL_LIST) {
		shape->form = negated ? RULES_FORM_NONE_OF : RULES_FORM_ONE_OF;
	} else if (is_relation(op)) {
		settle_comparison(evaluation, shape, first ? op : cel_op_mirror(op), negated);
	}
}

/* postcode.startsWith('SE') */
static void find_call(struct rules_evaluation *evaluation, struct rules_shape *shape, bool negated)
{
	const struct cel_node *call = shape->node;
	if (call->count == 2 && (call->marks & CEL_MARK_RECEIVER) != 0 &&
		str_is(call->name, "startsWith") && is_fact(call->child) &&
		constant(evaluation, call->child->next, &shape->threshold) &&
		shape->threshold.kind == CEL_STRING) {
		shape->fact = call->child;
		shape->form = negated ? RULES_FORM_BEGINS_OTHERWISE : RULES_FORM_BEGINS;
	}
}

/* needs.exists(n, n in ['a', 'b']), needs.exists(n, n == 'a'), needs.all(n, n != 'a'). */
static void find_fold(struct rules_evaluation *evaluation, struct rules_shape *shape, bool negated)
{
	const struct cel_node *fold = shape->node;
	const struct cel_node *step = fold->child->next;
	bool wanted = true;
	while (step->kind == CEL_NODE_NOT) {
		wanted = !wanted;
		step = step->child;
	}
	if (!is_fact(fold->child) || step->kind != CEL_NODE_BINARY) {
		return;
	}
	const struct cel_node *left = step->child;
	const struct cel_node *right = left->next;
	if (left->kind != CEL_NODE_LOCAL && step->op != CEL_OP_IN) {
		left = right;
		right = step->child;
	}
	if (left->kind != CEL_NODE_LOCAL || left->slot != fold->slot ||
		!constant(evaluation, right, &shape->threshold)) {
		return;
	}
	wanted = wanted == (step->op != CEL_OP_NE);
	const bool lists = step->op == CEL_OP_IN && shape->threshold.kind == CEL_LIST;
	if (!lists && step->op != CEL_OP_EQ && step->op != CEL_OP_NE) {
		return;
	}
	/* "Some are" and "all are not" ask about the same items; the other two pairs do not. */
	if (wanted != (fold->fold == CEL_FOLD_EXISTS) ||
		(fold->fold != CEL_FOLD_EXISTS && fold->fold != CEL_FOLD_ALL)) {
		return;
	}
	shape->fact = fold->child;
	shape->form = wanted != negated ? RULES_FORM_INCLUDES : RULES_FORM_EXCLUDES;
}

struct rules_shape rules_shape_find(
	struct rules_evaluation *evaluation, const struct cel_node *node, bool negated)
{
	while (node->kind == CEL_NODE_NOT) {
		negated = !negated;
		node = node->child;
	}
	struct rules_shape shape = {.form = RULES_FORM_OTHER, .negated = negated, .node = node};
	if (node->kind == CEL_NODE_AND || node->kind == CEL_NODE_OR) {
		shape.form =
			(node->kind == CEL_NODE_AND) != negated ? RULES_FORM_ALL : RULES_FORM_ANY;
	} else if (is_fact(node)) {
		shape.fact = node;
		shape.form = negated ? RULES_FORM_NO : RULES_FORM_YES;
	} else if (node->kind == CEL_NODE_HAS && is_fact(node->child)) {
		shape.fact = node->child;
		shape.form = negated ? RULES_FORM_NOT_RECORDED : RULES_FORM_RECORDED;
	} else if (node->kind == CEL_NODE_BINARY) {
		find_binary(evaluation, &shape, negated);
	} else if (node->kind == CEL_NODE_CALL) {
		find_call(evaluation, &shape, negated);
	} else if (node->kind == CEL_NODE_FOLD && node->second.len == 0) {
		find_fold(evaluation, &shape, negated);
	} else if (node->kind == CEL_NODE_CHOICE) {
		const struct cel_value condition = rules_evaluation_node(evaluation, node->child);
		const struct cel_node *yes = node->child->next;
		if (condition.kind == CEL_BOOL) {
			return rules_shape_find(
				evaluation, condition.boolean ? yes : yes->next, negated);
		}
	}
	return shape;
}
