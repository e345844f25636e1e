/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/steps.h"

static bool is_subject(const struct cel_node *node, struct index_subject subject)
{
	return subject.fact ? node->kind == CEL_NODE_NAME && node->variable == subject.number
			    : node->kind == CEL_NODE_LOCAL && node->slot == subject.number;
}

/* Adds where comparing with the literal changes; false for what has no regions. */
static bool cut_at(struct index_cuts *cuts, const struct cel_node *node)
{
	if (node->kind != CEL_NODE_LITERAL) {
		return false;
	}
	const struct cel_value *literal = &node->literal;
	switch (literal->kind) {
	case CEL_NULL:
	case CEL_BOOL:
		return true; /* their regions are always there */
	case CEL_INT:
		index_cuts_add_integer(cuts, literal->integer);
		return true;
	case CEL_UINT:
		if (literal->natural > INT64_MAX) {
			return false;
		}
		index_cuts_add_integer(cuts, (int64_t)literal->natural);
		return true;
	case CEL_DOUBLE:
		index_cuts_add_number(cuts, literal->number);
		return true;
	case CEL_STRING:
		index_cuts_add_text(cuts, cel_str(*literal));
		return true;
	case CEL_BYTES:
	case CEL_LIST:
	case CEL_MAP:
	case CEL_TYPE:
	case CEL_TIMESTAMP:
	case CEL_DURATION:
	case CEL_OPTIONAL:
	case CEL_ERROR:
	case CEL_UNKNOWN:
	case CEL_KINDS:
		break;
	}
	return false;
}

static bool step_compare(
	const struct cel_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	const struct cel_node *left = node->child;
	const struct cel_node *right = left->next;
	switch (node->op) {
	case CEL_OP_LT:
	case CEL_OP_LE:
	case CEL_OP_GT:
	case CEL_OP_GE:
	case CEL_OP_EQ:
	case CEL_OP_NE:
		return is_subject(left, subject)    ? cut_at(cuts, right)
		       : is_subject(right, subject) ? cut_at(cuts, left)
						    : false;
	case CEL_OP_IN:
		if (!is_subject(left, subject) || right->kind != CEL_NODE_LIST) {
			return false;
		}
		for (const struct cel_node *item = right->child; item != NULL; item = item->next) {
			if (!cut_at(cuts, item)) {
				return false;
			}
		}
		return true;
	case CEL_OP_ADD:
	case CEL_OP_SUBTRACT:
	case CEL_OP_MULTIPLY:
	case CEL_OP_DIVIDE:
	case CEL_OP_MODULO:
		break;
	}
	return false;
}

/* subject.startsWith("text") */
static bool step_prefix(
	const struct cel_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	if (!str_is(node->name, "startsWith") || (node->marks & CEL_MARK_RECEIVER) == 0 ||
		node->count != 2 || !is_subject(node->child, subject)) {
		return false;
	}
	const struct cel_node *prefix = node->child->next;
	if (prefix->kind != CEL_NODE_LITERAL || prefix->literal.kind != CEL_STRING) {
		return false;
	}
	index_cuts_add_prefix(cuts, cel_str(prefix->literal));
	return true;
}

static bool step_leaf(
	const struct cel_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	switch (node->kind) {
	case CEL_NODE_LITERAL:
		return true;
	case CEL_NODE_NAME:
	case CEL_NODE_LOCAL:
		return is_subject(node, subject);
	case CEL_NODE_BINARY:
		return step_compare(node, subject, cuts);
	case CEL_NODE_CALL:
		return step_prefix(node, subject, cuts);
	case CEL_NODE_HAS:
		return is_subject(node->child, subject);
	case CEL_NODE_IDENT:
	case CEL_NODE_SELECT:
	case CEL_NODE_INDEX:
	case CEL_NODE_NOT:
	case CEL_NODE_NEGATE:
	case CEL_NODE_AND:
	case CEL_NODE_OR:
	case CEL_NODE_CHOICE:
	case CEL_NODE_LIST:
	case CEL_NODE_MAP:
	case CEL_NODE_MESSAGE:
	case CEL_NODE_FIELD:
	case CEL_NODE_FOLD:
	case CEL_NODE_BIND:
	case CEL_NODE_KINDS:
		break;
	}
	return false;
}

static bool is_logic(const struct cel_node *node)
{
	return node->kind == CEL_NODE_NOT || node->kind == CEL_NODE_AND ||
	       node->kind == CEL_NODE_OR || node->kind == CEL_NODE_CHOICE;
}

bool index_step_is(
	const struct cel_node *node, struct index_subject subject, struct index_cuts *cuts)
{
	if (!is_logic(node)) {
		return step_leaf(node, subject, cuts);
	}
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		if (!index_step_is(child, subject, cuts)) {
			return false;
		}
	}
	return true;
}

/* fact.exists(v, …) or fact.all(v, …) with a condition about the item alone. */
static bool fold_is(
	const struct cel_node *node, enum cel_fold fold, uint32_t fact, struct index_cuts *cuts)
{
	const struct index_subject list = {.fact = true, .number = fact};
	const struct index_subject item = {.fact = false, .number = node->slot};
	return node->kind == CEL_NODE_FOLD && node->fold == fold && node->second.len == 0 &&
	       is_subject(node->child, list) && index_step_is(node->child->next, item, cuts);
}

static bool all_children(const struct cel_node *node, uint32_t fact, struct index_cuts *cuts,
	bool (*is)(const struct cel_node *, uint32_t, struct index_cuts *))
{
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		if (!is(child, fact, cuts)) {
			return false;
		}
	}
	return true;
}

bool index_any_is(const struct cel_node *node, uint32_t fact, struct index_cuts *cuts)
{
	const struct index_subject list = {.fact = true, .number = fact};
	if (node->kind == CEL_NODE_NOT) {
		return index_all_is(node->child, fact, cuts);
	}
	if (node->kind == CEL_NODE_OR) {
		return all_children(node, fact, cuts, index_any_is);
	}
	if (node->kind == CEL_NODE_BINARY && node->op == CEL_OP_IN) {
		return is_subject(node->child->next, list) && cut_at(cuts, node->child);
	}
	return fold_is(node, CEL_FOLD_EXISTS, fact, cuts);
}

bool index_all_is(const struct cel_node *node, uint32_t fact, struct index_cuts *cuts)
{
	if (node->kind == CEL_NODE_NOT) {
		return index_any_is(node->child, fact, cuts);
	}
	if (node->kind == CEL_NODE_AND) {
		return all_children(node, fact, cuts, index_all_is);
	}
	return fold_is(node, CEL_FOLD_ALL, fact, cuts);
}

static void mark_opaque(uint64_t facts, struct index_grid *grids)
{
	for (; facts != 0; facts &= facts - 1) {
		grids[__builtin_ctzll(facts)].opaque = true;
	}
}

void index_grid_collect(const struct cel_node *node, struct index_grid *grids)
{
	if (is_logic(node)) {
		for (const struct cel_node *child = node->child; child != NULL;
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
