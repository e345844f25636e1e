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
		(enum field_class)(class), (flags), (limit), (label), (help), NULL},
static struct field fields[] = {
#include "broker/model/fields.def"
};
#undef FIELD

enum {
	FIELD_TOTAL = sizeof(fields) / sizeof(fields[0])
};

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

/* The table's paths so. */
static char plain_texts[FIELD_TOTAL][PATH_SIZE];
static struct str plain_paths[FIELD_TOTAL];

/* "needs[].code" is a member of "needs". */
static const struct field *map_of(const struct field *field)
{
	struct str above = {field->path.ptr, field->path.len - field->name.len};
	if (above.len == 0) {
		return NULL;
	}
	above.len -= 1; /* the dot */
	if (above.len > 2 && above.ptr[above.len - 1] == ']') {
		above.len -= 2;
	}
	const struct field *map = field - 1; /* a map stands before its members */
	while (!str_equal(map->path, above)) {
		map--;
	}
	return map;
}

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
		fields[i].map = map_of(&fields[i]);
		plain_paths[i] = without_positions(fields[i].path, plain_texts[i]);
	}
}

const struct field *field_table(size_t *ret_count)
{
	*ret_count = FIELD_TOTAL;
	return fields;
}

const struct field *field_find(struct str path)
{
	char wanted_text[PATH_SIZE];
	const struct str wanted = without_positions(path, wanted_text);
	for (size_t i = 0; i < FIELD_TOTAL; i++) {
		if (str_equal(plain_paths[i], wanted)) {
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
		const size_t distance = str_distance(plain_paths[i], wanted);
		if (distance < least) {
			least = distance;
			best = &fields[i];
		}
	}
	return best;
}

/* Where the members of a map may begin: behind it. */
static size_t first_below(const struct field *map)
{
	return map == NULL ? 0 : (size_t)(map - fields) + 1;
}

const struct field *field_below(const struct field *map, struct str name)
{
	for (size_t i = first_below(map); i < FIELD_TOTAL; i++) {
		if (fields[i].map == map && str_equal(fields[i].name, name)) {
			return &fields[i];
		}
		if (map != NULL && fields[i].map == map->map) {
			break; /* the next beside the map: all of its members stand before */
		}
	}
	return NULL;
}

const struct field *field_required(const struct field *map, const struct field *after)
{
	for (size_t i = after == NULL ? first_below(map) : (size_t)(after - fields) + 1;
		i < FIELD_TOTAL; i++) {
		if (fields[i].map == map && (fields[i].flags & FIELD_REQUIRED) != 0) {
			return &fields[i];
		}
		if (map != NULL && fields[i].map == map->map) {
			break;
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

/* What an agreement names, without list positions. */
struct grants {
	const struct str *items;
	size_t count;
};

/* 2: the path or something above it is agreed; 1: something below it is; 0: neither. */
static int agreement(struct str path, const struct grants *agreed)
{
	int best = 0;
	for (size_t i = 0; i < agreed->count; i++) {
		const struct str grant = agreed->items[i];
		if (str_has_prefix(path, grant) &&
			(path.len == grant.len || path.ptr[grant.len] == '.')) {
			return 2;
		}
		if (str_has_prefix(grant, path) && grant.len > path.len &&
			grant.ptr[path.len] == '.') {
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

static struct value project_map(
	struct arena *arena, const struct value *map, struct str path, const struct grants *agreed);

static struct value project_list(
	struct arena *arena, const struct value *list, struct str path, const struct grants *agreed)
{
	struct value out = value_list_new(arena, list->list.count);
	for (size_t i = 0; i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		value_push(arena, &out,
			item->kind == VALUE_MAP ? project_map(arena, item, path, agreed) : *item);
	}
	return out;
}

static struct str path_below(struct arena *arena, struct str path, struct str key)
{
	if (path.len == 0) {
		return key;
	}
	char *text = arena_alloc(arena, path.len + 1 + key.len + 1);
	if (text == NULL) {
		return key;
	}
	memcpy(text, path.ptr, path.len);
	text[path.len] = '.';
	memcpy(text + path.len + 1, key.ptr, key.len);
	return (struct str){text, path.len + 1 + key.len};
}

static struct value project_map(
	struct arena *arena, const struct value *map, struct str path, const struct grants *agreed)
{
	struct value out = value_map_new(arena, map->map.count);
	for (size_t i = 0; i < map->map.count; i++) {
		const struct value_entry *entry = &map->map.entries[i];
		const struct str below = path_below(arena, path, entry->key);
		const int how = agreement(below, agreed);
		if (how == 0 || never_disclosed(below)) {
			continue;
		}
		struct value kept = entry->value;
		if (kept.kind == VALUE_MAP) {
			kept = project_map(arena, &entry->value, below, agreed);
			if (kept.map.count == 0) {
				continue; /* that there is something is a disclosure too */
			}
		} else if (kept.kind == VALUE_LIST) {
			kept = project_list(arena, &entry->value, below, agreed);
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
	struct str *items = arena_array(arena, agreed_count, sizeof(*items));
	for (size_t i = 0; items != NULL && i < agreed_count; i++) {
		char text[PATH_SIZE];
		items[i] = arena_str(arena, without_positions(agreed[i], text));
	}
	const struct grants grants = {items, items == NULL ? 0 : agreed_count};
	return project_map(arena, document, (struct str){0}, &grants);
}
