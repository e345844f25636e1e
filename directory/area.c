/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

#define AT(member) offsetof(struct directory_area, member)

static READER(read_codes_of_area)
{
	struct directory_list list;
	if (authorities_read(reader, node, &list)) {
		memcpy((char *)target + field->offset, &list, sizeof(list));
	}
}

static const struct field area_fields[] = {
	{.name = "id", .read = read_slug, .offset = AT(id), .required = true},
	{.name = "title", .read = read_text, .offset = AT(title), .required = true},
	{.name = "authorities", .read = read_codes_of_area, .offset = AT(authorities)},
	{.name = "not_stated", .read = read_codes_of_area, .offset = AT(not_stated)},
	{.name = "sources", .read = read_notes, .offset = 0},
	{.name = "notes", .read = read_notes, .offset = 0},
};

void area_read(struct reader *reader, const struct yaml_node *root, struct directory_area *area)
{
	*area = (struct directory_area){0};
	reader_map(reader, root, area_fields, sizeof(area_fields) / sizeof(area_fields[0]), area);
}
