/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_PARSER_H
#define ONWARD_RULES_PARSER_H
#include "rules/lexer.h"

/*
 * Recursive descent over the grammar of cel-spec's langdef.md, one token ahead.  Every recursion
 * goes through rules_parser_expr, which counts levels; a failure sticks in the compilation and
 * unwinds as NULL.
 */
struct rules_parser {
	struct rules_compilation *compilation;
	struct rules_token token;
	size_t at;
	unsigned depth;
};

void rules_parser_advance(struct rules_parser *parser);
/* Takes a token of that kind, if it is the next. */
bool rules_parser_accept(struct rules_parser *parser, enum rules_token_kind kind);
/* Takes it or fails: "expected `wanted`, found …". */
bool rules_parser_expect(
	struct rules_parser *parser, enum rules_token_kind kind, const char *wanted);
struct rules_node *rules_parser_refuse(struct rules_parser *parser, const char *wanted);

struct rules_node *rules_parser_expr(struct rules_parser *parser);
/* A primary and the selections, indexes and calls behind it; `negative` when the minus sign before
 * it belongs to the number that follows. */
struct rules_node *rules_parser_member(struct rules_parser *parser, bool negative);
#endif
