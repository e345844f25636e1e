/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/lexer.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char peek(struct str source, size_t at)
{
	return at < source.len ? source.ptr[at] : '\0';
}

static size_t skip_blank(struct str source, size_t at)
{
	while (at < source.len) {
		const char c = source.ptr[at];
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
			at++;
		} else if (c == '/' && peek(source, at + 1) == '/') {
			while (at < source.len && source.ptr[at] != '\n') {
				at++;
			}
		} else {
			break;
		}
	}
	return at;
}

static enum cel_token_kind word_kind(struct str word)
{
	static const struct {
		const char *text;
		enum cel_token_kind kind;
	} WORDS[] = {
		{"true", CEL_TOKEN_TRUE},
		{"false", CEL_TOKEN_FALSE},
		{"null", CEL_TOKEN_NULL},
		{"in", CEL_TOKEN_IN},
	};
	static const char *const RESERVED[] = {"as", "break", "const", "continue", "else", "for",
		"function", "if", "import", "let", "loop", "package", "namespace", "return", "var",
		"void", "while"};
	/* Most names are longer than any of these, and all of these begin with a small letter. */
	if (word.len < 2 || word.len > 9 || word.ptr[0] < 'a') {
		return CEL_TOKEN_IDENT;
	}
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
		if (word.ptr[0] == WORDS[i].text[0] && str_is(word, WORDS[i].text)) {
			return WORDS[i].kind;
		}
	}
	for (size_t i = 0; i < sizeof(RESERVED) / sizeof(RESERVED[0]); i++) {
		if (word.ptr[0] == RESERVED[i][0] && str_is(word, RESERVED[i])) {
			return CEL_TOKEN_RESERVED;
		}
	}
	return CEL_TOKEN_IDENT;
}

/* How many of the letters r and b (each once, either case, either order) stand before a quotation
 * mark; -1 when there is none. */
static int string_prefix(struct str source, size_t at)
{
	bool raw = false;
	bool bytes = false;
	for (int i = 0; i < 3; i++) {
		const char c = peek(source, at + (size_t)i);
		if (c == '\'' || c == '"') {
			return i;
		}
		if ((c == 'r' || c == 'R') && !raw) {
			raw = true;
		} else if ((c == 'b' || c == 'B') && !bytes) {
			bytes = true;
		} else {
			return -1;
		}
	}
	return -1;
}

static void read_word(struct cel_compilation *compilation, struct cel_token *token)
{
	const struct str source = compilation->source;
	size_t end = token->offset;
	while (is_name_start(peek(source, end)) || is_digit(peek(source, end))) {
		end++;
	}
	token->text = (struct str){source.ptr + token->offset, end - token->offset};
	token->kind = word_kind(token->text);
	token->end = end;
}

static void read_quoted_ident(struct cel_compilation *compilation, struct cel_token *token)
{
	const struct str source = compilation->source;
	const size_t start = token->offset + 1;
	size_t end = start;
	while (is_name_start(peek(source, end)) || is_digit(peek(source, end)) ||
		peek(source, end) == '-' || peek(source, end) == '.' || peek(source, end) == '/' ||
		peek(source, end) == ' ') {
		end++;
	}
	if (end == start || peek(source, end) != '`') {
		(void)cel_compile_fail(compilation, ERR_INVALID, token->offset,
			"a name in backticks holds letters, digits and _ - . / or space");
		return;
	}
	token->kind = CEL_TOKEN_QUOTED_IDENT;
	token->text = (struct str){source.ptr + start, end - start};
	token->end = end + 1;
}

static bool read_sign(struct str source, struct cel_token *token)
{
	static const struct {
		const char *text;
		enum cel_token_kind kind;
	} SIGNS[] = {
		/* Two characters before one, so that <= is not < and =. */
		{"&&", CEL_TOKEN_AND},
		{"||", CEL_TOKEN_OR},
		{"<=", CEL_TOKEN_LE},
		{">=", CEL_TOKEN_GE},
		{"==", CEL_TOKEN_EQ},
		{"!=", CEL_TOKEN_NE},
		{"<", CEL_TOKEN_LT},
		{">", CEL_TOKEN_GT},
		{"(", CEL_TOKEN_LEFT_PAREN},
		{")", CEL_TOKEN_RIGHT_PAREN},
		{"[", CEL_TOKEN_LEFT_BRACKET},
		{"]", CEL_TOKEN_RIGHT_BRACKET},
		{"{", CEL_TOKEN_LEFT_BRACE},
		{"}", CEL_TOKEN_RIGHT_BRACE},
		{".", CEL_TOKEN_DOT},
		{",", CEL_TOKEN_COMMA},
		{":", CEL_TOKEN_COLON},
		{"?", CEL_TOKEN_QUESTION},
		{"+", CEL_TOKEN_PLUS},
		{"-", CEL_TOKEN_MINUS},
		{"*", CEL_TOKEN_STAR},
		{"/", CEL_TOKEN_SLASH},
		{"%", CEL_TOKEN_PERCENT},
		{"!", CEL_TOKEN_NOT},
	};
	const char first = source.ptr[token->offset];
	const char second = peek(source, token->offset + 1);
	for (size_t i = 0; i < sizeof(SIGNS) / sizeof(SIGNS[0]); i++) {
		const char *sign = SIGNS[i].text;
		if (first == sign[0] && (sign[1] == '\0' || sign[1] == second)) {
			token->kind = SIGNS[i].kind;
			token->end = token->offset + (sign[1] == '\0' ? 1 : 2);
			return true;
		}
	}
	return false;
}

static void refuse_character(struct cel_compilation *compilation, size_t offset)
{
	const char c = compilation->source.ptr[offset];
	if (c == '=') {
		(void)cel_compile_fail(compilation, ERR_INVALID, offset,
			"a single '=' is not an operator; write '==' to compare");
	} else if (c == '&' || c == '|') {
		(void)cel_compile_fail(compilation, ERR_INVALID, offset,
			"a single '%c' is not an operator; write '%c%c'", c, c, c);
	} else if (c > ' ' && c < 0x7f) {
		(void)cel_compile_fail(
			compilation, ERR_INVALID, offset, "unexpected character '%c'", c);
	} else {
		(void)cel_compile_fail(compilation, ERR_INVALID, offset,
			"unexpected character (byte 0x%02x); text belongs in quotation marks",
			(unsigned)(unsigned char)c);
	}
}

struct cel_token cel_lexer_next(struct cel_compilation *compilation, size_t *at)
{
	const struct str source = compilation->source;
	struct cel_token token = {.kind = CEL_TOKEN_FAILED};
	if (compilation->err != ERR_OK) {
		return token;
	}
	token.offset = skip_blank(source, *at);
	token.end = token.offset;
	const char c = peek(source, token.offset);
	const int prefix = string_prefix(source, token.offset);
	if (token.offset >= source.len) {
		token.kind = CEL_TOKEN_END;
	} else if (prefix >= 0) {
		cel_literal_string(compilation, (size_t)prefix, &token);
	} else if (is_name_start(c)) {
		read_word(compilation, &token);
	} else if (is_digit(c) || (c == '.' && is_digit(peek(source, token.offset + 1)))) {
		cel_literal_number(compilation, &token);
	} else if (c == '`') {
		read_quoted_ident(compilation, &token);
	} else if (!read_sign(source, &token)) {
		refuse_character(compilation, token.offset);
	}
	*at = token.end;
	return token;
}
