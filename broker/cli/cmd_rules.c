/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/base/text.h"
#include "broker/cli/rules_files.h"
#include "rules/author/check.h"
#include "rules/author/diff.h"

/* rules check, rules diff, rules facts: what can be said of rule files before anything runs. */

static size_t clause_count(const struct author_book *book)
{
	size_t count = 0;
	for (size_t i = 0; i < book->count; i++) {
		count += book->services[i].clause_count;
	}
	return count;
}

/* Mistakes in tables of tests go to `table_findings`, which may be the same list. */
static enum err book_load(struct cli *cli, const char *path, struct author_schema *schema,
	struct author_book *book, struct author_findings *findings,
	struct author_findings *table_findings)
{
	struct rules_files files = {0};
	struct author_table table = {0};
	*book = (struct author_book){.schema = schema};
	enum err err = rules_files_read(cli, path, &files);
	if (err != ERR_OK) {
		return err;
	}
	rules_sort_files(&files, book, &table, findings, table_findings);
	if (book->count == 0 && author_findings_count(findings, AUTHOR_ERROR) == 0) {
		err = fault_set(&cli->fault, ERR_INVALID, path,
			"holds no service with clauses, and no .cel file");
	}
	return arena_failed(&cli->arena) ? ERR_NOMEM : err;
}

static void print_findings(struct cli *cli, const struct author_findings *findings)
{
	struct buf out = {0};
	for (size_t i = 0; i < findings->count; i++) {
		if (cli_json(cli)) {
			const struct value line = rules_finding_value(cli, &findings->items[i]);
			cli_print_json(cli, &line);
		} else {
			rules_print_finding(&out, &findings->items[i]);
		}
	}
	cli_print(cli, &out);
	buf_finish(&out);
}

static void print_sum(
	struct cli *cli, const struct author_book *book, const struct author_findings *findings)
{
	struct buf out = {0};
	rules_print_count(&out, clause_count(book), "clause");
	buf_add_text(&out, " of ");
	rules_print_count(&out, book->count, "service");
	buf_add_text(&out, " checked: ");
	rules_print_count(&out, author_findings_count(findings, AUTHOR_ERROR), "error");
	buf_add_text(&out, ", ");
	rules_print_count(&out, author_findings_count(findings, AUTHOR_WARNING), "warning");
	buf_add_text(&out, ", ");
	rules_print_count(&out, author_findings_count(findings, AUTHOR_NOTE), "note");
	buf_add_text(&out, "\n");
	cli_print(cli, &out);
	buf_finish(&out);
}

int cmd_rules_check(struct cli *cli)
{
	struct author_schema schema;
	struct author_book book;
	struct author_findings findings = {.arena = &cli->arena};
	const char *path =
		cli->args.argument_count > 0 ? cli->args.arguments[0] : rules_folder(cli);
	enum err err = rules_schema(cli, &schema);
	if (err == ERR_OK) {
		err = book_load(cli, path, &schema, &book, &findings, &findings);
	}
	if (err == ERR_OK) {
		err = author_check(&book, &findings);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	print_findings(cli, &findings);
	if (!cli_json(cli)) {
		print_sum(cli, &book, &findings);
	}
	return author_findings_count(&findings, AUTHOR_ERROR) > 0 ? EXIT_REFUSED : EXIT_DONE;
}

/* -- diff -- */

static void change_words(struct buf *out, const struct author_change *change)
{
	const struct author_service *service =
		change->after == NULL ? change->before : change->after;
	text_data(out, service->id);
	if (change->before == NULL || change->after == NULL) {
		buf_printf(out, ": %s\n", change->before == NULL ? "new" : "no longer there");
		return;
	}
	buf_printf(out, ": %s -> %s\n    ", author_verdict_name(change->from),
		author_verdict_name(change->to));
	text_data(out, change->who);
	buf_printf(out, "%s\n    for example ",
		change->proven ? "" : " (of the people tried; there may be others)");
	text_data(out, change->example);
	buf_add_text(out, "\n");
}

static struct value change_value(struct cli *cli, const struct author_change *change)
{
	struct arena *arena = &cli->arena;
	struct value map = value_map_new(arena, 7);
	const struct author_service *service =
		change->after == NULL ? change->before : change->after;
	value_put(arena, &map, "service", value_of_str(service->id));
	if (change->before == NULL || change->after == NULL) {
		value_put(arena, &map, "change",
			value_of_text(change->before == NULL ? "added" : "removed"));
		return map;
	}
	value_put(arena, &map, "change", value_of_text("outcome"));
	value_put(arena, &map, "from", value_of_text(author_verdict_name(change->from)));
	value_put(arena, &map, "to", value_of_text(author_verdict_name(change->to)));
	value_put(arena, &map, "who", value_of_str(change->who));
	value_put(arena, &map, "example", value_of_str(change->example));
	value_put(arena, &map, "proven", value_of_bool(change->proven));
	return map;
}

static void print_changes(struct cli *cli, const struct author_changes *changes)
{
	struct buf out = {0};
	for (size_t i = 0; i < changes->count; i++) {
		if (cli_json(cli)) {
			const struct value line = change_value(cli, &changes->items[i]);
			cli_print_json(cli, &line);
		} else {
			change_words(&out, &changes->items[i]);
		}
	}
	if (!cli_json(cli)) {
		if (changes->count == 0) {
			buf_add_text(&out, "Nobody's outcome changes: ");
		}
		rules_print_count(&out, changes->same, "service");
		buf_add_text(&out, changes->same == 1 ? " decides" : " decide");
		buf_add_text(&out, " as before");
		if (changes->reworded > 0) {
			buf_printf(&out, ", %zu in other words", changes->reworded);
		}
		buf_add_text(&out, "\n");
	}
	cli_print(cli, &out);
	buf_finish(&out);
}

int cmd_rules_diff(struct cli *cli)
{
	struct author_schema schema;
	struct author_book before;
	struct author_book after;
	struct author_changes changes;
	struct author_findings findings = {.arena = &cli->arena};
	struct author_findings of_tables = {.arena = &cli->arena}; /* not what is compared */
	enum err err = rules_schema(cli, &schema);
	if (err == ERR_OK) {
		err = book_load(
			cli, cli->args.arguments[0], &schema, &before, &findings, &of_tables);
	}
	if (err == ERR_OK) {
		err = book_load(
			cli, cli->args.arguments[1], &schema, &after, &findings, &of_tables);
	}
	if (err == ERR_OK) {
		err = author_diff(&before, &after, &cli->arena, &changes);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	/* Files that cannot be read are not compared, and that must not look like agreement. */
	print_findings(cli, &findings);
	print_changes(cli, &changes);
	return findings.count > 0 ? EXIT_REFUSED : changes.count > 0 ? EXIT_OTHER : EXIT_DONE;
}

/* -- facts -- */

static const char *type_words(const struct author_fact *fact)
{
	switch (fact->type) {
	case AUTHOR_BOOL:
		return "yes or no";
	case AUTHOR_INT:
		return "number";
	case AUTHOR_TEXT:
		return fact->code_count > 0 ? fact->list ? "list of codes" : "code"
		       : fact->list         ? "list of texts"
					    : "text";
	case AUTHOR_DATE:
		return "date";
	case AUTHOR_TIME:
		return "time";
	}
	return "";
}

/* The codes, or of the many authorities what they are. */
static void codes_words(struct buf *out, const struct author_fact *fact)
{
	if (fact->type == AUTHOR_INT) {
		buf_printf(out, "%lld to %lld", (long long)fact->least, (long long)fact->most);
		return;
	}
	if (fact->names != NULL) {
		buf_add_text(out, "GSS codes, such as `E09000022`");
		return;
	}
	for (size_t i = 0; i < fact->code_count; i++) {
		buf_printf(out, "%s`%.*s`", i == 0 ? "" : ", ", STR_ARG(fact->codes[i]));
	}
}

/* The table of LANGUAGE.md, so that the document and the program cannot differ. */
int cmd_rules_facts(struct cli *cli)
{
	struct author_schema schema;
	struct buf out = {0};
	const enum err err = rules_schema(cli, &schema);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	buf_add_text(&out, "| fact | label | kind | values |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < schema.count; i++) {
		const struct author_fact *fact = &schema.facts[i];
		buf_printf(&out, "| `%.*s` | %.*s | %s | ", STR_ARG(fact->path),
			STR_ARG(fact->label), type_words(fact));
		codes_words(&out, fact);
		buf_add_text(&out, " |\n");
	}
	cli_print(cli, &out);
	buf_finish(&out);
	return EXIT_DONE;
}
