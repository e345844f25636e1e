/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/tree.h"

const char *cel_op_text(enum cel_op op)
{
	static const char *const TEXTS[] = {
		[CEL_OP_LT] = "<",
		[CEL_OP_LE] = "<=",
		[CEL_OP_GT] = ">",
		[CEL_OP_GE] = ">=",
		[CEL_OP_EQ] = "==",
		[CEL_OP_NE] = "!=",
		[CEL_OP_IN] = "in",
		[CEL_OP_ADD] = "+",
		[CEL_OP_SUBTRACT] = "-",
		[CEL_OP_MULTIPLY] = "*",
		[CEL_OP_DIVIDE] = "/",
		[CEL_OP_MODULO] = "%",
	};
	return TEXTS[op];
}

const char *cel_op_function(enum cel_op op)
{
	static const char *const NAMES[] = {
		[CEL_OP_LT] = "_<_",
		[CEL_OP_LE] = "_<=_",
		[CEL_OP_GT] = "_>_",
		[CEL_OP_GE] = "_>=_",
		[CEL_OP_EQ] = "_==_",
		[CEL_OP_NE] = "_!=_",
		[CEL_OP_IN] = "@in",
		[CEL_OP_ADD] = "_+_",
		[CEL_OP_SUBTRACT] = "_-_",
		[CEL_OP_MULTIPLY] = "_*_",
		[CEL_OP_DIVIDE] = "_/_",
		[CEL_OP_MODULO] = "_%_",
	};
	return NAMES[op];
}

const char *cel_fold_text(enum cel_fold fold)
{
	static const char *const TEXTS[] = {
		[CEL_FOLD_ALL] = "all",
		[CEL_FOLD_EXISTS] = "exists",
		[CEL_FOLD_EXISTS_ONE] = "exists_one",
		[CEL_FOLD_MAP] = "map",
		[CEL_FOLD_FILTER] = "filter",
		[CEL_FOLD_LIST] = "transformList",
		[CEL_FOLD_TABLE] = "transformMap",
		[CEL_FOLD_ENTRIES] = "transformMapEntry",
	};
	return TEXTS[fold];
}

bool cel_node_is_constant(const struct cel_node *node)
{
	if (node->kind == CEL_NODE_NAME || node->kind == CEL_NODE_LOCAL ||
		node->kind == CEL_NODE_IDENT) {
		return false;
	}
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		if (!cel_node_is_constant(child)) {
			return false;
		}
	}
	return true;
}

uint64_t cel_node_names(const struct cel_node *node, bool *ret_more)
{
	if (node->kind == CEL_NODE_NAME) {
		*ret_more = *ret_more || node->variable >= 64;
		return node->variable >= 64 ? 0 : UINT64_C(1) << node->variable;
	}
	uint64_t names = 0;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		names |= cel_node_names(child, ret_more);
	}
	return names;
}

enum cel_op cel_op_mirror(enum cel_op op)
{
	switch (op) {
	case CEL_OP_LT:
		return CEL_OP_GT;
	case CEL_OP_LE:
		return CEL_OP_GE;
	case CEL_OP_GT:
		return CEL_OP_LT;
	case CEL_OP_GE:
		return CEL_OP_LE;
	case CEL_OP_EQ:
	case CEL_OP_NE:
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
