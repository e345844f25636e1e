/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compile.h"

#include <stdarg.h>
#include <stdio.h>

void rules_source_position(
	struct str source, size_t offset, unsigned *ret_line, unsigned *ret_column)
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
	*ret_column = (unsigned)rules_text_length(before) + 1;
}

void *rules_compile_fail(
	struct rules_compilation *compilation, enum err err, size_t offset, const char *format, ...)
{
	if (compilation->err != ERR_OK) {
		return NULL;
	}
	compilation->err = err;
	struct rules_error *error = compilation->error;
	rules_source_position(compilation->source, offset, &error->line, &error->column);
	va_list args;
	va_start(args, format);
	(void)vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	return NULL;
}

struct rules_node *rules_node_new(
	struct rules_compilation *compilation, enum rules_node_kind kind, size_t offset)
{
	if (compilation->err != ERR_OK) {
		return NULL;
	}
	if (compilation->nodes >= RULES_LIMIT_NODES) {
		return rules_compile_fail(compilation, ERR_TOO_LARGE, offset,
			"the clause has more than %d parts", (int)RULES_LIMIT_NODES);
	}
	struct rules_node *node = arena_alloc(compilation->arena, sizeof(*node));
	if (node == NULL) {
		return rules_compile_fail(compilation, ERR_NOMEM, offset, "out of memory");
	}
	compilation->nodes++;
	node->kind = kind;
	node->depth = 1;
	node->offset = (uint32_t)offset;
	return node;
}

bool rules_node_add(
	struct rules_compilation *compilation, struct rules_node *node, struct rules_node *child)
{
	if (node == NULL || child == NULL || compilation->err != ERR_OK) {
		return false;
	}
	if (child->depth >= RULES_LIMIT_DEPTH) {
		(void)rules_compile_fail(compilation, ERR_TOO_LARGE, node->offset,
			"the clause is nested deeper than %d levels", (int)RULES_LIMIT_DEPTH);
		return false;
	}
	if (node->depth <= child->depth) {
		node->depth = child->depth + 1;
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

struct rules_node *rules_node_with(struct rules_compilation *compilation, struct rules_node *node,
	struct rules_node *first, struct rules_node *second)
{
	if (!rules_node_add(compilation, node, first)) {
		return NULL;
	}
	return second == NULL || rules_node_add(compilation, node, second) ? node : NULL;
}

struct str rules_chain_text(struct rules_compilation *compilation, const struct rules_node *node)
{
	size_t len = 0;
	for (const struct rules_node *at = node;; at = at->child) {
		if ((at->kind != RULES_NODE_SELECT && at->kind != RULES_NODE_IDENT) ||
			(at->flags & RULES_FLAG_OPTIONAL_ACCESS) != 0) {
			return (struct str){0};
		}
		len += at->name.len + (len > 0 ? 1 : 0);
		if (at->kind == RULES_NODE_IDENT) {
			break;
		}
	}
	char *text = arena_alloc(compilation->arena, len + 1);
	if (text == NULL) {
		(void)rules_compile_fail(compilation, ERR_NOMEM, node->offset, "out of memory");
		return (struct str){0};
	}
	size_t end = len;
	for (const struct rules_node *at = node; at != NULL; at = at->child) {
		end -= at->name.len;
		memcpy(text + end, at->name.ptr, at->name.len);
		if (end > 0) {
			text[--end] = '.';
		}
	}
	return (struct str){text, len};
}

enum err rules_compile(struct arena *arena, struct str source, struct rules_clause **ret_clause,
	struct rules_error *ret_error)
{
	*ret_error = (struct rules_error){0};
	struct rules_compilation compilation = {
		.arena = arena, .source = source, .error = ret_error};
	if (source.len > RULES_LIMIT_SOURCE_BYTES) {
		(void)rules_compile_fail(&compilation, ERR_TOO_LARGE, RULES_LIMIT_SOURCE_BYTES,
			"the clause is longer than %d bytes", (int)RULES_LIMIT_SOURCE_BYTES);
		return compilation.err;
	}
	if (!str_is_utf8(source)) {
		(void)rules_compile_fail(
			&compilation, ERR_INVALID, 0, "the clause is not well-formed UTF-8");
		return compilation.err;
	}
	compilation.source = arena_str(arena, source);
	struct rules_clause *clause = arena_alloc(arena, sizeof(*clause));
	if (compilation.source.ptr == NULL || clause == NULL) {
		compilation.source = source;
		(void)rules_compile_fail(&compilation, ERR_NOMEM, 0, "out of memory");
		return compilation.err;
	}
	struct rules_node *root = rules_parse(&compilation);
	if (root != NULL) {
		rules_resolve(&compilation, root, clause);
	}
	if (compilation.err != ERR_OK) {
		return compilation.err;
	}
	clause->source = compilation.source;
	clause->root = root;
	*ret_clause = clause;
	return ERR_OK;
}

struct str rules_clause_source(const struct rules_clause *clause)
{
	return clause->source;
}

size_t rules_clause_facts(const struct rules_clause *clause, const struct str **ret_paths)
{
	*ret_paths = clause->paths;
	return clause->path_count;
}
