/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/parser.h"

static struct cel_node *new_node(struct cel_parser *parser, enum cel_node_kind kind)
{
	return cel_node_new(parser->compilation, kind, parser->token.offset);
}

/* Expressions up to `close`; a comma may follow the last when `trailing`. */
static bool parse_items(struct cel_parser *parser, struct cel_node *node, enum cel_token_kind close,
	bool trailing, const char *wanted)
{
	bool first = true;
	while (parser->token.kind != close) {
		if (!first && (!cel_parser_expect(parser, CEL_TOKEN_COMMA, wanted) ||
				      (trailing && parser->token.kind == close))) {
			break;
		}
		first = false;
		const bool optional = trailing && cel_parser_accept(parser, CEL_TOKEN_QUESTION);
		struct cel_node *item = cel_parser_expr(parser);
		if (!cel_node_add(parser->compilation, node, item)) {
			return false;
		}
		if (optional) {
			item->marks |= CEL_MARK_OPTIONAL_ENTRY;
		}
	}
	return cel_parser_expect(parser, close, wanted);
}

static struct cel_node *parse_list(struct cel_parser *parser)
{
	struct cel_node *node = new_node(parser, CEL_NODE_LIST);
	cel_parser_advance(parser);
	if (node == NULL ||
		!parse_items(parser, node, CEL_TOKEN_RIGHT_BRACKET, true, "',' or ']'")) {
		return NULL;
	}
	return node;
}

static struct cel_node *parse_map(struct cel_parser *parser)
{
	struct cel_node *node = new_node(parser, CEL_NODE_MAP);
	cel_parser_advance(parser);
	while (node != NULL && parser->token.kind != CEL_TOKEN_RIGHT_BRACE) {
		const bool optional = cel_parser_accept(parser, CEL_TOKEN_QUESTION);
		struct cel_node *key = cel_parser_expr(parser);
		if (key == NULL || !cel_parser_expect(parser, CEL_TOKEN_COLON, "':'")) {
			return NULL;
		}
		if (optional) {
			key->marks |= CEL_MARK_OPTIONAL_ENTRY;
		}
		node = cel_node_with(parser->compilation, node, key, NULL);
		struct cel_node *value = cel_parser_expr(parser);
		node = cel_node_with(parser->compilation, node, value, NULL);
		if (!cel_parser_accept(parser, CEL_TOKEN_COMMA)) {
			break;
		}
	}
	if (node == NULL || !cel_parser_expect(parser, CEL_TOKEN_RIGHT_BRACE, "',' or '}'")) {
		return NULL;
	}
	return node;
}

static bool is_selector(enum cel_token_kind kind)
{
	return kind == CEL_TOKEN_IDENT || kind == CEL_TOKEN_RESERVED ||
	       kind == CEL_TOKEN_QUOTED_IDENT;
}

/* Name{field: value}: messages have no types here, so the checker refuses them by name. */
static struct cel_node *parse_message(struct cel_parser *parser, struct cel_node *name)
{
	struct cel_node *node = cel_node_new(parser->compilation, CEL_NODE_MESSAGE, name->offset);
	if (node == NULL) {
		return NULL;
	}
	node->name = cel_chain_text(parser->compilation, name);
	const struct cel_node *start = name;
	while (start->kind == CEL_NODE_SELECT) {
		start = start->child;
	}
	node->marks = start->marks;
	cel_parser_advance(parser);
	while (parser->token.kind != CEL_TOKEN_RIGHT_BRACE) {
		const bool optional = cel_parser_accept(parser, CEL_TOKEN_QUESTION);
		struct cel_node *field = new_node(parser, CEL_NODE_FIELD);
		if (field == NULL || !is_selector(parser->token.kind)) {
			return cel_parser_refuse(parser, "a field's name or '}'");
		}
		field->name = parser->token.text;
		if (optional) {
			field->marks |= CEL_MARK_OPTIONAL_ENTRY;
		}
		if (parser->token.kind == CEL_TOKEN_QUOTED_IDENT) {
			field->marks |= CEL_MARK_QUOTED;
		}
		cel_parser_advance(parser);
		if (!cel_parser_expect(parser, CEL_TOKEN_COLON, "':'") ||
			cel_node_with(parser->compilation, field, cel_parser_expr(parser), NULL) ==
				NULL ||
			!cel_node_add(parser->compilation, node, field)) {
			return NULL;
		}
		if (!cel_parser_accept(parser, CEL_TOKEN_COMMA)) {
			break;
		}
	}
	return cel_parser_expect(parser, CEL_TOKEN_RIGHT_BRACE, "',' or '}'") ? node : NULL;
}

static struct cel_node *parse_call(
	struct cel_parser *parser, struct cel_token name, struct cel_node *receiver)
{
	struct cel_node *node = cel_node_new(parser->compilation, CEL_NODE_CALL, name.offset);
	if (node == NULL) {
		return NULL;
	}
	node->name = name.text;
	if (receiver != NULL) {
		node->marks |= CEL_MARK_RECEIVER;
		if (!cel_node_add(parser->compilation, node, receiver)) {
			return NULL;
		}
	}
	cel_parser_advance(parser);
	if (!parse_items(parser, node, CEL_TOKEN_RIGHT_PAREN, false, "',' or ')'")) {
		return NULL;
	}
	return cel_macro_expand(parser->compilation, node);
}

static struct cel_node *parse_name(struct cel_parser *parser, bool rooted)
{
	const struct cel_token name = parser->token;
	if (name.kind == CEL_TOKEN_RESERVED) {
		return cel_compile_fail(parser->compilation, ERR_INVALID, name.offset,
			"'%.*s' is a reserved word", STR_ARG(name.text));
	}
	if (name.kind != CEL_TOKEN_IDENT) {
		return cel_parser_refuse(parser, "a name");
	}
	cel_parser_advance(parser);
	if (parser->token.kind == CEL_TOKEN_LEFT_PAREN) {
		struct cel_node *call = parse_call(parser, name, NULL);
		if (call != NULL && rooted && call->kind == CEL_NODE_CALL) {
			call->marks |= CEL_MARK_ROOTED;
		}
		return call;
	}
	struct cel_node *node = cel_node_new(parser->compilation, CEL_NODE_IDENT, name.offset);
	if (node != NULL) {
		node->name = name.text;
		if (rooted) {
			node->marks |= CEL_MARK_ROOTED;
		}
	}
	return node;
}

/* A number; `negative` when the minus sign before it belongs to it. */
static struct cel_node *parse_number(struct cel_parser *parser, bool negative)
{
	const struct cel_token token = parser->token;
	struct cel_node *node = new_node(parser, CEL_NODE_LITERAL);
	if (node == NULL) {
		return NULL;
	}
	const uint64_t top = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	if (token.kind == CEL_TOKEN_DOUBLE) {
		node->literal = cel_double(negative ? -token.number : token.number);
	} else if (token.kind == CEL_TOKEN_UINT) {
		node->literal = cel_uint(token.natural);
	} else if (token.natural > top) {
		return cel_compile_fail(parser->compilation, ERR_INVALID, token.offset,
			"the number does not fit in a signed 64-bit integer");
	} else {
		/* Negated as unsigned, so that the most negative integer needs no exception. */
		node->literal =
			cel_int((int64_t)(negative ? UINT64_C(0) - token.natural : token.natural));
	}
	cel_parser_advance(parser);
	return node;
}

static struct cel_node *parse_literal(struct cel_parser *parser, struct cel_value value)
{
	struct cel_node *node = new_node(parser, CEL_NODE_LITERAL);
	if (node != NULL) {
		node->literal = value;
	}
	cel_parser_advance(parser);
	return node;
}

static bool is_signed_number(enum cel_token_kind kind)
{
	return kind == CEL_TOKEN_INT || kind == CEL_TOKEN_DOUBLE;
}

static struct cel_node *parse_parens(struct cel_parser *parser)
{
	cel_parser_advance(parser);
	struct cel_node *node = cel_parser_expr(parser);
	return node != NULL && cel_parser_expect(parser, CEL_TOKEN_RIGHT_PAREN, "')'") ? node
										       : NULL;
}

static struct cel_node *parse_primary(struct cel_parser *parser, bool negative)
{
	const struct cel_token token = parser->token;
	if (token.kind == CEL_TOKEN_INT || token.kind == CEL_TOKEN_UINT ||
		token.kind == CEL_TOKEN_DOUBLE) {
		return parse_number(parser, negative);
	}
	if (token.kind == CEL_TOKEN_MINUS) {
		/* After '!': the grammar allows a negative number, nothing else. */
		cel_parser_advance(parser);
		return is_signed_number(parser->token.kind) ? parse_number(parser, true)
							    : cel_parser_refuse(parser, "a number");
	}
	if (token.kind == CEL_TOKEN_TRUE || token.kind == CEL_TOKEN_FALSE) {
		return parse_literal(parser, cel_bool(token.kind == CEL_TOKEN_TRUE));
	}
	if (token.kind == CEL_TOKEN_NULL) {
		return parse_literal(parser, cel_null());
	}
	if (token.kind == CEL_TOKEN_STRING) {
		return parse_literal(parser, cel_string(token.text));
	}
	if (token.kind == CEL_TOKEN_BYTES) {
		return parse_literal(parser, cel_bytes(token.text));
	}
	if (token.kind == CEL_TOKEN_LEFT_PAREN) {
		return parse_parens(parser);
	}
	if (token.kind == CEL_TOKEN_LEFT_BRACKET) {
		return parse_list(parser);
	}
	if (token.kind == CEL_TOKEN_LEFT_BRACE) {
		return parse_map(parser);
	}
	if (cel_parser_accept(parser, CEL_TOKEN_DOT)) {
		return parse_name(parser, true);
	}
	if (token.kind == CEL_TOKEN_IDENT || token.kind == CEL_TOKEN_RESERVED) {
		return parse_name(parser, false);
	}
	return cel_parser_refuse(parser, "a value");
}

static struct cel_node *parse_selection(struct cel_parser *parser, struct cel_node *operand)
{
	cel_parser_advance(parser);
	const bool optional = cel_parser_accept(parser, CEL_TOKEN_QUESTION);
	const struct cel_token name = parser->token;
	if (!is_selector(name.kind)) {
		return cel_parser_refuse(parser, "a field's name");
	}
	cel_parser_advance(parser);
	if (parser->token.kind == CEL_TOKEN_LEFT_PAREN && !optional &&
		name.kind != CEL_TOKEN_QUOTED_IDENT) {
		return parse_call(parser, name, operand);
	}
	struct cel_node *node = cel_node_new(parser->compilation, CEL_NODE_SELECT, name.offset);
	if (node != NULL) {
		node->name = name.text;
		if (optional) {
			node->marks |= CEL_MARK_OPTIONAL_ACCESS;
		}
		if (name.kind == CEL_TOKEN_QUOTED_IDENT) {
			node->marks |= CEL_MARK_QUOTED;
		}
	}
	return cel_node_with(parser->compilation, node, operand, NULL);
}

static struct cel_node *parse_index(struct cel_parser *parser, struct cel_node *operand)
{
	struct cel_node *node = new_node(parser, CEL_NODE_INDEX);
	cel_parser_advance(parser);
	if (cel_parser_accept(parser, CEL_TOKEN_QUESTION) && node != NULL) {
		node->marks |= CEL_MARK_OPTIONAL_ACCESS;
	}
	struct cel_node *index = cel_parser_expr(parser);
	if (index == NULL || !cel_parser_expect(parser, CEL_TOKEN_RIGHT_BRACKET, "']'")) {
		return NULL;
	}
	return cel_node_with(parser->compilation, node, operand, index);
}

static bool is_chain(const struct cel_node *node)
{
	while (node->kind == CEL_NODE_SELECT && node->marks == 0) {
		node = node->child;
	}
	return node->kind == CEL_NODE_IDENT;
}

struct cel_node *cel_parser_member(struct cel_parser *parser, bool negative)
{
	struct cel_node *node = parse_primary(parser, negative);
	while (node != NULL) {
		if (parser->token.kind == CEL_TOKEN_DOT) {
			node = parse_selection(parser, node);
		} else if (parser->token.kind == CEL_TOKEN_LEFT_BRACKET) {
			node = parse_index(parser, node);
		} else if (parser->token.kind == CEL_TOKEN_LEFT_BRACE && is_chain(node)) {
			node = parse_message(parser, node);
		} else {
			break;
		}
	}
	return node;
}
