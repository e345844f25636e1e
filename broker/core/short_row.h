/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_SHORT_ROW_H
#define ONWARD_CORE_SHORT_ROW_H
#include "broker/store/store.h"
/*
 * Rows of referrals, legs and deliveries are mostly zeros: room behind texts, clocks that do not
 * run.  In memory they stay structs; on disk their zeros are told by how many there are, since the
 * version that row.h names.
 *
 * A short row is made of pieces until it gives the whole struct.  A piece begins with a byte: below
 * 128, one more than that many bytes stand behind it; else it stands itself for 127 less than that
 * many zeros.  What follows the struct (the fields of a delivery) follows the pieces as it is.
 */
struct row_layout {
	uint8_t type;   /* enum table */
	uint8_t newest; /* version: what is written */
	uint8_t short_since;
	size_t size, first_size; /* of the struct; as the first version had it */
};

/* NULL: rows of that type are what they are. */
const struct row_layout *row_layout_of(uint8_t type);
/* Puts a whole row (the struct and what follows it) as its version is kept. */
MUST_CHECK enum err row_store(
	struct store_txn *txn, struct str key, uint8_t type, uint8_t version, struct str whole);
/* The body of a stored row of `version`, as record_check gave it: into `row`, of the layout's size,
 * with zeros where the version had nothing yet.  *ret_tail: what follows, borrowed from the body.
 * False: it is none. */
MUST_CHECK bool row_load(const struct row_layout *layout, uint8_t version, struct str body,
	void *row, struct str *ret_tail);
#endif
