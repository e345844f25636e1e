/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/home.h"

#include <stdio.h>

static const char *const parts[] = {
	[HOME_CONFIG] = "onward.yaml",
	[HOME_PARTIES] = "parties.yaml",
	[HOME_KEYS] = "keys",
	[HOME_BROKER_KEY] = "keys/broker.key",
	[HOME_BROKER_PUB] = "keys/broker.pub",
	[HOME_DIRECTORY] = "directory",
	[HOME_STORE] = "store",
	[HOME_RUN] = "run",
	[HOME_LOCK] = "run/onwardd.lock",
	[HOME_SEEN] = "run/directory-seen",
	[HOME_ALIVE] = "run/alive",
	[HOME_HOLIDAYS] = "bank-holidays.txt",
	[HOME_POSTCODES] = "postcodes",
};

static enum err path_join(
	char out[HOME_PATH_SIZE], const char *home, const char *rest, const char *suffix)
{
	const int len = snprintf(out, HOME_PATH_SIZE, "%s/%s%s", home, rest, suffix);
	return len < 0 || len >= HOME_PATH_SIZE ? ERR_TOO_LARGE : ERR_OK;
}

enum err home_path(const char *home, enum home_part part, char out[HOME_PATH_SIZE])
{
	return path_join(out, home, parts[part], "");
}

void home_part_path(const char *home, enum home_part part, char out[HOME_PATH_SIZE])
{
	if (home_path(home, part, out) != ERR_OK) {
		out[0] = '\0';
	}
}

static enum err key_path(
	const char *home, const char *party, const char *suffix, char out[HOME_PATH_SIZE])
{
	if (!party_id_ok(str_from(party))) {
		return ERR_INVALID;
	}
	char name[PARTY_ID_MAX + 8];
	(void)snprintf(name, sizeof(name), "keys/%s", party);
	return path_join(out, home, name, suffix);
}

enum err home_key_path(const char *home, const char *party, char out[HOME_PATH_SIZE])
{
	return key_path(home, party, ".key", out);
}

enum err home_next_key_path(const char *home, const char *party, char out[HOME_PATH_SIZE])
{
	return key_path(home, party, ".next.key", out);
}

bool party_id_ok(struct str id)
{
	if (id.len == 0 || id.len > PARTY_ID_MAX || id.ptr[0] == '-') {
		return false;
	}
	for (size_t i = 0; i < id.len; i++) {
		const char c = id.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
			return false;
		}
	}
	return true;
}
