/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/directory_send.h"
#include "broker/cli/rehearsal.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"
#include "broker/cli/walk.h"

/* directory rehearse: who would go elsewhere, before anything is published. */

enum {
	PAGE_TIMEOUT_MS = 300 * 1000 /* before the first, a hundred thousand services are read */
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
};

static enum err format_read(struct cli *cli, enum format *ret_format)
{
	const char *format = cli_option(cli, OPTION_FORMAT);
	if (format == NULL || strcmp(format, "table") == 0) {
		*ret_format = format == NULL && cli_json(cli) ? FORMAT_JSON : FORMAT_TEXT;
	} else if (strcmp(format, "json") == 0) {
		*ret_format = FORMAT_JSON;
	} else if (strcmp(format, "csv") == 0) {
		*ret_format = FORMAT_CSV;
	} else {
		return fault_set(&cli->fault, ERR_USAGE, "--format", "is table, csv or json");
	}
	return ERR_OK;
}

/* The time of an option: a time, or a date as that hour of it in London; `days` later. */
static enum err time_read(
	struct cli *cli, enum args_option option, int hour, int days, timestamp_us *ret_time)
{
	const char *text = cli_option(cli, option);
	date_days date = 0;
	if (text == NULL || timestamp_parse(str_from(text), ret_time) == ERR_OK) {
		return ERR_OK;
	}
	if (date_parse(str_from(text), &date) != ERR_OK) {
		char name[40];
		(void)snprintf(name, sizeof(name), "--%s", args_options[option].name);
		return fault_set(&cli->fault, ERR_USAGE, name,
			"a date is expected, such as 2019-06-12, or a time with its zone");
	}
	const timestamp_us as_utc =
		(timestamp_us)(date + days) * TIMESTAMP_DAY + hour * 3600 * TIMESTAMP_SECOND;
	*ret_time = as_utc - timestamp_london_offset_s(as_utc) * TIMESTAMP_SECOND;
	return ERR_OK;
}

static enum err request_read(struct cli *cli, struct wire_request *request)
{
	enum {
		NOON = 12
	};
	if (cli_option(cli, OPTION_SINCE) == NULL) {
		return fault_set(&cli->fault, ERR_USAGE, "--since",
			"say from which day on the referrals are tried, such as --since "
			"2019-04-01");
	}
	request->has_at = cli_option(cli, OPTION_AT) != NULL;
	enum err err = time_read(cli, OPTION_SINCE, 0, 0, &request->since);
	if (err == ERR_OK) {
		err = time_read(cli, OPTION_UNTIL, 0, 1, &request->until); /* that day as well */
	}
	return err == ERR_OK ? time_read(cli, OPTION_AT, NOON, 0, &request->at) : err;
}

/* All pages are about the same referrals, and against the same directory. */
static enum err page_check(struct walk *walk, struct cli *cli, struct wire_request *request)
{
	const int64_t version = value_get_int(&walk->last, "version", 0);
	if (request->version != 0 && (int64_t)request->version != version) {
		return fault_set(&cli->fault, ERR_CONFLICT, "",
			"version %lld of the directory came into force meanwhile: rehearse again",
			(long long)version);
	}
	request->version = (uint64_t)version; /* kept here only: the request does not take it */
	return request->until != 0
		       ? ERR_OK
		       : timestamp_parse(value_get_str(&walk->last, "until"), &request->until);
}

/* Services that are new have their names in the one, those that are gone in the other. */
struct both {
	struct names tried, home;
};

static struct str name_of(void *context, struct str id)
{
	const struct both *both = context;
	const struct str tried = both->tried.service == NULL
					 ? (struct str){0}
					 : both->tried.service(both->tried.context, id);
	return tried.len > 0 || both->home.service == NULL
		       ? tried
		       : both->home.service(both->home.context, id);
}

static void print_text(struct cli *cli, const struct walk *walk, const struct value *totals)
{
	struct value body = value_map_new(&cli->arena, totals->map.count + 1);
	for (size_t i = 0; i < totals->map.count; i++) {
		body.map.entries[body.map.count++] = totals->map.entries[i];
	}
	value_put(&cli->arena, &body, "items", walk->items);
	struct directory *tried =
		cli->args.argument_count == 0 ? NULL : names_directory(cli->args.arguments[0]);
	struct both both = {.home = cli_names(cli)};
	if (tried != NULL) {
		both.tried = names_of_directory(tried);
	}
	const struct names names = {name_of, &both};
	struct buf out = {0};
	view_rehearsed(&out, &names, &body);
	cli_print(cli, &out);
	buf_finish(&out);
	directory_destroy(tried);
}

static void answer(struct cli *cli, enum format format, const struct walk *walk)
{
	struct value totals = rehearsal_totals(&cli->arena, &walk->items);
	struct buf out = {0};
	walk_put_sums(walk, cli, &totals);
	value_put(&cli->arena, &totals, "version",
		value_of_int(value_get_int(&walk->last, "version", 0)));
	value_put(&cli->arena, &totals, "until", value_of_str(value_get_str(&walk->last, "until")));
	switch (format) {
	case FORMAT_JSON:
		for (size_t i = 0; i < walk->items.list.count; i++) {
			cli_print_json(cli, &walk->items.list.items[i]);
		}
		cli_print_json(cli, &totals);
		break;
	case FORMAT_CSV:
		rehearsal_csv(&out, &walk->items);
		cli_print(cli, &out);
		break;
	case FORMAT_TEXT:
		print_text(cli, walk, &totals);
		break;
	}
	buf_finish(&out);
}

static enum err rehearse(struct cli *cli, const struct directory_send *sending,
	struct wire_request *request, struct walk *walk)
{
	struct client *client = NULL;
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return err;
	}
	request->upload = (struct str){(const char *)sending->hash, HASH_SIZE};
	cli_actor(cli, request);
	for (int tried = 0; tried < DIRECTORY_SENDS_TRIED; tried++) {
		err = directory_send(cli, client, sending);
		if (err == ERR_OK) {
			err = walk_pages(walk, cli, client, request);
		}
		if (!directory_send_lost(cli, err)) {
			break;
		}
	}
	client_destroy(client);
	return err;
}

int cmd_directory_rehearse(struct cli *cli)
{
	static const char *const keys[] = {"replayed", "same", "erased", "damaged", NULL};
	struct wire_request request = {.header.type = WIRE_REHEARSE};
	struct directory_send sending = {0};
	struct walk walk = {.keys = keys,
		.page = page_check,
		.what = "referrals tried",
		.timeout_ms = PAGE_TIMEOUT_MS};
	enum format format = FORMAT_TEXT;
	enum err err = format_read(cli, &format);
	if (err == ERR_OK) {
		err = request_read(cli, &request);
	}
	if (err == ERR_OK) {
		err = directory_send_read(cli, "rehearse", &sending);
	}
	if (err == ERR_OK) {
		err = rehearse(cli, &sending, &request, &walk);
	}
	directory_send_finish(&sending);
	if (err != ERR_OK) {
		const int code = cli_failed(cli, err);
		return err == ERR_CONFIG ? EXIT_REFUSED : code;
	}
	answer(cli, format, &walk);
	return EXIT_DONE;
}
