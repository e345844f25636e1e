/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a clause: what is refused is refused at a place and with a sentence; what compiles
 * prints as a text that compiles to the same, answers within its bounds, and explains itself.
 */
#include <stdlib.h>

#include "rules/clause.h"

enum {
	COMPILED_BYTES_MAX = 4 * 1024 * 1024,
	SCRATCH_BYTES_MAX = 32 * 1024 * 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
	if (!holds) {
		abort();
	}
}

/* A fact of a kind that its path decides, so that a fuzzer can choose. */
static struct rules_fact fact_of(void *context, struct str path)
{
	static const struct rules_fact ITEMS[] = {
		{.kind = RULES_FACT_STRING, .string = {"housing", 7}},
		{.kind = RULES_FACT_INT, .integer = INT64_MIN},
		{.kind = RULES_FACT_NULL},
	};
	(void)context;
	switch (path.len == 0 ? 'z' : path.ptr[path.len - 1]) {
	case 'b':
		return (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = true};
	case 'i':
		return (struct rules_fact){.kind = RULES_FACT_INT, .integer = 16};
	case 'd':
		return (struct rules_fact){.kind = RULES_FACT_DOUBLE, .number = 2.5};
	case 's':
		return (struct rules_fact){.kind = RULES_FACT_STRING, .string = STR("housing")};
	case 'l':
		return (struct rules_fact){.kind = RULES_FACT_LIST, .list = {ITEMS, 3}};
	case 't':
		return (struct rules_fact){.kind = RULES_FACT_TIMESTAMP, .integer = -1};
	case 'u':
		return (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
	case 'n':
		return (struct rules_fact){.kind = RULES_FACT_NULL};
	default:
		return (struct rules_fact){.kind = RULES_FACT_ABSENT};
	}
}

static enum rules_answer answer_try(const struct rules_clause *clause)
{
	struct arena scratch;
	arena_init(&scratch, SCRATCH_BYTES_MAX);
	const struct rules_facts facts = {.get = fact_of};
	const struct rules_result result = rules_evaluate(clause, &facts, &scratch);
	require(!arena_failed(&scratch));
	require((result.answer == RULES_UNKNOWN) == (result.missing_count > 0));
	require((result.answer == RULES_ERROR) == (result.error.len > 0));
	require(rules_explain(clause, &facts, &result, true, &scratch).len > 0);
	require(rules_explain(clause, &facts, &result, false, &scratch).len > 0);
	arena_finish(&scratch);
	return result.answer;
}

static void print_try(struct arena *arena, const struct rules_clause *clause)
{
	struct cel_text first = {.arena = arena};
	struct cel_text second = {.arena = arena};
	cel_unparse(&first, clause->root);
	struct rules_clause *again = NULL;
	struct rules_error error;
	const enum err err = rules_compile(arena, cel_text_str(&first), &again, &error);
	/* Escapes and parentheses make it longer and deeper, never wrong. */
	require(err == ERR_OK || err == ERR_TOO_LARGE);
	if (err == ERR_OK) {
		cel_unparse(&second, again->root);
		require(str_equal(cel_text_str(&first), cel_text_str(&second)));
		require(answer_try(clause) == answer_try(again));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct rules_clause *clause = NULL;
	struct rules_error error;
	const struct str source = {(const char *)bytes, size};
	const enum err err = rules_compile(&arena, source, &clause, &error);
	require(arena.used_total <= COMPILED_BYTES_MAX);
	if (err == ERR_OK) {
		(void)answer_try(clause);
		print_try(&arena, clause);
	} else {
		require(err == ERR_INVALID || err == ERR_TOO_LARGE);
		require(error.line > 0 && error.column > 0 && error.message[0] != '\0');
		require(clause == NULL);
	}
	arena_finish(&arena);
	return 0;
}
