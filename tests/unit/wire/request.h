/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_WIRE_REQUEST_H
#define ONWARD_TESTS_WIRE_REQUEST_H
#include "broker/wire/fields.h"
/* Requests made from the field table: valid ones, and valid ones with one thing wrong. */
extern struct arena arena; /* of the running test */
extern struct buf frame;   /* the last one made */
extern struct fault fault; /* of the last one decoded */
void request_begin(void);
void request_end(void);

bool is_request(enum wire_type type); /* a number that is one */
const char *reference(void);          /* with its check symbol, made as the broker makes one */
struct value valid_value(const struct wire_field *field);
/* Header and map as a client of any language would make it. */
struct str framed(enum wire_type type, uint64_t correlation, const struct value *map);
/* Every field that the request takes, but `without` (may be NULL); room for one more. */
struct value full_request(enum wire_type type, const char *without);
enum err decode(enum wire_type type, const struct value *map, struct wire_request *ret);
/* A request that is whole but for one value. */
enum err decode_with(enum wire_type type, const char *key, struct value value);
#endif
