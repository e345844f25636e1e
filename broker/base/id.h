/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_ID_H
#define ONWARD_BASE_ID_H
#include "broker/base/err.h"
#include "broker/base/str.h"

/*
 * id = 8 bytes of the store's instance (random, renewed by a restore) and an 8-byte counter, big
 * endian: a restored broker never uses an id again that an adapter has seen.
 * reference = what a person reads over the telephone: 8 symbols of 28 and a check symbol.
 */
enum {
	ID_SIZE = 16,
	ID_TEXT_SIZE = 33,
	REFERENCE_SYMBOLS = 9,
	REFERENCE_TEXT_SIZE = 12 /* "ACDE-FGHJ-X" */
};

struct id {
	uint8_t bytes[ID_SIZE];
};

struct id id_make(uint64_t instance, uint64_t counter);
bool id_equal(struct id a, struct id b);
bool id_is_zero(struct id id);
void id_format(struct id id, char out[ID_TEXT_SIZE]); /* 32 lower-case hexadecimal digits */
MUST_CHECK enum err id_parse(struct str text, struct id *ret_id);

/* Makes a reference out of 16 random bytes (given by the command: the core draws no lots). */
void reference_make(const uint8_t random[16], char out[REFERENCE_TEXT_SIZE]);
/* Accepts lower case, and any spaces or hyphens; writes the canonical form.  ERR_INVALID when a
 * symbol is not in the alphabet or the check symbol does not fit (every single wrong symbol and
 * every swap of neighbours is found). */
MUST_CHECK enum err reference_parse(struct str text, char out[REFERENCE_TEXT_SIZE]);
#endif
