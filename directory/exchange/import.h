/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_IMPORT_H
#define ONWARD_DIRECTORY_EXCHANGE_IMPORT_H
#include "directory/exchange/exchange.h"
#include "directory/exchange/feed.h"
#include "directory/exchange/table.h"

#include <jansson.h>
/* Internal: the parts of an import. */

enum {
	PATH_SIZE = 200,
	CLAUSES_MOST = 64, /* as a directory takes them: LIMIT_LIST */
};

struct organisation {
	struct str feed_id, slug, name, party_kind, faith_ethos, contact;
	bool advice_contact;
	bool named;
	bool described; /* its own members were read, not only its id or name */
	struct organisation *next;
};

struct exchange_import {
	struct arena arena; /* what lasts: organisations, ids */
	struct arena item;  /* of one item */
	struct str area;
	const struct directory_rulebook *rulebook;
	struct exchange_sink sink;
	struct feed feed;
	struct exchange_imported counts;
	struct str around; /* id of the organisation whose list of services is read, or empty */
	struct table organisation_ids, organisation_slugs, service_ids, service_slugs;
	struct organisation *first, **last; /* in the order of the feed */
	struct tables *tables;              /* of a CSV package; NULL: none came */
	struct buf text;                    /* of an item, as UTF-8 */
	struct buf draft;
	enum err err; /* the first that ends the import */
};

/* A clause as its terms arrive, in any order. */
struct clause_draft {
	struct str id, cel, means, question;
	bool ask;
};
struct clause_drafts {
	struct clause_draft items[CLAUSES_MOST];
	size_t count;
};

struct words {
	struct str *items;
	size_t count, room;
};

/* What is known of a service; texts are in import->item. */
struct service_draft {
	struct str feed_id, id, name, description, funder, organisation, opening_hours;
	struct str role, faith_ethos, window_from, window_to, assurance_date, lead_days;
	bool ours; /* it came out of Onward: its texts are as they were */
	bool women_specific, rate_card, paused, confidential, no_need, inactive;
	struct words authorities, partners, pathways, needs, groups, referrers, lead_needs;
	struct words languages;
	struct clause_drafts eligibility, cohort;
	int64_t minimum_age, maximum_age; /* -1: none */
	struct str eligibility_words;
};

/* -- what all parts use (import.c) -- */
/* "PATH.key: reason"; an empty key: of the whole. */
void import_report(struct exchange_import *import, struct str path, const char *key,
	const char *format, ...) PRINTF_LIKE(4, 5);
struct str import_path(
	struct exchange_import *import, struct str path, const char *key, size_t index);
/* The member as text, whatever it is; what had to be changed is reported. */
struct str import_text(struct exchange_import *import, const json_t *object, struct str path,
	const char *key, size_t limit, bool lines, bool html);
/* Any member not in `known` (names, NULL last) and not empty is reported. */
void import_leftovers(struct exchange_import *import, json_t *object, struct str path,
	const char *const *known, const char *reason);
/* How many entries the list under the key has; what is no list is reported, and one object alone is
 * taken as a list of one.  `import_entry` gives them, and may give what is no object. */
size_t import_list(
	struct exchange_import *import, const json_t *object, struct str path, const char *key);
json_t *import_entry(const json_t *object, const char *key, size_t index);
/* False when it was there. */
bool import_word_add(struct exchange_import *import, struct words *words, struct str word);
enum err import_draft(struct exchange_import *import, struct str path);
/* A slug that nothing of the kind has yet; `wanted` when it is free. */
struct str import_slug(struct exchange_import *import, struct table *taken, struct str wanted,
	struct str name, struct str feed_id, const char *fallback);

/* -- items -- */
/* `list` is the name of the list it stood in. */
void import_item(struct exchange_import *import, json_t *item, struct str path, struct str list);
void import_service(struct exchange_import *import, json_t *item, struct str path);
/* Both give the slug; an organisation that is only named has a place until the end, to be filled
 * when it comes. */
struct str import_organisation(struct exchange_import *import, json_t *item, struct str path);
struct str import_organisation_named(
	struct exchange_import *import, struct str feed_id, struct str slug, struct str name);
void import_organisations_write(struct exchange_import *import);
void import_attributes(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft);
void import_areas(
	struct exchange_import *import, json_t *item, struct str path, struct service_draft *draft);
/* YAML of a service, into import->draft. */
void draft_service(struct exchange_import *import, const struct service_draft *draft);
void draft_organisation(struct exchange_import *import, const struct organisation *organisation);
void draft_area(struct exchange_import *import);

/* -- a CSV package -- */
enum err tables_add(struct exchange_import *import, struct str name, struct str csv);
void tables_join(struct exchange_import *import);
void tables_destroy(struct tables *tables);
#endif
