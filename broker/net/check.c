/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/config.h"
#include "broker/config/home.h"
#include "broker/core/plan.h"
#include "broker/net/holidays.h"
#include "broker/net/net.h"
#include "broker/net/problems.h"

#include <stdio.h>

static bool told(enum err err, const struct fault *fault)
{
	if (err != ERR_OK) {
		(void)printf("%s%s%s\n", fault->field, fault->field[0] == '\0' ? "" : " ",
			fault->message);
	}
	return err == ERR_OK;
}

static bool check_config(const struct daemon_options *options)
{
	char path[HOME_PATH_SIZE];
	struct config config;
	struct fault fault = {0};
	enum err err = home_path(options->home, HOME_CONFIG, path);
	if (err == ERR_OK) {
		err = config_load(path, &config, &fault);
	}
	if (err == ERR_OK && options->clock != NULL) {
		err = config_clock_parse(&config, str_from(options->clock));
		if (err != ERR_OK || (config.clock_manual && !config.rehearsal)) {
			err = fault_set(&fault, ERR_USAGE, "--clock",
				"a time and \",manual\", in a rehearsal only, or system");
		}
	}
	if (err == ERR_OK && !config.rehearsal && config.retention_months == 0) {
		(void)printf("warning: nothing is erased by itself: retention_months is 0\n");
	}
	return told(err, &fault);
}

static bool check_broker_key(const char *home)
{
	char path[HOME_PATH_SIZE];
	char public_key[PARTY_KEY_TEXT + 1];
	struct key_pair pair;
	struct fault fault = {0};
	home_part_path(home, HOME_BROKER_KEY, path);
	if (!told(key_read(path, &pair, &fault), &fault)) {
		return false;
	}
	home_part_path(home, HOME_BROKER_PUB, path);
	enum err err = key_read_public(path, public_key, &fault);
	if (err == ERR_OK && strcmp(public_key, pair.public_key) != 0) {
		err = fault_set(
			&fault, ERR_CONFIG, path, "this is not the public half of keys/broker.key");
	}
	key_wipe(&pair);
	return told(err, &fault);
}

static bool has_key(const struct party *party, const char *text)
{
	for (size_t i = 0; i < party->key_count; i++) {
		if (strcmp(party->keys[i].text, text) == 0) {
			return true;
		}
	}
	return false;
}

/* A key file that the home happens to keep for a party must be that party's. */
static bool check_party_key(const char *home, const struct party *party)
{
	char path[HOME_PATH_SIZE];
	struct key_pair pair;
	struct fault fault = {0};
	if (home_key_path(home, party->id, path) != ERR_OK) {
		return true;
	}
	enum err err = key_read(path, &pair, &fault);
	if (err == ERR_NOT_FOUND) {
		return true;
	}
	if (err == ERR_OK &&
		(strcmp(pair.party, party->id) != 0 || !has_key(party, pair.public_key))) {
		err = fault_set(&fault, ERR_CONFIG, path,
			"its public key is not one of the party's in parties.yaml");
	}
	key_wipe(&pair);
	return told(err, &fault);
}

/* *ret_parties is set when the file could be read; the caller destroys it. */
static bool check_parties(const char *home, struct parties **ret_parties)
{
	char path[HOME_PATH_SIZE];
	struct fault fault = {0};
	home_part_path(home, HOME_PARTIES, path);
	if (!told(parties_load(path, ret_parties, &fault), &fault)) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; i < (*ret_parties)->count; i++) {
		ok = check_party_key(home, &(*ret_parties)->items[i]) && ok;
	}
	return ok;
}

/* Not an error: providers join one by one.  But until they do their services are gaps. */
static void tell_unreachable(const struct directory *directory, const struct parties *parties)
{
	for (size_t i = 0; parties != NULL && i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		const struct party *party = parties_find(parties, service->delivery_party);
		if (service->routing == DIRECTORY_ROUTABLE && service->area_stated &&
			(party == NULL || party->revoked)) {
			(void)printf(
				"warning: %.*s is chosen for nobody: its provider %.*s is %s\n",
				STR_ARG(service->id), STR_ARG(service->delivery_party),
				party == NULL ? "not in parties.yaml" : "revoked");
		}
	}
}

static bool check_directory(const char *home, const struct parties *parties)
{
	char path[HOME_PATH_SIZE];
	struct directory_files files = {0};
	struct directory_problems problems = {0};
	struct directory *directory = NULL;
	struct fault fault = {0};
	home_part_path(home, HOME_DIRECTORY, path);
	if (!told(directory_files_read(path, &files, &fault), &fault)) {
		return false;
	}
	const enum err err = directory_load(&files, plan_rulebook(), &directory, &problems);
	if (err == ERR_CONFIG) {
		problems_print(&problems);
	} else if (err != ERR_OK) {
		(void)told(fault_set(&fault, err, "directory", "%s", err_text(err)), &fault);
	} else {
		(void)printf("directory: %zu services of %zu organisations\n",
			directory->service_count, directory->organisation_count);
		tell_unreachable(directory, parties);
	}
	directory_destroy(directory);
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return err == ERR_OK;
}

static bool check_holidays(const char *home)
{
	struct calendar calendar;
	struct fault fault = {0};
	if (!told(holidays_read(home, &calendar, &fault), &fault)) {
		return false;
	}
	if (holidays_end_soon(&calendar, timestamp_now())) {
		(void)printf("warning: the bank holidays are known for less than a year: add to "
			     "bank-holidays.txt\n");
	}
	return true;
}

enum err daemon_check(const struct daemon_options *options)
{
	char path[HOME_PATH_SIZE];
	if (home_path(options->home, HOME_DIRECTORY, path) != ERR_OK) {
		(void)printf("the home's path is too long\n");
		return ERR_CONFIG;
	}
	bool ok = check_config(options);
	ok = check_broker_key(options->home) && ok;
	struct parties *parties = NULL;
	ok = check_parties(options->home, &parties) && ok;
	ok = check_directory(options->home, parties) && ok;
	parties_destroy(parties);
	ok = check_holidays(options->home) && ok;
	(void)printf(ok ? "all is well\n" : "there are problems\n");
	return ok ? ERR_OK : ERR_CONFIG;
}
