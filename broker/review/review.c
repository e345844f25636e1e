/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/parts.h"
#include "broker/core/plan.h"
#include "directory/place.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FIRST_ROOM = 64,
	WATCH_EVERY = 256 /* services; a fraction of a second even where clauses are many */
};

const char *review_severity_name(enum review_severity severity)
{
	switch (severity) {
	case REVIEW_ERROR:
		return "error";
	case REVIEW_WARNING:
		return "warning";
	case REVIEW_NOTE:
		break;
	}
	return "note";
}

bool review_wants(const struct reviewing *reviewing, struct str file)
{
	return str_has_prefix(file, reviewing->input->only);
}

/* The list doubles in the arena; what it leaves behind is half at most. */
static struct review_finding *place_for_one(struct review *review)
{
	if (review->count == review->room) {
		const size_t room = review->room == 0 ? FIRST_ROOM : 2 * review->room;
		struct review_finding *items = arena_array(&review->arena, room, sizeof(*items));
		if (items == NULL) {
			return NULL;
		}
		if (review->count > 0) {
			memcpy(items, review->items, review->count * sizeof(*items));
		}
		review->items = items;
		review->room = room;
	}
	return &review->items[review->count++];
}

void review_add(struct reviewing *reviewing, const struct review_finding *finding)
{
	struct review *review = reviewing->review;
	struct review_finding *place = place_for_one(review);
	if (place == NULL) {
		return;
	}
	*place = *finding;
	place->file = arena_str(&review->arena, finding->file);
	place->field = arena_str(&review->arena, finding->field);
	place->message = arena_str(&review->arena, finding->message);
	place->suggestion = arena_str(&review->arena, finding->suggestion);
	review->warnings += finding->severity == REVIEW_WARNING;
	review->notes += finding->severity == REVIEW_NOTE;
	review->errors_kept += finding->severity == REVIEW_ERROR;
}

void review_warn(struct reviewing *reviewing, struct str file, const char *field, const char *code,
	struct str suggestion, const char *format, ...)
{
	char message[REVIEW_MESSAGE_SIZE];
	va_list arguments;
	if (!review_wants(reviewing, file)) {
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	const struct review_finding warning = {
		.severity = REVIEW_WARNING,
		.code = code,
		.file = file,
		.field = str_from(field),
		.message = str_from(message),
		.suggestion = suggestion,
	};
	review_add(reviewing, &warning);
}

static int file_order(const void *file, const void *finding)
{
	const struct str of = ((const struct review_finding *)finding)->file;
	return of.len == 0 ? -1 : str_compare(*(const struct str *)file, of);
}

bool review_is_whole(const struct reviewing *reviewing, struct str file)
{
	/* The errors come first in the list, sorted by file. */
	const struct review *review = reviewing->review;
	return review->errors_kept == 0 || bsearch(&file, review->items, review->errors_kept,
						   sizeof(*review->items), file_order) == NULL;
}

bool review_key_is_whole(const struct reviewing *reviewing, struct str file, const char *key)
{
	const struct review *review = reviewing->review;
	const struct review_finding *errors = review->items;
	if (review_is_whole(reviewing, file)) {
		return true;
	}
	for (size_t i = 0; i < review->errors_kept; i++) {
		if (str_equal(errors[i].file, file) &&
			str_has_prefix(errors[i].field, str_from(key))) {
			return false;
		}
	}
	return true;
}

bool review_is_ahead(const struct reviewing *reviewing, const struct directory_service *service)
{
	return service->routing == DIRECTORY_ROUTABLE &&
	       service->window_to >= reviewing->input->day;
}

static int finding_order(const void *a, const void *b)
{
	const struct review_finding *left = a;
	const struct review_finding *right = b;
	int order = (left->file.len == 0) - (right->file.len == 0);
	if (order == 0) {
		order = str_compare(left->file, right->file);
	}
	if (order == 0) {
		order = (left->line > right->line) - (left->line < right->line);
	}
	if (order == 0) {
		order = str_compare(left->field, right->field);
	}
	return order != 0 ? order : str_compare(left->message, right->message);
}

static void findings_sort(struct review *review)
{
	if (review->count > 1) {
		qsort(review->items, review->count, sizeof(*review->items), finding_order);
	}
}

static void errors_take(struct reviewing *reviewing, const struct directory_problems *problems)
{
	for (size_t i = 0; i < problems->kept; i++) {
		const struct directory_problem *problem = &problems->items[i];
		const struct review_finding error = {
			.severity = REVIEW_ERROR,
			.code = problem->code,
			.file = problem->file,
			.line = problem->line,
			.field = problem->field,
			.message = problem->message,
			.suggestion = problem->suggestion,
		};
		if (problem->file.len == 0 || review_wants(reviewing, problem->file)) {
			review_add(reviewing, &error);
		}
	}
	const struct directory_refusals *refusals = reviewing->input->refusals;
	for (size_t i = 0; refusals != NULL && i < refusals->count; i++) {
		const struct review_finding error = {
			.severity = REVIEW_ERROR,
			.code = "refused",
			.file = refusals->items[i].path,
			.message = str_from(refusals->items[i].message),
		};
		if (review_wants(reviewing, error.file)) {
			review_add(reviewing, &error);
		}
	}
	findings_sort(reviewing->review);
	/* Of those that were not kept nobody knows the file. */
	reviewing->review->errors =
		reviewing->review->errors_kept + (problems->count - problems->kept);
}

/* A warning knows its field; the line is looked up in the file, read once for all that is said of
 * it. */
static void lines_find(struct reviewing *reviewing)
{
	struct review *review = reviewing->review;
	const struct yaml_node *root = NULL;
	struct str open = {0};
	struct arena scratch;
	arena_init(&scratch, 0);
	findings_sort(review);
	for (size_t i = 0; i < review->count; i++) {
		struct review_finding *finding = &review->items[i];
		if (finding->severity != REVIEW_WARNING || finding->file.len == 0) {
			continue;
		}
		if (!str_equal(open, finding->file)) {
			const struct directory_file *file =
				directory_file_find(reviewing->input->files, finding->file);
			struct yaml_error error;
			open = finding->file;
			arena_reset(&scratch);
			if (file == NULL ||
				yaml_parse(&scratch, file->bytes, &root, &error) != ERR_OK) {
				root = NULL;
			}
		}
		finding->line = root == NULL ? 0 : directory_line_of(root, finding->field);
	}
	arena_finish(&scratch);
	findings_sort(review);
}

static void counts_take(struct reviewing *reviewing)
{
	const struct directory_files *files = reviewing->input->files;
	struct review *review = reviewing->review;
	struct str last = {0};
	for (size_t i = 0; i < files->count; i++) {
		const struct place place = place_of(files->items[i].path);
		if (!review_wants(reviewing, files->items[i].path)) {
			continue;
		}
		review->services += place.kind == FILE_SERVICE;
		review->organisations += place.kind == FILE_ORGANISATION;
		review->areas += place.kind != FILE_MISPLACED && !str_equal(place.area, last);
		last = place.kind == FILE_MISPLACED ? last : place.area;
	}
}

static enum err services_look(struct reviewing *reviewing)
{
	const struct directory *directory = reviewing->directory;
	const struct directory_watch *watch = reviewing->input->watch;
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		if (watch != NULL && i % WATCH_EVERY == 0) {
			watch->step(watch->context, i, directory->service_count);
		}
		/* Of what could not be read its errors are told. */
		if (!review_wants(reviewing, service->file) || service->id.len == 0 ||
			service->organisation == NULL) {
			continue;
		}
		reviewing->routable += review_is_ahead(reviewing, service);
		review_service(reviewing, service);
		review_referrers(reviewing, service);
		review_successor(reviewing, service);
		const enum err err = review_clauses(reviewing, service);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

enum err review_run(const struct review_input *input, struct review *ret_review)
{
	struct directory *directory = NULL;
	struct directory_problems problems;
	*ret_review = (struct review){0};
	arena_init(&ret_review->arena, 0);
	struct reviewing reviewing = {.input = input, .review = ret_review};
	arena_init(&reviewing.work, 0);
	enum err err = directory_load_all(
		input->files, plan_rulebook(), input->watch, &directory, &problems);
	if (err == ERR_OK || err == ERR_CONFIG) {
		reviewing.directory = directory;
		errors_take(&reviewing, &problems);
		err = review_schema(&reviewing.work, &reviewing.schema);
	}
	if (err == ERR_OK) {
		err = services_look(&reviewing);
	}
	if (err == ERR_OK) {
		counts_take(&reviewing);
		review_between(&reviewing);
		review_tell_tallies(&reviewing);
		lines_find(&reviewing);
		err = arena_failed(&ret_review->arena) || arena_failed(&reviewing.work) ? ERR_NOMEM
											: ERR_OK;
	}
	review_clauses_finish(&reviewing);
	directory_problems_finish(&problems);
	directory_destroy(directory);
	arena_finish(&reviewing.work);
	return err;
}

void review_finish(struct review *review)
{
	arena_finish(&review->arena);
	*review = (struct review){0};
}
