/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_LEXER_H
#define ONWARD_CEL_LEXER_H
#include "rules/cel/compilation.h"

enum cel_token_kind {
	CEL_TOKEN_END,
	CEL_TOKEN_FAILED, /* the compilation holds why */
	CEL_TOKEN_IDENT,
	CEL_TOKEN_QUOTED_IDENT, /* `a-b`, only as a selector */
	CEL_TOKEN_RESERVED,     /* if, for, …: selectors, but not names */
	CEL_TOKEN_INT,          /* natural: the magnitude, the sign is the parser's */
	CEL_TOKEN_UINT,
	CEL_TOKEN_DOUBLE,
	CEL_TOKEN_STRING,
	CEL_TOKEN_BYTES,
	CEL_TOKEN_TRUE,
	CEL_TOKEN_FALSE,
	CEL_TOKEN_NULL,
	CEL_TOKEN_IN,
	CEL_TOKEN_AND,
	CEL_TOKEN_OR,
	CEL_TOKEN_LE,
	CEL_TOKEN_GE,
	CEL_TOKEN_EQ,
	CEL_TOKEN_NE,
	CEL_TOKEN_LT,
	CEL_TOKEN_GT,
	CEL_TOKEN_LEFT_PAREN,
	CEL_TOKEN_RIGHT_PAREN,
	CEL_TOKEN_LEFT_BRACKET,
	CEL_TOKEN_RIGHT_BRACKET,
	CEL_TOKEN_LEFT_BRACE,
	CEL_TOKEN_RIGHT_BRACE,
	CEL_TOKEN_DOT,
	CEL_TOKEN_COMMA,
	CEL_TOKEN_COLON,
	CEL_TOKEN_QUESTION,
	CEL_TOKEN_PLUS,
	CEL_TOKEN_MINUS,
	CEL_TOKEN_STAR,
	CEL_TOKEN_SLASH,
	CEL_TOKEN_PERCENT,
	CEL_TOKEN_NOT,
};

struct cel_token {
	enum cel_token_kind kind;
	size_t offset;
	size_t end;
	union {
		uint64_t natural;
		double number;
		struct str text; /* names; strings and bytes decoded, in the arena */
	};
};

/* The token at or after *at, which moves behind it. */
struct cel_token cel_lexer_next(struct cel_compilation *compilation, size_t *at);

/* Literals, each from token.offset; they set kind, end and the value. */
void cel_literal_number(struct cel_compilation *compilation, struct cel_token *token);
/* `prefix` letters (r, b) stand before the quotation mark. */
void cel_literal_string(
	struct cel_compilation *compilation, size_t prefix, struct cel_token *token);
#endif
