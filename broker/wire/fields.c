/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/fields.h"

#include "broker/base/hash.h"
#include "broker/base/limits.h"

/* The bit of a request, and of requests that take the same. */
#define BIT(NAME) ((uint64_t)1 << WIRE_##NAME)
/* Whatever a person asks for: who it was is recorded. */
#define BITS_ACTOR                                                                                \
	(BIT(HELLO) | BIT(SUBMIT) | BIT(AMEND) | BIT(WITHDRAW) | BIT(ACKNOWLEDGE) | BIT(SHOW) |   \
		BIT(LIST) | BIT(INBOX) | BIT(FOLLOW) | BIT(EXPLAIN) | BIT(RELOAD) | BIT(ASSIGN) | \
		BIT(SEEN) | BIT(QUEUE) | BIT(DELIVERIES) | BIT(RETRY) | BIT(STOP_RETRYING) |      \
		BIT(CLOCK) | BIT(ERASE) | BIT(PUBLISH) | BIT(VERSIONS) | BIT(FETCH) |             \
		BIT(ROLLBACK) | BIT(REHEARSE) | BIT(MIGRATE) | BIT(INTAKE) | BIT(CAPACITY))
/* Whatever comes in pages or steps. */
#define BITS_PAGES                                                                               \
	(BIT(LIST) | BIT(INBOX) | BIT(QUEUE) | BIT(DELIVERIES) | BIT(VERSIONS) | BIT(REHEARSE) | \
		BIT(CAPACITY))
#define BITS_STEPS (BIT(RETRY) | BIT(STOP_RETRYING))
#define BITS_ROUTE (BIT(DELIVERIES) | BITS_STEPS)

static const char *const actions[] = {
#define X(NAME, code) code,
	WIRE_ACTION_MAP(X)
#undef X
		NULL,
};

static const char *const receipts[] = {
#define X(NAME, code) code,
	WIRE_RECEIPT_MAP(X)
#undef X
		NULL,
};

static const char *const clock_actions[] = {
#define X(NAME, code) code,
	WIRE_CLOCK_MAP(X)
#undef X
		NULL,
};

static const char *const intake_actions[] = {
#define X(NAME, code) code,
	WIRE_INTAKE_MAP(X)
#undef X
		NULL,
};

#define AT(member) offsetof(struct wire_request, member)

static const struct wire_field fields[] = {
	/* key, kind, taken by, required by, member, min, max, codes */
	{"user", WIRE_FIELD_TEXT, BITS_ACTOR, 0, AT(user), 0, LIMIT_ACTOR_BYTES, NULL},
	{"role", WIRE_FIELD_TEXT, BITS_ACTOR, 0, AT(role), 0, LIMIT_ACTOR_BYTES, NULL},
	{"protocols", WIRE_FIELD_PROTOCOLS, BIT(HELLO), BIT(HELLO), AT(speaks_version), 1, 16,
		NULL},
	{"client", WIRE_FIELD_TEXT, BIT(HELLO), 0, AT(client), 0, LIMIT_CLIENT_BYTES, NULL},
	{"routes", WIRE_FIELD_ROUTES, BIT(HELLO), 0, AT(routes), 0, WIRE_ROUTES_MAX, NULL},
	{"credit", WIRE_FIELD_INTEGER, BIT(HELLO), 0, AT(credit), 0, LIMIT_CREDIT, NULL},
	{"credit", WIRE_FIELD_INTEGER, BIT(CREDIT) | BIT(FOLLOW), BIT(CREDIT) | BIT(FOLLOW),
		AT(credit), 1, LIMIT_CREDIT, NULL},
	{"accepts_rehearsal", WIRE_FIELD_BOOL, BIT(HELLO), 0, AT(accepts_rehearsal), 0, 1, NULL},
	{"referral", WIRE_FIELD_MAP, BIT(SUBMIT) | BIT(AMEND) | BIT(EXPLAIN),
		BIT(SUBMIT) | BIT(AMEND) | BIT(EXPLAIN), AT(referral), 0, LIMIT_ELEMENTS, NULL},
	{"reference", WIRE_FIELD_REFERENCE,
		BIT(AMEND) | BIT(WITHDRAW) | BIT(SHOW) | BIT(FOLLOW) | BIT(ASSIGN) | BIT(SEEN) |
			BIT(ERASE),
		BIT(AMEND) | BIT(WITHDRAW) | BIT(SHOW) | BIT(ASSIGN) | BIT(SEEN) | BIT(ERASE),
		AT(reference), 0, LIMIT_CODE_BYTES, NULL},
	{"leg", WIRE_FIELD_LEG, BIT(ACKNOWLEDGE), BIT(ACKNOWLEDGE), AT(leg), 0, LIMIT_CODE_BYTES,
		NULL},
	{"action", WIRE_FIELD_CODE, BIT(ACKNOWLEDGE), BIT(ACKNOWLEDGE), AT(action), 0,
		LIMIT_CODE_BYTES, actions},
	{"action", WIRE_FIELD_CODE, BIT(CLOCK), 0, AT(action), 0, LIMIT_CODE_BYTES, clock_actions},
	{"action", WIRE_FIELD_CODE, BIT(INTAKE), BIT(INTAKE), AT(action), 0, LIMIT_CODE_BYTES,
		intake_actions},
	{"until", WIRE_FIELD_TEXT, BIT(INTAKE), 0, AT(until_text), 0, TIMESTAMP_TEXT_SIZE, NULL},
	{"seconds", WIRE_FIELD_INTEGER, BIT(CLOCK), 0, AT(seconds), 1, WIRE_ADVANCE_MAX_S, NULL},
	{"reason", WIRE_FIELD_CODE,
		BIT(WITHDRAW) | BIT(ACKNOWLEDGE) | BIT(RECEIPT) | BIT(STOP_RETRYING) | BIT(ERASE) |
			BIT(INTAKE),
		BIT(WITHDRAW) | BIT(STOP_RETRYING) | BIT(ERASE), AT(reason), 0, LIMIT_CODE_BYTES,
		NULL},
	{"note", WIRE_FIELD_NOTE,
		BIT(WITHDRAW) | BIT(ACKNOWLEDGE) | BIT(ASSIGN) | BIT(SEEN) | BIT(MIGRATE),
		BIT(ASSIGN) | BIT(SEEN) | BIT(MIGRATE), AT(note), 0, LIMIT_NOTE_BYTES, NULL},
	{"questions", WIRE_FIELD_PATHS, BIT(ACKNOWLEDGE), 0, AT(questions), 1, WIRE_WORDS_MAX,
		NULL},
	{"needs", WIRE_FIELD_CODES, BIT(ASSIGN) | BIT(MIGRATE), 0, AT(needs), 1, WIRE_WORDS_MAX,
		NULL},
	{"reasons", WIRE_FIELD_CODES, BIT(SEEN), 0, AT(reasons), 1, WIRE_WORDS_MAX, NULL},
	{"outcome", WIRE_FIELD_CODE, BIT(ACKNOWLEDGE), 0, AT(outcome), 0, LIMIT_CODE_BYTES, NULL},
	{"service", WIRE_FIELD_TEXT,
		BIT(ACKNOWLEDGE) | BIT(LIST) | BIT(ASSIGN) | BIT(MIGRATE) | BITS_ROUTE |
			BIT(INTAKE) | BIT(CAPACITY),
		BIT(ASSIGN) | BIT(MIGRATE) | BIT(INTAKE), AT(service), 0, LIMIT_ID_BYTES, NULL},
	{"delivery", WIRE_FIELD_ID, BIT(ACKNOWLEDGE) | BIT(RECEIPT) | BITS_STEPS, BIT(RECEIPT),
		AT(delivery), ID_SIZE, ID_SIZE, NULL},
	{"route", WIRE_FIELD_TEXT, BITS_ROUTE, 0, AT(route), 0, LIMIT_ID_BYTES, NULL},
	{"failed", WIRE_FIELD_BOOL, BIT(DELIVERIES), 0, AT(failed), 0, 1, NULL},
	{"all", WIRE_FIELD_BOOL, BITS_STEPS | BIT(MIGRATE), 0, AT(all), 0, 1, NULL},
	{"receipt", WIRE_FIELD_CODE, BIT(RECEIPT), BIT(RECEIPT), AT(receipt), 0, LIMIT_CODE_BYTES,
		receipts},
	{"state", WIRE_FIELD_CODE, BIT(LIST) | BIT(INBOX), 0, AT(state), 0, LIMIT_CODE_BYTES, NULL},
	{"authority", WIRE_FIELD_TEXT, BIT(LIST) | BIT(QUEUE) | BIT(CAPACITY), 0, AT(authority), 0,
		LIMIT_ID_BYTES, NULL},
	{"overdue", WIRE_FIELD_BOOL, BIT(LIST), 0, AT(overdue), 0, 1, NULL},
	{"cursor", WIRE_FIELD_TEXT, BITS_PAGES | BITS_STEPS | BIT(MIGRATE), 0, AT(cursor), 0,
		LIMIT_CURSOR_BYTES, NULL},
	{"limit", WIRE_FIELD_INTEGER, BITS_PAGES, 0, AT(limit), 1, LIMIT_QUERY_ROWS, NULL},
	{"limit", WIRE_FIELD_INTEGER, BITS_STEPS, 0, AT(limit), 1, WIRE_RETRY_MAX, NULL},
	{"limit", WIRE_FIELD_INTEGER, BIT(MIGRATE), 0, AT(limit), 1, WIRE_MIGRATE_MAX, NULL},
	{"to", WIRE_FIELD_TEXT, BIT(MIGRATE), 0, AT(to), 0, LIMIT_ID_BYTES, NULL},
	{"rule", WIRE_FIELD_NOTE, BIT(MIGRATE), 0, AT(rule), 0, LIMIT_NOTE_BYTES, NULL},
	{"override", WIRE_FIELD_CODES, BIT(MIGRATE), 0, AT(override), 1, WIRE_WORDS_MAX, NULL},
	{"dry_run", WIRE_FIELD_BOOL, BIT(MIGRATE), 0, AT(dry_run), 0, 1, NULL},
	{"since", WIRE_FIELD_TIME, BIT(REHEARSE), BIT(REHEARSE), AT(since), 0, TIMESTAMP_TEXT_SIZE,
		NULL},
	{"until", WIRE_FIELD_TIME, BIT(REHEARSE), 0, AT(until), 0, TIMESTAMP_TEXT_SIZE, NULL},
	{"after", WIRE_FIELD_SEQUENCE, BIT(FOLLOW), BIT(FOLLOW), AT(after), 0, INT64_MAX, NULL},
	{"at", WIRE_FIELD_TIME, BIT(EXPLAIN) | BIT(CLOCK) | BIT(REHEARSE), 0, AT(at), 0,
		TIMESTAMP_TEXT_SIZE, NULL},
	{"parties", WIRE_FIELD_BOOL, BIT(RELOAD), 0, AT(reload_parties), 0, 1, NULL},
	{"directory", WIRE_FIELD_BOOL, BIT(RELOAD), 0, AT(reload_directory), 0, 1, NULL},
	{"upload", WIRE_FIELD_BYTES, BIT(UPLOAD) | BIT(PUBLISH) | BIT(REHEARSE),
		BIT(UPLOAD) | BIT(PUBLISH) | BIT(REHEARSE), AT(upload), HASH_SIZE, HASH_SIZE, NULL},
	{"offset", WIRE_FIELD_SEQUENCE, BIT(UPLOAD) | BIT(FETCH), 0, AT(offset), 0,
		LIMIT_UPLOAD_BYTES, NULL},
	{"total", WIRE_FIELD_SEQUENCE, BIT(UPLOAD), BIT(UPLOAD), AT(total), 1, LIMIT_UPLOAD_BYTES,
		NULL},
	{"bytes", WIRE_FIELD_BYTES, BIT(UPLOAD), BIT(UPLOAD), AT(bytes), 1, LIMIT_CHUNK_BYTES,
		NULL},
	{"note", WIRE_FIELD_TEXT, BIT(PUBLISH) | BIT(ROLLBACK), BIT(PUBLISH) | BIT(ROLLBACK),
		AT(note), 0, LIMIT_CHANGE_BYTES, NULL},
	{"version", WIRE_FIELD_SEQUENCE, BIT(FETCH), 0, AT(version), 0, INT64_MAX, NULL},
	{"version", WIRE_FIELD_SEQUENCE, BIT(ROLLBACK), BIT(ROLLBACK), AT(version), 1, INT64_MAX,
		NULL},
	{"expect", WIRE_FIELD_SEQUENCE, BIT(PUBLISH) | BIT(ROLLBACK), 0, AT(expect), 0, INT64_MAX,
		NULL},
};

enum {
	FIELD_COUNT = sizeof(fields) / sizeof(fields[0]),
	/* Beyond this many typing errors it is another word. */
	NEAR_DISTANCE = 2
};

const struct wire_field *wire_fields(size_t *ret_count)
{
	*ret_count = FIELD_COUNT;
	return fields;
}

const struct wire_field *wire_field_find(enum wire_type type, struct str key)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (wire_field_is_taken(&fields[i], type) && str_is(key, fields[i].key)) {
			return &fields[i];
		}
	}
	return NULL;
}

const char *wire_field_nearest(enum wire_type type, struct str key)
{
	const char *nearest = NULL;
	size_t least = NEAR_DISTANCE + 1;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (wire_field_is_taken(&fields[i], type)) {
			const size_t distance = str_distance(key, str_from(fields[i].key));
			if (distance < least) {
				least = distance;
				nearest = fields[i].key;
			}
		}
	}
	return nearest;
}

const char *wire_field_kind_text(enum wire_field_kind kind)
{
	switch (kind) {
	case WIRE_FIELD_TEXT:
	case WIRE_FIELD_NOTE:
		return "a text";
	case WIRE_FIELD_CODE:
		return "a code (lower-case letters, digits and hyphens)";
	case WIRE_FIELD_REFERENCE:
		return "a reference such as ACDE-FGHJ-X, with the right check symbol";
	case WIRE_FIELD_LEG:
		return "a reference, a slash and a number from 1 to 255";
	case WIRE_FIELD_ID:
		return "16 bytes, or 32 hexadecimal digits";
	case WIRE_FIELD_INTEGER:
	case WIRE_FIELD_SEQUENCE:
		return "a whole number";
	case WIRE_FIELD_BOOL:
		return "true or false";
	case WIRE_FIELD_MAP:
		return "a map";
	case WIRE_FIELD_TIME:
		return "a time such as 2019-06-12T21:40:00+01:00";
	case WIRE_FIELD_PROTOCOLS:
		return "a list of whole numbers";
	case WIRE_FIELD_ROUTES:
		return "a list of party ids";
	case WIRE_FIELD_CODES:
		return "a list of codes";
	case WIRE_FIELD_PATHS:
		return "a list of paths of fields";
	case WIRE_FIELD_BYTES:
		return "bytes";
	}
	return "a value";
}
