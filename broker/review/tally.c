/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/parts.h"

/*
 * Notes: what many services have in common.  A public source says little of assurance or of who may
 * refer, and that is no mistake of whoever copied it faithfully; but what is still to be found out
 * should be seen, once.
 */
static const struct {
	const char *code, *field, *words;
} notes[TALLY_COUNT] = {
	[TALLY_AREA] = {"not-stated", "area", "is not stated, so that it is chosen for nobody"},
	[TALLY_REFERRERS] = {"not-stated", "referrers", "are not stated, so that nobody may refer"},
	[TALLY_PATHWAYS] = {"not-stated", "pathways", "are not stated"},
	[TALLY_NEEDS] = {"not-stated", "needs",
		"are not stated: a lead takes the whole person, a specialist nobody for a need"},
	[TALLY_ASSURANCE] = {"not-stated", "assurance_date", "is not stated"},
	[TALLY_ADDRESS] = {"not-stated", "delivery.address",
		"is not stated, though they are delivered to by mail"},
	[TALLY_ENDED] = {"history", "window", "ended more than a year ago"},
};

void review_tally(struct reviewing *reviewing, enum review_tally tally,
	const struct directory_service *service)
{
	struct review_tallies *tallies = &reviewing->tallies;
	const size_t number = tallies->counts[tally]++;
	if (number < REVIEW_EXAMPLES) {
		tallies->examples[tally][number] = service;
	}
}

void review_tell_tallies(struct reviewing *reviewing)
{
	const struct review_tallies *tallies = &reviewing->tallies;
	struct arena *arena = &reviewing->review->arena;
	for (size_t tally = 0; tally < TALLY_COUNT; tally++) {
		const size_t count = tallies->counts[tally];
		struct str names = {0};
		for (size_t i = 0; i < count && i < REVIEW_EXAMPLES; i++) {
			names = arena_printf(arena, "%.*s%s%.*s", STR_ARG(names),
				i == 0 ? "" : ", ", STR_ARG(tallies->examples[tally][i]->id));
		}
		if (count > REVIEW_EXAMPLES) {
			names = arena_printf(arena, "%.*s and %zu more", STR_ARG(names),
				count - REVIEW_EXAMPLES);
		}
		if (count > 0) {
			const struct review_finding note = {
				.severity = REVIEW_NOTE,
				.code = notes[tally].code,
				.field = str_from(notes[tally].field),
				.message = arena_printf(
					arena, "%s: %.*s", notes[tally].words, STR_ARG(names)),
			};
			review_add(reviewing, &note);
		}
	}
}
