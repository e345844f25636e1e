/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as services and a person: the index says of every service what evaluating it says, with
 * each fact as it is given and with each unknown; and whoever is undetermined can be completed.
 *
 *   s              begins a service
 *   c CLAUSE       a clause of it
 *   m FACT A B …   a set of it; without codes it is not stated
 *   f FACT KIND V  a fact of the person: i 5, d 0.5, t text, b 1, n, l a b …
 */
#include <stdlib.h>

#include "rules/index/complete.h"
#include "rules/index/index.h"

enum {
	QUERY_SERVICES_MAX = 24,
	QUERY_CONDITIONS_MAX = 6,
	QUERY_WORDS_MAX = 12,
	QUERY_FACTS_MAX = 12,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void query_require(bool holds)
{
	if (!holds) {
		abort();
	}
}

struct query_service {
	const struct rules_clause *clauses[QUERY_CONDITIONS_MAX];
	struct index_set sets[QUERY_CONDITIONS_MAX];
	struct str words[QUERY_CONDITIONS_MAX][QUERY_WORDS_MAX];
	size_t clause_count, set_count;
};

struct query_world {
	struct arena arena, scratch;
	struct query_service services[QUERY_SERVICES_MAX];
	size_t service_count;
	struct str paths[QUERY_FACTS_MAX];
	struct rules_fact facts[QUERY_FACTS_MAX];
	struct rules_fact items[QUERY_FACTS_MAX][QUERY_WORDS_MAX];
	size_t fact_count, hidden;
};

static struct rules_fact query_get(void *context, struct str path)
{
	const struct query_world *world = context;
	for (size_t i = 0; i < world->fact_count; i++) {
		if (i != world->hidden && str_equal(world->paths[i], path)) {
			return world->facts[i];
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
}

/* Words of a line, at most `most`. */
static size_t query_words(struct str line, struct str *words, size_t most)
{
	size_t count = 0;
	size_t at = 0;
	while (count < most) {
		while (at < line.len && line.ptr[at] == ' ') {
			at++;
		}
		const size_t begin = at;
		while (at < line.len && line.ptr[at] != ' ') {
			at++;
		}
		if (at == begin) {
			break;
		}
		words[count++] = (struct str){line.ptr + begin, at - begin};
	}
	return count;
}

static void query_fact(struct query_world *world, struct str line)
{
	struct str words[QUERY_WORDS_MAX + 2];
	const size_t count = query_words(line, words, QUERY_WORDS_MAX + 2);
	if (count < 2 || world->fact_count == QUERY_FACTS_MAX) {
		return;
	}
	const struct str value = count > 2 ? words[2] : (struct str){0};
	char number[32];
	str_copy(number, sizeof(number), value);
	struct rules_fact fact = {.kind = RULES_FACT_ABSENT};
	switch (words[1].ptr[0]) {
	case 'i':
		fact.kind = RULES_FACT_INT;
		fact.integer = strtoll(number, NULL, 10);
		break;
	case 'd':
		fact.kind = RULES_FACT_DOUBLE;
		fact.number = strtod(number, NULL);
		break;
	case 't':
		fact.kind = RULES_FACT_STRING;
		fact.string = value;
		break;
	case 'b':
		fact.kind = RULES_FACT_BOOL;
		fact.boolean = value.len > 0 && value.ptr[0] == '1';
		break;
	case 'n':
		fact.kind = RULES_FACT_NULL;
		break;
	case 'l':
		fact.kind = RULES_FACT_LIST;
		fact.list.items = world->items[world->fact_count];
		fact.list.count = count - 2;
		for (size_t i = 2; i < count; i++) {
			world->items[world->fact_count][i - 2] =
				(struct rules_fact){.kind = RULES_FACT_STRING, .string = words[i]};
		}
		break;
	default:
		break;
	}
	world->paths[world->fact_count] = words[0];
	world->facts[world->fact_count++] = fact;
}

static void query_condition(struct query_world *world, char letter, struct str line)
{
	struct query_service *service = &world->services[world->service_count - 1];
	struct rules_clause *clause = NULL;
	struct rules_error error;
	if (letter == 'c' && service->clause_count < QUERY_CONDITIONS_MAX) {
		if (rules_compile(&world->arena, line, &clause, &error) == ERR_OK) {
			service->clauses[service->clause_count++] = clause;
		}
	} else if (letter == 'm' && service->set_count < QUERY_CONDITIONS_MAX) {
		struct str *words = service->words[service->set_count];
		const size_t count = query_words(line, words, QUERY_WORDS_MAX);
		if (count > 0) {
			service->sets[service->set_count++] = (struct index_set){.fact = words[0],
				.codes = words + 1,
				.code_count = count - 1,
				.stated = count > 1};
		}
	}
}

static void query_read(struct query_world *world, struct str text)
{
	for (size_t at = 0; at < text.len;) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		const size_t len = end == NULL ? text.len - at : (size_t)(end - text.ptr) - at;
		const struct str line = {text.ptr + at, len};
		at += len + 1;
		if (len == 0 || !str_is_utf8(line)) {
			continue;
		}
		const struct str rest = {line.ptr + 1, line.len - 1};
		if (line.ptr[0] == 's' && world->service_count < QUERY_SERVICES_MAX) {
			world->service_count++;
		} else if (line.ptr[0] == 'f') {
			query_fact(world, rest);
		} else if (world->service_count > 0) {
			query_condition(world, line.ptr[0], rest);
		}
	}
}

static bool query_range(void *context, struct str path, struct index_range *ret_range)
{
	(void)context;
	*ret_range = (struct index_range){
		.kinds = path.len % 2 == 0 ? 1U << RULES_FACT_INT
					   : 1U << RULES_FACT_STRING | 1U << RULES_FACT_BOOL,
		.least = -5,
		.most = 100};
	return path.len % 5 != 0;
}

/* What is completed while a service is undetermined is not at odds with it. */
static void query_complete(struct query_world *world, const struct rules_facts *facts,
	const struct index_verdicts *verdicts)
{
	const struct index_ranges ranges = {.get = query_range};
	for (size_t i = 0; i < world->service_count && i < 4; i++) {
		const struct query_service *service = &world->services[i];
		const struct index_candidate candidate = {
			.clauses = service->clauses, .clause_count = service->clause_count};
		struct index_completion completion;
		query_require(index_complete(&candidate, facts, &ranges, &world->scratch,
				      &completion) == ERR_OK);
		if (service->set_count == 0 && index_verdict_of(verdicts, i) == INDEX_ELIGIBLE) {
			query_require(completion.answer == RULES_YES);
		}
		query_require(completion.answer != RULES_UNKNOWN || completion.missing_count > 0);
	}
}

static void query_ask(struct query_world *world, const struct index *index)
{
	const struct rules_facts facts = {.context = world, .get = query_get};
	struct index_verdicts fast;
	struct index_verdicts slow;
	arena_reset(&world->scratch);
	query_require(index_query(index, &facts, &world->scratch, &fast) == ERR_OK);
	query_require(index_scan(index, &facts, &world->scratch, &slow) == ERR_OK);
	for (size_t i = 0; i < world->service_count; i++) {
		query_require(index_verdict_of(&fast, i) == index_verdict_of(&slow, i));
	}
	query_complete(world, &facts, &fast);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct query_world *world = calloc(1, sizeof(*world));
	struct index_builder *builder = NULL;
	struct index *index = NULL;
	query_require(world != NULL);
	arena_init(&world->arena, 0);
	arena_init(&world->scratch, 0);
	query_read(world, (struct str){(const char *)bytes, size});
	query_require(index_builder_create(&builder) == ERR_OK);
	for (size_t i = 0; i < world->service_count; i++) {
		const struct query_service *from = &world->services[i];
		const struct index_service service = {.clauses = from->clauses,
			.clause_count = from->clause_count,
			.sets = from->sets,
			.set_count = from->set_count};
		query_require(index_builder_add(builder, &service) == ERR_OK);
	}
	query_require(index_create(builder, &index) == ERR_OK);
	index_builder_destroy(builder);
	for (world->hidden = 0; world->hidden <= world->fact_count; world->hidden++) {
		query_ask(world, index);
	}
	index_destroy(index);
	arena_finish(&world->scratch);
	arena_finish(&world->arena);
	free(world);
	return 0;
}
