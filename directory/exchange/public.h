/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_PUBLIC_H
#define ONWARD_DIRECTORY_EXCHANGE_PUBLIC_H
#include "directory/directory.h"
/* What of a service the public may see: the one place that decides it. */

/* False when the clause asks about a field whose disclosure can endanger her. */
bool public_clause(const struct directory_rulebook *rulebook, struct str cel);
/* The texts, empty where they are not to be seen: free text about a place that is confidential may
 * say where it is. */
struct str public_description(const struct directory_service *service);
struct str public_opening_hours(const struct directory_service *service);
struct str public_contact(const struct directory_service *service);
/* The ages that the clauses state for everybody, in years; -1: none. */
struct public_ages {
	int64_t least, most;
};
struct public_ages public_ages(const struct directory_service *service);
#endif
