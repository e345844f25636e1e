/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a service, beside two that are good and one of which it may follow: a review answers
 * with errors exactly where the loader does, every finding has its place, and all can be printed.
 */
#include "broker/core/plan.h"
#include "broker/review/review.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define GOOD(id, name, more)                                                                    \
	STR("id: " id "\nname: " name "\norganisation: centre\nrole: lead\nrouting: routable\n" \
	    "authorities: [Camden]\npathways: [diversion]\nneeds: [accommodation]\n"            \
	    "referrers: {kinds: [police]}\n" more                                               \
	    "delivery: {party: centre, adapter: inbox, secret: true}\n"                         \
	    "agreement: {fields: [needs]}\nsources: [Invented.]\n")

static void check_finding(const struct directory_files *files, const struct review_finding *finding)
{
	struct buf out = {0};
	struct arena arena;
	if (finding->message.len == 0 || finding->code == NULL) {
		abort();
	}
	if (finding->file.len > 0 && directory_file_find(files, finding->file) == NULL) {
		abort();
	}
	/* A warning is about a file that was read; its field, or what would hold it, has a line. */
	if (finding->severity == REVIEW_WARNING && finding->line == 0) {
		abort();
	}
	arena_init(&arena, 0);
	review_print(&out, finding, "root");
	(void)review_value(&arena, finding, "root/");
	buf_finish(&out);
	arena_finish(&arena);
}

static bool loads(const struct directory_files *files)
{
	struct directory *directory = NULL;
	struct directory_problems problems;
	const enum err err = directory_load(files, plan_rulebook(), &directory, &problems);
	directory_problems_finish(&problems);
	directory_destroy(directory);
	return err == ERR_OK;
}

static void review_these(const struct directory_files *files, const char *day, struct str only)
{
	static const struct party items[] = {{.id = "met", .kind = KIND_POLICE}};
	static const struct parties parties = {.items = items, .count = 1};
	struct review review;
	struct review_input input = {
		.files = files, .only = only, .parties = only.len > 0 ? &parties : NULL};
	size_t counts[3] = {0};
	if (date_parse(str_from(day), &input.day) != ERR_OK ||
		review_run(&input, &review) != ERR_OK) {
		abort();
	}
	for (size_t i = 0; i < review.count; i++) {
		check_finding(files, &review.items[i]);
		counts[review.items[i].severity]++;
	}
	if (counts[REVIEW_ERROR] != review.errors_kept ||
		counts[REVIEW_WARNING] != review.warnings || counts[REVIEW_NOTE] != review.notes ||
		(review.errors == 0) != loads(files)) {
		abort();
	}
	review_finish(&review);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct directory_file items[] = {
		{STR("area/organisations/centre.yaml"),
			STR("id: centre\nname: Centre\nparty_kind: provider\n")},
		{STR("area/services/first.yaml"),
			GOOD("first", "First",
				"successor: sample\nwindow: {from: 2018-07-01, to: 2019-07-31}\n")},
		{STR("area/services/other.yaml"), GOOD("other", "Other", "")},
		{STR("area/services/sample.yaml"), {(const char *)bytes, size}},
	};
	const struct directory_files files = {.items = items, .count = 4};
	review_these(&files, "2019-06-12", (struct str){0});
	review_these(&files, "2026-01-31", STR("area/"));
	return 0;
}
