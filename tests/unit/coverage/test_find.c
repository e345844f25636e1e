/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/find.h"
#include "tests/unit/coverage/fixture.h"

#include <criterion/criterion.h>

static struct directory *directory;
static struct find *find;

static void open_london(void)
{
	directory = fixture_area("london-2018");
	cr_assert_eq(find_create(directory, fixture_day("2019-06-12"), &find), ERR_OK);
}

static void close_london(void)
{
	find_destroy(find);
	directory_destroy(directory);
}

TestSuite(find, .init = open_london, .fini = close_london);

static struct find_answer typed(const char *words)
{
	struct find_answer answer;
	const struct find_query query = {
		.words = str_from(words), .need = -1, .pathway = -1, .now = {2, 120}};
	find_run(find, &query, &answer);
	return answer;
}

static void expect_first(const char *words, int need, const char *authority, const char *service)
{
	const struct find_answer answer = typed(words);
	cr_expect_eq(answer.need, need, "%s: need %d", words, answer.need);
	cr_expect(authority == NULL
			  ? answer.authority == NULL
			  : answer.authority != NULL && str_is(answer.authority->name, authority),
		"%s: %.*s", words,
		STR_ARG(answer.authority == NULL ? STR("nowhere") : answer.authority->name));
	cr_assert_gt(answer.count, 0, "%s: nobody", words);
	cr_expect(str_is(answer.hits[0].service->id, service), "%s: %.*s", words,
		STR_ARG(answer.hits[0].service->id));
}

Test(find, a_need_and_a_place_as_people_call_them)
{
	expect_first("housing brixton", NEED_ACCOMMODATION, "Lambeth", "south-london-alliance");
	expect_first("Debt in Lambeth", NEED_POVERTY_DEBT, "Lambeth", "south-london-alliance");
	expect_first(
		"kings cross housing", NEED_ACCOMMODATION, "Camden", "advance-minerva-wraparound");
}

Test(find, abbreviations_of_boroughs)
{
	expect_first("lbhf drugs", NEED_SUBSTANCE_USE, "Hammersmith and Fulham",
		"advance-minerva-wraparound");
	expect_first("rbkc debt", NEED_POVERTY_DEBT, "Kensington and Chelsea",
		"advance-minerva-wraparound");
}

Test(find, typing_errors_in_needs_places_and_names)
{
	expect_first("houisng brixtn", NEED_ACCOMMODATION, "Lambeth", "south-london-alliance");
	expect_first("lambteh", -1, "Lambeth", "south-london-alliance");
	expect_first("hibicsus", -1, NULL, "hibiscus-foreign-national-worker");
}

Test(find, the_beginning_of_a_name_is_enough)
{
	expect_first("abia", -1, NULL, "abianda");
	expect_first("south lond alli", -1, NULL, "south-london-alliance");
}

Test(find, a_name_is_no_misspelt_need)
{
	const struct find_answer answer = typed("refuge");
	cr_expect_eq(answer.need, -1);
	cr_assert_gt(answer.count, 0);
	cr_expect(str_is(answer.hits[0].service->id, "refuge"));
}

Test(find, who_does_not_state_a_place_stands_behind_who_covers_it)
{
	const struct find_answer answer = typed("housing lambeth");
	bool unknown = false;
	for (size_t i = 0; i < answer.count; i++) {
		cr_expect(!unknown || !answer.hits[i].service->area_stated);
		unknown = unknown || !answer.hits[i].service->area_stated;
	}
	cr_expect(unknown, "Housing for Women may help there");
}

Test(find, nothing_that_is_never_chosen_has_ended_or_is_elsewhere)
{
	const struct find_answer answer = typed("barnet debt");
	for (size_t i = 0; i < answer.count; i++) {
		const struct directory_service *service = answer.hits[i].service;
		cr_expect_neq(service->routing, DIRECTORY_NEVER);
		cr_expect_not(answer.hits[i].service->area_stated, "%.*s", STR_ARG(service->id));
	}
}

Test(find, nonsense_finds_nobody_and_does_no_harm)
{
	char longest[2000];
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	cr_expect_eq(typed("zzzzqqq").found, 0);
	cr_expect_eq(typed(longest).found, 0);
	cr_expect_gt(typed(" ' - , ").found, 0, "no word at all asks for everybody");
}

#define SERVICE(id, more)                                                                   \
	"id: " id "\nname: " id "\norganisation: centre\nrole: specialist\n"                \
	"routing: routable\nwomen_specific: true\nauthorities: [Camden]\n"                  \
	"pathways: [court]\nneeds: [accommodation]\nreferrers: {kinds: [police]}\n"         \
	"delivery: {party: centre, adapter: inbox, address: 1 Hidden Lane, secret: true}\n" \
	"agreement: {fields: []}\nsources: [Invented.]\n" more

static const struct fixture_file files[] = {
	{"a/area.yaml", "id: a\ntitle: A\n"},
	{"a/organisations/centre.yaml",
		"id: centre\nname: Centre\nparty_kind: provider\ncontact: 020 7946 0000\n"},
	{"a/services/open.yaml", SERVICE("open", "opening_hours: 24 hours\n")},
	{"a/services/refuge.yaml",
		SERVICE("refuge", "confidential_location: true\nopening_hours: daily 9-17\n")},
	{"a/services/shut.yaml", SERVICE("shut", "opening_hours: Mon-Fri 09:00-17:00\n")},
};

Test(find, a_confidential_place_is_never_named_nor_found_by_name)
{
	struct directory *small = fixture_directory(files, sizeof(files) / sizeof(files[0]));
	struct find *in_it = NULL;
	struct find_answer answer;
	struct find_query query = {.need = NEED_ACCOMMODATION, .pathway = -1, .now = {2, 120}};
	struct buf out = {0};
	cr_assert_eq(find_create(small, fixture_day("2024-01-01"), &in_it), ERR_OK);
	find_run(in_it, &query, &answer);
	cr_expect_eq(answer.count, 3);
	find_text(&out, &answer);
	cr_assert_not(out.failed);
	cr_expect_null(memmem(out.data, out.len, "refuge", 6));
	cr_expect_null(memmem(out.data, out.len, "Hidden", 6));
	cr_expect_null(memmem(out.data, out.len, "7946", 4), "the contact is not for advice");
	cr_expect_not_null(memmem(out.data, out.len, "not named, for safety", 21));
	query.words = STR("refuge");
	find_run(in_it, &query, &answer);
	cr_expect_eq(answer.found, 0);
	buf_finish(&out);
	find_destroy(in_it);
	directory_destroy(small);
}

Test(find, open_now_leaves_out_who_says_it_is_closed)
{
	struct directory *small = fixture_directory(files, sizeof(files) / sizeof(files[0]));
	struct find *in_it = NULL;
	struct find_answer answer;
	const struct find_query query = {
		.need = -1, .pathway = -1, .now = {2, 120}, .open_now = true};
	cr_assert_eq(find_create(small, fixture_day("2024-01-01"), &in_it), ERR_OK);
	find_run(in_it, &query, &answer);
	cr_expect_eq(answer.count, 2);
	cr_expect(str_is(answer.hits[0].service->id, "open"));
	find_destroy(in_it);
	directory_destroy(small);
}
