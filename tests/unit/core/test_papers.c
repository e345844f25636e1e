/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"
#include "broker/core/event.h"
#include "broker/model/field.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* broker/DATA-PROTECTION.md says what is held and recorded: buyers rely on the lists being whole.
 */
static struct str between(const struct buf *document, const char *begin, const char *end)
{
	const char *from = strstr(document->data, begin);
	cr_assert_not_null(from, "%s is not in the document", begin);
	const char *to = strstr(from, end);
	cr_assert_not_null(to, "%s is not in the document", end);
	return (struct str){from, (size_t)(to - from)};
}

static void read_papers(struct buf *document)
{
	cr_assert_eq(buf_read_file(document, "broker/DATA-PROTECTION.md", 1 << 20), ERR_OK);
	buf_append(document, "", 1);
}

Test(papers, every_event_of_the_record_is_listed_under_its_number)
{
	struct buf document = {0};
	size_t listed = 0;
	size_t types = 0;
	read_papers(&document);
	const struct str table =
		between(&document, "<!-- events: begin -->", "<!-- events: end -->");
	for (int type = 1; type < EVENT_TYPE_END; type++) {
		char row[80];
		const char *name = event_type_name((enum event_type)type);
		if (strcmp(name, "unknown") == 0) {
			continue;
		}
		types++;
		(void)snprintf(row, sizeof(row), "| %d | `%s` |", type, name);
		cr_expect_not_null(
			memmem(table.ptr, table.len, row, strlen(row)), "no row %s", row);
	}
	for (size_t i = 0; i + 4 < table.len; i++) {
		listed += memcmp(table.ptr + i, "\n| ", 3) == 0 && table.ptr[i + 3] >= '0' &&
			  table.ptr[i + 3] <= '9';
	}
	cr_assert_eq(listed, types, "the document lists events that are none");
	buf_finish(&document);
}

Test(papers, every_field_is_listed_in_the_row_of_its_class)
{
	static const char *const classes[] = {"0, system", "1, operational", "2, personal",
		"3, special category or offence", "4, its disclosure can endanger"};
	struct buf document = {0};
	size_t count;
	size_t listed = 0;
	read_papers(&document);
	const struct str table =
		between(&document, "<!-- fields: begin -->", "<!-- fields: end -->");
	const struct field *fields = field_table(&count);
	for (size_t i = 0; i < count; i++) {
		char row[60];
		char name[120];
		(void)snprintf(row, sizeof(row), "| %s |", classes[fields[i].class]);
		(void)snprintf(name, sizeof(name), "`%.*s`", STR_ARG(fields[i].path));
		const char *at = memmem(table.ptr, table.len, row, strlen(row));
		cr_assert_not_null(at, "no row %s", row);
		const char *end = strchr(at, '\n');
		cr_expect_not_null(memmem(at, (size_t)(end - at), name, strlen(name)),
			"%s is not in the row of its class", name);
	}
	for (size_t i = 0; i < table.len; i++) {
		listed += table.ptr[i] == '`';
	}
	cr_assert_eq(listed, count * 2, "the document lists fields that are none");
	buf_finish(&document);
}
