/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void fixture_make(struct fixture *fixture)
{
	const char *root = getenv("TMPDIR");
	(void)snprintf(fixture->folder, sizeof(fixture->folder), "%s/onward-store-XXXXXX",
		root == NULL ? "/tmp" : root);
	cr_assert_not_null(mkdtemp(fixture->folder));
}

void fixture_remove_tree(const char *path)
{
	DIR *folder = opendir(path);
	if (folder == NULL) {
		(void)unlink(path);
		return;
	}
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char inner[1024];
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			(void)snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
			fixture_remove_tree(inner);
		}
	}
	(void)closedir(folder);
	(void)rmdir(path);
}

void fixture_remove(struct fixture *fixture)
{
	fixture_remove_tree(fixture->folder);
}

const char *fixture_path(const struct fixture *fixture, const char *name)
{
	static char paths[8][512];
	static size_t turn;
	char *path = paths[turn++ % 8];
	(void)snprintf(path, sizeof(paths[0]), "%s/%s", fixture->folder, name);
	return path;
}

struct store *fixture_store(const struct fixture *fixture, int which, uint64_t limit_bytes)
{
	struct store *store = NULL;
	struct fault fault = {0};
	if (which == 0) {
		const enum err err = store_lmdb_open(fixture->folder,
			limit_bytes == 0 ? FIXTURE_MAP : limit_bytes, false, &store, &fault);
		cr_assert_eq(err, ERR_OK, "%s", fault.message);
	} else {
		MUST(store_mem_create(limit_bytes, &store));
	}
	return store;
}

const char *fixture_store_name(int which)
{
	return which == 0 ? "lmdb" : "mem";
}

struct store_txn *must_begin(struct store *store, bool write)
{
	struct store_txn *txn = NULL;
	MUST(store_begin(store, write, &txn));
	return txn;
}

void must_commit(struct store_txn *txn)
{
	MUST(store_commit(txn));
}

void must_put(struct store_txn *txn, struct str key, struct str value)
{
	MUST(store_put(txn, key, value));
}
