/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/cel.h"
#include "rules/cel/number.h"

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

static void put(struct cel_text *text, const struct cel_node *node, enum level level);

static bool is_negative_number(const struct cel_node *node)
{
	return node->kind == CEL_NODE_LITERAL &&
	       ((node->literal.kind == CEL_INT && node->literal.integer < 0) ||
		       (node->literal.kind == CEL_DOUBLE &&
			       __builtin_signbit(node->literal.number) != 0));
}

static enum level binary_level(enum cel_op op)
{
	switch (op) {
	case CEL_OP_LT:
	case CEL_OP_LE:
	case CEL_OP_GT:
	case CEL_OP_GE:
	case CEL_OP_EQ:
	case CEL_OP_NE:
	case CEL_OP_IN:
		return LEVEL_RELATION;
	case CEL_OP_ADD:
	case CEL_OP_SUBTRACT:
		return LEVEL_SUM;
	case CEL_OP_MULTIPLY:
	case CEL_OP_DIVIDE:
	case CEL_OP_MODULO:
		break;
	}
	return LEVEL_PRODUCT;
}

static enum level node_level(const struct cel_node *node)
{
	if (node->kind == CEL_NODE_CHOICE) {
		return LEVEL_CHOICE;
	}
	if (node->kind == CEL_NODE_OR || node->kind == CEL_NODE_AND) {
		return node->kind == CEL_NODE_OR ? LEVEL_OR : LEVEL_AND;
	}
	if (node->kind == CEL_NODE_BINARY) {
		return binary_level(node->op);
	}
	return node->kind == CEL_NODE_NOT || node->kind == CEL_NODE_NEGATE ||
			       is_negative_number(node)
		       ? LEVEL_UNARY
		       : LEVEL_MEMBER;
}

static void put_string(struct cel_text *text, struct str s, bool bytes)
{
	cel_text_add_text(text, bytes ? "b'" : "'");
	for (size_t i = 0; i < s.len; i++) {
		const unsigned char c = (unsigned char)s.ptr[i];
		if (c == '\\' || c == '\'') {
			cel_text_printf(text, "\\%c", c);
		} else if (c == '\n') {
			cel_text_add_text(text, "\\n");
		} else if (c < ' ' || c == 0x7f || (bytes && c > 0x7f)) {
			cel_text_printf(text, "\\%03o", (unsigned)c);
		} else {
			cel_text_add(text, (struct str){s.ptr + i, 1});
		}
	}
	cel_text_add_text(text, "'");
}

static void put_literal(struct cel_text *text, const struct cel_node *node)
{
	const struct cel_value value = node->literal;
	char number[CEL_DOUBLE_TEXT_SIZE];
	if (value.kind == CEL_NULL) {
		cel_text_add_text(text, "null");
	} else if (value.kind == CEL_BOOL) {
		cel_text_add_text(text, value.boolean ? "true" : "false");
	} else if (value.kind == CEL_INT) {
		cel_text_printf(text, "%lld", (long long)value.integer);
	} else if (value.kind == CEL_UINT) {
		cel_text_printf(text, "%lluu", (unsigned long long)value.natural);
	} else if (value.kind == CEL_DOUBLE) {
		(void)cel_double_shortest(value.number, number);
		cel_text_add_text(text, number);
		/* Without a point or an exponent it would read back as an int. */
		cel_text_add_text(text, strpbrk(number, ".e") == NULL ? ".0" : "");
	} else if (value.kind == CEL_TYPE) {
		cel_text_add(text, cel_type_name(value.type));
	} else {
		put_string(text, cel_str(value), value.kind == CEL_BYTES);
	}
}

static void put_selector(struct cel_text *text, const struct cel_node *node)
{
	const char *mark = (node->marks & CEL_MARK_QUOTED) != 0 ? "`" : "";
	cel_text_add_text(text, mark);
	cel_text_add(text, node->name);
	cel_text_add_text(text, mark);
}

static void put_name(struct cel_text *text, const struct cel_node *node)
{
	if (node->child != NULL) {
		put(text, node->child, LEVEL_MEMBER);
		cel_text_add_text(text, (node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0 ? ".?" : ".");
		put_selector(text, node);
		return;
	}
	cel_text_add_text(text, (node->marks & CEL_MARK_ROOTED) != 0 ? "." : "");
	cel_text_add(text, node->name);
}

static void put_entry_mark(struct cel_text *text, const struct cel_node *node)
{
	cel_text_add_text(text, (node->marks & CEL_MARK_OPTIONAL_ENTRY) != 0 ? "?" : "");
}

static void put_list(struct cel_text *text, const struct cel_node *child, const char *separator)
{
	for (const struct cel_node *at = child; at != NULL; at = at->next) {
		cel_text_add_text(text, at == child ? "" : separator);
		put_entry_mark(text, at);
		put(text, at, LEVEL_CHOICE);
	}
}

static void put_entries(struct cel_text *text, const struct cel_node *node)
{
	cel_text_add_text(text, "{");
	for (const struct cel_node *key = node->child; key != NULL; key = key->next->next) {
		cel_text_add_text(text, key == node->child ? "" : ", ");
		put_entry_mark(text, key);
		put(text, key, LEVEL_CHOICE);
		cel_text_add_text(text, ": ");
		put(text, key->next, LEVEL_CHOICE);
	}
	cel_text_add_text(text, "}");
}

static void put_message(struct cel_text *text, const struct cel_node *node)
{
	cel_text_add_text(text, (node->marks & CEL_MARK_ROOTED) != 0 ? "." : "");
	cel_text_add(text, node->name);
	cel_text_add_text(text, "{");
	for (const struct cel_node *field = node->child; field != NULL; field = field->next) {
		cel_text_add_text(text, field == node->child ? "" : ", ");
		put_entry_mark(text, field);
		put_selector(text, field);
		cel_text_add_text(text, ": ");
		put(text, field->child, LEVEL_CHOICE);
	}
	cel_text_add_text(text, "}");
}

static void put_call(struct cel_text *text, const struct cel_node *node)
{
	const struct cel_node *arguments = node->child;
	cel_text_add_text(text, (node->marks & CEL_MARK_ROOTED) != 0 ? "." : "");
	if ((node->marks & CEL_MARK_RECEIVER) != 0) {
		put(text, node->child, LEVEL_MEMBER);
		cel_text_add_text(text, ".");
		arguments = node->child->next;
	}
	cel_text_add(text, node->name);
	cel_text_add_text(text, "(");
	put_list(text, arguments, ", ");
	cel_text_add_text(text, ")");
}

static void put_fold(struct cel_text *text, const struct cel_node *node)
{
	put(text, node->child, LEVEL_MEMBER);
	cel_text_add_text(text, ".");
	cel_text_add_text(text,
		(node->marks & CEL_MARK_CAMEL) != 0 ? "existsOne" : cel_fold_text(node->fold));
	cel_text_add_text(text, "(");
	cel_text_add(text, node->name);
	cel_text_add_text(text, node->second.len > 0 ? ", " : "");
	cel_text_add(text, node->second);
	cel_text_add_text(text, ", ");
	put_list(text, node->child->next, ", ");
	cel_text_add_text(text, ")");
}

static void put_bind(struct cel_text *text, const struct cel_node *node)
{
	if (node->bind == CEL_BIND_PLAIN) {
		cel_text_add_text(text, "cel.bind(");
		cel_text_add(text, node->name);
		cel_text_add_text(text, ", ");
		put_list(text, node->child, ", ");
	} else {
		put(text, node->child, LEVEL_MEMBER);
		cel_text_add_text(text, node->bind == CEL_BIND_FLAT ? ".optFlatMap(" : ".optMap(");
		cel_text_add(text, node->name);
		cel_text_add_text(text, ", ");
		put(text, node->child->next, LEVEL_CHOICE);
	}
	cel_text_add_text(text, ")");
}

/* The minus sign would join a number that stands first in the operand. */
static bool starts_with_number(const struct cel_node *node)
{
	while (node->kind == CEL_NODE_SELECT || node->kind == CEL_NODE_INDEX ||
		node->kind == CEL_NODE_FOLD ||
		(node->kind == CEL_NODE_BIND && node->bind != CEL_BIND_PLAIN) ||
		(node->kind == CEL_NODE_CALL && (node->marks & CEL_MARK_RECEIVER) != 0)) {
		node = node->child;
	}
	return node->kind == CEL_NODE_LITERAL && cel_kind_is_number(node->literal.kind) &&
	       !is_negative_number(node);
}

static void put_unary(struct cel_text *text, const struct cel_node *node)
{
	const struct cel_node *operand = node->child;
	const bool is_not = node->kind == CEL_NODE_NOT;
	/* A second equal sign would undo the first, and a minus sign join the number. */
	const bool parens =
		operand->kind == node->kind ||
		(!is_not && (starts_with_number(operand) || is_negative_number(operand)));
	cel_text_add_text(text, is_not ? "!" : "-");
	cel_text_add_text(text, parens ? "(" : "");
	put(text, operand, parens ? LEVEL_CHOICE : LEVEL_MEMBER);
	cel_text_add_text(text, parens ? ")" : "");
}

static void put_chain(struct cel_text *text, const struct cel_node *node)
{
	const bool is_or = node->kind == CEL_NODE_OR;
	for (const struct cel_node *at = node->child; at != NULL; at = at->next) {
		cel_text_add_text(text, at == node->child ? "" : is_or ? " || " : " && ");
		put(text, at, is_or ? LEVEL_AND : LEVEL_RELATION);
	}
}

static void put_binary(struct cel_text *text, const struct cel_node *node)
{
	const enum level level = binary_level(node->op);
	put(text, node->child, level);
	cel_text_printf(text, " %s ", cel_op_text(node->op));
	put(text, node->child->next, level + 1);
}

static void put_choice(struct cel_text *text, const struct cel_node *node)
{
	const struct cel_node *yes = node->child->next;
	put(text, node->child, LEVEL_OR);
	cel_text_add_text(text, " ? ");
	put(text, yes, LEVEL_OR);
	cel_text_add_text(text, " : ");
	put(text, yes->next, LEVEL_CHOICE);
}

static void put_bare(struct cel_text *text, const struct cel_node *node)
{
	switch (node->kind) {
	case CEL_NODE_LITERAL:
		put_literal(text, node);
		break;
	case CEL_NODE_IDENT:
	case CEL_NODE_LOCAL:
	case CEL_NODE_NAME:
	case CEL_NODE_SELECT:
		put_name(text, node);
		break;
	case CEL_NODE_INDEX:
		put(text, node->child, LEVEL_MEMBER);
		cel_text_add_text(text, (node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0 ? "[?" : "[");
		put(text, node->child->next, LEVEL_CHOICE);
		cel_text_add_text(text, "]");
		break;
	case CEL_NODE_CALL:
		put_call(text, node);
		break;
	case CEL_NODE_NOT:
	case CEL_NODE_NEGATE:
		put_unary(text, node);
		break;
	case CEL_NODE_BINARY:
		put_binary(text, node);
		break;
	case CEL_NODE_AND:
	case CEL_NODE_OR:
		put_chain(text, node);
		break;
	case CEL_NODE_CHOICE:
		put_choice(text, node);
		break;
	case CEL_NODE_LIST:
		cel_text_add_text(text, "[");
		put_list(text, node->child, ", ");
		cel_text_add_text(text, "]");
		break;
	case CEL_NODE_MAP:
		put_entries(text, node);
		break;
	case CEL_NODE_HAS:
		cel_text_add_text(text, "has(");
		put(text, node->child, LEVEL_CHOICE);
		cel_text_add_text(text, ")");
		break;
	case CEL_NODE_FOLD:
		put_fold(text, node);
		break;
	case CEL_NODE_BIND:
		put_bind(text, node);
		break;
	case CEL_NODE_MESSAGE:
		put_message(text, node);
		break;
	case CEL_NODE_FIELD: /* only within a message */
	case CEL_NODE_KINDS:
		break;
	}
}

static void put(struct cel_text *text, const struct cel_node *node, enum level level)
{
	const bool parens = node_level(node) < level;
	cel_text_add_text(text, parens ? "(" : "");
	put_bare(text, node);
	cel_text_add_text(text, parens ? ")" : "");
}

void cel_unparse(struct cel_text *text, const struct cel_node *node)
{
	put(text, node, LEVEL_CHOICE);
}
