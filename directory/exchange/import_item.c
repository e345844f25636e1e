/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "directory/exchange/clean.h"
#include "directory/exchange/import.h"
#include "directory/exchange/names.h"
#include "directory/reader.h"

/* What kind of thing an item of a feed is, and organisations. */

static bool has(const json_t *item, const char *key)
{
	const json_t *member = json_object_get(item, key);
	return member != NULL && !json_is_null(member);
}

static void services_within(
	struct exchange_import *import, json_t *item, struct str path, struct str feed_id)
{
	const size_t count = import_list(import, item, path, "services");
	for (size_t i = 0; i < count; i++) {
		json_t *service = import_entry(item, "services", i);
		const struct str at = import_path(import, path, "services", i);
		if (!json_is_object(service)) {
			import_report(import, at, "", "is no object");
			import->counts.refused++;
			continue;
		}
		if (!has(service, "organization") && !has(service, "organization_id")) {
			(void)json_object_set_new(
				service, "organization_id", json_stringn(feed_id.ptr, feed_id.len));
		}
		import_service(import, service, at);
	}
}

/* A service at a location has the service within it. */
static bool within_location(struct exchange_import *import, json_t *item, struct str path)
{
	json_t *service = json_object_get(item, "service");
	if (!json_is_object(service)) {
		return false;
	}
	static const char *const known[] = {"id", "service_id", "service", NULL};
	import_leftovers(import, item, path, known, "a draft holds no locations");
	const struct str at = arena_printf(&import->item, "%.*s.service", STR_ARG(path));
	import_service(import, service, at);
	return true;
}

void import_item(struct exchange_import *import, json_t *item, struct str path, struct str list)
{
	if (!json_is_object(item)) {
		import_report(import, path, "", "is no object");
		import->counts.refused++;
		return;
	}
	if (within_location(import, item, path)) {
		return;
	}
	const bool service = has(item, "status") || has(item, "organization") ||
			     has(item, "organization_id") || has(item, "service_areas") ||
			     has(item, "service_at_locations") || str_is(list, "services");
	const bool organisation = has(item, "services") || has(item, "organization_identifiers") ||
				  has(item, "legal_status") || has(item, "tax_status") ||
				  has(item, "programs") || has(item, "website") ||
				  str_has_prefix(list, STR("organi"));
	if (organisation && !str_is(list, "services")) {
		struct str id = import_text(import, item, path, "id", LIMIT_ID_BYTES, false, false);
		(void)import_organisation(import, item, path);
		services_within(import, item, path, id);
		return;
	}
	if (service) {
		import_service(import, item, path);
		return;
	}
	import->counts.refused++;
	import_report(import, path, "", "is neither a service nor an organisation");
}

/* -- organisations -- */

struct str import_organisation_named(
	struct exchange_import *import, struct str feed_id, struct str slug, struct str name)
{
	const struct table_slot *slot = table_find(&import->organisation_ids, feed_id);
	if (slot != NULL) {
		const struct organisation *there = slot->thing;
		return there->slug;
	}
	struct arena *arena = &import->arena;
	struct organisation *organisation = arena_alloc(arena, sizeof(*organisation));
	if (organisation == NULL) {
		import->err = ERR_NOMEM;
		return (struct str){0};
	}
	organisation->feed_id = arena_str(arena, feed_id);
	organisation->slug = arena_str(arena, import_slug(import, &import->organisation_slugs, slug,
						      name, feed_id, "organisation"));
	organisation->name = arena_str(arena, name);
	organisation->named = name.len > 0;
	const enum err err = table_put(&import->organisation_ids, arena, feed_id, organisation);
	if (err != ERR_OK) {
		import->err = err;
	}
	*import->last = organisation;
	import->last = &organisation->next;
	return organisation->slug;
}

static void text_once(struct arena *arena, struct str *held, struct str text)
{
	if (held->len == 0 && text.len > 0) {
		*held = arena_str(arena, text);
	}
}

static struct str term_text(
	struct exchange_import *import, const json_t *term, struct str path, const char *key)
{
	return import_text(import, term, path, key, LIMIT_TEXT_BYTES, false, false);
}

/* Onward's own terms about an organisation; `slug` gets its id there. */
static void organisation_terms(struct exchange_import *import, json_t *item, struct str path,
	struct organisation *organisation, struct str *slug)
{
	const size_t count = import_list(import, item, path, "attributes");
	for (size_t i = 0; i < count; i++) {
		const json_t *term =
			json_object_get(import_entry(item, "attributes", i), "taxonomy_term");
		const struct str at = import_path(import, path, "attributes", i);
		const struct str taxonomy = term_text(import, term, at, "taxonomy");
		const struct str name = term_text(import, term, at, "name");
		const struct directory_list *kinds = &import->rulebook->party_kinds;
		if (str_is(taxonomy, TAXONOMY_ORGANISATION)) {
			*slug = reader_is_slug(name) ? name : *slug;
		} else if (organisation == NULL) {
			continue;
		} else if (str_is(taxonomy, TAXONOMY_PARTY_KIND) && reader_list_has(kinds, name)) {
			text_once(&import->arena, &organisation->party_kind, name);
		} else if (str_is(taxonomy, TAXONOMY_FAITH)) {
			text_once(&import->arena, &organisation->faith_ethos,
				term_text(import, term, at, "description"));
		} else {
			import_report(import, at, "", "a term that a draft has no place for");
		}
	}
}

/* The contact that a referrer may be shown, as Onward exports it. */
static void contact_take(struct exchange_import *import, json_t *item, struct str path,
	struct organisation *organisation)
{
	const size_t count = import_list(import, item, path, "contacts");
	for (size_t i = 0; i < count; i++) {
		const json_t *contact = import_entry(item, "contacts", i);
		const struct str at = import_path(import, path, "contacts", i);
		const struct str title = term_text(import, contact, at, "title");
		const struct str name = term_text(import, contact, at, "name");
		if (str_is(title, CONTACT_TITLE) && name.len > 0) {
			text_once(&import->arena, &organisation->contact, name);
			organisation->advice_contact = true;
		} else {
			import_report(import, at, "", "a draft holds no named people");
		}
	}
}

static struct organisation *organisation_find(
	const struct exchange_import *import, struct str feed_id)
{
	const struct table_slot *slot = table_find(&import->organisation_ids, feed_id);
	return slot == NULL ? NULL : slot->thing;
}

static void organisation_first_seen(struct exchange_import *import, json_t *item, struct str path,
	struct organisation *organisation)
{
	static const char *const known[] = {"id", "name", "description", "attributes", "contacts",
		"services", "email", "website", NULL};
	struct str slug = {0};
	import_leftovers(import, item, path, known, "a draft has no place for it");
	organisation_terms(import, item, path, organisation, &slug);
	const struct str description =
		import_text(import, item, path, "description", LIMIT_NOTE_BYTES, true, false);
	if (description.len > 0 && !str_equal(description, organisation->name)) {
		import_report(import, path, "description", "an organisation has none in a draft");
	}
	const struct str email = term_text(import, item, path, "email");
	const struct str website = term_text(import, item, path, "website");
	if (email.len + website.len > 0 && email.len + website.len + 2 <= LIMIT_TEXT_BYTES) {
		/* Whether a referrer may be shown it is for a person to say. */
		text_once(&import->arena, &organisation->contact,
			arena_printf(&import->item, "%.*s%s%.*s", STR_ARG(email),
				email.len > 0 && website.len > 0 ? ", " : "", STR_ARG(website)));
		import_report(import, path, "contact",
			"taken from email and website; advice_contact is for a person to set");
	}
}

struct str import_organisation(struct exchange_import *import, json_t *item, struct str path)
{
	struct str id = import_text(import, item, path, "id", LIMIT_ID_BYTES, false, false);
	const struct str name =
		import_text(import, item, path, "name", LIMIT_TEXT_BYTES, false, false);
	struct str slug = {0};
	organisation_terms(import, item, path, NULL, &slug);
	if (id.len == 0) {
		import_report(import, path, "id", "is missing: the name is taken in its place");
		id = arena_printf(&import->item, "name:%.*s", STR_ARG(name));
	}
	/* A partner that was only named before is the same organisation. */
	char uuid[EXCHANGE_UUID_SIZE];
	if (slug.len > 0) {
		exchange_uuid("organisation", slug, STR(""), uuid);
		slug = str_is(id, uuid) ? slug : (struct str){0};
	}
	const bool seen = organisation_find(import, id) != NULL;
	const struct str result = import_organisation_named(import, id, slug, name);
	struct organisation *organisation = organisation_find(import, id);
	if (organisation == NULL) {
		return result;
	}
	if (!organisation->named && name.len > 0) {
		organisation->name = arena_str(&import->arena, name);
		organisation->named = true;
	} else if (name.len > 0 && !str_equal(organisation->name, name)) {
		import_report(import, path, "name",
			"the same id has another name elsewhere: the first is kept");
	}
	if (!seen || !organisation->described) {
		organisation->described = true;
		organisation_first_seen(import, item, path, organisation);
	}
	contact_take(import, item, path, organisation);
	return result;
}

void import_organisations_write(struct exchange_import *import)
{
	if (import->first == NULL || import->err != ERR_OK) {
		return;
	}
	arena_reset(&import->item);
	draft_area(import);
	(void)import_draft(
		import, arena_printf(&import->item, "%.*s/area.yaml", STR_ARG(import->area)));
	for (struct organisation *o = import->first; o != NULL; o = o->next) {
		arena_reset(&import->item);
		const struct str path = arena_printf(&import->item, "%.*s/organisations/%.*s.yaml",
			STR_ARG(import->area), STR_ARG(o->slug));
		if (!o->named) {
			import_report(import, path, "name",
				"services name an organisation that is not in the feed");
		}
		draft_organisation(import, o);
		if (import_draft(import, path) != ERR_OK) {
			return;
		}
		import->counts.organisations++;
	}
}
