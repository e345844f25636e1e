/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_WIRE_RANDOM_VALUE_H
#define ONWARD_TESTS_WIRE_RANDOM_VALUE_H
#include "broker/base/value.h"
/* Documents drawn by lot, the same ones for the same seed, within the limits of the wire. */
struct lot {
	uint64_t state;
};
uint64_t lot_draw(struct lot *lot);
/* 0 to below - 1 */
size_t lot_below(struct lot *lot, size_t below);
struct value random_value(struct lot *lot, struct arena *arena);
/* Equal documents with the keys of every map in another order. */
struct value random_shuffle(struct lot *lot, struct arena *arena, const struct value *value);
#endif
