/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

#include <stdlib.h>

#define AT(member) offsetof(struct directory_service, member)
#define WORDS(list, word) .vocabulary = offsetof(struct directory_rulebook, list), .noun = (word)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	LEAD_DAYS_MAX = 366
};

static const char *const roles[] = {
	[DIRECTORY_LEAD] = "lead",
	[DIRECTORY_SPECIALIST] = "specialist",
	[DIRECTORY_DUTY] = "duty-to-refer",
	NULL,
};
static const char *const routings[] = {
	[DIRECTORY_ROUTABLE] = "routable",
	[DIRECTORY_ADVICE_ONLY] = "advice-only",
	[DIRECTORY_NEVER] = "never",
	NULL,
};

static READER(read_organisation)
{
	(void)field;
	struct directory_service *service = target;
	if (!reader_scalar(reader, node)) {
		return;
	}
	service->organisation = directory_organisation_find(reader->directory, node->text);
	if (service->organisation == NULL) {
		reader_unknown_word(reader, node, "organisation", &reader->organisation_ids);
	}
}

/* Ids of organisations that have a file: partners, the party delivered to. */
static READER(read_organisation_ids)
{
	const size_t before = reader->problems->count;
	read_slugs(reader, node, field, target);
	if (reader->problems->count > before) {
		return;
	}
	for (const struct yaml_node *n = node->first; n != NULL; n = n->next) {
		if (n->text.len > 0 && !reader_list_has(&reader->organisation_ids, n->text)) {
			reader_unknown_word(reader, n, "organisation", &reader->organisation_ids);
		}
	}
}

static READER(read_party)
{
	read_slug(reader, node, field, target);
	if (reader_is_slug(node->text) && !reader_list_has(&reader->organisation_ids, node->text)) {
		reader_unknown_word(reader, node, "organisation", &reader->organisation_ids);
	}
}

static READER(read_area)
{
	(void)field;
	(void)target;
	if (!reader_is_not_stated(node)) {
		reader_problem(reader, node,
			"may only be not-stated; local authorities are named under authorities");
	}
}

static const struct directory_authority *authority_resolve(
	struct reader *reader, const struct yaml_node *node)
{
	if (!reader_scalar(reader, node)) {
		return NULL;
	}
	const struct directory_authority *authority = directory_authority_by_code(node->text);
	if (authority == NULL) {
		authority = directory_authority_by_name(node->text);
	}
	if (authority != NULL) {
		return authority;
	}
	const struct directory_authority *nearest = directory_authority_nearest(node->text);
	const struct str shown = reader_shown(reader, node->text);
	reader->code = "unknown-word";
	if (nearest == NULL) {
		reader_problem(reader, node, "unknown authority \"%.*s\"", STR_ARG(shown));
	} else {
		reader->suggestion = nearest->name;
		reader_problem(reader, node,
			"unknown authority \"%.*s\"; did you mean \"%.*s\" (%.*s)?", STR_ARG(shown),
			STR_ARG(nearest->name), STR_ARG(nearest->code));
	}
	return NULL;
}

static int str_order(const void *a, const void *b)
{
	const struct str *left = a;
	const struct str *right = b;
	return str_compare(*left, *right);
}

bool authorities_read(
	struct reader *reader, const struct yaml_node *node, struct directory_list *ret_list)
{
	struct directory_list list = {0};
	struct str *items;
	if (!reader_list_begin(reader, node, &items)) {
		return false;
	}
	list.items = items;
	for (const struct yaml_node *n = node->first; n != NULL; n = n->next) {
		const struct directory_authority *authority = authority_resolve(reader, n);
		if (authority == NULL) {
			continue;
		}
		if (reader_list_has(&list, authority->code)) {
			reader_problem(reader, n, "stands twice in the list");
			continue;
		}
		items[list.count++] = authority->code;
	}
	qsort(items, list.count, sizeof(*items), str_order);
	*ret_list = list;
	return true;
}

static READER(read_authorities)
{
	(void)field;
	struct directory_service *service = target;
	if (!authorities_read(reader, node, &service->authorities)) {
		return;
	}
	service->area_stated = true;
	if (node->count == 0) {
		reader_problem(reader, node,
			"covers nothing; name authorities or write area: "
			"not-stated instead");
	}
}

static READER(read_needs)
{
	struct directory_service *service = target;
	service->needs_stated = !reader_is_not_stated(node);
	read_codes(reader, node, field, target);
}

static READER(read_referrers)
{
	static const struct field fields[] = {
		{.name = "parties", .read = read_slugs, .offset = AT(referrer_parties)},
		{.name = "kinds",
			.read = read_codes,
			.offset = AT(referrer_kinds),
			WORDS(party_kinds, "party kind")},
	};
	(void)field;
	if (!reader_is_not_stated(node)) {
		reader_map(reader, node, fields, COUNT(fields), target);
	}
}

static READER(read_eligibility)
{
	(void)field;
	clauses_read(reader, node, false, &((struct directory_service *)target)->eligibility);
}

static READER(read_cohort)
{
	(void)field;
	clauses_read(reader, node, true, &((struct directory_service *)target)->cohort);
}

static READER(read_clocks)
{
	(void)field;
	if (!reader_is_not_stated(node)) {
		clocks_read(reader, node, &((struct directory_service *)target)->clocks);
	}
}

static READER(read_window)
{
	static const struct field fields[] = {
		{.name = "from", .read = read_date, .offset = AT(window_from)},
		{.name = "to", .read = read_date, .offset = AT(window_to)},
	};
	(void)field;
	if (!reader_is_not_stated(node)) {
		reader_map(reader, node, fields, COUNT(fields), target);
	}
}

/* Whether there is such a service is known when all are read: services_check. */
static READER(read_successor)
{
	if (!reader_is_not_stated(node)) {
		read_slug(reader, node, field, target);
	}
}

static READER(read_capacity)
{
	(void)field;
	if (!reader_is_not_stated(node)) {
		capacity_read(reader, node, target);
	}
}

static READER(read_intake)
{
	(void)field;
	static const char *const words[] = {"paused", "open", NULL};
	const struct field choice = {.choices = words};
	unsigned open = 1;
	read_choice(reader, node, &choice, &open);
	((struct directory_service *)target)->intake_open = open == 1;
}

static READER(read_delivery)
{
	static const struct field fields[] = {
		{.name = "party",
			.read = read_party,
			.offset = AT(delivery_party),
			.required = true},
		{.name = "adapter",
			.read = read_slug,
			.offset = AT(delivery_adapter),
			.required = true},
		{.name = "address", .read = read_text, .offset = AT(delivery_address)},
		{.name = "secret",
			.read = read_bool,
			.offset = AT(delivery_secret),
			.required = true},
	};
	(void)field;
	reader_map(reader, node, fields, COUNT(fields), target);
}

static READER(read_paths)
{
	struct directory_list list = {0};
	struct str *items;
	(void)field;
	if (!reader_list_begin(reader, node, &items)) {
		return;
	}
	list.items = items;
	for (const struct yaml_node *n = node->first; n != NULL; n = n->next) {
		if (!reader_scalar(reader, n)) {
			continue;
		}
		if (reader_list_has(&list, n->text)) {
			reader_problem(reader, n, "stands twice in the list");
			continue;
		}
		items[list.count++] = reader_keep(reader, n->text);
	}
	((struct directory_service *)target)->agreement = list;
}

static READER(read_agreement)
{
	static const struct field fields[] = {
		{.name = "fields", .read = read_paths, .offset = 0, .required = true},
	};
	(void)field;
	reader_map(reader, node, fields, COUNT(fields), target);
}

static const struct field service_fields[] = {
	{.name = "id", .read = read_slug, .offset = AT(id), .required = true},
	{.name = "name", .read = read_text, .offset = AT(name), .required = true},
	{.name = "organisation", .read = read_organisation, .offset = 0, .required = true},
	{.name = "partners", .read = read_organisation_ids, .offset = AT(partners)},
	{.name = "funder", .read = read_text, .offset = AT(funder)},
	{.name = "description", .read = read_note, .offset = AT(description)},
	{.name = "role",
		.read = read_choice,
		.offset = AT(role),
		.required = true,
		.choices = roles},
	{.name = "routing",
		.read = read_choice,
		.offset = AT(routing),
		.required = true,
		.choices = routings},
	{.name = "women_specific", .read = read_bool, .offset = AT(women_specific)},
	{.name = "rate_card", .read = read_bool, .offset = AT(rate_card)},
	{.name = "area", .read = read_area, .offset = 0},
	{.name = "authorities", .read = read_authorities, .offset = 0},
	{.name = "pathways",
		.read = read_codes,
		.offset = AT(pathways),
		.required = true,
		WORDS(pathways, "pathway")},
	{.name = "needs",
		.read = read_needs,
		.offset = AT(needs),
		.required = true,
		WORDS(needs, "need")},
	{.name = "specialist_groups",
		.read = read_codes,
		.offset = AT(specialist_groups),
		WORDS(specialist_groups, "specialist group")},
	{.name = "referrers", .read = read_referrers, .offset = 0},
	{.name = "eligibility", .read = read_eligibility, .offset = 0},
	{.name = "cohort", .read = read_cohort, .offset = 0},
	{.name = "window", .read = read_window, .offset = 0},
	{.name = "successor", .read = read_successor, .offset = AT(successor)},
	{.name = "capacity", .read = read_capacity, .offset = 0},
	{.name = "intake", .read = read_intake, .offset = 0},
	{.name = "clocks", .read = read_clocks, .offset = 0},
	{.name = "lead_days", .read = read_int, .offset = AT(lead_days), .max = LEAD_DAYS_MAX},
	{.name = "lead_needs", .read = read_codes, .offset = AT(lead_needs), WORDS(needs, "need")},
	{.name = "delivery", .read = read_delivery, .offset = 0},
	{.name = "agreement", .read = read_agreement, .offset = 0},
	{.name = "confidential_location", .read = read_bool, .offset = AT(confidential_location)},
	{.name = "languages", .read = read_slugs, .offset = AT(languages)},
	{.name = "faith_ethos", .read = read_text, .offset = AT(faith_ethos)},
	{.name = "opening_hours", .read = read_note, .offset = AT(opening_hours)},
	{.name = "assurance_date", .read = read_date, .offset = AT(assurance_date)},
	{.name = "sources", .read = read_notes, .offset = 0, .required = true},
};

void service_read(
	struct reader *reader, const struct yaml_node *root, struct directory_service *service)
{
	*service = (struct directory_service){
		.window_from = INT32_MIN,
		.window_to = INT32_MAX,
		.caseload = -1,
		.per_year = -1,
		.pool_caseload = -1,
		.intake_open = true,
		.lead_days = -1,
		.assurance_date = INT32_MIN,
		.file = arena_str(reader->arena, reader->file),
	};
	reader_map(reader, root, service_fields, COUNT(service_fields), service);
	service_check(reader, root, service);
}
