/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "rules/cel/cel.h"
#include "rules/cel/number.h"
#include "rules/cel/text.h"

/* A tree as the parser made it, in the notation of cel-spec's goldens.  The macros of the standard
 * appear expanded there, the others as calls.  Every recursion is bounded by the depth of a tree.
 */
struct writer {
	struct cel_text *text;
	unsigned indent;
	bool at_start; /* of a line */
};

static void write_node(struct writer *writer, const struct cel_node *node);

static void put_str(struct writer *writer, struct str s)
{
	for (unsigned i = 0; writer->at_start && i < writer->indent; i++) {
		cel_text_add_text(writer->text, "  ");
	}
	writer->at_start = false;
	cel_text_add(writer->text, s);
}

static void put(struct writer *writer, const char *s)
{
	put_str(writer, str_from(s));
}

static void new_line(struct writer *writer)
{
	cel_text_add_text(writer->text, "\n");
	writer->at_start = true;
}

/* "^#*expr.Expr_CallExpr#" */
static void put_kind(struct writer *writer, const char *kind)
{
	put(writer, "^#*expr.");
	put(writer, kind);
	put(writer, "#");
}

/* Whether a code point is shown as itself: not the spaces, controls and marks of direction, nor
 * what stands for no character. */
static bool is_printable(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} HIDDEN[] = {
		{0, 0x1f},
		{0x7f, 0xa0},
		{0xad, 0xad},
		{0x1680, 0x1680},
		{0x180e, 0x180e},
		{0x2000, 0x200f},
		{0x2028, 0x202f},
		{0x205f, 0x206f},
		{0x3000, 0x3000},
		{0xd800, 0xf8ff},
		{0xfeff, 0xfeff},
		{0xfff0, 0xfffb},
		{0xfffe, 0xffff},
		{0x323b0, 0x10ffff},
	};
	for (size_t i = 0; i < sizeof(HIDDEN) / sizeof(HIDDEN[0]); i++) {
		if (code >= HIDDEN[i].first && code <= HIDDEN[i].last) {
			return false;
		}
	}
	return true;
}

/* The code point at the start of a text that is UTF-8, and its length; 0 when the text is none. */
static size_t decode(struct str text, uint32_t *ret_code)
{
	const unsigned char first = (unsigned char)text.ptr[0];
	const size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (len > text.len || !str_is_utf8((struct str){text.ptr, len})) {
		return 0;
	}
	*ret_code = len == 1 ? first : first & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		*ret_code = *ret_code << 6 | ((unsigned char)text.ptr[i] & 0x3fU);
	}
	return len;
}

static void put_escape(struct writer *writer, uint32_t code)
{
	static const char LETTERS[] = "abtnvfr"; /* from 7 on */
	if (code == '"' || code == '\\') {
		cel_text_printf(writer->text, "\\%c", (int)code);
	} else if (code >= 7 && code <= 13) {
		cel_text_printf(writer->text, "\\%c", LETTERS[code - 7]);
	} else if (code < 0x80) {
		cel_text_printf(writer->text, "\\x%02x", (unsigned)code);
	} else if (code < 0x10000) {
		cel_text_printf(writer->text, "\\u%04x", (unsigned)code);
	} else {
		cel_text_printf(writer->text, "\\U%08x", (unsigned)code);
	}
}

static void put_quoted(struct writer *writer, struct str s, bool bytes)
{
	put(writer, bytes ? "b\"" : "\"");
	for (size_t at = 0; at < s.len;) {
		uint32_t code = 0;
		const size_t len = decode((struct str){s.ptr + at, s.len - at}, &code);
		const bool shown = len > 0 && code != '"' && code != '\\' && is_printable(code);
		if (shown) {
			cel_text_add(writer->text, (struct str){s.ptr + at, len});
		} else if (len == 0 || (bytes && code >= 0x80)) {
			/* Of bytes, one at a time. */
			cel_text_printf(
				writer->text, "\\x%02x", (unsigned)(unsigned char)s.ptr[at]);
		} else {
			put_escape(writer, code);
		}
		at += shown || (len > 0 && !bytes) ? len : 1;
	}
	put(writer, "\"");
}

static void put_double(struct writer *writer, double number)
{
	char text[CEL_DOUBLE_TEXT_SIZE];
	const double size = fabs(number);
	/* The notation goes over to exponents sooner than the language does. */
	const size_t len = size >= 1e6 && isfinite(number)
				   ? cel_double_shortest_exponent(number, text)
				   : cel_double_shortest(number, text);
	put_str(writer, (struct str){text, len});
}

static void write_literal(struct writer *writer, struct cel_value value)
{
	put(writer, "");
	switch (value.kind) {
	case CEL_NULL:
		put(writer, "null");
		put_kind(writer, "Constant_NullValue");
		break;
	case CEL_BOOL:
		put(writer, value.boolean ? "true" : "false");
		put_kind(writer, "Constant_BoolValue");
		break;
	case CEL_INT:
		cel_text_printf(writer->text, "%lld", (long long)value.integer);
		put_kind(writer, "Constant_Int64Value");
		break;
	case CEL_UINT:
		cel_text_printf(writer->text, "%lluu", (unsigned long long)value.natural);
		put_kind(writer, "Constant_Uint64Value");
		break;
	case CEL_DOUBLE:
		put_double(writer, value.number);
		put_kind(writer, "Constant_DoubleValue");
		break;
	case CEL_STRING:
		put_quoted(writer, cel_str(value), false);
		put_kind(writer, "Constant_StringValue");
		break;
	case CEL_BYTES:
		put_quoted(writer, cel_str(value), true);
		put_kind(writer, "Constant_BytesValue");
		break;
	case CEL_LIST:
	case CEL_MAP:
	case CEL_TYPE:
	case CEL_TIMESTAMP:
	case CEL_DURATION:
	case CEL_OPTIONAL:
	case CEL_ERROR:
	case CEL_UNKNOWN:
	case CEL_KINDS:
		/* No literal of the parser's. */
		cel_value_print(writer->text, value);
		break;
	}
}

static void write_ident(struct writer *writer, struct str name, bool rooted)
{
	put(writer, rooted ? "." : "");
	put_str(writer, name);
	put_kind(writer, "Expr_IdentExpr");
}

static void open_arguments(struct writer *writer, const char *function)
{
	put(writer, function);
	put(writer, "(");
	writer->indent++;
	new_line(writer);
}

static void next_argument(struct writer *writer)
{
	put(writer, ",");
	new_line(writer);
}

static void close_arguments(struct writer *writer)
{
	writer->indent--;
	new_line(writer);
	put(writer, ")");
	put_kind(writer, "Expr_CallExpr");
}

/* Nodes from `first` on, separated, in parentheses. */
static void write_arguments(
	struct writer *writer, const char *function, const struct cel_node *first)
{
	if (first == NULL) {
		put(writer, function);
		put(writer, "()");
		put_kind(writer, "Expr_CallExpr");
		return;
	}
	open_arguments(writer, function);
	for (const struct cel_node *node = first; node != NULL; node = node->next) {
		write_node(writer, node);
		if (node->next != NULL) {
			next_argument(writer);
		}
	}
	close_arguments(writer);
}

static void write_call(struct writer *writer, const struct cel_node *node)
{
	const bool receiver = (node->marks & CEL_MARK_RECEIVER) != 0;
	if (receiver) {
		write_node(writer, node->child);
		put(writer, ".");
	} else if ((node->marks & CEL_MARK_ROOTED) != 0) {
		put(writer, ".");
	}
	put_str(writer, node->name);
	write_arguments(writer, "", receiver ? node->child->next : node->child);
}

static const struct cel_node *nth(const struct cel_node *node, uint32_t index)
{
	const struct cel_node *child = node->child;
	for (uint32_t i = 0; i < index; i++) {
		child = child->next;
	}
	return child;
}

/* A flat chain of && or || is a balanced tree of pairs there: operators `low` to `high` of it. */
static void write_chain(
	struct writer *writer, const struct cel_node *node, uint32_t low, uint32_t high)
{
	const uint32_t middle = low + (high - low + 1) / 2;
	open_arguments(writer, node->kind == CEL_NODE_AND ? "_&&_" : "_||_");
	if (middle == low) {
		write_node(writer, nth(node, middle));
	} else {
		write_chain(writer, node, low, middle - 1);
	}
	next_argument(writer);
	if (middle == high) {
		write_node(writer, nth(node, middle + 1));
	} else {
		write_chain(writer, node, middle + 1, high);
	}
	close_arguments(writer);
}

static void write_select(struct writer *writer, const struct cel_node *node, bool test)
{
	if ((node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0) {
		open_arguments(writer, "_?._");
		write_node(writer, node->child);
		next_argument(writer);
		write_literal(writer, cel_string(node->name));
		close_arguments(writer);
		return;
	}
	write_node(writer, node->child);
	put(writer, ".");
	put_str(writer, node->name);
	put(writer, test ? "~test-only~" : "");
	put_kind(writer, "Expr_SelectExpr");
}

static bool is_optional_entry(const struct cel_node *node)
{
	return (node->marks & CEL_MARK_OPTIONAL_ENTRY) != 0;
}

static void write_list(struct writer *writer, const struct cel_node *node)
{
	put(writer, "[");
	if (node->child != NULL) {
		writer->indent++;
		new_line(writer);
	}
	for (const struct cel_node *item = node->child; item != NULL; item = item->next) {
		write_node(writer, item);
		if (item->next != NULL) {
			next_argument(writer);
		} else {
			writer->indent--;
			new_line(writer);
		}
	}
	put(writer, "]");
	put_kind(writer, "Expr_ListExpr");
}

/* A map (key, value, key, value …) or a message (fields). */
static void write_struct(struct writer *writer, const struct cel_node *node)
{
	const bool map = node->kind == CEL_NODE_MAP;
	put(writer, !map && (node->marks & CEL_MARK_ROOTED) != 0 ? "." : "");
	put_str(writer, map ? (struct str){0} : node->name);
	put(writer, "{");
	if (node->child != NULL) {
		writer->indent++;
		new_line(writer);
	}
	for (const struct cel_node *entry = node->child; entry != NULL; entry = entry->next) {
		put(writer, is_optional_entry(entry) ? "?" : "");
		if (map) {
			write_node(writer, entry);
			entry = entry->next;
		} else {
			put_str(writer, entry->name);
		}
		put(writer, ":");
		write_node(writer, map ? entry : entry->child);
		put_kind(writer, "Expr_CreateStruct_Entry");
		if (entry->next != NULL) {
			next_argument(writer);
		} else {
			writer->indent--;
			new_line(writer);
		}
	}
	put(writer, "}");
	put_kind(writer, "Expr_StructExpr");
}

static const struct str RESULT = {"@result", 7};

static void write_result(struct writer *writer)
{
	write_ident(writer, RESULT, false);
}

static void part(struct writer *writer, const char *title)
{
	put(writer, title);
	new_line(writer);
}

/* "f(@result, …" */
static void open_step(struct writer *writer, const char *function)
{
	open_arguments(writer, function);
	write_result(writer);
	next_argument(writer);
}

/* "@result + […]" */
static void write_append(struct writer *writer, const struct cel_node *element)
{
	open_step(writer, "_+_");
	put(writer, "[");
	writer->indent++;
	new_line(writer);
	write_node(writer, element);
	writer->indent--;
	new_line(writer);
	put(writer, "]");
	put_kind(writer, "Expr_ListExpr");
	close_arguments(writer);
}

static void write_append_variable(struct writer *writer, const struct cel_node *node)
{
	const struct cel_node variable = {.kind = CEL_NODE_IDENT, .name = node->name};
	write_append(writer, &variable);
}

static void write_step(struct writer *writer, const struct cel_node *node)
{
	const struct cel_node *condition = node->child->next;
	const struct cel_node *element = condition->next;
	switch (node->fold) {
	case CEL_FOLD_ALL:
	case CEL_FOLD_EXISTS:
		open_step(writer, node->fold == CEL_FOLD_ALL ? "_&&_" : "_||_");
		write_node(writer, condition);
		close_arguments(writer);
		return;
	case CEL_FOLD_MAP:
		if (element == NULL) {
			write_append(writer, condition);
			return;
		}
		break;
	case CEL_FOLD_EXISTS_ONE:
	case CEL_FOLD_FILTER:
	case CEL_FOLD_LIST:
	case CEL_FOLD_TABLE:
	case CEL_FOLD_ENTRIES:
		break;
	}
	open_arguments(writer, "_?_:_");
	write_node(writer, condition);
	next_argument(writer);
	if (node->fold == CEL_FOLD_EXISTS_ONE) {
		open_step(writer, "_+_");
		write_literal(writer, cel_int(1));
		close_arguments(writer);
	} else if (node->fold == CEL_FOLD_FILTER) {
		write_append_variable(writer, node);
	} else {
		write_append(writer, element);
	}
	next_argument(writer);
	write_result(writer);
	close_arguments(writer);
}

static void write_init(struct writer *writer, enum cel_fold fold)
{
	const struct cel_node empty = {.kind = CEL_NODE_LIST};
	if (fold == CEL_FOLD_ALL || fold == CEL_FOLD_EXISTS) {
		write_literal(writer, cel_bool(fold == CEL_FOLD_ALL));
	} else if (fold == CEL_FOLD_EXISTS_ONE) {
		write_literal(writer, cel_int(0));
	} else {
		write_list(writer, &empty);
	}
}

static void write_condition(struct writer *writer, enum cel_fold fold)
{
	if (fold != CEL_FOLD_ALL && fold != CEL_FOLD_EXISTS) {
		write_literal(writer, cel_bool(true));
		return;
	}
	open_arguments(writer, "@not_strictly_false");
	if (fold == CEL_FOLD_EXISTS) {
		open_arguments(writer, "!_");
		write_result(writer);
		close_arguments(writer);
	} else {
		write_result(writer);
	}
	close_arguments(writer);
}

static void write_fold(struct writer *writer, const struct cel_node *node)
{
	put(writer, "__comprehension__(");
	writer->indent++;
	new_line(writer);
	part(writer, "// Variable");
	put_str(writer, node->name);
	next_argument(writer);
	part(writer, "// Target");
	write_node(writer, node->child);
	next_argument(writer);
	part(writer, "// Accumulator");
	put_str(writer, RESULT);
	next_argument(writer);
	part(writer, "// Init");
	write_init(writer, node->fold);
	next_argument(writer);
	part(writer, "// LoopCondition");
	write_condition(writer, node->fold);
	next_argument(writer);
	part(writer, "// LoopStep");
	write_step(writer, node);
	next_argument(writer);
	part(writer, "// Result");
	if (node->fold == CEL_FOLD_EXISTS_ONE) {
		open_step(writer, "_==_");
		write_literal(writer, cel_int(1));
		close_arguments(writer);
	} else {
		write_result(writer);
	}
	put(writer, ")");
	writer->indent--;
	put_kind(writer, "Expr_ComprehensionExpr");
}

/* The macros of extensions as they were written: range.all(k, v, …). */
static void write_extension(struct writer *writer, const struct cel_node *node,
	const struct cel_node *receiver, const char *function, const struct cel_node *rest)
{
	if (receiver == NULL) {
		write_ident(writer, STR("cel"), false);
	} else {
		write_node(writer, receiver);
	}
	put(writer, ".");
	open_arguments(writer, function);
	write_ident(writer, node->name, false);
	if (node->kind == CEL_NODE_FOLD) {
		next_argument(writer);
		write_ident(writer, node->second, false);
	}
	for (; rest != NULL; rest = rest->next) {
		next_argument(writer);
		write_node(writer, rest);
	}
	close_arguments(writer);
}

static void write_bind(struct writer *writer, const struct cel_node *node)
{
	if (node->bind == CEL_BIND_PLAIN) {
		write_extension(writer, node, NULL, "bind", node->child);
	} else {
		write_extension(writer, node, node->child,
			node->bind == CEL_BIND_FLAT ? "optFlatMap" : "optMap", node->child->next);
	}
}

static void write_node(struct writer *writer, const struct cel_node *node)
{
	switch (node->kind) {
	case CEL_NODE_LITERAL:
		write_literal(writer, node->literal);
		break;
	case CEL_NODE_IDENT:
	case CEL_NODE_LOCAL:
	case CEL_NODE_NAME:
		write_ident(writer, node->name, (node->marks & CEL_MARK_ROOTED) != 0);
		break;
	case CEL_NODE_SELECT:
		write_select(writer, node, false);
		break;
	case CEL_NODE_INDEX:
		write_arguments(writer,
			(node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0 ? "_[?_]" : "_[_]",
			node->child);
		break;
	case CEL_NODE_CALL:
		write_call(writer, node);
		break;
	case CEL_NODE_NOT:
		write_arguments(writer, "!_", node->child);
		break;
	case CEL_NODE_NEGATE:
		write_arguments(writer, "-_", node->child);
		break;
	case CEL_NODE_BINARY:
		write_arguments(writer, cel_op_function(node->op), node->child);
		break;
	case CEL_NODE_AND:
	case CEL_NODE_OR:
		write_chain(writer, node, 0, node->count - 2);
		break;
	case CEL_NODE_CHOICE:
		write_arguments(writer, "_?_:_", node->child);
		break;
	case CEL_NODE_LIST:
		write_list(writer, node);
		break;
	case CEL_NODE_MAP:
	case CEL_NODE_MESSAGE:
		write_struct(writer, node);
		break;
	case CEL_NODE_FIELD:
	case CEL_NODE_HAS:
		write_select(writer, node->child, true);
		break;
	case CEL_NODE_FOLD:
		if (node->second.len > 0) {
			write_extension(writer, node, node->child,
				(node->marks & CEL_MARK_CAMEL) != 0 ? "existsOne"
								    : cel_fold_text(node->fold),
				node->child->next);
		} else {
			write_fold(writer, node);
		}
		break;
	case CEL_NODE_BIND:
		write_bind(writer, node);
		break;
	case CEL_NODE_KINDS:
		break;
	}
}

void cel_debug(struct cel_text *text, const struct cel_node *node)
{
	struct writer writer = {.text = text};
	write_node(&writer, node);
}
