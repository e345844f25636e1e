/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fixture fixture;

static void setup(void)
{
	fixture_make(&fixture);
}

static void teardown(void)
{
	fixture_remove(&fixture);
}

TestSuite(lmdb, .init = setup, .fini = teardown);

/* Commits of `len` bytes under increasing numbers from *at until one is refused; which it is. */
static enum err put_until_refused(struct store *store, uint32_t *at, size_t len)
{
	static char value[400 * 1024];
	memset(value, 'v', sizeof(value));
	for (int i = 0; i < 100000; i++) {
		struct store_txn *txn = must_begin(store, true);
		enum err err = store_put(
			txn, (struct str){(const char *)at, sizeof(*at)}, (struct str){value, len});
		if (err != ERR_OK) {
			store_abort(txn);
			return err;
		}
		err = store_commit(txn);
		if (err != ERR_OK) {
			return err;
		}
		(*at)++;
	}
	return ERR_OK;
}

static void expect_first(struct store *store, uint32_t count)
{
	struct store_stat stat;
	struct store_txn *txn = must_begin(store, false);
	for (uint32_t i = 0; i < count; i++) {
		struct str value;
		MUST(store_get(txn, (struct str){(const char *)&i, sizeof(i)}, &value));
		cr_assert_eq(value.ptr[value.len - 1], 'v');
	}
	store_abort(txn);
	store->ops->stat(store, &stat);
	cr_assert_eq(stat.entries, count);
}

static void fills_and_goes_on(const char *folder, size_t len, void (*make_room)(void *), void *ctx)
{
	struct store *store = NULL;
	uint32_t count = 0;
	MUST(store_lmdb_open(folder, FIXTURE_MAP, false, &store, NULL));
	MUST_BE(put_until_refused(store, &count, len), ERR_FULL);
	cr_assert_gt(count, 0);
	expect_first(store, count);
	/* Still full, however often it is tried. */
	for (int i = 0; i < 5; i++) {
		struct store_txn *txn = must_begin(store, true);
		char value[100 * 1024] = {0};
		for (uint32_t k = 0; k < 20; k++) {
			must_put(txn, (struct str){(const char *)&k, sizeof(k)},
				(struct str){value, sizeof(value)});
		}
		MUST_BE(store_commit(txn), ERR_FULL);
	}
	expect_first(store, count);
	make_room(ctx);
	const uint32_t before = count;
	static char value[200 * 1024] = {0};
	value[sizeof(value) - 1] = 'v';
	for (int i = 0; i < 10; i++, count++) {
		struct store_txn *txn = must_begin(store, true);
		must_put(txn, (struct str){(const char *)&count, sizeof(count)},
			(struct str){value, sizeof(value)});
		must_commit(txn);
	}
	cr_assert_eq(count, before + 10);
	store_close(store);
	MUST(store_lmdb_open(folder, FIXTURE_MAP, false, &store, NULL));
	expect_first(store, count);
	store_close(store);
}

static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit;
	(void)signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void lift_limit(void *ctx)
{
	(void)ctx;
	limit_file_size(RLIM_INFINITY);
}

Test(lmdb, a_file_that_may_not_grow_refuses_and_goes_on_when_it_may)
{
	/* An odd limit: the last write before it is a short one, which LMDB reports as EIO. */
	limit_file_size(2 * 1024 * 1024 + 1000);
	fills_and_goes_on(fixture.folder, 3000, lift_limit, NULL);
}

Test(lmdb, a_file_that_may_not_grow_refuses_large_values_too)
{
	limit_file_size(3 * 1024 * 1024);
	fills_and_goes_on(fixture.folder, 300 * 1024, lift_limit, NULL);
}

static void remove_ballast(void *path)
{
	cr_assert_eq(unlink(path), 0);
}

/* A file system of 8 MiB, where the machine lets us mount one. */
static bool small_disk(const char *folder)
{
	if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
		return false;
	}
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mkdir(folder, 0700) == 0 &&
	       mount("tmpfs", folder, "tmpfs", 0, "size=8m,mode=700") == 0;
}

static void full_disk_round(size_t len)
{
	const char *disk = fixture_path(&fixture, "disk");
	if (!small_disk(disk)) {
		cr_skip_test("no file system may be mounted here");
	}
	const char *ballast = fixture_path(&fixture, "disk/ballast");
	const char *folder = fixture_path(&fixture, "disk/store");
	cr_assert_eq(mkdir(folder, 0700), 0);
	const int fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	cr_assert_eq(posix_fallocate(fd, 0, 4 * 1024 * 1024), 0);
	(void)close(fd);
	union {
		const char *in;
		void *out;
	} path = {.in = ballast};
	fills_and_goes_on(folder, len, remove_ballast, path.out);
	(void)umount2(disk, MNT_DETACH);
}

Test(lmdb, a_full_disk_refuses_and_goes_on_when_room_returns)
{
	full_disk_round(5000);
}

Test(lmdb, a_full_disk_in_the_middle_of_a_large_value_refuses_and_goes_on)
{
	full_disk_round(333 * 1000);
}

Test(lmdb, what_is_no_store_is_refused_in_words)
{
	struct store *store;
	struct fault fault = {0};
	MUST_BE(store_lmdb_open(fixture_path(&fixture, "none"), 0, false, &store, &fault),
		ERR_NOT_FOUND);
	MUST_BE(store_lmdb_open(fixture.folder, 0, true, &store, &fault), ERR_NOT_FOUND);
	FILE *file = fopen(fixture_path(&fixture, "data.mdb"), "w");
	for (int i = 0; i < 10000; i++) {
		(void)fputs("not a store ", file);
	}
	(void)fclose(file);
	MUST_BE(store_lmdb_open(fixture.folder, FIXTURE_MAP, false, &store, &fault), ERR_CORRUPT);
	cr_assert_neq(fault.message[0], '\0');
}

Test(lmdb, a_file_of_another_lmdb_version_or_cut_short_is_refused)
{
	struct store *store;
	struct fault fault = {0};
	uint32_t count = 0;
	const char *path = fixture_path(&fixture, "data.mdb");
	MUST(store_lmdb_open(fixture.folder, 1024 * 1024, false, &store, NULL));
	MUST_BE(put_until_refused(store, &count, 3000), ERR_FULL);
	store_close(store);
	cr_assert_eq(truncate(path, 500 * 1000), 0);
	MUST_BE(store_lmdb_open(fixture.folder, 0, false, &store, &fault), ERR_CORRUPT);

	/* Meta page: a header of 16 bytes, the magic, then the version. */
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	const uint32_t version = 2;
	cr_assert_eq(pwrite(fd, &version, 4, 20), 4);
	(void)close(fd);
	MUST_BE(store_lmdb_open(fixture.folder, 0, false, &store, &fault), ERR_VERSION);
}

Test(lmdb, the_folder_and_its_files_are_for_the_owner_alone)
{
	struct store *store;
	struct stat file;
	(void)umask(0);
	MUST(store_lmdb_open(fixture.folder, FIXTURE_MAP, false, &store, NULL));
	cr_assert_eq(stat(fixture_path(&fixture, "data.mdb"), &file), 0);
	cr_assert_eq(file.st_mode & 0777, 0600);
	cr_assert_eq(stat(fixture_path(&fixture, "lock.mdb"), &file), 0);
	cr_assert_eq(file.st_mode & 0777, 0600);
	store_close(store);
}

/* Runs `body` in another process; its exit status. */
static int in_child(int (*body)(void))
{
	int status = -1;
	const pid_t pid = fork();
	if (pid == 0) {
		_exit(body());
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int second_writer(void)
{
	struct store *store;
	return store_lmdb_open(fixture.folder, FIXTURE_MAP, false, &store, NULL) == ERR_STATE ? 0
											      : 1;
}

static int reader_beside(void)
{
	struct store *store;
	struct store_txn *txn;
	struct str value;
	if (store_lmdb_open(fixture.folder, 0, true, &store, NULL) != ERR_OK ||
		store_begin(store, false, &txn) != ERR_OK ||
		store_get(txn, STR("a"), &value) != ERR_OK || !str_equal(value, STR("one"))) {
		return 1;
	}
	store_abort(txn);
	const enum err err = store_begin(store, true, &txn);
	store_close(store);
	return err == ERR_OK ? 2 : 0;
}

Test(lmdb, a_second_writer_is_kept_out_and_a_reader_let_in)
{
	/* The writer is a child too, so that no process has a store open across a fork. */
	int ready[2];
	int done[2];
	cr_assert_eq(pipe(ready), 0);
	cr_assert_eq(pipe(done), 0);
	const pid_t pid = fork();
	if (pid == 0) {
		char byte;
		struct store *store = fixture_store(&fixture, 0, 0);
		struct store_txn *txn = must_begin(store, true);
		must_put(txn, STR("a"), STR("one"));
		must_commit(txn);
		(void)!write(ready[1], "r", 1);
		(void)!read(done[0], &byte, 1);
		store_close(store);
		_exit(0);
	}
	char byte;
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	cr_expect_eq(in_child(second_writer), 0);
	cr_expect_eq(in_child(reader_beside), 0);
	(void)!write(done[1], "d", 1);
	(void)waitpid(pid, NULL, 0);
}

/* A process that, when told, begins to read and stays; forked before the store is opened here. */
struct reader {
	pid_t pid;
	int go;
	int ready;
};

static void reader_start(struct reader *reader)
{
	int go[2];
	int ready[2];
	cr_assert_eq(pipe(go), 0);
	cr_assert_eq(pipe(ready), 0);
	reader->pid = fork();
	if (reader->pid == 0) {
		struct store *store;
		struct store_txn *txn;
		char byte;
		if (read(go[0], &byte, 1) == 1 &&
			store_lmdb_open(fixture.folder, 0, true, &store, NULL) == ERR_OK &&
			store_begin(store, false, &txn) == ERR_OK) {
			(void)!write(ready[1], "r", 1);
		}
		(void)pause();
		_exit(0);
	}
	reader->go = go[1];
	reader->ready = ready[0];
}

static void reader_begin_and_die(struct reader *reader)
{
	char byte;
	cr_assert_eq(write(reader->go, "g", 1), 1);
	cr_assert_eq(read(reader->ready, &byte, 1), 1);
	cr_assert_eq(kill(reader->pid, SIGKILL), 0);
	(void)waitpid(reader->pid, NULL, 0);
}

static void overwrite_often(struct store *store, int times)
{
	static char value[20 * 1024];
	for (int i = 0; i < times; i++) {
		struct store_txn *txn = must_begin(store, true);
		must_put(txn, STR("same"), (struct str){value, sizeof(value)});
		must_commit(txn);
	}
}

Test(lmdb, a_killed_reader_does_not_make_the_file_grow_for_ever)
{
	struct stat early;
	struct stat late;
	const char *path = fixture_path(&fixture, "data.mdb");
	struct reader reader;
	reader_start(&reader);
	struct store *store = fixture_store(&fixture, 0, 0);
	overwrite_often(store, 1);
	reader_begin_and_die(&reader);
	overwrite_often(store, 60);
	cr_assert_eq(stat(path, &early), 0);
	cr_assert_gt(early.st_size, 60 * 20 * 1024, "the reader held nothing");
	/* Every so many transactions the dead are looked for; an aborted one counts. */
	for (int i = 0; i < 1100; i++) {
		store_abort(must_begin(store, true));
	}
	overwrite_often(store, 60);
	cr_assert_eq(stat(path, &late), 0);
	cr_assert_eq(early.st_size, late.st_size);
	store_close(store);
}

Test(lmdb, a_copy_holds_what_was_committed_and_not_what_was_deleted)
{
	struct store *store = fixture_store(&fixture, 0, 0);
	const char *folder = fixture_path(&fixture, "copy");
	uint32_t count = 0;
	struct store_txn *txn = must_begin(store, true);
	for (; count < 1000; count++) {
		must_put(txn, (struct str){(const char *)&count, sizeof(count)}, STR("deleted-v"));
	}
	must_commit(txn);
	txn = must_begin(store, true);
	for (uint32_t i = 10; i < count; i++) {
		MUST(store_del(txn, (struct str){(const char *)&i, sizeof(i)}));
	}
	must_commit(txn);
	cr_assert_eq(mkdir(folder, 0700), 0);
	MUST(store_lmdb_copy(store, folder));
	store_close(store);
	struct stat file;
	cr_assert_eq(stat(fixture_path(&fixture, "copy/data.mdb"), &file), 0);
	cr_assert_lt(file.st_size, 16 * 1024);
	MUST(store_lmdb_open(folder, 0, false, &store, NULL));
	expect_first(store, 10);
	struct store_stat stat;
	store->ops->stat(store, &stat);
	cr_assert_eq(stat.limit_bytes, FIXTURE_MAP);
	store_close(store);
}
