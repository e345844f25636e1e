/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/given.h"

#include <stdio.h>

static bool exhausted(struct author_given *given)
{
	(void)snprintf(given->message, sizeof(given->message), "out of memory");
	return false;
}

static bool declare(struct author_given *given, struct str name, const struct cel_type *type,
	struct cel_value value)
{
	for (size_t i = 0; i < given->count; i++) {
		if (str_equal(given->declarations[i].name, name)) {
			(void)snprintf(given->message, sizeof(given->message),
				"%.*s is declared, or given, twice", STR_ARG(name));
			return false;
		}
	}
	if (given->count == given->room) {
		const size_t room = given->room == 0 ? 64 : given->room * 2;
		struct cel_declaration *declarations =
			arena_array(given->arena, room, sizeof(*declarations));
		struct cel_value *values = arena_array(given->arena, room, sizeof(*values));
		if (declarations == NULL || values == NULL) {
			return exhausted(given);
		}
		if (given->count > 0) {
			memcpy(declarations, given->declarations,
				given->count * sizeof(*declarations));
			memcpy(values, given->values, given->count * sizeof(*values));
		}
		given->declarations = declarations;
		given->values = values;
		given->room = room;
	}
	given->declarations[given->count] = (struct cel_declaration){name, type};
	given->values[given->count++] = value;
	return true;
}

/* "a.b" covers "a.b" and "a.b.c". */
static bool covers(struct str name, struct str path)
{
	return str_has_prefix(path, name) && (path.len == name.len || path.ptr[name.len] == '.');
}

static bool is_declared(const struct author_given *given, struct str path)
{
	for (size_t i = 0; i < given->count; i++) {
		if (covers(given->declarations[i].name, path) ||
			covers(path, given->declarations[i].name)) {
			return true;
		}
	}
	return false;
}

const struct value *author_given_find(const struct value *map, struct str path)
{
	if (map == NULL || map->kind != VALUE_MAP) {
		return NULL;
	}
	for (size_t i = 0; i < map->map.count; i++) {
		const struct value_entry *entry = &map->map.entries[i];
		if (!covers(entry->key, path)) {
			continue;
		}
		if (entry->key.len == path.len) {
			return &entry->value;
		}
		const struct str rest = {
			path.ptr + entry->key.len + 1, path.len - entry->key.len - 1};
		const struct value *found = author_given_find(&entry->value, rest);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

static bool declare_given(struct author_given *given, struct str name, const struct cel_type *type)
{
	struct cel_value value = cel_unknown();
	const struct value *document = author_given_find(given->question->facts, name);
	if (document != NULL && !author_given_value(given, document, type, name, &value)) {
		return given->message[0] == '\0' ? exhausted(given) : false;
	}
	return declare(given, name, type, value);
}

/* "x", "a.b": what an expression can name. */
static bool is_name(struct str name)
{
	bool begins = true;
	for (size_t i = 0; i < name.len; i++) {
		const char c = name.ptr[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (c == '.' ? begins : !letter && (begins || c < '0' || c > '9')) {
			return false;
		}
		begins = c == '.';
	}
	return !begins;
}

/* "x:int" of the command line. */
static bool declare_text(struct author_given *given, struct str text)
{
	const char *colon = text.len == 0 ? NULL : memchr(text.ptr, ':', text.len);
	const struct cel_type *type = NULL;
	struct str name = text;
	if (colon != NULL) {
		name.len = (size_t)(colon - text.ptr);
		struct str words = {colon + 1, text.len - name.len - 1};
		while (words.len > 0 && words.ptr[0] == ' ') {
			words = (struct str){words.ptr + 1, words.len - 1};
		}
		if (cel_type_parse(given->arena, words, &type) != ERR_OK) {
			type = NULL;
		}
	}
	if (type == NULL || !is_name(name)) {
		(void)snprintf(given->message, sizeof(given->message),
			"\"%.*s\" declares nothing: write NAME:TYPE, such as x:int or "
			"ages:list(int)",
			(int)(text.len > 60 ? 60 : text.len), text.ptr);
		return false;
	}
	given->whole = true;
	const bool declared = declare_given(given, name, type);
	given->whole = false;
	return declared;
}

/* Facts of the dictionary, but where something is declared, or given as something else. */
static bool declare_schema(struct author_given *given, const struct author_schema *schema)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct cel_declaration *fact = &schema->env.declarations[i];
		if (is_declared(given, fact->name)) {
			continue;
		}
		struct cel_value value = cel_unknown();
		const struct value *document =
			author_given_find(given->question->facts, fact->name);
		const bool fits =
			document == NULL || document->kind == VALUE_NULL ||
			author_given_value(given, document, fact->type, fact->name, &value);
		given->message[0] = '\0';
		if (document != NULL && document->kind == VALUE_NULL) {
			value = cel_null();
		}
		if (fits && !declare(given, fact->name, fact->type, value)) {
			return false;
		}
	}
	return true;
}

/* Whatever else is given, leaf by leaf: each has the type of its value. */
static bool declare_leaves(struct author_given *given, const struct value *map, struct str above)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct value_entry *entry = &map->map.entries[i];
		const struct str path = above.len == 0
						? entry->key
						: arena_printf(given->arena, "%.*s.%.*s",
							  STR_ARG(above), STR_ARG(entry->key));
		if (entry->value.kind == VALUE_MAP && entry->value.map.count > 0) {
			if (!declare_leaves(given, &entry->value, path)) {
				return false;
			}
		} else if (!is_declared(given, path) &&
			   !declare_given(given, path, &cel_type_dyn)) {
			return false;
		}
	}
	return true;
}

bool author_given_init(
	struct author_given *given, const struct author_question *question, struct arena *arena)
{
	*given = (struct author_given){.question = question, .arena = arena};
	for (size_t i = 0; i < question->declared_count; i++) {
		if (!declare_text(given, question->declared[i])) {
			return false;
		}
	}
	const struct value *facts = question->facts;
	if (facts != NULL && facts->kind != VALUE_MAP) {
		(void)snprintf(given->message, sizeof(given->message),
			"facts are an object, such as {\"person\": {\"age\": 16}}");
		return false;
	}
	if (question->schema != NULL && !declare_schema(given, question->schema)) {
		return false;
	}
	if (facts != NULL && !declare_leaves(given, facts, (struct str){0})) {
		return false;
	}
	if (cel_env_init(&given->env, arena, question->container, given->declarations,
		    given->count) != ERR_OK) {
		return exhausted(given);
	}
	given->env.open = true;
	return true;
}
