/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/inbox/store.h"

#include "adapters/client/vault.h"

#include <stdlib.h>

enum {
	STORE_SEEN,    /* delivery id -> its kind */
	STORE_LEGS,    /* leg id -> what is known of it */
	STORE_ANSWERS, /* number -> an answer to give */
	STORE_NUMBERS, /* "answer" -> the highest number given out */
	STORE_TABLES,
	STORE_NUMBER_SIZE = 8
};
static const size_t store_map_bytes = (size_t)4 << 30;

struct store {
	struct vault *vault;
};

static struct str number_key(char out[STORE_NUMBER_SIZE], uint64_t number)
{
	for (size_t i = 0; i < STORE_NUMBER_SIZE; i++) {
		out[i] = (char)(uint8_t)(number >> (56 - 8 * i));
	}
	return (struct str){out, STORE_NUMBER_SIZE};
}

static uint64_t number_read(struct str key)
{
	uint64_t number = 0;
	for (size_t i = 0; i < key.len && i < STORE_NUMBER_SIZE; i++) {
		number = number << 8 | (uint8_t)key.ptr[i];
	}
	return number;
}

enum err store_open(const char *folder, const struct vault_keys *keys, struct store **ret_store,
	struct fault *fault)
{
	static const char *const tables[STORE_TABLES] = {"seen", "legs", "answers", "numbers"};
	const struct vault_options options = {
		.folder = folder,
		.keys = *keys,
		.purpose = "inbox",
		.tables = tables,
		.table_count = STORE_TABLES,
		.map_bytes = store_map_bytes,
	};
	struct store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		return fault_set(fault, ERR_NOMEM, "store", "no memory");
	}
	const enum err err = vault_open(&options, &store->vault, fault);
	if (err != ERR_OK) {
		free(store);
		return err;
	}
	*ret_store = store;
	return ERR_OK;
}

void store_close(struct store *store)
{
	if (store != NULL) {
		vault_close(store->vault);
		free(store);
	}
}

enum err store_begin(struct store *store, bool write)
{
	return vault_begin(store->vault, write);
}

enum err store_commit(struct store *store)
{
	return vault_commit(store->vault);
}

void store_abort(struct store *store)
{
	vault_abort(store->vault);
}

static enum err tree_put(
	struct store *store, size_t table, struct str key, const struct value *tree)
{
	struct buf bytes = {0};
	pack_encode(&bytes, tree);
	const enum err err =
		bytes.failed ? ERR_NOMEM : vault_put(store->vault, table, key, buf_str(&bytes));
	buf_finish(&bytes);
	return err;
}

static enum err tree_get(struct store *store, size_t table, struct str key, struct arena *arena,
	struct value *ret_tree)
{
	struct str bytes;
	const enum err err = vault_get(store->vault, table, key, arena, &bytes);
	return err != ERR_OK ? err : pack_decode(bytes, &pack_limits_own, arena, ret_tree, NULL);
}

/* The leg's row after this delivery: `before` is VALUE_NULL for a new one. */
static struct value leg_after(
	struct arena *arena, const struct value *before, const struct value *body)
{
	static const char *const always[] = {"leg", "service", "reference", "delivery", "kind"};
	static const char *const given[] = {"mode", "queued", "reason", "referral"};
	struct value leg = value_map_new(arena, 10);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		const struct value *member = value_get(body, str_from(always[i]));
		value_put(arena, &leg, always[i], member == NULL ? value_of_text("") : *member);
	}
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		const struct value *member = value_get(body, str_from(given[i]));
		member = member == NULL ? value_get(before, str_from(given[i])) : member;
		if (member != NULL) {
			value_put(arena, &leg, given[i], *member);
		}
	}
	const struct str state = value_get_str(before, "state");
	value_put(arena, &leg, "state",
		str_is(value_get_str(body, "kind"), "withdrawn") ? value_of_text("withdrawn")
		: state.len > 0                                  ? value_of_str(state)
								 : value_of_text("delivered"));
	return leg;
}

static enum err answer_add(struct store *store, const struct client_delivery *delivery,
	const struct script_step *step, struct arena *arena)
{
	char key[STORE_NUMBER_SIZE];
	struct str last = {0};
	enum err err = vault_get(store->vault, STORE_NUMBERS, STR("answer"), arena, &last);
	if (err != ERR_OK && err != ERR_NOT_FOUND) {
		return err;
	}
	const struct str number = number_key(key, number_read(last) + 1);
	struct value answer = value_map_new(arena, 4);
	const char *code_name = strcmp(step->action, "completed") == 0    ? "outcome"
				: strcmp(step->action, "redirected") == 0 ? "service"
									  : "reason";
	value_put(arena, &answer, "leg", value_of_str(value_get_str(&delivery->body, "leg")));
	value_put(arena, &answer, "delivery",
		value_of_bytes(delivery->id.bytes, sizeof(delivery->id.bytes)));
	value_put(arena, &answer, "action", value_of_text(step->action));
	if (step->code.len > 0) {
		value_put(arena, &answer, code_name, value_of_str(step->code));
	}
	err = arena_failed(arena) ? ERR_NOMEM : tree_put(store, STORE_ANSWERS, number, &answer);
	return err == ERR_OK ? vault_put(store->vault, STORE_NUMBERS, STR("answer"), number) : err;
}

/* What was going to be said on the leg is no longer. */
static enum err answers_drop(struct store *store, struct str leg, struct arena *arena)
{
	struct store_answer answer = {0};
	enum err err = store_answer_next(store, 0, arena, &answer);
	while (err == ERR_OK) {
		char key[STORE_NUMBER_SIZE];
		if (str_equal(answer.leg, leg)) {
			err = vault_delete(
				store->vault, STORE_ANSWERS, number_key(key, answer.number));
		}
		err = err == ERR_OK ? store_answer_next(store, answer.number, arena, &answer) : err;
	}
	return err == ERR_END ? ERR_OK : err;
}

static enum err answers_plan(struct store *store, const struct client_delivery *delivery,
	const struct script_plan *plan, struct arena *arena)
{
	const struct str kind = value_get_str(&delivery->body, "kind");
	enum err err = ERR_OK;
	if (str_is(kind, "referral")) {
		for (size_t i = 0; i < plan->count && err == ERR_OK; i++) {
			err = answer_add(store, delivery, &plan->steps[i], arena);
		}
	} else if (str_is(kind, "withdrawn")) {
		err = answers_drop(store, value_get_str(&delivery->body, "leg"), arena);
		if (err == ERR_OK && plan->confirm) {
			const struct str reason = value_get_str(&delivery->body, "reason");
			const struct script_step confirm = {
				"withdrawn", reason.len > 0 ? reason : STR("other")};
			err = answer_add(store, delivery, &confirm, arena);
		}
	}
	return err;
}

enum err store_take(struct store *store, const struct client_delivery *delivery,
	const struct script_plan *plan, struct arena *arena, struct value *ret_leg)
{
	const struct str key = {(const char *)delivery->id.bytes, ID_SIZE};
	const struct str leg = value_get_str(&delivery->body, "leg");
	struct str seen;
	struct value before = {0};
	if (leg.len == 0 || leg.len > VAULT_KEY_MAX) {
		return ERR_MALFORMED;
	}
	enum err err = vault_get(store->vault, STORE_SEEN, key, arena, &seen);
	if (err != ERR_NOT_FOUND) {
		return err == ERR_OK ? ERR_EXISTS : err;
	}
	err = tree_get(store, STORE_LEGS, leg, arena, &before);
	if (err != ERR_OK && err != ERR_NOT_FOUND) {
		return err;
	}
	const struct value after = leg_after(arena, &before, &delivery->body);
	err = arena_failed(arena) ? ERR_NOMEM : tree_put(store, STORE_LEGS, leg, &after);
	if (err == ERR_OK) {
		err = vault_put(
			store->vault, STORE_SEEN, key, value_get_str(&delivery->body, "kind"));
	}
	err = err == ERR_OK ? answers_plan(store, delivery, plan, arena) : err;
	if (err == ERR_OK) {
		*ret_leg = after;
	}
	return err;
}

enum err store_answer_next(
	struct store *store, uint64_t after, struct arena *arena, struct store_answer *ret_answer)
{
	char from[STORE_NUMBER_SIZE];
	struct str key;
	struct str bytes;
	struct value tree;
	enum err err = vault_next(
		store->vault, STORE_ANSWERS, number_key(from, after), arena, &key, &bytes);
	err = err != ERR_OK ? err : pack_decode(bytes, &pack_limits_own, arena, &tree, NULL);
	if (err != ERR_OK) {
		return err;
	}
	const struct value *delivery = value_get(&tree, STR("delivery"));
	*ret_answer = (struct store_answer){
		.number = number_read(key),
		.leg = value_get_str(&tree, "leg"),
		.action = value_get_str(&tree, "action"),
		.reason = value_get_str(&tree, "reason"),
		.outcome = value_get_str(&tree, "outcome"),
		.service = value_get_str(&tree, "service"),
	};
	if (delivery != NULL && delivery->kind == VALUE_BYTES && delivery->string.len == ID_SIZE) {
		memcpy(ret_answer->delivery.bytes, delivery->string.ptr, ID_SIZE);
	}
	return ERR_OK;
}

enum err store_answer_done(struct store *store, const struct store_answer *answer, struct str state,
	struct arena *arena)
{
	char key[STORE_NUMBER_SIZE];
	struct value leg;
	enum err err = vault_delete(store->vault, STORE_ANSWERS, number_key(key, answer->number));
	if (err != ERR_OK || state.len == 0) {
		return err;
	}
	err = tree_get(store, STORE_LEGS, answer->leg, arena, &leg);
	if (err != ERR_OK) {
		return err;
	}
	struct value patch = value_map_new(arena, 1);
	value_put(arena, &patch, "state", value_of_str(state));
	leg = value_merge(arena, &leg, &patch);
	return arena_failed(arena) ? ERR_NOMEM : tree_put(store, STORE_LEGS, answer->leg, &leg);
}

enum err store_leg_next(
	struct store *store, struct str after, struct arena *arena, struct value *ret_leg)
{
	struct str key;
	struct str bytes;
	const enum err err = vault_next(store->vault, STORE_LEGS, after, arena, &key, &bytes);
	return err != ERR_OK ? err : pack_decode(bytes, &pack_limits_own, arena, ret_leg, NULL);
}
