/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"
#include "directory/image_fields.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Names between the braces of `struct <name> {`, without comments: "a, b;" are two. */
static size_t members_parse(char *text, const char *name, char out[64][48])
{
	char head[96];
	size_t count = 0;
	(void)snprintf(head, sizeof(head), "\nstruct %s {\n", name);
	char *at = strstr(text, head);
	cr_assert_not_null(at, "%s", name);
	at += strlen(head);
	const char *end = strstr(at, "\n};");
	size_t len = 0;
	for (; at < end; at++) {
		if (strncmp(at, "/*", 2) == 0) {
			at = strstr(at, "*/") + 1;
			continue;
		}
		const bool word =
			(*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '_';
		if (*at == ';' || *at == ',') {
			out[count++][len] = '\0'; /* the last word before it is the name */
			len = 0;
		} else if (word) {
			const bool first = at[-1] == ' ' || at[-1] == '*' || at[-1] == '\t';
			len = first ? 0 : len;
			out[count][len++] = *at;
		}
		cr_assert(count < 64 && len < 48);
	}
	return count;
}

/* A flag between others hides in what is padding anyhow: the build cannot see that it is new. */
Test(image, every_member_in_the_header_is_in_its_table)
{
	static const struct {
		const char *name;
		enum image_type type;
	} structs[] = {
		{"directory_clause", IMAGE_CLAUSE},
		{"directory_clock", IMAGE_CLOCK},
		{"directory_override", IMAGE_OVERRIDE},
		{"directory_organisation", IMAGE_ORGANISATIONS},
		{"directory_service", IMAGE_SERVICES},
		{"directory_area", IMAGE_AREAS},
	};
	struct buf header = {0};
	cr_assert_eq(buf_read_file(&header, "directory/directory.h", 65536), ERR_OK);
	buf_append(&header, "", 1);
	cr_assert_eq(sizeof(structs) / sizeof(structs[0]), IMAGE_TYPES);
	for (size_t i = 0; i < IMAGE_TYPES; i++) {
		const struct image_record *record = &image_records[structs[i].type];
		char names[64][48];
		const size_t count = members_parse(header.data, structs[i].name, names);
		for (size_t m = 0; m < count || m < record->count; m++) {
			cr_assert_str_eq(m < count ? names[m] : "(nothing)",
				m < record->count ? record->fields[m].name : "(nothing)",
				"struct %s: the table of image_fields.h differs", structs[i].name);
		}
	}
	buf_finish(&header);
}
