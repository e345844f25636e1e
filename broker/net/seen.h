/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_SEEN_H
#define ONWARD_NET_SEEN_H
#include "broker/base/timestamp.h"
#include "directory/stamp.h"
/*
 * How the files of the home's directory stood when they were last read, so that a start need not
 * read 100,000 of them to find that they are what is in force.  Kept in run/directory-seen, which
 * may be deleted: then they are read.
 */
struct seen {
	struct directory_stamp stamp;
	timestamp_us at; /* of the system's clock; 0: there is no stamp */
};

void seen_look(const char *home, struct seen *ret_seen);
/* They stand as they did when they were last read: then the hash that they had. */
bool seen_before(const char *home, const struct seen *seen, uint8_t ret_hash[HASH_SIZE]);
/* They had that hash, read after the look.  Not kept when a file was so new that it may have been
 * changed again unseen, or cannot be: the next start reads them. */
void seen_keep(const char *home, const struct seen *seen, const uint8_t hash[HASH_SIZE]);
#endif
