/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of CSV tables. */
#include "directory/exchange/csv.h"
#include "tests/unit/exchange/fixture.h"

struct table_text {
	const char *name, *csv;
};

static void import_tables(struct made *made, const struct table_text *tables, size_t count)
{
	*made = (struct made){0};
	struct exchange_import *import =
		exchange_import_create(STR("imported"), test_rulebook(), made_sink(made));
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(exchange_import_table(
				     import, str_from(tables[i].name), str_from(tables[i].csv)),
			ERR_OK);
	}
	made->err = exchange_import_end(import, &made->counts);
	cr_assert_eq(made->err, ERR_OK);
	exchange_import_destroy(import);
	directory_files_sort(&made->files);
	directory_destroy(made_load(made));
}

Test(tables, a_package_is_joined_into_services)
{
	static const struct table_text tables[] = {
		{"addresses.csv", "id,location_id,address_1\n1,l,A street\n"},
		{"attributes.csv", "id,link_id,taxonomy_term_id\na1,s1,t1\na2,s9,t1\na3,s1,t9\n"},
		{"organizations.csv", "\xef\xbb\xbfid,name,description,parent_organization_id\r\n"
				      "o1,\"Centre, the \"\"old\"\" one\",x,o1\r\n"},
		{"services.csv", "id,organization_id,name,status,description\n"
				 "s1,o1,Counselling,active,\"Two\r\nlines\"\n"
				 "s1,o1,Again,active,\n"
				 "s2,o9,Caf\xe9,active,x,too many\n"},
		{"service_areas.csv", "id,service_id,name\n1,s1,Camden\n2,s9,Camden\n"},
		{"taxonomy_terms.csv",
			"id,name,description,taxonomy\nt1,accommodation,x,onward:need\n"},
	};
	struct made made;
	import_tables(&made, tables, sizeof(tables) / sizeof(tables[0]));
	const struct str draft = made_draft(&made, "imported/services/counselling.yaml");
	cr_assert_eq(made.counts.services, 2);
	cr_assert(str_holds(draft, "- \"E09000007\""));
	cr_assert(str_holds(draft, "needs:\n  - \"accommodation\""));
	cr_assert(str_holds(draft, "description: \"Two\\nlines\""));
	cr_assert(made_reported(&made, "addresses.csv: a draft has no place for this table"));
	cr_assert(made_reported(&made, "attributes[1]: belongs to no service"));
	cr_assert(made_reported(&made, "attributes[1]: the term is not in the feed"));
	cr_assert(made_reported(&made, "service_areas[1]: belongs to no service"));
	cr_assert(made_reported(&made, "services[1].id: came before"));
	cr_assert(made_reported(&made, "services.csv:5: has 6 fields, the table 5 columns"));
	cr_assert(made_reported(&made, "services.csv: holds bytes that are not UTF-8"));
	cr_assert(made_reported(&made, "parent_organization_id"));
	made_finish(&made);
}

Test(tables, a_quote_that_is_never_closed_is_told_with_its_line)
{
	static const struct table_text tables[] = {
		{"services.csv", "id,name,status\n1,First,active\n2,\"Second,active\n3,Third\n"}};
	struct made made;
	import_tables(&made, tables, 1);
	cr_assert_eq(made.counts.services, 1);
	cr_assert(made_reported(&made, "services.csv:3: has a quote that is never closed"));
	made_finish(&made);
}

Test(tables, packages_over_the_limit_are_refused)
{
	struct made made = {0};
	struct buf csv = {0};
	struct exchange_import *import =
		exchange_import_create(STR("imported"), test_rulebook(), made_sink(&made));
	buf_add_text(&csv, "id,name\n");
	while (csv.len < EXCHANGE_TABLES_BYTES) {
		buf_add_text(&csv, "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
	}
	cr_assert_eq(
		exchange_import_table(import, STR("services.csv"), buf_str(&csv)), ERR_TOO_LARGE);
	exchange_import_destroy(import);
	buf_finish(&csv);
	made_finish(&made);
}

Test(csv, rows_and_fields_are_as_the_text_has_them)
{
	struct csv csv;
	csv_init(&csv, STR("\xef\xbb\xbf"
			   "a,\"b \"\"c\"\"\",\r\n\r\n\"x\ny\",\r,z"));
	cr_assert_eq(csv_next(&csv), CSV_ROW);
	cr_assert_eq(csv.count, 3);
	cr_assert(str_is(csv_field(&csv, 1), "b \"c\""));
	cr_assert_eq(csv_field(&csv, 2).len, 0);
	cr_assert_eq(csv_next(&csv), CSV_ROW);
	cr_assert_eq(csv.row_line, 3);
	cr_assert(str_is(csv_field(&csv, 0), "x\ny"));
	cr_assert_eq(csv_next(&csv), CSV_ROW);
	cr_assert(str_is(csv_field(&csv, 1), "z"));
	cr_assert_eq(csv_next(&csv), CSV_END);
	csv_finish(&csv);
}
