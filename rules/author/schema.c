/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/author.h"

#include <stdlib.h>
#include <strings.h>

enum {
	USUAL_SIZE = 32 /* bytes of a word that is compared with a usual one */
};

static const struct cel_type *type_of(const struct author_fact *fact)
{
	switch (fact->type) {
	case AUTHOR_BOOL:
		return &cel_type_bool;
	case AUTHOR_INT:
		return &cel_type_int;
	case AUTHOR_TEXT:
	case AUTHOR_DATE:
	case AUTHOR_TIME:
		break;
	}
	return fact->list ? &cel_type_list_string : &cel_type_string;
}

enum err author_schema_init(struct author_schema *schema, struct arena *arena)
{
	struct cel_declaration *declarations =
		arena_array(arena, schema->count + 1, sizeof(*declarations));
	if (declarations == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < schema->count; i++) {
		declarations[i] =
			(struct cel_declaration){schema->facts[i].path, type_of(&schema->facts[i])};
	}
	const enum err err =
		cel_env_init(&schema->env, arena, (struct str){0}, declarations, schema->count);
	schema->env.open = true;
	return err;
}

const struct author_fact *author_fact_find(const struct author_schema *schema, struct str path)
{
	size_t low = 0;
	size_t high = schema->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = str_compare(path, schema->facts[middle].path);
		if (order == 0) {
			return &schema->facts[middle];
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}

/* The last part of a path: "age" of "person.age". */
static struct str last_part(struct str path)
{
	for (size_t at = path.len; at > 0; at--) {
		if (path.ptr[at - 1] == '.') {
			return (struct str){path.ptr + at, path.len - at};
		}
	}
	return path;
}

const struct author_fact *author_fact_nearest(const struct author_schema *schema, struct str path)
{
	const struct author_fact *best = NULL;
	size_t least = 4; /* a slip of the keyboard, not another word */
	for (size_t i = 0; i < schema->count; i++) {
		const size_t distance = str_distance(path, schema->facts[i].path);
		if (distance < least) {
			least = distance;
			best = &schema->facts[i];
		}
	}
	/* "age" or "person.pregnant_now" where only the end or the map was forgotten. */
	for (size_t i = 0; best == NULL && i < schema->count; i++) {
		if (str_distance(last_part(path), last_part(schema->facts[i].path)) < 2 &&
			last_part(path).len > 2) {
			best = &schema->facts[i];
		}
	}
	return best;
}

bool author_code_known(const struct author_fact *fact, struct str code)
{
	for (size_t i = 0; i < fact->code_count; i++) {
		if (str_equal(fact->codes[i], code)) {
			return true;
		}
	}
	return fact->code_count == 0;
}

static bool same_name(struct str a, struct str b)
{
	return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

struct str author_code_nearest(const struct author_fact *fact, struct str text)
{
	struct str best = {0};
	size_t least = text.len < 4 ? 2 : 4;
	for (size_t i = 0; i < fact->code_count; i++) {
		if (fact->names != NULL && same_name(fact->names[i], text)) {
			return fact->codes[i];
		}
		/* A digit wrong in "E09000007" gives another code, never the one that was meant. */
		const struct str near = fact->names != NULL ? fact->names[i] : fact->codes[i];
		const size_t distance = str_distance(text, near);
		if (distance < least) {
			least = distance;
			best = fact->codes[i];
		}
	}
	return best;
}

/* Without regard to case. */
static size_t word_distance(struct str a, struct str b)
{
	char lower[2][USUAL_SIZE];
	const struct str words[] = {a, b};
	for (size_t w = 0; w < 2; w++) {
		for (size_t i = 0; i < words[w].len && i < USUAL_SIZE; i++) {
			const char c = words[w].ptr[i];
			lower[w][i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
		}
	}
	return a.len > USUAL_SIZE || b.len > USUAL_SIZE
		       ? SIZE_MAX
		       : str_distance((struct str){lower[0], a.len}, (struct str){lower[1], b.len});
}

struct str author_usual_meant(const struct author_fact *fact, struct str text)
{
	struct str best = {0};
	size_t least = text.len < 4 ? 2 : 3; /* of "mal" and "femal" */
	for (size_t i = 0; i < fact->usual_count; i++) {
		const struct author_usual *usual = &fact->usual[i];
		if (str_equal(usual->written, text)) {
			return (struct str){0};
		}
		/* Other words are said as they are: "wom" may be anything. */
		const bool other = !str_equal(usual->word, usual->written);
		const size_t distance = word_distance(usual->word, text);
		if (distance < least && (!other || distance == 0)) {
			least = distance;
			best = usual->written;
		}
	}
	return best;
}

struct author_finding *author_findings_add(struct author_findings *findings)
{
	if (findings->count == findings->room) {
		const size_t room = findings->room == 0 ? 16 : findings->room * 2;
		struct author_finding *items = arena_array(findings->arena, room, sizeof(*items));
		if (items == NULL) {
			return NULL;
		}
		if (findings->count > 0) {
			memcpy(items, findings->items, findings->count * sizeof(*items));
		}
		findings->items = items;
		findings->room = room;
	}
	struct author_finding *finding = &findings->items[findings->count++];
	*finding = (struct author_finding){0};
	return finding;
}

static int finding_order(const void *a, const void *b)
{
	const struct author_finding *left = a;
	const struct author_finding *right = b;
	const int order = str_compare(left->file, right->file);
	if (order != 0) {
		return order;
	}
	if (left->line != right->line) {
		return left->line < right->line ? -1 : 1;
	}
	if (left->column != right->column) {
		return left->column < right->column ? -1 : 1;
	}
	return str_compare(left->message, right->message);
}

void author_findings_sort(struct author_findings *findings)
{
	if (findings->count > 1) {
		qsort(findings->items, findings->count, sizeof(*findings->items), finding_order);
	}
}

size_t author_findings_count(const struct author_findings *findings, enum author_level level)
{
	size_t count = 0;
	for (size_t i = 0; i < findings->count; i++) {
		count += findings->items[i].level == level;
	}
	return count;
}

const char *author_level_name(enum author_level level)
{
	switch (level) {
	case AUTHOR_NOTE:
		return "note";
	case AUTHOR_WARNING:
		return "warning";
	case AUTHOR_ERROR:
		return "error";
	}
	return "error";
}
