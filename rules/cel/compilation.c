/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/compilation.h"

#include <stdarg.h>
#include <stdio.h>

void cel_source_position(struct str source, size_t offset, unsigned *ret_line, unsigned *ret_column)
{
	unsigned line = 1;
	size_t line_start = 0;
	for (size_t i = 0; i < offset && i < source.len; i++) {
		if (source.ptr[i] == '\n') {
			line++;
			line_start = i + 1;
		}
	}
	const size_t end = offset < source.len ? offset : source.len;
	const struct str before = {source.ptr + line_start, end - line_start};
	*ret_line = line;
	*ret_column = (unsigned)cel_text_length(before) + 1;
}

void *cel_compile_fail(
	struct cel_compilation *compilation, enum err err, size_t offset, const char *format, ...)
{
	if (compilation->err != ERR_OK) {
		return NULL;
	}
	compilation->err = err;
	struct cel_fault *fault = compilation->fault;
	fault->offset = (uint32_t)offset;
	cel_source_position(compilation->source, offset, &fault->line, &fault->column);
	va_list args;
	va_start(args, format);
	(void)vsnprintf(fault->message, sizeof(fault->message), format, args);
	va_end(args);
	return NULL;
}

void *cel_compile_exhausted(struct cel_compilation *compilation)
{
	return cel_compile_fail(compilation, ERR_NOMEM, 0, "out of memory");
}

struct cel_node *cel_node_new(
	struct cel_compilation *compilation, enum cel_node_kind kind, size_t offset)
{
	if (compilation->err != ERR_OK) {
		return NULL;
	}
	if (compilation->nodes >= CEL_LIMIT_NODES) {
		return cel_compile_fail(compilation, ERR_TOO_LARGE, offset,
			"the expression has more than %d parts", (int)CEL_LIMIT_NODES);
	}
	struct cel_node *node = arena_alloc(compilation->arena, sizeof(*node));
	if (node == NULL) {
		return cel_compile_fail(compilation, ERR_NOMEM, offset, "out of memory");
	}
	compilation->nodes++;
	node->kind = kind;
	node->depth = 1;
	node->offset = (uint32_t)offset;
	return node;
}

bool cel_node_add(
	struct cel_compilation *compilation, struct cel_node *node, struct cel_node *child)
{
	if (node == NULL || child == NULL || compilation->err != ERR_OK) {
		return false;
	}
	if (child->depth >= CEL_LIMIT_DEPTH) {
		(void)cel_compile_fail(compilation, ERR_TOO_LARGE, node->offset,
			"the expression is nested deeper than %d levels", (int)CEL_LIMIT_DEPTH);
		return false;
	}
	if (node->depth <= child->depth) {
		node->depth = (uint16_t)(child->depth + 1);
	}
	if (node->last == NULL) {
		node->child = child;
	} else {
		node->last->next = child;
	}
	node->last = child;
	child->next = NULL;
	node->count++;
	return true;
}

struct cel_node *cel_node_with(struct cel_compilation *compilation, struct cel_node *node,
	struct cel_node *first, struct cel_node *second)
{
	if (!cel_node_add(compilation, node, first)) {
		return NULL;
	}
	return second == NULL || cel_node_add(compilation, node, second) ? node : NULL;
}

struct str cel_chain_text(struct cel_compilation *compilation, const struct cel_node *node)
{
	size_t len = 0;
	for (const struct cel_node *at = node;; at = at->child) {
		if ((at->kind != CEL_NODE_SELECT && at->kind != CEL_NODE_IDENT) ||
			(at->marks & CEL_MARK_OPTIONAL_ACCESS) != 0) {
			return (struct str){0};
		}
		len += at->name.len + (len > 0 ? 1 : 0);
		if (at->kind == CEL_NODE_IDENT) {
			break;
		}
	}
	char *text = arena_alloc(compilation->arena, len + 1);
	if (text == NULL) {
		(void)cel_compile_exhausted(compilation);
		return (struct str){0};
	}
	size_t end = len;
	for (const struct cel_node *at = node; at != NULL; at = at->child) {
		end -= at->name.len;
		memcpy(text + end, at->name.ptr, at->name.len);
		if (end > 0) {
			text[--end] = '.';
		}
	}
	return (struct str){text, len};
}
