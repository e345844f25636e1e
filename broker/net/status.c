/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/server.h"

/* The codes of all errors, for the count of refusals. */
static const enum err codes[] = {
#define X(name, number, code, text) ERR_##name,
	ERR_MAP(X)
#undef X
};
enum {
	CODE_COUNT = sizeof(codes) / sizeof(codes[0])
};

static struct value refusals(struct server *server, struct arena *arena)
{
	struct value map = value_map_new(arena, CODE_COUNT);
	for (size_t i = 0; i < CODE_COUNT; i++) {
		const uint64_t count = core_refusals(server->core, codes[i]);
		if (codes[i] != ERR_OK && count > 0) {
			value_put(arena, &map, err_code(codes[i]), value_of_int((int64_t)count));
		}
	}
	return map;
}

static struct value milliseconds(uint32_t us)
{
	return (struct value){.kind = VALUE_DOUBLE, .number = (double)us / 1000.0};
}

void status_read(struct server *server, struct request *request)
{
	struct arena *arena = &request->arena;
	struct core_identity identity;
	struct core_figures figures;
	struct writer_figures writer;
	struct fault fault = {0};
	core_identify(server->core, &identity);
	timestamp_us now = business_now(&server->writer.business);
	now = now < identity.journal_time ? identity.journal_time : now;
	const enum err err = core_figures(server->core, now, &figures, &fault);
	if (err != ERR_OK) {
		fault.code = err;
		request_refuse(request, &fault);
		return;
	}
	writer_figures(&server->writer, &writer);
	char clock[TIMESTAMP_TEXT_SIZE];
	char next[TIMESTAMP_TEXT_SIZE];
	timestamp_format(now, clock);

	struct value commit = value_map_new(arena, 2);
	value_put(arena, &commit, "p50", milliseconds(writer.p50_us));
	value_put(arena, &commit, "p99", milliseconds(writer.p99_us));
	struct value store = value_map_new(arena, 2);
	value_put(arena, &store, "used_bytes", value_of_int((int64_t)figures.store.used_bytes));
	value_put(arena, &store, "limit_bytes", value_of_int((int64_t)figures.store.limit_bytes));
	struct value body = value_map_new(arena, 20);
	value_put(arena, &body, "version", value_of_text(ONWARD_VERSION));
	value_put(arena, &body, "directory_version",
		value_of_int((int64_t)figures.directory_version));
	struct fault unusable;
	if (core_directory_unusable(server->core, &unusable)) {
		value_put(arena, &body, "directory_unusable",
			value_of_str(arena_str(arena, str_from(unusable.message))));
	}
	value_put(arena, &body, "clock", value_of_text(clock));
	value_put(arena, &body, "mode", value_of_text(identity.rehearsal ? "rehearsal" : "live"));
	value_put(arena, &body, "referrals", value_of_int((int64_t)figures.referrals));
	value_put(arena, &body, "legs_open", value_of_int((int64_t)figures.legs_open));
	value_put(arena, &body, "outbox", value_of_int((int64_t)figures.outbox));
	value_put(arena, &body, "oldest_undelivered_s", value_of_int(figures.oldest_undelivered_s));
	value_put(arena, &body, "queue", value_of_int((int64_t)figures.queue));
	value_put(arena, &body, "queue_oldest_s", value_of_int(figures.queue_oldest_s));
	struct value services = value_map_new(arena, 3);
	value_put(arena, &services, "running", value_of_int((int64_t)figures.services));
	value_put(arena, &services, "full", value_of_int((int64_t)figures.full));
	value_put(arena, &services, "paused", value_of_int((int64_t)figures.paused));
	value_put(arena, &body, "services", services);
	timestamp_format(figures.next_due, next);
	value_put(arena, &body, "next_due",
		figures.next_due == 0 ? (struct value){.kind = VALUE_NULL} : value_of_text(next));
	value_put(arena, &body, "due", value_of_int((int64_t)figures.due));
	value_put(arena, &body, "held", value_of_bool(figures.held_since != 0));
	value_put(arena, &body, "batch_size", value_of_int((int64_t)writer.batch_size));
	value_put(arena, &body, "commit_ms", commit);
	value_put(arena, &body, "refusals", refusals(server, arena));
	value_put(arena, &body, "store", store);
	request_reply(request, WIRE_DONE, request->wire.header.correlation, &body);
}
