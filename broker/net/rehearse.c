/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/rehearse.h"
#include "broker/base/log.h"
#include "broker/net/problems.h"
#include "broker/net/server.h"
/*
 * An uploaded directory tried on what is stored, page by page.  The upload is lent to the page that
 * is asked for, and keeps what was made of it for the next.
 */

void server_rehearse(struct server *server, struct session *session, struct request *request)
{
	struct fault fault = {0};
	/* Said before the upload is looked for; the core says it again. */
	if (request->party->kind != KIND_COORDINATOR) {
		server_refuse(server, request, ERR_NOT_ALLOWED, "",
			"only a coordinator rehearses a directory: it tries rules on what is known "
			"of her");
		return;
	}
	const enum err err = uploads_find(&server->uploads, request->party->id,
		(const uint8_t *)request->wire.upload.ptr, &fault);
	if (err == ERR_EXISTS) {
		server_refuse(server, request, ERR_FULL, "upload",
			"it is being published, or another page of it is asked for already");
		return;
	}
	if (err != ERR_OK) {
		server_refuse(server, request, err, fault.field, "%s", fault.message);
		return;
	}
	if (!server_admit(server, session, request, &server->works)) {
		return;
	}
	request->kind = REQUEST_REHEARSE;
	uploads_lend(&server->uploads, request->party->id, &request->upload);
	server_read(server, &server->works, request);
}

static enum err candidate_make(struct upload *upload, struct fault *fault)
{
	struct directory_problems problems = {0};
	if (upload->candidate != NULL) {
		return ERR_OK;
	}
	const enum err err = core_candidate_unpack((struct str){upload->bytes, upload->total},
		upload->hash, &upload->candidate, &problems, fault);
	if (err == ERR_CONFIG && problems.kept > 0) {
		problems_log(&problems);
		problems_first(&problems, "in the broker's log", fault);
	}
	directory_problems_finish(&problems);
	return err;
}

/* It is in no record, since nothing is written: who tried rules on whose referrals is here.  Of
 * each page, because a page may be asked for without the one before. */
static void page_log(const struct request *request, const struct value *body)
{
	char since[TIMESTAMP_TEXT_SIZE];
	const struct str until = value_get_str(body, "until");
	timestamp_format(request->wire.since, since);
	log_line(LOG_NOTICE, "directory", request->party->id,
		"rehearse: a directory is %s on %lld referrals of %s to %.*s",
		request->wire.cursor.len == 0 ? "tried" : "tried further",
		(long long)value_get_int(body, "replayed", 0), since, (int)until.len, until.ptr);
}

void rehearse_read(struct server *server, struct request *request)
{
	struct core_reply reply = {0};
	struct fault *fault = &request->fault;
	enum err err = candidate_make(&request->upload, fault);
	if (err == ERR_OK) {
		core_rehearse(server->core, request->party, &request->wire,
			request->upload.candidate, reader_clock(server), &request->arena, &reply);
		err = reply.err;
		*fault = reply.fault;
	} else {
		core_count_refusal(server->core, err);
	}
	if (err == ERR_OK) {
		page_log(request, &reply.body);
		request_reply(request, WIRE_PAGE, request->wire.header.correlation, &reply.body);
		return;
	}
	if (fault->code == ERR_OK) {
		(void)fault_set(fault, err, "", "%s", err_text(err));
	}
	const struct fault copy = *fault;
	request_refuse(request, &copy);
}

void server_rehearse_read(struct server *server, struct request *request)
{
	uploads_settle(&server->uploads, &request->upload, true, uv_now(&server->loop));
	server_answer(server, request);
	server_unpark(server);
}
