/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct party parties[] = {
	{.id = "advance", .kind = KIND_PROVIDER},
	{.id = "changing-lives", .kind = KIND_PROVIDER},
	{.id = "commissioner", .kind = KIND_COMMISSIONER},
	{.id = "coordinator-london", .kind = KIND_COORDINATOR},
	{.id = "court-westminster", .kind = KIND_COURT},
	{.id = "hibiscus", .kind = KIND_PROVIDER},
	{.id = "hmp-bronzefield", .kind = KIND_PRISON},
	{.id = "housing-lambeth", .kind = KIND_LOCAL_AUTHORITY},
	{.id = "ld-london", .kind = KIND_LIAISON_DIVERSION},
	{.id = "london-crc", .kind = KIND_PROBATION},
	{.id = "met-custody", .kind = KIND_POLICE},
	{.id = "nps-london", .kind = KIND_PROBATION},
	{.id = "operator", .kind = KIND_OPERATOR},
	{.id = "other-custody", .kind = KIND_POLICE},
	{.id = "turning-point", .kind = KIND_PROVIDER},
	{.id = "women-in-prison", .kind = KIND_PROVIDER},
};

enum {
	PARTIES = sizeof(parties) / sizeof(parties[0])
};

const struct party *fixture_party(const char *id)
{
	for (size_t i = 0; i < PARTIES; i++) {
		if (strcmp(parties[i].id, id) == 0) {
			return &parties[i];
		}
	}
	cr_assert_fail("no party %s in the fixture", id);
	abort();
}

static void open_core(struct fixture *fixture)
{
	struct fault fault = {0};
	uint8_t entropy[64];
	char folder[80];
	randombytes_buf(entropy, sizeof(entropy));
	(void)snprintf(folder, sizeof(folder), "%s/store", fixture->home);
	const struct core_options options = {.store_folder = folder,
		.map_bytes = 256U * 1024 * 1024,
		.rehearsal = true,
		.retention_months = fixture->retention_months};
	cr_assert_eq(core_open(&options, entropy, fixture->now, &fixture->core, &fault), ERR_OK,
		"%s: %s", fault.field, fault.message);
	struct parties *snapshot = calloc(1, sizeof(*snapshot));
	cr_assert_not_null(snapshot);
	snapshot->items = parties;
	snapshot->count = PARTIES;
	core_set_parties(fixture->core, snapshot);
}

void fixture_publish(struct fixture *fixture, const char *root)
{
	struct directory_problems problems = {0};
	struct core_directory *directory;
	struct fault fault = {0};
	const enum err err =
		core_directory_prepare(fixture->core, root, &directory, &problems, &fault);
	cr_assert_eq(err, ERR_OK, "%s", problems.kept > 0 ? problems.items[0].message.ptr : "");
	directory_problems_finish(&problems);
	const struct core_command command = {
		.kind = CORE_DIRECTORY, .time = fixture->now, .directory = directory};
	cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
	cr_assert_eq(core_batch_add(fixture->core, &command, &fixture->reply), ERR_OK);
	cr_assert_eq(core_batch_commit(fixture->core, &fixture->effects), ERR_OK);
}

void fixture_init(struct fixture *fixture)
{
	fixture_init_retaining(fixture, 0);
}

void fixture_init_retaining(struct fixture *fixture, int64_t months)
{
	char folder[80];
	*fixture = (struct fixture){.retention_months = months};
	cr_assert_eq(timestamp_parse(STR("2019-06-12T21:40:00+01:00"), &fixture->now), ERR_OK);
	(void)snprintf(fixture->home, sizeof(fixture->home), "/tmp/onward-core-XXXXXX");
	cr_assert_not_null(mkdtemp(fixture->home));
	(void)snprintf(folder, sizeof(folder), "%s/store", fixture->home);
	cr_assert_eq(mkdir(folder, 0700), 0);
	arena_init(&fixture->arena, 0);
	open_core(fixture);
	fixture_publish(fixture, "directory/data");
}

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *walk)
{
	(void)stat;
	(void)flag;
	(void)walk;
	return remove(path);
}

void fixture_finish(struct fixture *fixture)
{
	core_close(fixture->core);
	arena_finish(&fixture->arena);
	(void)nftw(fixture->home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void fixture_reopen(struct fixture *fixture)
{
	core_close(fixture->core);
	open_core(fixture);
}

static struct value from_json(struct arena *arena, json_t *json)
{
	struct value out;
	const char *key;
	json_t *member;
	size_t index;
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		out = value_map_new(arena, json_object_size(json));
		json_object_foreach(json, key, member)
		{
			value_put(arena, &out, arena_str(arena, str_from(key)).ptr,
				from_json(arena, member));
		}
		return out;
	case JSON_ARRAY:
		out = value_list_new(arena, json_array_size(json));
		json_array_foreach(json, index, member)
		{
			value_push(arena, &out, from_json(arena, member));
		}
		return out;
	case JSON_STRING:
		return value_of_str(arena_str(arena, str_from(json_string_value(json))));
	case JSON_INTEGER:
		return value_of_int(json_integer_value(json));
	case JSON_REAL:
		return (struct value){.kind = VALUE_DOUBLE, .number = json_real_value(json)};
	case JSON_TRUE:
	case JSON_FALSE:
		return value_of_bool(json_is_true(json));
	case JSON_NULL:
		break;
	}
	return (struct value){.kind = VALUE_NULL};
}

struct value fixture_json(struct fixture *fixture, const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(json, "%s: %s", error.text, text);
	const struct value value = from_json(&fixture->arena, json);
	json_decref(json);
	return value;
}

struct value fixture_referral(struct fixture *fixture, const char *source_ref, const char *pathway,
	const char *authority, const char *more)
{
	const struct str text = arena_printf(&fixture->arena,
		"{\"source_ref\":\"%s\",\"pathway\":\"%s\",\"person\":{\"given_name\":\"Given\","
		"\"family_name\":\"Invented\",\"date_of_birth\":\"1987-03-02\",\"gender\":"
		"\"female\","
		"\"local_authority\":\"%s\"},\"needs\":[{\"code\":\"accommodation\"}],"
		"\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":\"any-"
		"eligible\","
		"\"needs\":\"all\",\"basis\":\"consent\"}]}",
		source_ref, pathway, authority);
	const struct value base = fixture_json(fixture, text.ptr);
	const struct value patch = fixture_json(fixture, more == NULL ? "{}" : more);
	return value_merge(&fixture->arena, &base, &patch);
}

enum err fixture_ask(struct fixture *fixture, const char *party, const struct wire_request *request)
{
	struct core_command command = {.kind = CORE_REQUEST,
		.time = fixture->now,
		.party = fixture_party(party),
		.request = request};
	randombytes_buf(command.entropy, sizeof(command.entropy));
	cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
	cr_assert_eq(core_batch_add(fixture->core, &command, &fixture->reply), ERR_OK);
	if (fixture->reply.err == ERR_OK) {
		cr_assert_eq(
			value_copy(&fixture->arena, &fixture->reply.body, &fixture->reply.body),
			ERR_OK);
	}
	cr_assert_eq(core_batch_commit(fixture->core, &fixture->effects), ERR_OK);
	return fixture->reply.err;
}

void fixture_own(struct fixture *fixture, enum core_command_kind kind, timestamp_us lost)
{
	struct core_command command = {.kind = kind, .time = fixture->now, .lost = lost};
	randombytes_buf(command.entropy, sizeof(command.entropy));
	cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
	cr_assert_eq(core_batch_add(fixture->core, &command, &fixture->reply), ERR_OK, "%s %s",
		fixture->reply.fault.field, fixture->reply.fault.message);
	cr_assert_eq(fixture->reply.err, ERR_OK, "%s", fixture->reply.fault.message);
	cr_assert_eq(core_batch_commit(fixture->core, &fixture->effects), ERR_OK);
}

size_t fixture_due(struct fixture *fixture)
{
	enum {
		DUE_A_BATCH = 64
	};
	size_t count = 0;
	cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
	while (count < DUE_A_BATCH && core_timer_due(fixture->core, fixture->now)) {
		struct core_command due = {.kind = CORE_DUE, .time = fixture->now};
		randombytes_buf(due.entropy, sizeof(due.entropy));
		cr_assert_eq(core_batch_add(fixture->core, &due, &fixture->reply), ERR_OK, "%s %s",
			fixture->reply.fault.field, fixture->reply.fault.message);
		cr_assert_eq(fixture->reply.err, ERR_OK, "%s", fixture->reply.fault.message);
		count++;
	}
	cr_assert_eq(core_batch_commit(fixture->core, &fixture->effects), ERR_OK);
	return count;
}

timestamp_us fixture_next(struct fixture *fixture)
{
	cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
	const timestamp_us next = core_timer_next(fixture->core);
	core_batch_abort(fixture->core);
	return next;
}

void fixture_pass_to(struct fixture *fixture, timestamp_us until)
{
	for (;;) {
		const timestamp_us next = fixture_next(fixture);
		if (next == 0 || next > until) {
			break;
		}
		fixture->now = next > fixture->now ? next : fixture->now;
		if (fixture_due(fixture) == 0) {
			break; /* held */
		}
	}
	fixture->now = until;
}

void fixture_pass(struct fixture *fixture, const char *until)
{
	timestamp_us time = 0;
	cr_assert_eq(timestamp_parse(str_from(until), &time), ERR_OK, "%s", until);
	fixture_pass_to(fixture, time);
}

enum err fixture_submit(struct fixture *fixture, const char *party, struct value referral)
{
	const struct wire_request request = {
		.header = {WIRE_SUBMIT, 1}, .user = STR("PC Invented"), .referral = referral};
	return fixture_ask(fixture, party, &request);
}

enum err fixture_act(struct fixture *fixture, const char *party, const char *leg,
	const char *action, const char *reason)
{
	const struct wire_request request = {.header = {WIRE_ACKNOWLEDGE, 1},
		.user = STR("A Worker"),
		.leg = str_from(leg),
		.action = str_from(action),
		.reason = str_from(reason)};
	return fixture_ask(fixture, party, &request);
}

enum err fixture_receipt(
	struct fixture *fixture, const char *party, struct id delivery, const char *receipt)
{
	const struct wire_request request = {
		.header = {WIRE_RECEIPT, 1}, .delivery = delivery, .receipt = str_from(receipt)};
	return fixture_ask(fixture, party, &request);
}

enum err fixture_show(struct fixture *fixture, const char *party, const char *reference)
{
	const struct wire_request request = {
		.header = {WIRE_SHOW, 1}, .reference = str_from(reference)};
	core_read(fixture->core, fixture_party(party), &request, fixture->now, &fixture->arena,
		&fixture->reply);
	return fixture->reply.err;
}

static bool skip_none(void *context, const struct id *delivery)
{
	(void)context;
	(void)delivery;
	return false;
}

bool fixture_waiting(struct fixture *fixture, const char *route, struct core_delivery *ret_delivery)
{
	size_t count;
	struct fault fault = {0};
	cr_assert_eq(core_outbox(fixture->core, str_from(route), skip_none, NULL, 1,
			     &fixture->arena, ret_delivery, &count, &fault),
		ERR_OK, "%s", fault.message);
	return count == 1;
}

size_t fixture_deliver(struct fixture *fixture, const char *route)
{
	struct core_delivery delivery;
	size_t count = 0;
	while (fixture_waiting(fixture, route, &delivery)) {
		cr_assert_eq(fixture_receipt(fixture, route, delivery.id, "stored"), ERR_OK);
		count++;
	}
	return count;
}

const char *fixture_text(struct fixture *fixture, const char *path)
{
	const struct value *value = value_at(&fixture->reply.body, path);
	if (value == NULL || value->kind != VALUE_STRING) {
		return "";
	}
	return arena_str(&fixture->arena, value->string).ptr;
}

size_t fixture_count(struct fixture *fixture, const char *path)
{
	const struct value *value = value_at(&fixture->reply.body, path);
	return value != NULL && value->kind == VALUE_LIST ? value->list.count : 0;
}

void fixture_verify(struct fixture *fixture)
{
	struct core_rebuild rebuild;
	struct fault fault = {0};
	cr_assert_eq(core_rebuild_verify(fixture->core, NULL, NULL, &rebuild, &fault), ERR_OK,
		"%s: %s", fault.field, fault.message);
}

const char *fixture_refer(struct fixture *fixture, const char *party, const char *source_ref,
	const char *pathway, const char *authority, const char *more)
{
	const enum err err = fixture_submit(
		fixture, party, fixture_referral(fixture, source_ref, pathway, authority, more));
	cr_assert_eq(
		err, ERR_OK, "%s: %s", fixture->reply.fault.field, fixture->reply.fault.message);
	return fixture_text(fixture, "reference");
}

static bool str_holds(struct str text, const char *wanted)
{
	return text.len > 0 && memmem(text.ptr, text.len, wanted, strlen(wanted)) != NULL;
}

bool fixture_tells(const struct value *document, const char *text)
{
	if (document->kind == VALUE_STRING) {
		return str_holds(document->string, text);
	}
	for (size_t i = 0; document->kind == VALUE_LIST && i < document->list.count; i++) {
		if (fixture_tells(&document->list.items[i], text)) {
			return true;
		}
	}
	for (size_t i = 0; document->kind == VALUE_MAP && i < document->map.count; i++) {
		if (str_holds(document->map.entries[i].key, text) ||
			fixture_tells(&document->map.entries[i].value, text)) {
			return true;
		}
	}
	return false;
}

void fixture_amend(
	struct fixture *fixture, const char *party, const char *reference, const char *patch)
{
	const struct wire_request request = {.header = {WIRE_AMEND, 1},
		.reference = str_from(reference),
		.referral = fixture_json(fixture, patch)};
	cr_assert_eq(fixture_ask(fixture, party, &request), ERR_OK, "%s: %s",
		fixture->reply.fault.field, fixture->reply.fault.message);
}

enum err fixture_withdraw(
	struct fixture *fixture, const char *party, const char *reference, const char *reason)
{
	const struct wire_request request = {.header = {WIRE_WITHDRAW, 1},
		.reference = str_from(reference),
		.reason = str_from(reason)};
	return fixture_ask(fixture, party, &request);
}

bool fixture_route_hears(struct fixture *fixture, const char *route, const char *text)
{
	struct core_delivery delivery;
	bool heard = false;
	while (fixture_waiting(fixture, route, &delivery)) {
		heard = heard || fixture_tells(&delivery.body, text);
		cr_assert_eq(fixture_receipt(fixture, route, delivery.id, "stored"), ERR_OK);
	}
	return heard;
}
