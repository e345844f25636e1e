/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/authority.h"

#include <stdio.h>

#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}
#define NORTH_EAST TEXT("North East")
#define NORTH_WEST TEXT("North West")
#define YORKSHIRE TEXT("Yorkshire and The Humber")
#define EAST_MIDLANDS TEXT("East Midlands")
#define WEST_MIDLANDS TEXT("West Midlands")
#define EAST_OF_ENGLAND TEXT("East of England")
#define LONDON TEXT("London")
#define SOUTH_EAST TEXT("South East")
#define SOUTH_WEST TEXT("South West")
#define WALES TEXT("Wales")
/* 1 April of a year of this century, as days since 1970. */
#define APRIL_1(year) (365 * ((year)-1970) + ((year)-1969) / 4 + 90 + ((year) % 4 == 0))

static const struct directory_authority authorities[] = {
#define AUTHORITY(code, name, region, county, police, begun, ended, successors) \
	{TEXT(code), TEXT(name), region, TEXT(county), TEXT(police),            \
		(begun) == 0 ? INT32_MIN : APRIL_1(begun),                      \
		(ended) == 0 ? INT32_MAX : APRIL_1(ended) - 1, TEXT(successors)},
#include "directory/authorities.def"
#undef AUTHORITY
};
enum {
	AUTHORITY_COUNT = sizeof(authorities) / sizeof(authorities[0])
};

static const struct directory_force counties[] = {
#define COUNTY(code, name) {TEXT(code), TEXT(name)},
#define FORCE(code, name)
#include "directory/areas.def"
#undef COUNTY
#undef FORCE
};

static const struct directory_force forces[] = {
#define COUNTY(code, name)
#define FORCE(code, name) {TEXT(code), TEXT(name)},
#include "directory/areas.def"
#undef COUNTY
#undef FORCE
};

static const struct directory_force prisons[] = {
	{TEXT("AGI"), TEXT("Askham Grange")},
	{TEXT("BZI"), TEXT("Bronzefield")},
	{TEXT("DHI"), TEXT("Drake Hall")},
	{TEXT("DWI"), TEXT("Downview")},
	{TEXT("ESI"), TEXT("East Sutton Park")},
	{TEXT("EWI"), TEXT("Eastwood Park")},
	{TEXT("FHI"), TEXT("Foston Hall")},
	{TEXT("LNI"), TEXT("Low Newton")},
	{TEXT("NHI"), TEXT("New Hall")},
	{TEXT("PFI"), TEXT("Peterborough")},
	{TEXT("SDI"), TEXT("Send")},
	{TEXT("STI"), TEXT("Styal")},
};

const struct directory_authority *directory_authority_by_code(struct str code)
{
	size_t low = 0;
	size_t high = AUTHORITY_COUNT;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = str_compare(code, authorities[middle].code);
		if (order == 0) {
			return &authorities[middle];
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}

const struct directory_authority *directory_authorities(size_t *ret_count)
{
	*ret_count = AUTHORITY_COUNT;
	return authorities;
}

bool directory_authority_holds(const struct directory_authority *authority, date_days day)
{
	return authority->from <= day && day <= authority->to;
}

const struct directory_authority *directory_authority_next(
	const struct directory_authority *after, date_days day)
{
	size_t i = after == NULL ? 0 : (size_t)(after - authorities) + 1;
	while (i < AUTHORITY_COUNT && !directory_authority_holds(&authorities[i], day)) {
		i++;
	}
	return i < AUTHORITY_COUNT ? &authorities[i] : NULL;
}

/* The code at the head of a list of them, which loses it; NULL after the last. */
static const struct directory_authority *successor_take(struct str *codes)
{
	const char *space = codes->len == 0 ? NULL : memchr(codes->ptr, ' ', codes->len);
	const struct str code = {
		codes->ptr, space == NULL ? codes->len : (size_t)(space - codes->ptr)};
	const size_t past = space == NULL ? code.len : code.len + 1;
	*codes = (struct str){codes->ptr + past, codes->len - past};
	return directory_authority_by_code(code);
}

size_t directory_authority_successors(const struct directory_authority *authority, date_days day,
	const struct directory_authority **ret_successors, size_t most)
{
	enum {
		WAITING = 16 /* no authority was ever shared out among so many */
	};
	const struct directory_authority *waiting[WAITING] = {authority};
	size_t left = 1;
	size_t count = 0;
	/* Chains end, because a successor's last day is later than its predecessor's. */
	while (left > 0) {
		const struct directory_authority *next = waiting[--left];
		if (next->to >= day) {
			bool there = false;
			for (size_t i = 0; i < count && i < most; i++) {
				there = there || ret_successors[i] == next;
			}
			if (!there && count < most) {
				ret_successors[count] = next;
			}
			count += !there;
			continue;
		}
		struct str codes = next->successors;
		while (codes.len > 0 && left < WAITING) {
			const struct directory_authority *then = successor_take(&codes);
			if (then != NULL) {
				waiting[left++] = then;
			}
		}
	}
	return count;
}

bool directory_authority_ended(struct str code, date_days day, char *out, size_t size)
{
	const struct directory_authority *authority = directory_authority_by_code(code);
	const struct directory_authority *successors[4];
	char ended[DATE_TEXT_SIZE];
	if (authority == NULL || authority->to >= day) {
		return false;
	}
	const size_t most = sizeof(successors) / sizeof(successors[0]);
	const size_t found = directory_authority_successors(authority, day, successors, most);
	date_format(authority->to, ended);
	int len = snprintf(out, size, "%.*s (%.*s) ended on %s", STR_ARG(authority->name),
		STR_ARG(authority->code), ended);
	for (size_t i = 0; i < found && i < most && len > 0 && (size_t)len < size; i++) {
		len += snprintf(out + len, size - (size_t)len, "%s %.*s (%.*s)",
			i == 0 ? "; in its place is" : " and", STR_ARG(successors[i]->name),
			STR_ARG(successors[i]->code));
	}
	return true;
}

const struct directory_authority *directory_authority_same_place(
	const struct directory_authority *authority)
{
	if (authority->from == INT32_MIN && authority->to == INT32_MAX) {
		return NULL;
	}
	for (size_t i = 0; i < AUTHORITY_COUNT; i++) {
		const struct directory_authority *other = &authorities[i];
		if (str_equal(other->name, authority->name) &&
			(str_equal(other->successors, authority->code) ||
				str_equal(authority->successors, other->code))) {
			return other;
		}
	}
	return NULL;
}

static struct str name_of(const struct directory_force *rows, size_t count, struct str code)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(rows[i].code, code)) {
			return rows[i].name;
		}
	}
	return (struct str){0};
}

struct str directory_county_name(struct str code)
{
	return name_of(counties, sizeof(counties) / sizeof(counties[0]), code);
}

struct str directory_police_name(struct str code)
{
	return name_of(forces, sizeof(forces) / sizeof(forces[0]), code);
}

const struct directory_force *directory_forces(size_t *ret_count)
{
	*ret_count = sizeof(forces) / sizeof(forces[0]);
	return forces;
}

struct str directory_prison_name(struct str code)
{
	return name_of(prisons, sizeof(prisons) / sizeof(prisons[0]), code);
}
