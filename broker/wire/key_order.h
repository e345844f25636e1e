/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_WIRE_KEY_ORDER_H
#define ONWARD_WIRE_KEY_ORDER_H
#include "broker/base/value.h"
/*
 * Entries of a map by the bytes of their keys: to find a key that stands twice and to write the
 * canonical form.  A heap sort, because qsort allocates, and because its worst case is n log n
 * whatever a peer sends.
 */
void key_order_sort(const struct value_entry **entries, size_t count);
/* The first entry of a sorted run whose key stands there twice; NULL when all differ. */
const struct value_entry *key_order_twice(const struct value_entry *const *sorted, size_t count);
#endif
