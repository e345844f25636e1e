/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_NAMES_H
#define ONWARD_CLI_NAMES_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
/* Names for what replies carry as codes: services, authorities. */
struct directory;

struct names {
	/* The service's name; empty when it is not known.  May be NULL. */
	struct str (*service)(void *context, struct str id);
	void *context;
};

/* "South London Alliance (south-london-alliance)", or the id alone. */
void names_service(struct buf *out, const struct names *names, struct str id);
/* "South London Alliance", or the id: where lines are short. */
void names_service_short(struct buf *out, const struct names *names, struct str id);
/* "Bexley" for "E09000004" or "bexley"; what was given when it is unknown. */
struct str names_authority(struct str code);
/* Reads a directory for its names alone, without checking clauses.  NULL when it cannot be read. */
struct directory *names_directory(const char *root);
struct names names_of_directory(struct directory *directory);
#endif
