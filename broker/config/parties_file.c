/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/document.h"
#include "broker/config/home.h"
#include "broker/config/parties_read.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static void write_time(struct buf *out, const char *name, timestamp_us time)
{
	if (time != INT64_MIN && time != INT64_MAX) {
		char text[TIMESTAMP_TEXT_SIZE];
		timestamp_format(time, text);
		buf_printf(out, "        %s: \"%s\"\n", name, text);
	}
}

static void write_party(struct buf *out, const struct party *party)
{
	buf_printf(out, "  - id: %s\n", party->id);
	if (party->name.len > 0) {
		buf_add_text(out, "    name: ");
		document_quote(out, party->name);
		buf_add_text(out, "\n");
	}
	buf_printf(out, "    kind: %s\n", vocab_code(VOCAB_KIND, (int)party->kind));
	if (party->key_count > 0) {
		buf_add_text(out, "    keys:\n");
	}
	for (size_t i = 0; i < party->key_count; i++) {
		buf_printf(out, "      - public: \"%s\"\n", party->keys[i].text);
		write_time(out, "from", party->keys[i].from);
		write_time(out, "until", party->keys[i].until);
	}
	if (party->acts_for_count > 0) {
		buf_add_text(out, "    acts_for: [");
		for (size_t i = 0; i < party->acts_for_count; i++) {
			buf_printf(out, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(party->acts_for[i]));
		}
		buf_add_text(out, "]\n");
	}
	if (party->revoked) {
		buf_add_text(out, "    revoked: true\n");
	}
}

enum err parties_file_write(
	const char *path, const struct party *items, size_t count, struct fault *fault)
{
	struct buf out = {0};
	buf_add_text(&out,
		"# Who may speak with the broker.  After editing by hand send onwardd a SIGHUP;\n"
		"# `onward party add` and `onward party revoke` tell the broker themselves.\n"
		"parties:");
	buf_add_text(&out, count == 0 ? " []\n" : "\n");
	for (size_t i = 0; i < count; i++) {
		write_party(&out, &items[i]);
	}
	const enum err err = out.failed ? ERR_NOMEM : buf_write_file(buf_str(&out), path, 0644);
	buf_finish(&out);
	if (err != ERR_OK) {
		(void)fault_set(fault, err, path, "cannot write the file: %s", err_text(err));
	}
	return err;
}

/* Two who edit at once take turns: locks the folder, since the file itself is replaced. */
static enum err lock_folder(const char *path, int *ret_fd, struct fault *fault)
{
	char copy[HOME_PATH_SIZE];
	str_copy(copy, sizeof(copy), str_from(path));
	const int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return fault_set(fault, ERR_NOT_FOUND, path, "the folder is not there");
	}
	if (flock(fd, LOCK_EX) != 0) {
		(void)close(fd);
		return fault_set(fault, ERR_IO, path, "cannot lock the folder");
	}
	*ret_fd = fd;
	return ERR_OK;
}

static enum err key_is_free(
	const struct party *items, size_t count, const struct party *party, struct fault *fault)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(items[i].id, party->id) == 0) {
			return fault_set(
				fault, ERR_EXISTS, "id", "there is a party of that id already");
		}
		for (size_t k = 0; k < items[i].key_count * party->key_count; k++) {
			if (strcmp(items[i].keys[k / party->key_count].text,
				    party->keys[k % party->key_count].text) == 0) {
				return fault_set(fault, ERR_EXISTS, "keys",
					"the party \"%s\" has that key", items[i].id);
			}
		}
	}
	return ERR_OK;
}

/* What is to be changed: a party more, or one that is there. */
struct change {
	const struct party *add;
	struct str id;
	struct str key; /* empty: the party is revoked */
	timestamp_us now, until;
};

static enum err change_key(struct party *party, const struct change *change, struct fault *fault)
{
	size_t kept = 0;
	for (size_t i = 0; i < party->key_count; i++) {
		struct party_key key = party->keys[i];
		key.until = key.until < change->until ? key.until : change->until;
		if (key.until > change->now && key.until > key.from) {
			party->keys[kept++] = key;
		}
	}
	if (kept == PARTY_KEYS_MAX) {
		return fault_set(fault, ERR_STATE, "keys",
			"the party has %d keys that hold already; the change before must end first "
			"(or end the old ones now)",
			PARTY_KEYS_MAX);
	}
	party->keys[kept] = (struct party_key){.from = INT64_MIN, .until = INT64_MAX};
	str_copy(party->keys[kept].text, sizeof(party->keys[kept].text), change->key);
	party->key_count = kept + 1;
	return ERR_OK;
}

/* On a copy with room for one more. */
static enum err change_make(
	struct party *items, size_t *count, const struct change *change, struct fault *fault)
{
	struct party made = {.key_count = 1};
	const struct party *keys = change->add;
	if (change->key.len > 0) {
		str_copy(made.keys[0].text, sizeof(made.keys[0].text), change->key);
		keys = &made;
	}
	const enum err err = keys == NULL ? ERR_OK : key_is_free(items, *count, keys, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (change->add != NULL) {
		items[(*count)++] = *change->add;
		return ERR_OK;
	}
	for (size_t i = 0; i < *count; i++) {
		if (!str_is(change->id, items[i].id)) {
			continue;
		}
		if (change->key.len > 0) {
			return change_key(&items[i], change, fault);
		}
		items[i].revoked = true;
		return ERR_OK;
	}
	return fault_set(fault, ERR_NOT_FOUND, "id", "there is no party of that id");
}

static enum err edit(const char *path, const struct change *change, struct fault *fault)
{
	struct arena arena;
	arena_init(&arena, 0);
	int lock = -1;
	const struct party *items = NULL;
	size_t count = 0;
	enum err err = lock_folder(path, &lock, fault);
	if (err != ERR_OK) {
		goto out;
	}
	err = parties_read(path, &arena, &items, &count, fault);
	if (err == ERR_NOT_FOUND && change->add != NULL) {
		err = ERR_OK; /* the first party of a new home */
	}
	if (err != ERR_OK) {
		goto out;
	}
	struct party *changed = arena_array(&arena, count + 1, sizeof(*changed));
	if (changed == NULL) {
		err = fault_set(fault, ERR_NOMEM, path, "out of memory");
		goto out;
	}
	if (count > 0) {
		memcpy(changed, items, count * sizeof(*changed));
	}
	err = change_make(changed, &count, change, fault);
	if (err == ERR_OK) {
		err = parties_file_write(path, changed, count, fault);
	}
out:
	if (lock >= 0) {
		(void)close(lock);
	}
	arena_finish(&arena);
	return err;
}

enum err parties_file_add(const char *path, const struct party *party, struct fault *fault)
{
	if (!party_id_ok(str_from(party->id))) {
		return fault_set(fault, ERR_CONFIG, "id",
			"an id has up to %d lower-case letters, digits and hyphens", PARTY_ID_MAX);
	}
	for (size_t i = 0; i < party->key_count; i++) {
		if (!key_text_ok(str_from(party->keys[i].text))) {
			return fault_set(
				fault, ERR_CONFIG, "keys", "a public key has 40 characters of Z85");
		}
	}
	if (str_has_control(party->name, false) || !str_is_utf8(party->name)) {
		return fault_set(fault, ERR_CONFIG, "name", "one line of text");
	}
	return edit(path, &(struct change){.add = party}, fault);
}

enum err parties_file_revoke(const char *path, struct str id, struct fault *fault)
{
	return edit(path, &(struct change){.id = id}, fault);
}

enum err parties_file_key(const char *path, struct str id, struct str z85, timestamp_us now,
	timestamp_us until, struct fault *fault)
{
	const struct change change = {.id = id, .key = z85, .now = now, .until = until};
	if (!key_text_ok(z85)) {
		return fault_set(
			fault, ERR_CONFIG, "keys", "a public key has 40 characters of Z85");
	}
	return edit(path, &change, fault);
}
