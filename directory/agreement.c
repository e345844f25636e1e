/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

enum {
	CLASS_CAN_ENDANGER = 4 /* of the field table: a refuge, a safe contact, abuse markers */
};

/* True when the field named, taken with all below it, reaches into `part` or is part of it. */
static bool touches(struct str field, struct str part)
{
	const bool within = str_has_prefix(field, part) &&
			    (field.len == part.len || field.ptr[part.len] == '.');
	const bool above = str_has_prefix(part, field) && part.ptr[field.len] == '.';
	return within || above;
}

/* Somebody holding this could reach her, or her door. */
static bool reaches_her(struct str field)
{
	return touches(field, STR("contact")) || touches(field, STR("person.postcode"));
}

static bool says_how(const struct directory_list *agreement)
{
	return reader_list_has(agreement, STR("contact")) ||
	       reader_list_has(agreement, STR("contact.instruction"));
}

/* False when what the channel is has a problem of its own: whether it is secret is not known. */
static bool channel_known(const struct yaml_node *root, const struct directory_service *service)
{
	const struct yaml_node *delivery = yaml_get(root, "delivery");
	const struct yaml_node *secret = yaml_get(delivery, "secret");
	if (delivery == NULL) {
		return service->routing != DIRECTORY_ROUTABLE;
	}
	return secret != NULL && secret->kind == YAML_SCALAR && secret->plain &&
	       (str_is(secret->text, "true") || str_is(secret->text, "false"));
}

static void field_check(struct reader *reader, const struct yaml_node *node, bool known,
	const struct directory_service *service)
{
	const struct directory_rulebook *rulebook = reader->rulebook;
	const int answer = rulebook->field_class == NULL
				   ? 1
				   : rulebook->field_class(rulebook->context, node->text);
	if (answer == 0) {
		const struct str shown = reader_shown(reader, node->text);
		reader_problem(reader, node, "no field \"%.*s\" in a referral", STR_ARG(shown));
		return;
	}
	if (touches(node->text, STR("preferences.avoid"))) {
		reader->code = "secrecy";
		reader_problem(
			reader, node, "places and people to avoid are never shown to anyone");
		return;
	}
	if (answer - 1 >= CLASS_CAN_ENDANGER && known && !service->delivery_secret) {
		reader->code = "secrecy";
		reader_problem(reader, node,
			"its disclosure can endanger her, and the channel is not secret");
	}
	if (reaches_her(node->text) && !says_how(&service->agreement)) {
		reader->code = "secrecy";
		reader_problem(reader, node,
			"leaves without contact.instruction, which says how she can be reached "
			"safely");
	}
}

void agreement_check(struct reader *reader, const struct yaml_node *root,
	const struct yaml_node *list, const struct directory_service *service)
{
	const bool known = channel_known(root, service);
	for (const struct yaml_node *n = list->first; n != NULL; n = n->next) {
		if (n->kind == YAML_SCALAR && n->text.len > 0) {
			field_check(reader, n, known, service);
		}
	}
}
