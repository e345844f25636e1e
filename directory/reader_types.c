/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/reader.h"
#include "broker/base/limits.h"

static void *member(void *target, const struct field *field)
{
	return (char *)target + field->offset;
}

static bool is_blank(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != ' ' && text.ptr[i] != '\n') {
			return false;
		}
	}
	return true;
}

static void text_store(struct reader *reader, const struct yaml_node *node,
	const struct field *field, void *target, size_t limit)
{
	if (reader_is_not_stated(node) && !field->required) {
		return;
	}
	if (!reader_scalar(reader, node)) {
		return;
	}
	if (is_blank(node->text)) {
		reader_problem(reader, node, "is blank; what is not known is written not-stated");
		return;
	}
	if (node->text.len > limit) {
		reader_problem(reader, node, "longer than %zu bytes", limit);
		return;
	}
	*(struct str *)member(target, field) = reader_keep(reader, node->text);
}

READER(read_text)
{
	if (node->kind == YAML_SCALAR && memchr(node->text.ptr, '\n', node->text.len) != NULL) {
		reader_problem(reader, node, "must be one line");
		return;
	}
	text_store(reader, node, field, target, LIMIT_TEXT_BYTES);
}

READER(read_note)
{
	text_store(reader, node, field, target, LIMIT_NOTE_BYTES);
}

READER(read_slug)
{
	if (!reader_scalar(reader, node)) {
		return;
	}
	if (!reader_is_slug(node->text)) {
		reader_problem(reader, node,
			"must be lower-case letters, digits and single hyphens within, 64 at most");
		return;
	}
	*(struct str *)member(target, field) = reader_keep(reader, node->text);
}

READER(read_bool)
{
	if (!reader_scalar(reader, node)) {
		return;
	}
	const bool yes = str_is(node->text, "true");
	if (!node->plain || (!yes && !str_is(node->text, "false"))) {
		reader_problem(reader, node, "must be true or false");
		return;
	}
	*(bool *)member(target, field) = yes;
}

READER(read_int)
{
	if (reader_is_not_stated(node) || !reader_scalar(reader, node)) {
		return;
	}
	int64_t number = 0;
	bool good = node->plain && node->text.len <= 9;
	for (size_t i = 0; good && i < node->text.len; i++) {
		const char c = node->text.ptr[i];
		good = c >= '0' && c <= '9';
		number = number * 10 + (c - '0');
	}
	if (!good || number > field->max) {
		reader_problem(reader, node, "must be a whole number from 0 to %lld, or not-stated",
			(long long)field->max);
		return;
	}
	*(int64_t *)member(target, field) = number;
}

READER(read_date)
{
	if (reader_is_not_stated(node) || !reader_scalar(reader, node)) {
		return;
	}
	date_days date;
	if (date_parse(node->text, &date) != ERR_OK) {
		reader_problem(reader, node, "must be a date such as 2019-06-12, or not-stated");
		return;
	}
	*(date_days *)member(target, field) = date;
}

READER(read_choice)
{
	struct str words[8];
	struct directory_list known = {words, 0};
	if (!reader_scalar(reader, node)) {
		return;
	}
	for (unsigned i = 0; field->choices[i] != NULL; i++) {
		if (str_is(node->text, field->choices[i])) {
			*(unsigned *)member(target, field) = i;
			return;
		}
		words[known.count++] = str_from(field->choices[i]);
	}
	reader_unknown_word(reader, node, "value", &known);
}

/* One entry of a list of words; NULL known: any slug. */
static bool word_ok(struct reader *reader, const struct yaml_node *node, const struct field *field,
	const struct directory_list *known)
{
	if (!reader_scalar(reader, node)) {
		return false;
	}
	if (known == NULL) {
		if (!reader_is_slug(node->text)) {
			reader_problem(reader, node,
				"must be an id: lower-case letters, digits and "
				"single hyphens within");
			return false;
		}
		return true;
	}
	if (!reader_list_has(known, node->text)) {
		reader_unknown_word(reader, node, field->noun, known);
		return false;
	}
	return true;
}

READER(read_code)
{
	const void *known = (const char *)reader->rulebook + field->vocabulary;
	if (word_ok(reader, node, field, known)) {
		*(struct str *)member(target, field) = reader_keep(reader, node->text);
	}
}

static void words_store(struct reader *reader, const struct yaml_node *node,
	const struct field *field, void *target, const struct directory_list *known)
{
	struct directory_list list = {0};
	struct str *items;
	if (reader_is_not_stated(node) || !reader_list_begin(reader, node, &items)) {
		return;
	}
	list.items = items;
	for (const struct yaml_node *n = node->first; n != NULL; n = n->next) {
		if (!word_ok(reader, n, field, known)) {
			continue;
		}
		if (reader_list_has(&list, n->text)) {
			reader_problem(reader, n, "stands twice in the list");
			continue;
		}
		items[list.count++] = reader_keep(reader, n->text);
	}
	*(struct directory_list *)member(target, field) = list;
}

READER(read_codes)
{
	const void *known = (const char *)reader->rulebook + field->vocabulary;
	words_store(reader, node, field, target, known);
}

READER(read_slugs)
{
	words_store(reader, node, field, target, NULL);
}

READER(read_notes)
{
	(void)field;
	(void)target;
	if (node->kind != YAML_LIST) {
		reader_problem(reader, node, "must be a list of sentences");
		return;
	}
	for (const struct yaml_node *n = node->first; n != NULL; n = n->next) {
		if (reader_scalar(reader, n) && n->text.len > LIMIT_NOTE_BYTES) {
			reader_problem(reader, n, "longer than %d bytes", LIMIT_NOTE_BYTES);
		}
	}
}
