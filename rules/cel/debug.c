/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/debug.h"

void cel_debug_put_str(struct cel_debug *writer, struct str s)
{
	for (unsigned i = 0; writer->at_start && i < writer->indent; i++) {
		cel_text_add_text(writer->text, "  ");
	}
	writer->at_start = false;
	cel_text_add(writer->text, s);
}

void cel_debug_put(struct cel_debug *writer, const char *s)
{
	cel_debug_put_str(writer, str_from(s));
}

void cel_debug_line(struct cel_debug *writer)
{
	cel_text_add_text(writer->text, "\n");
	writer->at_start = true;
}

void cel_debug_kind(struct cel_debug *writer, const char *kind)
{
	cel_debug_put(writer, "^#*expr.");
	cel_debug_put(writer, kind);
	cel_debug_put(writer, "#");
}

void cel_debug_ident(struct cel_debug *writer, struct str name, bool rooted)
{
	cel_debug_put(writer, rooted ? "." : "");
	cel_debug_put_str(writer, name);
	cel_debug_kind(writer, "Expr_IdentExpr");
}

void cel_debug_open(struct cel_debug *writer, const char *function)
{
	cel_debug_put(writer, function);
	cel_debug_put(writer, "(");
	writer->indent++;
	cel_debug_line(writer);
}

void cel_debug_next(struct cel_debug *writer)
{
	cel_debug_put(writer, ",");
	cel_debug_line(writer);
}

void cel_debug_close(struct cel_debug *writer)
{
	writer->indent--;
	cel_debug_line(writer);
	cel_debug_put(writer, ")");
	cel_debug_kind(writer, "Expr_CallExpr");
}

/* Nodes from `first` on, separated, in parentheses. */
static void write_arguments(
	struct cel_debug *writer, const char *function, const struct cel_node *first)
{
	if (first == NULL) {
		cel_debug_put(writer, function);
		cel_debug_put(writer, "()");
		cel_debug_kind(writer, "Expr_CallExpr");
		return;
	}
	cel_debug_open(writer, function);
	for (const struct cel_node *node = first; node != NULL; node = node->next) {
		cel_debug_node(writer, node);
		if (node->next != NULL) {
			cel_debug_next(writer);
		}
	}
	cel_debug_close(writer);
}

static void write_call(struct cel_debug *writer, const struct cel_node *node)
{
	const bool receiver = (node->marks & CEL_MARK_RECEIVER) != 0;
	if (receiver) {
		cel_debug_node(writer, node->child);
		cel_debug_put(writer, ".");
	} else if ((node->marks & CEL_MARK_ROOTED) != 0) {
		cel_debug_put(writer, ".");
	}
	cel_debug_put_str(writer, node->name);
	write_arguments(writer, "", receiver ? node->child->next : node->child);
}

static const struct cel_node *nth(const struct cel_node *node, uint32_t index)
{
	const struct cel_node *child = node->child;
	for (uint32_t i = 0; i < index; i++) {
		child = child->next;
	}
	return child;
}

/* A flat chain of && or || is a balanced tree of pairs there: operators `low` to `high` of it. */
static void write_chain(
	struct cel_debug *writer, const struct cel_node *node, uint32_t low, uint32_t high)
{
	const uint32_t middle = low + (high - low + 1) / 2;
	cel_debug_open(writer, node->kind == CEL_NODE_AND ? "_&&_" : "_||_");
	if (middle == low) {
		cel_debug_node(writer, nth(node, middle));
	} else {
		write_chain(writer, node, low, middle - 1);
	}
	cel_debug_next(writer);
	if (middle == high) {
		cel_debug_node(writer, nth(node, middle + 1));
	} else {
		write_chain(writer, node, middle + 1, high);
	}
	cel_debug_close(writer);
}

static void write_select(struct cel_debug *writer, const struct cel_node *node, bool test)
{
	if ((node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0) {
		cel_debug_open(writer, "_?._");
		cel_debug_node(writer, node->child);
		cel_debug_next(writer);
		cel_debug_literal(writer, cel_string(node->name));
		cel_debug_close(writer);
		return;
	}
	cel_debug_node(writer, node->child);
	cel_debug_put(writer, ".");
	cel_debug_put_str(writer, node->name);
	cel_debug_put(writer, test ? "~test-only~" : "");
	cel_debug_kind(writer, "Expr_SelectExpr");
}

static bool is_optional_entry(const struct cel_node *node)
{
	return (node->marks & CEL_MARK_OPTIONAL_ENTRY) != 0;
}

static void write_list(struct cel_debug *writer, const struct cel_node *node)
{
	cel_debug_put(writer, "[");
	if (node->child != NULL) {
		writer->indent++;
		cel_debug_line(writer);
	}
	for (const struct cel_node *item = node->child; item != NULL; item = item->next) {
		cel_debug_node(writer, item);
		if (item->next != NULL) {
			cel_debug_next(writer);
		} else {
			writer->indent--;
			cel_debug_line(writer);
		}
	}
	cel_debug_put(writer, "]");
	cel_debug_kind(writer, "Expr_ListExpr");
}

/* A map (key, value, key, value …) or a message (fields). */
static void write_struct(struct cel_debug *writer, const struct cel_node *node)
{
	const bool map = node->kind == CEL_NODE_MAP;
	cel_debug_put(writer, !map && (node->marks & CEL_MARK_ROOTED) != 0 ? "." : "");
	cel_debug_put_str(writer, map ? (struct str){0} : node->name);
	cel_debug_put(writer, "{");
	if (node->child != NULL) {
		writer->indent++;
		cel_debug_line(writer);
	}
	for (const struct cel_node *entry = node->child; entry != NULL; entry = entry->next) {
		cel_debug_put(writer, is_optional_entry(entry) ? "?" : "");
		if (map) {
			cel_debug_node(writer, entry);
			entry = entry->next;
		} else {
			cel_debug_put_str(writer, entry->name);
		}
		cel_debug_put(writer, ":");
		cel_debug_node(writer, map ? entry : entry->child);
		cel_debug_kind(writer, "Expr_CreateStruct_Entry");
		if (entry->next != NULL) {
			cel_debug_next(writer);
		} else {
			writer->indent--;
			cel_debug_line(writer);
		}
	}
	cel_debug_put(writer, "}");
	cel_debug_kind(writer, "Expr_StructExpr");
}

/* The macros of extensions as they were written: range.all(k, v, …). */
static void write_extension(struct cel_debug *writer, const struct cel_node *node,
	const struct cel_node *receiver, const char *function, const struct cel_node *rest)
{
	if (receiver == NULL) {
		cel_debug_ident(writer, STR("cel"), false);
	} else {
		cel_debug_node(writer, receiver);
	}
	cel_debug_put(writer, ".");
	cel_debug_open(writer, function);
	cel_debug_ident(writer, node->name, false);
	if (node->kind == CEL_NODE_FOLD) {
		cel_debug_next(writer);
		cel_debug_ident(writer, node->second, false);
	}
	for (; rest != NULL; rest = rest->next) {
		cel_debug_next(writer);
		cel_debug_node(writer, rest);
	}
	cel_debug_close(writer);
}

static void write_bind(struct cel_debug *writer, const struct cel_node *node)
{
	if (node->bind == CEL_BIND_PLAIN) {
		write_extension(writer, node, NULL, "bind", node->child);
	} else {
		write_extension(writer, node, node->child,
			node->bind == CEL_BIND_FLAT ? "optFlatMap" : "optMap", node->child->next);
	}
}

void cel_debug_node(struct cel_debug *writer, const struct cel_node *node)
{
	switch (node->kind) {
	case CEL_NODE_LITERAL:
		cel_debug_literal(writer, node->literal);
		break;
	case CEL_NODE_IDENT:
	case CEL_NODE_LOCAL:
	case CEL_NODE_NAME:
		cel_debug_ident(writer, node->name, (node->marks & CEL_MARK_ROOTED) != 0);
		break;
	case CEL_NODE_SELECT:
		write_select(writer, node, false);
		break;
	case CEL_NODE_INDEX:
		write_arguments(writer,
			(node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0 ? "_[?_]" : "_[_]",
			node->child);
		break;
	case CEL_NODE_CALL:
		write_call(writer, node);
		break;
	case CEL_NODE_NOT:
		write_arguments(writer, "!_", node->child);
		break;
	case CEL_NODE_NEGATE:
		write_arguments(writer, "-_", node->child);
		break;
	case CEL_NODE_BINARY:
		write_arguments(writer, cel_op_function(node->op), node->child);
		break;
	case CEL_NODE_AND:
	case CEL_NODE_OR:
		write_chain(writer, node, 0, node->count - 2);
		break;
	case CEL_NODE_CHOICE:
		write_arguments(writer, "_?_:_", node->child);
		break;
	case CEL_NODE_LIST:
		write_list(writer, node);
		break;
	case CEL_NODE_MAP:
	case CEL_NODE_MESSAGE:
		write_struct(writer, node);
		break;
	case CEL_NODE_FIELD:
	case CEL_NODE_HAS:
		write_select(writer, node->child, true);
		break;
	case CEL_NODE_FOLD:
		if (node->second.len > 0) {
			write_extension(writer, node, node->child,
				(node->marks & CEL_MARK_CAMEL) != 0 ? "existsOne"
								    : cel_fold_text(node->fold),
				node->child->next);
		} else {
			cel_debug_fold(writer, node);
		}
		break;
	case CEL_NODE_BIND:
		write_bind(writer, node);
		break;
	case CEL_NODE_KINDS:
		break;
	}
}

void cel_debug(struct cel_text *text, const struct cel_node *node)
{
	struct cel_debug writer = {.text = text};
	cel_debug_node(&writer, node);
}
