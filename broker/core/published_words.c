/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/versions.h"

#include <stdio.h>
/* What a publication replaces, told to people: which version, by whom, why. */

void publication_words(
	struct state *state, uint64_t version, bool note, char out[PUBLICATION_WORDS_SIZE])
{
	struct publication_row row;
	if (publication_get(state, version, &row, NULL) != ERR_OK) {
		(void)snprintf(out, PUBLICATION_WORDS_SIZE,
			"version %llu (by whom is not recorded)", (unsigned long long)version);
		return;
	}
	(void)snprintf(out, PUBLICATION_WORDS_SIZE, "version %llu (%s by %s%s%s)",
		(unsigned long long)version,
		publication_origin_name((enum publication_origin)row.origin),
		row.party[0] == '\0' ? "the broker" : row.party,
		note && row.note[0] != '\0' ? ": " : "", note ? row.note : "");
}

const char *core_directory_against(
	struct core *core, const struct core_directory *directory, struct arena *arena)
{
	struct state state = {.meta = &core->meta};
	char words[PUBLICATION_WORDS_SIZE];
	struct str text;
	if (directory->before == 0) {
		return "it is the first";
	}
	if (store_begin(core->store, false, &state.txn) != ERR_OK) {
		return "";
	}
	publication_words(&state, directory->before, true, words);
	store_abort(state.txn);
	if (directory->uncounted) {
		text = arena_printf(arena,
			"it replaces %s, whose files cannot be read: what changed is not known",
			words);
	} else {
		text = arena_printf(arena, "it replaces %s: %llu changed, %llu added, %llu removed",
			words, (unsigned long long)directory->changed,
			(unsigned long long)directory->added,
			(unsigned long long)directory->removed);
	}
	return text.ptr == NULL ? "" : text.ptr;
}

const char *core_directory_note(const struct core_directory *directory)
{
	return directory->note;
}

bool core_directory_is_by_hand(struct core *core, struct arena *arena, const char **ret_in_force)
{
	struct state state = {.meta = &core->meta};
	struct core_identity identity;
	struct publication_row row;
	char words[PUBLICATION_WORDS_SIZE];
	core_identify(core, &identity);
	*ret_in_force = "";
	if (identity.directory_version == 0 ||
		store_begin(core->store, false, &state.txn) != ERR_OK) {
		return identity.directory_version != 0;
	}
	const enum err err = publication_get(&state, identity.directory_version, &row, NULL);
	publication_words(&state, identity.directory_version, true, words);
	store_abort(state.txn);
	const struct str text = arena_str(arena, str_from(words));
	*ret_in_force = text.ptr == NULL ? "" : text.ptr;
	/* Before publications were recorded, the home was where all of them came from; of one whose
	 * row is damaged nobody knows, and it is not undone. */
	return err != ERR_NOT_FOUND && (err != ERR_OK || (row.origin != PUBLICATION_START &&
								 row.origin != PUBLICATION_RELOAD));
}
