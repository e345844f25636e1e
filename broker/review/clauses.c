/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/parts.h"
#include "broker/base/hash.h"
#include "rules/author/check.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * Whom a service's clauses let in.  Asking everybody takes a while, and thousands of services have
 * the same few sets of clauses: each set is asked once.
 */

struct clause_remark {
	const char *code; /* static */
	struct str field, message;
	bool derived; /* from other lists of the service too */
	struct clause_remark *next;
};

struct clause_set {
	uint8_t hash[HASH_SIZE];
	bool used;
	struct clause_remark *first, *last;
};

struct clause_sets {
	struct clause_set *items; /* by hash; a power of two of them */
	size_t size, count;
	struct arena arena;   /* remarks */
	struct arena scratch; /* one set */
	struct buf key;
};

enum {
	SETS_FIRST = 64
};

/* One set while it is looked at. */
struct look {
	struct reviewing *reviewing;
	struct clause_sets *sets;
	struct clause_set *set;
	const struct directory_service *service;
	struct author_service clauses;
	const struct author_clause **hard; /* with room for a few more */
	size_t hard_count;
};

static void key_add(struct buf *key, struct str part)
{
	buf_printf(key, "%zu:", part.len);
	buf_append(key, part.ptr, part.len);
}

static void key_make(struct buf *key, const struct directory_service *service)
{
	const struct directory_clauses *const lists[] = {&service->eligibility, &service->cohort};
	const struct directory_list *const words[] = {&service->pathways, &service->needs};
	buf_reset(key);
	for (size_t l = 0; l < 2; l++) {
		buf_printf(key, "%zu,%zu;", lists[l]->count, words[l]->count);
		for (size_t i = 0; i < lists[l]->count; i++) {
			key_add(key, lists[l]->items[i].id);
			key_add(key, lists[l]->items[i].cel);
			buf_add_text(key, lists[l]->items[i].ask ? "?" : "!");
		}
		for (size_t i = 0; i < words[l]->count; i++) {
			key_add(key, words[l]->items[i]);
		}
	}
}

static struct clause_set *set_place(
	struct clause_set *items, size_t size, const uint8_t hash[HASH_SIZE])
{
	uint64_t at;
	memcpy(&at, hash, sizeof(at));
	at &= size - 1;
	while (items[at].used && memcmp(items[at].hash, hash, HASH_SIZE) != 0) {
		at = (at + 1) & (size - 1);
	}
	return &items[at];
}

static bool sets_grow(struct clause_sets *sets)
{
	const size_t size = sets->size == 0 ? SETS_FIRST : 2 * sets->size;
	struct clause_set *items = calloc(size, sizeof(*items));
	if (items == NULL) {
		return false;
	}
	for (size_t i = 0; i < sets->size; i++) {
		if (sets->items[i].used) {
			*set_place(items, size, sets->items[i].hash) = sets->items[i];
		}
	}
	free(sets->items);
	sets->items = items;
	sets->size = size;
	return true;
}

static void remark_add(
	struct look *look, const char *code, bool derived, const char *field, struct str message)
{
	struct arena *arena = &look->sets->arena;
	struct clause_remark *remark = arena_alloc(arena, sizeof(*remark));
	if (remark == NULL) {
		return;
	}
	*remark = (struct clause_remark){.code = code,
		.derived = derived,
		.field = arena_str(arena, str_from(field)),
		.message = arena_str(arena, message)};
	if (look->set->last == NULL) {
		look->set->first = remark;
	} else {
		look->set->last->next = remark;
	}
	look->set->last = remark;
}

/* False when one of them does not compile: that is an error, and has been told. */
static bool clauses_compile(struct look *look)
{
	const struct directory_service *service = look->service;
	struct arena *scratch = &look->sets->scratch;
	const size_t count = service->eligibility.count + service->cohort.count;
	struct author_clause *clauses = arena_array(scratch, count, sizeof(*clauses));
	look->hard = arena_array(scratch, count + 2, sizeof(struct author_clause *));
	if (clauses == NULL || look->hard == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const bool cohort = i >= service->eligibility.count;
		const struct directory_clause *source =
			cohort ? &service->cohort.items[i - service->eligibility.count]
			       : &service->eligibility.items[i];
		clauses[i] = (struct author_clause){.id = source->id,
			.cel = source->cel,
			.ask = source->ask,
			.cohort = cohort,
			.at = SIZE_MAX};
		author_clause_compile(&clauses[i], &look->reviewing->schema, scratch);
		if (clauses[i].tree == NULL) {
			return false;
		}
		if (!cohort && !source->ask) {
			look->hard[look->hard_count++] = &clauses[i];
		}
	}
	look->clauses.clauses = clauses;
	look->clauses.clause_count = count;
	return true;
}

static void clause_field(const struct look *look, struct str id, char out[REVIEW_FIELD_SIZE])
{
	const struct directory_service *service = look->service;
	(void)snprintf(out, REVIEW_FIELD_SIZE, "eligibility");
	for (size_t i = 0; i < service->eligibility.count; i++) {
		if (str_equal(service->eligibility.items[i].id, id)) {
			(void)snprintf(out, REVIEW_FIELD_SIZE, "eligibility[%zu].cel", i);
		}
	}
	for (size_t i = 0; i < service->cohort.count; i++) {
		if (str_equal(service->cohort.items[i].id, id)) {
			(void)snprintf(out, REVIEW_FIELD_SIZE, "cohort[%zu].cel", i);
		}
	}
}

/* What the authors' tools find; true when nobody gets in, or a clause does not say what is meant:
 * enough has been said then. */
static bool look_at_clauses(struct look *look)
{
	struct author_findings findings = {.arena = &look->sets->scratch};
	const struct author_book book = {
		.schema = &look->reviewing->schema, .services = &look->clauses, .count = 1};
	bool nobody = false;
	if (author_check(&book, &findings) != ERR_OK) {
		return false;
	}
	for (size_t i = 0; i < findings.count; i++) {
		const struct author_finding *finding = &findings.items[i];
		char field[REVIEW_FIELD_SIZE];
		if (finding->level == AUTHOR_NOTE) {
			continue;
		}
		clause_field(look, finding->clause, field);
		remark_add(look, finding->code, false, field, finding->message);
		nobody = nobody || finding->level == AUTHOR_ERROR ||
			 strcmp(finding->code, "never-eligible") == 0 ||
			 (strcmp(finding->code, "never-true") == 0 && field[0] == 'e');
	}
	return nobody;
}

static bool reads(const struct look *look, const char *fact)
{
	for (size_t i = 0; i < look->hard_count; i++) {
		const struct str *paths;
		const size_t count = rules_clause_facts(look->hard[i]->compiled, &paths);
		for (size_t k = 0; k < count; k++) {
			if (str_is(paths[k], fact)) {
				return true;
			}
		}
	}
	return false;
}

/* Whether nobody of whom this is true meets the clauses too. */
static bool nobody_with(struct look *look, struct str cel)
{
	struct author_clause further = {.id = STR("further"), .cel = cel, .at = SIZE_MAX};
	struct arena *scratch = &look->sets->scratch;
	author_clause_compile(&further, &look->reviewing->schema, scratch);
	if (further.tree == NULL) {
		return false;
	}
	look->hard[look->hard_count] = &further;
	return author_nobody_meets(
		&look->reviewing->schema, look->hard, look->hard_count + 1, scratch);
}

/* Codes of a list that the service names and its own clauses shut out. */
static void look_at_codes(struct look *look, const struct directory_list *codes, const char *list,
	const char *what, struct str (*condition)(struct arena *arena, struct str code))
{
	size_t shut = 0;
	for (size_t i = 0; i < codes->count; i++) {
		char field[REVIEW_FIELD_SIZE];
		if (!nobody_with(look, condition(&look->sets->scratch, codes->items[i]))) {
			continue;
		}
		shut++;
		(void)snprintf(field, sizeof(field), "%s[%zu]", list, i);
		remark_add(look, "shut-out", true, field,
			arena_printf(&look->sets->scratch,
				"nobody %s %.*s meets the service's clauses", what,
				STR_ARG(codes->items[i])));
	}
	if (shut > 0 && shut == codes->count) {
		remark_add(look, "never-eligible", true, "eligibility",
			arena_printf(&look->sets->scratch,
				"lets nobody in of those that the %s let come", list));
	}
}

/* On these two pathways somebody has been sentenced. */
static struct str pathway_condition(struct arena *arena, struct str code)
{
	const bool after = str_is(code, "community") || str_is(code, "recall-prevention");
	return arena_printf(
		arena, "pathway == '%.*s'%s", STR_ARG(code), after ? " && justice.sentenced" : "");
}

static struct str need_condition(struct arena *arena, struct str code)
{
	return arena_printf(arena, "'%.*s' in needs", STR_ARG(code));
}

static void set_look(struct look *look)
{
	arena_reset(&look->sets->scratch);
	if (!clauses_compile(look) || look_at_clauses(look)) {
		return;
	}
	if (reads(look, "pathway") || reads(look, "justice.sentenced")) {
		look_at_codes(look, &look->service->pathways, "pathways", "on the pathway",
			pathway_condition);
	}
	if (look->service->needs_stated && (reads(look, "needs") || reads(look, "need_count"))) {
		look_at_codes(
			look, &look->service->needs, "needs", "with the need", need_condition);
	}
}

static struct clause_sets *sets_of(struct reviewing *reviewing)
{
	if (reviewing->sets == NULL) {
		reviewing->sets = calloc(1, sizeof(*reviewing->sets));
		if (reviewing->sets != NULL) {
			arena_init(&reviewing->sets->arena, 0);
			arena_init(&reviewing->sets->scratch, 0);
		}
	}
	return reviewing->sets;
}

enum err review_clauses(struct reviewing *reviewing, const struct directory_service *service)
{
	struct clause_sets *sets = sets_of(reviewing);
	uint8_t hash[HASH_SIZE];
	if (sets == NULL || (2 * sets->count >= sets->size && !sets_grow(sets))) {
		return ERR_NOMEM;
	}
	if (service->eligibility.count + service->cohort.count == 0 ||
		service->window_to < reviewing->input->day) {
		return ERR_OK;
	}
	key_make(&sets->key, service);
	hash_pair(hash, buf_str(&sets->key), (struct str){0});
	struct clause_set *set = set_place(sets->items, sets->size, hash);
	if (!set->used) {
		struct look look = {
			.reviewing = reviewing, .sets = sets, .set = set, .service = service};
		const struct author_file file = {0};
		look.clauses = (struct author_service){.id = service->id, .file = &file};
		memcpy(set->hash, hash, HASH_SIZE);
		set->used = true;
		sets->count++;
		set_look(&look);
	}
	for (const struct clause_remark *r = set->first; r != NULL; r = r->next) {
		if (r->derived && !review_is_whole(reviewing, service->file)) {
			continue;
		}
		review_warn(reviewing, service->file, r->field.ptr, r->code, (struct str){0},
			"%.*s", STR_ARG(r->message));
	}
	return sets->key.failed || arena_failed(&sets->arena) || arena_failed(&sets->scratch)
		       ? ERR_NOMEM
		       : ERR_OK;
}

void review_clauses_finish(struct reviewing *reviewing)
{
	struct clause_sets *sets = reviewing->sets;
	if (sets != NULL) {
		arena_finish(&sets->arena);
		arena_finish(&sets->scratch);
		buf_finish(&sets->key);
		free(sets->items);
		free(sets);
		reviewing->sets = NULL;
	}
}
