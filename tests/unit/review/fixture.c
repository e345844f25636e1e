/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/review/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char good[] = "id: a\n"
			   "name: Sample a\n"
			   "organisation: centre\n"
			   "role: lead\n"
			   "routing: routable\n"
			   "women_specific: true\n"
			   "authorities: [Camden, Islington]\n"
			   "pathways: [diversion, community]\n"
			   "needs: [accommodation, poverty-debt]\n"
			   "referrers: {kinds: [police, probation]}\n"
			   "eligibility: not-stated\n"
			   "cohort: not-stated\n"
			   "window: {from: 2018-07-01, to: not-stated}\n"
			   "capacity: not-stated\n"
			   "intake: open\n"
			   "delivery: {party: centre, adapter: inbox, secret: true}\n"
			   "agreement: {fields: [needs, contact]}\n"
			   "languages: [so, pl]\n"
			   "opening_hours: Mon-Fri 09:00-17:00\n"
			   "assurance_date: 2019-01-31\n"
			   "sources: [Invented.]\n";

void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture){.day = "2019-06-12"};
	arena_init(&fixture->arena, 0);
	fixture_file(fixture, "area/area.yaml", "id: area\ntitle: Area\n");
	fixture_file(fixture, "area/organisations/centre.yaml",
		"id: centre\nname: Centre\nparty_kind: provider\n");
}

void fixture_finish(struct fixture *fixture)
{
	if (fixture->ran) {
		review_finish(&fixture->review);
	}
	arena_finish(&fixture->arena);
}

void fixture_file(struct fixture *fixture, const char *path, const char *text)
{
	cr_assert_lt(fixture->count, FIXTURE_FILES);
	fixture->items[fixture->count++] =
		(struct directory_file){arena_str(&fixture->arena, str_from(path)),
			arena_str(&fixture->arena, str_from(text))};
}

static const char *changed(struct arena *arena, const char *text, const char *key, const char *to)
{
	if (key[0] == '\0') {
		return arena_printf(arena, "%s%s\n", text, to).ptr;
	}
	const char *line = text;
	while (strncmp(line, key, strlen(key)) != 0 || line[strlen(key)] != ':') {
		line = strchr(line, '\n');
		cr_assert_not_null(line, "no line begins with %s", key);
		line++;
	}
	const char *end = strchr(line, '\n') + 1;
	return arena_printf(
		arena, "%.*s%s%s%s", (int)(line - text), text, to, to[0] == '\0' ? "" : "\n", end)
		.ptr;
}

void fixture_service(struct fixture *fixture, const char *id, const char *const *pairs)
{
	struct arena *arena = &fixture->arena;
	const char *text = changed(arena, good, "id", arena_printf(arena, "id: %s", id).ptr);
	text = changed(arena, text, "name", arena_printf(arena, "name: Sample %s", id).ptr);
	for (size_t i = 0; pairs != NULL && pairs[i] != NULL; i += 2) {
		text = changed(arena, text, pairs[i], pairs[i + 1]);
	}
	fixture_file(fixture, arena_printf(arena, "area/services/%s.yaml", id).ptr, text);
}

char *fixture_said(struct fixture *fixture, bool notes)
{
	struct directory_files files = {.items = fixture->items, .count = fixture->count};
	struct review_input input = {.files = &files,
		.parties = fixture->parties,
		.refusals = fixture->refusals,
		.only = fixture->only};
	struct buf said = {0};
	directory_files_sort(&files);
	cr_assert_eq(date_parse(str_from(fixture->day), &input.day), ERR_OK);
	cr_assert_eq(review_run(&input, &fixture->review), ERR_OK);
	fixture->ran = true;
	for (size_t i = 0; i < fixture->review.count; i++) {
		const struct review_finding *finding = &fixture->review.items[i];
		if (finding->severity != REVIEW_NOTE || notes) {
			buf_printf(&said, "%.*s:%u %.*s %s %s\n", STR_ARG(finding->file),
				finding->line, STR_ARG(finding->field),
				review_severity_name(finding->severity), finding->code);
		}
	}
	buf_append(&said, "", 1);
	cr_assert(!said.failed);
	return said.data;
}

void fixture_expect(struct fixture *fixture, bool notes, const char *wanted)
{
	char *said = fixture_said(fixture, notes);
	cr_expect_str_eq(said, wanted, "said:\n%swanted:\n%s", said, wanted);
	free(said);
	fixture_finish(fixture);
}

void says(const char *const *pairs, const char *wanted)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_service(&fixture, "a", pairs);
	fixture_expect(&fixture, false, wanted);
}
