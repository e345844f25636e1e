/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
/*
 * What leaves the broker about her: the fields that were agreed when the delivery was queued, of
 * the document it was queued with, and of her needs those that the delivery was queued for.
 */

/* Of her needs a provider hears only of those that were agreed for its leg. */
static void keep_needs(struct value *content, uint32_t needs)
{
	for (size_t i = 0; i < content->map.count; i++) {
		struct value *list = &content->map.entries[i].value;
		if (!str_is(content->map.entries[i].key, "needs") || list->kind != VALUE_LIST) {
			continue;
		}
		size_t kept = 0;
		for (size_t n = 0; n < list->list.count; n++) {
			const int need = vocab_number(
				VOCAB_NEED, value_get_str(&list->list.items[n], "code"));
			if (need >= 0 && (needs & 1U << need) != 0) {
				list->list.items[kept++] = list->list.items[n];
			}
		}
		list->list.count = kept;
	}
}

enum err disclosure_content(struct core *core, struct state *state, const struct delivery_row *row,
	struct str fields, struct arena *arena, struct value *ret_content, struct fault *fault)
{
	struct value document;
	if (fields.len == 0) {
		*ret_content = value_map_new(arena, 0);
		return ERR_OK;
	}
	const struct value agreed = words_list(arena, fields);
	const enum err err =
		payload_read(core, state, row->slot, row->payload, arena, &document, fault);
	struct str *paths = arena_array(arena, agreed.list.count, sizeof(*paths));
	if (err != ERR_OK || paths == NULL) {
		return err != ERR_OK ? err : ERR_NOMEM;
	}
	for (size_t i = 0; i < agreed.list.count; i++) {
		paths[i] = agreed.list.items[i].string;
	}
	struct value content = field_project(arena, &document, paths, agreed.list.count);
	keep_needs(&content, row->needs);
	*ret_content = content;
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}
