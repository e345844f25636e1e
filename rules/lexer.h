/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_LEXER_H
#define ONWARD_RULES_LEXER_H
#include "rules/compile.h"

enum rules_token_kind {
	RULES_TOKEN_END,
	RULES_TOKEN_FAILED, /* the compilation holds why */
	RULES_TOKEN_IDENT,
	RULES_TOKEN_QUOTED_IDENT, /* `a-b`, only as a selector */
	RULES_TOKEN_RESERVED,     /* if, for, …: selectors, but not names */
	RULES_TOKEN_INT,          /* natural: the magnitude, the sign is the parser's */
	RULES_TOKEN_UINT,
	RULES_TOKEN_DOUBLE,
	RULES_TOKEN_STRING,
	RULES_TOKEN_BYTES,
	RULES_TOKEN_TRUE,
	RULES_TOKEN_FALSE,
	RULES_TOKEN_NULL,
	RULES_TOKEN_IN,
	RULES_TOKEN_AND,
	RULES_TOKEN_OR,
	RULES_TOKEN_LE,
	RULES_TOKEN_GE,
	RULES_TOKEN_EQ,
	RULES_TOKEN_NE,
	RULES_TOKEN_LT,
	RULES_TOKEN_GT,
	RULES_TOKEN_LEFT_PAREN,
	RULES_TOKEN_RIGHT_PAREN,
	RULES_TOKEN_LEFT_BRACKET,
	RULES_TOKEN_RIGHT_BRACKET,
	RULES_TOKEN_LEFT_BRACE,
	RULES_TOKEN_RIGHT_BRACE,
	RULES_TOKEN_DOT,
	RULES_TOKEN_COMMA,
	RULES_TOKEN_COLON,
	RULES_TOKEN_QUESTION,
	RULES_TOKEN_PLUS,
	RULES_TOKEN_MINUS,
	RULES_TOKEN_STAR,
	RULES_TOKEN_SLASH,
	RULES_TOKEN_PERCENT,
	RULES_TOKEN_NOT,
};

struct rules_token {
	enum rules_token_kind kind;
	size_t offset;
	size_t end;
	union {
		uint64_t natural;
		double number;
		struct str text; /* names; strings and bytes decoded, in the arena */
	};
};

/* The token at or after *at, which moves behind it. */
struct rules_token rules_lexer_next(struct rules_compilation *compilation, size_t *at);

/* Literals, each from token.offset; they set kind, end and the value. */
void rules_literal_number(struct rules_compilation *compilation, struct rules_token *token);
/* `prefix` letters (r, b) stand before the quotation mark. */
void rules_literal_string(
	struct rules_compilation *compilation, size_t prefix, struct rules_token *token);
#endif
