/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/parts.h"

#include <stdio.h>

/* Who may refer to a service, and on which pathways they do. */

static uint32_t pathways_of(const struct directory_service *service)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < service->pathways.count; i++) {
		const int number = vocab_number(VOCAB_PATHWAY, service->pathways.items[i]);
		bits |= number < 0 ? 0 : 1U << number;
	}
	return bits;
}

static struct str pathway_words(struct arena *arena, uint32_t pathways)
{
	struct str words = {0};
	for (int i = 0; i < PATHWAY_COUNT; i++) {
		if ((pathways & (1U << i)) != 0) {
			words = arena_printf(arena, "%.*s%s%s", STR_ARG(words),
				words.len == 0 ? "" : ", ", vocab_code(VOCAB_PATHWAY, i));
		}
	}
	return words;
}

/* What a kind or a party named adds to the pathways that somebody refers on; one that adds none is
 * told. */
static uint32_t check_sender(struct reviewing *reviewing, const struct directory_service *service,
	const char *field, struct str name, enum kind kind)
{
	const uint32_t wanted = pathways_of(service);
	const uint32_t sent = vocab_kind_pathways(kind);
	if (sent == 0) {
		review_warn(reviewing, service->file, field, "no-effect", (struct str){0},
			"%.*s refers nobody: a %s receives, or looks", STR_ARG(name),
			vocab_code(VOCAB_KIND, (int)kind));
	} else if (wanted != 0 && (sent & wanted) == 0) {
		struct arena *arena = &reviewing->work;
		const struct arena_mark mark = arena_mark(arena);
		const struct str ways = pathway_words(arena, sent);
		review_warn(reviewing, service->file, field, "no-effect", (struct str){0},
			"%.*s refers on %.*s alone, which is not among the pathways", STR_ARG(name),
			STR_ARG(ways));
		arena_rewind(arena, mark);
	}
	return sent;
}

static uint32_t check_kinds(struct reviewing *reviewing, const struct directory_service *service)
{
	uint32_t sent = 0;
	for (size_t i = 0; i < service->referrer_kinds.count; i++) {
		char field[REVIEW_FIELD_SIZE];
		const struct str name = service->referrer_kinds.items[i];
		const int kind = vocab_number(VOCAB_KIND, name);
		(void)snprintf(field, sizeof(field), "referrers.kinds[%zu]", i);
		if (kind >= 0) {
			sent |= check_sender(reviewing, service, field, name, (enum kind)kind);
		}
	}
	return sent;
}

/* A party that is not in parties.yaml is told once, not with each service: between.c. */
static uint32_t check_parties(struct reviewing *reviewing, const struct directory_service *service)
{
	const struct parties *parties = reviewing->input->parties;
	uint32_t sent = 0;
	for (size_t i = 0; i < service->referrer_parties.count; i++) {
		char field[REVIEW_FIELD_SIZE];
		const struct str name = service->referrer_parties.items[i];
		const struct party *party = parties == NULL ? NULL : parties_find(parties, name);
		(void)snprintf(field, sizeof(field), "referrers.parties[%zu]", i);
		if (parties == NULL) {
			sent = UINT32_MAX; /* of what kind they are is not known */
		} else if (party != NULL) {
			sent |= check_sender(reviewing, service, field, name, party->kind);
		}
	}
	return sent;
}

void review_referrers(struct reviewing *reviewing, const struct directory_service *service)
{
	if (!review_is_ahead(reviewing, service)) {
		return;
	}
	if (service->referrer_parties.count + service->referrer_kinds.count == 0) {
		review_tally(reviewing, TALLY_REFERRERS, service);
		return;
	}
	if (service->pathways.count == 0) {
		review_tally(reviewing, TALLY_PATHWAYS, service);
		return;
	}
	const uint32_t kinds = check_kinds(reviewing, service);
	const uint32_t missing =
		pathways_of(service) & ~(kinds | check_parties(reviewing, service));
	if (missing != 0 && review_is_whole(reviewing, service->file)) {
		struct arena *arena = &reviewing->work;
		const struct arena_mark mark = arena_mark(arena);
		const struct str words = pathway_words(arena, missing);
		review_warn(reviewing, service->file, "pathways", "no-referrer", (struct str){0},
			"nobody who may refer to it refers on %.*s", STR_ARG(words));
		arena_rewind(arena, mark);
	}
}
