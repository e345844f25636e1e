/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/parties_read.h"
#include "broker/config/document.h"
#include "broker/config/home.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PARTIES_FILE_LIMIT = 4 * 1024 * 1024, /* bytes; 5,000 parties have about 1 MiB */
	ACTS_FOR_MAX = 1024                   /* parties one adapter acts for */
};

static const char *const file_keys[] = {"parties", NULL};
static const char *const party_keys[] = {"id", "name", "kind", "keys", "revoked", "acts_for", NULL};
static const char *const key_keys[] = {"public", "from", "until", NULL};

static enum err read_id(
	const struct document *document, const struct yaml_node *map, struct party *party)
{
	const struct yaml_node *node;
	const enum err err = document_text(document, map, "id", &node);
	if (err != ERR_OK) {
		return err;
	}
	if (!party_id_ok(node->text)) {
		return document_refuse(document, node,
			"an id has up to %d lower-case letters, digits and hyphens", PARTY_ID_MAX);
	}
	str_copy(party->id, sizeof(party->id), node->text);
	return ERR_OK;
}

static enum err read_kind(
	const struct document *document, const struct yaml_node *map, struct party *party)
{
	const struct yaml_node *node;
	const enum err err = document_text(document, map, "kind", &node);
	if (err != ERR_OK) {
		return err;
	}
	const int kind = vocab_number(VOCAB_KIND, node->text);
	if (kind < 0) {
		char kinds[200];
		vocab_list(VOCAB_KIND, kinds, sizeof(kinds));
		return document_refuse(document, node, "a kind is one of %s", kinds);
	}
	party->kind = (enum kind)kind;
	return ERR_OK;
}

static enum err read_time(const struct document *document, const struct yaml_node *map,
	const char *name, timestamp_us *time)
{
	const struct yaml_node *node = yaml_get(map, name);
	if (node == NULL) {
		return ERR_OK;
	}
	date_days day;
	if (node->kind == YAML_SCALAR && date_parse(node->text, &day) == ERR_OK) {
		*time = (timestamp_us)day * TIMESTAMP_DAY;
		return ERR_OK;
	}
	if (node->kind != YAML_SCALAR || timestamp_parse(node->text, time) != ERR_OK) {
		return document_refuse(
			document, node, "a time such as 2019-06-12T21:40:00Z, or a date");
	}
	return ERR_OK;
}

static enum err read_key(
	const struct document *document, const struct yaml_node *node, struct party_key *key)
{
	*key = (struct party_key){.from = INT64_MIN, .until = INT64_MAX};
	const struct yaml_node *text = node;
	if (node->kind == YAML_MAP) {
		enum err err = document_check_keys(document, node, key_keys);
		if (err == ERR_OK) {
			err = document_text(document, node, "public", &text);
		}
		if (err == ERR_OK) {
			err = read_time(document, node, "from", &key->from);
		}
		if (err == ERR_OK) {
			err = read_time(document, node, "until", &key->until);
		}
		if (err != ERR_OK) {
			return err;
		}
		if (key->from >= key->until) {
			return document_refuse(document, node, "from lies after until");
		}
	}
	if (text->kind != YAML_SCALAR || !key_text_ok(text->text)) {
		return document_refuse(document, text, "a public key has 40 characters of Z85");
	}
	str_copy(key->text, sizeof(key->text), text->text);
	return ERR_OK;
}

static enum err read_keys(
	const struct document *document, const struct yaml_node *map, struct party *party)
{
	const struct yaml_node *keys = yaml_get(map, "keys");
	const struct yaml_node *node = NULL;
	while ((node = document_next(keys, node)) != NULL) {
		if (party->key_count == PARTY_KEYS_MAX) {
			return document_refuse(
				document, node, "a party has at most %d keys", PARTY_KEYS_MAX);
		}
		const enum err err = read_key(document, node, &party->keys[party->key_count]);
		if (err != ERR_OK) {
			return err;
		}
		party->key_count++;
	}
	return ERR_OK;
}

static enum err read_acts_for(
	const struct document *document, const struct yaml_node *map, struct party *party)
{
	const struct yaml_node *list = yaml_get(map, "acts_for");
	if (list == NULL) {
		return ERR_OK;
	}
	if (party->kind != KIND_ADAPTER) {
		return document_refuse(document, list, "only a party of kind adapter has this");
	}
	const size_t count = list->kind == YAML_LIST ? list->count : 1;
	if (list->kind == YAML_MAP || count > ACTS_FOR_MAX) {
		return document_refuse(
			document, list, "a list of at most %d party ids", ACTS_FOR_MAX);
	}
	struct str *routes = arena_array(document->arena, count + 1, sizeof(*routes));
	if (routes == NULL) {
		return fault_set(document->fault, ERR_NOMEM, document->name, "out of memory");
	}
	size_t at = 0;
	const struct yaml_node *node = NULL;
	while ((node = document_next(list, node)) != NULL) {
		if (node->kind != YAML_SCALAR || !party_id_ok(node->text)) {
			return document_refuse(document, node, "the id of a party");
		}
		routes[at++] = node->text;
	}
	party->acts_for = routes;
	party->acts_for_count = at;
	return ERR_OK;
}

static enum err read_party(
	const struct document *document, const struct yaml_node *map, struct party *party)
{
	if (map->kind != YAML_MAP) {
		return document_refuse(document, map, "a party is a map with id, kind and keys");
	}
	enum err err = document_check_keys(document, map, party_keys);
	if (err == ERR_OK) {
		err = read_id(document, map, party);
	}
	if (err == ERR_OK) {
		err = read_kind(document, map, party);
	}
	if (err == ERR_OK) {
		err = read_keys(document, map, party);
	}
	if (err == ERR_OK) {
		err = read_acts_for(document, map, party);
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct yaml_node *name = yaml_get(map, "name");
	if (name != NULL) {
		if (name->kind != YAML_SCALAR || str_has_control(name->text, false)) {
			return document_refuse(document, name, "one line of text");
		}
		party->name = name->text;
	}
	const struct yaml_node *revoked = yaml_get(map, "revoked");
	if (revoked != NULL) {
		party->revoked = str_is(revoked->text, "true");
		if (revoked->kind != YAML_SCALAR ||
			(!party->revoked && !str_is(revoked->text, "false"))) {
			return document_refuse(document, revoked, "true or false");
		}
	}
	return ERR_OK;
}

struct entry {
	const char *text; /* an id or a key */
	const struct yaml_node *node;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *first = a;
	const struct entry *second = b;
	return strcmp(first->text, second->text);
}

/* Sorts and finds a text that stands twice: nobody could say who such a party or key is. */
static enum err refuse_twice(
	const struct document *document, struct entry *entries, size_t count, const char *what)
{
	qsort(entries, count, sizeof(*entries), compare_entries);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(entries[i - 1].text, entries[i].text) == 0) {
			const struct yaml_node *a = entries[i - 1].node;
			const struct yaml_node *b = entries[i].node;
			return document_refuse(document, a->line > b->line ? a : b,
				"this %s stands on line %u already", what,
				a->line > b->line ? b->line : a->line);
		}
	}
	return ERR_OK;
}

/* What can only be said of all parties together. */
static enum err check_together(const struct document *document, const struct yaml_node *list,
	const struct party *items, size_t count)
{
	struct entry *ids = arena_array(document->arena, count + 1, sizeof(*ids));
	struct entry *keys =
		arena_array(document->arena, count * PARTY_KEYS_MAX + 1, sizeof(*keys));
	if (ids == NULL || keys == NULL) {
		return fault_set(document->fault, ERR_NOMEM, document->name, "out of memory");
	}
	size_t key_count = 0;
	size_t at = 0;
	for (const struct yaml_node *node = list->first; node != NULL; node = node->next, at++) {
		ids[at] = (struct entry){items[at].id, node};
		for (size_t k = 0; k < items[at].key_count; k++) {
			keys[key_count++] = (struct entry){items[at].keys[k].text, node};
		}
	}
	enum err err = refuse_twice(document, ids, count, "id");
	if (err == ERR_OK) {
		err = refuse_twice(document, keys, key_count, "key");
	}
	at = 0;
	for (const struct yaml_node *node = list->first; node != NULL && err == ERR_OK;
		node = node->next, at++) {
		for (size_t i = 0; i < items[at].acts_for_count && err == ERR_OK; i++) {
			char id[PARTY_ID_MAX + 1];
			str_copy(id, sizeof(id), items[at].acts_for[i]);
			const struct entry wanted = {id, NULL};
			if (bsearch(&wanted, ids, count, sizeof(*ids), compare_entries) == NULL) {
				err = document_refuse(document, yaml_get(node, "acts_for"),
					"there is no party \"%s\"", id);
			}
		}
	}
	return err;
}

enum err parties_read(const char *path, struct arena *arena, const struct party **ret_items,
	size_t *ret_count, struct fault *fault)
{
	struct document document;
	enum err err = document_read(&document, path, PARTIES_FILE_LIMIT, arena, fault);
	if (err != ERR_OK) {
		return err;
	}
	err = document_check_keys(&document, document.root, file_keys);
	if (err != ERR_OK) {
		return err;
	}
	const struct yaml_node *list = yaml_get(document.root, "parties");
	if (list == NULL || list->kind != YAML_LIST) {
		return document_refuse(
			&document, list == NULL ? document.root : list, "a list of parties");
	}
	struct party *items = arena_array(arena, list->count + 1, sizeof(*items));
	if (items == NULL) {
		return fault_set(fault, ERR_NOMEM, path, "out of memory");
	}
	size_t at = 0;
	for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
		err = read_party(&document, node, &items[at++]);
		if (err != ERR_OK) {
			return err;
		}
	}
	err = check_together(&document, list, items, at);
	if (err == ERR_OK) {
		*ret_items = items;
		*ret_count = at;
	}
	return err;
}
