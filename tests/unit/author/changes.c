/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/author/fixture.h"

/* What a change of outcome is called. */

static const struct author_fact age = {
	.path = {"person.age", 10}, .label = {"age", 3}, .type = AUTHOR_INT, .most = 120};
static const struct author_fact gender = {
	.path = {"person.gender", 13}, .label = {"gender", 6}, .type = AUTHOR_TEXT};
static const struct author_fact sentenced = {
	.path = {"justice.sentenced", 17}, .label = {"sentenced", 9}, .type = AUTHOR_BOOL};

static void expect_words(const struct author_trait *traits, size_t count, enum author_verdict from,
	enum author_verdict to, const char *wanted)
{
	const struct author_change change = {
		.from = from, .to = to, .traits = traits, .trait_count = count, .proven = true};
	struct arena arena;
	arena_init(&arena, 0);
	const struct str words = author_change_words(&change, &arena);
	cr_expect(str_is(words, wanted), "%.*s", STR_ARG(words));
	arena_finish(&arena);
}

Test(author_change, speaks_of_women_and_their_age)
{
	const struct author_trait traits[] = {
		{&age, STR("17"), 17, 17}, {&gender, STR("female"), 1, 0}};
	expect_words(traits, 2, AUTHOR_INELIGIBLE, AUTHOR_ELIGIBLE, "women of 17 become eligible");
}

Test(author_change, an_open_end_is_said_as_one)
{
	const struct author_trait over[] = {{&age, STR("65 to 120"), 65, 120}};
	const struct author_trait under[] = {{&age, STR("0 to 16"), 0, 16}};
	const struct author_trait between[] = {{&age, STR("18 to 24"), 18, 24}};
	const struct author_trait several[] = {{&age, STR("16 or 18"), 1, 0}};
	expect_words(over, 1, AUTHOR_ELIGIBLE, AUTHOR_INELIGIBLE,
		"people of 65 or over are no longer eligible");
	expect_words(under, 1, AUTHOR_UNDETERMINED, AUTHOR_INELIGIBLE,
		"people of 16 or under are turned away; there was a question first");
	expect_words(between, 1, AUTHOR_INELIGIBLE, AUTHOR_UNDETERMINED,
		"people of 18 to 24 are no longer turned away: there is a question first");
	expect_words(several, 1, AUTHOR_ELIGIBLE, AUTHOR_FAILED,
		"people aged 16 or 18 fall to a person to decide, because a clause fails");
}

Test(author_change, other_facts_are_named_by_their_labels)
{
	const struct author_trait traits[] = {
		{&gender, STR("another"), 1, 0}, {&sentenced, STR("true"), 1, 0}};
	expect_words(traits, 2, AUTHOR_UNDETERMINED, AUTHOR_ELIGIBLE,
		"people with another gender, sentenced: yes become eligible without a question");
	expect_words(NULL, 0, AUTHOR_ELIGIBLE, AUTHOR_UNDETERMINED,
		"all people are no longer eligible at once: there is a question first");
}

/* Each pair of outcomes is a change that has words of its own. */
Test(author_change, no_change_of_outcome_is_called_none)
{
	struct arena arena;
	arena_init(&arena, 0);
	for (int from = AUTHOR_ELIGIBLE; from <= AUTHOR_FAILED; from++) {
		for (int to = AUTHOR_ELIGIBLE; to <= AUTHOR_FAILED; to++) {
			const struct author_change change = {
				.from = (enum author_verdict)from, .to = (enum author_verdict)to};
			const struct str words = author_change_words(&change, &arena);
			const char *none = strstr(words.ptr, "are treated as before");
			cr_expect((from == to) == (none != NULL), "%s", words.ptr);
			cr_expect(strstr(words.ptr, "there may be others") != NULL);
		}
	}
	arena_finish(&arena);
}
