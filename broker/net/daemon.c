/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/log.h"
#include "broker/config/home.h"
#include "broker/core/versions.h"
#include "broker/net/holidays.h"
#include "broker/net/net.h"
#include "broker/net/problems.h"
#include "broker/net/seen.h"
#include "broker/net/server.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the start makes, in this order; the end undoes it the other way round. */
struct daemon {
	const char *home;
	struct config config;
	struct key_pair key;
	struct parties *parties; /* until the core owns them */
	struct core *core;
	struct seen seen; /* the home's directory, as it was looked at */
	struct server server;
	int lock;
	bool server_begun;
};

static enum err files_read(
	struct daemon *daemon, const struct daemon_options *options, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	char public_key[PARTY_KEY_TEXT + 1];
	enum err err = home_path(options->home, HOME_CONFIG, path);
	if (err != ERR_OK) {
		return fault_set(fault, err, options->home, "the home's path is too long");
	}
	err = config_load(path, &daemon->config, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (options->clock != NULL &&
		config_clock_parse(&daemon->config, str_from(options->clock)) != ERR_OK) {
		return fault_set(fault, ERR_USAGE, "--clock",
			"system, or a time and \",manual\" such as "
			"2019-06-12T09:00:00+01:00,manual");
	}
	if (daemon->config.clock_manual && !daemon->config.rehearsal) {
		return fault_set(
			fault, ERR_USAGE, "--clock", "only a rehearsal has a manual clock");
	}
	home_part_path(options->home, HOME_BROKER_KEY, path);
	err = key_read(path, &daemon->key, fault);
	if (err != ERR_OK) {
		return err;
	}
	home_part_path(options->home, HOME_BROKER_PUB, path);
	err = key_read_public(path, public_key, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (strcmp(public_key, daemon->key.public_key) != 0) {
		return fault_set(
			fault, ERR_CONFIG, path, "this is not the public half of keys/broker.key");
	}
	home_part_path(options->home, HOME_PARTIES, path);
	return parties_load(path, &daemon->parties, fault);
}

/* One broker a home. */
static enum err home_lock(struct daemon *daemon, struct fault *fault)
{
	static const enum home_part folders[] = {HOME_RUN, HOME_STORE};
	char path[HOME_PATH_SIZE];
	for (size_t i = 0; i < 2; i++) {
		home_part_path(daemon->home, folders[i], path);
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			return fault_set(
				fault, ERR_IO, path, "cannot make the folder: %s", strerror(errno));
		}
	}
	home_part_path(daemon->home, HOME_LOCK, path);
	daemon->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (daemon->lock < 0) {
		return fault_set(fault, ERR_IO, path, "cannot open the lock: %s", strerror(errno));
	}
	if (flock(daemon->lock, LOCK_EX | LOCK_NB) != 0) {
		return fault_set(fault, ERR_EXISTS, path, "another onwardd runs in this home");
	}
	return ERR_OK;
}

static enum err calendar_read(struct daemon *daemon, struct fault *fault)
{
	struct calendar calendar;
	enum err err = holidays_read(daemon->home, &calendar, fault);
	if (err == ERR_OK) {
		err = core_set_calendar(daemon->core, &calendar);
	}
	if (err == ERR_OK && holidays_end_soon(&calendar, timestamp_now())) {
		log_line(LOG_WARNING, "clock", NULL,
			"the bank holidays are known for less than a year: add to "
			"bank-holidays.txt");
	}
	return err;
}

static enum err store_open(struct daemon *daemon, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	uint8_t entropy[64];
	home_part_path(daemon->home, HOME_STORE, path);
	const struct core_options options = {
		.store_folder = path,
		.map_bytes = (uint64_t)daemon->config.store_map_mib * 1024 * 1024,
		.rehearsal = daemon->config.rehearsal,
		.retention_months = daemon->config.retention_months,
	};
	randombytes_buf(entropy, sizeof(entropy));
	const enum err err = core_open(&options, entropy,
		daemon->config.clock_manual ? daemon->config.clock_start : timestamp_now(),
		&daemon->core, fault);
	if (err == ERR_OK) {
		core_set_parties(daemon->core, daemon->parties);
		daemon->parties = NULL;
	}
	if (err == ERR_OK) {
		problems_in_force(daemon->core);
	}
	const struct fault *damaged = err == ERR_OK ? core_directory_damaged(daemon->core) : NULL;
	if (damaged != NULL) {
		log_line(LOG_ERROR, "directory", NULL,
			"the files of the version in force: %s %s; it runs from their binary form; "
			"`onward directory publish` puts others in their place, and a backup may "
			"have them still",
			damaged->field, damaged->message);
	}
	const struct fault *parsed = err == ERR_OK ? core_directory_parsed(daemon->core) : NULL;
	if (parsed != NULL) {
		log_line(LOG_NOTICE, "directory", NULL,
			"the published files were parsed: their binary form %s", parsed->message);
	}
	return err == ERR_OK ? calendar_read(daemon, fault) : err;
}

/* What others published is not undone by a restart, and by what somebody left in directory/. */
static void leave_by_hand(struct daemon *daemon, struct core_directory **directory)
{
	struct arena arena;
	const char *in_force;
	arena_init(&arena, 0);
	if (core_directory_is_by_hand(daemon->core, &arena, &in_force)) {
		core_directory_discard(*directory);
		*directory = NULL;
		log_line(LOG_WARNING, "directory", NULL,
			"directory/ was changed and never published: a start leaves it alone; in "
			"force is %s; `onward directory diff %s/directory` says how it "
			"differs, `onward directory publish` or `onward reload` puts it in force",
			in_force, daemon->home);
	}
	arena_finish(&arena);
}

/* The home's directory when it differs from the published one.  A broken one is told in full and
 * left alone when there is a published one to go on with. */
static enum err directory_prepare(
	struct daemon *daemon, struct core_directory **ret_directory, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	struct directory_problems problems = {0};
	struct core_identity identity;
	uint8_t hash[HASH_SIZE];
	core_identify(daemon->core, &identity);
	seen_look(daemon->home, &daemon->seen);
	const bool seen =
		identity.directory_version > 0 && seen_before(daemon->home, &daemon->seen, hash);
	home_part_path(daemon->home, HOME_DIRECTORY, path);
	enum err err = seen ? core_directory_known(daemon->core, hash, fault) : ERR_OK;
	if (err == ERR_OK) {
		err = core_directory_prepare(daemon->core, path, ret_directory, &problems, fault);
	}
	if (err == ERR_CONFIG) {
		problems_log(&problems);
		problems_first(&problems, "`onwardd --check` shows all", fault);
	}
	directory_problems_finish(&problems);
	if (err == ERR_OK) {
		core_directory_starts(*ret_directory);
		leave_by_hand(daemon, ret_directory);
	}
	if (err == ERR_EXISTS && fault->message[0] != '\0') {
		log_line(LOG_NOTICE, "directory", NULL, "%s", fault->message);
	} else if (err == ERR_EXISTS && !seen) {
		seen_keep(daemon->home, &daemon->seen, identity.directory_hash);
	}
	if (err == ERR_EXISTS) {
		*fault = (struct fault){0};
		return ERR_OK;
	}
	if (err == ERR_OK || identity.directory_version == 0) {
		return err;
	}
	log_line(LOG_WARNING, "directory", NULL, "%s %s; version %llu, published before, stays",
		fault->field, fault->message, (unsigned long long)identity.directory_version);
	*fault = (struct fault){0};
	return ERR_OK;
}

/* The first batches: what was published, and that the broker started.  Before the threads and
 * sockets, so that nobody hears of a broker that cannot write. */
static enum err start_record(
	struct daemon *daemon, struct core_directory *directory, struct fault *fault)
{
	struct server *server = &daemon->server;
	struct request *request = request_get(&server->pool, REQUEST_RELOAD);
	struct request *started = request_get(&server->pool, REQUEST_STARTED);
	const bool publishes = directory != NULL;
	enum err err = ERR_OK;
	if (request == NULL || started == NULL) {
		core_directory_discard(directory);
		err = fault_set(fault, ERR_NOMEM, "", "%s", err_text(ERR_NOMEM));
		goto out;
	}
	request->reload.published = directory;
	if (publishes) {
		publication_keep(daemon->core, request);
	}
	request->next = started;
	writer_batch(&server->writer, request);
	err = request->err != ERR_OK ? request->err : started->err;
	if (err != ERR_OK) {
		(void)fault_set(fault, err, "store", "cannot record the start: %s", err_text(err));
	} else if (publishes) {
		struct core_identity identity;
		core_identify(daemon->core, &identity);
		seen_keep(daemon->home, &daemon->seen, identity.directory_hash);
		publication_log("start: out of directory/", request);
	}
out:
	if (request != NULL) {
		request_put(&server->pool, request);
	}
	if (started != NULL) {
		request_put(&server->pool, started);
	}
	return err;
}

static enum err daemon_start(
	struct daemon *daemon, const struct daemon_options *options, struct fault *fault)
{
	struct core_directory *directory = NULL;
	enum err err = files_read(daemon, options, fault);
	if (err != ERR_OK) {
		return err;
	}
	log_set_level(daemon->config.log_level);
	err = home_lock(daemon, fault);
	if (err == ERR_OK) {
		err = store_open(daemon, fault);
	}
	if (err == ERR_OK) {
		err = directory_prepare(daemon, &directory, fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	daemon->server_begun = true;
	err = server_init(&daemon->server, &daemon->config, daemon->home, daemon->core, fault);
	if (err != ERR_OK) {
		core_directory_discard(directory);
		return err;
	}
	err = start_record(daemon, directory, fault);
	if (err == ERR_OK) {
		problems_none_in_force(daemon->core);
		err = server_start(&daemon->server, fault);
	}
	return err == ERR_OK ? server_listen(&daemon->server, &daemon->key, fault) : err;
}

static void ready_log(struct daemon *daemon)
{
	struct core_identity identity;
	core_identify(daemon->core, &identity);
	log_line(LOG_NOTICE, "onwardd", NULL,
		ONWARD_VERSION " ready: %s, %zu endpoints, directory version %llu%s, sequence %llu",
		identity.rehearsal ? "rehearsal" : "live", daemon->server.gate_count,
		(unsigned long long)identity.directory_version,
		identity.directory_unusable ? " (which cannot be used)" : "",
		(unsigned long long)identity.sequence);
	notify_send(&daemon->server.notify, "READY=1\nSTATUS=running, %s%s",
		identity.rehearsal ? "a rehearsal" : "live",
		identity.directory_unusable ? ", without a directory that it can use" : "");
}

/* glibc raises these by itself as large blocks come and go, and then keeps what was freed: a few
 * large messages would stay in memory for ever. */
static void memory_settle(void)
{
	enum {
		ARENAS = 2,
		MMAP_FROM = 128 * 1024,
		TRIM_FROM = 256 * 1024
	};
	(void)mallopt(M_ARENA_MAX, ARENAS);
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
	(void)mallopt(M_TRIM_THRESHOLD, TRIM_FROM);
}

/* Each connection is a descriptor: as many as the system lets this process have. */
static void descriptors_raise(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

enum err daemon_run(const struct daemon_options *options, struct fault *fault)
{
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	if (daemon == NULL || sodium_init() < 0) {
		free(daemon);
		return fault_set(fault, ERR_NOMEM, "", "%s", err_text(ERR_NOMEM));
	}
	(void)signal(SIGPIPE, SIG_IGN);
	memory_settle();
	descriptors_raise();
	daemon->home = options->home;
	daemon->lock = -1;
	const enum err err = daemon_start(daemon, options, fault);
	if (err == ERR_OK) {
		ready_log(daemon);
		server_run(&daemon->server);
		log_line(LOG_NOTICE, "onwardd", NULL, "stopped");
	}
	if (daemon->server_begun) {
		server_finish(&daemon->server);
	}
	core_close(daemon->core);
	parties_destroy(daemon->parties);
	key_wipe(&daemon->key);
	if (daemon->lock >= 0) {
		(void)close(daemon->lock);
	}
	free(daemon);
	return err;
}
