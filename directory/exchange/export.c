/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/json_write.h"
#include "directory/exchange/exchange.h"
#include "directory/exchange/names.h"
#include "directory/exchange/public.h"

enum {
	MEMBERS = 40 /* of one object; a service has 24 */
};

struct exporter {
	struct arena arena; /* of one service */
	const struct exchange_export *options;
	const struct directory_service *service;
	struct str owner; /* the uuid that attributes are about */
	struct exchange_exported *counts;
};

static struct value uuid_of(
	struct exporter *exporter, const char *kind, struct str id, struct str part)
{
	char text[EXCHANGE_UUID_SIZE];
	exchange_uuid(kind, id, part, text);
	return value_of_str(arena_str(&exporter->arena, str_from(text)));
}

/* Without the blanks and line ends around it, which say nothing and which importers take off. */
static struct str trimmed(struct str text)
{
	while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\n')) {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\n')) {
		text.len--;
	}
	return text;
}

static void put(struct exporter *exporter, struct value *map, const char *key, struct str text)
{
	text = trimmed(text);
	if (text.len > 0) {
		value_put(&exporter->arena, map, key, value_of_str(text));
	}
}

/* The list when it holds anything; an empty one says nothing. */
static void put_list(
	struct exporter *exporter, struct value *map, const char *key, struct value list)
{
	if (list.list.count > 0) {
		value_put(&exporter->arena, map, key, list);
	}
}

/* A term of one of our taxonomies, tied to the service or organisation. */
static void attribute(struct exporter *exporter, struct value *list, const char *entity,
	const char *taxonomy, struct str name, struct str description)
{
	struct arena *arena = &exporter->arena;
	const struct str part = arena_printf(arena, "%s\n%.*s", taxonomy, STR_ARG(name));
	struct value term = value_map_new(arena, 8);
	value_put(arena, &term, "id", uuid_of(exporter, "term", part, trimmed(description)));
	if (exporter->options->profile == EXCHANGE_HSDS) {
		put(exporter, &term, "code", name);
	}
	put(exporter, &term, "name", name);
	put(exporter, &term, "description", description.len > 0 ? description : name);
	put(exporter, &term, "taxonomy", str_from(taxonomy));
	struct value map = value_map_new(arena, 8);
	value_put(arena, &map, "id", uuid_of(exporter, "attribute", exporter->owner, part));
	put(exporter, &map, "link_id", exporter->owner);
	value_put(arena, &map, "taxonomy_term_id", term.map.entries[0].value);
	put(exporter, &map, "link_type", str_from(taxonomy));
	if (exporter->options->profile == EXCHANGE_HSDS) {
		put(exporter, &map, "link_entity", str_from(entity));
	}
	value_put(arena, &map, "taxonomy_term", term);
	value_push(arena, list, map);
}

static void term(struct exporter *exporter, struct value *list, const char *taxonomy,
	struct str name, struct str description)
{
	if (name.len > 0) {
		attribute(exporter, list, "service", taxonomy, name, description);
	}
}

static void terms(struct exporter *exporter, struct value *list, const char *taxonomy,
	const struct directory_list *names)
{
	for (size_t i = 0; i < names->count; i++) {
		term(exporter, list, taxonomy, names->items[i], STR(""));
	}
}

static void date_term(
	struct exporter *exporter, struct value *list, const char *taxonomy, date_days date)
{
	char text[DATE_TEXT_SIZE];
	if (date != INT32_MIN && date != INT32_MAX) {
		date_format(date, text);
		term(exporter, list, taxonomy, arena_str(&exporter->arena, str_from(text)),
			STR(""));
	}
}

static void clause_terms(struct exporter *exporter, struct value *list,
	const struct directory_clause *clause, bool cohort)
{
	if (!public_clause(exporter->options->rulebook, clause->cel)) {
		exporter->counts->clauses_withheld++;
		return;
	}
	term(exporter, list, cohort ? TAXONOMY_COHORT : TAXONOMY_CLAUSE, clause->id, clause->means);
	term(exporter, list, cohort ? TAXONOMY_COHORT_CEL : TAXONOMY_CLAUSE_CEL, clause->id,
		clause->cel);
	if (clause->ask) {
		term(exporter, list, TAXONOMY_CLAUSE_ASK, clause->id, clause->question);
	}
}

static void eligibility_terms(struct exporter *exporter, struct value *list)
{
	const struct directory_service *service = exporter->service;
	const size_t before = exporter->counts->clauses_withheld;
	for (size_t i = 0; i < service->eligibility.count; i++) {
		clause_terms(exporter, list, &service->eligibility.items[i], false);
	}
	if (exporter->counts->clauses_withheld > before) {
		term(exporter, list, TAXONOMY_WITHHELD, STR("eligibility"),
			STR("Part of who the service is for is not published; ask the service."));
	}
	for (size_t i = 0; i < service->cohort.count; i++) {
		clause_terms(exporter, list, &service->cohort.items[i], true);
	}
}

static const char *role_name(enum directory_role role)
{
	switch (role) {
	case DIRECTORY_LEAD:
		return "lead";
	case DIRECTORY_SPECIALIST:
		return "specialist";
	case DIRECTORY_DUTY:
		break;
	}
	return "duty-to-refer";
}

static size_t attributes_most(const struct directory_service *s)
{
	return 16 + s->partners.count + s->pathways.count + s->needs.count +
	       s->specialist_groups.count + s->referrer_kinds.count + s->lead_needs.count +
	       s->languages.count + 3 * (s->eligibility.count + s->cohort.count);
}

static struct value service_attributes(struct exporter *exporter, const struct directory *directory)
{
	const struct directory_service *s = exporter->service;
	struct value list = value_list_new(&exporter->arena, attributes_most(s));
	term(exporter, &list, TAXONOMY_SERVICE, s->id, STR(""));
	term(exporter, &list, TAXONOMY_ROLE, str_from(role_name(s->role)), STR(""));
	for (size_t i = 0; i < s->partners.count; i++) {
		const struct directory_organisation *partner =
			directory_organisation_find(directory, s->partners.items[i]);
		term(exporter, &list, TAXONOMY_PARTNER, s->partners.items[i],
			partner == NULL ? STR("") : partner->name);
	}
	if (s->women_specific) {
		term(exporter, &list, TAXONOMY_WOMEN, STR("true"), STR("For women."));
	}
	if (s->confidential_location) {
		term(exporter, &list, TAXONOMY_CONFIDENTIAL, STR("true"),
			STR("Where the service is is not published."));
	}
	terms(exporter, &list, TAXONOMY_PATHWAY, &s->pathways);
	terms(exporter, &list, TAXONOMY_NEED, &s->needs);
	if (s->needs_stated && s->needs.count == 0) {
		term(exporter, &list, TAXONOMY_NO_NEED, STR("true"), STR(""));
	}
	terms(exporter, &list, TAXONOMY_GROUP, &s->specialist_groups);
	terms(exporter, &list, TAXONOMY_REFERRER, &s->referrer_kinds);
	eligibility_terms(exporter, &list);
	date_term(exporter, &list, TAXONOMY_FROM, s->window_from);
	date_term(exporter, &list, TAXONOMY_TO, s->window_to);
	if (s->lead_days >= 0) {
		term(exporter, &list, TAXONOMY_LEAD_DAYS,
			arena_printf(&exporter->arena, "%lld", (long long)s->lead_days), STR(""));
	}
	terms(exporter, &list, TAXONOMY_LEAD_NEED, &s->lead_needs);
	terms(exporter, &list, TAXONOMY_LANGUAGE, &s->languages);
	term(exporter, &list, TAXONOMY_FAITH, s->faith_ethos.len > 0 ? STR("service") : STR(""),
		s->faith_ethos);
	return list;
}

static struct value organisation_value(struct exporter *exporter)
{
	struct arena *arena = &exporter->arena;
	const struct directory_organisation *o = exporter->service->organisation;
	const struct str contact = public_contact(exporter->service);
	struct value map = value_map_new(arena, MEMBERS);
	const struct value id = uuid_of(exporter, "organisation", o->id, STR(""));
	value_put(arena, &map, "id", id);
	put(exporter, &map, "name", o->name);
	put(exporter, &map, "description", o->name);
	if (contact.len > 0 && exporter->options->profile == EXCHANGE_HSDS) {
		struct value contacts = value_list_new(arena, 1);
		struct value entry = value_map_new(arena, 4);
		value_put(arena, &entry, "id", uuid_of(exporter, "contact", o->id, STR("")));
		value_put(arena, &entry, "organization_id", id);
		put(exporter, &entry, "name", contact);
		put(exporter, &entry, "title", STR(CONTACT_TITLE));
		value_push(arena, &contacts, entry);
		value_put(arena, &map, "contacts", contacts);
	}
	struct value list = value_list_new(arena, 4);
	exporter->owner = id.string;
	attribute(exporter, &list, "organization", TAXONOMY_ORGANISATION, o->id, STR(""));
	if (o->party_kind.len > 0) {
		attribute(exporter, &list, "organization", TAXONOMY_PARTY_KIND, o->party_kind,
			STR(""));
	}
	if (o->faith_ethos.len > 0) {
		attribute(exporter, &list, "organization", TAXONOMY_FAITH, STR("organisation"),
			o->faith_ethos);
	}
	value_put(arena, &map, "attributes", list);
	return map;
}

static struct value areas_value(struct exporter *exporter, struct value service_id)
{
	struct arena *arena = &exporter->arena;
	const struct directory_service *s = exporter->service;
	struct value list = value_list_new(arena, s->authorities.count);
	for (size_t i = 0; i < s->authorities.count; i++) {
		const struct str code = s->authorities.items[i];
		const struct directory_authority *authority = directory_authority_by_code(code);
		struct value map = value_map_new(arena, 8);
		value_put(arena, &map, "id", uuid_of(exporter, "area", s->id, code));
		value_put(arena, &map, "service_id", service_id);
		put(exporter, &map, "name", authority == NULL ? code : authority->name);
		put(exporter, &map, "extent", code);
		put(exporter, &map, "extent_type", STR(GSS_EXTENT_TYPE));
		put(exporter, &map, "uri", arena_printf(arena, GSS_URI "%.*s", STR_ARG(code)));
		if (exporter->options->profile == EXCHANGE_UK) {
			put(exporter, &map, "service_area", code);
		}
		value_push(arena, &list, map);
	}
	return list;
}

/* A list of one object: id, the service, and up to two texts.  Empty when the first text is. */
static struct value single(struct exporter *exporter, const char *kind, struct value service_id,
	const char *key, struct str text, const char *other_key, struct str other)
{
	struct arena *arena = &exporter->arena;
	struct value list = value_list_new(arena, 1);
	if (text.len > 0) {
		struct value map = value_map_new(arena, 4);
		value_put(
			arena, &map, "id", uuid_of(exporter, kind, exporter->service->id, STR("")));
		value_put(arena, &map, "service_id", service_id);
		put(exporter, &map, key, text);
		put(exporter, &map, other_key, other);
		value_push(arena, &list, map);
	}
	return list;
}

/* The standard's own words for who it is for, beside the clauses. */
static void eligibility_put(struct exporter *exporter, struct value *map)
{
	const struct directory_service *s = exporter->service;
	const struct public_ages ages = public_ages(s);
	struct str words = {0};
	for (size_t i = 0; i < s->eligibility.count; i++) {
		const struct directory_clause *clause = &s->eligibility.items[i];
		if (public_clause(exporter->options->rulebook, clause->cel)) {
			words = arena_printf(&exporter->arena, "%.*s%s%.*s", STR_ARG(words),
				words.len > 0 ? "\n" : "", STR_ARG(clause->means));
		}
	}
	if (exporter->options->profile == EXCHANGE_HSDS) {
		put(exporter, map, "eligibility_description", words);
	}
	if (ages.least >= 0) {
		value_put(&exporter->arena, map, "minimum_age", value_of_int(ages.least));
	}
	if (ages.most >= 0) {
		value_put(&exporter->arena, map, "maximum_age", value_of_int(ages.most));
	}
}

static struct value languages_value(struct exporter *exporter, struct value service_id)
{
	struct arena *arena = &exporter->arena;
	const struct directory_service *s = exporter->service;
	struct value list = value_list_new(arena, s->languages.count);
	/* The UK profile has no member for which language it is. */
	const bool named = exporter->options->profile == EXCHANGE_HSDS;
	for (size_t i = 0; named && i < s->languages.count; i++) {
		struct value map = value_map_new(arena, 4);
		const struct str code = s->languages.items[i];
		value_put(arena, &map, "id", uuid_of(exporter, "language", s->id, code));
		value_put(arena, &map, "service_id", service_id);
		put(exporter, &map, "name", code);
		put(exporter, &map, "code", code);
		value_push(arena, &list, map);
	}
	return list;
}

static struct str status_of(const struct exporter *exporter)
{
	const struct directory_service *s = exporter->service;
	const date_days at = exporter->options->at;
	if (at != INT32_MIN && (at < s->window_from || at > s->window_to)) {
		return STR("inactive");
	}
	return s->intake_open ? STR("active") : STR("temporarily closed");
}

static struct value service_value(struct exporter *exporter, const struct directory *directory)
{
	struct arena *arena = &exporter->arena;
	const struct directory_service *s = exporter->service;
	const bool uk = exporter->options->profile == EXCHANGE_UK;
	struct value map = value_map_new(arena, MEMBERS);
	const struct value id = uuid_of(exporter, "service", s->id, STR(""));
	char date[DATE_TEXT_SIZE] = "";
	value_put(arena, &map, "id", id);
	value_put(arena, &map, "organization_id",
		uuid_of(exporter, "organisation", s->organisation->id, STR("")));
	put(exporter, &map, "name", s->name);
	put(exporter, &map, "description", public_description(s));
	put(exporter, &map, "status", status_of(exporter));
	eligibility_put(exporter, &map);
	if (s->assurance_date != INT32_MIN) {
		date_format(s->assurance_date, date);
		put(exporter, &map, "assured_date", arena_str(arena, str_from(date)));
	}
	put_list(exporter, &map, "schedules",
		single(exporter, "schedule", id, "description", public_opening_hours(s), "",
			STR("")));
	put_list(exporter, &map, "service_areas", areas_value(exporter, id));
	put_list(exporter, &map, "languages", languages_value(exporter, id));
	value_put(arena, &map, "organization", organisation_value(exporter));
	put_list(exporter, &map, "funding",
		single(exporter, "funding", id, "source", s->funder, "", STR("")));
	put_list(exporter, &map, "cost_options",
		single(exporter, "cost", id, "option",
			s->rate_card ? STR(RATE_CARD_OPTION) : STR(""), "amount_description",
			STR("Paid for by the referral, by those who may refer.")));
	put_list(exporter, &map, "contacts",
		single(exporter, "service contact", id, "name", uk ? public_contact(s) : STR(""),
			"title", STR(CONTACT_TITLE)));
	exporter->owner = id.string;
	value_put(arena, &map, "attributes", service_attributes(exporter, directory));
	return map;
}

enum err exchange_export(const struct directory *directory, const struct exchange_export *options,
	struct exchange_exported *ret_exported)
{
	struct exchange_exported counts = {.services = directory->service_count};
	struct exporter exporter = {.options = options, .counts = &counts};
	struct buf out = {0};
	enum err err = ERR_OK;
	arena_init(&exporter.arena, 0);
	buf_printf(&out,
		"{\"total_items\":%zu,\"total_pages\":1,\"page_number\":1,\"size\":%zu,"
		"\"first_page\":true,\"last_page\":true,\"empty\":%s,\"contents\":[\n",
		counts.services, counts.services, counts.services == 0 ? "true" : "false");
	for (size_t i = 0; err == ERR_OK && i < directory->service_count; i++) {
		exporter.service = &directory->services[i];
		counts.confidential += exporter.service->confidential_location;
		arena_reset(&exporter.arena);
		const struct value value = service_value(&exporter, directory);
		if (arena_failed(&exporter.arena)) {
			err = ERR_NOMEM;
			break;
		}
		json_write(&out, &value);
		buf_add_text(&out, i + 1 < directory->service_count ? ",\n" : "\n");
		err = out.failed ? ERR_NOMEM : options->write(options->context, buf_str(&out));
		buf_reset(&out);
	}
	buf_add_text(&out, "]}\n");
	if (err == ERR_OK) {
		err = out.failed ? ERR_NOMEM : options->write(options->context, buf_str(&out));
	}
	buf_finish(&out);
	arena_finish(&exporter.arena);
	if (err == ERR_OK) {
		*ret_exported = counts;
	}
	return err;
}
