/* SPDX-License-Identifier: Apache-2.0 */
#define LLVMFuzzerTestOneInput fuzz_directory_postcodes
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/directory_postcodes.c"
#include "directory/postcodes.h"
#include "../../fuzz/replay.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char csv_path[96];
static char table_path[96];
static struct fault fault;
static struct directory_postcodes_report report;

static void setup(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/onward-postcodes-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(csv_path, sizeof(csv_path), "%s/in.csv", folder);
	(void)snprintf(table_path, sizeof(table_path), "%s/postcodes", folder);
}

static void teardown(void)
{
	(void)unlink(csv_path);
	(void)unlink(table_path);
	(void)rmdir(folder);
}

TestSuite(postcodes, .init = setup, .fini = teardown);

static enum err import(const char *csv)
{
	cr_assert_eq(buf_write_file(str_from(csv), csv_path, 0600), ERR_OK);
	fault = (struct fault){0};
	report = (struct directory_postcodes_report){0};
	return directory_postcodes_import(csv_path, table_path, NULL, NULL, &report, &fault);
}

static struct directory_postcodes *made(const char *csv)
{
	struct directory_postcodes *postcodes = NULL;
	cr_assert_eq(import(csv), ERR_OK, "%s: %s", fault.field, fault.message);
	cr_assert_eq(directory_postcodes_open(table_path, &postcodes, &fault), ERR_OK, "%s",
		fault.message);
	return postcodes;
}

/* The code the postcode lies in, with a star when it is no longer in use; "none". */
static const char *where(const struct directory_postcodes *postcodes, const char *text)
{
	static char said[16];
	struct directory_postcode postcode;
	struct directory_postcode_place place;
	cr_assert_eq(directory_postcode_parse(str_from(text), &postcode), ERR_OK, "%s", text);
	if (!directory_postcodes_find(postcodes, &postcode, &place)) {
		return "none";
	}
	(void)snprintf(said, sizeof(said), "%.*s%s", STR_ARG(place.code), place.ended ? "*" : "");
	return said;
}

static const char rows[] = "pcd,pcd2,pcds,dointr,doterm,usertype,oslaua\n"
			   "SW9 8LF,SW9  8LF,SW9 8LF,198001,,0,E09000022\n"
			   "SW9 8LG,SW9  8LG,SW9 8LG,198001,,0,E09000022\n"
			   "SW9 9AA,SW9  9AA,SW9 9AA,198001,199612,0,E09000032\n"
			   "AB101AA,AB10 1AA,AB10 1AA,198001,,0,S12000033\n"
			   "L1  0AA,L1   0AA,L1 0AA,198001,,1,E08000012\n"
			   "JE2 3XP,JE2  3XP,JE2 3XP,198001,,0,\n"
			   "ZE1 0AA,ZE1  0AA,ZE1 0AA,198001,,0,S12000027\n";

Test(postcodes, each_is_found_and_no_other)
{
	struct directory_postcodes *postcodes = made(rows);
	cr_expect_str_eq(where(postcodes, "SW9 8LF"), "E09000022");
	cr_expect_str_eq(where(postcodes, "sw98lg"), "E09000022");
	cr_expect_str_eq(where(postcodes, "SW9  9AA"), "E09000032*");
	cr_expect_str_eq(where(postcodes, "AB10 1AA"), "S12000033");
	cr_expect_str_eq(where(postcodes, "L1 0AA"), "E08000012");
	cr_expect_str_eq(where(postcodes, "ZE1 0AA"), "S12000027");
	cr_expect_str_eq(where(postcodes, "SW9 8LH"), "none");
	cr_expect_str_eq(where(postcodes, "SW9 8LE"), "none");
	cr_expect_str_eq(where(postcodes, "SW9 9AB"), "none");
	cr_expect_str_eq(where(postcodes, "SW9"), "none");
	cr_expect_str_eq(where(postcodes, "AA1 1AA"), "none");
	cr_expect_str_eq(where(postcodes, "ZZ99 9ZZ"), "none");
	cr_expect_eq(report.rows, 7);
	cr_expect_eq(report.postcodes, 6);
	cr_expect_eq(report.ended, 1);
	cr_expect_eq(report.without_authority, 1);
	cr_expect_eq(report.authorities, 5);
	cr_expect_eq(directory_postcodes_count(postcodes), 6);
	cr_expect_str_eq(report.postcode_column, "pcds");
	cr_expect_str_eq(report.authority_column, "oslaua");
	cr_expect_str_eq(report.ended_column, "doterm");
	directory_postcodes_close(postcodes);
}

Test(postcodes, an_outward_code_gives_its_authorities_the_most_first)
{
	struct directory_postcodes *postcodes = made(rows);
	struct directory_postcode postcode;
	struct directory_postcode_place places[1];
	cr_assert_eq(directory_postcode_parse(STR("sw9"), &postcode), ERR_OK);
	cr_assert_str_eq(postcode.text, "SW9");
	cr_assert_eq(directory_postcodes_candidates(postcodes, &postcode, places, 1), 2);
	cr_expect(str_is(places[0].code, "E09000022"));
	cr_expect_eq(places[0].count, 2);
	cr_assert_eq(directory_postcode_parse(STR("SW8"), &postcode), ERR_OK);
	cr_expect_eq(directory_postcodes_candidates(postcodes, &postcode, places, 1), 0);
	directory_postcodes_close(postcodes);
}

Test(postcodes, the_shape_of_a_postcode_is_known)
{
	static const char *const good[] = {"SW9 8LF", "W1A 1AA", "EC1A 1BB", "M1 1AE", "B33 8TH",
		"CR2 6XH", "DN55 1PT", "GIR 0AA", "npt 0aa", "SW9", "EC1A"};
	static const char *const bad[] = {"", "S", "SW", "SWA", "9SW 8LF", "SW9 8L", "SW9 8L1",
		"SW9-8LF", "SW99A 8LFX", "ABCDE 1AA", "8LF", "SW9 8LF 1", "L\xc3\xb4 1AA"};
	struct directory_postcode postcode;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		cr_expect_eq(directory_postcode_parse(str_from(good[i]), &postcode), ERR_OK, "%s",
			good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_eq(directory_postcode_parse(str_from(bad[i]), &postcode), ERR_INVALID,
			"%s", bad[i]);
	}
	cr_assert_eq(directory_postcode_parse(STR(" sw 98 lf"), &postcode), ERR_OK);
	cr_assert_str_eq(postcode.text, "SW9 8LF");
}

Test(postcodes, headings_of_other_years_and_quotes_and_marks_are_read)
{
	struct directory_postcodes *postcodes =
		made("\xef\xbb\xbf\"PCD7\",\"PCDS\",\"LAD21CD\",\"LAD23CD\",\"note\",\"doterm\"\r\n"
		     "\"SW9 8LF\",\"SW9 8LF\",\"E09000001\",\"E09000022\",\"a, \"\"b\"\"\nc\",\r\n"
		     "\"CA1 1AA\",\"CA1 1AA\",\"E07000028\",\"E06000063\",,\"202301\"\r\n");
	cr_expect_str_eq(where(postcodes, "SW9 8LF"), "E09000022");
	cr_expect_str_eq(where(postcodes, "CA1 1AA"), "E06000063*");
	cr_expect_str_eq(report.authority_column, "LAD23CD");
	directory_postcodes_close(postcodes);
}

Test(postcodes, of_two_rows_the_one_in_use_stays)
{
	struct directory_postcodes *postcodes =
		made("pcds,laua,doterm\nSW9 8LF,E09000032,\nSW9 8LF,E09000022,199001\n"
		     "L1 0AA,E08000011,199001\nL1 0AA,E08000012,\n");
	cr_expect_str_eq(where(postcodes, "SW9 8LF"), "E09000032");
	cr_expect_str_eq(where(postcodes, "L1 0AA"), "E08000012");
	cr_expect_eq(report.repeated, 2);
	directory_postcodes_close(postcodes);
}

static const struct {
	const char *csv, *line, *words;
} refused[] = {
	{"", ":0", "holds no postcodes"},
	{"pcds,laua\n", ":1", "holds no postcodes"},
	{"{\"a\": 1}\n", ":1", "is no CSV"},
	{"postcode\tlaua\nSW9 8LF\tE09000022\n", ":1", "is no CSV"},
	{"laua,x\nE09000022,1\n", ":1", "no column of postcodes"},
	{"pcds,oscty\nSW9 8LF,E99999999\n", ":1", "no column of local authorities"},
	{"pcds,laua,x\nSW9 8LF,E09000022,1\nSW9 8L", ":3", "middle of a line"},
	{"pcds,laua,x\nSW9 8LF,E09000022,1\nSW9 8LG,E09000022,1", ":3", "middle of a line"},
	{"pcds,laua,x\nSW9 8LF,E09000022\n", ":2", "2 columns, the heading has 3"},
	{"pcds,laua\n\nSW9 8,E09000022\n", ":3", "\"SW9 8\" is no postcode"},
	{"pcds,laua\nSW9,E09000022\n", ":2", "\"SW9\" is no postcode"},
	{"pcds,laua\nSW9 8LF,Lambeth\n", ":2", "\"Lambeth\" is no code"},
	{"pcds,laua\nSW9 8LF,\"E09000022\n", ":2", "middle of a line"},
};

Test(postcodes, a_wrong_file_is_refused_by_line_and_the_old_table_stays)
{
	struct directory_postcodes *postcodes = made(rows);
	directory_postcodes_close(postcodes);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		cr_expect_eq(import(refused[i].csv), ERR_INVALID, "%s", refused[i].csv);
		const char *line = strrchr(fault.field, ':');
		cr_expect(line != NULL && strcmp(line, refused[i].line) == 0, "%s: %s",
			refused[i].csv, fault.field);
		cr_expect_not_null(strstr(fault.message, refused[i].words), "%s", fault.message);
	}
	cr_expect_eq(directory_postcodes_import(
			     "/nonexistent/x.csv", table_path, NULL, NULL, &report, &fault),
		ERR_NOT_FOUND);
	cr_expect_eq(directory_postcodes_import(folder, table_path, NULL, NULL, &report, &fault),
		ERR_INVALID);
	cr_assert_eq(directory_postcodes_open(table_path, &postcodes, &fault), ERR_OK);
	cr_expect_str_eq(where(postcodes, "SW9 8LF"), "E09000022");
	directory_postcodes_close(postcodes);
}

Test(postcodes, a_line_that_does_not_end_is_refused_within_bounds)
{
	struct buf csv = {0};
	buf_add_text(&csv, "pcds,laua\nSW9 8LF,\"");
	for (size_t i = 0; i < 300000; i++) {
		buf_add_text(&csv, i % 50 == 0 ? "\n" : "xxxxxxxx");
	}
	buf_append(&csv, "", 1);
	cr_assert_eq(import(csv.data), ERR_INVALID);
	cr_assert_not_null(strstr(fault.message, "too long"), "%s", fault.message);
	buf_finish(&csv);
}

/* Larger than the window it is read through, out of order, every row found again. */
Test(postcodes, many_rows_are_all_found)
{
	enum {
		ROWS = 60000
	};
	struct buf csv = {0};
	buf_add_text(&csv, "pcds,laua,filler\n");
	for (unsigned i = 0; i < ROWS; i++) {
		const unsigned n = (i * 7919U) % ROWS;
		buf_printf(&csv, "%c%u %u%c%c,E07000%03u,some more text\n", 'A' + (char)(n % 20),
			n / 20 % 9 + 1, n / 180 % 10, 'A' + (char)(n / 1800 % 26),
			'A' + (char)(n / 46800), n % 246 + 1);
	}
	buf_append(&csv, "", 1);
	struct directory_postcodes *postcodes = made(csv.data);
	cr_assert_eq(report.postcodes, ROWS);
	for (unsigned n = 0; n < ROWS; n++) {
		char text[16];
		char code[16];
		(void)snprintf(text, sizeof(text), "%c%u %u%c%c", 'A' + (char)(n % 20),
			n / 20 % 9 + 1, n / 180 % 10, 'A' + (char)(n / 1800 % 26),
			'A' + (char)(n / 46800));
		(void)snprintf(code, sizeof(code), "E07000%03u", n % 246 + 1);
		cr_assert_str_eq(where(postcodes, text), code, "%s", text);
	}
	directory_postcodes_close(postcodes);
	buf_finish(&csv);
}

Test(postcodes, a_damaged_or_foreign_table_is_not_opened)
{
	struct directory_postcodes *postcodes = made(rows);
	directory_postcodes_close(postcodes);
	struct buf table = {0};
	cr_assert_eq(buf_read_file(&table, table_path, 65536), ERR_OK);
	for (size_t i = 0; i < table.len; i++) {
		table.data[i] = (char)(table.data[i] ^ 0x10);
		cr_assert_eq(buf_write_file(buf_str(&table), table_path, 0600), ERR_OK);
		const enum err err = directory_postcodes_open(table_path, &postcodes, &fault);
		/* Three bytes behind the version are for later. */
		cr_expect(err == (i == 8 ? ERR_VERSION : ERR_CORRUPT) ||
				  (i > 8 && i < 12 && err == ERR_OK),
			"byte %zu: %s", i, err_code(err));
		if (err == ERR_OK) {
			directory_postcodes_close(postcodes);
		}
		table.data[i] = (char)(table.data[i] ^ 0x10);
	}
	for (size_t len = 0; len < table.len; len += 5) {
		const struct str cut = {table.data, len};
		cr_assert_eq(buf_write_file(cut, table_path, 0600), ERR_OK);
		cr_expect_eq(directory_postcodes_open(table_path, &postcodes, &fault), ERR_CORRUPT);
	}
	cr_assert_eq(unlink(table_path), 0);
	cr_expect_eq(directory_postcodes_open(table_path, &postcodes, &fault), ERR_NOT_FOUND);
	buf_finish(&table);
}

Test(postcodes_fuzz_corpus, every_beginning_of_every_file_is_answered)
{
	cr_assert_gt(
		replay("tests/fuzz/corpus/directory_postcodes", fuzz_directory_postcodes, true),
		10);
}
