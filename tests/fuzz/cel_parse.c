/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an expression: what is refused is refused at a place and with a sentence, in bounded
 * memory; what parses prints as a text that parses to the same.
 */
#include <stdlib.h>

#include "rules/cel/cel.h"
#include "rules/cel/text.h"

enum {
	TREE_BYTES_MAX = 8 * 1024 * 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void parse_require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void parse_refused(enum err err, struct str source, const struct cel_fault *fault)
{
	parse_require(err == ERR_INVALID || err == ERR_TOO_LARGE);
	parse_require(fault->line > 0 && fault->column > 0 && fault->message[0] != '\0');
	parse_require(fault->offset <= source.len);
}

static void parse_again(struct arena *arena, const struct cel_tree *tree)
{
	struct cel_text first = {.arena = arena};
	struct cel_text second = {.arena = arena};
	struct cel_text debug = {.arena = arena};
	struct cel_tree *again = NULL;
	struct cel_fault fault;
	cel_unparse(&first, tree->root);
	cel_debug(&debug, tree->root);
	parse_require(!first.failed && !debug.failed);
	const enum err err = cel_parse(arena, cel_text_str(&first), &again, &fault);
	/* Escapes and parentheses make it longer and deeper, never wrong. */
	parse_require(err == ERR_OK || err == ERR_TOO_LARGE);
	if (err == ERR_OK) {
		cel_unparse(&second, again->root);
		parse_require(str_equal(cel_text_str(&first), cel_text_str(&second)));
		parse_require(again->root->kind == tree->root->kind);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena;
	struct cel_tree *tree = NULL;
	struct cel_fault fault;
	const struct str source = {(const char *)bytes, size};
	arena_init(&arena, 0);
	const enum err err = cel_parse(&arena, source, &tree, &fault);
	parse_require(arena.used_total <= TREE_BYTES_MAX);
	if (err == ERR_OK) {
		parse_again(&arena, tree);
	} else {
		parse_require(tree == NULL);
		parse_refused(err, source, &fault);
	}
	arena_finish(&arena);
	return 0;
}
