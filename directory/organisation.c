/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

#define AT(member) offsetof(struct directory_organisation, member)

/* `not-stated`: an organisation that is no party and gets nothing through Onward. */
static void read_party_kind(struct reader *reader, const struct yaml_node *node,
	const struct field *field, void *target)
{
	if (!reader_is_not_stated(node)) {
		read_code(reader, node, field, target);
	}
}

static const struct field organisation_fields[] = {
	{.name = "id", .read = read_slug, .offset = AT(id), .required = true},
	{.name = "name", .read = read_text, .offset = AT(name), .required = true},
	{.name = "party_kind",
		.read = read_party_kind,
		.offset = AT(party_kind),
		.required = true,
		.vocabulary = offsetof(struct directory_rulebook, party_kinds),
		.noun = "party kind"},
	{.name = "faith_ethos", .read = read_text, .offset = AT(faith_ethos)},
	{.name = "contact", .read = read_text, .offset = AT(contact)},
	{.name = "advice_contact", .read = read_bool, .offset = AT(advice_contact)},
	{.name = "sources", .read = read_notes, .offset = 0},
};

void organisation_read(struct reader *reader, const struct yaml_node *root,
	struct directory_organisation *organisation)
{
	reader_map(reader, root, organisation_fields,
		sizeof(organisation_fields) / sizeof(organisation_fields[0]), organisation);
	const struct yaml_node *advice = yaml_get(root, "advice_contact");
	if (organisation->advice_contact && organisation->contact.len == 0 && advice != NULL) {
		reader_problem(reader, advice, "there is no contact to show");
	}
}
