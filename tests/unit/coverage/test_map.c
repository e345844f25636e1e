/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/map.h"
#include "tests/unit/coverage/fixture.h"

#include <criterion/criterion.h>

static const struct coverage_part all_of_it = {.pathway = -1, .need = -1};

static void draw(const char *areas, const char *day, const char *golden,
	void (*picture)(struct buf *, const struct coverage *, const struct coverage_part *),
	const struct coverage_part *part)
{
	struct directory *directory = fixture_area(areas);
	struct coverage *coverage = fixture_coverage(directory, day);
	struct buf out = {0};
	picture(&out, coverage, part);
	fixture_golden(golden, &out);
	buf_finish(&out);
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(map, london_stands_in_its_usual_tiles)
{
	draw("london-2018", "2019-06-12", "map-london-2018.txt", map_text, &all_of_it);
}

Test(map, merseyside_norfolk_and_a_need_have_their_tiles_too)
{
	const struct coverage_part part = {
		.pathway = PATHWAY_COURT, .need = NEED_DOMESTIC_SEXUAL_ABUSE};
	draw("merseyside,norfolk", "2019-06-12", "map-two-areas.txt", map_text, &part);
}

/* The picture that the readme shows. */
Test(map, the_committed_picture_is_what_the_command_draws)
{
	draw("london-2018", "2019-06-12", "../../../directory/coverage/london-2018.svg", map_svg,
		&all_of_it);
}

Test(timeline, a_row_shows_what_ran_when)
{
	draw("london-2018", "2019-06-12", "timeline-london-2018.txt", timeline_text, &all_of_it);
}

/* The other picture of the readme. */
Test(timeline, the_committed_picture_is_what_the_command_draws)
{
	draw("london-2018", "2019-06-12", "../../../directory/coverage/london-2018-contracts.svg",
		timeline_svg, &all_of_it);
}

Test(timeline, the_picture_of_open_contracts_ends_in_arrows)
{
	const struct coverage_part part = {
		.pathway = -1, .need = -1, .authority = STR("E09000022")};
	draw("crs-current", "2025-03-03", "timeline-lambeth.svg", timeline_svg, &part);
}

static bool has(const struct buf *text, const char *part)
{
	return memmem(text->data, text->len, part, strlen(part)) != NULL;
}

Test(map, a_picture_has_no_script_and_escapes_names)
{
	struct buf out = {0};
	svg_begin(&out, 100, 100, "title");
	svg_text(&out, 1, 2, "name", STR("<b>King's & \"Queen's\"</b>"));
	svg_end(&out);
	cr_expect(has(&out, "&lt;b&gt;King's &amp; \"Queen's\"&lt;/b&gt;"));
	cr_expect_not(has(&out, "<b>"));
	cr_expect_not(has(&out, "<script"));
	cr_expect_not(has(&out, "href"));
	buf_finish(&out);
}

Test(map, no_two_kinds_share_a_letter_or_a_block)
{
	for (int a = 0; a < COVERAGE_KINDS; a++) {
		for (int b = a + 1; b < COVERAGE_KINDS; b++) {
			const struct map_mark *one = map_mark_of((enum coverage_kind)a);
			const struct map_mark *two = map_mark_of((enum coverage_kind)b);
			cr_expect_neq(one->letter, two->letter);
			cr_expect_str_neq(one->block, two->block);
			cr_expect_str_neq(one->words, two->words);
		}
	}
}
