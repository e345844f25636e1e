/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_VERSIONS_H
#define ONWARD_CORE_VERSIONS_H
#include "broker/core/core.h"
/*
 * The way of a directory into force: prepared beside the writer, which only puts what is ready and
 * swaps it in (CORE_DIRECTORY).  Prepared here; the home's own files in core.h.
 */

/* Why a directory is published, by whom is the command's matter. */
struct core_publication {
	struct str note; /* what changed; at most LIMIT_CHANGE_BYTES */
	uint64_t expect; /* the version in force when it is published; 0: any */
};

/* What was uploaded, which is to have this hash.  ERR_EXISTS: it is in force.  ERR_CONFIG with
 * *problems filled; ERR_INVALID, ERR_MALFORMED, ERR_TOO_LARGE: no such files; ERR_CONFLICT: another
 * version is in force than expected.  *problems is to be finished whatever the answer. */
MUST_CHECK enum err core_directory_unpack(struct core *core, struct str packed,
	const uint8_t hash[HASH_SIZE], const struct core_publication *why,
	struct core_directory **ret_directory, struct directory_problems *problems,
	struct fault *fault);
/* The files of an earlier version; otherwise as above.  ERR_NOT_FOUND. */
MUST_CHECK enum err core_directory_again(struct core *core, uint64_t version,
	const struct core_publication *why, struct core_directory **ret_directory,
	struct directory_problems *problems, struct fault *fault);
/* The body of a reply about the directory in force, `same` being true; in `arena`. */
MUST_CHECK enum err core_directory_same(
	struct core *core, struct arena *arena, struct value *ret_body);
/* What it replaces, for the log: "it replaces version 4 (publish by operator: why): 1 changed, …".
 * In `arena`; never NULL. */
const char *core_directory_against(
	struct core *core, const struct core_directory *directory, struct arena *arena);
/* Why; lives as long as it. */
const char *core_directory_note(const struct core_directory *directory);
/* True when the version in force came by a publish or a rollback, or nobody can tell: a start does
 * not publish the home's files over it.  *ret_in_force: which and whose it is, in `arena`. */
bool core_directory_is_by_hand(struct core *core, struct arena *arena, const char **ret_in_force);
/* What it takes in the store. */
size_t core_directory_bytes(const struct core_directory *directory);
/* The files have the hash of the directory in force. */
bool core_directory_is_in_force(struct core *core, const uint8_t hash[HASH_SIZE]);
#endif
