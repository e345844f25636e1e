/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/reader.h"

#include <stdarg.h>

enum {
	SHOWN_MAX = 60,  /* bytes of a file's own text in a message */
	LIST_MAX = 1000, /* entries; England and Wales have some 320 lower-tier authorities */
	LISTED_MAX = 20, /* vocabularies longer than this are not recited */
	COMPARED_MAX = 2000000, /* some two seconds */
};

void reader_problem(struct reader *reader, const struct yaml_node *node, const char *format, ...)
{
	char field[YAML_FIELD_SIZE];
	va_list args;
	yaml_path(node, field);
	va_start(args, format);
	problems_add(reader, reader->file, node->line, field, format, args);
	va_end(args);
}

void reader_problem_at(struct reader *reader, struct str file, unsigned line, const char *field,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	problems_add(reader, file, line, field, format, args);
	va_end(args);
}

struct str reader_shown(struct reader *reader, struct str text)
{
	size_t len = text.len < SHOWN_MAX ? text.len : SHOWN_MAX;
	while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80) {
		len--;
	}
	char *copy = arena_alloc(reader->scratch, len + 1);
	for (size_t i = 0; copy != NULL && i < len; i++) {
		copy[i] = text.ptr[i] == '\n' ? ' ' : text.ptr[i];
	}
	return (struct str){copy, copy == NULL ? 0 : len};
}

struct str reader_suggestion(
	struct reader *reader, struct str text, const struct directory_list *known)
{
	size_t best = text.len / 3 + 1;
	struct str nearest = {0};
	const bool long_list = known->count > LISTED_MAX;
	if (reader->problems->kept >= reader->problems->room ||
		(long_list && reader->compared >= COMPARED_MAX)) {
		return STR(""); /* nobody will read it, or the same is wrong everywhere */
	}
	reader->compared += long_list ? known->count : 0;
	for (size_t i = 0; i < known->count; i++) {
		const size_t distance = str_distance(text, known->items[i]);
		if (distance < best) {
			best = distance;
			nearest = known->items[i];
		}
	}
	if (nearest.len > 0) {
		reader->suggestion = nearest;
		return arena_printf(reader->scratch, "; did you mean \"%.*s\"?", STR_ARG(nearest));
	}
	if (known->count == 0 || known->count > LISTED_MAX) {
		return STR("");
	}
	struct str recited = STR("; known: ");
	for (size_t i = 0; i < known->count; i++) {
		recited = arena_printf(reader->scratch, "%.*s%s%.*s", STR_ARG(recited),
			i == 0 ? "" : ", ", STR_ARG(known->items[i]));
	}
	return recited;
}

void reader_unknown_word(struct reader *reader, const struct yaml_node *node, const char *noun,
	const struct directory_list *known)
{
	const struct str hint = reader_suggestion(reader, node->text, known);
	const struct str shown = reader_shown(reader, node->text);
	reader->code = "unknown-word";
	reader_problem(
		reader, node, "unknown %s \"%.*s\"%.*s", noun, STR_ARG(shown), STR_ARG(hint));
}

struct str reader_keep(struct reader *reader, struct str text)
{
	enum {
		SHARED_MAX = 200 /* bytes: what is longer is a text of its own */
	};
	return text.len > SHARED_MAX ? arena_str(reader->arena, text)
				     : intern_keep(&reader->texts, reader->arena, text);
}

/* Looks from `first` on, and then before it: keys stand in the order of their table in most files.
 */
static const struct field *field_find(
	const struct field *fields, size_t count, size_t first, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		const struct field *field = &fields[(first + i) % count];
		if (str_is(name, field->name)) {
			return field;
		}
	}
	return NULL;
}

static void unknown_key(struct reader *reader, const struct yaml_node *node,
	const struct field *fields, size_t count)
{
	struct directory_list names = {0};
	struct str *items = arena_array(reader->scratch, count, sizeof(*items));
	for (size_t i = 0; items != NULL && i < count; i++) {
		items[i] = str_from(fields[i].name);
	}
	names = (struct directory_list){items, items == NULL ? 0 : count};
	const struct str hint = reader_suggestion(reader, node->key, &names);
	char field[YAML_FIELD_SIZE];
	yaml_path(node, field);
	reader->code = "unknown-key";
	reader_problem_at(
		reader, reader->file, node->key_line, field, "unknown key%.*s", STR_ARG(hint));
}

static void missing_keys(struct reader *reader, const struct yaml_node *node,
	const struct field *fields, size_t count)
{
	char path[YAML_FIELD_SIZE];
	yaml_path(node, path);
	for (size_t i = 0; i < count; i++) {
		if (fields[i].required && yaml_get(node, fields[i].name) == NULL) {
			const struct str field = arena_printf(reader->scratch, "%s%s%s", path,
				path[0] == '\0' ? "" : ".", fields[i].name);
			reader->code = "missing";
			reader_problem_at(reader, reader->file, node->line,
				field.len == 0 ? "" : field.ptr, "is missing");
		}
	}
}

void reader_map(struct reader *reader, const struct yaml_node *node, const struct field *fields,
	size_t count, void *target)
{
	if (node->kind != YAML_MAP) {
		reader_problem(reader, node, "must be a map of keys and values");
		return;
	}
	size_t next = 0;
	for (const struct yaml_node *n = node->first; n != NULL; n = n->next) {
		const struct field *field = field_find(fields, count, next, n->key);
		next = field == NULL ? next : (size_t)(field - fields) + 1;
		if (field == NULL) {
			unknown_key(reader, n, fields, count);
		} else {
			field->read(reader, n, field, target);
		}
	}
	missing_keys(reader, node, fields, count);
}

bool reader_is_not_stated(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && str_is(node->text, "not-stated");
}

bool reader_scalar(struct reader *reader, const struct yaml_node *node)
{
	if (node->kind != YAML_SCALAR) {
		reader_problem(reader, node, "must be a single value, not a %s",
			node->kind == YAML_LIST ? "list" : "map");
		return false;
	}
	if (node->text.len == 0) {
		reader_problem(reader, node, "is empty; what is not known is written not-stated");
		return false;
	}
	return true;
}

bool reader_list_begin(struct reader *reader, const struct yaml_node *node, struct str **ret_items)
{
	if (node->kind != YAML_LIST) {
		reader_problem(reader, node, "must be a list");
		return false;
	}
	if (node->count > LIST_MAX) {
		reader_problem(reader, node, "has more than %d entries", LIST_MAX);
		return false;
	}
	*ret_items = arena_array(reader->arena, node->count, sizeof(**ret_items));
	return *ret_items != NULL;
}

bool reader_list_has(const struct directory_list *list, struct str text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_equal(list->items[i], text)) {
			return true;
		}
	}
	return false;
}

bool reader_is_slug(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		const bool inner = c == '-' && i > 0 && i + 1 < text.len;
		if (!inner && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
			return false;
		}
	}
	return text.len > 0 && text.len <= 64;
}
