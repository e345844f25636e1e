/* SPDX-License-Identifier: Apache-2.0 */
/* What real feeds get wrong, and what becomes of it. */
#include "tests/unit/exchange/fixture.h"

#define SERVICE(more)                                                         \
	"{\"id\":\"s1\",\"name\":\"Counselling\",\"status\":\"active\"," more \
	"\"organization\":{\"id\":\"o1\",\"name\":\"Centre\",\"description\":\"Centre\"}}"
/* The same within its organisation. */
#define ORGANISATION                                                                \
	"{\"id\":\"o1\",\"name\":\"Centre\",\"services\":[{\"id\":\"s1\",\"name\":" \
	"\"Counselling\",\"status\":\"active\",\"organization_id\":\"o1\"}]}"
#define DRAFT "imported/services/counselling.yaml"

static void import(struct made *made, const char *feed)
{
	import_json(made, str_from(feed), 7);
	if (made->counts.services > 0) {
		directory_destroy(made_load(made));
	}
}

Test(import, a_service_that_says_little_is_a_draft_that_nobody_is_sent_to)
{
	struct made made;
	import(&made, SERVICE(""));
	const struct str draft = made_draft(&made, DRAFT);
	cr_assert_eq(made.counts.services, 1);
	cr_assert_eq(made.counts.organisations, 1);
	cr_assert(str_holds(draft, "routing: never\n"));
	cr_assert(str_holds(draft, "area: not-stated\n"));
	cr_assert(made_reported(&made, "service_areas: is missing: area not-stated"));
	made_finish(&made);
}

Test(import, every_shape_of_feed_gives_the_same_drafts)
{
	static const char *const feeds[] = {SERVICE(""), "[" SERVICE("") "]", SERVICE("") "\r\n",
		"\xef\xbb\xbf{\"total_items\":1,\"contents\":[" SERVICE("") "]}",
		"{\"items\": [ " SERVICE("") " ], \"size\": 1}",
		"{\"id\":\"x\",\"location\":null,\"service\":" SERVICE("") "}", ORGANISATION};
	struct made first;
	import(&first, feeds[0]);
	for (size_t i = 1; i < sizeof(feeds) / sizeof(feeds[0]); i++) {
		struct made made;
		import(&made, feeds[i]);
		cr_assert_eq(made.counts.services, 1, "%s", feeds[i]);
		cr_assert(str_equal(made_draft(&made, DRAFT), made_draft(&first, DRAFT)), "%s",
			feeds[i]);
		made_finish(&made);
	}
	made_finish(&first);
}

Test(import, areas_are_named_exactly_or_not_at_all)
{
	struct made made;
	import(&made, SERVICE("\"service_areas\":[{\"name\":\"London Borough of Camden\"},"
			      "{\"extent\":\"E09000022\",\"extent_type\":\"GSS\"},"
			      "{\"uri\":\"http://statistics.data.gov.uk/id/statistical-geography/"
			      "E08000012\"},{\"name\":\"Greater London\"},"
			      "{\"name\":\"Camden\",\"extent\":\"E09000028\"}],"));
	const struct str draft = made_draft(&made, DRAFT);
	cr_assert(str_holds(
		draft, "authorities:\n  - \"E09000007\"\n  - \"E09000022\"\n  - \"E08000012\"\n"));
	cr_assert(made_reported(&made, "service_areas[3]: names no local authority"));
	cr_assert(made_reported(&made, "service_areas[4]: names two authorities"));
	made_finish(&made);
	import(&made, SERVICE("\"service_areas\":[{\"name\":\"Kingston\"}],"));
	cr_assert(str_holds(made_draft(&made, DRAFT), "area: not-stated"));
	cr_assert(made_reported(&made, "service_areas: area not-stated"));
	made_finish(&made);
}

Test(import, wrong_types_and_unknown_words_are_told)
{
	struct made made;
	import(&made,
		"{\"id\":17,\"name\":\"Counselling\",\"status\":\"open\",\"minimum_age\":\"18\","
		"\"maximum_age\":999,\"assured_date\":\"yesterday\",\"wait_time\":\"two weeks\","
		"\"url\":null,\"languages\":{\"code\":\"so\"},\"schedules\":\"daily\","
		"\"phones\":[{\"number\":\"1\"}],\"organization_id\":\"gone\"}");
	const struct str draft = made_draft(&made, DRAFT);
	cr_assert(str_holds(draft, "intake: paused"));
	cr_assert(str_holds(draft, "person.age >= 18"));
	cr_assert(!str_holds(draft, "maximum-age"));
	cr_assert(str_holds(draft, "- \"so\""));
	cr_assert(made_reported(&made, "status: is none of the standard's"));
	cr_assert(made_reported(&made, "minimum_age: a text where a number"));
	cr_assert(made_reported(&made, "maximum_age: is no age"));
	cr_assert(made_reported(&made, "assured_date: is no date"));
	cr_assert(made_reported(&made, "wait_time: a draft has no place"));
	cr_assert(made_reported(&made, "languages: an object where a list"));
	cr_assert(made_reported(&made, "schedules: is no list"));
	cr_assert(made_reported(&made, "phones: a draft has no place"));
	cr_assert(!made_reported(&made, "url"));
	cr_assert(made_reported(&made, "services name an organisation that is not in the feed"));
	made_finish(&made);
}

Test(import, html_and_other_bytes_become_plain_text)
{
	struct made made;
	import(&made, SERVICE("\"description\":\"<p>Caf\xe9 &amp; <b>more</b></p><p>\x93Yes\x94 "
			      "&#163;5 a < b</p>\\u202e\","));
	cr_assert(str_holds(made_draft(&made, DRAFT),
		"description: \"Caf\xc3\xa9 & more\\n\xe2\x80\x9cYes\xe2\x80\x9d \xc2\xa3"
		"5 a < b\"\n"));
	cr_assert(made_reported(&made, "read as Windows-1252"));
	cr_assert(made_reported(&made, "description: HTML was taken out"));
	cr_assert(made_reported(&made, "control or direction characters"));
	made_finish(&made);
}

Test(import, duplicates_keep_the_first_and_names_that_meet_stay_apart)
{
	struct made made;
	import_json(&made,
		STR("[" SERVICE("") "," SERVICE("") ",{\"id\":\"s2\",\"name\":\"Counselling\","
						    "\"status\":\"active\",\"organization\":{"
						    "\"id\":\"o1\",\"name\":\"Other\"}}]"),
		0);
	cr_assert_eq(made.counts.services, 2);
	cr_assert_eq(made.counts.refused, 1);
	cr_assert_eq(made.counts.organisations, 1);
	cr_assert(made_reported(&made, "[1].id: came before"));
	cr_assert(made_reported(&made, "has another name elsewhere"));
	made_finish(&made);
}

Test(import, counts_that_are_wrong_are_told_and_what_came_counts)
{
	struct made made;
	import(&made, "{\"total_items\":5,\"size\":2,\"last_page\":false,\"contents\":[" SERVICE(
			      "") "],\"extra\":1}");
	cr_assert_eq(made.counts.services, 1);
	cr_assert(made_reported(&made, "total_items: says 5, and 1 came"));
	cr_assert(made_reported(&made, "size: says 2, and 1 came"));
	cr_assert(made_reported(&made, "last_page: is false"));
	cr_assert(made_reported(&made, "extra: is not part of a page"));
	made_finish(&made);
}

Test(import, a_broken_item_does_not_take_the_next_one_along)
{
	struct buf feed = {0};
	struct made made;
	buf_add_text(&feed, "[{\"name\": nonsense},");
	for (int i = 0; i < 40; i++) {
		buf_add_text(&feed, "[");
	}
	for (int i = 0; i < 40; i++) {
		buf_add_text(&feed, "]");
	}
	buf_add_text(&feed, ",{\"name\":\"");
	for (int i = 0; i < EXCHANGE_ITEM_BYTES / 16; i++) {
		buf_add_text(&feed, "0123456789abcdef");
	}
	buf_add_text(&feed, "\"},7," SERVICE("") "]");
	import_json(&made, buf_str(&feed), 0);
	cr_assert_eq(made.err, ERR_OK);
	cr_assert_eq(made.counts.services, 1);
	cr_assert_eq(made.counts.refused, 4);
	cr_assert(made_reported(&made, "[0]: is no well-formed JSON"));
	cr_assert(made_reported(&made, "[1]: is nested deeper than"));
	cr_assert(made_reported(&made, "[2]: is larger than"));
	cr_assert(made_reported(&made, "[3]: is no object"));
	made_finish(&made);
	buf_finish(&feed);
}

Test(import, a_feed_that_is_cut_says_so_and_keeps_what_came)
{
	struct made made;
	import_json(&made, STR("[" SERVICE("") ",{\"id\":\"s2\",\"na"), 0);
	cr_assert_eq(made.err, ERR_MALFORMED);
	cr_assert(made_draft(&made, DRAFT).len > 0);
	cr_assert(made_reported(&made, "the feed ends in the middle: 1 items came"));
	made_finish(&made);
}

/* A feed of 200 MB in the memory of one item: what is kept per service is its id and slug. */
Test(import, a_long_feed_is_read_item_by_item)
{
	struct exchange_imported counts = {0};
	struct made made = {0};
	struct buf item = {0};
	struct exchange_sink sink = made_sink(&made);
	struct exchange_import *import =
		exchange_import_create(STR("imported"), test_rulebook(), sink);
	cr_assert_eq(exchange_import_json(import, STR("{\"contents\":[")), ERR_OK);
	for (unsigned i = 0; i < 2000; i++) {
		buf_reset(&item);
		buf_printf(&item,
			"%s{\"id\":\"%u\",\"name\":\"Same %u\",\"status\":\"active\","
			"\"organization_id\":\"o%u\"}",
			i == 0 ? "" : ",", i, i, i % 7);
		cr_assert_eq(exchange_import_json(import, buf_str(&item)), ERR_OK);
	}
	cr_assert_eq(exchange_import_json(import, STR("]}")), ERR_OK);
	cr_assert_eq(exchange_import_end(import, &counts), ERR_OK);
	cr_assert_eq(counts.services, 2000);
	cr_assert_eq(counts.organisations, 7);
	exchange_import_destroy(import);
	buf_finish(&item);
	directory_files_sort(&made.files);
	directory_destroy(made_load(&made));
	made_finish(&made);
}

Test(import, what_a_feed_claims_in_our_name_is_checked_like_the_rest)
{
#define TERM(taxonomy, name, words)                                                       \
	"{\"taxonomy_term\":{\"taxonomy\":\"onward:" taxonomy "\",\"name\":\"" name "\"," \
	"\"description\":\"" words "\"}}"
	struct made made;
	import(&made, SERVICE("\"attributes\":[" TERM("service", "../../etc", "x") "," TERM(
			      "need", "everything", "x") "," TERM("eligibility-cel", "c",
			      "true") "," TERM("window-from", "soon", "x") "," TERM("role", "boss",
			      "x") "," TERM("partner", "A B", "x") "," TERM("withheld",
			      "eligibility", "x") ",{\"taxonomy_term_id\":\"gone\"}],"));
	cr_assert(made_draft(&made, DRAFT).len > 0);
	cr_assert(made_reported(&made, "attributes[1]: a code that is not known"));
	cr_assert(made_reported(&made, "the clause c is not whole"));
	cr_assert(made_reported(&made, "attributes[3]: is no date"));
	cr_assert(made_reported(&made, "attributes[4]: is not understood"));
	cr_assert(made_reported(&made, "attributes[5]: is no id"));
	cr_assert(made_reported(&made, "attributes[6]: part of who"));
	cr_assert(made_reported(&made, "attributes[7]: the term is not in the feed"));
	made_finish(&made);
}
