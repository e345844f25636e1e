/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/import.h"
#include "broker/base/limits.h"
#include "directory/exchange/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The machinery of an import: pieces in, items out, and the words for what went wrong. */

void import_report(
	struct exchange_import *import, struct str path, const char *key, const char *format, ...)
{
	char where[PATH_SIZE + 64];
	char reason[240];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	(void)snprintf(where, sizeof(where), "%.*s%s%s",
		(int)(path.len < PATH_SIZE ? path.len : PATH_SIZE),
		path.ptr == NULL ? "" : path.ptr, path.len > 0 && key[0] != '\0' ? "." : "", key);
	import->counts.reported++;
	import->sink.report(import->sink.context, str_from(where), reason);
}

struct str import_path(
	struct exchange_import *import, struct str path, const char *key, size_t index)
{
	return arena_printf(
		&import->item, "%.*s%s%s[%zu]", STR_ARG(path), path.len > 0 ? "." : "", key, index);
}

static struct str text_of(
	struct exchange_import *import, const json_t *member, struct str path, const char *key)
{
	switch (json_typeof(member)) {
	case JSON_STRING:
		return (struct str){json_string_value(member), json_string_length(member)};
	case JSON_INTEGER:
		return arena_printf(&import->item, "%lld", (long long)json_integer_value(member));
	case JSON_REAL:
		return arena_printf(&import->item, "%.12g", json_real_value(member));
	case JSON_TRUE:
		return STR("true");
	case JSON_FALSE:
		return STR("false");
	case JSON_OBJECT:
	case JSON_ARRAY:
		import_report(import, path, key, "is a list or an object where a text is expected");
		break;
	case JSON_NULL:
		break;
	}
	return (struct str){0};
}

struct str import_text(struct exchange_import *import, const json_t *object, struct str path,
	const char *key, size_t limit, bool lines, bool html)
{
	const json_t *member = json_object_get(object, key);
	unsigned changes = 0;
	if (member == NULL) {
		return (struct str){0};
	}
	const struct str raw = text_of(import, member, path, key);
	if (raw.len == 0) {
		return raw;
	}
	const struct str text = clean_text(&import->item, raw, limit, lines, html, &changes);
	if ((changes & CLEAN_HTML) != 0) {
		import_report(import, path, key, "HTML was taken out");
	}
	if ((changes & CLEAN_CONTROL) != 0) {
		import_report(import, path, key, "control or direction characters were taken out");
	}
	if ((changes & CLEAN_CUT) != 0) {
		import_report(
			import, path, key, "longer than %zu bytes: the rest was cut off", limit);
	}
	return text;
}

static bool is_empty(const json_t *member)
{
	return json_is_null(member) ||
	       (json_is_string(member) && json_string_length(member) == 0) ||
	       (json_is_array(member) && json_array_size(member) == 0) ||
	       (json_is_object(member) && json_object_size(member) == 0);
}

void import_leftovers(struct exchange_import *import, json_t *object, struct str path,
	const char *const *known, const char *reason)
{
	const char *key;
	json_t *member;
	json_object_foreach(object, key, member)
	{
		bool is_known = is_empty(member);
		for (size_t i = 0; !is_known && known[i] != NULL; i++) {
			is_known = strcmp(known[i], key) == 0;
		}
		if (is_known) {
			continue;
		}
		unsigned changes = 0;
		const struct str shown =
			clean_text(&import->item, str_from(key), 60, false, false, &changes);
		import_report(import, path, shown.ptr == NULL ? "" : shown.ptr, "%s", reason);
	}
}

size_t import_list(
	struct exchange_import *import, const json_t *object, struct str path, const char *key)
{
	const json_t *member = json_object_get(object, key);
	if (member == NULL || is_empty(member)) {
		return 0;
	}
	if (json_is_object(member)) {
		import_report(
			import, path, key, "an object where a list is expected: taken as one");
		return 1;
	}
	if (!json_is_array(member)) {
		import_report(import, path, key, "is no list");
		return 0;
	}
	return json_array_size(member);
}

json_t *import_entry(const json_t *object, const char *key, size_t index)
{
	json_t *member = json_object_get(object, key);
	return json_is_object(member) ? member : json_array_get(member, index);
}

bool import_word_add(struct exchange_import *import, struct words *words, struct str word)
{
	for (size_t i = 0; i < words->count; i++) {
		if (str_equal(words->items[i], word)) {
			return false;
		}
	}
	if (words->count == words->room) {
		const size_t room = words->room == 0 ? 8 : words->room * 2;
		struct str *items = arena_array(&import->item, room, sizeof(*items));
		if (items == NULL) {
			return false;
		}
		if (words->count > 0) {
			memcpy(items, words->items, words->count * sizeof(*items));
		}
		words->items = items;
		words->room = room;
	}
	words->items[words->count++] = word;
	return true;
}

enum err import_draft(struct exchange_import *import, struct str path)
{
	if (import->err == ERR_OK && (import->draft.failed || arena_failed(&import->item))) {
		import->err = ERR_NOMEM;
	}
	if (import->err == ERR_OK) {
		import->err =
			import->sink.draft(import->sink.context, path, buf_str(&import->draft));
	}
	buf_reset(&import->draft);
	return import->err;
}

struct str import_slug(struct exchange_import *import, struct table *taken, struct str wanted,
	struct str name, struct str feed_id, const char *fallback)
{
	char uuid[EXCHANGE_UUID_SIZE];
	struct str slug = wanted.len > 0 ? wanted : clean_slug(&import->item, name);
	if (slug.len == 0) {
		slug = str_from(fallback);
	}
	/* The feed's own id tells two of one name apart, and does so in every import of it. */
	for (unsigned again = 0; table_find(taken, slug) != NULL; again++) {
		const struct str part =
			arena_printf(&import->item, "%u %.*s", again, STR_ARG(name));
		exchange_uuid("slug", feed_id, part, uuid);
		const struct str base = clean_slug(&import->item, slug);
		slug = arena_printf(&import->item, "%.*s-%.8s", STR_ARG(base), uuid);
		if (arena_failed(&import->item)) {
			break;
		}
	}
	if (import->err == ERR_OK) {
		import->err = table_put(taken, &import->arena, slug, NULL);
	}
	return slug;
}

/* -- items of the feed -- */

static json_t *item_parse(struct exchange_import *import, struct str text, struct str path)
{
	json_error_t error;
	buf_reset(&import->text);
	if (clean_utf8(&import->text, text)) {
		import_report(
			import, path, "", "holds bytes that are not UTF-8: read as Windows-1252");
	}
	const size_t flags = JSON_ALLOW_NUL | JSON_DECODE_ANY;
	json_t *json = json_loadb(
		import->text.data, import->text.len, flags | JSON_REJECT_DUPLICATES, &error);
	if (json == NULL && json_error_code(&error) == json_error_duplicate_key) {
		import_report(
			import, path, "", "a key stands twice in one object: the last is taken");
		json = json_loadb(import->text.data, import->text.len, flags, &error);
	}
	if (json == NULL) {
		import_report(import, path, "", "is no well-formed JSON (line %d, column %d of it)",
			error.line, error.column);
	}
	return json;
}

/* Counts of pages are often wrong: what came is what counts. */
static void page_check(struct exchange_import *import, json_t *page, size_t came)
{
	static const char *const known[] = {"total_items", "total_pages", "page_number", "size",
		"first_page", "last_page", "empty", "contents", NULL};
	const json_t *total = json_object_get(page, "total_items");
	const json_t *size = json_object_get(page, "size");
	const json_t *last = json_object_get(page, "last_page");
	if (json_is_integer(total) && json_integer_value(total) != (json_int_t)came) {
		import_report(import, STR(""), "total_items", "says %lld, and %zu came",
			(long long)json_integer_value(total), came);
	}
	if (json_is_integer(size) && json_integer_value(size) != (json_int_t)came) {
		import_report(import, STR(""), "size", "says %lld, and %zu came",
			(long long)json_integer_value(size), came);
	}
	if (json_is_false(last)) {
		import_report(import, STR(""), "last_page",
			"is false: there are further pages, which are feeds of their own");
	}
	import_leftovers(import, page, STR(""), known, "is not part of a page of results");
}

/* An organisation that has its services within it: they are its own unless they say otherwise. */
static enum err opening_take(struct exchange_import *import, struct str text)
{
	json_error_t error;
	buf_reset(&import->text);
	(void)clean_utf8(&import->text, text); /* told when the whole of it is read */
	json_t *json = json_loadb(import->text.data, import->text.len, JSON_ALLOW_NUL, &error);
	const json_t *id = json_object_get(json, "id");
	const json_t *name = json_object_get(json, "name");
	if (json_string_length(id) > 0 && json_string_length(name) > 0) {
		unsigned changes = 0;
		const struct str words = {json_string_value(name), json_string_length(name)};
		import->around = clean_text(&import->arena,
			(struct str){json_string_value(id), json_string_length(id)}, LIMIT_ID_BYTES,
			false, false, &changes);
		(void)import_organisation_named(import, import->around, (struct str){0},
			clean_text(&import->item, words, LIMIT_TEXT_BYTES, false, false, &changes));
	}
	json_decref(json);
	return import->err;
}

static enum err item_take(void *context, const struct feed_item *item)
{
	struct exchange_import *import = context;
	arena_reset(&import->item);
	if (item->opening) {
		return opening_take(import, item->text);
	}
	if (item->envelope) {
		import->around = (struct str){0};
	}
	const struct str path =
		arena_printf(&import->item, "%.*s[%zu]", STR_ARG(item->key), item->index);
	if (item->trouble != FEED_GOOD) {
		import->counts.refused++;
		if (item->trouble == FEED_LARGE) {
			import_report(
				import, path, "", "is larger than %d bytes", EXCHANGE_ITEM_BYTES);
		} else {
			import_report(import, path, "", "is nested deeper than %d", EXCHANGE_DEPTH);
		}
		return import->err;
	}
	json_t *json = item_parse(import, item->text, path);
	if (json == NULL) {
		import->counts.refused++;
	} else if (item->envelope &&
		   (item->streamed > 0 || json_object_get(json, "total_items") != NULL ||
			   json_object_get(json, "contents") != NULL) &&
		   json_object_get(json, "name") == NULL) {
		page_check(import, json, item->streamed);
	} else {
		import_item(import, json, path, item->key);
	}
	json_decref(json);
	if (import->err == ERR_OK &&
		(arena_failed(&import->item) || arena_failed(&import->arena))) {
		import->err = ERR_NOMEM;
	}
	return import->err;
}

struct exchange_import *exchange_import_create(
	struct str area, const struct directory_rulebook *rulebook, struct exchange_sink sink)
{
	struct exchange_import *import = calloc(1, sizeof(*import));
	if (import == NULL) {
		return NULL;
	}
	arena_init(&import->arena, 0);
	arena_init(&import->item, 0);
	import->area = arena_str(&import->arena, area);
	import->rulebook = rulebook;
	import->sink = sink;
	import->feed = (struct feed){.take = item_take, .context = import};
	import->last = &import->first;
	return import;
}

void exchange_import_destroy(struct exchange_import *import)
{
	if (import == NULL) {
		return;
	}
	table_finish(&import->organisation_ids);
	table_finish(&import->organisation_slugs);
	table_finish(&import->service_ids);
	table_finish(&import->service_slugs);
	tables_destroy(import->tables);
	feed_finish(&import->feed);
	buf_finish(&import->text);
	buf_finish(&import->draft);
	arena_finish(&import->item);
	arena_finish(&import->arena);
	free(import);
}

enum err exchange_import_json(struct exchange_import *import, struct str piece)
{
	return feed_add(&import->feed, piece);
}

enum err exchange_import_table(struct exchange_import *import, struct str name, struct str csv)
{
	return tables_add(import, name, csv);
}

enum err exchange_import_end(struct exchange_import *import, struct exchange_imported *ret_imported)
{
	const enum err end = feed_end(&import->feed);
	if (end != ERR_OK) {
		import_report(import, STR(""), "",
			"the feed ends in the middle: %zu items came before that",
			import->counts.services + import->counts.refused);
	}
	if (import->tables != NULL && import->err == ERR_OK) {
		tables_join(import);
	}
	import_organisations_write(import);
	if (import->err != ERR_OK) {
		return import->err;
	}
	*ret_imported = import->counts;
	return end;
}
