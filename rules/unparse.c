/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/text.h"

/* How tightly a node's text holds together; a looser one in a tighter place needs parentheses. */
enum level {
	LEVEL_CHOICE,
	LEVEL_OR,
	LEVEL_AND,
	LEVEL_RELATION,
	LEVEL_SUM,
	LEVEL_PRODUCT,
	LEVEL_UNARY,
	LEVEL_MEMBER,
};

static void put(struct rules_text *text, const struct rules_node *node, enum level level);

static bool is_negative_number(const struct rules_node *node)
{
	return node->kind == RULES_NODE_LITERAL &&
	       ((node->literal.kind == RULES_INT && node->literal.integer < 0) ||
		       (node->literal.kind == RULES_DOUBLE &&
			       __builtin_signbit(node->literal.number) != 0));
}

static enum level binary_level(enum rules_op op)
{
	switch (op) {
	case RULES_OP_LT:
	case RULES_OP_LE:
	case RULES_OP_GT:
	case RULES_OP_GE:
	case RULES_OP_EQ:
	case RULES_OP_NE:
	case RULES_OP_IN:
		return LEVEL_RELATION;
	case RULES_OP_ADD:
	case RULES_OP_SUBTRACT:
		return LEVEL_SUM;
	case RULES_OP_MULTIPLY:
	case RULES_OP_DIVIDE:
	case RULES_OP_MODULO:
		break;
	}
	return LEVEL_PRODUCT;
}

static enum level node_level(const struct rules_node *node)
{
	if (node->kind == RULES_NODE_CHOICE) {
		return LEVEL_CHOICE;
	}
	if (node->kind == RULES_NODE_OR || node->kind == RULES_NODE_AND) {
		return node->kind == RULES_NODE_OR ? LEVEL_OR : LEVEL_AND;
	}
	if (node->kind == RULES_NODE_BINARY) {
		return binary_level(node->op);
	}
	return node->kind == RULES_NODE_NOT || node->kind == RULES_NODE_NEGATE ||
			       is_negative_number(node)
		       ? LEVEL_UNARY
		       : LEVEL_MEMBER;
}

static void put_string(struct rules_text *text, struct str s, bool bytes)
{
	rules_text_add_text(text, bytes ? "b'" : "'");
	for (size_t i = 0; i < s.len; i++) {
		const unsigned char c = (unsigned char)s.ptr[i];
		if (c == '\\' || c == '\'') {
			rules_text_printf(text, "\\%c", c);
		} else if (c == '\n') {
			rules_text_add_text(text, "\\n");
		} else if (c < ' ' || c == 0x7f || (bytes && c > 0x7f)) {
			rules_text_printf(text, "\\%03o", (unsigned)c);
		} else {
			rules_text_add(text, (struct str){s.ptr + i, 1});
		}
	}
	rules_text_add_text(text, "'");
}

static void put_literal(struct rules_text *text, const struct rules_node *node)
{
	const struct rules_value value = node->literal;
	char number[RULES_NUMBER_TEXT_SIZE];
	if (value.kind == RULES_NULL) {
		rules_text_add_text(text, "null");
	} else if (value.kind == RULES_BOOL) {
		rules_text_add_text(text, value.boolean ? "true" : "false");
	} else if (value.kind == RULES_INT) {
		rules_text_printf(text, "%lld", (long long)value.integer);
	} else if (value.kind == RULES_UINT) {
		rules_text_printf(text, "%lluu", (unsigned long long)value.natural);
	} else if (value.kind == RULES_DOUBLE) {
		rules_double_format(value.number, number);
		rules_text_add_text(text, number);
		/* Without a point or an exponent it would read back as an int. */
		rules_text_add_text(text, strpbrk(number, ".e") == NULL ? ".0" : "");
	} else if (value.kind == RULES_TYPE) {
		rules_text_add_text(text, rules_kind_name(value.type));
	} else {
		put_string(text, value.string, value.kind == RULES_BYTES);
	}
}

/* A selector; one that is no plain name stands in backticks. */
static void put_selector(struct rules_text *text, struct str name)
{
	bool plain = true;
	for (size_t i = 0; i < name.len; i++) {
		const char c = name.ptr[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		plain = plain && (letter || (i > 0 && c >= '0' && c <= '9'));
	}
	static const char *const KEYWORDS[] = {"true", "false", "null", "in"};
	for (size_t i = 0; i < sizeof(KEYWORDS) / sizeof(KEYWORDS[0]); i++) {
		plain = plain && !str_is(name, KEYWORDS[i]);
	}
	rules_text_add_text(text, plain ? "" : "`");
	rules_text_add(text, name);
	rules_text_add_text(text, plain ? "" : "`");
}

static void put_name(struct rules_text *text, const struct rules_node *node)
{
	if (node->child != NULL) {
		put(text, node->child, LEVEL_MEMBER);
		rules_text_add_text(text, ".");
		put_selector(text, node->name);
		return;
	}
	rules_text_add_text(text, (node->flags & RULES_FLAG_ROOTED) != 0 ? "." : "");
	rules_text_add(text, node->name);
}

static void put_list(struct rules_text *text, const struct rules_node *child, const char *separator)
{
	for (const struct rules_node *at = child; at != NULL; at = at->next) {
		rules_text_add_text(text, at == child ? "" : separator);
		put(text, at, LEVEL_CHOICE);
	}
}

static void put_entries(struct rules_text *text, const struct rules_node *node)
{
	rules_text_add_text(text, "{");
	for (const struct rules_node *key = node->child; key != NULL; key = key->next->next) {
		rules_text_add_text(text, key == node->child ? "" : ", ");
		put(text, key, LEVEL_CHOICE);
		rules_text_add_text(text, ": ");
		put(text, key->next, LEVEL_CHOICE);
	}
	rules_text_add_text(text, "}");
}

static void put_call(struct rules_text *text, const struct rules_node *node)
{
	const struct rules_node *arguments = node->child;
	if ((node->flags & RULES_FLAG_RECEIVER) != 0) {
		put(text, node->child, LEVEL_MEMBER);
		rules_text_add_text(text, ".");
		arguments = node->child->next;
	}
	rules_text_add(text, node->name);
	rules_text_add_text(text, "(");
	put_list(text, arguments, ", ");
	rules_text_add_text(text, ")");
}

static void put_fold(struct rules_text *text, const struct rules_node *node)
{
	put(text, node->child, LEVEL_MEMBER);
	rules_text_printf(text, ".%s(", rules_fold_text(node->fold));
	rules_text_add(text, node->name);
	rules_text_add_text(text, ", ");
	put_list(text, node->child->next, ", ");
	rules_text_add_text(text, ")");
}

/* The minus sign would join a number that stands first in the operand. */
static bool starts_with_number(const struct rules_node *node)
{
	while (node->kind == RULES_NODE_SELECT || node->kind == RULES_NODE_INDEX ||
		node->kind == RULES_NODE_FOLD ||
		(node->kind == RULES_NODE_CALL && (node->flags & RULES_FLAG_RECEIVER) != 0)) {
		node = node->child;
	}
	return node->kind == RULES_NODE_LITERAL && rules_kind_is_number(node->literal.kind) &&
	       !is_negative_number(node);
}

static void put_unary(struct rules_text *text, const struct rules_node *node)
{
	const struct rules_node *operand = node->child;
	const bool is_not = node->kind == RULES_NODE_NOT;
	const bool parens = !is_not && starts_with_number(operand);
	/* Equal signs may follow one another, and a negative number its minus sign. */
	const bool same = operand->kind == node->kind || (!is_not && is_negative_number(operand));
	rules_text_add_text(text, is_not ? "!" : "-");
	rules_text_add_text(text, parens ? "(" : "");
	put(text, operand, parens ? LEVEL_CHOICE : same ? LEVEL_UNARY : LEVEL_MEMBER);
	rules_text_add_text(text, parens ? ")" : "");
}

static void put_chain(struct rules_text *text, const struct rules_node *node)
{
	const bool is_or = node->kind == RULES_NODE_OR;
	for (const struct rules_node *at = node->child; at != NULL; at = at->next) {
		rules_text_add_text(text, at == node->child ? "" : is_or ? " || " : " && ");
		put(text, at, is_or ? LEVEL_AND : LEVEL_RELATION);
	}
}

static void put_binary(struct rules_text *text, const struct rules_node *node)
{
	const enum level level = binary_level(node->op);
	put(text, node->child, level);
	rules_text_printf(text, " %s ", rules_op_text(node->op));
	put(text, node->child->next, level + 1);
}

static void put_choice(struct rules_text *text, const struct rules_node *node)
{
	const struct rules_node *yes = node->child->next;
	put(text, node->child, LEVEL_OR);
	rules_text_add_text(text, " ? ");
	put(text, yes, LEVEL_OR);
	rules_text_add_text(text, " : ");
	put(text, yes->next, LEVEL_CHOICE);
}

static void put_bare(struct rules_text *text, const struct rules_node *node)
{
	switch (node->kind) {
	case RULES_NODE_LITERAL:
		put_literal(text, node);
		break;
	case RULES_NODE_IDENT:
	case RULES_NODE_VAR:
	case RULES_NODE_FACT:
	case RULES_NODE_SELECT:
		put_name(text, node);
		break;
	case RULES_NODE_INDEX:
		put(text, node->child, LEVEL_MEMBER);
		rules_text_add_text(text, "[");
		put(text, node->child->next, LEVEL_CHOICE);
		rules_text_add_text(text, "]");
		break;
	case RULES_NODE_CALL:
		put_call(text, node);
		break;
	case RULES_NODE_NOT:
	case RULES_NODE_NEGATE:
		put_unary(text, node);
		break;
	case RULES_NODE_BINARY:
		put_binary(text, node);
		break;
	case RULES_NODE_AND:
	case RULES_NODE_OR:
		put_chain(text, node);
		break;
	case RULES_NODE_CHOICE:
		put_choice(text, node);
		break;
	case RULES_NODE_LIST:
		rules_text_add_text(text, "[");
		put_list(text, node->child, ", ");
		rules_text_add_text(text, "]");
		break;
	case RULES_NODE_MAP:
		put_entries(text, node);
		break;
	case RULES_NODE_HAS:
		rules_text_add_text(text, "has(");
		put(text, node->child, LEVEL_CHOICE);
		rules_text_add_text(text, ")");
		break;
	case RULES_NODE_FOLD:
		put_fold(text, node);
		break;
	case RULES_NODE_MESSAGE: /* these two do not get past the resolver */
	case RULES_NODE_FIELD:
	case RULES_NODE_KINDS:
		break;
	}
}

static void put(struct rules_text *text, const struct rules_node *node, enum level level)
{
	const bool parens = node_level(node) < level;
	rules_text_add_text(text, parens ? "(" : "");
	put_bare(text, node);
	rules_text_add_text(text, parens ? ")" : "");
}

void rules_unparse(struct rules_text *text, const struct rules_node *node)
{
	put(text, node, LEVEL_CHOICE);
}
