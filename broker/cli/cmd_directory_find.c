/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/directory_source.h"
#include "broker/cli/where.h"
#include "broker/core/facts.h"
#include "directory/coverage/find.h"
#include "directory/coverage/people.h"

#include <stdlib.h>

/* directory find: who could help, for somebody in a hurry. */

static struct str words_of(struct cli *cli)
{
	struct str words = {0};
	for (size_t i = 0; i < cli->args.argument_count; i++) {
		words = arena_printf(&cli->arena, "%.*s%s%s", STR_ARG(words), i == 0 ? "" : " ",
			cli->args.arguments[i]);
	}
	return words;
}

/* The likeliest authority of --postcode. */
static enum err postcode_read(struct cli *cli, struct str *ret_code)
{
	const char *text = cli_option(cli, OPTION_POSTCODE);
	struct directory_postcodes *postcodes = NULL;
	struct directory_postcode postcode;
	struct value items = {0};
	if (text == NULL) {
		return ERR_OK;
	}
	enum err err = directory_postcode_parse(str_from(text), &postcode);
	if (err != ERR_OK) {
		return fault_set(&cli->fault, ERR_USAGE, "--postcode", "is no postcode");
	}
	err = where_open(cli, &postcodes);
	if (err == ERR_OK) {
		err = where_find(cli, postcodes, &postcode, &items);
	}
	if (err == ERR_OK && items.list.count == 0) {
		err = fault_set(&cli->fault, ERR_NOT_FOUND, "--postcode",
			"the postcode is in no local authority that is known");
	}
	if (err == ERR_OK) {
		*ret_code = arena_str(&cli->arena, value_get_str(&items.list.items[0], "code"));
	}
	directory_postcodes_close(postcodes);
	return err;
}

/* Who may be eligible at that age, as far as the clauses say. */
static enum err age_ask(struct cli *cli, struct people *people, const struct directory *directory,
	const uint64_t **ret_perhaps)
{
	const char *text = cli_option(cli, OPTION_AGE);
	struct cel_env facts;
	struct people_answer answer;
	char *end;
	if (text == NULL) {
		return ERR_OK;
	}
	const long age = strtol(text, &end, 10);
	if (*end != '\0' || age < 0 || age > COVERAGE_AGE_MOST) {
		return fault_set(&cli->fault, ERR_USAGE, "--age", "whole years are expected");
	}
	enum err err = facts_declare(&cli->arena, &facts);
	if (err == ERR_OK) {
		err = people_init(people, directory, &facts, &cli->fault);
	}
	if (err == ERR_OK) {
		const struct person person = {.age = (int)age, .pathway = -1};
		err = people_ask(people, &person, &answer);
	}
	if (err == ERR_OK) {
		*ret_perhaps = answer.perhaps;
	}
	return err;
}

/* London's clock: 1 January 1970 was a Thursday. */
static struct hours_time clock_now(void)
{
	const timestamp_us now = timestamp_now();
	const int64_t local = now / TIMESTAMP_SECOND + timestamp_london_offset_s(now);
	return (struct hours_time){
		.weekday = (int)((local / 86400 + 3) % 7), .minute = (int)(local % 86400 / 60)};
}

static void print_answer(struct cli *cli, const struct find_answer *answer)
{
	struct buf out = {0};
	for (size_t i = 0; cli_json(cli) && i < answer->count; i++) {
		const struct value value = find_value(&cli->arena, &answer->hits[i]);
		cli_print_json(cli, &value);
	}
	if (!cli_json(cli)) {
		find_text(&out, answer);
		cli_print(cli, &out);
	}
	buf_finish(&out);
}

int cmd_directory_find(struct cli *cli)
{
	struct directory *directory = NULL;
	struct find *find = NULL;
	struct people people = {0};
	struct coverage_part part;
	struct find_answer answer;
	struct find_query query = {.words = words_of(cli),
		.now = clock_now(),
		.open_now = cli_option(cli, OPTION_OPEN_NOW) != NULL};
	date_days day = 0;
	enum err err = directory_source_part(cli, &part);
	if (err == ERR_OK) {
		err = directory_source_day(cli, &day);
	}
	if (err == ERR_OK) {
		err = postcode_read(cli, &part.authority);
	}
	if (err == ERR_OK) {
		err = directory_source_read(cli, cli_option(cli, OPTION_IN), &directory);
	}
	if (err == ERR_OK) {
		err = age_ask(cli, &people, directory, &query.perhaps);
	}
	if (err == ERR_OK) {
		err = find_create(directory, day, &find);
	}
	if (err == ERR_OK) {
		query.need = part.need;
		query.pathway = part.pathway;
		query.authority = part.authority;
		find_run(find, &query, &answer);
		print_answer(cli, &answer);
	}
	find_destroy(find);
	people_finish(&people);
	directory_destroy(directory);
	return err == ERR_OK ? EXIT_DONE : cli_failed(cli, err);
}
