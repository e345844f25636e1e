/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/inside.h"

#include <sodium.h>

enum {
	MAP_MIB = 20 * 1024
};

static void publish(struct inside *inside, const char *home)
{
	char root[HOME_PATH_SIZE];
	struct directory_problems problems = {0};
	struct core_directory *directory;
	struct core_reply reply;
	struct fault fault = {0};
	home_part_path(home, HOME_DIRECTORY, root);
	const enum err err =
		core_directory_prepare(inside->core, root, &directory, &problems, &fault);
	directory_problems_finish(&problems);
	if (err == ERR_EXISTS) {
		return;
	}
	bench_check(err, &fault, "reading the directory");
	const struct core_command command = {
		.kind = CORE_DIRECTORY, .time = inside->now, .directory = directory};
	inside_begin(inside);
	bench_check(core_batch_add(inside->core, &command, &reply), &reply.fault, "publishing");
	inside_commit(inside);
}

void inside_open(struct inside *inside, const char *home)
{
	char path[HOME_PATH_SIZE];
	uint8_t entropy[64];
	struct fault fault = {0};
	*inside = (struct inside){0};
	randombytes_buf(entropy, sizeof(entropy));
	bench_check(timestamp_parse(STR(BENCH_CLOCK), &inside->now), NULL, "the clock");
	home_part_path(home, HOME_STORE, path);
	const struct core_options options = {.store_folder = path,
		.map_bytes = (uint64_t)MAP_MIB * 1024 * 1024,
		.rehearsal = true};
	bench_check(core_open(&options, entropy, inside->now, &inside->core, &fault), &fault,
		"opening a store");
	home_part_path(home, HOME_PARTIES, path);
	bench_check(parties_load(path, &inside->parties, &fault), &fault, "reading parties");
	core_set_parties(inside->core, inside->parties);
	arena_init(&inside->arena, 0);
	sample_init(&inside->sample);
	publish(inside, home);
}

void inside_close(struct inside *inside)
{
	core_close(inside->core);
	arena_finish(&inside->arena);
	sample_finish(&inside->sample);
}

void inside_begin(struct inside *inside)
{
	bench_check(core_batch_begin(inside->core), NULL, "beginning a batch");
}

void inside_commit(struct inside *inside)
{
	bench_check(core_batch_commit(inside->core, &inside->effects), NULL, "a commit");
	arena_reset(&inside->arena);
}

static void command_add(
	struct inside *inside, const char *party, const struct wire_request *request)
{
	struct core_reply reply;
	struct core_command command = {.kind = CORE_REQUEST,
		.time = inside->now,
		.party = parties_find(inside->parties, str_from(party)),
		.request = request};
	randombytes_buf(command.entropy, sizeof(command.entropy));
	bench_check(core_batch_add(inside->core, &command, &reply), &reply.fault, "a command");
	bench_check(reply.err, &reply.fault, "a command");
}

void inside_submit(struct inside *inside, size_t number)
{
	struct wire_request *request = arena_alloc(&inside->arena, sizeof(*request));
	struct fault fault = {0};
	const struct str frame =
		arena_str(&inside->arena, sample_frame(&inside->sample, number, number));
	bench_check(request == NULL ? ERR_NOMEM
				    : wire_request_decode(frame, &inside->arena, request, &fault),
		&fault, "decoding the sample");
	command_add(inside, BENCH_SOURCE, request);
}

void inside_receipt(struct inside *inside, struct id delivery)
{
	const struct wire_request request = {
		.header = {.type = WIRE_RECEIPT}, .delivery = delivery, .receipt = STR("stored")};
	command_add(inside, BENCH_PROVIDER, &request);
}
