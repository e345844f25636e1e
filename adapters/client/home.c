/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/client.h"

#include "broker/config/config.h"
#include "broker/config/home.h"
#include "broker/config/parties.h"

#include <stdio.h>
#include <stdlib.h>

static enum err keys_load(const char *home, const char *party, struct key_pair *ret_pair,
	char ret_broker[PARTY_KEY_TEXT + 1], struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	enum err err = home_key_path(home, party, path);
	if (err != ERR_OK) {
		return fault_set(fault, err, party,
			err == ERR_INVALID ? "not the id of a party"
					   : "the home's path is too long");
	}
	err = key_read(path, ret_pair, fault);
	if (err == ERR_OK) {
		err = home_path(home, HOME_BROKER_PUB, path);
	}
	return err == ERR_OK ? key_read_public(path, ret_broker, fault) : err;
}

static enum err kind_load(
	const char *home, const char *party, enum kind *ret_kind, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	struct parties *parties = NULL;
	enum err err = home_path(home, HOME_PARTIES, path);
	err = err == ERR_OK ? parties_load(path, &parties, fault) : err;
	if (err != ERR_OK) {
		return err;
	}
	const struct party *found = parties_find(parties, str_from(party));
	if (found == NULL) {
		err = fault_set(fault, ERR_NOT_FOUND, path, "there is no party %s in it", party);
	} else {
		*ret_kind = found->kind;
	}
	parties_destroy(parties);
	return err;
}

static enum err address_load(const char *home, enum kind kind,
	char ret_address[CONFIG_ADDRESS_MAX + 1], struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	struct config *config = calloc(1, sizeof(*config));
	if (config == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no memory for the configuration");
	}
	enum err err = home_path(home, HOME_CONFIG, path);
	err = err == ERR_OK ? config_load(path, config, fault) : err;
	if (err == ERR_OK) {
		const struct config_endpoint *endpoint = config_endpoint_for(config, kind);
		if (endpoint == NULL) {
			err = fault_set(fault, ERR_CONFIG, path,
				"no endpoint for parties of kind %s",
				vocab_code(VOCAB_KIND, (int)kind));
		} else {
			memcpy(ret_address, endpoint->address, CONFIG_ADDRESS_MAX + 1);
		}
	}
	free(config);
	return err;
}

enum err client_open_home(const char *home, const char *party, const struct client_options *options,
	struct client **ret_client, struct fault *fault)
{
	char broker[PARTY_KEY_TEXT + 1];
	char address[CONFIG_ADDRESS_MAX + 1];
	char spool[HOME_PATH_SIZE];
	struct key_pair pair = {0};
	enum kind kind = KIND_OPERATOR;
	struct client_options full = options == NULL ? (struct client_options){0} : *options;
	enum err err = keys_load(home, party, &pair, broker, fault);
	if (err == ERR_OK && full.endpoint == NULL) {
		err = kind_load(home, party, &kind, fault);
		err = err == ERR_OK ? address_load(home, kind, address, fault) : err;
		full.endpoint = address;
	}
	const int len = snprintf(spool, sizeof(spool), "%s/spool/%s", home, party);
	if (err == ERR_OK && (len < 0 || (size_t)len >= sizeof(spool))) {
		err = fault_set(fault, ERR_TOO_LARGE, "home", "the home's path is too long");
	}
	if (err == ERR_OK) {
		full.home = home;
		full.broker_key = broker;
		full.public_key = pair.public_key;
		full.secret_key = pair.secret_key;
		full.former_keys = pair.former_keys;
		full.spool = full.spool == NULL ? spool : full.spool;
		err = client_create(&full, ret_client, fault);
	}
	key_wipe(&pair);
	return err;
}
