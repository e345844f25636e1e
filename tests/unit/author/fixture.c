/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/author/fixture.h"

static const struct str BOROUGHS[] = {{"E01", 3}, {"E02", 3}, {"E03", 3}};
static const struct str NAMES[] = {{"Camden", 6}, {"Hackney", 7}, {"Leeds", 5}};
static const struct str NEEDS[] = {{"a", 1}, {"b", 1}, {"c", 1}};

#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}

static const struct author_usual GENDERS[] = {{TEXT("female"), TEXT("female")},
	{TEXT("woman"), TEXT("female")}, {TEXT("male"), TEXT("male")}};

static const struct author_fact FACTS[] = {
	{.path = TEXT("age"), .label = TEXT("age"), .type = AUTHOR_INT, .most = 120},
	{.path = TEXT("borough"),
		.label = TEXT("borough"),
		.type = AUTHOR_TEXT,
		.codes = BOROUGHS,
		.names = NAMES,
		.code_count = 3},
	{.path = TEXT("court"), .label = TEXT("court date"), .type = AUTHOR_DATE},
	{.path = TEXT("gender"),
		.label = TEXT("gender"),
		.type = AUTHOR_TEXT,
		.usual = GENDERS,
		.usual_count = 3},
	{.path = TEXT("leaver"), .label = TEXT("care leaver"), .type = AUTHOR_BOOL},
	{.path = TEXT("need_count"),
		.label = TEXT("number of needs"),
		.type = AUTHOR_INT,
		.most = 3,
		.counts = TEXT("needs")},
	{.path = TEXT("needs"),
		.label = TEXT("needs"),
		.type = AUTHOR_TEXT,
		.list = true,
		.codes = NEEDS,
		.code_count = 3},
};

void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture){
		.schema = {.facts = FACTS, .count = sizeof(FACTS) / sizeof(FACTS[0])}};
	arena_init(&fixture->arena, 0);
	fixture->book.schema = &fixture->schema;
	fixture->findings.arena = &fixture->arena;
	cr_assert_eq(author_schema_init(&fixture->schema, &fixture->arena), ERR_OK);
}

void fixture_finish(struct fixture *fixture)
{
	arena_finish(&fixture->arena);
}

void fixture_add(struct fixture *fixture, const char *path, const char *text)
{
	struct author_file *file = arena_alloc(&fixture->arena, sizeof(*file));
	cr_assert_not_null(file);
	*file = (struct author_file){str_from(path), str_from(text)};
	if (!author_table_add(&fixture->table, file, &fixture->schema, &fixture->findings)) {
		(void)author_book_add(&fixture->book, file, &fixture->findings);
	}
}

void fixture_clause(struct fixture *fixture, const char *cel)
{
	const struct str text = arena_printf(&fixture->arena,
		"id: s\nrole: lead\neligibility:\n  - id: c\n    cel: |\n      %s\n", cel);
	fixture_add(fixture, "s.yaml", text.ptr);
	cr_assert_eq(fixture->book.count, 1);
}

bool fixture_found(const struct fixture *fixture, const char *code)
{
	for (size_t i = 0; i < fixture->findings.count; i++) {
		if (strcmp(fixture->findings.items[i].code, code) == 0) {
			return true;
		}
	}
	return false;
}
