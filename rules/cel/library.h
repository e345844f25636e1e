/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_LIBRARY_H
#define ONWARD_CEL_LIBRARY_H
#include "rules/cel/overload.h"

/* The libraries, each in a file of its own, and what their functions share. */
extern const struct cel_library cel_library_operators;
extern const struct cel_library cel_library_relations;
extern const struct cel_library cel_library_conversions;
extern const struct cel_library cel_library_times;
extern const struct cel_library cel_library_texts;   /* of the standard */
extern const struct cel_library cel_library_strings; /* the extension */
extern const struct cel_library cel_library_formats;
extern const struct cel_library cel_library_encodings; /* quote, base64 */
extern const struct cel_library cel_library_numbers;   /* math.… */
extern const struct cel_library cel_library_bits;      /* math.bit… */
extern const struct cel_library cel_library_sets;
extern const struct cel_library cel_library_optionals;

#define CEL_FUNCTION(name) \
	void name(struct cel_call *call, const struct cel_value *args, struct cel_value *ret)

/* A library's `count`. */
#define CEL_COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* A text of `len` bytes to fill, charged for; NULL, with *ret an error.  *ret is that STRING. */
char *cel_call_text(struct cel_call *call, size_t len, struct cel_value *ret);
/* A copy as a STRING. */
void cel_call_copy(struct cel_call *call, struct str text, struct cel_value *ret);
/* A copy on the arena of one value, for what points to it; NULL, with *ret an error. */
const struct cel_value *cel_call_keep(
	struct cel_call *call, struct cel_value value, struct cel_value *ret);

/* library_conversions.c: an INT or UINT of digits, with a sign where there may be one, as int(text)
 * and uint(text) have it; false, with *ret untouched, for anything else. */
bool cel_int_read(struct str text, struct cel_value *ret);
bool cel_uint_read(struct str text, struct cel_value *ret);

/* time_text.c: texts of times and the way back. */
enum {
	CEL_TIME_TEXT_SIZE = 48,
};
/* RFC 3339 in UTC with as many digits of the second as are not zero. */
void cel_timestamp_format(struct cel_value timestamp, char out[CEL_TIME_TEXT_SIZE]);
/* Seconds: "90s", "-0.5s". */
void cel_duration_format(struct cel_value duration, char out[CEL_TIME_TEXT_SIZE]);
/* "2019-06-12T21:40:00.5+01:00"; ERR_INVALID when it is none or out of range. */
MUST_CHECK enum err cel_timestamp_parse(struct str text, struct cel_value *ret_timestamp);
/* "1h30m", "-1.5s", "0"; units h m s ms us ns; ERR_INVALID otherwise. */
MUST_CHECK enum err cel_duration_parse(struct str text, struct cel_value *ret_duration);
#endif
