/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/log.h"
#include "broker/core/versions.h"
#include "broker/net/problems.h"
#include "broker/net/server.h"

#include <sys/statvfs.h>
/*
 * A directory's way into force: uploaded in pieces (the loop keeps them), checked and made ready by
 * a reader of its own, put and swapped in by the writer.
 */

enum {
	PARKED_MOST = 16,
	ROOM_TIMES = 2, /* of what is written: the store copies pages that it changes */
	ROOM_SPARE = 1 << 20
};

/* Who changes the directory. */
static bool may_publish(const struct party *party)
{
	return party->kind == KIND_OPERATOR || party->kind == KIND_COORDINATOR;
}

static bool refused_kind(struct server *server, struct request *request)
{
	if (may_publish(request->party)) {
		return false;
	}
	server_refuse(server, request, ERR_NOT_ALLOWED, "",
		"only an operator or a coordinator publishes a directory");
	return true;
}

void server_upload(struct server *server, struct request *request)
{
	struct fault fault = {0};
	uint64_t received = 0;
	if (refused_kind(server, request)) {
		return;
	}
	const enum err err = uploads_add(&server->uploads, request->party->id, &request->wire,
		uv_now(&server->loop), &received, &fault);
	if (err != ERR_OK) {
		server_refuse(server, request, err, fault.field, "%s", fault.message);
		return;
	}
	struct value body = value_map_new(&request->arena, 2);
	value_put(&request->arena, &body, "upload",
		value_of_bytes(request->wire.upload.ptr, request->wire.upload.len));
	value_put(&request->arena, &body, "received", value_of_int((int64_t)received));
	request_reply(request, WIRE_DONE, request->wire.header.correlation, &body);
	server_answer(server, request);
}

static void answer_same(struct server *server, struct request *request)
{
	struct value body;
	const enum err err = core_directory_same(server->core, &request->arena, &body);
	if (err != ERR_OK) {
		server_refuse(server, request, err, "", "%s", err_text(err));
		return;
	}
	request_reply(request, WIRE_DONE, request->wire.header.correlation, &body);
	server_answer(server, request);
}

/* The same is being published: what comes of it is the answer to this one too. */
static void park(struct server *server, struct request *request)
{
	size_t count = 0;
	struct request **end = &server->parked;
	for (; *end != NULL; end = &(*end)->next) {
		count++;
	}
	if (count >= PARKED_MOST) {
		server_refuse(server, request, ERR_FULL, "", "too much is waiting");
		return;
	}
	request->next = NULL;
	*end = request;
}

void server_publish(struct server *server, struct session *session, struct request *request)
{
	struct fault fault = {0};
	const uint8_t *hash = (const uint8_t *)request->wire.upload.ptr;
	const bool uploaded = request->wire.header.type == WIRE_PUBLISH;
	if (refused_kind(server, request)) {
		return;
	}
	if (str_is_blank(request->wire.note)) {
		server_refuse(server, request, ERR_INVALID, "note", "says nothing of what changed");
		return;
	}
	if (uploaded && core_directory_is_in_force(server->core, hash)) {
		/* Asked again, perhaps because the answer was lost. */
		answer_same(server, request);
		return;
	}
	const enum err err =
		uploaded ? uploads_find(&server->uploads, request->party->id, hash, &fault)
			 : ERR_OK;
	if (err == ERR_EXISTS) {
		park(server, request);
		return;
	}
	if (err != ERR_OK) {
		server_refuse(server, request, err, fault.field, "%s", fault.message);
		return;
	}
	if (!server_admit(server, session, request, &server->works)) {
		return;
	}
	request->kind = REQUEST_PUBLISH;
	if (uploaded) {
		uploads_lend(&server->uploads, request->party->id, &request->upload);
	}
	server_read(server, &server->works, request);
}

void server_unpark(struct server *server)
{
	struct request *request = server->parked;
	server->parked = NULL;
	while (request != NULL) {
		struct request *next = request->next;
		struct session *session = sessions_find(&server->sessions, &request->peer);
		if (session == NULL) {
			request_put(&server->pool, request);
		} else {
			server_publish(server, session, request);
		}
		request = next;
	}
}

/* A commit that fails for want of room has filled the disk with what it wrote so far, and nobody
 * else finds any: it is looked for before. */
enum err publish_room(const char *home, const struct core_directory *directory, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	struct statvfs disk;
	home_part_path(home, HOME_STORE, path);
	if (statvfs(path, &disk) != 0) {
		return ERR_OK; /* the commit finds out */
	}
	const uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
	const uint64_t wanted = ROOM_SPARE + ROOM_TIMES * core_directory_bytes(directory);
	return room >= wanted ? ERR_OK
			      : fault_set(fault, ERR_FULL, "directory",
					"the disk has %llu MiB left, and another version needs "
					"%llu: nothing was published",
					(unsigned long long)(room >> 20),
					(unsigned long long)(wanted >> 20) + 1);
}

void publish_prepare(struct server *server, struct request *request)
{
	struct core *core = server->core;
	const struct core_publication why = {
		.note = request->wire.note, .expect = request->wire.expect};
	struct directory_problems problems = {0};
	struct fault *fault = &request->fault;
	enum err err = request->wire.header.type == WIRE_ROLLBACK
			       ? core_directory_again(core, request->wire.version, &why,
					 &request->reload.published, &problems, fault)
			       : core_directory_unpack(core,
					 (struct str){request->upload.bytes, request->upload.total},
					 request->upload.hash, &why, &request->reload.published,
					 &problems, fault);
	if (err == ERR_CONFIG && problems.kept > 0) {
		problems_log(&problems);
		problems_first(&problems, "in the broker's log", fault);
	}
	directory_problems_finish(&problems);
	if (err == ERR_OK) {
		err = publish_room(server->home, request->reload.published, fault);
	}
	if (err == ERR_OK) {
		publication_keep(core, request);
		return;
	}
	if (err == ERR_EXISTS) {
		struct value body;
		if (core_directory_same(core, &request->arena, &body) == ERR_OK) {
			request_reply(request, WIRE_DONE, request->wire.header.correlation, &body);
			return;
		}
	}
	if (fault->code == ERR_OK) {
		(void)fault_set(fault, err, "", "%s", err_text(err));
	}
	fault->code = err;
	core_count_refusal(core, err);
	const struct fault copy = *fault;
	request_refuse(request, &copy);
}

/* The party's rights may have gone while the files were checked. */
static bool still_allowed(struct server *server, const struct request *request)
{
	const struct session *session = sessions_find(&server->sessions, &request->peer);
	if (session != NULL && !server_session_ok(server, session, NULL)) {
		return false;
	}
	struct world *world = core_world_acquire(server->core);
	const struct party *party =
		parties_find(world_parties(world), str_from(request->party->id));
	const bool allowed = party != NULL && !party->revoked && may_publish(party);
	core_world_release(world);
	return allowed;
}

void publication_keep(struct core *core, struct request *request)
{
	struct request_reload *reload = &request->reload;
	reload->note = arena_str(&request->arena, str_from(core_directory_note(reload->published)));
	reload->against = core_directory_against(core, reload->published, &request->arena);
}

void publication_log(const char *what, const struct request *request)
{
	const struct request_reload *reload = &request->reload;
	log_line(LOG_NOTICE, "directory", request->party == NULL ? NULL : request->party->id,
		"%s: version %llu is in force%s%.*s; %s", what, (unsigned long long)reload->version,
		reload->note.len == 0 ? "" : ": ", STR_ARG(reload->note), reload->against);
}

static void outcome_log(const struct request *request)
{
	const char *what = wire_type_name(request->wire.header.type);
	if (request->err != ERR_OK) {
		log_line(LOG_WARNING, "directory", request->party->id, "%s refused: %s %s", what,
			err_code(request->err), request->fault.field);
	} else if (request->reload.version != 0) {
		publication_log(what, request);
	} else {
		log_line(LOG_NOTICE, "directory", request->party->id,
			"%s: the same is in force already", what);
	}
}

void server_publish_read(struct server *server, struct request *request)
{
	if (request->err == ERR_OK && request->reply.len == 0) {
		if (still_allowed(server, request)) {
			server_write(server, request);
			return;
		}
		struct fault fault;
		(void)fault_set(&fault, ERR_NOT_ALLOWED, "",
			"this party may not publish any more, or its key was revoked meanwhile");
		core_count_refusal(server->core, ERR_NOT_ALLOWED);
		request_refuse(request, &fault);
	}
	outcome_log(request);
	const bool again = request->err == ERR_FULL || request->err == ERR_CONFLICT ||
			   request->err == ERR_NOMEM;
	uploads_settle(&server->uploads, &request->upload, again, uv_now(&server->loop));
	server_answer(server, request);
	server_unpark(server);
}
