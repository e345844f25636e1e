/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_EXCHANGE_H
#define ONWARD_DIRECTORY_EXCHANGE_EXCHANGE_H
#include "directory/directory.h"
/*
 * exchange: a directory out to, and in from, the open standards for service directories (Human
 * Services Data Specification 3.0, Open Referral UK 3.0).  EXCHANGE.md has the tables.  Includes
 * directory and broker/base; no file, clock or socket: bytes come and go through the caller's
 * functions.  Start with export.c for the way out, import.c for the way in.
 */
enum exchange_profile {
	EXCHANGE_HSDS, /* "hsds-3.0" */
	EXCHANGE_UK,   /* "uk-3.0" */
};
/* False when there is no profile of that name. */
bool exchange_profile_named(struct str name, enum exchange_profile *ret_profile);

/* Takes bytes; anything but ERR_OK stops the export and is its answer. */
typedef enum err exchange_write(void *context, struct str bytes);

struct exchange_export {
	enum exchange_profile profile;
	/* Services whose contract does not run on the day are inactive; INT32_MIN: not asked. */
	date_days at;
	/* Says which fields of a referral have class 4; no clause about them leaves.  May be NULL
	 * in tests only. */
	const struct directory_rulebook *rulebook;
	exchange_write *write;
	void *context;
};
struct exchange_exported {
	size_t services, confidential;
	size_t clauses_withheld; /* they ask about a field of class 4 */
};
/* The public projection of the whole directory as one page of results, a service a line.  The same
 * directory and options give the same bytes.  ERR_NOMEM, or what `write` answered. */
MUST_CHECK enum err exchange_export(const struct directory *directory,
	const struct exchange_export *options, struct exchange_exported *ret_exported);

enum {
	EXCHANGE_UUID_SIZE = 37,
	/* One service with everything below it; the longest of real feeds have some 100 KiB. */
	EXCHANGE_ITEM_BYTES = 2 * 1024 * 1024,
	EXCHANGE_DEPTH = 24, /* of one item; the profiles need 10 */
	/* All tables of a CSV package: their rows are joined in memory. */
	EXCHANGE_TABLES_BYTES = 32 * 1024 * 1024,
};
/* The id that an Onward id has in feeds: BLAKE2b of kind and id as a UUID (version 8). */
void exchange_uuid(const char *kind, struct str id, struct str part, char out[EXCHANGE_UUID_SIZE]);

/* Where an import puts what it makes.  Both may keep nothing of what they are given. */
struct exchange_sink {
	/* A draft: a path below a directory's root, and YAML. */
	enum err (*draft)(void *context, struct str path, struct str yaml);
	/* What could not be understood or kept: where in the feed, and why; no value of the feed
	 * is in it. */
	void (*report)(void *context, struct str path, const char *reason);
	void *context;
};

struct exchange_imported {
	size_t services, organisations;
	size_t reported;
	size_t refused; /* items of the feed of which nothing could be made */
};

struct exchange_import;
/* `area` is the folder of the drafts, a slug; `rulebook` has the vocabularies and stays the
 * caller's while the import lives.  NULL when memory is short. */
struct exchange_import *exchange_import_create(
	struct str area, const struct directory_rulebook *rulebook, struct exchange_sink sink);
void exchange_import_destroy(struct exchange_import *import); /* accepts NULL */
/* A feed of JSON, piece by piece as it is read: an object, a page of results, an array, objects one
 * after another.  Memory: one item.  ERR_NOMEM, or what the sink answered; a broken item is
 * reported and the next one goes on. */
MUST_CHECK enum err exchange_import_json(struct exchange_import *import, struct str piece);
/* One table of a CSV package, whole, by its file name ("services.csv"). ERR_TOO_LARGE when the
 * tables together are over EXCHANGE_TABLES_BYTES. */
MUST_CHECK enum err exchange_import_table(
	struct exchange_import *import, struct str name, struct str csv);
/* After the last piece or table: joins the tables, writes the organisations.  ERR_MALFORMED when
 * the feed ended in the middle of something (that is reported, the rest is written). */
MUST_CHECK enum err exchange_import_end(
	struct exchange_import *import, struct exchange_imported *ret_imported);
#endif
