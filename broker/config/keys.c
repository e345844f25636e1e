/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"
#include "broker/base/yaml.h"
#include "broker/config/home.h"
#include "broker/config/z85.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	KEY_FILE_LIMIT = 4096 /* bytes; a key file has about 200 */
};

bool key_text_ok(struct str text)
{
	uint8_t bytes[Z85_KEY_BYTES];
	return z85_decode(text, bytes);
}

void key_wipe(struct key_pair *pair)
{
	sodium_memzero(pair, sizeof(*pair));
}

enum err key_generate(const char *party, struct key_pair *ret_pair)
{
	if (!party_id_ok(str_from(party))) {
		return ERR_INVALID;
	}
	if (sodium_init() < 0) {
		return ERR_INTERNAL;
	}
	uint8_t public_bytes[Z85_KEY_BYTES];
	uint8_t secret_bytes[Z85_KEY_BYTES];
	_Static_assert(Z85_KEY_BYTES == crypto_box_PUBLICKEYBYTES, "CURVE keys are X25519 keys");
	(void)crypto_box_keypair(public_bytes, secret_bytes);
	*ret_pair = (struct key_pair){0};
	str_copy(ret_pair->party, sizeof(ret_pair->party), str_from(party));
	z85_encode(public_bytes, ret_pair->public_key);
	z85_encode(secret_bytes, ret_pair->secret_key);
	sodium_memzero(secret_bytes, sizeof(secret_bytes));
	return ERR_OK;
}

/* True when the public key is the secret one's. */
static bool pair_matches(struct str public_key, struct str secret_key)
{
	uint8_t expected[Z85_KEY_BYTES];
	uint8_t secret_bytes[Z85_KEY_BYTES];
	uint8_t derived[Z85_KEY_BYTES];
	if (!z85_decode(public_key, expected) || !z85_decode(secret_key, secret_bytes)) {
		return false;
	}
	const bool ok = crypto_scalarmult_base(derived, secret_bytes) == 0 &&
			memcmp(derived, expected, sizeof(derived)) == 0;
	sodium_memzero(secret_bytes, sizeof(secret_bytes));
	return ok;
}

enum err key_write(const char *path, const struct key_pair *pair, bool replace, struct fault *fault)
{
	if (!replace && access(path, F_OK) == 0) {
		return fault_set(fault, ERR_EXISTS, path, "there is a key file already");
	}
	struct buf text = {0};
	buf_printf(&text,
		"# The secret half lets anyone speak as this party: keep this file to its owner.\n"
		"party: %s\npublic: \"%s\"\nsecret: \"%s\"\n",
		pair->party, pair->public_key, pair->secret_key);
	if (pair->former_keys[0] != '\0') {
		buf_printf(&text, "former: \"%s\"\n", pair->former_keys);
	}
	enum err err = text.failed ? ERR_NOMEM : buf_write_file(buf_str(&text), path, 0600);
	if (text.data != NULL) {
		sodium_memzero(text.data, text.size);
	}
	buf_finish(&text);
	if (err != ERR_OK) {
		(void)fault_set(fault, err, path, "cannot write the key file");
	}
	return err;
}

/* Reads a secret file of which nobody but its owner may know. */
static enum err secret_read(const char *path, struct buf *text, struct fault *fault)
{
	struct stat status;
	if (stat(path, &status) != 0) {
		return errno == ENOENT
			       ? fault_set(fault, ERR_NOT_FOUND, path, "there is no such key file")
			       : fault_set(fault, ERR_IO, path, "cannot read the key file: %s",
					 strerror(errno));
	}
	if ((status.st_mode & 077) != 0) {
		return fault_set(fault, ERR_CONFIG, path,
			"others may read this secret key (mode %04o); run: chmod 600",
			(unsigned)(status.st_mode & 07777));
	}
	const enum err err = buf_read_file(text, path, KEY_FILE_LIMIT);
	if (err != ERR_OK) {
		return fault_set(fault, err, path, "cannot read the key file: %s", err_text(err));
	}
	return ERR_OK;
}

/* Keys with one blank between them. */
static bool former_ok(struct str text)
{
	if (text.len >= sizeof(((struct key_pair *)NULL)->former_keys)) {
		return false;
	}
	for (size_t at = 0; at <= text.len; at += PARTY_KEY_TEXT + 1) {
		const size_t left = text.len - at;
		const struct str key = {
			text.ptr + at, left < PARTY_KEY_TEXT ? left : PARTY_KEY_TEXT};
		if (!key_text_ok(key) ||
			(left > PARTY_KEY_TEXT && text.ptr[at + PARTY_KEY_TEXT] != ' ')) {
			return false;
		}
	}
	return true;
}

static enum err key_parse(
	struct arena *arena, struct str text, struct key_pair *ret_pair, const char **ret_problem)
{
	const struct yaml_node *root;
	struct yaml_error error;
	if (yaml_parse(arena, text, &root, &error) != ERR_OK || root->kind != YAML_MAP) {
		*ret_problem = "not a key file: it has the lines party, public and secret";
		return ERR_CONFIG;
	}
	const struct yaml_node *party = yaml_get(root, "party");
	const struct yaml_node *public_key = yaml_get(root, "public");
	const struct yaml_node *secret_key = yaml_get(root, "secret");
	const struct yaml_node *former = yaml_get(root, "former");
	if (party == NULL || public_key == NULL || secret_key == NULL) {
		*ret_problem = "party, public or secret is missing";
		return ERR_CONFIG;
	}
	if (!party_id_ok(party->text)) {
		*ret_problem = "party is not the id of a party";
		return ERR_CONFIG;
	}
	if (!key_text_ok(public_key->text) || !key_text_ok(secret_key->text)) {
		*ret_problem = "a key has 40 characters of Z85";
		return ERR_CONFIG;
	}
	if (former != NULL && !former_ok(former->text)) {
		*ret_problem = "former is not a list of keys of 40 characters of Z85";
		return ERR_CONFIG;
	}
	if (!pair_matches(public_key->text, secret_key->text)) {
		*ret_problem = "the public key does not belong to the secret key";
		return ERR_CONFIG;
	}
	str_copy(ret_pair->party, sizeof(ret_pair->party), party->text);
	str_copy(ret_pair->public_key, sizeof(ret_pair->public_key), public_key->text);
	str_copy(ret_pair->secret_key, sizeof(ret_pair->secret_key), secret_key->text);
	str_copy(ret_pair->former_keys, sizeof(ret_pair->former_keys),
		former == NULL ? (struct str){0} : former->text);
	return ERR_OK;
}

enum err key_read(const char *path, struct key_pair *ret_pair, struct fault *fault)
{
	struct buf text = {0};
	struct arena arena;
	arena_init(&arena, 0);
	enum err err = secret_read(path, &text, fault);
	if (err != ERR_OK) {
		goto out;
	}
	const char *problem = "";
	err = key_parse(&arena, buf_str(&text), ret_pair, &problem);
	if (err != ERR_OK) {
		(void)fault_set(fault, err, path, "%s", problem);
	}
out:
	if (text.data != NULL) {
		sodium_memzero(text.data, text.size);
	}
	buf_finish(&text);
	arena_finish(&arena);
	return err;
}

enum err key_switch(
	const char *home, const char *party, struct key_pair *ret_pair, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	char next_path[HOME_PATH_SIZE];
	struct key_pair present = {0};
	struct key_pair next = {0};
	enum err err = home_key_path(home, party, path);
	err = err == ERR_OK ? home_next_key_path(home, party, next_path) : err;
	if (err != ERR_OK) {
		return fault_set(fault, err, party, "not the id of a party");
	}
	err = key_read(path, &present, fault);
	err = err == ERR_OK ? key_read(next_path, &next, fault) : err;
	if (err == ERR_OK) {
		const int len = snprintf(next.former_keys, sizeof(next.former_keys), "%s%s%s",
			present.secret_key, present.former_keys[0] == '\0' ? "" : " ",
			present.former_keys);
		if (len < 0 || (size_t)len >= sizeof(next.former_keys)) {
			err = fault_set(fault, ERR_STATE, path,
				"%d former keys are kept already: open the spool (onward flush) "
				"and start "
				"onward-inbox, so that what they sealed is sealed anew, then take "
				"the "
				"line former out",
				KEY_FORMER_MAX);
		}
	}
	if (err == ERR_OK) {
		err = key_write(path, &next, true, fault);
	}
	if (err == ERR_OK) {
		(void)unlink(next_path);
		*ret_pair = next;
	}
	key_wipe(&present);
	key_wipe(&next);
	return err;
}

enum err key_write_public(const char *path, const struct key_pair *pair, struct fault *fault)
{
	char text[PARTY_KEY_TEXT + 2];
	const int len = snprintf(text, sizeof(text), "%s\n", pair->public_key);
	const enum err err = buf_write_file((struct str){text, (size_t)len}, path, 0644);
	return err == ERR_OK ? ERR_OK : fault_set(fault, err, path, "cannot write the public key");
}

enum err key_read_public(const char *path, char ret_public[PARTY_KEY_TEXT + 1], struct fault *fault)
{
	struct buf text = {0};
	enum err err = buf_read_file(&text, path, KEY_FILE_LIMIT);
	if (err != ERR_OK) {
		(void)fault_set(fault, err, path, "cannot read the public key: %s", err_text(err));
		goto out;
	}
	struct str key = buf_str(&text);
	while (key.len > 0 && (key.ptr[key.len - 1] == '\n' || key.ptr[key.len - 1] == ' ')) {
		key.len--;
	}
	if (!key_text_ok(key)) {
		err = fault_set(fault, ERR_CONFIG, path, "a public key has 40 characters of Z85");
		goto out;
	}
	str_copy(ret_public, PARTY_KEY_TEXT + 1, key);
out:
	buf_finish(&text);
	return err;
}
