/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/progress.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

#include <stdlib.h>

/* clock: what the broker takes the time for. */

enum {
	STEPS_MOST = 100000 /* a broker that stands still must not keep us for ever */
};

static const int64_t HOUR_US = 3600 * TIMESTAMP_SECOND;

/* "2d", "3h", "90m": in seconds. */
static enum err duration(struct cli *cli, const char *text, int64_t *ret_seconds)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}};
	char *end = NULL;
	const long long number = strtoll(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const bool fits = end != text && end[0] == units[i].unit && end[1] == '\0';
		if (fits && number > 0 && number <= WIRE_ADVANCE_MAX_S / units[i].seconds) {
			*ret_seconds = number * units[i].seconds;
			return ERR_OK;
		}
	}
	return fault_set(&cli->fault, ERR_USAGE, "", "say by how much: 2d, 3h or 90m, at most %dd",
		WIRE_ADVANCE_MAX_S / 86400);
}

static enum err action(struct cli *cli, struct wire_request *request)
{
	const struct args *args = &cli->args;
	const struct str word =
		args->argument_count == 0 ? STR("show") : str_from(args->arguments[0]);
	const bool advance = str_is(word, "advance");
	if (advance && args->argument_count == 2) {
		request->action = word;
		return duration(cli, args->arguments[1], &request->seconds);
	}
	if (!advance && args->argument_count <= 1 &&
		(str_is(word, "show") || str_is(word, "next") || str_is(word, "confirm"))) {
		request->action = word;
		return ERR_OK;
	}
	return fault_set(&cli->fault, ERR_USAGE, "",
		"onward clock, onward clock advance 2d, onward clock next, or onward clock "
		"confirm");
}

/* When the move ends: by the clock as it is, so that asking again does nothing twice. */
static enum err target(struct cli *cli, struct client *client, struct wire_request *request)
{
	struct wire_request look = {
		.header.type = WIRE_CLOCK, .user = request->user, .role = request->role};
	const bool next = str_is(request->action, "next");
	struct value body = {0};
	timestamp_us at = 0;
	enum err err =
		client_ask(client, &look, cli_timeout_ms(cli), &cli->arena, &body, &cli->fault);
	if (err != ERR_OK) {
		return err;
	}
	const struct str due = value_get_str(&body, "next");
	if (next && due.len == 0) {
		return ERR_OK; /* nothing is timed */
	}
	if (timestamp_parse(next ? due : value_get_str(&body, "clock"), &at) != ERR_OK) {
		return fault_set(&cli->fault, ERR_INTERNAL, "", "the broker tells no time");
	}
	request->at = at + request->seconds * TIMESTAMP_SECOND;
	request->has_at = true;
	request->seconds = 0;
	request->action = STR("advance");
	return ERR_OK;
}

/* What became due in all steps takes the place of what did in the last. */
static void put_due(struct value *body, const struct value *due)
{
	for (size_t i = 0; i < body->map.count; i++) {
		if (str_is(body->map.entries[i].key, "became_due")) {
			body->map.entries[i].value = *due;
		}
	}
}

/* Step by step until the clock is there: the broker answers others between them. */
static enum err move(struct cli *cli, struct client *client, struct wire_request *request,
	struct value *ret_body)
{
	struct progress progress;
	struct value due = {.kind = VALUE_LIST};
	size_t size = 0;
	timestamp_us first = 0;
	timestamp_us clock = 0;
	enum err err = ERR_OK;
	progress_init(&progress, cli->err, "hours passed");
	for (int step = 0; step < STEPS_MOST; step++) {
		err = client_ask(
			client, request, cli_timeout_ms(cli), &cli->arena, ret_body, &cli->fault);
		if (err != ERR_OK) {
			break;
		}
		session_append(cli, &due, &size, value_get(ret_body, STR("became_due")));
		if (timestamp_parse(value_get_str(ret_body, "clock"), &clock) != ERR_OK ||
			!request->has_at || clock >= request->at) {
			break;
		}
		first = first == 0 ? clock : first;
		progress_show(&progress, (uint64_t)((clock - first) / HOUR_US),
			(uint64_t)((request->at - first) / HOUR_US));
	}
	progress_finish(&progress);
	if (err == ERR_OK) {
		put_due(ret_body, &due);
	}
	return err;
}

static enum err ask_and_move(struct cli *cli, struct wire_request *request, struct value *ret_body)
{
	struct client *client = NULL;
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return err;
	}
	cli_actor(cli, request);
	err = target(cli, client, request);
	if (err == ERR_OK) {
		err = move(cli, client, request, ret_body);
	}
	client_destroy(client);
	return err;
}

int cmd_clock(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_CLOCK};
	struct value body = {0};
	enum err err = action(cli, &request);
	const bool moves = str_is(request.action, "advance") || str_is(request.action, "next");
	if (err == ERR_OK && moves) {
		err = ask_and_move(cli, &request, &body);
	} else if (err == ERR_OK) {
		err = session_ask(cli, &request, &body);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_clock);
	return EXIT_DONE;
}
