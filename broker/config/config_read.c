/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/config/config.h"
#include "broker/config/config_table.h"
#include "broker/config/document.h"
#include "broker/config/endpoint.h"

#include <stdlib.h>

enum {
	CONFIG_FILE_LIMIT = 256 * 1024
};

/* A whole number of the range; the text is short, so it is copied for strtoll. */
static bool whole_number(struct str text, int64_t least, int64_t most, int64_t *ret_number)
{
	char copy[24];
	if (text.len == 0 || text.len >= sizeof(copy) || text.ptr[0] < '0' || text.ptr[0] > '9') {
		return false;
	}
	str_copy(copy, sizeof(copy), text);
	char *end = NULL;
	const long long number = strtoll(copy, &end, 10);
	if (*end != '\0' || number < least || number > most) {
		return false;
	}
	*ret_number = number;
	return true;
}

static enum err read_numbers(const struct document *document, struct config *config)
{
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		const struct yaml_node *node = yaml_get(document->root, config_numbers[i].name);
		if (node != NULL &&
			(node->kind != YAML_SCALAR ||
				!whole_number(node->text, config_numbers[i].least,
					config_numbers[i].most, config_number_at(config, i)))) {
			return document_refuse(document, node,
				"a whole number of %s from %lld to %lld is expected",
				config_numbers[i].unit, (long long)config_numbers[i].least,
				(long long)config_numbers[i].most);
		}
	}
	if (config->retry_first_ms > config->retry_most_ms) {
		const struct yaml_node *node = yaml_get(document->root, "retry_first_ms");
		return document_refuse(document, node == NULL ? document->root : node,
			"retry_first_ms is above retry_most_ms");
	}
	return ERR_OK;
}

static enum err read_choices(const struct document *document, struct config *config)
{
	const struct yaml_node *node = yaml_get(document->root, "mode");
	if (node != NULL) {
		config->rehearsal = str_is(node->text, "rehearsal");
		if (!config->rehearsal && !str_is(node->text, "live")) {
			return document_refuse(document, node, "live or rehearsal is expected");
		}
	}
	node = yaml_get(document->root, "clock");
	if (node != NULL) {
		if (config_clock_parse(config, node->text) != ERR_OK) {
			return document_refuse(
				document, node, "system, or a time and \",manual\", is expected");
		}
		if (config->clock_manual && !config->rehearsal) {
			return document_refuse(
				document, node, "only a rehearsal has a manual clock");
		}
	}
	node = yaml_get(document->root, "log_level");
	if (node == NULL) {
		return ERR_OK;
	}
	for (size_t i = 0; i < LOG_DEBUG + 1; i++) {
		if (str_is(node->text, config_level_names[i])) {
			config->log_level = (enum log_level)i;
			return ERR_OK;
		}
	}
	return document_refuse(document, node, "error, warning, notice or debug is expected");
}

static enum err read_kinds(const struct document *document, const struct yaml_node *map,
	struct config_endpoint *endpoint)
{
	const struct yaml_node *kinds = yaml_get(map, "kinds");
	const struct yaml_node *node = NULL;
	while ((node = document_next(kinds, node)) != NULL) {
		const int kind =
			node->kind == YAML_SCALAR ? vocab_number(VOCAB_KIND, node->text) : -1;
		if (kind < 0) {
			char all[200];
			vocab_list(VOCAB_KIND, all, sizeof(all));
			return document_refuse(document, node, "a kind is one of %s", all);
		}
		endpoint->kinds |= config_kind_bit((enum kind)kind);
	}
	if (endpoint->kinds == 0) {
		return document_refuse(document, map, "kinds of party are missing");
	}
	return ERR_OK;
}

static enum err read_endpoint(const struct document *document, const struct yaml_node *map,
	struct config_endpoint *endpoint)
{
	static const char *const keys[] = {"address", "kinds", "high_water_mark", NULL};
	if (map->kind != YAML_MAP) {
		return document_refuse(
			document, map, "an endpoint is a map with address and kinds");
	}
	const struct yaml_node *address = NULL;
	enum err err = document_check_keys(document, map, keys);
	if (err == ERR_OK) {
		err = document_text(document, map, "address", &address);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (address->text.len > CONFIG_ADDRESS_MAX || !endpoint_ok(address->text)) {
		return document_refuse(
			document, address, "ipc://PATH or tcp://HOST:PORT is expected");
	}
	*endpoint = (struct config_endpoint){.high_water_mark = LIMIT_RECEIVE_HWM};
	str_copy(endpoint->address, sizeof(endpoint->address), address->text);
	const struct yaml_node *mark = yaml_get(map, "high_water_mark");
	int64_t number = LIMIT_RECEIVE_HWM;
	if (mark != NULL &&
		(mark->kind != YAML_SCALAR ||
			!whole_number(mark->text, 1, CONFIG_HIGH_WATER_MARK_MAX, &number))) {
		return document_refuse(document, mark,
			"a whole number of messages from 1 to %d is expected",
			CONFIG_HIGH_WATER_MARK_MAX);
	}
	endpoint->high_water_mark = (int)number;
	return read_kinds(document, map, endpoint);
}

static enum err read_endpoints(const struct document *document, struct config *config)
{
	const struct yaml_node *list = yaml_get(document->root, "endpoints");
	if (list == NULL) {
		return ERR_OK;
	}
	if (list->kind != YAML_LIST || list->count == 0 || list->count > CONFIG_ENDPOINTS_MAX) {
		return document_refuse(document, list, "a list of 1 to %d endpoints is expected",
			CONFIG_ENDPOINTS_MAX);
	}
	config->endpoint_count = 0;
	for (const struct yaml_node *map = list->first; map != NULL; map = map->next) {
		struct config_endpoint *endpoint = &config->endpoints[config->endpoint_count];
		const enum err err = read_endpoint(document, map, endpoint);
		if (err != ERR_OK) {
			return err;
		}
		for (size_t i = 0; i < config->endpoint_count; i++) {
			if (strcmp(config->endpoints[i].address, endpoint->address) == 0) {
				return document_refuse(
					document, map, "this address stands here twice");
			}
		}
		config->endpoint_count++;
	}
	return ERR_OK;
}

static enum err check_keys(const struct document *document)
{
	const char *keys[CONFIG_NUMBER_COUNT + CONFIG_CHOICE_COUNT + 2];
	size_t count = 0;
	for (size_t i = 0; i < CONFIG_CHOICE_COUNT; i++) {
		keys[count++] = config_choices[i].name;
	}
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		keys[count++] = config_numbers[i].name;
	}
	keys[count++] = "endpoints";
	keys[count] = NULL;
	return document_check_keys(document, document->root, keys);
}

enum err config_load(const char *path, struct config *ret_config, struct fault *fault)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct config config;
	config_init(&config);
	struct document document;
	enum err err = document_read(&document, path, CONFIG_FILE_LIMIT, &arena, fault);
	if (err == ERR_OK) {
		err = check_keys(&document);
	}
	if (err == ERR_OK) {
		err = read_choices(&document, &config);
	}
	if (err == ERR_OK) {
		err = read_numbers(&document, &config);
	}
	if (err == ERR_OK) {
		err = read_endpoints(&document, &config);
	}
	if (err == ERR_OK) {
		*ret_config = config;
	}
	arena_finish(&arena);
	return err;
}
