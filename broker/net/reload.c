/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/log.h"
#include "broker/config/home.h"
#include "broker/net/holidays.h"
#include "broker/net/problems.h"
#include "broker/net/server.h"

/* A reader's: nothing here changes anything before all that was asked for has proved right. */
void reload_prepare(struct core *core, const char *home, struct request *request)
{
	struct request_reload *reload = &request->reload;
	char path[HOME_PATH_SIZE];
	struct parties *parties = NULL;
	struct calendar calendar;
	struct directory_problems problems = {0};
	enum err err = ERR_OK;
	if (reload->parties) {
		err = home_path(home, HOME_PARTIES, path);
		if (err == ERR_OK) {
			err = parties_load(path, &parties, &request->fault);
		}
		if (err == ERR_OK) {
			err = holidays_read(home, &calendar, &request->fault);
		}
	}
	if (err == ERR_OK && reload->directory) {
		err = home_path(home, HOME_DIRECTORY, path);
		if (err == ERR_OK) {
			err = core_directory_prepare(
				core, path, &reload->published, &problems, &request->fault);
		}
		if (err == ERR_OK) {
			err = publish_room(home, reload->published, &request->fault);
		}
		if (err == ERR_OK) {
			publication_keep(core, request);
		}
		if (err == ERR_CONFIG) {
			problems_log(&problems);
			problems_first(&problems, "`onwardd --check` shows all", &request->fault);
		}
		if (err == ERR_EXISTS && request->fault.message[0] != '\0') {
			log_line(LOG_NOTICE, "directory", NULL, "%s", request->fault.message);
			reload->told =
				arena_str(&request->arena, str_from(request->fault.message)).ptr;
		}
		err = err == ERR_EXISTS ? ERR_OK : err;
	}
	directory_problems_finish(&problems);
	if (err == ERR_OK && parties != NULL) {
		err = core_set_calendar(core, &calendar);
	}
	if (err != ERR_OK) {
		parties_destroy(parties);
		request->fault.code = err;
		const struct fault fault = request->fault;
		request_refuse(request, &fault);
		return;
	}
	if (parties != NULL) {
		core_set_parties(core, parties);
		reload->has_parties = true;
	}
}

void server_reload(struct server *server, bool parties, bool directory)
{
	struct request *request = request_get(&server->pool, REQUEST_RELOAD);
	if (request == NULL) {
		return;
	}
	request->peer.gate = SIZE_MAX; /* nobody waits for an answer */
	server->reloads++;
	request->reload.parties = parties;
	request->reload.directory = directory;
	server_read(server, directory ? &server->works : &server->queries, request);
}

static void outcome_log(const struct request *request)
{
	const char *what = request->reload.directory ? "directory" : "parties";
	if (request->err != ERR_OK) {
		log_line(LOG_ERROR, "reload", what, "%s %s; the running version stays",
			request->fault.field, request->fault.message);
	} else {
		log_line(LOG_NOTICE, "reload", what, "read again");
		if (request->reload.version != 0) {
			publication_log("reload", request);
		}
	}
}

/* What a signal asked for: the manager waits until all of it is done. */
static void signalled_done(struct server *server, const struct request *request)
{
	server->reloads--;
	if (request->err != ERR_OK) {
		server->reload_failed = true;
	}
	if (server->reloads == 0) {
		notify_send(&server->notify, "READY=1\nSTATUS=%s",
			server->reload_failed
				? "running; what was read last has mistakes and is not in force"
				: "running");
		server->reload_failed = false;
	}
}

/* Back from the reader (then on to the writer), or from the writer. */
void server_reload_read(struct server *server, struct request *request)
{
	struct request_reload *reload = &request->reload;
	if (reload->has_parties) {
		server_sessions_check(server);
	}
	const bool to_publish = reload->has_parties || reload->published != NULL;
	if (request->err == ERR_OK && to_publish && request->reply.len == 0) {
		server_write(server, request);
		return;
	}
	if (request->err == ERR_OK && request->reply.len == 0) {
		const struct value body = request_reload_body(request);
		request_reply(request, WIRE_DONE, request->wire.header.correlation, &body);
	}
	outcome_log(request);
	if (request->peer.gate == SIZE_MAX) {
		signalled_done(server, request);
	}
	server_answer(server, request);
}
