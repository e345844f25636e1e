/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/people.h"

#include "broker/base/hash.h"

static const struct coverage_case nothing_further = {0};

static struct rules_fact text_fact(const char *text)
{
	return (struct rules_fact){.kind = RULES_FACT_STRING, .string = str_from(text)};
}

/* Community orders, licences and recalls exist only after a sentence. */
static bool after_sentence(int pathway)
{
	return pathway == PATHWAY_COMMUNITY || pathway == PATHWAY_RECALL_PREVENTION;
}

static struct rules_fact person_get(void *context, struct str path)
{
	const struct person *person = context;
	if (str_equal(path, person->further->fact)) {
		return person->further->value;
	}
	if (str_is(path, "person.age")) {
		return (struct rules_fact){.kind = RULES_FACT_INT, .integer = person->age};
	}
	if (str_is(path, "person.gender")) {
		return text_fact("female");
	}
	if (str_is(path, "pathway") && person->pathway >= 0) {
		return text_fact(vocab_code(VOCAB_PATHWAY, person->pathway));
	}
	if (str_is(path, "justice.sentenced") && after_sentence(person->pathway)) {
		return (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = true};
	}
	return (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
}

static uint64_t source_hash(struct str source)
{
	uint64_t hash = UINT64_C(1469598103934665603);
	for (size_t i = 0; i < source.len; i++) {
		hash = (hash ^ (unsigned char)source.ptr[i]) * UINT64_C(1099511628211);
	}
	return hash;
}

static struct rules_clause **place_for(struct clause_table *table, struct str source)
{
	size_t at = (size_t)source_hash(source) & (table->size - 1);
	while (table->clauses[at] != NULL &&
		!str_equal(rules_clause_source(table->clauses[at]), source)) {
		at = (at + 1) & (table->size - 1);
	}
	return &table->clauses[at];
}

static bool table_grow(struct people *people)
{
	struct clause_table *table = &people->table;
	struct clause_table grown = {
		.size = table->size == 0 ? 64 : 2 * table->size, .count = table->count};
	grown.clauses = arena_array(&people->arena, grown.size, sizeof(struct rules_clause *));
	if (grown.clauses == NULL) {
		return false;
	}
	for (size_t i = 0; i < table->size; i++) {
		if (table->clauses[i] != NULL) {
			*place_for(&grown, rules_clause_source(table->clauses[i])) =
				table->clauses[i];
		}
	}
	*table = grown;
	return true;
}

/* Services share clauses: each source is compiled once. */
static enum err clause_compile(struct people *people, const struct directory_service *service,
	const struct directory_clause *source, const struct rules_clause **ret_clause,
	struct fault *fault)
{
	struct rules_error error = {0};
	struct clause_table *table = &people->table;
	if (2 * table->count >= table->size && !table_grow(people)) {
		return ERR_NOMEM;
	}
	struct rules_clause **place = place_for(table, source->cel);
	if (*place == NULL) {
		const enum err err =
			people->facts == NULL
				? rules_compile(&people->arena, source->cel, place, &error)
				: rules_compile_in(&people->arena, people->facts, source->cel,
					  place, &error);
		if (err == ERR_NOMEM) {
			return err;
		}
		if (err != ERR_OK) {
			*place = NULL;
			return fault_set(fault, ERR_CONFIG, "eligibility", "%.*s: %u:%u: %s",
				STR_ARG(service->id), error.line, error.column, error.message);
		}
		table->count++;
		const struct str *paths;
		const size_t count = rules_clause_facts(*place, &paths);
		for (size_t i = 0; i < count; i++) {
			people->by_pathway = people->by_pathway || str_is(paths[i], "pathway") ||
					     str_is(paths[i], "justice.sentenced");
		}
	}
	*ret_clause = *place;
	return ERR_OK;
}

static enum err service_add(struct people *people, const struct directory_service *service,
	struct index_builder *every, struct index_builder *firm, struct fault *fault)
{
	const size_t count = service->eligibility.count;
	const struct rules_clause **all =
		arena_array(&people->arena, 2 * count, sizeof(struct rules_clause *));
	enum err err = all == NULL && count > 0 ? ERR_NOMEM : ERR_OK;
	size_t kept = 0;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const struct directory_clause *source = &service->eligibility.items[i];
		err = clause_compile(people, service, source, &all[i], fault);
		if (err == ERR_OK && !source->ask) {
			all[count + kept++] = all[i];
		}
	}
	if (err == ERR_OK) {
		const struct index_service with = {.clauses = all, .clause_count = count};
		err = index_builder_add(every, &with);
	}
	if (err == ERR_OK) {
		const struct index_service without = {
			.clauses = count == 0 ? NULL : all + count, .clause_count = kept};
		err = index_builder_add(firm, &without);
	}
	return err;
}

enum err people_init(struct people *people, const struct directory *directory,
	const struct cel_env *facts, struct fault *fault)
{
	struct index_builder *every = NULL;
	struct index_builder *firm = NULL;
	*people = (struct people){.directory = directory, .facts = facts};
	arena_init(&people->arena, 0);
	arena_init(&people->scratch, 0);
	enum err err = index_builder_create(&every);
	if (err == ERR_OK) {
		err = index_builder_create(&firm);
	}
	for (size_t i = 0; err == ERR_OK && i < directory->service_count; i++) {
		err = service_add(people, &directory->services[i], every, firm, fault);
	}
	if (err == ERR_OK) {
		err = index_create(every, &people->every);
	}
	if (err == ERR_OK) {
		err = index_create(firm, &people->firm);
	}
	index_builder_destroy(every);
	index_builder_destroy(firm);
	return err;
}

void people_finish(struct people *people)
{
	index_destroy(people->every);
	index_destroy(people->firm);
	arena_finish(&people->scratch);
	arena_finish(&people->arena);
	*people = (struct people){0};
}

enum err people_ask(
	struct people *people, const struct person *person, struct people_answer *ret_answer)
{
	struct person asked = *person;
	struct index_verdicts every;
	struct index_verdicts firm;
	const struct rules_facts facts = {.context = &asked, .get = person_get};
	if (asked.further == NULL) {
		asked.further = &nothing_further;
	}
	arena_reset(&people->scratch);
	enum err err = index_query(people->every, &facts, &people->scratch, &every);
	if (err == ERR_OK) {
		err = index_query(people->firm, &facts, &people->scratch, &firm);
	}
	uint64_t *perhaps =
		err == ERR_OK ? arena_array(&people->scratch, firm.word_count, sizeof(*perhaps))
			      : NULL;
	if (err != ERR_OK || (perhaps == NULL && firm.word_count > 0)) {
		return err == ERR_OK ? ERR_NOMEM : err;
	}
	for (size_t i = 0; i < firm.word_count; i++) {
		perhaps[i] = firm.eligible[i] | firm.undetermined[i] | firm.error[i];
	}
	*ret_answer = (struct people_answer){every.eligible, perhaps, firm.word_count};
	return ERR_OK;
}
