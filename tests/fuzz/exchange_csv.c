/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the tables of a CSV package, a zero byte between them: whatever comes of it, every
 * draft can be read as a file of a directory is read, has a path made of slugs, and the report
 * holds no line end.
 */
#include "exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct exchange_imported counts;
	struct exchange_import *import = import_begin();
	static const char *const names[] = {"services.csv", "organizations.csv", "attributes.csv",
		"taxonomy_terms.csv", "service_areas.csv", "contacts.csv", "other.csv"};
	const char *at = (const char *)bytes;
	const char *end = at + size;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && at < end; i++) {
		const char *zero = memchr(at, '\0', (size_t)(end - at));
		const char *stop = zero == NULL ? end : zero;
		if (exchange_import_table(import, str_from(names[i]),
			    (struct str){at, (size_t)(stop - at)}) != ERR_OK) {
			abort();
		}
		at = zero == NULL ? end : zero + 1;
	}
	const enum err err = exchange_import_end(import, &counts);
	if (err != ERR_OK && err != ERR_MALFORMED) {
		abort();
	}
	exchange_import_destroy(import);
	return 0;
}
