/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/base/text.h"
#include "broker/cli/rules_files.h"
#include "rules/author/trial.h"

#include <limits.h>
#include <sys/stat.h>

/* rules test: the tables of tests that stand beside the rules. */

/* The folder whose rules a table in `path` is about: the one it stands in, or, when that is called
 * tests, the one above. */
static const char *rules_beside(struct cli *cli, const char *path)
{
	struct str folder = str_from(path);
	for (int step = 0; step < 2; step++) {
		const char *slash = memrchr(folder.ptr, '/', folder.len);
		folder = slash == NULL ? STR(".")
				       : (struct str){folder.ptr, (size_t)(slash - folder.ptr)};
		const char *last = memrchr(folder.ptr, '/', folder.len);
		const size_t at = last == NULL ? 0 : (size_t)(last - folder.ptr) + 1;
		const struct str name = {folder.ptr + at, folder.len - at};
		if (!str_is(name, "tests")) {
			break;
		}
		if (last == NULL) {
			folder = STR(".");
			break;
		}
	}
	return arena_str(&cli->arena, folder).ptr;
}

static enum err load(struct cli *cli, const char *path, struct author_book *book,
	struct author_table *table, struct author_findings *findings)
{
	struct rules_files files = {0};
	struct stat st;
	enum err err = rules_files_read(cli, path, &files);
	if (err != ERR_OK) {
		return err;
	}
	rules_sort_files(&files, book, table, findings, findings);
	if (table->count > 0 && book->count == 0 && stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		struct rules_files beside = {0};
		struct author_table others = {0};
		err = rules_files_read(cli, rules_beside(cli, path), &beside);
		if (err == ERR_OK) {
			rules_sort_files(&beside, book, &others, findings, findings);
		}
	}
	if (err == ERR_OK && table->count == 0 && findings->count == 0) {
		err = fault_set(&cli->fault, ERR_INVALID, path,
			"holds no table of tests: a .yaml file with `cases`, or a .csv file");
	}
	return arena_failed(&cli->arena) ? ERR_NOMEM : err;
}

static void outcome_words(struct buf *out, const struct author_outcome *outcome)
{
	const struct author_case *of = outcome->of;
	buf_add_text(out, "FAIL ");
	text_data(out, of->service);
	buf_add_text(out, ": ");
	text_data(out, of->name.len > 0 ? of->name : STR("(no name)"));
	buf_add_text(out, " (");
	text_data(out, of->file->path);
	buf_printf(out, ":%u)\n", of->line);
	struct str rest = outcome->why;
	while (rest.len > 0) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		const size_t len = end == NULL ? rest.len : (size_t)(end - rest.ptr);
		buf_add_text(out, "     ");
		text_data(out, (struct str){rest.ptr, len});
		buf_add_text(out, "\n");
		rest = (struct str){rest.ptr + len, rest.len - len};
		rest = rest.len > 0 ? (struct str){rest.ptr + 1, rest.len - 1} : rest;
	}
}

static void uses_words(struct buf *out, const struct author_trial *trial)
{
	size_t covered = 0;
	for (size_t i = 0; i < trial->use_count; i++) {
		covered += author_use_covered(&trial->uses[i]);
	}
	buf_printf(out, "Clauses seen to say both yes and no: %zu of %zu\n", covered,
		trial->use_count);
	for (size_t i = 0; i < trial->use_count; i++) {
		const struct author_use *use = &trial->uses[i];
		if (author_use_covered(use)) {
			continue;
		}
		buf_add_text(out, "  ");
		text_data(out, use->service->id);
		buf_add_text(out, ", ");
		text_data(out, use->clause->id);
		buf_printf(out, ": %s\n",
			use->answers[RULES_YES] > 0  ? "never no"
			: use->answers[RULES_NO] > 0 ? "never yes"
						     : "neither");
	}
}

static const char *answer_word(enum rules_answer answer)
{
	static const char *const words[] = {
		[RULES_NO] = "no",
		[RULES_YES] = "yes",
		[RULES_UNKNOWN] = "unknown",
		[RULES_ERROR] = "error",
	};
	return words[answer];
}

static void probes_words(struct cli *cli, struct buf *out, const struct author_trial *trial)
{
	if (cli_option(cli, OPTION_PROBES) == NULL) {
		if (trial->probe_count > 0) {
			rules_print_count(out, trial->probe_count, "value");
			buf_add_text(out, " at thresholds without a test; --probes shows them\n");
		}
		return;
	}
	buf_add_text(out, trial->probe_count == 0 ? "Every threshold has its tests\n"
						  : "At thresholds, without a test\n");
	struct text_table table;
	text_table_init(&table, &cli->arena, 4);
	for (size_t i = 0; i < trial->probe_count; i++) {
		const struct author_probe *probe = &trial->probes[i];
		text_table_cell(&table, probe->service->id);
		text_table_cell(&table, probe->clause->id);
		text_table_cell(&table, probe->facts);
		text_table_cell(&table, str_from(answer_word(probe->answer)));
	}
	text_table_print(out, &table, 2);
}

static void trial_words(struct cli *cli, struct buf *out, const struct author_trial *trial)
{
	for (size_t i = 0; i < trial->outcome_count; i++) {
		if (!trial->outcomes[i].passed) {
			outcome_words(out, &trial->outcomes[i]);
		}
	}
	rules_print_count(out, trial->outcome_count, "test");
	buf_printf(out, ": %zu passed, %zu failed\n", trial->outcome_count - trial->failed,
		trial->failed);
	uses_words(out, trial);
	if (trial->untested_count > 0) {
		rules_print_count(out, trial->untested_count, "service");
		buf_add_text(out, " with clauses and no test:");
		for (size_t i = 0; i < trial->untested_count; i++) {
			buf_add_text(out, i == 0 ? " " : ", ");
			text_data(out, trial->untested[i]->id);
		}
		buf_add_text(out, "\n");
	}
	probes_words(cli, out, trial);
}

static void trial_json(struct cli *cli, const struct author_trial *trial)
{
	struct arena *arena = &cli->arena;
	for (size_t i = 0; i < trial->outcome_count; i++) {
		const struct author_outcome *outcome = &trial->outcomes[i];
		struct value line = value_map_new(arena, 7);
		value_put(arena, &line, "service", value_of_str(outcome->of->service));
		value_put(arena, &line, "test", value_of_str(outcome->of->name));
		value_put(arena, &line, "file", value_of_str(outcome->of->file->path));
		value_put(arena, &line, "line", value_of_int((int64_t)outcome->of->line));
		value_put(arena, &line, "passed", value_of_bool(outcome->passed));
		value_put(arena, &line, "why", value_of_str(outcome->why));
		cli_print_json(cli, &line);
	}
	for (size_t i = 0; i < trial->use_count; i++) {
		const struct author_use *use = &trial->uses[i];
		struct value line = value_map_new(arena, 7);
		value_put(arena, &line, "service", value_of_str(use->service->id));
		value_put(arena, &line, "clause", value_of_str(use->clause->id));
		for (int answer = 0; answer < 4; answer++) {
			value_put(arena, &line, answer_word((enum rules_answer)answer),
				value_of_int((int64_t)use->answers[answer]));
		}
		value_put(arena, &line, "decided", value_of_int((int64_t)use->decided));
		cli_print_json(cli, &line);
	}
}

int cmd_rules_test(struct cli *cli)
{
	struct author_schema schema;
	struct author_book book = {.schema = &schema};
	struct author_table table = {0};
	struct author_trial trial;
	struct author_findings findings = {.arena = &cli->arena};
	struct buf out = {0};
	const char *path =
		cli->args.argument_count > 0 ? cli->args.arguments[0] : rules_folder(cli);
	enum err err = rules_schema(cli, &schema);
	if (err == ERR_OK) {
		err = load(cli, path, &book, &table, &findings);
	}
	if (err == ERR_OK) {
		err = author_trial_run(&book, &table, &cli->arena, &trial);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	for (size_t i = 0; i < findings.count; i++) {
		rules_print_finding(&out, &findings.items[i]);
	}
	if (cli_json(cli)) {
		trial_json(cli, &trial);
	} else {
		trial_words(cli, &out, &trial);
	}
	cli_print(cli, &out);
	buf_finish(&out);
	return trial.failed > 0 || findings.count > 0 ? EXIT_REFUSED : EXIT_DONE;
}
