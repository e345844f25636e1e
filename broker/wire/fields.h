/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_WIRE_FIELDS_H
#define ONWARD_WIRE_FIELDS_H
#include "broker/wire/message.h"
/*
 * The table of request fields: one row a field of struct wire_request.  The codec reads it, and a
 * test holds PROTOCOL.md against it.
 */
enum wire_field_kind {
	WIRE_FIELD_TEXT,      /* UTF-8, one line */
	WIRE_FIELD_NOTE,      /* UTF-8, newlines allowed */
	WIRE_FIELD_CODE,      /* lower-case letters, digits and hyphens; one of `codes` if given */
	WIRE_FIELD_REFERENCE, /* of a referral; kept in its canonical form */
	WIRE_FIELD_LEG,       /* "<reference>/<number>" */
	WIRE_FIELD_ID,        /* 16 bytes, or 32 hexadecimal digits as text */
	WIRE_FIELD_INTEGER,   /* int64_t */
	WIRE_FIELD_SEQUENCE,  /* uint64_t */
	WIRE_FIELD_BOOL,
	WIRE_FIELD_MAP,       /* a tree, looked into by the core */
	WIRE_FIELD_TIME,      /* RFC 3339 with a zone */
	WIRE_FIELD_PROTOCOLS, /* list of protocol versions */
	WIRE_FIELD_ROUTES,    /* list of party ids */
	WIRE_FIELD_CODES,     /* struct wire_words of codes */
	WIRE_FIELD_PATHS,     /* struct wire_words of paths of fields */
	WIRE_FIELD_BYTES,     /* as they are */
};

struct wire_field {
	const char *key;
	enum wire_field_kind kind;
	uint64_t taken_by;        /* bits 1 << enum wire_type */
	uint64_t required_by;     /* among these */
	size_t offset;            /* in struct wire_request */
	int64_t min, max;         /* bytes of a text, value of a number, items of a list */
	const char *const *codes; /* closed vocabulary, ended by NULL; NULL: any */
};

/* Static; *ret_count rows. */
const struct wire_field *wire_fields(size_t *ret_count);
/* The row of that key that the request takes; NULL when there is none. */
const struct wire_field *wire_field_find(enum wire_type type, struct str key);
/* The key a writer may have meant, among those the request takes; NULL when none is near. */
const char *wire_field_nearest(enum wire_type type, struct str key);
static inline bool wire_field_is_taken(const struct wire_field *field, enum wire_type type)
{
	return (field->taken_by >> type & 1U) != 0;
}
static inline bool wire_field_is_required(const struct wire_field *field, enum wire_type type)
{
	return (field->required_by >> type & 1U) != 0;
}

enum {
	WIRE_FIELDS_MAX = 32 /* that one request takes */
};

/* Checks the value and fills the member; an empty text leaves it as it is.  ERR_INVALID,
 * ERR_TOO_LARGE, ERR_NOMEM. */
MUST_CHECK enum err wire_field_read(const struct wire_field *field, const struct value *value,
	struct arena *arena, struct wire_request *request, struct fault *fault);

/* What written values point into; the caller's, as long as they are used. */
struct wire_scratch {
	struct value version;
	struct value routes[WIRE_ROUTES_MAX];
	struct value words[2][WIRE_WORDS_MAX];
	char times[3][TIMESTAMP_TEXT_SIZE];
};
/* The member as a value; false when it is zero and may be left out. */
bool wire_field_write(const struct wire_field *field, const struct wire_request *request,
	struct wire_scratch *scratch, struct value *ret_value);
/* "a text", "16 bytes", …: what a value of that kind is, for messages. */
const char *wire_field_kind_text(enum wire_field_kind kind);
#endif
