/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/import.h"

/* Drafts as YAML.  Every text is quoted, so that none can be taken for anything else. */

/* Characters of three bytes that YAML takes for line ends, or for none of its own: U+2028, U+2029,
 * U+FEFF, U+FFFE, U+FFFF. */
static bool is_odd(struct str s)
{
	return str_has_prefix(s, STR("\xe2\x80\xa8")) || str_has_prefix(s, STR("\xe2\x80\xa9")) ||
	       str_has_prefix(s, STR("\xef\xbb\xbf")) || str_has_prefix(s, STR("\xef\xbf\xbe")) ||
	       str_has_prefix(s, STR("\xef\xbf\xbf"));
}

static void quoted(struct buf *out, struct str value)
{
	buf_add_text(out, "\"");
	for (size_t i = 0; i < value.len; i++) {
		const char c = value.ptr[i];
		if (c == '"' || c == '\\') {
			buf_printf(out, "\\%c", c);
		} else if (c == '\n') {
			buf_add_text(out, "\\n");
		} else if (is_odd((struct str){value.ptr + i, value.len - i})) {
			const unsigned second = (unsigned char)value.ptr[i + 1];
			const unsigned third = (unsigned char)value.ptr[i + 2];
			buf_printf(out, "\\u%04x",
				((unsigned)(c & 0x0f) << 12) | ((second & 0x3f) << 6) |
					(third & 0x3f));
			i += 2;
		} else {
			buf_append(out, &c, 1);
		}
	}
	buf_add_text(out, "\"");
}

static void text(struct buf *out, const char *key, struct str value)
{
	if (value.len > 0) {
		buf_printf(out, "%s: ", key);
		quoted(out, value);
		buf_add_text(out, "\n");
	}
}

/* Words of a vocabulary or ids; they need no quotes, save where YAML has its own idea of them
 * (the language no). */
static void list(struct buf *out, const char *key, const struct words *words)
{
	buf_printf(out, "%s:\n", key);
	for (size_t i = 0; i < words->count; i++) {
		buf_add_text(out, "  - ");
		quoted(out, words->items[i]);
		buf_add_text(out, "\n");
	}
}

static void list_or(struct buf *out, const char *key, const struct words *words, const char *none)
{
	if (words->count > 0) {
		list(out, key, words);
	} else if (none != NULL) {
		buf_printf(out, "%s: %s\n", key, none);
	}
}

static void clauses(struct buf *out, const char *key, const struct clause_drafts *drafts)
{
	if (drafts->count > 0) {
		buf_printf(out, "%s:\n", key);
	}
	for (size_t i = 0; i < drafts->count; i++) {
		const struct clause_draft *clause = &drafts->items[i];
		text(out, "  - id", clause->id);
		text(out, "    cel", clause->cel);
		text(out, "    means", clause->means);
		if (clause->ask) {
			buf_add_text(out, "    otherwise: ask\n");
			text(out, "    question", clause->question);
		}
	}
}

/* The two ages of the standard as clauses. */
static void age_clauses(struct exchange_import *import, const struct service_draft *draft,
	struct clause_drafts *all)
{
	struct arena *arena = &import->item;
	if (draft->minimum_age >= 0 && all->count < CLAUSES_MOST) {
		const long long age = (long long)draft->minimum_age;
		all->items[all->count++] = (struct clause_draft){.id = STR("minimum-age"),
			.cel = arena_printf(arena, "person.age >= %lld", age),
			.means = arena_printf(
				arena, "The service is for people of %lld and over.", age)};
	}
	if (draft->maximum_age >= 0 && all->count < CLAUSES_MOST) {
		const long long age = (long long)draft->maximum_age;
		all->items[all->count++] = (struct clause_draft){.id = STR("maximum-age"),
			.cel = arena_printf(arena, "person.age <= %lld", age),
			.means = arena_printf(arena, "The service is for people up to %lld.", age)};
	}
}

static void window(struct buf *out, const struct service_draft *draft)
{
	if (draft->window_from.len + draft->window_to.len == 0) {
		return;
	}
	buf_printf(out, "window:\n  from: %.*s\n  to: %.*s\n",
		STR_ARG(draft->window_from.len > 0 ? draft->window_from : STR("not-stated")),
		STR_ARG(draft->window_to.len > 0 ? draft->window_to : STR("not-stated")));
}

static void head(struct buf *out, const char *id_key, struct str id, struct str name)
{
	buf_add_text(out, "# A draft out of a feed: read it before it is published.\n");
	buf_printf(out, "%s: %.*s\n", id_key, STR_ARG(id));
	text(out, "name", name);
}

void draft_service(struct exchange_import *import, const struct service_draft *draft)
{
	struct buf *out = &import->draft;
	struct clause_drafts *all = arena_alloc(&import->item, sizeof(*all));
	if (all == NULL) {
		return; /* the arena has failed, and the draft with it */
	}
	*all = draft->eligibility;
	age_clauses(import, draft, all);
	head(out, "id", draft->id, draft->name);
	text(out, "organisation", draft->organisation);
	list_or(out, "partners", &draft->partners, NULL);
	text(out, "funder", draft->funder);
	text(out, "description", draft->description);
	text(out, "role", draft->role);
	buf_add_text(out, "routing: never\n");
	buf_printf(out, "women_specific: %s\n", draft->women_specific ? "true" : "false");
	if (draft->rate_card) {
		buf_add_text(out, "rate_card: true\n");
	}
	if (draft->authorities.count > 0) {
		list(out, "authorities", &draft->authorities);
	} else {
		buf_add_text(out, "area: not-stated\n");
	}
	list_or(out, "pathways", &draft->pathways, "not-stated");
	list_or(out, "needs", &draft->needs,
		draft->no_need && draft->groups.count > 0 ? "[]" : "not-stated");
	list_or(out, "specialist_groups", &draft->groups, NULL);
	if (draft->referrers.count > 0) {
		buf_add_text(out, "referrers:\n");
		list(out, "  kinds", &draft->referrers);
	}
	clauses(out, "eligibility", all);
	clauses(out, "cohort", &draft->cohort);
	window(out, draft);
	buf_printf(out, "intake: %s\n", draft->paused ? "paused" : "open");
	if (draft->lead_days.len > 0) {
		buf_printf(out, "lead_days: %.*s\n", STR_ARG(draft->lead_days));
		list_or(out, "lead_needs", &draft->lead_needs, NULL);
	}
	if (draft->confidential) {
		buf_add_text(out, "confidential_location: true\n");
	}
	list_or(out, "languages", &draft->languages, NULL);
	text(out, "faith_ethos", draft->faith_ethos);
	text(out, "opening_hours", draft->opening_hours);
	if (draft->assurance_date.len > 0) {
		buf_printf(out, "assurance_date: %.*s\n", STR_ARG(draft->assurance_date));
	}
	buf_add_text(out, "sources:\n  - ");
	quoted(out, draft->feed_id.len == 0
			    ? STR("Out of a feed that gave it no id.")
			    : arena_printf(&import->item, "Out of a feed, where its id is %.*s.",
				      STR_ARG(draft->feed_id)));
	buf_add_text(out, "\n");
}

void draft_organisation(struct exchange_import *import, const struct organisation *organisation)
{
	struct buf *out = &import->draft;
	head(out, "id", organisation->slug,
		organisation->named ? organisation->name : STR("Not named in the feed"));
	buf_printf(out, "party_kind: %.*s\n",
		STR_ARG(organisation->party_kind.len > 0 ? organisation->party_kind
							 : STR("not-stated")));
	text(out, "faith_ethos", organisation->faith_ethos);
	text(out, "contact", organisation->contact);
	if (organisation->advice_contact && organisation->contact.len > 0) {
		buf_add_text(out, "advice_contact: true\n");
	}
}

void draft_area(struct exchange_import *import)
{
	head(&import->draft, "id", import->area, (struct str){0});
	buf_add_text(&import->draft,
		"title: Drafts out of a feed\n"
		"sources:\n"
		"  - A feed of an open standard for service directories; import-report.txt says "
		"what of it is not here.\n"
		"notes:\n"
		"  - >-\n"
		"    No service is chosen by a machine (routing is never) until somebody has read "
		"its draft\n"
		"    and written how it is delivered to and what leaves.\n");
}
