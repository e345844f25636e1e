/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/reader.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MESSAGE_SIZE = 360,
	PROBLEMS_FIRST = 64 /* a power of two */
};

/* Doubles what the list has place for; what it leaves behind in the arena is half at most. */
static bool problems_grow(struct directory_problems *problems)
{
	const bool full =
		problems->kept >= PROBLEMS_FIRST && (problems->kept & (problems->kept - 1)) == 0;
	if (problems->items != NULL && !full) {
		return true;
	}
	const size_t place = problems->kept == 0 ? PROBLEMS_FIRST : 2 * problems->kept;
	struct directory_problem *items = arena_array(&problems->arena, place, sizeof(*items));
	if (items == NULL) {
		return false;
	}
	if (problems->kept > 0) {
		memcpy(items, problems->items, problems->kept * sizeof(*items));
	}
	problems->items = items;
	return true;
}

void problems_add(struct reader *reader, struct str file, unsigned line, const char *field,
	const char *format, va_list args)
{
	struct directory_problems *problems = reader->problems;
	char message[MESSAGE_SIZE];
	problems->count++;
	if (problems->kept < problems->room && problems_grow(problems)) {
		(void)vsnprintf(message, sizeof(message), format, args);
		problems->items[problems->kept++] = (struct directory_problem){
			.file = arena_str(&problems->arena, file),
			.line = line,
			.field = arena_str(&problems->arena, str_from(field)),
			.message = arena_str(&problems->arena, str_from(message)),
			.code = reader->code == NULL ? "invalid" : reader->code,
			.suggestion = arena_str(&problems->arena, reader->suggestion),
		};
	}
	reader->code = NULL;
	reader->suggestion = (struct str){0};
}

static int problem_order(const void *a, const void *b)
{
	const struct directory_problem *left = a;
	const struct directory_problem *right = b;
	int order = str_compare(left->file, right->file);
	if (order == 0) {
		order = (left->line > right->line) - (left->line < right->line);
	}
	if (order == 0) {
		order = str_compare(left->field, right->field);
	}
	return order != 0 ? order : str_compare(left->message, right->message);
}

void problems_sort(struct directory_problems *problems)
{
	if (problems->kept > 1) {
		qsort(problems->items, problems->kept, sizeof(*problems->items), problem_order);
	}
}

void directory_problems_finish(struct directory_problems *problems)
{
	arena_finish(&problems->arena);
	*problems = (struct directory_problems){0};
}
