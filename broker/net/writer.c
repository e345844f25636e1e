/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/writer_part.h"
#include "broker/base/limits.h"
#include "broker/base/log.h"

#include <sodium.h>
#include <stdlib.h>
#include <time.h>

static uint64_t monotonic_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* What is on disk is not known: nothing may be acknowledged, and the next start verifies. */
static _Noreturn void stop_at_once(enum err err, const char *doing)
{
	log_line(LOG_ERROR, "writer", NULL,
		"%s failed (%s): stopping without acknowledging; the next start verifies the store",
		doing, err_text(err));
	abort();
}

/* Stretched from a seed of the system's, drawn anew every so many commands: a system call each
 * would take longer than deciding.  What is taken is wiped. */
static void entropy_take(struct writer *writer, uint8_t out[WRITER_ENTROPY_BYTES])
{
	if (writer->entropy_left == 0) {
		uint8_t seed[randombytes_SEEDBYTES];
		randombytes_buf(seed, sizeof(seed));
		randombytes_buf_deterministic(writer->entropy, sizeof(writer->entropy), seed);
		sodium_memzero(seed, sizeof(seed));
		writer->entropy_left = WRITER_ENTROPY;
	}
	uint8_t *from = writer->entropy[--writer->entropy_left];
	memcpy(out, from, WRITER_ENTROPY_BYTES);
	sodium_memzero(from, WRITER_ENTROPY_BYTES);
}

enum err writer_command(
	struct writer *writer, struct core_command *command, struct core_reply *ret_reply)
{
	command->time = business_now(&writer->business);
	entropy_take(writer, command->entropy);
	*ret_reply = (struct core_reply){0};
	const enum err err = core_batch_add(writer->core, command, ret_reply);
	if (err == ERR_CORRUPT) {
		log_line(LOG_ERROR, "writer", NULL, "a stored row is damaged and not used: %s: %s",
			ret_reply->fault.field, ret_reply->fault.message);
	}
	return err;
}

void writer_reply(struct request *request, const struct core_reply *reply)
{
	if (reply->err != ERR_OK) {
		struct fault fault = reply->fault;
		fault.code = reply->err;
		request_refuse(request, &fault);
		return;
	}
	request_reply(request,
		wire_type_is_paged(request->wire.header.type) ? WIRE_PAGE : WIRE_DONE,
		request->wire.header.correlation, &reply->body);
}

/* Which deliveries a retry was about: the dispatcher waits for them no longer. */
static void hasten_note(struct request *request, const struct value *body)
{
	const struct value *items = value_get(body, STR("items"));
	if (request->wire.header.type != WIRE_RETRY || items == NULL || items->kind != VALUE_LIST) {
		return;
	}
	struct request_hasten *hasten = &request->hasten;
	hasten->count = 0;
	hasten->ids = arena_array(&request->arena, items->list.count, sizeof(*hasten->ids));
	for (size_t i = 0; hasten->ids != NULL && i < items->list.count; i++) {
		const struct str id = value_get_str(&items->list.items[i], "delivery");
		if (id_parse(id, &hasten->ids[hasten->count]) == ERR_OK) {
			hasten->count++;
		}
	}
}

/* A dry run says for whom a rule is true and leaves no event: that it was asked is here. */
static void dry_run_log(const struct request *request, const struct core_reply *reply)
{
	const struct wire_request *wire = &request->wire;
	const struct value *items = value_get(&reply->body, STR("items"));
	if (reply->err != ERR_OK || wire->header.type != WIRE_MIGRATE || !wire->dry_run ||
		items == NULL) {
		return;
	}
	log_line(LOG_NOTICE, "directory", request->party->id,
		"migrate: a dry run tells of %zu legs of %.*s%s", items->list.count,
		(int)wire->service.len, wire->service.ptr, wire->all ? "" : ", by a rule");
}

static enum err request_add(struct writer *writer, struct request *request)
{
	struct core_command command = {.party = request->party, .request = writer_wire(request)};
	switch (request->kind) {
	case REQUEST_PEER:
		command.kind = CORE_REQUEST;
		command.prepared = request->prepared;
		break;
	case REQUEST_FAILED:
		command.kind = CORE_ATTEMPT_FAILED;
		command.delivery = request->failed.delivery;
		command.reason = request->failed.reason;
		break;
	case REQUEST_RELOAD:
		return writer_reload(writer, request);
	case REQUEST_PUBLISH:
		return writer_publish(writer, request);
	case REQUEST_REHEARSE: /* the reader's alone */
	case REQUEST_DUE:
		return writer_due(writer, &request->more);
	case REQUEST_STARTED:
		return writer_started(writer);
	case REQUEST_STOPPED:
		command.kind = CORE_STOPPED;
		break;
	case REQUEST_FOLLOW:
	case REQUEST_OUTBOX:
		return ERR_INTERNAL; /* a reader's */
	}
	struct core_reply reply;
	const enum err err = writer_command(writer, &command, &reply);
	if (err == ERR_OK) {
		/* Encoded now: the body lives in the batch.  It leaves after the commit. */
		writer_reply(request, &reply);
		hasten_note(request, &reply.body);
		dry_run_log(request, &reply);
	}
	return err;
}

static void refuse_all(struct writer *writer, struct request *list, enum err code)
{
	struct fault fault;
	(void)fault_set(&fault, code, "", "%s", err_text(code));
	for (struct request *request = list; request != NULL; request = request->next) {
		request_refuse(request, &fault);
		core_count_refusal(writer->core, code);
	}
}

static void commit_note(struct writer *writer, size_t batch_size, uint64_t took_us)
{
	(void)pthread_mutex_lock(&writer->lock);
	writer->commit_us[writer->commits++ % WRITER_COMMITS] =
		took_us > UINT32_MAX ? UINT32_MAX : (uint32_t)took_us;
	writer->batch_size = batch_size;
	(void)pthread_mutex_unlock(&writer->lock);
}

enum err writer_commit(struct writer *writer, size_t count)
{
	struct core_effects effects = {0};
	const uint64_t start = monotonic_us();
	const enum err err = core_batch_commit(writer->core, &effects);
	if (err == ERR_FULL) {
		return err;
	}
	if (err != ERR_OK) {
		stop_at_once(err, "a commit");
	}
	writer->jumped = writer->jumped && !writer->jump_added; /* until then it is tried again */
	if (effects.events) { /* a batch that changed nothing was not flushed */
		commit_note(writer, count, monotonic_us() - start);
	}
	writer->unerased = effects.unerased;
	outlet_effects(writer->outlet, &effects);
	return ERR_OK;
}

void writer_begin(struct writer *writer)
{
	const enum err err = core_batch_begin(writer->core);
	if (err != ERR_OK) {
		stop_at_once(err, "beginning a batch");
	}
	writer->jump_added = false;
	/* Before anything of the batch is given its time. */
	writer->jumped = business_jumped(&writer->business) || writer->jumped;
}

void writer_abort(struct writer *writer, enum err err)
{
	core_batch_abort(writer->core);
	if (err != ERR_FULL && err != ERR_CORRUPT) {
		stop_at_once(err, "a command");
	}
}

/* After the commit the store owns what was published. */
static void published_let_go(struct request *list)
{
	for (struct request *request = list; request != NULL; request = request->next) {
		if (request->reload.taken) {
			request->reload.published = NULL;
		}
	}
}

/* Recorded, but a key is still there: nobody hears that what it opened is gone. */
static void refuse_unerased(struct writer *writer, struct request *list)
{
	struct fault fault;
	(void)fault_set(&fault, ERR_FULL, "reference",
		"it is recorded, but the disk has no room to overwrite its key: the broker goes on "
		"trying");
	log_line(LOG_ERROR, "writer", NULL,
		"a key cannot be overwritten, the disk is full: it is tried again until it is "
		"gone");
	for (struct request *request = list; request != NULL; request = request->next) {
		if (request->kind == REQUEST_PEER && request->wire.header.type == WIRE_ERASE &&
			request->err == ERR_OK) {
			request_refuse(request, &fault);
			core_count_refusal(writer->core, ERR_FULL);
		}
	}
}

/* One command met a damaged row, or wants more room than there is: it fails alone, its neighbours
 * are decided without it. */
static void one_by_one(struct writer *writer, struct request *list)
{
	for (struct request *request = list; request != NULL;) {
		struct request *next = request->next;
		request->next = NULL;
		buf_reset(&request->reply);
		request->err = ERR_OK; /* what the batch that failed said of it */
		request->reload.taken = false;
		writer_batch(writer, request);
		request->next = next;
		request = next;
	}
}

/* What is asked of the clock takes batches of its own. */
static bool moves_clock(const struct request *list)
{
	for (const struct request *request = list; request != NULL; request = request->next) {
		if (request->kind == REQUEST_PEER && request->wire.header.type == WIRE_CLOCK) {
			return true;
		}
	}
	return false;
}

static bool publishes(const struct request *list)
{
	for (const struct request *request = list; request != NULL; request = request->next) {
		if (request->reload.published != NULL) {
			return true;
		}
	}
	return false;
}

static void batch_failed(struct writer *writer, struct request *list, enum err err)
{
	/* A whole directory may be what there is no room for. */
	const bool alone = err == ERR_CORRUPT || (err == ERR_FULL && publishes(list));
	if (alone && list->next != NULL) {
		one_by_one(writer, list);
		return;
	}
	for (struct request *request = list; request != NULL; request = request->next) {
		request->reload.taken = false;
	}
	refuse_all(writer, list, err);
}

void writer_batch(struct writer *writer, struct request *list)
{
	size_t count = 0;
	enum err err = ERR_OK;
	if (moves_clock(list)) {
		if (list->next != NULL) {
			one_by_one(writer, list);
		} else {
			writer_clock_request(writer, list);
		}
		return;
	}
	writer_begin(writer);
	for (struct request *request = list; request != NULL && err == ERR_OK;
		request = request->next) {
		err = request_add(writer, request);
		count++;
	}
	if (err != ERR_OK) {
		writer_abort(writer, err);
		batch_failed(writer, list, err);
		return;
	}
	if (writer_commit(writer, count) == ERR_FULL) {
		batch_failed(writer, list, ERR_FULL);
		return;
	}
	if (writer->unerased) {
		refuse_unerased(writer, list);
	}
	published_let_go(list);
}

static void *writer_main(void *context)
{
	struct writer *writer = context;
	struct request *list;
	(void)pthread_setname_np(pthread_self(), "writer");
	while ((list = request_queue_take(
			&writer->queue, LIMIT_BATCH_COMMANDS, LIMIT_BATCH_BYTES)) != NULL) {
		writer_batch(writer, list);
		outlet_push(writer->outlet, list);
	}
	return NULL;
}

enum err writer_init(struct writer *writer, struct core *core, const struct config *config,
	const char *home, struct outlet *outlet)
{
	struct core_identity identity;
	*writer = (struct writer){.core = core, .config = config, .outlet = outlet};
	core_identify(core, &identity);
	business_init(&writer->business, config, home, identity.journal_time);
	if (request_queue_init(&writer->queue) != ERR_OK) {
		return ERR_NOMEM;
	}
	if (pthread_mutex_init(&writer->lock, NULL) != 0) {
		request_queue_finish(&writer->queue);
		return ERR_NOMEM;
	}
	return ERR_OK;
}

void writer_finish(struct writer *writer)
{
	business_finish(&writer->business);
	(void)pthread_mutex_destroy(&writer->lock);
	request_queue_finish(&writer->queue);
}

enum err writer_start(struct writer *writer)
{
	writer->running = pthread_create(&writer->thread, NULL, writer_main, writer) == 0;
	return writer->running ? ERR_OK : ERR_NOMEM;
}

void writer_stop(struct writer *writer)
{
	if (writer->running) {
		request_queue_close(&writer->queue);
		(void)pthread_join(writer->thread, NULL);
		writer->running = false;
	}
}

static int compare_us(const void *a, const void *b)
{
	const uint32_t first = *(const uint32_t *)a;
	const uint32_t second = *(const uint32_t *)b;
	return (first > second) - (first < second);
}

void writer_figures(struct writer *writer, struct writer_figures *ret_figures)
{
	uint32_t sorted[WRITER_COMMITS];
	(void)pthread_mutex_lock(&writer->lock);
	const size_t count = writer->commits < WRITER_COMMITS ? writer->commits : WRITER_COMMITS;
	memcpy(sorted, writer->commit_us, count * sizeof(sorted[0]));
	ret_figures->batch_size = writer->batch_size;
	(void)pthread_mutex_unlock(&writer->lock);
	qsort(sorted, count, sizeof(sorted[0]), compare_us);
	ret_figures->p50_us = count == 0 ? 0 : sorted[count / 2];
	ret_figures->p99_us = count == 0 ? 0 : sorted[count * 99 / 100];
}
