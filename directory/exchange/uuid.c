/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/hash.h"
#include "directory/exchange/exchange.h"

#include <stdio.h>

bool exchange_profile_named(struct str name, enum exchange_profile *ret_profile)
{
	if (str_is(name, "hsds-3.0")) {
		*ret_profile = EXCHANGE_HSDS;
		return true;
	}
	if (str_is(name, "uk-3.0")) {
		*ret_profile = EXCHANGE_UK;
		return true;
	}
	return false;
}

void exchange_uuid(const char *kind, struct str id, struct str part, char out[EXCHANGE_UUID_SIZE])
{
	uint8_t inner[HASH_SIZE];
	uint8_t hash[HASH_SIZE];
	/* Two steps, so that no two triples are the same run of bytes: an id has no zero byte. */
	hash_pair(inner, str_from(kind), (struct str){"\0", 1});
	char framed[HASH_SIZE + 1];
	memcpy(framed, inner, HASH_SIZE);
	framed[HASH_SIZE] = (char)id.len;
	uint8_t with_id[HASH_SIZE];
	hash_pair(with_id, (struct str){framed, sizeof(framed)}, id);
	hash_pair(hash, (struct str){(const char *)with_id, HASH_SIZE}, part);
	hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x80); /* version 8: made in a way of its own */
	hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80);
	char *at = out;
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			*at++ = '-';
		}
		(void)snprintf(at, 3, "%02x", hash[i]);
		at += 2;
	}
}
