/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/key_order.h"

static void entries_swap(const struct value_entry **entries, size_t a, size_t b)
{
	const struct value_entry *spare = entries[a];
	entries[a] = entries[b];
	entries[b] = spare;
}

/* Lets the entry at `at` sink until no child is greater. */
static void heap_sink(const struct value_entry **entries, size_t at, size_t count)
{
	for (;;) {
		size_t greatest = at;
		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++) {
			if (str_compare(entries[child]->key, entries[greatest]->key) > 0) {
				greatest = child;
			}
		}
		if (greatest == at) {
			return;
		}
		entries_swap(entries, at, greatest);
		at = greatest;
	}
}

/* For the few that most maps have: no more than count / 2 steps each, and none when in order. */
static void sort_few(const struct value_entry **entries, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct value_entry *entry = entries[i];
		size_t at = i;
		while (at > 0 && str_compare(entries[at - 1]->key, entry->key) > 0) {
			entries[at] = entries[at - 1];
			at--;
		}
		entries[at] = entry;
	}
}

void key_order_sort(const struct value_entry **entries, size_t count)
{
	enum {
		FEW = 16
	};
	if (count <= FEW) {
		sort_few(entries, count);
		return;
	}
	for (size_t i = count / 2; i-- > 0;) {
		heap_sink(entries, i, count);
	}
	for (size_t end = count; end-- > 1;) {
		entries_swap(entries, 0, end);
		heap_sink(entries, 0, end);
	}
}

const struct value_entry *key_order_twice(const struct value_entry *const *sorted, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (str_equal(sorted[i - 1]->key, sorted[i]->key)) {
			return sorted[i];
		}
	}
	return NULL;
}
