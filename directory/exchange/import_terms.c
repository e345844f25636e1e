/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "directory/exchange/import.h"
#include "directory/exchange/names.h"
#include "directory/reader.h"

/* Where a service is for, and Onward's own terms. */

static struct str line_of(
	struct exchange_import *import, const json_t *object, struct str path, const char *key)
{
	return import_text(import, object, path, key, LIMIT_TEXT_BYTES, false, false);
}

/* The authority a text names, by code, by the code at the end of an address, or by exact name. */
static const struct directory_authority *authority_of(struct str text)
{
	const char *slash = text.len == 0 ? NULL : memrchr(text.ptr, '/', text.len);
	const struct directory_authority *authority = directory_authority_by_code(text);
	if (authority == NULL && slash != NULL) {
		const size_t at = (size_t)(slash - text.ptr) + 1;
		authority = directory_authority_by_code((struct str){text.ptr + at, text.len - at});
	}
	return authority != NULL || text.len == 0 ? authority : directory_authority_by_name(text);
}

/* Two members that name two authorities: neither can be believed. */
static const struct directory_authority *area_authority(
	struct exchange_import *import, const json_t *entry, struct str path)
{
	static const char *const members[] = {"service_area", "extent", "uri", "name"};
	const struct directory_authority *found = NULL;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		/* An extent may be a drawing of any length; only a short one can be a code. */
		const json_t *member = json_object_get(entry, members[i]);
		if (!json_is_string(member) || json_string_length(member) > LIMIT_TEXT_BYTES) {
			continue;
		}
		const struct directory_authority *here =
			authority_of(line_of(import, entry, path, members[i]));
		if (here != NULL && found != NULL && !str_equal(here->name, found->name)) {
			import_report(import, path, "",
				"names two authorities, so that neither is taken");
			return NULL;
		}
		found = found == NULL ? here : found;
	}
	if (found == NULL) {
		import_report(import, path, "",
			"names no local authority by code or exact name: not guessed");
	}
	return found;
}

void import_areas(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	static const char *const known[] = {
		"id", "service_id", "name", "extent", "extent_type", "uri", "service_area", NULL};
	const size_t count = import_list(import, item, path, "service_areas");
	for (size_t i = 0; i < count; i++) {
		json_t *entry = import_entry(item, "service_areas", i);
		const struct str at = import_path(import, path, "service_areas", i);
		const struct directory_authority *authority = area_authority(import, entry, at);
		import_leftovers(import, entry, at, known, "an area is an authority in a draft");
		if (authority != NULL &&
			!import_word_add(import, &draft->authorities, authority->code)) {
			import_report(import, at, "", "names the same authority again");
		}
	}
	if (draft->authorities.count == 0) {
		import_report(import, path, "service_areas",
			count == 0 ? "is missing: area not-stated" : "area not-stated");
	}
}

/* -- terms -- */

struct terms {
	struct exchange_import *import;
	struct service_draft *draft;
	struct str path, taxonomy, name, description;
};

static void code_take(struct terms *terms, struct words *words, const struct directory_list *known)
{
	if (known != NULL && !reader_list_has(known, terms->name)) {
		import_report(terms->import, terms->path, "", "a code that is not known here");
	} else if (known == NULL && !reader_is_slug(terms->name)) {
		import_report(terms->import, terms->path, "", "is no id");
	} else if (!import_word_add(terms->import, words, terms->name)) {
		import_report(terms->import, terms->path, "", "stands twice");
	}
}

static struct clause_draft *clause_of(struct terms *terms, struct clause_drafts *clauses)
{
	for (size_t i = 0; i < clauses->count; i++) {
		if (str_equal(clauses->items[i].id, terms->name)) {
			return &clauses->items[i];
		}
	}
	if (clauses->count == CLAUSES_MOST || !reader_is_slug(terms->name)) {
		import_report(terms->import, terms->path, "",
			"is no id of a clause, or one clause too many");
		return NULL;
	}
	clauses->items[clauses->count] = (struct clause_draft){.id = terms->name};
	return &clauses->items[clauses->count++];
}

static void clause_take(struct terms *terms)
{
	const bool cohort = str_is(terms->taxonomy, TAXONOMY_COHORT) ||
			    str_is(terms->taxonomy, TAXONOMY_COHORT_CEL);
	struct clause_draft *clause =
		clause_of(terms, cohort ? &terms->draft->cohort : &terms->draft->eligibility);
	if (clause == NULL) {
		return;
	}
	if (str_is(terms->taxonomy, TAXONOMY_CLAUSE_CEL) ||
		str_is(terms->taxonomy, TAXONOMY_COHORT_CEL)) {
		clause->cel = terms->description;
	} else if (str_is(terms->taxonomy, TAXONOMY_CLAUSE_ASK)) {
		clause->question = terms->description;
		clause->ask = true;
	} else if (!str_equal(terms->description, terms->name)) {
		clause->means = terms->description;
	}
}

static void date_take(struct terms *terms, struct str *ret_date)
{
	date_days date;
	if (date_parse(terms->name, &date) == ERR_OK) {
		*ret_date = terms->name;
	} else {
		import_report(terms->import, terms->path, "", "is no date such as 2019-06-12");
	}
}

static void partner_take(struct terms *terms)
{
	char uuid[EXCHANGE_UUID_SIZE];
	if (!reader_is_slug(terms->name)) {
		import_report(terms->import, terms->path, "", "is no id");
		return;
	}
	exchange_uuid("organisation", terms->name, STR(""), uuid);
	const struct str feed_id = arena_str(&terms->import->item, str_from(uuid));
	const struct str slug =
		import_organisation_named(terms->import, feed_id, terms->name, terms->description);
	(void)import_word_add(terms->import, &terms->draft->partners, slug);
}

static void number_take(struct terms *terms)
{
	for (size_t i = 0; i < terms->name.len; i++) {
		if (terms->name.ptr[i] < '0' || terms->name.ptr[i] > '9' || i > 3) {
			import_report(terms->import, terms->path, "", "is no number of days");
			return;
		}
	}
	terms->draft->lead_days = terms->name;
}

static bool is_role(struct str name)
{
	return str_is(name, "lead") || str_is(name, "specialist") || str_is(name, "duty-to-refer");
}

/* The lists of codes; false when the taxonomy is none of theirs. */
static bool list_take(struct terms *terms)
{
	const struct directory_rulebook *book = terms->import->rulebook;
	struct service_draft *draft = terms->draft;
	const struct {
		const char *taxonomy;
		struct words *words;
		const struct directory_list *known;
	} lists[] = {
		{TAXONOMY_PATHWAY, &draft->pathways, &book->pathways},
		{TAXONOMY_NEED, &draft->needs, &book->needs},
		{TAXONOMY_GROUP, &draft->groups, &book->specialist_groups},
		{TAXONOMY_REFERRER, &draft->referrers, &book->party_kinds},
		{TAXONOMY_LEAD_NEED, &draft->lead_needs, &book->needs},
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (str_is(terms->taxonomy, lists[i].taxonomy)) {
			code_take(terms, lists[i].words, lists[i].known);
			return true;
		}
	}
	return false;
}

static void term_take(struct terms *terms)
{
	struct service_draft *draft = terms->draft;
	const struct str taxonomy = terms->taxonomy;
	if (list_take(terms)) {
		return;
	}
	if (str_is(taxonomy, TAXONOMY_SERVICE) && reader_is_slug(terms->name)) {
		draft->id = terms->name;
	} else if (str_is(taxonomy, TAXONOMY_ROLE) && is_role(terms->name)) {
		draft->role = terms->name;
	} else if (str_is(taxonomy, TAXONOMY_PARTNER)) {
		partner_take(terms);
	} else if (str_is(taxonomy, TAXONOMY_WOMEN)) {
		draft->women_specific = true;
	} else if (str_is(taxonomy, TAXONOMY_CONFIDENTIAL)) {
		draft->confidential = true;
	} else if (str_is(taxonomy, TAXONOMY_NO_NEED)) {
		draft->no_need = true;
	} else if (str_is(taxonomy, TAXONOMY_FAITH)) {
		draft->faith_ethos = terms->description;
	} else if (str_is(taxonomy, TAXONOMY_FROM)) {
		date_take(terms, &draft->window_from);
	} else if (str_is(taxonomy, TAXONOMY_TO)) {
		date_take(terms, &draft->window_to);
	} else if (str_is(taxonomy, TAXONOMY_LEAD_DAYS)) {
		number_take(terms);
	} else if (str_is(taxonomy, TAXONOMY_WITHHELD)) {
		import_report(terms->import, terms->path, "",
			"part of who the service is for was not published: its clauses are not "
			"whole");
	} else if (str_is(taxonomy, TAXONOMY_LANGUAGE)) {
		/* Under HSDS the languages stand in their own list as well. */
		(void)(reader_is_slug(terms->name) &&
			import_word_add(terms->import, &draft->languages, terms->name));
	} else if (str_has_prefix(taxonomy, STR(TAXONOMY_CLAUSE)) ||
		   str_has_prefix(taxonomy, STR(TAXONOMY_COHORT))) {
		clause_take(terms);
	} else {
		import_report(terms->import, terms->path, "", "is not understood");
	}
}

/* Clauses that are whole stay; those that are not, or do not compile, are told. */
static void clauses_check(
	struct exchange_import *import, struct str path, struct clause_drafts *clauses, bool cohort)
{
	const struct directory_rulebook *book = import->rulebook;
	size_t kept = 0;
	for (size_t i = 0; i < clauses->count; i++) {
		const struct clause_draft *clause = &clauses->items[i];
		char message[240] = "";
		unsigned line = 0;
		unsigned column = 0;
		const bool whole = clause->cel.len > 0 && (cohort || clause->means.len > 0) &&
				   (!clause->ask || clause->question.len > 0);
		if (!whole) {
			import_report(import, path, "attributes",
				"the clause %.*s is not whole: left out", STR_ARG(clause->id));
		} else if (book->clause_ok != NULL &&
			   !book->clause_ok(book->context, clause->cel, &line, &column, message,
				   sizeof(message))) {
			import_report(import, path, "attributes",
				"the clause %.*s does not compile: left out", STR_ARG(clause->id));
		} else {
			clauses->items[kept++] = *clause;
		}
	}
	clauses->count = kept;
}

void import_attributes(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft)
{
	const size_t count = import_list(import, item, path, "attributes");
	for (size_t i = 0; i < count; i++) {
		const struct str at = import_path(import, path, "attributes", i);
		const json_t *term =
			json_object_get(import_entry(item, "attributes", i), "taxonomy_term");
		struct terms terms = {.import = import,
			.draft = draft,
			.path = at,
			.taxonomy = line_of(import, term, at, "taxonomy"),
			.name = line_of(import, term, at, "name"),
			.description = import_text(
				import, term, at, "description", LIMIT_NOTE_BYTES, true, false)};
		if (term == NULL) {
			import_report(import, at, "", "the term is not in the feed");
		} else if (!str_has_prefix(terms.taxonomy, STR(TAXONOMY_PREFIX))) {
			import_report(import, at, "",
				"a term of a taxonomy that is not Onward's: needs, pathways and "
				"groups are for a person to choose");
		} else {
			term_take(&terms);
		}
	}
	clauses_check(import, path, &draft->eligibility, false);
	clauses_check(import, path, &draft->cohort, true);
	if (draft->role.len == 0) {
		import_report(
			import, path, "role", "is not stated: specialist until a person says");
		draft->role = STR("specialist");
	}
}
