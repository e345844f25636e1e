/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/parser.h"

void cel_parser_advance(struct cel_parser *parser)
{
	parser->token = cel_lexer_next(parser->compilation, &parser->at);
}

bool cel_parser_accept(struct cel_parser *parser, enum cel_token_kind kind)
{
	if (parser->token.kind != kind) {
		return false;
	}
	cel_parser_advance(parser);
	return true;
}

struct cel_node *cel_parser_refuse(struct cel_parser *parser, const char *wanted)
{
	const struct cel_token *token = &parser->token;
	const struct str source = parser->compilation->source;
	enum {
		SHOWN = 40
	};
	const size_t len = token->end - token->offset;
	if (token->kind == CEL_TOKEN_END) {
		return cel_compile_fail(parser->compilation, ERR_INVALID, token->offset,
			"expected %s, but the expression ends here", wanted);
	}
	if (len > SHOWN) {
		return cel_compile_fail(parser->compilation, ERR_INVALID, token->offset,
			"expected %s here", wanted);
	}
	return cel_compile_fail(parser->compilation, ERR_INVALID, token->offset,
		"expected %s, found '%.*s'", wanted, (int)len, source.ptr + token->offset);
}

bool cel_parser_expect(struct cel_parser *parser, enum cel_token_kind kind, const char *wanted)
{
	if (parser->token.kind != kind) {
		(void)cel_parser_refuse(parser, wanted);
		return false;
	}
	cel_parser_advance(parser);
	return true;
}

static struct cel_node *parse_unary(struct cel_parser *parser)
{
	const enum cel_token_kind sign = parser->token.kind;
	if (sign != CEL_TOKEN_NOT && sign != CEL_TOKEN_MINUS) {
		return cel_parser_member(parser, false);
	}
	/* Two equal signs undo one another, as in the grammar of the language's own tools. */
	const size_t offset = parser->token.offset;
	unsigned count = 0;
	for (; parser->token.kind == sign; count++) {
		cel_parser_advance(parser);
	}
	const bool number =
		parser->token.kind == CEL_TOKEN_INT || parser->token.kind == CEL_TOKEN_DOUBLE;
	const bool negative = sign == CEL_TOKEN_MINUS && count == 1 && number;
	struct cel_node *operand = cel_parser_member(parser, negative);
	if (operand == NULL || negative || count % 2 == 0) {
		return operand;
	}
	struct cel_node *node = cel_node_new(parser->compilation,
		sign == CEL_TOKEN_NOT ? CEL_NODE_NOT : CEL_NODE_NEGATE, offset);
	return node == NULL ? NULL : cel_node_with(parser->compilation, node, operand, NULL);
}

/* The binary operators by how tightly they bind; all of them lean to the left. */
enum level {
	LEVEL_RELATION,
	LEVEL_SUM,
	LEVEL_PRODUCT,
	LEVEL_UNARY,
};

static const struct binary {
	enum cel_token_kind token;
	enum level level;
	enum cel_op op;
} BINARIES[] = {
	{CEL_TOKEN_LT, LEVEL_RELATION, CEL_OP_LT},
	{CEL_TOKEN_LE, LEVEL_RELATION, CEL_OP_LE},
	{CEL_TOKEN_GT, LEVEL_RELATION, CEL_OP_GT},
	{CEL_TOKEN_GE, LEVEL_RELATION, CEL_OP_GE},
	{CEL_TOKEN_EQ, LEVEL_RELATION, CEL_OP_EQ},
	{CEL_TOKEN_NE, LEVEL_RELATION, CEL_OP_NE},
	{CEL_TOKEN_IN, LEVEL_RELATION, CEL_OP_IN},
	{CEL_TOKEN_PLUS, LEVEL_SUM, CEL_OP_ADD},
	{CEL_TOKEN_MINUS, LEVEL_SUM, CEL_OP_SUBTRACT},
	{CEL_TOKEN_STAR, LEVEL_PRODUCT, CEL_OP_MULTIPLY},
	{CEL_TOKEN_SLASH, LEVEL_PRODUCT, CEL_OP_DIVIDE},
	{CEL_TOKEN_PERCENT, LEVEL_PRODUCT, CEL_OP_MODULO},
};

static const struct binary *find_binary(enum cel_token_kind token, enum level level)
{
	for (size_t i = 0; i < sizeof(BINARIES) / sizeof(BINARIES[0]); i++) {
		if (BINARIES[i].token == token && BINARIES[i].level == level) {
			return &BINARIES[i];
		}
	}
	return NULL;
}

static struct cel_node *parse_binary(struct cel_parser *parser, enum level level)
{
	if (level == LEVEL_UNARY) {
		return parse_unary(parser);
	}
	struct cel_node *left = parse_binary(parser, level + 1);
	const struct binary *binary;
	while (left != NULL && (binary = find_binary(parser->token.kind, level)) != NULL) {
		struct cel_node *node =
			cel_node_new(parser->compilation, CEL_NODE_BINARY, parser->token.offset);
		if (node == NULL) {
			return NULL;
		}
		node->op = binary->op;
		cel_parser_advance(parser);
		left = cel_node_with(
			parser->compilation, node, left, parse_binary(parser, level + 1));
		if (node->count < 2) {
			return NULL;
		}
	}
	return left;
}

/* A chain of && or || is one node with all its terms. */
static struct cel_node *parse_logic(struct cel_parser *parser, enum cel_node_kind kind)
{
	const bool is_or = kind == CEL_NODE_OR;
	const enum cel_token_kind sign = is_or ? CEL_TOKEN_OR : CEL_TOKEN_AND;
	struct cel_node *chain = NULL;
	struct cel_node *term;
	do {
		const size_t offset = parser->token.offset;
		if (chain != NULL) {
			cel_parser_advance(parser);
		}
		term = is_or ? parse_logic(parser, CEL_NODE_AND)
			     : parse_binary(parser, LEVEL_RELATION);
		if (chain == NULL && parser->token.kind != sign) {
			return term;
		}
		if (chain == NULL) {
			chain = cel_node_new(parser->compilation, kind, offset);
		}
		chain = cel_node_with(parser->compilation, chain, term, NULL);
	} while (chain != NULL && parser->token.kind == sign);
	return chain;
}

struct cel_node *cel_parser_expr(struct cel_parser *parser)
{
	if (parser->depth >= CEL_LIMIT_DEPTH) {
		return cel_compile_fail(parser->compilation, ERR_TOO_LARGE, parser->token.offset,
			"the expression is nested deeper than %d levels", (int)CEL_LIMIT_DEPTH);
	}
	parser->depth++;
	struct cel_node *node = parse_logic(parser, CEL_NODE_OR);
	const size_t offset = parser->token.offset;
	if (node != NULL && cel_parser_accept(parser, CEL_TOKEN_QUESTION)) {
		struct cel_node *choice =
			cel_node_new(parser->compilation, CEL_NODE_CHOICE, offset);
		struct cel_node *yes = parse_logic(parser, CEL_NODE_OR);
		node = cel_node_with(parser->compilation, choice, node, yes);
		if (yes == NULL || node == NULL ||
			!cel_parser_expect(parser, CEL_TOKEN_COLON, "':'")) {
			return NULL;
		}
		node = cel_node_with(parser->compilation, node, cel_parser_expr(parser), NULL);
	}
	parser->depth--;
	return node;
}

enum err cel_parse(struct arena *arena, struct str source, struct cel_tree **ret_tree,
	struct cel_fault *ret_fault)
{
	*ret_fault = (struct cel_fault){0};
	struct cel_compilation compilation = {.arena = arena, .source = source, .fault = ret_fault};
	if (source.len > CEL_LIMIT_SOURCE_BYTES) {
		(void)cel_compile_fail(&compilation, ERR_TOO_LARGE, CEL_LIMIT_SOURCE_BYTES,
			"the expression is longer than %d bytes", (int)CEL_LIMIT_SOURCE_BYTES);
		return compilation.err;
	}
	if (!str_is_utf8(source)) {
		(void)cel_compile_fail(
			&compilation, ERR_INVALID, 0, "the expression is not well-formed UTF-8");
		return compilation.err;
	}
	struct cel_tree *tree = arena_alloc(arena, sizeof(*tree));
	const struct str copy = arena_str(arena, source);
	if (copy.ptr == NULL || tree == NULL) {
		(void)cel_compile_exhausted(&compilation);
		return compilation.err;
	}
	compilation.source = copy;
	struct cel_parser parser = {.compilation = &compilation};
	cel_parser_advance(&parser);
	struct cel_node *root = cel_parser_expr(&parser);
	if (root != NULL && parser.token.kind != CEL_TOKEN_END) {
		(void)cel_parser_refuse(&parser, "an operator or the end");
	}
	if (compilation.err != ERR_OK) {
		return compilation.err;
	}
	*tree = (struct cel_tree){.source = copy, .root = root, .node_count = compilation.nodes};
	*ret_tree = tree;
	return ERR_OK;
}
