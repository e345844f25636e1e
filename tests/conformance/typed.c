/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rules/cel/overload.h"
#include "tests/conformance/typed.h"

void typed_put_str(struct typed *out, struct str s)
{
	for (unsigned i = 0; out->at_start && i < out->indent; i++) {
		cel_text_add_text(&out->text, "  ");
	}
	out->at_start = false;
	cel_text_add(&out->text, s);
}

void typed_put(struct typed *out, const char *s)
{
	typed_put_str(out, str_from(s));
}

void typed_new_line(struct typed *out)
{
	cel_text_add_text(&out->text, "\n");
	out->at_start = true;
}

void typed_put_type(struct typed *out, const struct cel_type *type)
{
	typed_put(out, "~");
	typed_put_str(out, type == NULL ? STR("none") : cel_type_format(out->arena, type));
}

void typed_open_call(struct typed *out, const char *function)
{
	typed_put(out, function);
	typed_put(out, "(");
	out->indent++;
	typed_new_line(out);
}

void typed_next(struct typed *out)
{
	typed_put(out, ",");
	typed_new_line(out);
}

void typed_close_call(struct typed *out, const struct cel_type *type, const char *id)
{
	out->indent--;
	typed_new_line(out);
	typed_put(out, ")");
	typed_put_type(out, type);
	typed_put(out, "^");
	typed_put(out, id);
}

static int order_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Comparing numbers of different types is off in most of the data: not in its lists then. */
static bool is_off_there(const struct cel_overload *row)
{
	return row->count == 2 && row->function[0] == '_' &&
	       (row->function[1] == '<' || row->function[1] == '>') &&
	       row->arguments[0] != row->arguments[1];
}

/* "add_double|add_int64": in the order of the alphabet, none twice. */
static const char *ids_of(struct typed *out, const struct cel_node *node)
{
	const char *ids[64];
	size_t count = 0;
	struct cel_text text = {.arena = out->arena};
	for (uint32_t i = 0; i < node->overload_count && count < 64; i++) {
		if (out->mixed || !is_off_there(node->overloads[i])) {
			ids[count++] = node->overloads[i]->id;
		}
	}
	qsort(ids, count, sizeof(ids[0]), order_texts);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || strcmp(ids[i], ids[i - 1]) != 0) {
			cel_text_add_text(&text, i > 0 ? "|" : "");
			cel_text_add_text(&text, ids[i]);
		}
	}
	cel_text_add(&text, (struct str){"", 1});
	return cel_text_str(&text).ptr;
}

static void write_arguments(struct typed *out, const char *function, const struct cel_node *first,
	const char *ids, const struct cel_type *type)
{
	if (first == NULL) {
		typed_put(out, function);
		typed_put(out, "()");
		typed_put_type(out, type);
		typed_put(out, "^");
		typed_put(out, ids);
		return;
	}
	typed_open_call(out, function);
	for (; first != NULL; first = first->next) {
		typed_node(out, first);
		if (first->next != NULL) {
			typed_next(out);
		}
	}
	typed_close_call(out, type, ids);
}

/* A literal as the goldens of the parser write it, without its kind. */
static void write_literal(struct typed *out, const struct cel_node *node)
{
	struct cel_text text = {.arena = out->arena};
	if (node->literal.kind == CEL_TYPE) {
		/* A name that stands for a type refers to itself. */
		const struct str name = cel_type_name(node->literal.type);
		/* What is in an optional is said there of values only. */
		out->foreign = out->foreign || node->literal.type->kind == CEL_TYPE_OPAQUE;
		typed_put_str(out, name);
		typed_put_type(out, node->type);
		typed_put(out, "^");
		typed_put_str(out, name);
		return;
	}
	cel_debug(&text, node);
	struct str s = cel_text_str(&text);
	while (s.len > 0 && s.ptr[s.len - 1] != '^') {
		s.len--;
	}
	typed_put_str(out, (struct str){s.ptr, s.len - 1});
	typed_put_type(out, node->type);
}

void typed_name(struct typed *out, struct str name, const struct cel_type *type)
{
	typed_put_str(out, name);
	typed_put_type(out, type);
	typed_put(out, "^");
	typed_put_str(out, name);
}

static void write_call(struct typed *out, const struct cel_node *node)
{
	const bool receiver = (node->marks & CEL_MARK_RECEIVER) != 0;
	const char *ids = ids_of(out, node);
	if (receiver) {
		typed_node(out, node->child);
		typed_put(out, ".");
	}
	const bool greatest = str_is(node->name, "math.greatest");
	if (greatest || str_is(node->name, "math.least")) {
		/* Written by a macro there, more than two arguments as a list. */
		out->foreign = out->foreign || node->count > 2;
		typed_put(out, greatest ? "math.@max" : "math.@min");
	} else {
		typed_put_str(out, node->name);
	}
	write_arguments(out, "", receiver ? node->child->next : node->child, ids, node->type);
}

static const struct cel_node *nth(const struct cel_node *node, uint32_t index)
{
	const struct cel_node *child = node->child;
	for (uint32_t i = 0; i < index; i++) {
		child = child->next;
	}
	return child;
}

/* As in the goldens of the parser: a balanced tree of pairs. */
static void write_chain(struct typed *out, const struct cel_node *node, uint32_t low, uint32_t high)
{
	const bool is_and = node->kind == CEL_NODE_AND;
	const uint32_t middle = low + (high - low + 1) / 2;
	typed_open_call(out, is_and ? "_&&_" : "_||_");
	if (middle == low) {
		typed_node(out, nth(node, middle));
	} else {
		write_chain(out, node, low, middle - 1);
	}
	typed_next(out);
	if (middle == high) {
		typed_node(out, nth(node, middle + 1));
	} else {
		write_chain(out, node, middle + 1, high);
	}
	typed_close_call(out, &cel_type_bool, is_and ? "logical_and" : "logical_or");
}

static void write_select(struct typed *out, const struct cel_node *node, bool test)
{
	if (node->kind == CEL_NODE_NAME) {
		/* has(x.f) of a name declared as a whole. */
		out->foreign = true;
		return;
	}
	out->foreign = out->foreign || (node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0;
	typed_node(out, node->child);
	typed_put(out, ".");
	typed_put_str(out, node->name);
	typed_put(out, test ? "~test-only~" : "");
	typed_put_type(out, test ? &cel_type_bool : node->type);
}

static void write_elements(struct typed *out, const struct cel_node *node, bool map)
{
	typed_put(out, map ? "{" : "[");
	if (node->child != NULL) {
		out->indent++;
		typed_new_line(out);
	}
	for (const struct cel_node *item = node->child; item != NULL; item = item->next) {
		typed_put(out, map && (item->marks & CEL_MARK_OPTIONAL_ENTRY) != 0 ? "?" : "");
		typed_node(out, item);
		if (map) {
			typed_put(out, ":");
			item = item->next;
			typed_node(out, item);
		}
		if (item->next != NULL) {
			typed_next(out);
		} else {
			out->indent--;
			typed_new_line(out);
		}
	}
	typed_put(out, map ? "}" : "]");
	typed_put_type(out, node->type);
}

static void write_operator(struct typed *out, const struct cel_node *node, const char *function)
{
	write_arguments(out, function, node->child, ids_of(out, node), node->type);
}

void typed_node(struct typed *out, const struct cel_node *node)
{
	switch (node->kind) {
	case CEL_NODE_LITERAL:
		write_literal(out, node);
		break;
	case CEL_NODE_LOCAL:
	case CEL_NODE_NAME:
	case CEL_NODE_IDENT:
		typed_name(out, node->name, node->type);
		break;
	case CEL_NODE_SELECT:
		write_select(out, node, false);
		break;
	case CEL_NODE_HAS:
		write_select(out, node->child, true);
		break;
	case CEL_NODE_INDEX:
		write_operator(out, node,
			(node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0 ? "_[?_]" : "_[_]");
		break;
	case CEL_NODE_CALL:
		write_call(out, node);
		break;
	case CEL_NODE_NOT:
		write_operator(out, node, "!_");
		break;
	case CEL_NODE_NEGATE:
		write_operator(out, node, "-_");
		break;
	case CEL_NODE_BINARY:
		write_operator(out, node, cel_op_function(node->op));
		break;
	case CEL_NODE_AND:
	case CEL_NODE_OR:
		write_chain(out, node, 0, node->count - 2);
		break;
	case CEL_NODE_CHOICE:
		write_arguments(out, "_?_:_", node->child, "conditional", node->type);
		break;
	case CEL_NODE_LIST:
	case CEL_NODE_MAP:
		write_elements(out, node, node->kind == CEL_NODE_MAP);
		break;
	case CEL_NODE_FOLD:
		typed_fold(out, node);
		break;
	case CEL_NODE_BIND:
		typed_bind(out, node);
		break;
	case CEL_NODE_MESSAGE:
	case CEL_NODE_FIELD:
	case CEL_NODE_KINDS:
		out->foreign = true;
		break;
	}
}

bool typed_tree(struct arena *arena, const struct cel_tree *tree, bool mixed, struct str *ret_text)
{
	struct typed out = {.arena = arena, .text = {.arena = arena}, .mixed = mixed};
	typed_node(&out, tree->root);
	*ret_text = cel_text_str(&out.text);
	return !out.foreign;
}
