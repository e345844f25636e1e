/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	BOROUGHS = 33,
	NEEDS = 40,
	CLAUSES_MAX = 12,
};

enum fact {
	FACT_AGE,
	FACT_AREA,
	FACT_WOMAN,
	FACT_HOUSING,
	FACT_NEEDS,
	FACT_PATHWAY,
	FACT_PREGNANT,
	FACT_CHILDREN,
	FACT_NRPF,
	FACT_LANGUAGE,
	FACT_TENURE,
	FACT_RISK,
	FACT_WEEKS,
	FACT_INCOME,
	FACT_NOTE,
	FACT_COUNT,
};

static const struct str paths[BENCH_FACTS] = {
	[FACT_AGE] = {"person.age", 10},
	[FACT_AREA] = {"person.area", 11},
	[FACT_WOMAN] = {"person.woman", 12},
	[FACT_HOUSING] = {"person.housing", 14},
	[FACT_NEEDS] = {"needs", 5},
	[FACT_PATHWAY] = {"justice.pathway", 15},
	[FACT_PREGNANT] = {"person.pregnant", 15},
	[FACT_CHILDREN] = {"person.children", 15},
	[FACT_NRPF] = {"person.no_recourse", 18},
	[FACT_LANGUAGE] = {"person.language", 15},
	[FACT_TENURE] = {"person.tenure", 13},
	[FACT_RISK] = {"justice.risk", 12},
	[FACT_WEEKS] = {"justice.weeks_left", 18},
	[FACT_INCOME] = {"person.income", 13},
	[FACT_NOTE] = {"person.note", 11},
};

static struct cel_env env;

const struct cel_env *bench_env(void)
{
	static struct arena arena;
	static struct cel_declaration declarations[FACT_COUNT];
	static const struct cel_type *const TYPES[FACT_COUNT] = {
		[FACT_AGE] = &cel_type_int,
		[FACT_WOMAN] = &cel_type_bool,
		[FACT_NEEDS] = &cel_type_list_string,
		[FACT_PREGNANT] = &cel_type_bool,
		[FACT_CHILDREN] = &cel_type_int,
		[FACT_NRPF] = &cel_type_bool,
		[FACT_WEEKS] = &cel_type_int,
		[FACT_INCOME] = &cel_type_int,
	};
	if (env.declarations == NULL) {
		for (size_t i = 0; i < FACT_COUNT; i++) {
			declarations[i].name = paths[i];
			declarations[i].type = TYPES[i] == NULL ? &cel_type_string : TYPES[i];
		}
		if (cel_env_init(&env, &arena, (struct str){0}, declarations, FACT_COUNT) !=
			ERR_OK) {
			exit(1);
		}
	}
	return &env;
}

struct source {
	uint64_t state;
};

static unsigned below(struct source *source, unsigned limit)
{
	uint64_t z = source->state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return (unsigned)((z ^ z >> 31) % limit);
}

struct service {
	const struct rules_clause *clauses[CLAUSES_MAX];
	size_t clause_count;
	struct index_set sets[2];
};

struct bench_directory {
	struct arena arena;
	struct service *services;
	size_t count;
};

static void add(struct bench_directory *directory, struct service *service, struct str text)
{
	struct rules_clause *clause = NULL;
	struct rules_error error;
	if (text.ptr == NULL ||
		rules_compile_in(&directory->arena, bench_env(), text, &clause, &error) != ERR_OK) {
		(void)fprintf(stderr, "bench: %.*s: %s\n", STR_ARG(text), error.message);
		exit(1);
	}
	service->clauses[service->clause_count++] = clause;
}

/* Some of the codes A0, A1, …: each as likely as the others. */
static struct index_set set_of(struct bench_directory *directory, struct source *source,
	enum fact fact, char letter, unsigned of, unsigned count)
{
	struct str *codes = arena_array(&directory->arena, count, sizeof(*codes));
	unsigned taken = 0;
	for (unsigned i = 0; codes != NULL && i < of && taken < count; i++) {
		if (below(source, of - i) < count - taken) {
			codes[taken++] = arena_printf(&directory->arena, "%c%u", letter, i);
		}
	}
	return (struct index_set){
		.fact = paths[fact], .codes = codes, .code_count = count, .stated = true};
}

static void make_rarer(
	struct bench_directory *directory, struct service *service, struct source *source)
{
	static const char *const RARER[] = {"person.pregnant || person.children > 0",
		"!person.no_recourse", "person.language in ['en', 'cy']",
		"!(person.tenure in ['owner', 'tied'])", "justice.risk in ['low', 'medium']",
		"justice.weeks_left <= 12", "person.income < 1900",
		"justice.pathway in ['resettlement', 'community'] || person.age < 25"};
	static const unsigned PERCENT[] = {6, 20, 8, 5, 12, 15, 6, 5};
	for (size_t i = 0; i < sizeof(RARER) / sizeof(RARER[0]); i++) {
		if (below(source, 100) < PERCENT[i]) {
			add(directory, service, str_from(RARER[i]));
		}
	}
}

static void make_service(
	struct bench_directory *directory, struct service *service, struct source *source)
{
	static const unsigned LEAST[] = {16, 18, 18, 18, 18, 21, 25, 50};
	static const unsigned MOST[] = {25, 30, 65};
	struct arena *arena = &directory->arena;
	const unsigned spread = below(source, 100);
	const unsigned covers = spread < 75   ? 1 + below(source, 3)
				: spread < 90 ? 4 + below(source, 9)
					      : BOROUGHS;
	service->sets[0] = set_of(directory, source, FACT_AREA, 'B', BOROUGHS, covers);
	service->sets[1] = set_of(
		directory, source, FACT_NEEDS, 'n', NEEDS, 1 + below(source, BENCH_NEEDS_MAX));
	add(directory, service, arena_printf(arena, "person.age >= %u", LEAST[below(source, 8)]));
	if (below(source, 100) < 30) {
		add(directory, service,
			arena_printf(arena, "person.age < %u", MOST[below(source, 3)]));
	}
	if (below(source, 100) < 40) {
		add(directory, service, STR("person.woman"));
	}
	make_rarer(directory, service, source);
}

struct bench_directory *bench_directory_create(size_t services)
{
	struct source source = {1};
	struct bench_directory *directory = calloc(1, sizeof(*directory));
	if (directory == NULL) {
		return NULL;
	}
	arena_init(&directory->arena, 0);
	directory->count = services;
	directory->services =
		arena_array(&directory->arena, services, sizeof(*directory->services));
	for (size_t i = 0; directory->services != NULL && i < services; i++) {
		make_service(directory, &directory->services[i], &source);
	}
	if (arena_failed(&directory->arena)) {
		bench_directory_destroy(directory);
		return NULL;
	}
	return directory;
}

void bench_directory_destroy(struct bench_directory *directory)
{
	if (directory != NULL) {
		arena_finish(&directory->arena);
		free(directory);
	}
}

struct index *bench_directory_index(const struct bench_directory *directory)
{
	struct index_builder *builder = NULL;
	struct index *index = NULL;
	enum err err = index_builder_create(&builder);
	for (size_t i = 0; err == ERR_OK && i < directory->count; i++) {
		const struct service *from = &directory->services[i];
		const struct index_service service = {.clauses = from->clauses,
			.clause_count = from->clause_count,
			.sets = from->sets,
			.set_count = 2};
		err = index_builder_add(builder, &service);
	}
	if (err == ERR_OK) {
		err = index_create(builder, &index);
	}
	index_builder_destroy(builder);
	return err == ERR_OK ? index : NULL;
}

static struct rules_fact fact_text(
	struct bench_person *person, enum fact fact, char letter, unsigned number)
{
	char *text = person->texts[fact];
	(void)snprintf(text, sizeof(person->texts[fact]), "%c%u", letter, number);
	return (struct rules_fact){.kind = RULES_FACT_STRING, .string = str_from(text)};
}

static struct rules_fact fact_code(struct source *source, const char *const *codes, unsigned count)
{
	return (struct rules_fact){
		.kind = RULES_FACT_STRING, .string = str_from(codes[below(source, count)])};
}

static struct rules_fact fact_bool(bool boolean)
{
	return (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = boolean};
}

static struct rules_fact fact_int(int64_t integer)
{
	return (struct rules_fact){.kind = RULES_FACT_INT, .integer = integer};
}

static void make_needs(struct bench_person *person, struct source *source)
{
	const unsigned count = 1 + below(source, BENCH_NEEDS_MAX);
	for (unsigned i = 0; i < count; i++) {
		char *text = person->need_texts[i];
		(void)snprintf(text, sizeof(person->need_texts[i]), "n%u", below(source, NEEDS));
		person->needs[i] =
			(struct rules_fact){.kind = RULES_FACT_STRING, .string = str_from(text)};
	}
	person->facts[FACT_NEEDS] =
		(struct rules_fact){.kind = RULES_FACT_LIST, .list = {person->needs, count}};
}

static struct cel_value value_of(struct bench_person *person, const struct rules_fact *fact)
{
	switch (fact->kind) {
	case RULES_FACT_BOOL:
		return cel_bool(fact->boolean);
	case RULES_FACT_INT:
		return cel_int(fact->integer);
	case RULES_FACT_STRING:
		return cel_string(fact->string);
	case RULES_FACT_LIST:
		for (size_t i = 0; i < fact->list.count; i++) {
			person->need_values[i] = cel_string(fact->list.items[i].string);
		}
		return cel_list(person->need_values, fact->list.count);
	case RULES_FACT_UNKNOWN:
	case RULES_FACT_NULL:
	case RULES_FACT_DOUBLE:
	case RULES_FACT_TIMESTAMP:
	case RULES_FACT_DURATION:
	case RULES_FACT_ABSENT:
		break;
	}
	return cel_unknown();
}

static void make_values(struct bench_person *person)
{
	for (size_t i = 0; i < FACT_COUNT; i++) {
		person->values[i] = value_of(person, &person->facts[i]);
	}
}

void bench_person_make(struct bench_person *person, unsigned number, unsigned unknown_percent)
{
	static const char *const HOUSING[] = {"hostel", "none", "rent", "own", "family"};
	static const char *const PATHWAYS[] = {
		"resettlement", "community", "diversion", "court", "remand"};
	static const char *const LANGUAGES[] = {"en", "en", "en", "pl", "so", "cy"};
	static const char *const TENURES[] = {"none", "private", "council", "owner", "tied"};
	static const char *const RISKS[] = {"low", "medium", "high"};
	struct source source = {number * UINT64_C(1000003)};
	struct rules_fact *facts = person->facts;
	*person = (struct bench_person){0};
	facts[FACT_AREA] =
		fact_text(person, FACT_AREA, 'B', number == 0 ? 7 : below(&source, BOROUGHS));
	make_needs(person, &source);
	facts[FACT_AGE] = fact_int(number == 0 ? 34 : 16 + below(&source, 50));
	facts[FACT_WOMAN] = fact_bool(number == 0 || below(&source, 2) == 0);
	facts[FACT_HOUSING] = number == 0 ? (struct rules_fact){.kind = RULES_FACT_STRING,
						    .string = STR("hostel")}
					  : fact_code(&source, HOUSING, 5);
	facts[FACT_PATHWAY] = fact_code(&source, PATHWAYS, 5);
	facts[FACT_PREGNANT] = fact_bool(below(&source, 20) == 0);
	facts[FACT_CHILDREN] = fact_int(below(&source, 3));
	facts[FACT_NRPF] = fact_bool(below(&source, 15) == 0);
	facts[FACT_LANGUAGE] = fact_code(&source, LANGUAGES, 6);
	facts[FACT_TENURE] = fact_code(&source, TENURES, 5);
	facts[FACT_RISK] = fact_code(&source, RISKS, 3);
	facts[FACT_WEEKS] = fact_int(below(&source, 40));
	facts[FACT_INCOME] = fact_int(below(&source, 3000));
	for (size_t i = 0; i < FACT_COUNT; i++) {
		if (i != FACT_AREA && i != FACT_NEEDS && below(&source, 100) < unknown_percent) {
			facts[i] = (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
		}
	}
	make_values(person);
}

void bench_person_note(struct bench_person *person, struct str note)
{
	person->facts[FACT_NOTE] = (struct rules_fact){.kind = RULES_FACT_STRING, .string = note};
	make_values(person);
}

static struct rules_fact person_get(void *context, struct str path)
{
	const struct bench_person *person = context;
	for (size_t i = 0; i < FACT_COUNT; i++) {
		if (str_equal(paths[i], path)) {
			return person->facts[i];
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_ABSENT};
}

struct rules_facts bench_facts(struct bench_person *person)
{
	return (struct rules_facts){.context = person, .get = person_get, .values = person->values};
}
