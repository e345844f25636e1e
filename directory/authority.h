/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_AUTHORITY_H
#define ONWARD_DIRECTORY_AUTHORITY_H
#include "broker/base/str.h"
#include "broker/base/timestamp.h"
/*
 * The local authorities of England and Wales that have had a GSS code since codes began
 * (directory/authorities.def), the ended ones among them, and what they lie in.  Everything here is
 * constant data of the program: never freed, read from any thread.
 */
struct directory_authority {
	struct str code, name, region; /* "E09000022", "Lambeth", "London" */
	struct str county;     /* code of the county above a district, or the metropolitan county's;
				  empty: none */
	struct str police;     /* code of the police force area */
	date_days from, to;    /* the code holds on both; INT32_MIN / INT32_MAX when open */
	struct str successors; /* codes with a space between them; empty while `to` is open */
};

/* Also a code that has ended.  NULL when there was never such a code. */
const struct directory_authority *directory_authority_by_code(struct str code);
/* By its name, its Welsh name or a common abbreviation ("RBKC"), exactly: case, full stops, commas,
 * apostrophes, hyphens, "and" for "&" and an official style ("London Borough of", "Council") aside,
 * never guessed.  Of several codes of that name the newest.  NULL when there is none. */
const struct directory_authority *directory_authority_by_name(struct str name);
/* Of several codes of that name the one that holds on the day; NULL when none does. */
const struct directory_authority *directory_authority_by_name_at(struct str name, date_days day);
/* The one whose name is nearest, for a suggestion; NULL when none is near. */
const struct directory_authority *directory_authority_nearest(struct str name);

/* All there are, ended ones too, sorted by code. */
const struct directory_authority *directory_authorities(size_t *ret_count);
/* The next in order of code that holds on the day, the first after NULL; NULL after the last. */
const struct directory_authority *directory_authority_next(
	const struct directory_authority *after, date_days day);
bool directory_authority_holds(const struct directory_authority *authority, date_days day);
/* Those in whose place it is on a later day, at most `most`; itself while it holds. Returns how
 * many there are. */
size_t directory_authority_successors(const struct directory_authority *authority, date_days day,
	const struct directory_authority **ret_successors, size_t most);
/* True when the code ended before the day: `out` then says so and names the successors. */
bool directory_authority_ended(struct str code, date_days day, char *out, size_t size);
/* The other code of the same place, which a moved boundary gave another: the one before or after
 * it, of the same name.  NULL for most. */
const struct directory_authority *directory_authority_same_place(
	const struct directory_authority *authority);

/* Names of counties and police force areas by their codes; empty when unknown. */
struct str directory_county_name(struct str code);
struct str directory_police_name(struct str code);
/* The 43 police force areas, sorted by code. */
struct directory_force {
	struct str code, name;
};
const struct directory_force *directory_forces(size_t *ret_count);
/* Women's prisons by code (AGI … STI); empty when unknown. */
struct str directory_prison_name(struct str code);
#endif
