/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/steps.h"

static bool is_subject(const struct rules_node *node, struct index_subject subject)
{
	return subject.fact ? node->kind == RULES_NODE_FACT && node->fact == subject.number
			    : node->kind == RULES_NODE_VAR && node->slot == subject.number;
}

/* Adds where comparing with the literal changes; false for what has no regions. */
static bool cut_at(struct index_cuts *cuts, const struct rules_node *node)
{
	if (node->kind != RULES_NODE_LITERAL) {
		return false;
	}
	const struct rules_value *literal = &node->literal;
	switch (literal->kind) {
	case RULES_NULL:
	case RULES_BOOL:
		return true; /* their regions are always there */
	case RULES_INT:
		index_cuts_add_integer(cuts, literal->integer);
		return true;
	case RULES_UINT:
		if (literal->natural > INT64_MAX) {
			return false;
		}
		index_cuts_add_integer(cuts, (int64_t)literal->natural);
		return true;
	case RULES_DOUBLE:
		index_cuts_add_number(cuts, literal->number);
		return true;
	case RULES_STRING:
		index_cuts_add_text(cuts, literal->string);
		return true;
	case RULES_BYTES:
	case RULES_LIST:
	case RULES_MAP:
	case RULES_TIMESTAMP:
	case RULES_DURATION:
	case RULES_TYPE:
	case RULES_IS_UNKNOWN:
	case RULES_IS_ERROR:
		break;
	}
	return false;
}

static bool step_compare(
	const struct rules_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	const struct rules_node *left = node->child;
	const struct rules_node *right = left->next;
	switch (node->op) {
	case RULES_OP_LT:
	case RULES_OP_LE:
	case RULES_OP_GT:
	case RULES_OP_GE:
	case RULES_OP_EQ:
	case RULES_OP_NE:
		return is_subject(left, subject)    ? cut_at(cuts, right)
		       : is_subject(right, subject) ? cut_at(cuts, left)
						    : false;
	case RULES_OP_IN:
		if (!is_subject(left, subject) || right->kind != RULES_NODE_LIST) {
			return false;
		}
		for (const struct rules_node *item = right->child; item != NULL;
			item = item->next) {
			if (!cut_at(cuts, item)) {
				return false;
			}
		}
		return true;
	case RULES_OP_ADD:
	case RULES_OP_SUBTRACT:
	case RULES_OP_MULTIPLY:
	case RULES_OP_DIVIDE:
	case RULES_OP_MODULO:
		break;
	}
	return false;
}

/* subject.startsWith("text") */
static bool step_prefix(
	const struct rules_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	if (!str_is(node->name, "startsWith") || (node->flags & RULES_FLAG_RECEIVER) == 0 ||
		node->count != 2 || !is_subject(node->child, subject)) {
		return false;
	}
	const struct rules_node *prefix = node->child->next;
	if (prefix->kind != RULES_NODE_LITERAL || prefix->literal.kind != RULES_STRING) {
		return false;
	}
	index_cuts_add_prefix(cuts, prefix->literal.string);
	return true;
}

static bool step_leaf(
	const struct rules_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	switch (node->kind) {
	case RULES_NODE_LITERAL:
		return true;
	case RULES_NODE_FACT:
	case RULES_NODE_VAR:
		return is_subject(node, subject);
	case RULES_NODE_BINARY:
		return step_compare(node, subject, cuts);
	case RULES_NODE_CALL:
		return step_prefix(node, subject, cuts);
	case RULES_NODE_HAS:
		return is_subject(node->child, subject);
	case RULES_NODE_IDENT:
	case RULES_NODE_SELECT:
	case RULES_NODE_INDEX:
	case RULES_NODE_NOT:
	case RULES_NODE_NEGATE:
	case RULES_NODE_AND:
	case RULES_NODE_OR:
	case RULES_NODE_CHOICE:
	case RULES_NODE_LIST:
	case RULES_NODE_MAP:
	case RULES_NODE_MESSAGE:
	case RULES_NODE_FIELD:
	case RULES_NODE_FOLD:
	case RULES_NODE_KINDS:
		break;
	}
	return false;
}

static bool is_logic(const struct rules_node *node)
{
	return node->kind == RULES_NODE_NOT || node->kind == RULES_NODE_AND ||
	       node->kind == RULES_NODE_OR || node->kind == RULES_NODE_CHOICE;
}

bool index_step_is(
	const struct rules_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	if (!is_logic(node)) {
		return step_leaf(node, subject, cuts);
	}
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		if (!index_step_is(child, subject, cuts)) {
			return false;
		}
	}
	return true;
}

/* fact.exists(v, …) or fact.all(v, …) with a condition about the item alone. */
static bool fold_is(
	const struct rules_node *node, enum rules_fold fold, uint32_t fact, struct index_cuts *cuts)
{
	const struct index_subject list = {.fact = true, .number = fact};
	const struct index_subject item = {.fact = false, .number = node->slot};
	return node->kind == RULES_NODE_FOLD && node->fold == fold &&
	       is_subject(node->child, list) && index_step_is(node->child->next, item, cuts);
}

static bool all_children(const struct rules_node *node, uint32_t fact, struct index_cuts *cuts,
	bool (*is)(const struct rules_node *, uint32_t, struct index_cuts *))
{
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		if (!is(child, fact, cuts)) {
			return false;
		}
	}
	return true;
}

bool index_any_is(const struct rules_node *node, uint32_t fact, struct index_cuts *cuts)
{
	const struct index_subject list = {.fact = true, .number = fact};
	if (node->kind == RULES_NODE_NOT) {
		return index_all_is(node->child, fact, cuts);
	}
	if (node->kind == RULES_NODE_OR) {
		return all_children(node, fact, cuts, index_any_is);
	}
	if (node->kind == RULES_NODE_BINARY && node->op == RULES_OP_IN) {
		return is_subject(node->child->next, list) && cut_at(cuts, node->child);
	}
	return fold_is(node, RULES_FOLD_EXISTS, fact, cuts);
}

bool index_all_is(const struct rules_node *node, uint32_t fact, struct index_cuts *cuts)
{
	if (node->kind == RULES_NODE_NOT) {
		return index_any_is(node->child, fact, cuts);
	}
	if (node->kind == RULES_NODE_AND) {
		return all_children(node, fact, cuts, index_all_is);
	}
	return fold_is(node, RULES_FOLD_ALL, fact, cuts);
}

static void mark_opaque(uint64_t facts, struct index_grid *grids)
{
	for (; facts != 0; facts &= facts - 1) {
		grids[__builtin_ctzll(facts)].opaque = true;
	}
}

void index_grid_collect(const struct rules_node *node, struct index_grid *grids)
{
	if (is_logic(node)) {
		for (const struct rules_node *child = node->child; child != NULL;
			child = child->next) {
			index_grid_collect(child, grids);
		}
		return;
	}
	const uint64_t facts = rules_node_facts(node);
	const struct index_subject subject = {
		.fact = true, .number = facts == 0 ? 0 : (uint32_t)__builtin_ctzll(facts)};
	if (facts == 0) {
		return;
	}
	if ((facts & (facts - 1)) != 0 || !step_leaf(node, subject, &grids[subject.number].cuts)) {
		mark_opaque(facts, grids);
	}
}
