/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

#include "broker/base/buf.h"
#include "broker/store/backup.h"
#include "broker/store/manifest.h"
#include "broker/store/meta.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fixture fixture;
static char home[512];
static char store_folder[512];
static char file[512];
static char other[512];

static void write_file(const char *name, const char *text)
{
	char path[1024];
	(void)snprintf(path, sizeof(path), "%s/%s", home, name);
	MUST(buf_write_file(str_from(text), path, 0644));
}

static void setup(void)
{
	fixture_make(&fixture);
	str_copy(home, sizeof(home), str_from(fixture_path(&fixture, "home")));
	str_copy(
		store_folder, sizeof(store_folder), str_from(fixture_path(&fixture, "home/store")));
	str_copy(file, sizeof(file), str_from(fixture_path(&fixture, "backup.tar")));
	str_copy(other, sizeof(other), str_from(fixture_path(&fixture, "other")));
	static const char *const folders[] = {"home", "home/store", "home/keys", "home/directory",
		"home/directory/lambeth", "home/run"};
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		cr_assert_eq(mkdir(fixture_path(&fixture, folders[i]), 0700), 0);
	}
	write_file("onward.yaml", "name: test\n");
	write_file("parties.yaml", "parties: []\n");
	write_file("keys/broker.key", "an invented secret\n");
	write_file("directory/lambeth/service.yaml", "id: service\n");
	write_file("directory/lambeth/a\xc3\xa9 name.yaml", "");
	write_file("run/leftover", "not for a backup\n");
}

static void teardown(void)
{
	fixture_remove(&fixture);
}

TestSuite(backup, .init = setup, .fini = teardown, .timeout = 60);

/* A home with something in its store. */
static uint64_t fill_home(void)
{
	struct writer writer;
	writer_start(&writer, store_folder, 1);
	(void)writer_wait(&writer, 10);
	return writer_kill(&writer);
}

static uint64_t instance_of(const char *folder)
{
	struct store *store;
	struct store_meta meta;
	MUST(store_lmdb_open(folder, 0, true, &store, NULL));
	struct store_txn *txn = must_begin(store, false);
	MUST(store_meta_read(txn, &meta, NULL));
	store_abort(txn);
	store_close(store);
	return meta.instance;
}

static void expect_text(const char *folder, const char *name, const char *text)
{
	struct buf buf = {0};
	struct stat entry;
	char path[1024];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	MUST(buf_read_file(&buf, path, 1000));
	cr_assert(str_is(buf_str(&buf), text));
	cr_assert_eq(stat(path, &entry), 0);
	cr_assert_eq(entry.st_mode & 0777, 0600);
	buf_finish(&buf);
}

static size_t count_entries(const char *folder)
{
	size_t count = 0;
	DIR *open = opendir(folder);
	cr_assert_not_null(open);
	while (readdir(open) != NULL) {
		count++;
	}
	(void)closedir(open);
	return count - 2;
}

static void watch(void *ctx, uint64_t done, uint64_t total)
{
	uint64_t *seen = ctx;
	cr_assert_geq(done, seen[0]);
	cr_assert_leq(done, total);
	seen[0] = done;
	seen[1] = total;
}

Test(backup, a_backup_under_load_restores_complete_up_to_its_moment)
{
	struct writer writer;
	struct backup_summary made = {0};
	struct backup_summary restored = {0};
	struct fault fault = {0};
	struct stat entry;
	uint64_t seen[2] = {0, 0};
	writer_start(&writer, store_folder, 7);
	const uint64_t before = writer_wait(&writer, 20);
	enum err err = backup_create(home, file, watch, seen, &made, &fault);
	cr_assert_eq(err, ERR_OK, "%s: %s", fault.field, fault.message);
	cr_assert_eq(seen[0], seen[1]);
	(void)writer_wait(&writer, 3);
	(void)writer_kill(&writer);
	cr_assert_geq(made.sequence, before);
	cr_assert_eq(made.files, 7);
	cr_assert_eq(stat(file, &entry), 0);
	cr_assert_eq(entry.st_mode & 0777, 0600);
	cr_assert_eq(count_entries(fixture.folder), 2, "something was left beside the backup");

	err = backup_restore(file, other, NULL, NULL, &restored, &fault);
	cr_assert_eq(err, ERR_OK, "%s: %s", fault.field, fault.message);
	cr_assert_eq(restored.sequence, made.sequence);
	cr_assert_eq(restored.records, made.sequence);
	cr_assert_eq(restored.files, 7);
	cr_assert_neq(restored.instance, made.instance);
	cr_assert_eq(count_entries(other), 5);
	expect_text(other, "onward.yaml", "name: test\n");
	expect_text(other, "keys/broker.key", "an invented secret\n");
	expect_text(other, "directory/lambeth/a\xc3\xa9 name.yaml", "");
	cr_assert_eq(stat(other, &entry), 0);
	cr_assert_eq(entry.st_mode & 0777, 0700);

	const char *there = fixture_path(&fixture, "other/store");
	cr_assert_eq(instance_of(there), restored.instance);
	cr_assert_eq(writer_check(there, made.sequence), made.sequence);
	/* And the restored home works on. */
	writer_start(&writer, there, 8);
	const uint64_t more = writer_wait(&writer, 2);
	(void)writer_kill(&writer);
	cr_assert_gt(more, made.sequence);
	(void)writer_check(there, more);
}

Test(backup, what_is_in_the_way_is_left_alone)
{
	struct backup_summary summary;
	struct fault fault = {0};
	(void)fill_home();
	MUST(buf_write_file(STR("mine"), file, 0600));
	MUST_BE(backup_create(home, file, NULL, NULL, &summary, &fault), ERR_EXISTS);
	expect_text(fixture.folder, "backup.tar", "mine");
	(void)unlink(file);
	MUST(backup_create(home, file, NULL, NULL, &summary, &fault));
	MUST_BE(backup_restore(file, home, NULL, NULL, &summary, &fault), ERR_EXISTS);
	cr_assert_eq(access(fixture_path(&fixture, "home/onward.yaml"), F_OK), 0);
	cr_assert_eq(count_entries(home), 6);
}

Test(backup, what_is_no_home_or_no_backup_is_refused_and_nothing_left)
{
	struct backup_summary summary;
	struct fault fault = {0};
	MUST_BE(backup_create(fixture_path(&fixture, "none"), file, NULL, NULL, &summary, &fault),
		ERR_NOT_FOUND);
	MUST_BE(backup_create(home, file, NULL, NULL, &summary, &fault), ERR_NOT_FOUND);
	cr_assert_neq(fault.message[0], '\0');
	MUST_BE(backup_restore(file, other, NULL, NULL, &summary, &fault), ERR_NOT_FOUND);
	MUST(buf_write_file(STR("some text that is no archive"), file, 0600));
	MUST_BE(backup_restore(file, other, NULL, NULL, &summary, &fault), ERR_CORRUPT);
	cr_assert_eq(count_entries(fixture.folder), 2);
	cr_assert_eq(mkdir(other, 0700), 0);
	MUST_BE(backup_restore(file, other, NULL, NULL, &summary, &fault), ERR_CORRUPT);
	cr_assert_eq(count_entries(other), 0);
}

static void refused(enum err want)
{
	struct backup_summary summary;
	struct fault fault = {0};
	MUST_BE(backup_restore(file, other, NULL, NULL, &summary, &fault), want);
	cr_assert_neq(fault.message[0], '\0');
	cr_assert_eq(access(other, F_OK), -1, "something was left of a restore that failed");
}

Test(backup, a_changed_or_shortened_backup_is_refused)
{
	struct backup_summary summary;
	struct stat entry;
	(void)fill_home();
	MUST(backup_create(home, file, NULL, NULL, &summary, NULL));
	cr_assert_eq(stat(file, &entry), 0);
	/* A bit of every part: the store, the slots, small files, names, the manifest. */
	const off_t step = entry.st_size / 150;
	FILE *open = fopen(file, "r+");
	cr_assert_not_null(open);
	/* Behind the manifest the tar ends in zeros that mean nothing. */
	for (off_t at = 600; at < entry.st_size - 11 * 1024; at += step) {
		(void)fseeko(open, at, SEEK_SET);
		const int byte = fgetc(open);
		(void)fseeko(open, at, SEEK_SET);
		(void)fputc(byte ^ 64, open);
		(void)fflush(open);
		refused(ERR_CORRUPT);
		(void)fseeko(open, at, SEEK_SET);
		(void)fputc(byte, open);
		(void)fflush(open);
	}
	(void)fclose(open);
	cr_assert_eq(truncate(file, entry.st_size / 2), 0);
	refused(ERR_CORRUPT);
}

/* Writes a tar by hand: `name` with `text`, of any type, and a manifest that agrees. */
static void forge(const char *name, unsigned type, const char *link)
{
	struct manifest manifest;
	struct archive *archive = archive_write_new();
	uint8_t hash[HASH_SIZE];
	manifest_init(&manifest);
	hash_pair(hash, STR("text"), STR(""));
	manifest_add(&manifest, name, 4, hash);
	(void)archive_write_set_format_gnutar(archive);
	cr_assert_eq(archive_write_open_filename(archive, file), ARCHIVE_OK);
	const struct str texts[] = {STR("text"), buf_str(&manifest.text)};
	const char *names[] = {name, MANIFEST_NAME};
	for (int i = 0; i < 2; i++) {
		struct archive_entry *entry = archive_entry_new();
		archive_entry_set_pathname(entry, names[i]);
		archive_entry_set_filetype(entry, i == 0 ? type : AE_IFREG);
		archive_entry_set_perm(entry, 0600);
		archive_entry_set_size(entry, link == NULL || i == 1 ? (int64_t)texts[i].len : 0);
		if (i == 0 && link != NULL) {
			if (type == AE_IFLNK) {
				archive_entry_set_symlink(entry, link);
			} else {
				archive_entry_set_hardlink(entry, link);
			}
		}
		cr_assert_eq(archive_write_header(archive, entry), ARCHIVE_OK);
		(void)archive_write_data(archive, texts[i].ptr, texts[i].len);
		archive_entry_free(entry);
	}
	(void)archive_write_free(archive);
	manifest_finish(&manifest);
}

Test(backup, a_backup_may_not_write_outside_its_home)
{
	static const char *const names[] = {"/onward.yaml", "../onward.yaml", "keys/../../escaped",
		"keys//x", "keys/./x", "keys/", "store/other", "run/x", "directory/../x",
		"onward.yaml/x", "keys/a\nb"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		forge(names[i], AE_IFREG, NULL);
		refused(ERR_CORRUPT);
	}
	forge("keys/link", AE_IFLNK, "/etc/passwd");
	refused(ERR_CORRUPT);
	forge("keys/link", AE_IFREG, "/etc/passwd");
	refused(ERR_CORRUPT);
	forge("keys/fifo", AE_IFIFO, NULL);
	refused(ERR_CORRUPT);
	/* Well formed, yet without a store. */
	forge("onward.yaml", AE_IFREG, NULL);
	refused(ERR_NOT_FOUND);
}

Test(backup, only_paths_of_a_home_are_good)
{
	static const char *const good[] = {"onward.yaml", "parties.yaml", "store/data.mdb",
		"store/slots", "keys/a", "directory/a/b/c d.yaml", "keys/..a", "keys/a.."};
	static const char *const bad[] = {"", "/", ".", "..", "onward.yaml2", "store", "keys",
		"Keys/a", "keys/..", "keys/a/..", "store/lock.mdb", "MANIFEST", "keys/\x7f"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		cr_assert(manifest_path_ok(good[i]), "%s", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert(!manifest_path_ok(bad[i]), "%s", bad[i]);
	}
}

Test(backup, a_damaged_journal_is_not_restored)
{
	struct backup_summary summary;
	struct store *store;
	(void)fill_home();
	MUST(store_lmdb_open(store_folder, 0, false, &store, NULL));
	struct store_txn *txn = must_begin(store, true);
	MUST(store_del(txn, STR("J\0\0\0\0\0\0\0\3")));
	must_commit(txn);
	store_close(store);
	MUST(backup_create(home, file, NULL, NULL, &summary, NULL));
	refused(ERR_CORRUPT);
}
