/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_PARSER_H
#define ONWARD_CEL_PARSER_H
#include "rules/cel/lexer.h"

/*
 * Recursive descent over the grammar of cel-spec's langdef.md, one token ahead.  Every recursion
 * goes through cel_parser_expr, which counts levels; a failure sticks in the compilation and
 * unwinds as NULL.
 */
struct cel_parser {
	struct cel_compilation *compilation;
	struct cel_token token;
	size_t at;
	unsigned depth;
};

void cel_parser_advance(struct cel_parser *parser);
/* Takes a token of that kind, if it is the next. */
bool cel_parser_accept(struct cel_parser *parser, enum cel_token_kind kind);
/* Takes it or fails: "expected `wanted`, found …". */
bool cel_parser_expect(struct cel_parser *parser, enum cel_token_kind kind, const char *wanted);
struct cel_node *cel_parser_refuse(struct cel_parser *parser, const char *wanted);

struct cel_node *cel_parser_expr(struct cel_parser *parser);
/* A primary and the selections, indexes and calls behind it; `negative` when the minus sign before
 * it belongs to the number that follows. */
struct cel_node *cel_parser_member(struct cel_parser *parser, bool negative);
#endif
