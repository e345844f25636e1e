/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/exchange/fixture.h"

/* NOLINTNEXTLINE(bugprone-suspicious-include): the vocabularies of the directory's own tests */
#include "../directory/rulebook.c"

static enum err draft_keep(void *context, struct str path, struct str yaml)
{
	struct made *made = context;
	if (made->files.count == made->room) {
		made->room = made->room == 0 ? 64 : made->room * 2;
		made->files.items =
			realloc(made->files.items, made->room * sizeof(*made->files.items));
		cr_assert_not_null(made->files.items);
	}
	made->files.items[made->files.count++] = (struct directory_file){
		arena_str(&made->files.arena, path), arena_str(&made->files.arena, yaml)};
	return ERR_OK;
}

static void report_keep(void *context, struct str path, const char *reason)
{
	struct made *made = context;
	buf_printf(&made->report, "%.*s: %s\n", STR_ARG(path), reason);
}

struct exchange_sink made_sink(struct made *made)
{
	return (struct exchange_sink){draft_keep, report_keep, made};
}

void import_json(struct made *made, struct str feed, size_t piece)
{
	*made = (struct made){0};
	struct exchange_import *import =
		exchange_import_create(STR("imported"), test_rulebook(), made_sink(made));
	cr_assert_not_null(import);
	for (size_t at = 0; at < feed.len;) {
		const size_t len = piece == 0 || feed.len - at < piece ? feed.len - at : piece;
		cr_assert_eq(
			exchange_import_json(import, (struct str){feed.ptr + at, len}), ERR_OK);
		at += len;
	}
	made->err = exchange_import_end(import, &made->counts);
	exchange_import_destroy(import);
	if (made->files.count > 0) {
		directory_files_sort(&made->files);
	}
}

struct directory *made_load(const struct made *made)
{
	struct directory *directory = NULL;
	struct directory_problems problems;
	const enum err err = directory_load(&made->files, test_rulebook(), &directory, &problems);
	char *text = test_problems_text(&problems);
	cr_assert_eq(err, ERR_OK, "%s", text);
	free(text);
	directory_problems_finish(&problems);
	return directory;
}

bool str_holds(struct str text, const char *words)
{
	return text.len > 0 && memmem(text.ptr, text.len, words, strlen(words)) != NULL;
}

bool made_reported(const struct made *made, const char *words)
{
	return str_holds(buf_str(&made->report), words);
}

struct str made_draft(const struct made *made, const char *path)
{
	for (size_t i = 0; i < made->files.count; i++) {
		if (str_is(made->files.items[i].path, path)) {
			return made->files.items[i].bytes;
		}
	}
	return (struct str){0};
}

void made_finish(struct made *made)
{
	free(made->files.items);
	arena_finish(&made->files.arena);
	buf_finish(&made->report);
}

static enum err bytes_keep(void *context, struct str bytes)
{
	buf_add_str(context, bytes);
	return ERR_OK;
}

struct exchange_exported export_to(
	struct buf *out, const struct directory *directory, enum exchange_profile profile)
{
	const struct exchange_export options = {.profile = profile,
		.at = INT32_MIN,
		.rulebook = test_rulebook(),
		.write = bytes_keep,
		.context = out};
	struct exchange_exported counts = {0};
	cr_assert_eq(exchange_export(directory, &options, &counts), ERR_OK);
	cr_assert(!out->failed);
	return counts;
}

struct directory *directory_of(const struct test_file *files, size_t count)
{
	struct made made = {0};
	test_files_make(&made.files, files, count);
	struct directory *directory = made_load(&made);
	directory_files_finish(&made.files);
	return directory;
}

/* -- made up -- */

static unsigned draw(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245U + 12345U;
	return (*seed >> 16) % below;
}

static const char *one_of(unsigned *seed, const char *const *items, unsigned count)
{
	return items[draw(seed, count)];
}

static const char *const hard_texts[] = {
	"plain words",
	"a \\\"quoted\\\" word, a comma; a colon: and # a hash",
	"<b>not HTML</b> &amp; so &lt;on",
	"two\\nlines",
	"Gw\xc5\xb7yr Cymru \xe2\x80\x93 caf\xc3\xa9",
	"not-stated-ish",
	"- a list, it seems",
	"{\\\"json\\\": [1]}",
	"a backslash \\\\ here",
};
#define HARD(seed) one_of(seed, hard_texts, sizeof(hard_texts) / sizeof(hard_texts[0]))

static const char *const clause_texts[] = {
	"person.age >= 18",
	"person.age >= 16 && person.age <= 25",
	"person.gender == \\\"female\\\"",
	"person.age <= 24",
	"\\\"accommodation\\\" in needs",
};

static void clauses_make_up(struct buf *out, unsigned *seed, const char *key, bool cohort)
{
	const unsigned count = draw(seed, 4);
	if (count > 0) {
		buf_printf(out, "%s:\n", key);
	}
	for (unsigned i = 0; i < count; i++) {
		const bool secret = draw(seed, 8) == 0;
		buf_printf(out, "  - id: %s-%u\n    cel: \"%s\"\n    means: \"%s%s\"\n", key, i,
			secret ? "risk.domestic_abuse == true && contact.phone != \\\"FORBIDDEN\\\""
			       : one_of(seed, clause_texts, 5),
			secret ? "FORBIDDEN " : "", HARD(seed));
		if (!cohort && draw(seed, 3) == 0) {
			buf_printf(out, "    otherwise: ask\n    question: \"%s%s\"\n",
				secret ? "FORBIDDEN " : "", HARD(seed));
		}
	}
}

static void service_make_up(struct buf *out, unsigned *seed, unsigned n)
{
	static const char *const roles[] = {"lead", "specialist", "duty-to-refer"};
	static const char *const areas[] = {"area: not-stated", "authorities: [E09000007]",
		"authorities: [Lambeth, Southwark]", "authorities: [Liverpool, Wirral, Norwich]"};
	const bool confidential = draw(seed, 3) == 0;
	const char *forbidden = confidential ? "FORBIDDEN " : "";
	buf_printf(out, "id: service-%u\nname: \"Service %u %s\"\norganisation: org-%u\n", n, n,
		draw(seed, 2) == 0 ? "" : "with, a comma", draw(seed, 3));
	buf_printf(out, "role: %s\nrouting: routable\n%s\n", one_of(seed, roles, 3),
		one_of(seed, areas, 4));
	buf_printf(out, "description: \"%s%s\"\nopening_hours: \"%sMon to Fri\"\n", forbidden,
		HARD(seed), forbidden);
	buf_printf(out, "confidential_location: %s\nwomen_specific: %s\n",
		confidential ? "true" : "false", draw(seed, 2) == 0 ? "true" : "false");
	buf_printf(out, "pathways: [diversion, community]\nneeds: %s\n",
		draw(seed, 2) == 0 ? "[accommodation, poverty-debt]" : "not-stated");
	if (draw(seed, 2) == 0) {
		buf_add_text(out, "specialist_groups: [lgbt]\npartners: [org-3]\n");
	}
	buf_add_text(out, "referrers: {parties: [forbidden-party], kinds: [police]}\n");
	clauses_make_up(out, seed, "eligibility", false);
	clauses_make_up(out, seed, "cohort", true);
	buf_add_text(out, "capacity: {caseload: 424242, pool: forbidden-pool}\n");
	if (draw(seed, 2) == 0) {
		buf_add_text(out, "window: {from: 2018-07-01, to: not-stated}\nlead_days: 84\n"
				  "rate_card: true\nlanguages: [so, pl, no]\nintake: paused\n"
				  "assurance_date: 2018-06-30\nfunder: \"A funder\"\n"
				  "faith_ethos: \"Christian\"\n");
	}
	buf_add_text(out,
		"delivery: {party: org-0, adapter: mail, address: \"FORBIDDEN@x\", "
		"secret: true}\nagreement: {fields: [risk.domestic_abuse, "
		"contact.instruction, contact.phone]}\nsources: [\"FORBIDDEN source\"]\n");
}

struct directory *directory_made_up(unsigned seed, size_t services)
{
	struct made made = {0};
	struct buf text = {0};
	char path[64];
	arena_init(&made.files.arena, 0);
	draft_keep(&made, STR("a/area.yaml"), STR("id: a\ntitle: A\nsources: [x]\n"));
	for (unsigned i = 0; i < 4; i++) {
		buf_reset(&text);
		const bool advice = draw(&seed, 2) == 0;
		buf_printf(&text,
			"id: org-%u\nname: \"Organisation %u\"\nparty_kind: provider\n"
			"contact: \"%s 020 7946 0000\"\nadvice_contact: %s\n",
			i, i, advice ? "OPEN" : "FORBIDDEN", advice ? "true" : "false");
		(void)snprintf(path, sizeof(path), "a/organisations/org-%u.yaml", i);
		draft_keep(&made, str_from(path), buf_str(&text));
	}
	for (unsigned i = 0; i < services; i++) {
		buf_reset(&text);
		service_make_up(&text, &seed, i);
		(void)snprintf(path, sizeof(path), "a/services/service-%u.yaml", i);
		draft_keep(&made, str_from(path), buf_str(&text));
	}
	directory_files_sort(&made.files);
	struct directory *directory = made_load(&made);
	buf_finish(&text);
	made_finish(&made);
	return directory;
}
