/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/tree.h"

const char *rules_op_text(enum rules_op op)
{
	static const char *const TEXTS[] = {
		[RULES_OP_LT] = "<",
		[RULES_OP_LE] = "<=",
		[RULES_OP_GT] = ">",
		[RULES_OP_GE] = ">=",
		[RULES_OP_EQ] = "==",
		[RULES_OP_NE] = "!=",
		[RULES_OP_IN] = "in",
		[RULES_OP_ADD] = "+",
		[RULES_OP_SUBTRACT] = "-",
		[RULES_OP_MULTIPLY] = "*",
		[RULES_OP_DIVIDE] = "/",
		[RULES_OP_MODULO] = "%",
	};
	return TEXTS[op];
}

const char *rules_fold_text(enum rules_fold fold)
{
	static const char *const TEXTS[] = {
		[RULES_FOLD_ALL] = "all",
		[RULES_FOLD_EXISTS] = "exists",
		[RULES_FOLD_EXISTS_ONE] = "exists_one",
		[RULES_FOLD_MAP] = "map",
		[RULES_FOLD_FILTER] = "filter",
	};
	return TEXTS[fold];
}

bool rules_node_is_constant(const struct rules_node *node)
{
	if (node->kind == RULES_NODE_FACT || node->kind == RULES_NODE_VAR) {
		return false;
	}
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		if (!rules_node_is_constant(child)) {
			return false;
		}
	}
	return true;
}

uint64_t rules_node_facts(const struct rules_node *node)
{
	if (node->kind == RULES_NODE_FACT) {
		return UINT64_C(1) << node->fact;
	}
	uint64_t facts = 0;
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		facts |= rules_node_facts(child);
	}
	return facts;
}
