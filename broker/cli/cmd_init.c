/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/cli.h"
#include "broker/cli/commands.h"
#include "broker/cli/home_make.h"

#include <dirent.h>
#include <stdlib.h>

/* The areas there are, as names in the arena. */
static void list_areas(struct cli *cli, const char *data, struct home_plan *plan)
{
	struct dirent **entries = NULL;
	const int count = scandir(data, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const struct str name = str_from(entries[i]->d_name);
		if (party_id_ok(name) && plan->area_count < HOME_AREAS_MAX) {
			plan->areas[plan->area_count++] = arena_str(&cli->arena, name);
		}
		free(entries[i]);
	}
	free(entries);
}

/* ERR_USAGE: what is wrong with --area, and which areas there are. */
static enum err refuse_areas(struct cli *cli, const struct home_plan *all, const char *why)
{
	struct buf names = {0};
	for (size_t i = 0; i < all->area_count; i++) {
		buf_printf(&names, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(all->areas[i]));
	}
	const enum err err = fault_set(&cli->fault, ERR_USAGE, "", "%s: --area A,B out of %.*s",
		why, STR_ARG(buf_str(&names)));
	buf_finish(&names);
	return err;
}

static bool is_listed(const struct home_plan *all, struct str name)
{
	for (size_t i = 0; i < all->area_count; i++) {
		if (str_equal(all->areas[i], name)) {
			return true;
		}
	}
	return false;
}

static enum err chosen_areas(struct cli *cli, const char *data, struct home_plan *plan)
{
	const char *at = cli_option(cli, OPTION_AREA);
	struct home_plan all = {0};
	list_areas(cli, data, &all);
	if (at == NULL && !plan->rehearsal) {
		return refuse_areas(cli, &all, "a live home serves the areas you name");
	}
	if (at == NULL) {
		memcpy(plan->areas, all.areas, sizeof(plan->areas));
		plan->area_count = all.area_count;
		return ERR_OK;
	}
	while (*at != '\0') {
		const size_t len = strcspn(at, ",");
		const struct str name = {at, len};
		if (len > 0 && !is_listed(&all, name)) {
			const struct str why = arena_printf(
				&cli->arena, "there is no area \"%.*s\"", STR_ARG(name));
			return refuse_areas(cli, &all, why.ptr == NULL ? "" : why.ptr);
		}
		if (len > 0 && plan->area_count < HOME_AREAS_MAX) {
			plan->areas[plan->area_count++] = name;
		}
		at += len + (at[len] == ',' ? 1 : 0);
	}
	return plan->area_count > 0 ? ERR_OK
				    : fault_set(&cli->fault, ERR_USAGE, "", "--area names no area");
}

static void print_made(struct cli *cli, const struct home_plan *plan, const struct home_made *made)
{
	if (cli_json(cli)) {
		struct value areas = value_list_new(&cli->arena, plan->area_count);
		for (size_t i = 0; i < plan->area_count; i++) {
			value_push(&cli->arena, &areas, value_of_str(plan->areas[i]));
		}
		struct value line = value_map_new(&cli->arena, 5);
		value_put(&cli->arena, &line, "home", value_of_text(plan->home));
		value_put(&cli->arena, &line, "mode",
			value_of_text(plan->rehearsal ? "rehearsal" : "live"));
		value_put(&cli->arena, &line, "areas", areas);
		value_put(&cli->arena, &line, "parties", value_of_int((int64_t)made->parties));
		value_put(&cli->arena, &line, "services", value_of_int((int64_t)made->services));
		cli_print_json(cli, &line);
		return;
	}
	struct buf out = {0};
	buf_printf(
		&out, "%s is a %s home now.\n", plan->home, plan->rehearsal ? "rehearsal" : "live");
	buf_printf(&out, "  onward.yaml    how the broker runs\n");
	buf_printf(&out, "  parties.yaml   %zu part%s\n", made->parties,
		made->parties == 1 ? "y: the operator" : "ies");
	buf_printf(&out, "  keys/          their keys and the broker's; only you can read them\n");
	buf_printf(&out, "  directory/     %zu services of", made->services);
	for (size_t i = 0; i < plan->area_count; i++) {
		buf_printf(&out, "%s %.*s", i == 0 ? "" : ",", STR_ARG(plan->areas[i]));
	}
	buf_printf(&out, "\n  store/, run/   empty until the broker starts\n\n");
	if (!plan->rehearsal) {
		buf_printf(&out,
			"Add who may speak with it:\n  onward --home %s party add ID --kind KIND "
			"--name NAME\n",
			plan->home);
	}
	buf_printf(&out, "Next:\n  onwardd --home %s\n", plan->home);
	cli_print(cli, &out);
	buf_finish(&out);
}

int cmd_init(struct cli *cli)
{
	char data[HOME_PATH_SIZE];
	struct home_made made = {0};
	struct home_plan plan = {
		.home = cli->args.arguments[0],
		.data = data,
		.rehearsal = cli_option(cli, OPTION_REHEARSAL) != NULL,
		.listen = cli_option(cli, OPTION_LISTEN),
	};
	enum err err = home_data_find(data);
	if (err != ERR_OK) {
		err = fault_set(&cli->fault, ERR_IO, "",
			"the directory's data is not found beside the program; say where with "
			"ONWARD_DATA");
	}
	if (err == ERR_OK) {
		err = chosen_areas(cli, data, &plan);
	}
	if (err == ERR_OK) {
		err = home_make(&plan, &made, &cli->fault);
	}
	if (err != ERR_OK) {
		/* A wrong area is a matter of the command line. */
		return cli_failed(cli, err == ERR_INVALID ? ERR_USAGE : err);
	}
	print_made(cli, &plan, &made);
	return EXIT_DONE;
}
