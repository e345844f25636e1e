/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

/*
 * Who takes on a service's people when its window has ended.  Each service names one successor at
 * most, so a walk along them ends at a service without one, or goes round in a circle.
 */

#define NO_SUCCESSOR UINT32_MAX

enum {
	SHOWN_IN_CIRCLE = 6, /* ids; the rest of a longer one is counted */
};

struct walk {
	struct reader *reader;
	const struct service_lines *lines;
	uint32_t *next; /* by position: the successor's, or NO_SUCCESSOR */
	uint32_t *seen; /* by position: 1 + where the walk that came by began; 0: none yet */
};

static struct directory_list ids_of(struct reader *reader)
{
	const struct directory *directory = reader->directory;
	struct str *ids = arena_array(reader->scratch, directory->service_count, sizeof(*ids));
	for (size_t i = 0; ids != NULL && i < directory->service_count; i++) {
		ids[i] = directory->services[i].id;
	}
	return (struct directory_list){ids, ids == NULL ? 0 : directory->service_count};
}

static void unknown_successor(struct walk *walk, size_t position, struct directory_list *ids)
{
	const struct directory_service *service = &walk->reader->directory->services[position];
	if (ids->items == NULL) {
		*ids = ids_of(walk->reader);
	}
	const struct str hint = reader_suggestion(walk->reader, service->successor, ids);
	walk->reader->code = "unknown-word";
	reader_problem_at(walk->reader, service->file, walk->lines[position].successor, "successor",
		"unknown service \"%.*s\"%.*s", STR_ARG(service->successor), STR_ARG(hint));
}

static void circle_problem(struct walk *walk, uint32_t start)
{
	const struct directory_service *services = walk->reader->directory->services;
	size_t length = 0;
	uint32_t first = start;
	for (uint32_t at = walk->next[start]; at != start; at = walk->next[at]) {
		first = at < first ? at : first;
	}
	/* Told of the first in the directory's order, whichever was come upon. */
	struct str circle = services[first].id;
	for (uint32_t at = walk->next[first]; at != first; at = walk->next[at]) {
		length++;
		if (length < SHOWN_IN_CIRCLE) {
			circle = arena_printf(walk->reader->scratch, "%.*s -> %.*s",
				STR_ARG(circle), STR_ARG(services[at].id));
		}
	}
	if (length >= SHOWN_IN_CIRCLE) {
		circle = arena_printf(walk->reader->scratch, "%.*s -> (%zu more)", STR_ARG(circle),
			length + 1 - SHOWN_IN_CIRCLE);
	}
	walk->reader->code = "circle";
	reader_problem_at(walk->reader, services[first].file, walk->lines[first].successor,
		"successor", "goes round in a circle: %.*s -> %.*s", STR_ARG(circle),
		STR_ARG(services[first].id));
}

static void successor_find(struct walk *walk, size_t position, struct directory_list *ids)
{
	const struct directory *directory = walk->reader->directory;
	const struct directory_service *service = &directory->services[position];
	walk->next[position] = NO_SUCCESSOR;
	if (service->successor.len == 0) {
		return;
	}
	if (str_equal(service->successor, service->id)) {
		reader_problem_at(walk->reader, service->file, walk->lines[position].successor,
			"successor", "is the service itself");
		return;
	}
	const struct directory_service *successor =
		directory_service_find(directory, service->successor);
	if (successor == NULL) {
		unknown_successor(walk, position, ids);
	} else {
		walk->next[position] = (uint32_t)(successor - directory->services);
	}
}

void successors_check(struct reader *reader, const struct service_lines *lines)
{
	const size_t count = reader->directory->service_count;
	struct directory_list ids = {0};
	struct walk walk = {
		.reader = reader,
		.lines = lines,
		.next = arena_array(reader->scratch, count, sizeof(*walk.next)),
		.seen = arena_array(reader->scratch, count, sizeof(*walk.seen)),
	};
	if (walk.next == NULL || walk.seen == NULL) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		successor_find(&walk, i, &ids);
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = i;
		while (at != NO_SUCCESSOR && walk.seen[at] == 0) {
			walk.seen[at] = i + 1;
			at = walk.next[at];
		}
		if (at != NO_SUCCESSOR && walk.seen[at] == i + 1 && walk.next[at] != NO_SUCCESSOR) {
			circle_problem(&walk, at);
		}
	}
}
