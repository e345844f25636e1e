/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/diff.h"

/* A change of outcome as a sentence that somebody reads who writes no rules. */

static const struct author_trait *trait_find(const struct author_change *change, const char *path)
{
	for (size_t i = 0; i < change->trait_count; i++) {
		if (str_is(change->traits[i].fact->path, path)) {
			return &change->traits[i];
		}
	}
	return NULL;
}

/* "gender male", "another gender", "sentenced: yes". */
static struct str trait_words(const struct author_trait *trait, struct arena *arena)
{
	const struct author_fact *fact = trait->fact;
	const struct str label = fact->label.len == 0 ? fact->path : fact->label;
	if (fact->type == AUTHOR_BOOL) {
		return arena_printf(arena, "%.*s: %s", STR_ARG(label),
			str_is(trait->values, "true") ? "yes" : "no");
	}
	/* The value that stands for all that no clause names. */
	if (fact->code_count == 0 && str_is(trait->values, "another")) {
		return arena_printf(arena, "another %.*s", STR_ARG(label));
	}
	return arena_printf(arena, "%.*s %.*s", STR_ARG(label), STR_ARG(trait->values));
}

/* "women of 17", "people of 25 or over". */
static struct str who_words(const struct author_change *change, struct arena *arena)
{
	const struct author_trait *gender = trait_find(change, "person.gender");
	const struct author_trait *age = trait_find(change, "person.age");
	const bool women = gender != NULL && str_is(gender->values, "female");
	struct str words = women ? STR("women") : STR("people");
	if (age != NULL && age->least > age->most) {
		words = arena_printf(arena, "%.*s aged %.*s", STR_ARG(words), STR_ARG(age->values));
	} else if (age != NULL && age->least == age->most) {
		words = arena_printf(arena, "%.*s of %lld", STR_ARG(words), (long long)age->least);
	} else if (age != NULL && age->most == age->fact->most) {
		words = arena_printf(
			arena, "%.*s of %lld or over", STR_ARG(words), (long long)age->least);
	} else if (age != NULL && age->least == age->fact->least) {
		words = arena_printf(
			arena, "%.*s of %lld or under", STR_ARG(words), (long long)age->most);
	} else if (age != NULL) {
		words = arena_printf(arena, "%.*s of %.*s", STR_ARG(words), STR_ARG(age->values));
	}
	bool first = true;
	for (size_t i = 0; i < change->trait_count; i++) {
		const struct author_trait *trait = &change->traits[i];
		if (trait == age || (trait == gender && women)) {
			continue;
		}
		words = arena_printf(arena, "%.*s%s%.*s", STR_ARG(words), first ? " with " : ", ",
			STR_ARG(trait_words(trait, arena)));
		first = false;
	}
	return change->trait_count == 0 ? STR("all people") : words;
}

static const char *outcome_words(enum author_verdict from, enum author_verdict to)
{
	switch (to) {
	case AUTHOR_ELIGIBLE:
		switch (from) {
		case AUTHOR_INELIGIBLE:
			return "become eligible";
		case AUTHOR_UNDETERMINED:
			return "become eligible without a question";
		case AUTHOR_FAILED:
			return "become eligible; a person had to decide, because a clause failed";
		case AUTHOR_ELIGIBLE:
			break;
		}
		break;
	case AUTHOR_INELIGIBLE:
		switch (from) {
		case AUTHOR_ELIGIBLE:
			return "are no longer eligible";
		case AUTHOR_UNDETERMINED:
			return "are turned away; there was a question first";
		case AUTHOR_FAILED:
			return "are turned away; a person had to decide, because a clause failed";
		case AUTHOR_INELIGIBLE:
			break;
		}
		break;
	case AUTHOR_UNDETERMINED:
		switch (from) {
		case AUTHOR_ELIGIBLE:
			return "are no longer eligible at once: there is a question first";
		case AUTHOR_INELIGIBLE:
			return "are no longer turned away: there is a question first";
		case AUTHOR_FAILED:
			return "are met with a question; a person had to decide, because a clause "
			       "failed";
		case AUTHOR_UNDETERMINED:
			break;
		}
		break;
	case AUTHOR_FAILED:
		if (from != AUTHOR_FAILED) {
			return "fall to a person to decide, because a clause fails";
		}
		break;
	}
	return "are treated as before";
}

struct str author_change_words(const struct author_change *change, struct arena *arena)
{
	const struct str who = who_words(change, arena);
	return arena_printf(arena, "%.*s%s %s", STR_ARG(who),
		change->proven ? "" : " (among those tried; there may be others)",
		outcome_words(change->from, change->to));
}
