/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/parts.h"

/* Whether the service that is to take on another's people can. */

static bool list_has(const struct directory_list *list, struct str text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_equal(list->items[i], text)) {
			return true;
		}
	}
	return false;
}

/* Those of `wanted` that are not in `there`, as words; empty when all are. */
static struct str missing_words(struct arena *arena, const struct directory_list *wanted,
	const struct directory_list *there, bool authorities)
{
	struct str words = {0};
	size_t missing = 0;
	for (size_t i = 0; i < wanted->count; i++) {
		const struct str code = wanted->items[i];
		const struct directory_authority *authority =
			authorities ? directory_authority_by_code(code) : NULL;
		const struct directory_authority *same =
			authority == NULL ? NULL : directory_authority_same_place(authority);
		if (list_has(there, code) || (same != NULL && list_has(there, same->code))) {
			continue;
		}
		if (missing++ < REVIEW_LISTED) {
			words = arena_printf(arena, "%.*s%s%.*s", STR_ARG(words),
				words.len == 0 ? "" : ", ",
				STR_ARG(authority == NULL ? code : authority->name));
		}
	}
	if (missing > REVIEW_LISTED) {
		words = arena_printf(
			arena, "%.*s and %zu more", STR_ARG(words), missing - REVIEW_LISTED);
	}
	return words;
}

static void warn(struct reviewing *reviewing, const struct directory_service *service,
	const char *what, struct str words)
{
	review_warn(reviewing, service->file, "successor", "successor", (struct str){0},
		"%.*s %s%.*s", STR_ARG(service->successor), what, STR_ARG(words));
}

/* What it covers and takes that its successor does not. */
static void check_scope(struct reviewing *reviewing, const struct directory_service *service,
	const struct directory_service *next)
{
	struct arena *arena = &reviewing->work;
	if (service->area_stated && next->area_stated) {
		const struct str area =
			missing_words(arena, &service->authorities, &next->authorities, true);
		if (area.len > 0) {
			warn(reviewing, service, "does not cover ", area);
		}
	}
	if (service->needs_stated && next->needs_stated) {
		const struct str needs = missing_words(arena, &service->needs, &next->needs, false);
		if (needs.len > 0) {
			warn(reviewing, service, "does not take ", needs);
		}
	}
	if (service->pathways.count > 0 && next->pathways.count > 0) {
		const struct str ways =
			missing_words(arena, &service->pathways, &next->pathways, false);
		if (ways.len > 0) {
			warn(reviewing, service, "is not for ", ways);
		}
	}
}

/* Whom it would take on otherwise than the one before it did. */
static void check_care(struct reviewing *reviewing, const struct directory_service *service,
	const struct directory_service *next)
{
	const struct {
		bool differs;
		const char *what;
	} checks[] = {
		{service->women_specific && !next->women_specific, "is not for women alone"},
		{service->confidential_location && !next->confidential_location,
			"does not keep its location confidential"},
		{service->delivery_secret && !next->delivery_secret,
			"has no secret channel: only a notice with a reference leaves for it"},
		{!next->intake_open, "is paused by its own file"},
		{(next->caseload == 0 || next->per_year == 0) && next->overrides.count == 0 &&
				next->waiting_list == 0,
			"has room for nobody"},
	};
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].differs) {
			warn(reviewing, service, checks[i].what, (struct str){0});
		}
	}
}

void review_successor(struct reviewing *reviewing, const struct directory_service *service)
{
	struct arena *arena = &reviewing->work;
	const struct directory_service *next =
		service->successor.len == 0
			? NULL
			: directory_service_find(reviewing->directory, service->successor);
	char text[DATE_TEXT_SIZE];
	if (next == NULL || next == service || !review_is_whole(reviewing, service->file) ||
		!review_is_whole(reviewing, next->file)) {
		return; /* none, or what is known of it is not all */
	}
	const struct arena_mark mark = arena_mark(arena);
	if (next->routing != DIRECTORY_ROUTABLE) {
		warn(reviewing, service, "is not routable", (struct str){0});
	}
	if (service->window_to != INT32_MAX && next->window_from > service->window_to + 1) {
		date_format(next->window_from, text);
		warn(reviewing, service, "begins only on ", str_from(text));
	}
	if (next->window_to <= service->window_to && next->window_to != INT32_MAX) {
		date_format(next->window_to, text);
		warn(reviewing, service, "has ended itself by then, on ", str_from(text));
	}
	if (service->window_to == INT32_MAX) {
		review_warn(reviewing, service->file, "successor", "no-effect", (struct str){0},
			"takes on nobody: the window has no end");
	}
	check_scope(reviewing, service, next);
	check_care(reviewing, service, next);
	arena_rewind(arena, mark);
}
