/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/debug.h"

/* The macros of the standard as the loops that they are there. */

static const struct str RESULT = {"@result", 7};

static void write_result(struct cel_debug *writer)
{
	cel_debug_ident(writer, RESULT, false);
}

static void part(struct cel_debug *writer, const char *title)
{
	cel_debug_put(writer, title);
	cel_debug_line(writer);
}

/* "f(@result, …" */
static void open_step(struct cel_debug *writer, const char *function)
{
	cel_debug_open(writer, function);
	write_result(writer);
	cel_debug_next(writer);
}

/* "@result + […]" */
static void write_append(struct cel_debug *writer, const struct cel_node *element)
{
	open_step(writer, "_+_");
	cel_debug_put(writer, "[");
	writer->indent++;
	cel_debug_line(writer);
	cel_debug_node(writer, element);
	writer->indent--;
	cel_debug_line(writer);
	cel_debug_put(writer, "]");
	cel_debug_kind(writer, "Expr_ListExpr");
	cel_debug_close(writer);
}

static void write_append_variable(struct cel_debug *writer, const struct cel_node *node)
{
	const struct cel_node variable = {.kind = CEL_NODE_IDENT, .name = node->name};
	write_append(writer, &variable);
}

static void write_step(struct cel_debug *writer, const struct cel_node *node)
{
	const struct cel_node *condition = node->child->next;
	const struct cel_node *element = condition->next;
	switch (node->fold) {
	case CEL_FOLD_ALL:
	case CEL_FOLD_EXISTS:
		open_step(writer, node->fold == CEL_FOLD_ALL ? "_&&_" : "_||_");
		cel_debug_node(writer, condition);
		cel_debug_close(writer);
		return;
	case CEL_FOLD_MAP:
		if (element == NULL) {
			write_append(writer, condition);
			return;
		}
		break;
	case CEL_FOLD_EXISTS_ONE:
	case CEL_FOLD_FILTER:
	case CEL_FOLD_LIST:
	case CEL_FOLD_TABLE:
	case CEL_FOLD_ENTRIES:
		break;
	}
	cel_debug_open(writer, "_?_:_");
	cel_debug_node(writer, condition);
	cel_debug_next(writer);
	if (node->fold == CEL_FOLD_EXISTS_ONE) {
		open_step(writer, "_+_");
		cel_debug_literal(writer, cel_int(1));
		cel_debug_close(writer);
	} else if (node->fold == CEL_FOLD_FILTER) {
		write_append_variable(writer, node);
	} else {
		write_append(writer, element);
	}
	cel_debug_next(writer);
	write_result(writer);
	cel_debug_close(writer);
}

static void write_init(struct cel_debug *writer, enum cel_fold fold)
{
	const struct cel_node empty = {.kind = CEL_NODE_LIST};
	if (fold == CEL_FOLD_ALL || fold == CEL_FOLD_EXISTS) {
		cel_debug_literal(writer, cel_bool(fold == CEL_FOLD_ALL));
	} else if (fold == CEL_FOLD_EXISTS_ONE) {
		cel_debug_literal(writer, cel_int(0));
	} else {
		cel_debug_node(writer, &empty);
	}
}

static void write_condition(struct cel_debug *writer, enum cel_fold fold)
{
	if (fold != CEL_FOLD_ALL && fold != CEL_FOLD_EXISTS) {
		cel_debug_literal(writer, cel_bool(true));
		return;
	}
	cel_debug_open(writer, "@not_strictly_false");
	if (fold == CEL_FOLD_EXISTS) {
		cel_debug_open(writer, "!_");
		write_result(writer);
		cel_debug_close(writer);
	} else {
		write_result(writer);
	}
	cel_debug_close(writer);
}

void cel_debug_fold(struct cel_debug *writer, const struct cel_node *node)
{
	cel_debug_put(writer, "__comprehension__(");
	writer->indent++;
	cel_debug_line(writer);
	part(writer, "// Variable");
	cel_debug_put_str(writer, node->name);
	cel_debug_next(writer);
	part(writer, "// Target");
	cel_debug_node(writer, node->child);
	cel_debug_next(writer);
	part(writer, "// Accumulator");
	cel_debug_put_str(writer, RESULT);
	cel_debug_next(writer);
	part(writer, "// Init");
	write_init(writer, node->fold);
	cel_debug_next(writer);
	part(writer, "// LoopCondition");
	write_condition(writer, node->fold);
	cel_debug_next(writer);
	part(writer, "// LoopStep");
	write_step(writer, node);
	cel_debug_next(writer);
	part(writer, "// Result");
	if (node->fold == CEL_FOLD_EXISTS_ONE) {
		open_step(writer, "_==_");
		cel_debug_literal(writer, cel_int(1));
		cel_debug_close(writer);
	} else {
		write_result(writer);
	}
	cel_debug_put(writer, ")");
	writer->indent--;
	cel_debug_kind(writer, "Expr_ComprehensionExpr");
}
