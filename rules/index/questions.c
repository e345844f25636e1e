/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rules/index/complete.h"

static int compare_counts(size_t a, size_t b)
{
	return (a < b) - (a > b);
}

static int compare(const void *left, const void *right)
{
	const struct index_question *a = left;
	const struct index_question *b = right;
	const int orders[] = {compare_counts(a->settles, b->settles),
		compare_counts(a->perhaps, b->perhaps), compare_counts(a->asked, b->asked)};
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (orders[i] != 0) {
			return orders[i];
		}
	}
	return str_compare(a->fact, b->fact);
}

static struct index_question *question_find(
	struct index_question *questions, size_t *count, struct str fact)
{
	for (size_t i = 0; i < *count; i++) {
		if (str_equal(questions[i].fact, fact)) {
			return &questions[i];
		}
	}
	questions[*count] = (struct index_question){.fact = fact};
	return &questions[(*count)++];
}

enum err index_questions_rank(const struct index_completion *completions, size_t count,
	struct arena *arena, const struct index_question **ret_questions, size_t *ret_count)
{
	size_t room = 0;
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		room += completions[i].missing_count;
	}
	struct index_question *questions = arena_array(arena, room + 1, sizeof(*questions));
	if (questions == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct index_completion *completion = &completions[i];
		for (size_t m = 0;
			completion->answer == RULES_UNKNOWN && m < completion->missing_count; m++) {
			struct index_question *question =
				question_find(questions, &found, completion->missing[m]);
			question->asked++;
			question->settles += completion->worth[m] == INDEX_WORTH_ALL ? 1 : 0;
			question->perhaps += completion->worth[m] == INDEX_WORTH_PERHAPS ? 1 : 0;
		}
	}
	qsort(questions, found, sizeof(*questions), compare);
	*ret_questions = questions;
	*ret_count = found;
	return ERR_OK;
}
