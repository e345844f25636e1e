/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_IMAGE_FIELDS_H
#define ONWARD_DIRECTORY_IMAGE_FIELDS_H
#include "directory/directory.h"
/*
 * Internal to directory/: what a binary image holds of each struct of directory.h, as tables from
 * which it is written, read and, in the tests, compared.  Every member stands in its table, in the
 * order of its struct: one that does not breaks the build (image_fields.c).
 *
 * To add a member: one line here, in its place.  Images of before are then not read any more; the
 * YAML is, once.
 */
enum image_kind {
	IMAGE_TEXT,         /* struct str */
	IMAGE_LIST,         /* struct directory_list */
	IMAGE_FLAG,         /* bool */
	IMAGE_CHOICE,       /* an enum from 0 to `most` */
	IMAGE_NUMBER,       /* int64_t */
	IMAGE_DAY,          /* date_days */
	IMAGE_ORGANISATION, /* where one of the directory's is */
	IMAGE_ITEMS,        /* a pointer to records of the type `most`, then how many */
};

/* The types of record.  Those that others hold as IMAGE_ITEMS come first, and hold none. */
enum image_type {
	IMAGE_CLAUSE,
	IMAGE_CLOCK,
	IMAGE_OVERRIDE,
	IMAGE_HELD_TYPES, /* how many of them */
	IMAGE_ORGANISATIONS = IMAGE_HELD_TYPES,
	IMAGE_SERVICES,
	IMAGE_AREAS,
	IMAGE_TYPES
};

/* X(type in C, member, kind, most) */
#define IMAGE_CLAUSE_FIELDS(X)        \
	X(struct str, id, TEXT, 0)    \
	X(struct str, cel, TEXT, 0)   \
	X(struct str, means, TEXT, 0) \
	X(bool, ask, FLAG, 0)         \
	X(struct str, question, TEXT, 0)

#define IMAGE_CLOCK_FIELDS(X)         \
	X(struct str, name, TEXT, 0)  \
	X(int64_t, amount, NUMBER, 0) \
	X(bool, hours, FLAG, 0)

#define IMAGE_OVERRIDE_FIELDS(X)             \
	X(date_days, from, DAY, 0)           \
	X(date_days, to, DAY, 0)             \
	X(int64_t, caseload, NUMBER, 0)      \
	X(int64_t, per_year, NUMBER, 0)      \
	X(int64_t, pool_caseload, NUMBER, 0) \
	X(struct str, note, TEXT, 0)

#define IMAGE_ORGANISATION_FIELDS(X)        \
	X(struct str, id, TEXT, 0)          \
	X(struct str, name, TEXT, 0)        \
	X(struct str, party_kind, TEXT, 0)  \
	X(struct str, faith_ethos, TEXT, 0) \
	X(struct str, contact, TEXT, 0)     \
	X(bool, advice_contact, FLAG, 0)

#define IMAGE_SERVICE_FIELDS(X)                                                 \
	X(struct str, id, TEXT, 0)                                              \
	X(struct str, name, TEXT, 0)                                            \
	X(struct str, description, TEXT, 0)                                     \
	X(struct str, funder, TEXT, 0)                                          \
	X(const struct directory_organisation *, organisation, ORGANISATION, 0) \
	X(struct directory_list, partners, LIST, 0)                             \
	X(enum directory_role, role, CHOICE, DIRECTORY_DUTY)                    \
	X(enum directory_routing, routing, CHOICE, DIRECTORY_NEVER)             \
	X(bool, women_specific, FLAG, 0)                                        \
	X(bool, rate_card, FLAG, 0)                                             \
	X(bool, area_stated, FLAG, 0)                                           \
	X(struct directory_list, authorities, LIST, 0)                          \
	X(bool, needs_stated, FLAG, 0)                                          \
	X(struct directory_list, needs, LIST, 0)                                \
	X(struct directory_list, pathways, LIST, 0)                             \
	X(struct directory_list, specialist_groups, LIST, 0)                    \
	X(struct directory_list, referrer_parties, LIST, 0)                     \
	X(struct directory_list, referrer_kinds, LIST, 0)                       \
	X(struct directory_clauses, eligibility, ITEMS, IMAGE_CLAUSE)           \
	X(struct directory_clauses, cohort, ITEMS, IMAGE_CLAUSE)                \
	X(date_days, window_from, DAY, 0)                                       \
	X(date_days, window_to, DAY, 0)                                         \
	X(struct str, successor, TEXT, 0)                                       \
	X(int64_t, caseload, NUMBER, 0)                                         \
	X(int64_t, per_year, NUMBER, 0)                                         \
	X(struct str, pool, TEXT, 0)                                            \
	X(int64_t, pool_caseload, NUMBER, 0)                                    \
	X(struct directory_overrides, overrides, ITEMS, IMAGE_OVERRIDE)         \
	X(int64_t, waiting_list, NUMBER, 0)                                     \
	X(bool, intake_open, FLAG, 0)                                           \
	X(int64_t, lead_days, NUMBER, 0)                                        \
	X(struct directory_clocks, clocks, ITEMS, IMAGE_CLOCK)                  \
	X(struct directory_list, lead_needs, LIST, 0)                           \
	X(struct str, delivery_party, TEXT, 0)                                  \
	X(struct str, delivery_adapter, TEXT, 0)                                \
	X(struct str, delivery_address, TEXT, 0)                                \
	X(bool, delivery_secret, FLAG, 0)                                       \
	X(struct directory_list, agreement, LIST, 0)                            \
	X(bool, confidential_location, FLAG, 0)                                 \
	X(struct directory_list, languages, LIST, 0)                            \
	X(struct str, faith_ethos, TEXT, 0)                                     \
	X(struct str, opening_hours, TEXT, 0)                                   \
	X(date_days, assurance_date, DAY, 0)                                    \
	X(struct str, file, TEXT, 0)

#define IMAGE_AREA_FIELDS(X)                           \
	X(struct str, id, TEXT, 0)                     \
	X(struct str, title, TEXT, 0)                  \
	X(struct directory_list, authorities, LIST, 0) \
	X(struct directory_list, not_stated, LIST, 0)

struct image_field {
	const char *name;
	enum image_kind kind;
	unsigned most;
	size_t offset;
};

struct image_record {
	const char *name;
	const struct image_field *fields;
	size_t count;
	size_t size; /* of the struct */
};
extern const struct image_record image_records[IMAGE_TYPES];

/* What all of directory_clauses, directory_clocks … are. */
struct image_items {
	const void *items;
	size_t count;
};

/* Bytes of a record in an image. */
size_t image_record_bytes(const struct image_record *record);
/* Differs when the tables do, or the program's version: another release may know other authorities
 * and vocabularies, and reads the YAML again. */
uint32_t image_fingerprint(void);

/* An image: the head, then pools of texts, lists and of each held type, then the organisations,
 * services and areas.  Numbers are little endian.
 *
 *   pool     count (4), bytes (4), the length of each (4 each), the bytes; the first is empty
 *   text     its bytes and a zero
 *   list     numbers of texts (4 each)
 *   held     records
 *   records  count (4), records
 *
 * In a record, texts, lists and items are numbers in their pools (4), an organisation its position
 * (4), flags and choices 1 byte, days 4, numbers 8. */
enum {
	IMAGE_FORMAT = 1,
	IMAGE_AT_FORMAT = 8,
	IMAGE_AT_FINGERPRINT = 12,
	IMAGE_AT_SIZE = 16,                         /* 8: of the whole */
	IMAGE_AT_HASH = 24,                         /* of the files it was made from */
	IMAGE_AT_CHECK = IMAGE_AT_HASH + HASH_SIZE, /* of the head before this, and of the rest */
	IMAGE_HEAD_SIZE = IMAGE_AT_CHECK + HASH_SIZE
};
#define IMAGE_MAGIC "onward.d"

/* Of the image's bytes, at least a head. */
void image_check(struct str image, uint8_t out[HASH_SIZE]);
#endif
