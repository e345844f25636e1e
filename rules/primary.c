/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/parser.h"

static struct rules_node *new_node(struct rules_parser *parser, enum rules_node_kind kind)
{
	return rules_node_new(parser->compilation, kind, parser->token.offset);
}

/* Expressions up to `close`; a comma may follow the last when `trailing`. */
static bool parse_items(struct rules_parser *parser, struct rules_node *node,
	enum rules_token_kind close, bool trailing, const char *wanted)
{
	bool first = true;
	while (parser->token.kind != close) {
		if (!first && (!rules_parser_expect(parser, RULES_TOKEN_COMMA, wanted) ||
				      (trailing && parser->token.kind == close))) {
			break;
		}
		first = false;
		const bool optional = trailing && rules_parser_accept(parser, RULES_TOKEN_QUESTION);
		struct rules_node *item = rules_parser_expr(parser);
		if (!rules_node_add(parser->compilation, node, item)) {
			return false;
		}
		item->flags |= optional ? RULES_FLAG_OPTIONAL_ENTRY : 0U;
	}
	return rules_parser_expect(parser, close, wanted);
}

static struct rules_node *parse_list(struct rules_parser *parser)
{
	struct rules_node *node = new_node(parser, RULES_NODE_LIST);
	rules_parser_advance(parser);
	if (node == NULL ||
		!parse_items(parser, node, RULES_TOKEN_RIGHT_BRACKET, true, "',' or ']'")) {
		return NULL;
	}
	return node;
}

static struct rules_node *parse_map(struct rules_parser *parser)
{
	struct rules_node *node = new_node(parser, RULES_NODE_MAP);
	rules_parser_advance(parser);
	while (node != NULL && parser->token.kind != RULES_TOKEN_RIGHT_BRACE) {
		const bool optional = rules_parser_accept(parser, RULES_TOKEN_QUESTION);
		struct rules_node *key = rules_parser_expr(parser);
		if (key == NULL || !rules_parser_expect(parser, RULES_TOKEN_COLON, "':'")) {
			return NULL;
		}
		key->flags |= optional ? RULES_FLAG_OPTIONAL_ENTRY : 0U;
		node = rules_node_with(parser->compilation, node, key, NULL);
		struct rules_node *value = rules_parser_expr(parser);
		node = rules_node_with(parser->compilation, node, value, NULL);
		if (!rules_parser_accept(parser, RULES_TOKEN_COMMA)) {
			break;
		}
	}
	if (node == NULL || !rules_parser_expect(parser, RULES_TOKEN_RIGHT_BRACE, "',' or '}'")) {
		return NULL;
	}
	return node;
}

static bool is_selector(enum rules_token_kind kind)
{
	return kind == RULES_TOKEN_IDENT || kind == RULES_TOKEN_RESERVED ||
	       kind == RULES_TOKEN_QUOTED_IDENT;
}

/* Name{field: value}: messages have no types here, so the resolver refuses them by name. */
static struct rules_node *parse_message(struct rules_parser *parser, struct rules_node *name)
{
	struct rules_node *node =
		rules_node_new(parser->compilation, RULES_NODE_MESSAGE, name->offset);
	if (node == NULL) {
		return NULL;
	}
	node->name = rules_chain_text(parser->compilation, name);
	rules_parser_advance(parser);
	while (parser->token.kind != RULES_TOKEN_RIGHT_BRACE) {
		(void)rules_parser_accept(parser, RULES_TOKEN_QUESTION);
		struct rules_node *field = new_node(parser, RULES_NODE_FIELD);
		if (field == NULL || !is_selector(parser->token.kind)) {
			return rules_parser_refuse(parser, "a field's name or '}'");
		}
		field->name = parser->token.text;
		rules_parser_advance(parser);
		if (!rules_parser_expect(parser, RULES_TOKEN_COLON, "':'") ||
			rules_node_with(parser->compilation, field, rules_parser_expr(parser),
				NULL) == NULL ||
			!rules_node_add(parser->compilation, node, field)) {
			return NULL;
		}
		if (!rules_parser_accept(parser, RULES_TOKEN_COMMA)) {
			break;
		}
	}
	return rules_parser_expect(parser, RULES_TOKEN_RIGHT_BRACE, "',' or '}'") ? node : NULL;
}

static struct rules_node *parse_call(
	struct rules_parser *parser, struct rules_token name, struct rules_node *receiver)
{
	struct rules_node *node = rules_node_new(parser->compilation, RULES_NODE_CALL, name.offset);
	if (node == NULL) {
		return NULL;
	}
	node->name = name.text;
	if (receiver != NULL) {
		node->flags |= RULES_FLAG_RECEIVER;
		if (!rules_node_add(parser->compilation, node, receiver)) {
			return NULL;
		}
	}
	rules_parser_advance(parser);
	if (!parse_items(parser, node, RULES_TOKEN_RIGHT_PAREN, false, "',' or ')'")) {
		return NULL;
	}
	return rules_macro_expand(parser->compilation, node);
}

static struct rules_node *parse_name(struct rules_parser *parser, bool rooted)
{
	const struct rules_token name = parser->token;
	if (name.kind == RULES_TOKEN_RESERVED) {
		return rules_compile_fail(parser->compilation, ERR_INVALID, name.offset,
			"'%.*s' is a reserved word", STR_ARG(name.text));
	}
	if (name.kind != RULES_TOKEN_IDENT) {
		return rules_parser_refuse(parser, "a name");
	}
	rules_parser_advance(parser);
	if (parser->token.kind == RULES_TOKEN_LEFT_PAREN) {
		return parse_call(parser, name, NULL);
	}
	struct rules_node *node =
		rules_node_new(parser->compilation, RULES_NODE_IDENT, name.offset);
	if (node != NULL) {
		node->name = name.text;
		node->flags |= rooted ? RULES_FLAG_ROOTED : 0U;
	}
	return node;
}

/* A number; `negative` when the minus sign before it belongs to it. */
static struct rules_node *parse_number(struct rules_parser *parser, bool negative)
{
	const struct rules_token token = parser->token;
	struct rules_node *node = new_node(parser, RULES_NODE_LITERAL);
	if (node == NULL) {
		return NULL;
	}
	const uint64_t top = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	if (token.kind == RULES_TOKEN_DOUBLE) {
		node->literal = rules_value_of_double(negative ? -token.number : token.number);
	} else if (token.kind == RULES_TOKEN_UINT) {
		node->literal = rules_value_of_uint(token.natural);
	} else if (token.natural > top) {
		return rules_compile_fail(parser->compilation, ERR_INVALID, token.offset,
			"the number does not fit in a signed 64-bit integer");
	} else {
		/* Negated as unsigned, so that the most negative integer needs no exception. */
		node->literal = rules_value_of_int(
			(int64_t)(negative ? UINT64_C(0) - token.natural : token.natural));
	}
	rules_parser_advance(parser);
	return node;
}

static struct rules_node *parse_literal(struct rules_parser *parser, struct rules_value value)
{
	struct rules_node *node = new_node(parser, RULES_NODE_LITERAL);
	if (node != NULL) {
		node->literal = value;
	}
	rules_parser_advance(parser);
	return node;
}

static bool is_signed_number(enum rules_token_kind kind)
{
	return kind == RULES_TOKEN_INT || kind == RULES_TOKEN_DOUBLE;
}

static struct rules_node *parse_parens(struct rules_parser *parser)
{
	rules_parser_advance(parser);
	struct rules_node *node = rules_parser_expr(parser);
	return node != NULL && rules_parser_expect(parser, RULES_TOKEN_RIGHT_PAREN, "')'") ? node
											   : NULL;
}

static struct rules_node *parse_primary(struct rules_parser *parser, bool negative)
{
	const struct rules_token token = parser->token;
	if (token.kind == RULES_TOKEN_INT || token.kind == RULES_TOKEN_UINT ||
		token.kind == RULES_TOKEN_DOUBLE) {
		return parse_number(parser, negative);
	}
	if (token.kind == RULES_TOKEN_MINUS) {
		/* After '!': the grammar allows a negative number, nothing else. */
		rules_parser_advance(parser);
		return is_signed_number(parser->token.kind)
			       ? parse_number(parser, true)
			       : rules_parser_refuse(parser, "a number");
	}
	if (token.kind == RULES_TOKEN_TRUE || token.kind == RULES_TOKEN_FALSE) {
		return parse_literal(parser, rules_value_of_bool(token.kind == RULES_TOKEN_TRUE));
	}
	if (token.kind == RULES_TOKEN_NULL) {
		return parse_literal(parser, (struct rules_value){.kind = RULES_NULL});
	}
	if (token.kind == RULES_TOKEN_STRING) {
		return parse_literal(parser, rules_value_of_string(token.text));
	}
	if (token.kind == RULES_TOKEN_BYTES) {
		return parse_literal(
			parser, (struct rules_value){.kind = RULES_BYTES, .string = token.text});
	}
	if (token.kind == RULES_TOKEN_LEFT_PAREN) {
		return parse_parens(parser);
	}
	if (token.kind == RULES_TOKEN_LEFT_BRACKET) {
		return parse_list(parser);
	}
	if (token.kind == RULES_TOKEN_LEFT_BRACE) {
		return parse_map(parser);
	}
	if (rules_parser_accept(parser, RULES_TOKEN_DOT)) {
		return parse_name(parser, true);
	}
	if (token.kind == RULES_TOKEN_IDENT || token.kind == RULES_TOKEN_RESERVED) {
		return parse_name(parser, false);
	}
	return rules_parser_refuse(parser, "a value");
}

static struct rules_node *parse_selection(struct rules_parser *parser, struct rules_node *operand)
{
	rules_parser_advance(parser);
	const bool optional = rules_parser_accept(parser, RULES_TOKEN_QUESTION);
	const struct rules_token name = parser->token;
	if (!is_selector(name.kind)) {
		return rules_parser_refuse(parser, "a field's name");
	}
	rules_parser_advance(parser);
	if (parser->token.kind == RULES_TOKEN_LEFT_PAREN && !optional &&
		name.kind != RULES_TOKEN_QUOTED_IDENT) {
		return parse_call(parser, name, operand);
	}
	struct rules_node *node =
		rules_node_new(parser->compilation, RULES_NODE_SELECT, name.offset);
	if (node != NULL) {
		node->name = name.text;
		node->flags |= optional ? RULES_FLAG_OPTIONAL_ACCESS : 0U;
	}
	return rules_node_with(parser->compilation, node, operand, NULL);
}

static struct rules_node *parse_index(struct rules_parser *parser, struct rules_node *operand)
{
	struct rules_node *node = new_node(parser, RULES_NODE_INDEX);
	rules_parser_advance(parser);
	if (rules_parser_accept(parser, RULES_TOKEN_QUESTION) && node != NULL) {
		node->flags |= RULES_FLAG_OPTIONAL_ACCESS;
	}
	struct rules_node *index = rules_parser_expr(parser);
	if (index == NULL || !rules_parser_expect(parser, RULES_TOKEN_RIGHT_BRACKET, "']'")) {
		return NULL;
	}
	return rules_node_with(parser->compilation, node, operand, index);
}

static bool is_chain(const struct rules_node *node)
{
	while (node->kind == RULES_NODE_SELECT && node->flags == 0) {
		node = node->child;
	}
	return node->kind == RULES_NODE_IDENT;
}

struct rules_node *rules_parser_member(struct rules_parser *parser, bool negative)
{
	struct rules_node *node = parse_primary(parser, negative);
	while (node != NULL) {
		if (parser->token.kind == RULES_TOKEN_DOT) {
			node = parse_selection(parser, node);
		} else if (parser->token.kind == RULES_TOKEN_LEFT_BRACKET) {
			node = parse_index(parser, node);
		} else if (parser->token.kind == RULES_TOKEN_LEFT_BRACE && is_chain(node)) {
			node = parse_message(parser, node);
		} else {
			break;
		}
	}
	return node;
}
