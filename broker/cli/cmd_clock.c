/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

#include <stdlib.h>

/* clock: what the broker takes the time for. */

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

int cmd_clock(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_CLOCK};
	struct value body = {0};
	enum err err = action(cli, &request);
	if (err == ERR_OK) {
		err = session_ask(cli, &request, &body);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_clock);
	return EXIT_DONE;
}
