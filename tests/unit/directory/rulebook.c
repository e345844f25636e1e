/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/directory/rulebook.h"
#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}
#define LIST(name, ...)                                         \
	static const struct str name##_items[] = {__VA_ARGS__}; \
	static const struct directory_list name = {             \
		name##_items, sizeof(name##_items) / sizeof(name##_items[0])}

LIST(needs, TEXT("accommodation"), TEXT("children-families"), TEXT("domestic-sexual-abuse"),
	TEXT("education-employment"), TEXT("exploitation-gangs"), TEXT("immigration-advice"),
	TEXT("mental-health-learning-disability"), TEXT("poverty-debt"), TEXT("prostitution"),
	TEXT("recall"), TEXT("social-inclusion"), TEXT("substance-use"), TEXT("trafficking"));
LIST(pathways, TEXT("diversion"), TEXT("liaison-diversion"), TEXT("court"), TEXT("resettlement"),
	TEXT("community"), TEXT("recall-prevention"));
LIST(groups, TEXT("ethnicity-faith"), TEXT("lgbt"), TEXT("foreign-national"),
	TEXT("young-care-leaver"));
LIST(clocks, TEXT("delivery-window"), TEXT("decision"), TEXT("first-contact"),
	TEXT("release-notice"));
LIST(kinds, TEXT("police"), TEXT("liaison-diversion"), TEXT("court"), TEXT("prison"),
	TEXT("probation"), TEXT("local-authority"), TEXT("provider"), TEXT("adapter"),
	TEXT("coordinator"), TEXT("commissioner"), TEXT("operator"));

static const struct {
	const char *path;
	int class;
} fields[] = {
	{"pathway", 1},
	{"person.given_name", 2},
	{"person.family_name", 2},
	{"person.date_of_birth", 2},
	{"person.local_authority", 2},
	{"person.postcode", 2},
	{"person.languages", 2},
	{"person.interpreter", 2},
	{"needs", 3},
	{"preferences", 4},
	{"preferences.specialist", 3},
	{"preferences.avoid", 4},
	{"preferences.avoid.authorities", 4},
	{"risk.self", 3},
	{"risk.staff", 2},
	{"risk.domestic_abuse", 4},
	{"justice.condition_deadline", 3},
	{"justice.prison", 3},
	{"justice.release_dates", 3},
	{"justice.sentence", 3},
	{"justice.supervisor", 3},
	{"contact", 4},
	{"contact.phone", 4},
	{"contact.safe_to_call", 4},
	{"contact.instruction", 4},
	{"officer.name", 2},
	{"officer.team", 1},
	{"officer.email", 2},
	{"officer.phone", 2},
	{"duty_to_refer.authority", 1},
};

static int field_class(void *context, struct str path)
{
	(void)context;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (str_is(path, fields[i].path)) {
			return fields[i].class + 1;
		}
	}
	return 0;
}

/* Wrong is a clause that ends in an operator; its last line is where. */
static bool clause_ok(void *context, struct str cel, unsigned *ret_line, unsigned *ret_column,
	char *message, size_t message_size)
{
	(void)context;
	unsigned line = 1;
	unsigned column = 1;
	for (size_t i = 0; i + 1 < cel.len; i++) {
		column = cel.ptr[i] == '\n' ? 1 : column + 1;
		line += cel.ptr[i] == '\n';
	}
	const char last = cel.ptr[cel.len - 1];
	if (last != '=' && last != '&') {
		return true;
	}
	*ret_line = line;
	*ret_column = column;
	(void)snprintf(message, message_size, "an operand is missing");
	return false;
}

const struct directory_rulebook *test_rulebook(void)
{
	static struct directory_rulebook rulebook;
	rulebook = (struct directory_rulebook){
		.needs = needs,
		.pathways = pathways,
		.specialist_groups = groups,
		.party_kinds = kinds,
		.clocks = clocks,
		.clause_ok = clause_ok,
		.field_class = field_class,
	};
	return &rulebook;
}

void test_files_make(struct directory_files *files, const struct test_file *items, size_t count)
{
	*files = (struct directory_files){0};
	arena_init(&files->arena, 0);
	files->items = arena_array(&files->arena, count, sizeof(*files->items));
	cr_assert_not_null(files->items);
	for (size_t i = 0; i < count; i++) {
		files->items[i].path = str_from(items[i].path);
		files->items[i].bytes = str_from(items[i].text);
	}
	files->count = count;
	directory_files_sort(files);
}

char *test_problems_text(const struct directory_problems *problems)
{
	struct buf buf = {0};
	buf_append(&buf, "", 0);
	for (size_t i = 0; i < problems->kept; i++) {
		const struct directory_problem *p = &problems->items[i];
		buf_printf(&buf, "%.*s:%u: %.*s%s%.*s\n", STR_ARG(p->file), p->line,
			STR_ARG(p->field), p->field.len == 0 ? "" : " ", STR_ARG(p->message));
	}
	buf_append(&buf, "", 1);
	cr_assert(!buf.failed);
	return buf.data;
}

static void area_add(struct directory_files *all, const char *area)
{
	char folder[128];
	struct fault fault = {0};
	struct directory_files part;
	(void)snprintf(folder, sizeof(folder), "%s/", area);
	cr_assert_eq(directory_files_read("directory/data", &part, &fault), ERR_OK, "%s %s",
		fault.field, fault.message);
	struct directory_file *items =
		arena_array(&all->arena, all->count + part.count, sizeof(*items));
	cr_assert_not_null(items);
	if (all->count > 0) {
		memcpy(items, all->items, all->count * sizeof(*items));
	}
	for (size_t i = 0; i < part.count; i++) {
		if (str_has_prefix(part.items[i].path, str_from(folder))) {
			struct directory_file *item = &items[all->count++];
			item->path = arena_str(&all->arena, part.items[i].path);
			item->bytes = arena_str(&all->arena, part.items[i].bytes);
		}
	}
	all->items = items;
	directory_files_finish(&part);
}

struct directory *test_area_load(const char *const *areas, size_t count)
{
	struct directory_files files = {0};
	struct directory *directory = NULL;
	struct directory_problems problems;
	arena_init(&files.arena, 0);
	for (size_t i = 0; i < count; i++) {
		area_add(&files, areas[i]);
	}
	directory_files_sort(&files);
	const enum err err = directory_load(&files, test_rulebook(), &directory, &problems);
	char *text = test_problems_text(&problems);
	cr_assert_eq(err, ERR_OK, "%s", text);
	free(text);
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return directory;
}
