/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a feed of JSON: whatever comes of it, every draft can be read as a file of a
 * directory is read, has a path made of slugs, and the report holds no line end.
 */
#include "exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct exchange_imported counts;
	struct exchange_import *import = import_begin();
	/* In two pieces: where they meet must not matter. */
	const struct str all = {(const char *)bytes, size};
	const size_t half = size / 2;
	if (import == NULL || exchange_import_json(import, (struct str){all.ptr, half}) != ERR_OK ||
		exchange_import_json(import, (struct str){all.ptr + half, size - half}) != ERR_OK) {
		abort();
	}
	const enum err err = exchange_import_end(import, &counts);
	if (err != ERR_OK && err != ERR_MALFORMED) {
		abort();
	}
	exchange_import_destroy(import);
	return 0;
}
