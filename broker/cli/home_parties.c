/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/home_parties.h"

#include "broker/cli/names.h"
#include "directory/directory.h"

/* Who takes part in a rehearsal, besides those whom services are delivered to. */
static const struct {
	const char *id, *name;
	enum kind kind;
} cast[] = {
	{"operator", "Operator of this broker", KIND_OPERATOR},
	{"met-custody", "Metropolitan Police custody suites", KIND_POLICE},
	{"merseyside-custody", "Merseyside Police custody suites", KIND_POLICE},
	{"norfolk-custody", "Norfolk Constabulary custody suites", KIND_POLICE},
	{"ld-london", "Liaison and diversion, London", KIND_LIAISON_DIVERSION},
	{"court-westminster", "Westminster Magistrates' Court", KIND_COURT},
	{"hmp-bronzefield", "HMP & YOI Bronzefield", KIND_PRISON},
	{"hmp-downview", "HMP Downview", KIND_PRISON},
	{"hmp-peterborough", "HMP & YOI Peterborough", KIND_PRISON},
	{"hmp-send", "HMP Send", KIND_PRISON},
	{"hmp-styal", "HMP & YOI Styal", KIND_PRISON},
	{"nps-london", "National Probation Service, London", KIND_PROBATION},
	{"london-crc", "London Community Rehabilitation Company", KIND_PROBATION},
	{"probation-london", "Probation Service, London", KIND_PROBATION},
	{"probation-merseyside", "Probation Service, Merseyside", KIND_PROBATION},
	{"probation-norfolk", "Probation Service, Norfolk", KIND_PROBATION},
	{"coordinator-london", "Women's lead, London", KIND_COORDINATOR},
	{"coordinator-merseyside", "Women's Services Alliance, Merseyside", KIND_COORDINATOR},
	{"coordinator-norfolk", "Women's strategy group, Norfolk", KIND_COORDINATOR},
	{"mopac", "Mayor's Office for Policing and Crime", KIND_COMMISSIONER},
};

struct making {
	const char *home;
	struct party *parties;
	size_t count, size;
	struct fault *fault;
};

static bool is_listed(const struct making *making, struct str id)
{
	for (size_t i = 0; i < making->count; i++) {
		if (str_is(id, making->parties[i].id)) {
			return true;
		}
	}
	return false;
}

/* Makes the key pair, keeps it in the home, lists the party. */
static enum err add(struct making *making, struct str id, struct str name, enum kind kind)
{
	char path[HOME_PATH_SIZE];
	struct key_pair pair;
	if (making->count == making->size) {
		return fault_set(making->fault, ERR_TOO_LARGE, "", "too many parties");
	}
	struct party *party = &making->parties[making->count];
	str_copy(party->id, sizeof(party->id), id);
	party->name = name;
	party->kind = kind;
	enum err err = key_generate(party->id, &pair);
	if (err != ERR_OK) {
		return fault_set(making->fault, err, party->id, "is not the id of a party");
	}
	err = home_key_path(making->home, party->id, path);
	if (err == ERR_OK) {
		err = key_write(path, &pair, false, making->fault);
	}
	if (err == ERR_OK) {
		party->keys[0].from = INT64_MIN;
		party->keys[0].until = INT64_MAX;
		str_copy(party->keys[0].text, sizeof(party->keys[0].text),
			str_from(pair.public_key));
		party->key_count = 1;
		making->count++;
	}
	key_wipe(&pair);
	return err;
}

static enum err add_broker(const char *home, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	struct key_pair pair;
	enum err err = key_generate("broker", &pair);
	if (err == ERR_OK) {
		err = home_path(home, HOME_BROKER_KEY, path);
	}
	if (err == ERR_OK) {
		err = key_write(path, &pair, false, fault);
	}
	if (err == ERR_OK) {
		err = home_path(home, HOME_BROKER_PUB, path);
	}
	if (err == ERR_OK) {
		err = key_write_public(path, &pair, fault);
	}
	key_wipe(&pair);
	return err;
}

/* Everybody whom a service is delivered to, by the id the service names. */
static enum err add_providers(struct making *making, const struct directory *directory)
{
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < directory->service_count; i++) {
		const struct str id = directory->services[i].delivery_party;
		if (id.len == 0 || is_listed(making, id)) {
			continue;
		}
		const struct directory_organisation *organisation =
			directory_organisation_find(directory, id);
		int kind = KIND_PROVIDER;
		struct str name = id;
		if (organisation != NULL) {
			name = organisation->name;
			kind = vocab_number(VOCAB_KIND, organisation->party_kind);
		}
		err = add(making, id, name, kind < 0 ? KIND_PROVIDER : (enum kind)kind);
	}
	return err;
}

enum err home_parties_make(const char *home, bool rehearsal, size_t *ret_parties,
	size_t *ret_services, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	struct arena arena;
	struct directory *directory = NULL;
	struct making making = {.home = home, .fault = fault};
	arena_init(&arena, 0);
	enum err err = home_path(home, HOME_DIRECTORY, path);
	if (err == ERR_OK) {
		directory = names_directory(path);
		err = directory == NULL ? fault_set(fault, ERR_CONFIG, path,
						  "the directory cannot be read; `onwardd --home "
						  "%s --check` says why",
						  home)
					: ERR_OK;
	}
	if (err == ERR_OK) {
		making.size = sizeof(cast) / sizeof(cast[0]) + directory->service_count;
		making.parties = arena_array(&arena, making.size, sizeof(*making.parties));
		err = making.parties == NULL ? ERR_NOMEM : add_broker(home, fault);
	}
	const size_t wanted = rehearsal ? sizeof(cast) / sizeof(cast[0]) : 1;
	for (size_t i = 0; err == ERR_OK && i < wanted; i++) {
		err = add(&making, str_from(cast[i].id), str_from(cast[i].name), cast[i].kind);
	}
	if (err == ERR_OK && rehearsal) {
		err = add_providers(&making, directory);
	}
	if (err == ERR_OK) {
		err = home_path(home, HOME_PARTIES, path);
	}
	if (err == ERR_OK) {
		err = parties_file_write(path, making.parties, making.count, fault);
	}
	if (err == ERR_OK) {
		*ret_parties = making.count;
		*ret_services = directory->service_count;
	}
	directory_destroy(directory);
	arena_finish(&arena);
	return err;
}
