/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/config.h"
#include "broker/config/home.h"
#include "broker/core/core.h"
#include "broker/net/holidays.h"
#include "broker/net/net.h"
#include "broker/review/review.h"

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

/* What is not stated is left out here: `onward directory check` tells it. */
static void print_review(const struct review *review)
{
	struct buf out = {0};
	for (size_t i = 0; i < review->count; i++) {
		if (review->items[i].severity != REVIEW_NOTE) {
			review_print(&out, &review->items[i], "directory");
		}
	}
	buf_add_text(&out, "directory: ");
	review_print_sum(&out, review);
	(void)fwrite(out.data, 1, out.len, stdout);
	buf_finish(&out);
}

static bool check_directory(const char *home, const struct parties *parties)
{
	char path[HOME_PATH_SIZE];
	struct directory_files files = {0};
	struct directory_refusals refusals = {0};
	struct review review = {0};
	struct fault fault = {0};
	home_part_path(home, HOME_DIRECTORY, path);
	if (!told(directory_files_read_all(path, &files, &refusals, &fault), &fault)) {
		return false;
	}
	const struct review_input input = {
		.files = &files,
		.refusals = &refusals,
		.parties = parties,
		.day = timestamp_london_date(timestamp_now()),
	};
	const enum err err = review_run(&input, &review);
	if (err == ERR_OK) {
		print_review(&review);
	} else {
		(void)told(fault_set(&fault, err, "directory", "%s", err_text(err)), &fault);
	}
	const bool ok = err == ERR_OK && review.errors == 0;
	review_finish(&review);
	directory_files_finish(&files);
	return ok;
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

/* Every release looks at the stored files anew, with checks of its own: before an upgrade is when
 * that is good to know.  A home without a store has none. */
static bool check_in_force(const char *home)
{
	static const uint8_t unused[64]; /* seeds a new store, and this one is not new */
	char path[HOME_PATH_SIZE];
	struct core *core;
	struct core_identity identity;
	struct fault fault = {0};
	home_part_path(home, HOME_STORE, path);
	const struct core_options options = {.store_folder = path, .read_only = true};
	const enum err err = core_open(&options, unused, timestamp_now(), &core, &fault);
	if (err != ERR_OK) {
		return err == ERR_NOT_FOUND || told(err, &fault);
	}
	core_identify(core, &identity);
	const bool ok = !core_directory_unusable(core, &fault);
	if (!ok) {
		(void)printf("version %llu of the directory, in force, cannot be used by this "
			     "release: %s\n"
			     "  the broker would start, but place nobody until directory/ is "
			     "corrected or another version is published\n",
			(unsigned long long)identity.directory_version, fault.message);
	}
	core_close(core);
	return ok;
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
	ok = check_in_force(options->home) && ok;
	ok = check_holidays(options->home) && ok;
	(void)printf(ok ? "all is well\n" : "there are problems\n");
	return ok ? ERR_OK : ERR_CONFIG;
}
