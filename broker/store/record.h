/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_RECORD_H
#define ONWARD_STORE_RECORD_H
#include "broker/store/store.h"
/*
 * Every stored value starts with eight bytes: type (1), version (1), flags (2), crc32c (4), little
 * endian; the sum runs over the key, the first four bytes and the body, so that a page which landed
 * in the wrong place is found too.  To change a layout: give it a new version, teach the reader
 * both, write the new one, add a golden store of the old one to the tests.
 */
enum {
	RECORD_HEADER_SIZE = 8
};

MUST_CHECK enum err record_put(
	struct store_txn *txn, struct str key, uint8_t type, uint8_t version, struct str body);
/* Borrowed body.  ERR_NOT_FOUND; ERR_CORRUPT (the fault names the key in words); ERR_VERSION above
 * `newest`. */
MUST_CHECK enum err record_get(struct store_txn *txn, struct str key, uint8_t type, uint8_t newest,
	struct str *ret_body, struct fault *fault);
/* The same check for a value that next or prev returned. */
MUST_CHECK enum err record_check(struct str key, struct str value, uint8_t type, uint8_t newest,
	struct str *ret_body, struct fault *fault);
#endif
