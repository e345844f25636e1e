/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/progress.h"
#include "broker/cli/where.h"

/* directory postcodes, directory where. */

static void show(void *context, uint64_t done, uint64_t total)
{
	progress_show(context, done, total);
}

static struct value report_value(struct cli *cli, const struct directory_postcodes_report *report)
{
	struct arena *arena = &cli->arena;
	struct value body = value_map_new(arena, 8);
	value_put(arena, &body, "rows", value_of_int((int64_t)report->rows));
	value_put(arena, &body, "postcodes", value_of_int((int64_t)report->postcodes));
	value_put(arena, &body, "ended", value_of_int((int64_t)report->ended));
	value_put(arena, &body, "without_authority",
		value_of_int((int64_t)report->without_authority));
	value_put(arena, &body, "repeated", value_of_int((int64_t)report->repeated));
	value_put(arena, &body, "authorities", value_of_int((int64_t)report->authorities));
	return body;
}

static void view_report(struct buf *out, const struct names *names, const struct value *body)
{
	(void)names;
	buf_printf(out, "%lld postcodes of %lld authorities, %lld no longer in use\n",
		(long long)value_get_int(body, "postcodes", 0),
		(long long)value_get_int(body, "authorities", 0),
		(long long)value_get_int(body, "ended", 0));
	const int64_t without = value_get_int(body, "without_authority", 0);
	const int64_t repeated = value_get_int(body, "repeated", 0);
	if (without > 0) {
		buf_printf(
			out, "%lld rows name no authority and were left out\n", (long long)without);
	}
	if (repeated > 0) {
		buf_printf(out, "%lld rows repeat a postcode; the one in use stays\n",
			(long long)repeated);
	}
}

/* Authorities of today without one postcode: a file of a part of the country, or cut at a line. */
static size_t absent_count(struct cli *cli, struct buf *words)
{
	struct directory_postcodes *postcodes = NULL;
	size_t absent = 0;
	if (where_open(cli, &postcodes) != ERR_OK) {
		return 0;
	}
	const date_days today = timestamp_london_date(timestamp_now());
	const struct directory_authority *at = NULL;
	while ((at = directory_authority_next(at, today)) != NULL) {
		const struct directory_authority *same = directory_authority_same_place(at);
		if (!directory_postcodes_have(postcodes, at->code) &&
			(same == NULL || !directory_postcodes_have(postcodes, same->code))) {
			buf_printf(words, "%s%.*s", absent == 0 ? "" : ", ", STR_ARG(at->name));
			absent++;
		}
	}
	directory_postcodes_close(postcodes);
	return absent;
}

int cmd_directory_postcodes(struct cli *cli)
{
	enum {
		NAMED = 10
	};
	char path[HOME_PATH_SIZE];
	struct progress progress;
	struct directory_postcodes_report report;
	struct buf absent = {0};
	const char *csv = cli->args.arguments[0];
	enum err err = home_path(cli->home, HOME_POSTCODES, path);
	if (err == ERR_OK) {
		progress_init(&progress, cli->err, "postcodes");
		err = directory_postcodes_import(csv, path, show, &progress, &report, &cli->fault);
		progress_finish(&progress);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const struct value body = report_value(cli, &report);
	cli_answer(cli, &body, view_report);
	const size_t count = absent_count(cli, &absent);
	if (count > NAMED) {
		cli_note(cli,
			"no postcodes of %zu authorities of England and Wales: is the file whole?",
			count);
	} else if (count > 0 && !absent.failed) {
		cli_note(cli, "no postcodes of %.*s: is the file whole, and of this year?",
			STR_ARG(buf_str(&absent)));
	}
	buf_finish(&absent);
	return EXIT_DONE;
}

/* A postcode may be written with spaces: all arguments are one text. */
static struct str arguments_join(struct cli *cli)
{
	struct str text = str_from(cli->args.arguments[0]);
	for (size_t i = 1; i < cli->args.argument_count; i++) {
		text = arena_printf(&cli->arena, "%.*s %s", STR_ARG(text), cli->args.arguments[i]);
	}
	return text;
}

static enum err postcode_where(
	struct cli *cli, const struct directory_postcode *postcode, struct value *ret_items)
{
	struct directory_postcodes *postcodes = NULL;
	enum err err = where_open(cli, &postcodes);
	if (err == ERR_OK) {
		err = where_find(cli, postcodes, postcode, ret_items);
	}
	if (err == ERR_OK && ret_items->list.count == 0) {
		err = fault_set(&cli->fault, ERR_NOT_FOUND, postcode->text,
			"no postcode of that district is known");
	}
	directory_postcodes_close(postcodes);
	return err;
}

int cmd_directory_where(struct cli *cli)
{
	const struct str text = arguments_join(cli);
	struct directory_postcode postcode;
	struct value items = value_list_new(&cli->arena, 1);
	enum err err = ERR_OK;
	const struct directory_authority *authority = directory_authority_by_code(text);
	if (authority == NULL) {
		authority = directory_authority_by_name(text);
	}
	if (authority != NULL) {
		value_push(&cli->arena, &items, where_authority(cli, authority));
	} else if (directory_postcode_parse(text, &postcode) == ERR_OK) {
		err = postcode_where(cli, &postcode, &items);
	} else {
		const struct directory_authority *nearest = directory_authority_nearest(text);
		err = fault_set(&cli->fault, ERR_USAGE, "",
			"neither a postcode, such as SW9 8LF or SW9, nor a local authority%s%.*s%s",
			nearest == NULL ? "" : "; did you mean ",
			STR_ARG(nearest == NULL ? (struct str){0} : nearest->name),
			nearest == NULL ? "" : "?");
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer_items(cli, &items, view_where);
	return EXIT_DONE;
}
