/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/parser.h"

void rules_parser_advance(struct rules_parser *parser)
{
	parser->token = rules_lexer_next(parser->compilation, &parser->at);
}

bool rules_parser_accept(struct rules_parser *parser, enum rules_token_kind kind)
{
	if (parser->token.kind != kind) {
		return false;
	}
	rules_parser_advance(parser);
	return true;
}

struct rules_node *rules_parser_refuse(struct rules_parser *parser, const char *wanted)
{
	const struct rules_token *token = &parser->token;
	const struct str source = parser->compilation->source;
	enum {
		SHOWN = 40
	};
	const size_t len = token->end - token->offset;
	if (token->kind == RULES_TOKEN_END) {
		return rules_compile_fail(parser->compilation, ERR_INVALID, token->offset,
			"expected %s, but the clause ends here", wanted);
	}
	if (len > SHOWN) {
		return rules_compile_fail(parser->compilation, ERR_INVALID, token->offset,
			"expected %s here", wanted);
	}
	return rules_compile_fail(parser->compilation, ERR_INVALID, token->offset,
		"expected %s, found '%.*s'", wanted, (int)len, source.ptr + token->offset);
}

bool rules_parser_expect(
	struct rules_parser *parser, enum rules_token_kind kind, const char *wanted)
{
	if (parser->token.kind != kind) {
		(void)rules_parser_refuse(parser, wanted);
		return false;
	}
	rules_parser_advance(parser);
	return true;
}

static struct rules_node *parse_unary(struct rules_parser *parser)
{
	const enum rules_token_kind sign = parser->token.kind;
	if (sign != RULES_TOKEN_NOT && sign != RULES_TOKEN_MINUS) {
		return rules_parser_member(parser, false);
	}
	/* The operators, outermost first; each becomes a node around what follows. */
	struct rules_node *inner = NULL;
	bool negative = false;
	unsigned count = 0;
	while (parser->token.kind == sign) {
		const size_t offset = parser->token.offset;
		rules_parser_advance(parser);
		if (sign == RULES_TOKEN_MINUS &&
			(parser->token.kind == RULES_TOKEN_INT ||
				parser->token.kind == RULES_TOKEN_DOUBLE)) {
			negative = true;
			break;
		}
		if (++count > RULES_LIMIT_DEPTH) {
			return rules_compile_fail(parser->compilation, ERR_TOO_LARGE, offset,
				"the clause is nested deeper than %d levels",
				(int)RULES_LIMIT_DEPTH);
		}
		struct rules_node *node = rules_node_new(parser->compilation,
			sign == RULES_TOKEN_NOT ? RULES_NODE_NOT : RULES_NODE_NEGATE, offset);
		if (node == NULL) {
			return NULL;
		}
		/* Linked inside out by `next` until the operand is known. */
		node->next = inner;
		inner = node;
	}
	struct rules_node *outer = rules_parser_member(parser, negative);
	while (inner != NULL && outer != NULL) {
		struct rules_node *node = inner;
		inner = node->next;
		node->next = NULL;
		outer = rules_node_with(parser->compilation, node, outer, NULL);
	}
	return outer;
}

/* The binary operators by how tightly they bind; all of them lean to the left. */
enum level {
	LEVEL_RELATION,
	LEVEL_SUM,
	LEVEL_PRODUCT,
	LEVEL_UNARY,
};

static const struct binary {
	enum rules_token_kind token;
	enum level level;
	enum rules_op op;
} BINARIES[] = {
	{RULES_TOKEN_LT, LEVEL_RELATION, RULES_OP_LT},
	{RULES_TOKEN_LE, LEVEL_RELATION, RULES_OP_LE},
	{RULES_TOKEN_GT, LEVEL_RELATION, RULES_OP_GT},
	{RULES_TOKEN_GE, LEVEL_RELATION, RULES_OP_GE},
	{RULES_TOKEN_EQ, LEVEL_RELATION, RULES_OP_EQ},
	{RULES_TOKEN_NE, LEVEL_RELATION, RULES_OP_NE},
	{RULES_TOKEN_IN, LEVEL_RELATION, RULES_OP_IN},
	{RULES_TOKEN_PLUS, LEVEL_SUM, RULES_OP_ADD},
	{RULES_TOKEN_MINUS, LEVEL_SUM, RULES_OP_SUBTRACT},
	{RULES_TOKEN_STAR, LEVEL_PRODUCT, RULES_OP_MULTIPLY},
	{RULES_TOKEN_SLASH, LEVEL_PRODUCT, RULES_OP_DIVIDE},
	{RULES_TOKEN_PERCENT, LEVEL_PRODUCT, RULES_OP_MODULO},
};

static const struct binary *find_binary(enum rules_token_kind token, enum level level)
{
	for (size_t i = 0; i < sizeof(BINARIES) / sizeof(BINARIES[0]); i++) {
		if (BINARIES[i].token == token && BINARIES[i].level == level) {
			return &BINARIES[i];
		}
	}
	return NULL;
}

static struct rules_node *parse_binary(struct rules_parser *parser, enum level level)
{
	if (level == LEVEL_UNARY) {
		return parse_unary(parser);
	}
	struct rules_node *left = parse_binary(parser, level + 1);
	const struct binary *binary;
	while (left != NULL && (binary = find_binary(parser->token.kind, level)) != NULL) {
		struct rules_node *node = rules_node_new(
			parser->compilation, RULES_NODE_BINARY, parser->token.offset);
		if (node == NULL) {
			return NULL;
		}
		node->op = binary->op;
		rules_parser_advance(parser);
		left = rules_node_with(
			parser->compilation, node, left, parse_binary(parser, level + 1));
		if (node->count < 2) {
			return NULL;
		}
	}
	return left;
}

/* A chain of && or || is one node with all its terms. */
static struct rules_node *parse_logic(struct rules_parser *parser, enum rules_node_kind kind)
{
	const bool is_or = kind == RULES_NODE_OR;
	const enum rules_token_kind sign = is_or ? RULES_TOKEN_OR : RULES_TOKEN_AND;
	struct rules_node *chain = NULL;
	struct rules_node *term;
	do {
		const size_t offset = parser->token.offset;
		if (chain != NULL) {
			rules_parser_advance(parser);
		}
		term = is_or ? parse_logic(parser, RULES_NODE_AND)
			     : parse_binary(parser, LEVEL_RELATION);
		if (chain == NULL && parser->token.kind != sign) {
			return term;
		}
		if (chain == NULL) {
			chain = rules_node_new(parser->compilation, kind, offset);
		}
		chain = rules_node_with(parser->compilation, chain, term, NULL);
	} while (chain != NULL && parser->token.kind == sign);
	return chain;
}

struct rules_node *rules_parser_expr(struct rules_parser *parser)
{
	if (parser->depth >= RULES_LIMIT_DEPTH) {
		return rules_compile_fail(parser->compilation, ERR_TOO_LARGE, parser->token.offset,
			"the clause is nested deeper than %d levels", (int)RULES_LIMIT_DEPTH);
	}
	parser->depth++;
	struct rules_node *node = parse_logic(parser, RULES_NODE_OR);
	const size_t offset = parser->token.offset;
	if (node != NULL && rules_parser_accept(parser, RULES_TOKEN_QUESTION)) {
		struct rules_node *choice =
			rules_node_new(parser->compilation, RULES_NODE_CHOICE, offset);
		struct rules_node *yes = parse_logic(parser, RULES_NODE_OR);
		node = rules_node_with(parser->compilation, choice, node, yes);
		if (yes == NULL || node == NULL ||
			!rules_parser_expect(parser, RULES_TOKEN_COLON, "':'")) {
			return NULL;
		}
		node = rules_node_with(parser->compilation, node, rules_parser_expr(parser), NULL);
	}
	parser->depth--;
	return node;
}

struct rules_node *rules_parse(struct rules_compilation *compilation)
{
	struct rules_parser parser = {.compilation = compilation};
	rules_parser_advance(&parser);
	struct rules_node *root = rules_parser_expr(&parser);
	if (root != NULL && parser.token.kind != RULES_TOKEN_END) {
		return rules_parser_refuse(&parser, "an operator or the end");
	}
	return root;
}
