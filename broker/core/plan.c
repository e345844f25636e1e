/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/plan.h"
#include "broker/core/clock.h"
#include "broker/core/facts.h"
#include "broker/core/plan_share.h"
#include "broker/core/state.h"
#include "broker/model/field.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t bits_of(enum vocab_name vocab, struct directory_list list)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < list.count; i++) {
		const int number = vocab_number(vocab, list.items[i]);
		bits |= number < 0 ? 0 : 1U << number;
	}
	return bits;
}

/* A plan in the making, and what of it can be used again. */
struct planning {
	struct plan *plan;
	struct plan_share texts;      /* struct plan_clause by the text of its condition */
	struct plan_share clauses;    /* arrays of them, by the directory's own */
	struct plan_share agreements; /* struct str, by the directory's lists */
	struct fault *fault;
};

static void planning_finish(struct planning *planning)
{
	plan_share_finish(&planning->texts);
	plan_share_finish(&planning->clauses);
	plan_share_finish(&planning->agreements);
}

static enum err compile_clause(struct planning *planning, const struct directory_clause *source,
	struct plan_clause *ret_clause)
{
	struct plan *plan = planning->plan;
	const struct plan_clause *known = plan_share_find(&planning->texts, source->cel);
	struct rules_error error;
	if (known != NULL) {
		*ret_clause = *known;
		ret_clause->source = source;
		return ERR_OK;
	}
	const enum err err = rules_compile_in(
		&plan->arena, &plan->facts, source->cel, &ret_clause->compiled, &error);
	if (err != ERR_OK) {
		return fault_set(planning->fault, ERR_CONFIG, "eligibility", "%u:%u: %s",
			error.line, error.column, error.message);
	}
	ret_clause->source = source;
	ret_clause->cost = rules_clause_cost(ret_clause->compiled);
	ret_clause->repeats = index_clause_repeats(ret_clause->compiled);
	plan_share_add(&planning->texts, source->cel, ret_clause);
	return ERR_OK;
}

static enum err compile_clauses(struct planning *planning, struct directory_clauses clauses,
	const struct plan_clause **ret_clauses)
{
	const struct str key = {(const char *)clauses.items, clauses.count};
	const struct plan_clause *known = plan_share_find(&planning->clauses, key);
	if (known != NULL || clauses.count == 0) {
		*ret_clauses = known;
		return ERR_OK;
	}
	struct plan_clause *out = arena_array(&planning->plan->arena, clauses.count, sizeof(*out));
	enum err err = out == NULL ? ERR_NOMEM : ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < clauses.count; i++) {
		err = compile_clause(planning, &clauses.items[i], &out[i]);
	}
	if (err == ERR_OK) {
		plan_share_add(&planning->clauses, key, out);
		*ret_clauses = out;
	}
	return err;
}

enum {
	AGREEMENT_TEXT_MAX = 4000 /* what a delivery row has room for */
};

/* Fields beyond the room are not disclosed. */
static struct str join_fields(struct arena *arena, struct directory_list fields)
{
	struct str text = {0};
	for (size_t i = 0; i < fields.count && text.len < AGREEMENT_TEXT_MAX; i++) {
		text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : ",",
			STR_ARG(fields.items[i]));
	}
	return text;
}

static struct str agreement_of(struct planning *planning, struct directory_list fields)
{
	const struct str key = {(const char *)fields.items, fields.count};
	const struct str *known = plan_share_find(&planning->agreements, key);
	if (known != NULL || fields.count == 0) {
		return known == NULL ? (struct str){0} : *known;
	}
	struct str *text = arena_alloc(&planning->plan->arena, sizeof(*text));
	if (text == NULL) {
		return (struct str){0};
	}
	*text = join_fields(&planning->plan->arena, fields);
	plan_share_add(&planning->agreements, key, text);
	return *text;
}

static enum err plan_service_make(
	struct planning *planning, const struct directory_service *source, struct plan_service *out)
{
	if (source->id.len >= ROW_ID_SIZE || source->delivery_party.len >= ROW_ID_SIZE ||
		source->pool.len >= ROW_ID_SIZE) {
		return fault_set(planning->fault, ERR_CONFIG, "id",
			"an id has at most %d characters", ROW_ID_SIZE - 1);
	}
	out->source = source;
	out->pathways = bits_of(VOCAB_PATHWAY, source->pathways);
	/* A lead whose needs are not stated takes the whole person, and declines what it cannot do.
	 */
	out->needs = source->needs_stated             ? bits_of(VOCAB_NEED, source->needs)
		     : source->role == DIRECTORY_LEAD ? (1U << NEED_COUNT) - 1
						      : 0;
	out->lead_needs = source->lead_needs.count == 0 ? out->needs
							: bits_of(VOCAB_NEED, source->lead_needs);
	out->groups = bits_of(VOCAB_GROUP, source->specialist_groups);
	out->referrer_kinds = bits_of(VOCAB_KIND, source->referrer_kinds);
	out->agreement = agreement_of(planning, source->agreement);
	const enum err err = compile_clauses(planning, source->eligibility, &out->eligibility);
	return err == ERR_OK ? compile_clauses(planning, source->cohort, &out->cohort) : err;
}

enum err plan_create(
	struct directory *directory, uint64_t version, struct plan **ret_plan, struct fault *fault)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	if (plan == NULL) {
		return ERR_NOMEM;
	}
	arena_init(&plan->arena, 0);
	plan->version = version;
	struct planning planning = {.plan = plan,
		.clauses = {.same_place = true},
		.agreements = {.same_place = true},
		.fault = fault};
	struct plan_service *services =
		arena_array(&plan->arena, directory->service_count, sizeof(*services));
	enum err err = services == NULL && directory->service_count > 0 ? ERR_NOMEM : ERR_OK;
	if (err == ERR_OK) {
		err = facts_declare(&plan->arena, &plan->facts);
	}
	for (size_t i = 0; err == ERR_OK && i < directory->service_count; i++) {
		err = plan_service_make(&planning, &directory->services[i], &services[i]);
	}
	planning_finish(&planning);
	if (err == ERR_OK && arena_failed(&plan->arena)) {
		err = ERR_NOMEM;
	}
	plan->services = services;
	if (err != ERR_OK) {
		plan_destroy(plan);
		return err;
	}
	plan->directory = directory;
	*ret_plan = plan;
	return ERR_OK;
}

void plan_destroy(struct plan *plan)
{
	if (plan != NULL) {
		directory_destroy(plan->directory);
		arena_finish(&plan->arena);
		free(plan);
	}
}

/* The first fact a clause reads that no referral can hold; empty when all are known. */
static struct str unknown_fact(const struct rules_clause *clause)
{
	const struct str *paths;
	const size_t count = rules_clause_facts(clause, &paths);
	for (size_t i = 0; i < count; i++) {
		if (!facts_known(paths[i])) {
			return paths[i];
		}
	}
	return (struct str){0};
}

static bool clause_ok(void *context, struct str cel, unsigned *ret_line, unsigned *ret_column,
	char *message, size_t message_size)
{
	struct arena arena;
	struct rules_clause *clause;
	struct rules_error error = {0};
	(void)context;
	arena_init(&arena, 0);
	struct cel_env facts;
	bool ok = facts_declare(&arena, &facts) == ERR_OK &&
		  rules_compile_in(&arena, &facts, cel, &clause, &error) == ERR_OK;
	*ret_line = error.line;
	*ret_column = error.column;
	(void)snprintf(message, message_size, "%s", error.message);
	const struct str stranger = ok ? unknown_fact(clause) : (struct str){0};
	if (stranger.len > 0) {
		const struct str near = facts_nearest(stranger);
		ok = false;
		*ret_line = 1;
		*ret_column = 1;
		(void)snprintf(message, message_size, "no referral holds a fact \"%.*s\"%s%s",
			STR_ARG(stranger), near.len == 0 ? "" : "; did you mean ",
			near.len == 0 ? "" : near.ptr);
	}
	arena_finish(&arena);
	return ok;
}

/* A map counts as the most sensitive field in it: naming the map discloses them all. */
static int field_class_of(void *context, struct str path)
{
	(void)context;
	size_t count;
	const struct field *table = field_table(&count);
	const struct field *found = field_find(path);
	if (found == NULL) {
		return 0;
	}
	int class = (int)found->class;
	for (size_t i = 0; i < count; i++) {
		const bool below = table[i].path.len > found->path.len &&
				   (table[i].path.ptr[found->path.len] == '.' ||
					   table[i].path.ptr[found->path.len] == '[') &&
				   str_has_prefix(table[i].path, found->path);
		if (below && (int)table[i].class > class) {
			class = (int)table[i].class;
		}
	}
	return 1 + class;
}

enum {
	CODES_MAX = 32
};

static struct directory_list list_of(enum vocab_name vocab, struct str items[CODES_MAX])
{
	size_t count;
	const char *const *codes = vocab_codes(vocab, &count);
	for (size_t i = 0; i < count && i < CODES_MAX; i++) {
		items[i] = str_from(codes[i]);
	}
	return (struct directory_list){items, count};
}

static struct directory_rulebook rulebook;

__attribute__((constructor)) static void fill_rulebook(void)
{
	static struct str needs[CODES_MAX];
	static struct str pathways[CODES_MAX];
	static struct str groups[CODES_MAX];
	static struct str kinds[CODES_MAX];
	rulebook = (struct directory_rulebook){
		.needs = list_of(VOCAB_NEED, needs),
		.pathways = list_of(VOCAB_PATHWAY, pathways),
		.specialist_groups = list_of(VOCAB_GROUP, groups),
		.party_kinds = list_of(VOCAB_KIND, kinds),
		.clocks = clock_service_names(),
		.clause_ok = clause_ok,
		.field_class = field_class_of,
	};
}

const struct directory_rulebook *plan_rulebook(void)
{
	return &rulebook;
}
