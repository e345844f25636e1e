/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/writer_part.h"

/* What a peer asked for; of a signal's request nothing is left but an old one's. */
const struct wire_request *writer_wire(const struct request *request)
{
	return request->wire.header.type == 0 ? NULL : &request->wire;
}

/* After the core had it: what became of it. */
static void publication_note(struct request *request, const struct core_reply *reply)
{
	request->reload.taken = reply->acted;
	request->reload.version =
		reply->acted ? (uint64_t)value_get_int(&reply->body, "version", 0) : 0;
}

/* Parties that are in force already are recorded; a directory is published. */
enum err writer_reload(struct writer *writer, struct request *request)
{
	struct core_reply reply = {0};
	struct core_command command = {.party = request->party, .request = writer_wire(request)};
	if (request->reload.has_parties) {
		command.kind = CORE_PARTIES;
		const enum err err = writer_command(writer, &command, &reply);
		if (err != ERR_OK) {
			return err;
		}
	}
	if (reply.err == ERR_OK && request->reload.published != NULL) {
		command.kind = CORE_DIRECTORY;
		command.directory = request->reload.published;
		const enum err err = writer_command(writer, &command, &reply);
		if (err != ERR_OK) {
			return err;
		}
		publication_note(request, &reply);
	}
	reply.body = request_reload_body(request);
	writer_reply(request, &reply);
	return ERR_OK;
}

enum err writer_publish(struct writer *writer, struct request *request)
{
	struct core_reply reply = {0};
	struct core_command command = {.kind = CORE_DIRECTORY,
		.party = request->party,
		.request = &request->wire,
		.directory = request->reload.published};
	const enum err err = writer_command(writer, &command, &reply);
	if (err == ERR_OK) {
		publication_note(request, &reply);
		request->fault = reply.fault;
		writer_reply(request, &reply);
	}
	return err;
}
