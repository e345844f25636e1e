/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/reader.h"
#include "broker/base/log.h"
#include "broker/net/server.h"

#include <stdlib.h>

enum {
	READER_WARM_BYTES = 2 * 1024 * 1024
};

timestamp_us reader_clock(const struct server *server)
{
	struct core_identity identity;
	core_identify(server->core, &identity);
	const timestamp_us now = business_now(&server->writer.business);
	return now < identity.journal_time ? identity.journal_time : now;
}

static void question_read(struct server *server, struct request *request)
{
	struct core_reply reply = {0};
	core_read(server->core, request->party, &request->wire, reader_clock(server),
		&request->arena, &reply);
	if (reply.err != ERR_OK) {
		struct fault fault = reply.fault;
		fault.code = reply.err;
		request_refuse(request, &fault);
		return;
	}
	request_reply(request,
		wire_type_is_paged(request->wire.header.type) ? WIRE_PAGE : WIRE_DONE,
		request->wire.header.correlation, &reply.body);
}

static void follow_read(struct server *server, struct request *request)
{
	struct request_follow *follow = &request->follow;
	struct value events = {0};
	request->wire.header.correlation = follow->correlation;
	const enum err err = core_events(server->core, request->party, str_from(follow->reference),
		follow->after, follow->most, &request->arena, &events, &follow->scanned,
		&request->fault);
	if (err != ERR_OK) {
		request->fault.code = err;
		request_refuse(request, &request->fault);
		return;
	}
	for (size_t i = 0; i < events.list.count && request->err == ERR_OK; i++) {
		request_reply(request, WIRE_EVENT, follow->correlation, &events.list.items[i]);
		follow->count++;
	}
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

static bool is_held(void *context, const struct id *delivery)
{
	const struct request_outbox *outbox = context;
	return bsearch(delivery, outbox->skip, outbox->skip_count, sizeof(*delivery),
		       compare_ids) != NULL;
}

static void outbox_read(struct server *server, struct arena *scratch, struct request *request)
{
	struct request_outbox *outbox = &request->outbox;
	struct core_delivery found[DISPATCHER_READ_MOST];
	size_t count = 0;
	request->err = core_outbox(server->core, str_from(outbox->party), is_held, outbox,
		outbox->most, scratch, found, &count, &request->fault);
	if (request->err != ERR_OK) {
		return;
	}
	outbox->heads = arena_array(&request->arena, count + 1, sizeof(*outbox->heads));
	if (outbox->heads == NULL) {
		request->err = ERR_NOMEM;
		return;
	}
	if (request->fault.code == ERR_CORRUPT) {
		log_line(LOG_ERROR, "dispatcher", outbox->party,
			"a stored row is damaged and not delivered: %s: %s", request->fault.field,
			request->fault.message);
		core_count_refusal(server->core, ERR_CORRUPT);
	}
	for (size_t i = 0; i < count; i++) {
		if (found[i].damaged) {
			outbox->heads[outbox->count++] =
				(struct request_head){found[i].id, found[i].failed, "corrupt"};
			continue;
		}
		const enum err err = request_frame(request, WIRE_DELIVERY, 0, &found[i].body);
		if (err == ERR_NOMEM) {
			request->err = err;
			return;
		}
		outbox->heads[outbox->count++] = (struct request_head){
			found[i].id, found[i].failed, err == ERR_TOO_LARGE ? "too-large" : NULL};
	}
}

/* Kept for the next read, unless the documents were unusually large. */
static void scratch_settle(struct arena *scratch)
{
	if (scratch->used_total > READER_WARM_BYTES) {
		arena_finish(scratch);
	} else {
		arena_reset(scratch);
	}
}

static void request_read(struct server *server, struct arena *scratch, struct request *request)
{
	switch (request->kind) {
	case REQUEST_PEER:
		if (request->wire.header.type == WIRE_STATUS) {
			status_read(server, request);
		} else {
			question_read(server, request);
		}
		return;
	case REQUEST_FOLLOW:
		follow_read(server, request);
		return;
	case REQUEST_OUTBOX:
		outbox_read(server, scratch, request);
		scratch_settle(scratch);
		return;
	case REQUEST_RELOAD:
		reload_prepare(server->core, server->home, request);
		return;
	case REQUEST_PUBLISH:
		publish_prepare(server, request);
		return;
	case REQUEST_REHEARSE:
		rehearse_read(server, request);
		return;
	case REQUEST_FAILED:
	case REQUEST_STARTED:
	case REQUEST_DUE:
	case REQUEST_STOPPED:
		return; /* the writer's */
	}
}

static void *reader_main(void *context)
{
	struct reader *reader = context;
	struct request *request;
	(void)pthread_setname_np(pthread_self(), reader->name);
	while ((request = request_queue_take(&reader->queue, 1, SIZE_MAX)) != NULL) {
		request_read(reader->server, &reader->scratch, request);
		outlet_push(&reader->server->outlet, request);
	}
	return NULL;
}

enum err reader_init(struct reader *reader, struct server *server, const char *name)
{
	*reader = (struct reader){.server = server, .name = name};
	arena_init(&reader->scratch, 0);
	return request_queue_init(&reader->queue);
}

void reader_finish(struct reader *reader)
{
	request_queue_finish(&reader->queue);
	arena_finish(&reader->scratch);
}

enum err reader_start(struct reader *reader)
{
	reader->running = pthread_create(&reader->thread, NULL, reader_main, reader) == 0;
	return reader->running ? ERR_OK : ERR_NOMEM;
}

void reader_stop(struct reader *reader)
{
	if (reader->running) {
		request_queue_close(&reader->queue);
		(void)pthread_join(reader->thread, NULL);
		reader->running = false;
	}
}
