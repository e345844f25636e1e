/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/conformance/conformance.h"

/*
 * run CASES.jsonl DOCUMENT: runs every line, prints what failed and a table, writes the table into
 * the document.  Exit code 1 when anything failed.
 */
enum {
	FILES_MAX = 64,
	REASONS_MAX = 256,
};

struct tally {
	char file[64];
	unsigned cases, run, passed;   /* evaluated, or refused where that is asked */
	unsigned parsed, parse_passed; /* that only have to parse, or to agree with themselves */
	unsigned trees, trees_passed;
	unsigned types, types_passed;
	unsigned typed, typed_passed; /* trees */
};

struct reason {
	char file[64];
	char text[160];
	unsigned cases;
};

struct report {
	struct tally tallies[FILES_MAX];
	size_t tally_count;
	struct reason reasons[REASONS_MAX];
	size_t reason_count;
	bool failed;
};

static struct tally *tally_of(struct report *report, const char *file)
{
	for (size_t i = 0; i < report->tally_count; i++) {
		if (strcmp(report->tallies[i].file, file) == 0) {
			return &report->tallies[i];
		}
	}
	if (report->tally_count == FILES_MAX) {
		(void)fprintf(stderr, "more than %d files\n", FILES_MAX);
		exit(70);
	}
	struct tally *tally = &report->tallies[report->tally_count++];
	str_copy(tally->file, sizeof(tally->file), str_from(file));
	return tally;
}

static void count_reason(struct report *report, const struct test_case *test)
{
	for (size_t i = 0; i < report->reason_count; i++) {
		struct reason *reason = &report->reasons[i];
		if (strcmp(reason->file, test->file) == 0 &&
			strcmp(reason->text, test->without) == 0) {
			reason->cases++;
			return;
		}
	}
	if (report->reason_count == REASONS_MAX) {
		(void)fprintf(stderr, "more than %d reasons\n", REASONS_MAX);
		exit(70);
	}
	struct reason *reason = &report->reasons[report->reason_count++];
	str_copy(reason->file, sizeof(reason->file), str_from(test->file));
	str_copy(reason->text, sizeof(reason->text), str_from(test->without));
	reason->cases = 1;
}

static void count(struct report *report, const struct test_case *test, struct outcome outcome)
{
	struct tally *tally = tally_of(report, test->file);
	tally->cases++;
	if (test->without == NULL) {
		tally->run++;
		tally->passed += outcome.passed ? 1 : 0;
	} else {
		tally->parsed++;
		tally->parse_passed += outcome.passed ? 1 : 0;
		count_reason(report, test);
	}
	tally->trees += outcome.tree_compared ? 1 : 0;
	tally->trees_passed += outcome.tree_passed ? 1 : 0;
	tally->types += outcome.type_compared ? 1 : 0;
	tally->types_passed += outcome.type_passed ? 1 : 0;
	tally->typed += outcome.typed_compared ? 1 : 0;
	tally->typed_passed += outcome.typed_passed ? 1 : 0;
	report->failed = report->failed || !outcome.passed;
}

static void add_cell(struct buf *out, unsigned passed, unsigned of)
{
	if (of == 0) {
		buf_add_text(out, " - |");
	} else if (passed == of) {
		buf_printf(out, " %u |", of);
	} else {
		buf_printf(out, " **%u of %u** |", passed, of);
	}
}

static void add_row(struct buf *out, const struct tally *tally)
{
	buf_printf(out, "| %s | %u |", tally->file, tally->cases);
	add_cell(out, tally->passed, tally->run);
	add_cell(out, tally->parse_passed, tally->parsed);
	add_cell(out, tally->trees_passed, tally->trees);
	add_cell(out, tally->types_passed, tally->types);
	add_cell(out, tally->typed_passed, tally->typed);
	buf_add_text(out, "\n");
}

static void add_total(struct buf *out, const struct report *report)
{
	struct tally total = {.file = "**all**"};
	for (size_t i = 0; i < report->tally_count; i++) {
		const struct tally *tally = &report->tallies[i];
		total.cases += tally->cases;
		total.run += tally->run;
		total.passed += tally->passed;
		total.parsed += tally->parsed;
		total.parse_passed += tally->parse_passed;
		total.trees += tally->trees;
		total.trees_passed += tally->trees_passed;
		total.types += tally->types;
		total.types_passed += tally->types_passed;
		total.typed += tally->typed;
		total.typed_passed += tally->typed_passed;
	}
	add_row(out, &total);
}

static void write_table(struct buf *out, const struct report *report)
{
	buf_add_text(out,
		"| file | cases | run and right | only parsed | trees | types | typed trees |\n"
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < report->tally_count; i++) {
		add_row(out, &report->tallies[i]);
	}
	add_total(out, report);
}

static void write_reasons(struct buf *out, const struct report *report)
{
	buf_add_text(
		out, "| file | cases | why no more is asked of them |\n| --- | ---: | --- |\n");
	for (size_t i = 0; i < report->reason_count; i++) {
		const struct reason *reason = &report->reasons[i];
		buf_printf(out, "| %s | %u | %s |\n", reason->file, reason->cases, reason->text);
	}
}

static bool write_document(const struct report *report, const char *path)
{
	struct buf out = {0};
	buf_add_text(&out,
		"# What of CEL the rules keep to\n\n"
		"`make conformance` runs CEL's public test data, as the package "
		"`@bufbuild/cel-spec` "
		"holds it, against\n`rules/cel` and writes this page. A case is evaluated "
		"unchecked "
		"and, unless the data says not to,\nchecked; both must give the value or the error "
		"that the data asks for. \"Trees\" are the parser's\nabstract syntax, \"types\" "
		"what "
		"the checker deduces for the whole expression, \"typed trees\" the type of\nevery "
		"node and the overloads of every call, each compared with cel-go's. A number alone "
		"means all of\nthem are right.\n\n");
	write_table(&out, report);
	buf_add_text(&out,
		"\n## What is not evaluated, and why\n\n"
		"These must parse, and their trees are compared where the data has one. "
		"Eligibility "
		"is asked of facts,\nnot of protobuf messages, so there are none in this "
		"language. Left out as well are cel.block\n(block_ext) and addresses of networks "
		"(network_ext, of which this version of the data has no file).\n\n");
	write_reasons(&out, report);
	const bool written = !out.failed && buf_write_file(buf_str(&out), path, 0644) == ERR_OK;
	buf_finish(&out);
	return written;
}

static bool run_line(struct report *report, struct arena *arena, const char *line, size_t len)
{
	json_error_t error;
	json_t *json = json_loadb(line, len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
	struct test_case test;
	struct buf log = {0};
	arena_reset(arena);
	if (json == NULL || !case_read(arena, json, &test)) {
		(void)fprintf(stderr, "%s\n", json == NULL ? error.text : line);
		json_decref(json);
		return false;
	}
	count(report, &test, case_run(arena, &test, &log));
	if (log.len > 0) {
		(void)fwrite(log.data, 1, log.len, stdout);
	}
	buf_finish(&log);
	json_decref(json);
	return true;
}

static bool run_all(struct report *report, FILE *cases)
{
	struct arena arena;
	arena_init(&arena, 0);
	char *line = NULL;
	size_t size = 0;
	bool good = true;
	for (ssize_t len; good && (len = getline(&line, &size, cases)) > 0;) {
		good = run_line(report, &arena, line, (size_t)len);
	}
	free(line);
	arena_finish(&arena);
	return good;
}

int main(int argc, char **argv)
{
	static struct report report;
	struct buf table = {0};
	if (argc != 3) {
		(void)fprintf(stderr, "usage: run CASES.jsonl DOCUMENT\n");
		return 64;
	}
	FILE *cases = fopen(argv[1], "r");
	if (cases == NULL) {
		perror(argv[1]);
		return 66;
	}
	const bool good = run_all(&report, cases);
	(void)fclose(cases);
	if (!good || report.tally_count == 0) {
		return 65;
	}
	write_table(&table, &report);
	buf_add_text(&table, "\n");
	write_reasons(&table, &report);
	(void)fwrite(table.data, 1, table.len, stdout);
	buf_finish(&table);
	if (!write_document(&report, argv[2])) {
		(void)fprintf(stderr, "%s cannot be written\n", argv[2]);
		return 74;
	}
	return report.failed ? 1 : 0;
}
