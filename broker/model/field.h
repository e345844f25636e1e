/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_MODEL_FIELD_H
#define ONWARD_MODEL_FIELD_H
#include "broker/base/value.h"
#include "broker/model/vocab.h"
/*
 * The table of a referral's fields (fields.def).  Checking, disclosure, rules and documents read
 * it; a field that is not here does not exist.
 */
enum field_type {
	FIELD_TEXT,
	FIELD_CODE,  /* letters, digits and . _ - : an open vocabulary */
	FIELD_VOCAB, /* a closed one */
	FIELD_BOOL,
	FIELD_INT, /* 0 to limit */
	FIELD_DATE,
	FIELD_BIRTH, /* a date that is not in the future and at most 120 years ago */
	FIELD_TIME,
	FIELD_AUTHORITY, /* a GSS code the directory knows */
	FIELD_SCOPE,     /* "any-eligible" or a list of service ids */
	FIELD_NEEDS,     /* "all" or a list of need codes */
	FIELD_MAP,
	FIELD_MAPS, /* a list of maps, at most `limit` */
};

enum field_flag {
	FIELD_REQUIRED = 1,
	FIELD_NOTE = 2,
	FIELD_LIST = 4,
	FIELD_ANSWER = 8,
};

enum field_class {
	FIELD_CLASS_SYSTEM,
	FIELD_CLASS_OPERATIONAL,
	FIELD_CLASS_PERSONAL,
	FIELD_CLASS_SPECIAL,
	FIELD_CLASS_ENDANGERING,
};

struct field {
	struct str path; /* "needs[].code" */
	struct str name; /* the last part: "code" */
	enum field_type type;
	enum vocab_name vocab; /* VOCAB_COUNT when it has none */
	enum field_class class;
	unsigned flags;
	int64_t limit;
	const char *label;
	const char *help;
	const struct field *map; /* the map it is a member of; NULL: the document */
};

/* All fields in document order; static. */
const struct field *field_table(size_t *ret_count);
/* By path, list positions written "[]" or "[3]" or left out ("needs.code"); NULL when there is
 * none. */
const struct field *field_find(struct str path);
/* The field nearest to a misspelt path; NULL when none is near. */
const struct field *field_nearest(struct str path);
/* The member of that name of a map (NULL: the document); NULL when it has none. */
const struct field *field_below(const struct field *map, struct str name);
/* The member after `after` (NULL: the first) that a map must have; NULL when there is no other. */
const struct field *field_required(const struct field *map, const struct field *after);

/* What a source may say instead of an answer. */
bool field_not_asked(const struct value *value);          /* "not-asked" */
bool field_prefers_not_to_say(const struct value *value); /* "prefers-not-to-say" */

/* A copy of `document` that holds only what `agreed` names (a path covers all below it), never
 * anything of preferences.avoid.  The spine is in the arena, leaves are shared. */
struct value field_project(struct arena *arena, const struct value *document,
	const struct str *agreed, size_t agreed_count);
#endif
