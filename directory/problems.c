/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/reader.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MESSAGE_SIZE = 360
};

void problems_add(struct directory_problems *problems, struct str file, unsigned line,
	const char *field, const char *format, va_list args)
{
	problems->count++;
	if (problems->kept >= PROBLEMS_KEPT) {
		return;
	}
	if (problems->items == NULL) {
		problems->items =
			arena_array(&problems->arena, PROBLEMS_KEPT, sizeof(*problems->items));
	}
	char message[MESSAGE_SIZE];
	(void)vsnprintf(message, sizeof(message), format, args);
	if (problems->items != NULL) {
		problems->items[problems->kept++] = (struct directory_problem){
			.file = arena_str(&problems->arena, file),
			.line = line,
			.field = arena_str(&problems->arena, str_from(field)),
			.message = arena_str(&problems->arena, str_from(message)),
		};
	}
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
