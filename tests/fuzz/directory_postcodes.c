/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the CSV of postcodes: it is taken in or refused, and in pieces exactly as at once.
 */
#include "directory/postcodes_table.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Feeds `step` bytes more each time, as a reader of a file would; 0: all at once. */
static enum err csv_feed(struct postcodes_csv *csv, struct str input, size_t step)
{
	size_t from = 0;
	size_t to = 0;
	enum err err = ERR_OK;
	do {
		size_t taken = 0;
		struct fault fault;
		to = step == 0 || input.len - to < step ? input.len : to + step;
		const struct str window = {input.ptr + from, to - from};
		err = postcodes_csv_take(csv, window, to == input.len, &taken, &fault);
		if (taken > window.len) {
			abort();
		}
		from += taken;
	} while (err == ERR_OK && to < input.len);
	return err;
}

static enum err csv_make(struct str input, size_t step, struct buf *out)
{
	struct postcodes_csv csv = {.name = "any.csv"};
	enum err err = csv_feed(&csv, input, step);
	if (err == ERR_OK) {
		err = postcodes_write(&csv.making, out);
	}
	postcodes_making_finish(&csv.making);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct str input = {(const char *)bytes, size};
	struct buf whole = {0};
	struct buf pieces = {0};
	const enum err err = csv_make(input, 0, &whole);
	if (csv_make(input, 7, &pieces) != err || !str_equal(buf_str(&whole), buf_str(&pieces))) {
		abort();
	}
	buf_finish(&whole);
	buf_finish(&pieces);
	return 0;
}
