/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/commands.h"
#include "broker/cli/directory_held.h"
#include "broker/cli/directory_source.h"
#include "broker/cli/rules_files.h"
#include "broker/core/plan.h"
#include "directory/check.h"
#include "directory/coverage/change.h"
#include "directory/diff_words.h"
#include "rules/author/diff.h"

/* directory diff: what differs between two directories, in words. */

struct comparison {
	struct cli *cli;
	struct directory_held *before, *after;
	struct directory_diff diff;
	struct directory_wording wording;
	struct author_changes people; /* whose outcome changes */
	struct coverage_changes cells;
	bool coverage; /* asked for */
	date_days day;
};

/* -- whose outcome changes -- */

static bool clauses_differ(const struct directory_difference *difference)
{
	return difference->subject == DIRECTORY_SERVICE &&
	       difference->change == DIRECTORY_CHANGED && difference->member != NULL &&
	       difference->member->offset == offsetof(struct directory_service, eligibility);
}

/* The file of a service as its clauses' authors see it, under the id that it has after.  What the
 * directory could load has no findings that matter here, and is a service also without clauses. */
static enum err book_add(struct comparison *comparison, struct author_book *book,
	const struct directory_held *held, const struct directory_service *service, struct str id)
{
	struct arena *arena = &comparison->cli->arena;
	struct author_findings findings = {.arena = arena};
	const struct directory_file *file = directory_file_find(held->files, service->file);
	struct author_file *copy = arena_alloc(arena, sizeof(*copy));
	if (file == NULL || copy == NULL) {
		return ERR_NOMEM;
	}
	*copy = (struct author_file){file->path, file->bytes};
	if (!author_book_add(book, copy, &findings)) {
		return ERR_NOMEM;
	}
	book->services[book->count - 1].id = id;
	return ERR_OK;
}

static enum err people_compare(struct comparison *comparison)
{
	struct author_schema schema;
	enum err err = rules_schema(comparison->cli, &schema);
	struct author_book before = {.schema = &schema};
	struct author_book after = {.schema = &schema};
	const void *last = NULL;
	for (size_t i = 0; err == ERR_OK && i < comparison->diff.count; i++) {
		const struct directory_difference *item = &comparison->diff.items[i];
		if (!clauses_differ(item) || item->after == last) {
			continue;
		}
		last = item->after;
		err = book_add(comparison, &before, comparison->before, item->before, item->id);
		if (err == ERR_OK) {
			err = book_add(
				comparison, &after, comparison->after, item->after, item->id);
		}
	}
	return err == ERR_OK
		       ? author_diff(&before, &after, &comparison->cli->arena, &comparison->people)
		       : err;
}

static bool is_of(const struct author_change *change, struct str service)
{
	return change->before != NULL && change->after != NULL &&
	       str_equal(change->after->id, service);
}

/* In the order of the differences, in which the services were compared, too. */
static struct directory_remark *remarks_make(struct comparison *comparison, size_t *ret_count)
{
	struct arena *arena = &comparison->cli->arena;
	const struct directory_diff *diff = &comparison->diff;
	const struct author_changes *people = &comparison->people;
	struct directory_remark *remarks =
		arena_array(arena, people->count + diff->count + 1, sizeof(*remarks));
	const void *last = NULL;
	size_t count = 0;
	for (size_t i = 0, k = 0; remarks != NULL && i < diff->count; i++) {
		const struct directory_difference *item = &diff->items[i];
		if (!clauses_differ(item) || item->after == last) {
			continue;
		}
		const size_t had = count;
		last = item->after;
		for (; k < people->count && is_of(&people->items[k], item->id); k++) {
			remarks[count++] = (struct directory_remark){
				item->id, author_change_words(&people->items[k], arena)};
		}
		if (count == had) {
			remarks[count++] = (struct directory_remark){
				item->id, STR("nobody's outcome changes by it")};
		}
	}
	*ret_count = remarks == NULL ? 0 : count;
	return remarks;
}

/* -- the grid -- */

static enum err cells_compare(struct comparison *comparison)
{
	struct cli *cli = comparison->cli;
	struct coverage *before = NULL;
	struct coverage *after = NULL;
	enum err err = directory_source_coverage(cli, comparison->before->directory, &before);
	if (err == ERR_OK) {
		err = directory_source_coverage(cli, comparison->after->directory, &after);
	}
	if (err == ERR_OK) {
		comparison->day = after->day;
		err = coverage_compare(
			before, after, cli_json(cli), &cli->arena, &comparison->cells);
	}
	coverage_destroy(before);
	coverage_destroy(after);
	return err;
}

/* Authorities of which the same is said, with what is said. */
static void cells_print(struct comparison *comparison, struct buf *out, bool worse)
{
	struct arena *arena = &comparison->cli->arena;
	const struct coverage_changes *cells = &comparison->cells;
	struct str *words = arena_array(arena, cells->count + 1, sizeof(*words));
	for (size_t i = 0; words != NULL && i < cells->count; i++) {
		words[i] = coverage_change_words(&cells->items[i], arena);
	}
	for (size_t i = 0; words != NULL && i < cells->count; i++) {
		if (words[i].len == 0 || coverage_change_worse(&cells->items[i]) != worse) {
			continue;
		}
		struct buf line = {0};
		const struct str said = words[i];
		for (size_t k = i; k < cells->count; k++) {
			if (str_equal(words[k], said)) {
				buf_add_text(&line, line.len == 0 ? "" : ", ");
				buf_add_str(&line, cells->items[k].authority->name);
				words[k].len = 0;
			}
		}
		buf_printf(&line, ": %.*s.", STR_ARG(said));
		text_field(out, 2, 2, "-", buf_str(&line));
		out->failed = out->failed || line.failed;
		buf_finish(&line);
	}
}

static void coverage_print(struct comparison *comparison, struct buf *out)
{
	const struct coverage_changes *cells = &comparison->cells;
	size_t worse = 0;
	for (size_t i = 0; i < cells->count; i++) {
		worse += coverage_change_worse(&cells->items[i]);
	}
	buf_printf(out, "\nCoverage on %.*s\n",
		STR_ARG(directory_date_words(&comparison->cli->arena, comparison->day)));
	if (cells->count == 0) {
		buf_add_text(out, "  Every place has what it had, for every need.\n");
	}
	if (worse > 0) {
		buf_add_text(out, "  Where there is less:\n");
		cells_print(comparison, out, true);
	}
	if (worse < cells->count) {
		buf_add_text(out, "  Where there is more:\n");
		cells_print(comparison, out, false);
	}
}

/* -- what is printed -- */

static void print_words(struct comparison *comparison)
{
	struct buf out = {0};
	size_t count = 0;
	const struct directory_remark *remarks = remarks_make(comparison, &count);
	text_wrap(&out, 0,
		arena_printf(&comparison->cli->arena, "From %.*s to %.*s",
			STR_ARG(comparison->before->title), STR_ARG(comparison->after->title)));
	directory_diff_page(&out, &comparison->wording, remarks, count);
	if (comparison->coverage) {
		coverage_print(comparison, &out);
	}
	cli_print(comparison->cli, &out);
	buf_finish(&out);
}

static struct value counts_value(struct comparison *comparison, enum directory_subject subject)
{
	struct arena *arena = &comparison->cli->arena;
	struct value map = value_map_new(arena, DIRECTORY_CHANGES);
	size_t counts[DIRECTORY_CHANGES];
	if (directory_diff_count(&comparison->diff, subject, arena, counts)) {
		for (size_t i = 0; i < DIRECTORY_CHANGES; i++) {
			value_put(arena, &map, directory_change_code((enum directory_change)i),
				value_of_int((int64_t)counts[i]));
		}
	}
	return map;
}

static void print_summary(struct comparison *comparison)
{
	struct arena *arena = &comparison->cli->arena;
	struct value map = value_map_new(arena, 7);
	value_put(arena, &map, "from", value_of_str(comparison->before->title));
	value_put(arena, &map, "to", value_of_str(comparison->after->title));
	value_put(arena, &map, "services", counts_value(comparison, DIRECTORY_SERVICE));
	value_put(arena, &map, "organisations", counts_value(comparison, DIRECTORY_ORGANISATION));
	value_put(arena, &map, "areas", counts_value(comparison, DIRECTORY_AREA));
	cli_print_json(comparison->cli, &map);
}

static void print_people(struct comparison *comparison)
{
	struct arena *arena = &comparison->cli->arena;
	for (size_t i = 0; i < comparison->people.count; i++) {
		const struct author_change *change = &comparison->people.items[i];
		if (change->before == NULL || change->after == NULL) {
			continue;
		}
		struct value map = value_map_new(arena, 8);
		const struct str id = change->after->id;
		value_put(arena, &map, "subject", value_of_text("people"));
		value_put(arena, &map, "service", value_of_str(id));
		value_put(arena, &map, "from", value_of_text(author_verdict_name(change->from)));
		value_put(arena, &map, "to", value_of_text(author_verdict_name(change->to)));
		value_put(arena, &map, "who", value_of_str(change->who));
		value_put(arena, &map, "example", value_of_str(change->example));
		value_put(arena, &map, "proven", value_of_bool(change->proven));
		value_put(arena, &map, "sentence",
			value_of_str(arena_printf(arena, "%.*s (%.*s): %.*s.",
				STR_ARG(change->after->name), STR_ARG(id),
				STR_ARG(author_change_words(change, arena)))));
		cli_print_json(comparison->cli, &map);
	}
}

static struct value codes_value(struct arena *arena, enum vocab_name vocab, uint32_t bits)
{
	struct value list = value_list_new(arena, 32);
	for (; bits != 0; bits &= bits - 1) {
		value_push(arena, &list, value_of_text(vocab_code(vocab, __builtin_ctz(bits))));
	}
	return list;
}

static void print_cells(struct comparison *comparison)
{
	struct arena *arena = &comparison->cli->arena;
	for (size_t i = 0; i < comparison->cells.count; i++) {
		const struct coverage_change *change = &comparison->cells.items[i];
		struct value map = value_map_new(arena, 11);
		value_put(arena, &map, "subject", value_of_text("coverage"));
		value_put(arena, &map, "authority", value_of_str(change->authority->code));
		value_put(arena, &map, "name", value_of_str(change->authority->name));
		value_put(arena, &map, "from", value_of_text(coverage_kind_code(change->from)));
		value_put(arena, &map, "to", value_of_text(coverage_kind_code(change->to)));
		value_put(arena, &map, "worse", value_of_bool(coverage_change_worse(change)));
		value_put(arena, &map, "needs", codes_value(arena, VOCAB_NEED, change->needs));
		value_put(arena, &map, "pathways",
			codes_value(arena, VOCAB_PATHWAY, change->pathways));
		value_put(arena, &map, "age_from", value_of_int(change->ages.least));
		if (change->ages.most < COVERAGE_AGE_MOST) {
			value_put(arena, &map, "age_to", value_of_int(change->ages.most));
		}
		value_put(arena, &map, "sentence",
			value_of_str(
				arena_printf(arena, "%.*s: %.*s.", STR_ARG(change->authority->name),
					STR_ARG(coverage_change_words(change, arena)))));
		cli_print_json(comparison->cli, &map);
	}
}

static void print_json(struct comparison *comparison)
{
	print_summary(comparison);
	for (size_t i = 0; i < comparison->diff.count; i++) {
		const struct value line = directory_difference_value(
			&comparison->wording, &comparison->diff.items[i]);
		cli_print_json(comparison->cli, &line);
	}
	print_people(comparison);
	print_cells(comparison);
}

static enum err compare(struct comparison *comparison)
{
	struct cli *cli = comparison->cli;
	const struct directory_state before = {
		comparison->before->directory, comparison->before->files};
	const struct directory_state after = {
		comparison->after->directory, comparison->after->files};
	enum err err =
		directory_diff(&before, &after, plan_rulebook(), &cli->arena, &comparison->diff);
	comparison->wording = (struct directory_wording){
		.diff = &comparison->diff, .rulebook = plan_rulebook(), .arena = &cli->arena};
	if (err == ERR_OK) {
		err = people_compare(comparison);
	}
	if (err == ERR_OK && comparison->coverage) {
		err = cells_compare(comparison);
	}
	return err;
}

int cmd_directory_diff(struct cli *cli)
{
	const char *first = cli->args.arguments[0];
	const char *second = cli->args.argument_count > 1 ? cli->args.arguments[1] : NULL;
	struct directory_held pair[2] = {{.name = first}, {.name = second}};
	/* A folder alone is what would come into force. */
	if (second == NULL && !directory_held_is_version(first)) {
		pair[0].name = NULL;
		pair[1].name = first;
	}
	struct comparison comparison = {.cli = cli,
		.before = &pair[0],
		.after = &pair[1],
		.coverage = cli_option(cli, OPTION_COVERAGE) != NULL};
	enum err err = directory_held_read(cli, pair);
	if (err == ERR_OK) {
		err = compare(&comparison);
	}
	if (err == ERR_OK && cli_json(cli)) {
		print_json(&comparison);
	} else if (err == ERR_OK) {
		print_words(&comparison);
	}
	directory_held_finish(&pair[0]);
	directory_held_finish(&pair[1]);
	if (err != ERR_OK) {
		/* What cannot be compared must not look like a difference. */
		const int code = cli_failed(cli, err);
		return code == EXIT_OTHER ? EXIT_REFUSED : code;
	}
	return comparison.diff.count > 0 ? EXIT_OTHER : EXIT_DONE;
}
