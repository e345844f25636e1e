/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "directory/exchange/import.h"
#include "directory/exchange/names.h"
#include "directory/reader.h"

#include <stdlib.h>

enum {
	AGE_MOST = 130 /* a feed that says more means: no limit */
};

/* One service of a feed -> a draft. */

static struct str line_of(
	struct exchange_import *import, const json_t *object, struct str path, const char *key)
{
	return import_text(import, object, path, key, LIMIT_TEXT_BYTES, false, false);
}

static int64_t age_of(
	struct exchange_import *import, const json_t *item, struct str path, const char *key)
{
	const json_t *member = json_object_get(item, key);
	double age = -1;
	if (member == NULL || json_is_null(member)) {
		return -1;
	}
	if (json_is_number(member)) {
		age = json_number_value(member);
	} else if (json_is_string(member) && json_string_length(member) > 0) {
		char *end = NULL;
		age = strtod(json_string_value(member), &end);
		age = end != NULL && *end == '\0' ? age : -1;
		import_report(import, path, key, "a text where a number is expected");
	}
	if (!(age >= 0 && age <= AGE_MOST)) {
		import_report(import, path, key, "is no age from 0 to %d: left out", AGE_MOST);
		return -1;
	}
	const int64_t whole = (int64_t)age;
	if (age > (double)whole || age < (double)whole) {
		import_report(import, path, key, "is no whole number: left out");
		return -1;
	}
	return whole;
}

static void status_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	const struct str status = line_of(import, item, path, "status");
	if (str_is(status, "active")) {
		return;
	}
	draft->paused = true;
	if (str_is(status, "temporarily closed")) {
		return;
	}
	if (str_is(status, "inactive") || str_is(status, "defunct")) {
		/* What Onward exports as inactive has a window that says so. */
		draft->inactive = true;
		return;
	}
	import_report(import, path, "status",
		status.len == 0 ? "is missing: intake is paused"
				: "is none of the standard's: intake is paused");
}

/* Opening hours are words in a draft: those of the feed, else its figures. */
static void schedules_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	static const char *const known[] = {
		"id", "service_id", "description", "opens_at", "closes_at", "byday", NULL};
	const size_t count = import_list(import, item, path, "schedules");
	struct str all = {0};
	for (size_t i = 0; i < count; i++) {
		json_t *entry = import_entry(item, "schedules", i);
		const struct str at = import_path(import, path, "schedules", i);
		struct str words = import_text(
			import, entry, at, "description", LIMIT_NOTE_BYTES, true, !draft->ours);
		const struct str from = line_of(import, entry, at, "opens_at");
		const struct str to = line_of(import, entry, at, "closes_at");
		const struct str days = line_of(import, entry, at, "byday");
		import_leftovers(import, entry, at, known, "opening hours are words in a draft");
		if (from.len + to.len + days.len > 0) {
			words = arena_printf(&import->item, "%.*s%s%.*s%s%.*s%s%.*s",
				STR_ARG(words), words.len > 0 ? " (" : "", STR_ARG(days),
				days.len > 0 && from.len > 0 ? " " : "", STR_ARG(from),
				to.len > 0 ? " to " : "", STR_ARG(to));
			words = draft->ours || words.len == 0 ||
						memchr(words.ptr, '(', words.len) == NULL
					? words
					: arena_printf(&import->item, "%.*s)", STR_ARG(words));
		}
		all = all.len == 0 ? words
				   : arena_printf(&import->item, "%.*s\n%.*s", STR_ARG(all),
					     STR_ARG(words));
	}
	if (all.len > LIMIT_NOTE_BYTES) {
		import_report(import, path, "schedules", "over %d bytes of words: left out",
			LIMIT_NOTE_BYTES);
		return;
	}
	draft->opening_hours = all;
}

static void languages_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	static const char *const known[] = {"id", "service_id", "code", "name", NULL};
	const size_t count = import_list(import, item, path, "languages");
	for (size_t i = 0; i < count; i++) {
		json_t *entry = import_entry(item, "languages", i);
		const struct str at = import_path(import, path, "languages", i);
		const struct str code = line_of(import, entry, at, "code");
		import_leftovers(import, entry, at, known, "a language is a code in a draft");
		const bool short_one = code.len == 2 || code.len == 3 ||
				       (code.len > 3 && (code.ptr[2] == '-' || code.ptr[3] == '-'));
		if (!short_one || !reader_is_slug(code)) {
			import_report(import, at, "code", "is no language code such as so or pl");
		} else if (!import_word_add(import, &draft->languages, code)) {
			import_report(import, at, "code", "stands twice");
		}
	}
}

static void funding_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	static const char *const known[] = {"id", "service_id", "source", NULL};
	const size_t count = import_list(import, item, path, "funding");
	for (size_t i = 0; i < count; i++) {
		json_t *entry = import_entry(item, "funding", i);
		const struct str at = import_path(import, path, "funding", i);
		const struct str source = line_of(import, entry, at, "source");
		import_leftovers(import, entry, at, known, "of funding a draft holds the source");
		if (draft->funder.len == 0) {
			draft->funder = source;
		} else if (source.len > 0) {
			import_report(import, at, "source", "a draft holds one funder: the first");
		}
	}
}

static void costs_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	const size_t count = import_list(import, item, path, "cost_options");
	for (size_t i = 0; i < count; i++) {
		const json_t *entry = import_entry(item, "cost_options", i);
		const struct str at = import_path(import, path, "cost_options", i);
		if (str_is(line_of(import, entry, at, "option"), RATE_CARD_OPTION)) {
			draft->rate_card = true;
		} else {
			import_report(import, at, "", "a draft holds no costs to the person");
		}
	}
}

static void organisation_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	json_t *nested = json_object_get(item, "organization");
	struct str id = line_of(import, item, path, "organization_id");
	if (json_is_object(nested)) {
		const struct str at =
			arena_printf(&import->item, "%.*s.organization", STR_ARG(path));
		if (id.len > 0 && json_object_get(nested, "id") == NULL) {
			(void)json_object_set(
				nested, "id", json_object_get(item, "organization_id"));
		}
		/* Under the UK profile the contact of the organisation stands with the service. */
		if (json_object_get(nested, "contacts") == NULL && draft->ours) {
			(void)json_object_set(
				nested, "contacts", json_object_get(item, "contacts"));
			(void)json_object_del(item, "contacts");
		}
		draft->organisation = import_organisation(import, nested, at);
		return;
	}
	id = id.len == 0 ? import->around : id;
	if (id.len == 0) {
		import_report(import, path, "organization", "is missing");
	}
	draft->organisation = import_organisation_named(
		import, id.len > 0 ? id : STR("none"), (struct str){0}, (struct str){0});
}

static void texts_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	const bool html = !draft->ours;
	date_days date;
	draft->description =
		import_text(import, item, path, "description", LIMIT_NOTE_BYTES, true, html);
	draft->assurance_date = line_of(import, item, path, "assured_date");
	if (draft->assurance_date.len > 0 && date_parse(draft->assurance_date, &date) != ERR_OK) {
		import_report(
			import, path, "assured_date", "is no date such as 2019-06-12: left out");
		draft->assurance_date = (struct str){0};
	}
	if (draft->ours) {
		return; /* the figures and words below are made of its clauses */
	}
	draft->minimum_age = age_of(import, item, path, "minimum_age");
	draft->maximum_age = age_of(import, item, path, "maximum_age");
	draft->eligibility_words = import_text(
		import, item, path, "eligibility_description", LIMIT_NOTE_BYTES, true, true);
	const struct str words = draft->eligibility_words;
	if (words.len == 0) {
		return;
	}
	import_report(import, path, "eligibility_description",
		"no rule can be read out of words: kept in the description, clauses are to be "
		"written");
	const struct str joined = arena_printf(&import->item, "%.*s%sWho it is for: %.*s",
		STR_ARG(draft->description), draft->description.len > 0 ? "\n" : "",
		STR_ARG(words));
	if (joined.len > LIMIT_NOTE_BYTES) {
		import_report(import, path, "eligibility_description",
			"does not fit into the description: left out");
		return;
	}
	draft->description = joined;
}

static bool is_ours(const json_t *item)
{
	const json_t *attributes = json_object_get(item, "attributes");
	for (size_t i = 0; i < json_array_size(attributes); i++) {
		const char *taxonomy = json_string_value(json_object_get(
			json_object_get(json_array_get(attributes, i), "taxonomy_term"),
			"taxonomy"));
		if (taxonomy != NULL && strcmp(taxonomy, TAXONOMY_SERVICE) == 0) {
			return true;
		}
	}
	return false;
}

/* False when nothing can be made of it. */
static bool identity_take(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	draft->feed_id = import_text(import, item, path, "id", LIMIT_ID_BYTES, false, false);
	draft->name =
		import_text(import, item, path, "name", LIMIT_TEXT_BYTES, false, !draft->ours);
	if (draft->name.len == 0) {
		import_report(import, path, "name", "is missing: no draft can be made");
		return false;
	}
	if (draft->feed_id.len == 0) {
		import_report(import, path, "id", "is missing");
		return true;
	}
	if (table_find(&import->service_ids, draft->feed_id) != NULL) {
		import_report(import, path, "id", "came before: the first is kept");
		return false;
	}
	if (import->err == ERR_OK) {
		import->err = table_put(&import->service_ids, &import->arena, draft->feed_id, NULL);
	}
	return true;
}

void import_service(struct exchange_import *import, json_t *item, struct str path)
{
	static const char *const known[] = {"id", "organization_id", "name", "description",
		"status", "minimum_age", "maximum_age", "eligibility_description", "assured_date",
		"schedules", "service_areas", "languages", "organization", "funding",
		"cost_options", "attributes", NULL};
	struct service_draft draft = {.ours = is_ours(item), .minimum_age = -1, .maximum_age = -1};
	if (!identity_take(import, item, path, &draft)) {
		import->counts.refused++;
		return;
	}
	organisation_take(import, item, path, &draft);
	import_leftovers(import, item, path, known, "a draft has no place for it");
	texts_take(import, item, path, &draft);
	status_take(import, item, path, &draft);
	import_areas(import, item, path, &draft);
	schedules_take(import, item, path, &draft);
	languages_take(import, item, path, &draft);
	funding_take(import, item, path, &draft);
	costs_take(import, item, path, &draft);
	import_attributes(import, item, path, &draft);
	if (draft.inactive && (draft.window_from.len > 0 || draft.window_to.len > 0)) {
		draft.paused = false;
	}
	draft.id = import_slug(
		import, &import->service_slugs, draft.id, draft.name, draft.feed_id, "service");
	draft_service(import, &draft);
	const struct str file = arena_printf(
		&import->item, "%.*s/services/%.*s.yaml", STR_ARG(import->area), STR_ARG(draft.id));
	if (import_draft(import, file) == ERR_OK) {
		import->counts.services++;
	}
}
