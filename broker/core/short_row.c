/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/short_row.h"
#include "broker/core/row.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

enum {
	PIECE = 128, /* bytes of one piece at most */
	WORD = sizeof(uint64_t),
	TAIL_MOST = 4096, /* the fields of a delivery */
	ROOM = sizeof(struct referral_row) + TAIL_MOST + sizeof(struct referral_row) / PIECE + 8
};

_Static_assert(sizeof(struct referral_row) % WORD == 0 && sizeof(struct leg_row) % WORD == 0 &&
		       sizeof(struct delivery_row) % WORD == 0,
	"rows are whole words");

static const struct row_layout layouts[] = {
	{TABLE_REFERRAL, ROW_VERSION_REFERRAL, 3, sizeof(struct referral_row),
		offsetof(struct referral_row, since)},
	{TABLE_LEG, ROW_VERSION_LEG, 3, sizeof(struct leg_row), offsetof(struct leg_row, remind)},
	{TABLE_DELIVERY, ROW_VERSION_DELIVERY, 2, sizeof(struct delivery_row),
		sizeof(struct delivery_row)},
};

const struct row_layout *row_layout_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (layouts[i].type == type) {
			return &layouts[i];
		}
	}
	return NULL;
}

static size_t zeros_write(uint8_t *out, size_t count)
{
	size_t len = 0;
	while (count > 0) {
		const size_t now = count < PIECE ? count : PIECE;
		out[len++] = (uint8_t)(PIECE + now - 1);
		count -= now;
	}
	return len;
}

static size_t bytes_write(uint8_t *out, const uint8_t *bytes, size_t count)
{
	size_t len = 0;
	while (count > 0) {
		const size_t now = count < PIECE ? count : PIECE;
		out[len++] = (uint8_t)(now - 1);
		memcpy(out + len, bytes, now);
		len += now;
		bytes += now;
		count -= now;
	}
	return len;
}

static uint64_t word_at(const uint8_t *bytes, size_t at)
{
	uint64_t word;
	memcpy(&word, bytes + at, WORD);
	return word;
}

/* Looks for zeros a word at a time; what is next to a word of them is taken to the byte.  Numbers
 * are little endian: a word's first byte is its lowest. */
static size_t pieces_write(uint8_t *out, const uint8_t *bytes, size_t size)
{
	size_t len = 0;
	size_t from = 0; /* of what is not written yet */
	for (size_t at = 0; at < size;) {
		if (word_at(bytes, at) != 0) {
			at += WORD;
			continue;
		}
		size_t start = at;
		if (start > from) { /* the word before is not all zeros */
			start -= (size_t)__builtin_clzll(word_at(bytes, at - WORD)) / 8;
		}
		while (at < size && word_at(bytes, at) == 0) {
			at += WORD;
		}
		const size_t end =
			at == size ? at : at + (size_t)__builtin_ctzll(word_at(bytes, at)) / 8;
		len += bytes_write(out + len, bytes + from, start - from);
		len += zeros_write(out + len, end - start);
		from = end;
		at += at == size ? 0 : WORD;
	}
	return len + bytes_write(out + len, bytes + from, size - from);
}

enum err row_store(
	struct store_txn *txn, struct str key, uint8_t type, uint8_t version, struct str whole)
{
	const struct row_layout *layout = row_layout_of(type);
	uint8_t out[ROOM];
	if (layout == NULL || version < layout->short_since) {
		return record_put(txn, key, type, version, whole);
	}
	if (whole.len < layout->size || whole.len - layout->size > TAIL_MOST) {
		return ERR_TOO_LARGE;
	}
	const size_t tail = whole.len - layout->size;
	const size_t len = pieces_write(out, (const uint8_t *)whole.ptr, layout->size);
	memcpy(out + len, whole.ptr + layout->size, tail);
	return record_put(txn, key, type, version, (struct str){(const char *)out, len + tail});
}

/* How many bytes of the body the pieces are; 0: they are none of this size. */
static size_t pieces_read(struct str body, uint8_t *row, size_t size)
{
	size_t at = 0;
	size_t done = 0;
	memset(row, 0, size);
	while (done < size && at < body.len) {
		const uint8_t head = (uint8_t)body.ptr[at++];
		const size_t count = (size_t)head % PIECE + 1;
		if (count > size - done || (head < PIECE && count > body.len - at)) {
			return 0;
		}
		if (head < PIECE) {
			memcpy(row + done, body.ptr + at, count);
			at += count;
		}
		done += count;
	}
	return done == size ? at : 0;
}

bool row_load(const struct row_layout *layout, uint8_t version, struct str body, void *row,
	struct str *ret_tail)
{
	size_t used;
	if (version >= layout->short_since) {
		used = pieces_read(body, row, layout->size);
	} else {
		used = body.len < layout->size ? layout->first_size : layout->size;
		if (body.len < used) {
			return false;
		}
		memset(row, 0, layout->size);
		memcpy(row, body.ptr, used);
	}
	*ret_tail = (struct str){body.ptr + used, body.len - used};
	/* Nothing but a delivery has anything behind it. */
	return used > 0 && (ret_tail->len == 0 || layout->type == TABLE_DELIVERY);
}
