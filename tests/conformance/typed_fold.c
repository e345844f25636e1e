/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/conformance/typed.h"

static void part(struct typed *out, const char *title)
{
	typed_put(out, title);
	typed_new_line(out);
}

static void write_result(struct typed *out, const struct cel_type *type)
{
	typed_name(out, STR("@result"), type);
}

static void write_one(struct typed *out)
{
	typed_put(out, "1");
	typed_put_type(out, &cel_type_int);
}

static void write_append(
	struct typed *out, const struct cel_node *fold, const struct cel_node *element)
{
	typed_open_call(out, "_+_");
	write_result(out, fold->type);
	typed_next(out);
	typed_put(out, "[");
	out->indent++;
	typed_new_line(out);
	if (element == NULL) {
		typed_name(out, fold->name,
			fold->type->kind == CEL_TYPE_LIST ? fold->type->params[0] : fold->type);
	} else {
		typed_node(out, element);
	}
	out->indent--;
	typed_new_line(out);
	typed_put(out, "]");
	typed_put_type(out, fold->type);
	typed_close_call(out, fold->type, "add_list");
}

static void write_step(struct typed *out, const struct cel_node *node, const struct cel_type *type)
{
	const struct cel_node *condition = node->child->next;
	const bool all = node->fold == CEL_FOLD_ALL;
	if (all || node->fold == CEL_FOLD_EXISTS) {
		typed_open_call(out, all ? "_&&_" : "_||_");
		write_result(out, type);
		typed_next(out);
		typed_node(out, condition);
		typed_close_call(out, type, all ? "logical_and" : "logical_or");
		return;
	}
	if (node->fold == CEL_FOLD_MAP && condition->next == NULL) {
		write_append(out, node, condition);
		return;
	}
	typed_open_call(out, "_?_:_");
	typed_node(out, condition);
	typed_next(out);
	if (node->fold == CEL_FOLD_EXISTS_ONE) {
		typed_open_call(out, "_+_");
		write_result(out, type);
		typed_next(out);
		write_one(out);
		typed_close_call(out, type, "add_int64");
	} else {
		write_append(out, node, condition->next);
	}
	typed_next(out);
	write_result(out, type);
	typed_close_call(out, type, "conditional");
}

static void write_init(struct typed *out, const struct cel_node *node, const struct cel_type *type)
{
	if (node->fold == CEL_FOLD_ALL || node->fold == CEL_FOLD_EXISTS) {
		typed_put(out, node->fold == CEL_FOLD_ALL ? "true" : "false");
	} else {
		typed_put(out, node->fold == CEL_FOLD_EXISTS_ONE ? "0" : "[]");
	}
	typed_put_type(out, type);
}

static void write_condition(struct typed *out, const struct cel_node *node)
{
	if (node->fold != CEL_FOLD_ALL && node->fold != CEL_FOLD_EXISTS) {
		typed_put(out, "true~bool");
		return;
	}
	typed_open_call(out, "@not_strictly_false");
	if (node->fold == CEL_FOLD_EXISTS) {
		typed_open_call(out, "!_");
		write_result(out, &cel_type_bool);
		typed_close_call(out, &cel_type_bool, "logical_not");
	} else {
		write_result(out, &cel_type_bool);
	}
	typed_close_call(out, &cel_type_bool, "not_strictly_false");
}

static void open_loop(struct typed *out, struct str variable)
{
	typed_put(out, "__comprehension__(");
	out->indent++;
	typed_new_line(out);
	part(out, "// Variable");
	typed_put_str(out, variable);
	typed_next(out);
	part(out, "// Target");
}

void typed_fold(struct typed *out, const struct cel_node *node)
{
	const bool one = node->fold == CEL_FOLD_EXISTS_ONE;
	const struct cel_type *type = one ? &cel_type_int : node->type;
	out->foreign = out->foreign || node->second.len > 0;
	open_loop(out, node->name);
	typed_node(out, node->child);
	typed_next(out);
	part(out, "// Accumulator");
	typed_put(out, "@result");
	typed_next(out);
	part(out, "// Init");
	write_init(out, node, type);
	typed_next(out);
	part(out, "// LoopCondition");
	write_condition(out, node);
	typed_next(out);
	part(out, "// LoopStep");
	write_step(out, node, type);
	typed_next(out);
	part(out, "// Result");
	if (one) {
		typed_open_call(out, "_==_");
		write_result(out, type);
		typed_next(out);
		write_one(out);
		typed_close_call(out, &cel_type_bool, "equals");
	} else {
		write_result(out, type);
	}
	typed_put(out, ")");
	out->indent--;
	typed_put_type(out, node->type);
}

void typed_bind(struct typed *out, const struct cel_node *node)
{
	out->foreign = out->foreign || node->bind != CEL_BIND_PLAIN;
	open_loop(out, STR("#unused"));
	typed_put(out, "[]~list(dyn)");
	typed_next(out);
	part(out, "// Accumulator");
	typed_put_str(out, node->name);
	typed_next(out);
	part(out, "// Init");
	typed_node(out, node->child);
	typed_next(out);
	part(out, "// LoopCondition");
	typed_put(out, "false~bool");
	typed_next(out);
	part(out, "// LoopStep");
	typed_name(out, node->name, node->child->type);
	typed_next(out);
	part(out, "// Result");
	typed_node(out, node->child->next);
	typed_put(out, ")");
	out->indent--;
	typed_put_type(out, node->type);
}
