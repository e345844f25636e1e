/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/model/field.h"

/* How the columns of fields.def become constants. */
enum {
	REQUIRED = FIELD_REQUIRED,
	NOTE = FIELD_NOTE,
	LIST = FIELD_LIST,
	ANSWER = FIELD_ANSWER,
	VOCAB_NONE = VOCAB_COUNT,
	PATH_SIZE = 96
};

#define FIELD(path, type, vocab, class, flags, limit, label, help)                      \
	{{(path), sizeof(path) - 1}, {0}, FIELD_##type, (enum vocab_name)VOCAB_##vocab, \
		(enum field_class)(class), (flags), (limit), (label), (help)},
static struct field fields[] = {
#include "broker/model/fields.def"
};
#undef FIELD

enum {
	FIELD_TOTAL = sizeof(fields) / sizeof(fields[0])
};

/* Names are the tail of the path; filled before main so that the table is constant afterwards. */
__attribute__((constructor)) static void name_fields(void)
{
	for (size_t i = 0; i < FIELD_TOTAL; i++) {
		size_t start = fields[i].path.len;
		while (start > 0 && fields[i].path.ptr[start - 1] != '.') {
			start--;
		}
		fields[i].name =
			(struct str){fields[i].path.ptr + start, fields[i].path.len - start};
	}
}

const struct field *field_table(size_t *ret_count)
{
	*ret_count = FIELD_TOTAL;
	return fields;
}

/* Drops "[3]" and "[]", so that paths compare without their list positions. */
static struct str without_positions(struct str path, char out[PATH_SIZE])
{
	size_t len = 0;
	bool inside = false;
	for (size_t i = 0; i < path.len && len < PATH_SIZE; i++) {
		inside = inside || path.ptr[i] == '[';
		if (!inside) {
			out[len++] = path.ptr[i];
		}
		inside = inside && path.ptr[i] != ']';
	}
	return (struct str){out, len};
}

const struct field *field_find(struct str path)
{
	char wanted_text[PATH_SIZE];
	const struct str wanted = without_positions(path, wanted_text);
	for (size_t i = 0; i < FIELD_TOTAL; i++) {
		char text[PATH_SIZE];
		if (str_equal(without_positions(fields[i].path, text), wanted)) {
			return &fields[i];
		}
	}
	return NULL;
}

const struct field *field_nearest(struct str path)
{
	const struct field *best = NULL;
	size_t least = 5;
	char wanted_text[PATH_SIZE];
	const struct str wanted = without_positions(path, wanted_text);
	for (size_t i = 0; i < FIELD_TOTAL; i++) {
		char text[PATH_SIZE];
		const size_t distance =
			str_distance(without_positions(fields[i].path, text), wanted);
		if (distance < least) {
			least = distance;
			best = &fields[i];
		}
	}
	return best;
}

const struct field *field_member(struct str map_path, struct str name)
{
	for (size_t i = 0; i < FIELD_TOTAL; i++) {
		const struct field *field = &fields[i];
		const size_t prefix = field->path.len - field->name.len;
		const struct str parent = {field->path.ptr, prefix == 0 ? 0 : prefix - 1};
		if (str_equal(field->name, name) && str_equal(parent, map_path)) {
			return field;
		}
	}
	return NULL;
}

bool field_not_asked(const struct value *value)
{
	return value != NULL && value->kind == VALUE_STRING && str_is(value->string, "not-asked");
}

bool field_prefers_not_to_say(const struct value *value)
{
	return value != NULL && value->kind == VALUE_STRING &&
	       str_is(value->string, "prefers-not-to-say");
}

/* 2: the path or something above it is agreed; 1: something below it is; 0: neither. */
static int agreement(struct str path, const struct str *agreed, size_t count)
{
	int best = 0;
	for (size_t i = 0; i < count; i++) {
		char text[PATH_SIZE];
		const struct str grant = without_positions(agreed[i], text);
		if (str_has_prefix(path, grant) &&
			(path.len == grant.len || path.ptr[grant.len] == '.')) {
			return 2;
		}
		if (str_has_prefix(grant, path) && grant.ptr[path.len] == '.') {
			best = 1;
		}
	}
	return best;
}

/* What only constrains matching: no agreement can name it. */
static bool never_disclosed(struct str path)
{
	return str_is(path, "preferences.avoid") || str_is(path, "preferences.exclude_services");
}

static struct value project_map(struct arena *arena, const struct value *map, struct str path,
	const struct str *agreed, size_t count);

static struct value project_list(struct arena *arena, const struct value *list, struct str path,
	const struct str *agreed, size_t count)
{
	struct value out = value_list_new(arena, list->list.count);
	for (size_t i = 0; i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		value_push(arena, &out,
			item->kind == VALUE_MAP ? project_map(arena, item, path, agreed, count)
						: *item);
	}
	return out;
}

static struct value project_map(struct arena *arena, const struct value *map, struct str path,
	const struct str *agreed, size_t count)
{
	struct value out = value_map_new(arena, map->map.count);
	for (size_t i = 0; i < map->map.count; i++) {
		const struct value_entry *entry = &map->map.entries[i];
		const struct str below = path.len == 0
						 ? entry->key
						 : arena_printf(arena, "%.*s.%.*s", STR_ARG(path),
							   STR_ARG(entry->key));
		const int how = agreement(below, agreed, count);
		if (how == 0 || never_disclosed(below)) {
			continue;
		}
		struct value kept = entry->value;
		if (kept.kind == VALUE_MAP) {
			kept = project_map(arena, &entry->value, below, agreed, count);
			if (kept.map.count == 0) {
				continue; /* that there is something is a disclosure too */
			}
		} else if (kept.kind == VALUE_LIST) {
			kept = project_list(arena, &entry->value, below, agreed, count);
		} else if (how == 1) {
			continue;
		}
		const struct str key = arena_str(arena, entry->key);
		value_put(arena, &out, key.ptr == NULL ? "" : key.ptr, kept);
	}
	return out;
}

struct value field_project(struct arena *arena, const struct value *document,
	const struct str *agreed, size_t agreed_count)
{
	return project_map(arena, document, (struct str){0}, agreed, agreed_count);
}
