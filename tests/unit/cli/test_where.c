/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/json.h"
#include "broker/cli/where.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct cli cli;
static char home[64];
static char table[96];
static char *said;
static size_t said_len;

static void setup(void)
{
	static const char csv[] = "pcds,doterm,lad23cd\nSW9 8LF,,E09000022\nSW9 8LG,,E09000022\n"
				  "SW9 9AA,199601,E09000032\nCA1 1AA,,E07000028\n"
				  "CA1 1AB,,E07000026\nTD15 1AA,,S12000026\n";
	char csv_path[96];
	struct directory_postcodes_report report;
	struct fault fault;
	(void)snprintf(home, sizeof(home), "/tmp/onward-where-XXXXXX");
	cr_assert_not_null(mkdtemp(home));
	(void)snprintf(table, sizeof(table), "%s/postcodes", home);
	(void)snprintf(csv_path, sizeof(csv_path), "%s/in.csv", home);
	cr_assert_eq(buf_write_file(str_from(csv), csv_path, 0600), ERR_OK);
	cr_assert_eq(
		directory_postcodes_import(csv_path, table, NULL, NULL, &report, &fault), ERR_OK);
	(void)unlink(csv_path);
	cli = (struct cli){.home = home, .err = open_memstream(&said, &said_len)};
	cr_assert_not_null(cli.err);
}

static void teardown(void)
{
	(void)fclose(cli.err);
	free(said);
	arena_finish(&cli.arena);
	(void)unlink(table);
	(void)rmdir(home);
}

TestSuite(where, .init = setup, .fini = teardown);

static void shows(const char *text, const char *wanted)
{
	struct directory_postcodes *postcodes = NULL;
	struct directory_postcode postcode;
	struct value items;
	struct buf out = {0};
	cr_assert_eq(where_open(&cli, &postcodes), ERR_OK);
	cr_assert_eq(directory_postcode_parse(str_from(text), &postcode), ERR_OK);
	cr_assert_eq(where_find(&cli, postcodes, &postcode, &items), ERR_OK);
	view_where(&out, NULL, &items);
	buf_append(&out, "", 1);
	cr_expect_str_eq(out.data, wanted, "%s", out.data);
	buf_finish(&out);
	directory_postcodes_close(postcodes);
}

Test(where, a_postcode_is_shown_with_its_authority)
{
	shows("sw98lf", "SW9 8LF lies in\nLambeth, E09000022\n  Region        London\n"
			"  Police        Metropolitan Police\n");
	shows("SW9 9AA", "SW9 9AA is no longer in use; it lay in\nWandsworth, E09000032\n"
			 "  Region        London\n  Police        Metropolitan Police\n");
	shows("TD15 1AA", "TD15 1AA lies in\nS12000026, not in England or Wales\n");
}

Test(where, an_outward_code_is_shown_with_its_candidates)
{
	shows("SW9", "SW9: its postcodes lie in\nLambeth, E09000022 (66%)\n"
		     "  Region        London\n  Police        Metropolitan Police\n"
		     "Wandsworth, E09000032 (33%)\n"
		     "  Region        London\n  Police        Metropolitan Police\n");
}

/* A table older than the authorities of today; two districts of 2022 are one since. */
Test(where, a_code_that_ended_gives_way_to_what_took_its_place)
{
	shows("CA1", "CA1: its postcodes lie in\nCumberland, E06000063 (100%)\n"
		     "  Region        North West\n  Police        Cumbria\n");
}

static const char *suggested(const char *document)
{
	struct value referral;
	struct fault fault;
	cr_assert_eq(json_read_object(str_from(document), "test", &cli.arena, &referral, &fault),
		ERR_OK, "%s", fault.message);
	rewind(cli.err);
	where_suggest(&cli, &referral, 1);
	(void)fputc('\0', cli.err);
	(void)fflush(cli.err);
	return said;
}

Test(where, only_a_referral_without_an_authority_gets_a_suggestion)
{
	const char *words =
		suggested("{\"source_ref\":\"A-1\",\"person\":{\"postcode\":\"SW9 8LF\"}}");
	cr_expect_not_null(strstr(words, "A-1"), "%s", words);
	cr_expect_not_null(strstr(words, "it may be Lambeth E09000022"), "%s", words);
	cr_expect_null(strstr(words, "8LF"), "%s", words);
	words = suggested("{\"person\":{\"postcode\":\"SW9\"}}");
	cr_expect_not_null(strstr(words, "Lambeth E09000022 or Wandsworth E09000032"), "%s", words);
	cr_expect_str_eq(suggested("{\"person\":{\"postcode\":\"SW9 8LF\","
				   "\"local_authority\":\"E09000001\"}}"),
		"");
	cr_expect_str_eq(suggested("{\"person\":{\"postcode\":\"no fixed abode\"}}"), "");
	cr_expect_str_eq(suggested("{\"person\":{}}"), "");
}

Test(where, a_home_without_the_file_is_no_mistake)
{
	cr_assert_eq(unlink(table), 0);
	cr_expect_str_eq(suggested("{\"person\":{\"postcode\":\"SW9 8LF\"}}"), "");
	cr_expect_eq(cli.fault.message[0], '\0');
}
