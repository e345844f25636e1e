/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/problems.h"
#include "broker/base/log.h"

#include <stdio.h>

enum {
	PLACE_SIZE = 160
};

static void place_format(const struct directory_problem *problem, char out[PLACE_SIZE])
{
	if (problem->file.len == 0) {
		(void)snprintf(out, PLACE_SIZE, "directory"); /* as a whole */
	} else if (problem->line == 0) {
		(void)snprintf(out, PLACE_SIZE, "%.*s: %.*s", STR_ARG(problem->file),
			STR_ARG(problem->field));
	} else {
		(void)snprintf(out, PLACE_SIZE, "%.*s:%u%s%.*s", STR_ARG(problem->file),
			problem->line, problem->field.len == 0 ? "" : ": ",
			STR_ARG(problem->field));
	}
}

void problems_log(const struct directory_problems *problems)
{
	for (size_t i = 0; i < problems->kept; i++) {
		char place[PLACE_SIZE];
		place_format(&problems->items[i], place);
		log_line(
			LOG_ERROR, "directory", place, "%.*s", STR_ARG(problems->items[i].message));
	}
	if (problems->count > problems->kept) {
		log_line(LOG_ERROR, "directory", NULL, "and %zu more",
			problems->count - problems->kept);
	}
}

void problems_first(
	const struct directory_problems *problems, const char *others, struct fault *fault)
{
	if (problems->kept > 0) {
		char place[PLACE_SIZE];
		place_format(&problems->items[0], place);
		char more[80] = "";
		if (problems->count > 1) {
			(void)snprintf(more, sizeof(more), " (and %zu more: %s)",
				problems->count - 1, others);
		}
		(void)fault_set(fault, ERR_CONFIG, place, "%.*s%s",
			STR_ARG(problems->items[0].message), more);
	}
}

void problems_in_force(struct core *core)
{
	struct core_identity identity;
	struct fault why;
	if (!core_directory_unusable(core, &why)) {
		return;
	}
	core_identify(core, &identity);
	problems_log(core_directory_refused(core));
	log_line(LOG_ERROR, "directory", NULL,
		"version %llu, in force, cannot be used by this release: %s %s",
		(unsigned long long)identity.directory_version, why.field, why.message);
}

void problems_none_in_force(struct core *core)
{
	struct core_identity identity;
	if (!core_directory_unusable(core, NULL)) {
		return;
	}
	core_identify(core, &identity);
	log_line(LOG_ERROR, "directory", NULL,
		"the broker runs without a directory: nobody is placed; new referrals and changes "
		"are refused with try-later and wait in the spools of their sources; deliveries, "
		"answers and deadlines go on; correct the files (`onward directory fetch %llu`, "
		"`onward directory check`) and put them in force with `onward directory publish`, "
		"or go back with `onward directory rollback`",
		(unsigned long long)identity.directory_version);
}
