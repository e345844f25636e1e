/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

/* The value of that key, or the whole when it is absent: where a problem is shown. */
static const struct yaml_node *at(const struct yaml_node *root, const char *key)
{
	const struct yaml_node *node = yaml_get(root, key);
	return node == NULL ? root : node;
}

/* A problem about a key that is not there. */
static void absent(
	struct reader *reader, const struct yaml_node *root, const char *key, const char *message)
{
	reader->code = "missing";
	reader_problem_at(reader, reader->file, root->line, key, "%s", message);
}

static void area_check(struct reader *reader, const struct yaml_node *root)
{
	const bool area = yaml_get(root, "area") != NULL;
	const bool authorities = yaml_get(root, "authorities") != NULL;
	if (area && authorities) {
		reader_problem(reader, at(root, "area"),
			"stands beside authorities; only one of the two can be right");
	}
	if (!area && !authorities) {
		absent(reader, root, "authorities",
			"covers nothing; name authorities or write area: not-stated");
	}
}

static void needs_check(struct reader *reader, const struct yaml_node *root,
	const struct directory_service *service)
{
	const struct yaml_node *needs = yaml_get(root, "needs");
	if (needs != NULL && needs->kind == YAML_LIST && needs->count == 0 &&
		service->specialist_groups.count == 0) {
		reader_problem(reader, needs,
			"takes no need and no specialist group, so nobody can be sent there");
	}
	const struct yaml_node *lead_needs = yaml_get(root, "lead_needs");
	if (lead_needs == NULL) {
		return;
	}
	if (yaml_get(root, "lead_days") == NULL) {
		reader_problem(reader, lead_needs, "says nothing without lead_days");
	}
	if (!service->needs_stated) {
		return;
	}
	for (const struct yaml_node *n = lead_needs->first; n != NULL; n = n->next) {
		if (reader_list_has(&reader->rulebook->needs, n->text) &&
			!reader_list_has(&service->needs, n->text)) {
			reader_problem(reader, n, "is not among the needs the service takes");
		}
	}
}

/* Whoever is delivered to must be a party, with keys of its own. */
static void party_check(struct reader *reader, const struct yaml_node *root,
	const struct directory_service *service)
{
	const struct yaml_node *party = yaml_get(yaml_get(root, "delivery"), "party");
	const struct directory_organisation *organisation =
		directory_organisation_find(reader->directory, service->delivery_party);
	if (party != NULL && organisation != NULL && organisation->party_kind.len == 0) {
		reader_problem(reader, party,
			"the organisation is no party: its party_kind is not-stated");
	}
}

/* Entries under the key of a map, good or bad; 0 when there is no such list. */
static size_t entries(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *list = yaml_get(map, key);
	return list == NULL ? 0 : list->count;
}

static void routable_check(struct reader *reader, const struct yaml_node *root,
	const struct directory_service *service)
{
	const struct yaml_node *routing = yaml_get(root, "routing");
	if (routing == NULL || !str_is(routing->text, "routable")) {
		return;
	}
	if (yaml_get(root, "delivery") == NULL) {
		absent(reader, root, "delivery", "is missing, though the service is routable");
	}
	if (yaml_get(root, "agreement") == NULL) {
		absent(reader, root, "agreement",
			"is missing, though the service is routable; fields: [] lets a reference "
			"leave and nothing else");
	}
	if (!service->area_stated) {
		return;
	}
	const struct yaml_node *referrers = yaml_get(root, "referrers");
	if (entries(referrers, "parties") + entries(referrers, "kinds") == 0) {
		reader_problem_at(reader, reader->file, at(root, "referrers")->line, "referrers",
			"nobody may refer, though the service is routable");
	}
	const struct yaml_node *pathways = yaml_get(root, "pathways");
	if (pathways != NULL && (pathways->count == 0 || reader_is_not_stated(pathways))) {
		reader_problem(
			reader, pathways, "names no pathway, though the service is routable");
	}
}

static void window_check(struct reader *reader, const struct yaml_node *root,
	const struct directory_service *service)
{
	if (service->window_from > service->window_to) {
		reader_problem(reader, at(root, "window"), "ends before it begins");
	}
}

static void clause_ids_check(struct reader *reader, const struct yaml_node *root,
	const struct directory_service *service)
{
	for (size_t i = 0; i < service->cohort.count; i++) {
		for (size_t e = 0; e < service->eligibility.count; e++) {
			const struct str id = service->cohort.items[i].id;
			if (id.len > 0 && str_equal(id, service->eligibility.items[e].id)) {
				reader_problem(reader, at(root, "cohort"),
					"the id \"%.*s\" is a clause of eligibility as well",
					STR_ARG(id));
			}
		}
	}
}

static void languages_check(struct reader *reader, const struct yaml_node *root)
{
	const struct yaml_node *languages = yaml_get(root, "languages");
	const struct yaml_node *n = languages == NULL ? NULL : languages->first;
	for (; n != NULL; n = n->next) {
		if (n->text.len < 2 ||
			(n->text.len > 3 && n->text.ptr[2] != '-' && n->text.ptr[3] != '-')) {
			reader_problem(reader, n, "must be a language code such as so or pl");
		}
	}
}

void service_check(
	struct reader *reader, const struct yaml_node *root, struct directory_service *service)
{
	if (root->kind != YAML_MAP) {
		return;
	}
	area_check(reader, root);
	area_codes_check(reader, root, service);
	needs_check(reader, root, service);
	party_check(reader, root, service);
	routable_check(reader, root, service);
	window_check(reader, root, service);
	capacity_check(reader, yaml_get(root, "capacity"), service);
	clause_ids_check(reader, root, service);
	languages_check(reader, root);
	const struct yaml_node *fields = yaml_get(yaml_get(root, "agreement"), "fields");
	if (fields != NULL && service->agreement.count > 0) {
		agreement_check(reader, root, fields, service);
	}
}
