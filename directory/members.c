/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/members.h"

/* The type of each kind, and nothing of it. */
#define TYPE_TEXT struct str
#define TYPE_PARTY struct str
#define TYPE_PATH struct str
#define TYPE_RUN_BY const struct directory_organisation *
#define TYPE_ROLE enum directory_role
#define TYPE_ROUTING enum directory_routing
#define TYPE_FLAG bool
#define TYPE_AMOUNT int64_t
#define TYPE_DATE date_days
#define TYPE_IDS struct directory_list
#define TYPE_CODES struct directory_list
#define TYPE_PLACES struct directory_list
#define TYPE_FIELDS struct directory_list
#define TYPE_CLAUSES struct directory_clauses
#define TYPE_CLOCKS struct directory_clocks
#define TYPE_OVERRIDES struct directory_overrides

#define NONE_OF_MANY    \
	{               \
		NULL, 0 \
	}
#define NONE_TEXT NONE_OF_MANY
#define NONE_PARTY NONE_OF_MANY
#define NONE_PATH NONE_OF_MANY
#define NONE_RUN_BY NULL
#define NONE_ROLE DIRECTORY_LEAD
#define NONE_ROUTING DIRECTORY_ROUTABLE
#define NONE_FLAG false
#define NONE_AMOUNT 0
#define NONE_DATE 0
#define NONE_IDS NONE_OF_MANY
#define NONE_CODES NONE_OF_MANY
#define NONE_PLACES NONE_OF_MANY
#define NONE_FIELDS NONE_OF_MANY
#define NONE_CLAUSES NONE_OF_MANY
#define NONE_CLOCKS NONE_OF_MANY
#define NONE_OVERRIDES NONE_OF_MANY

/* The structs as members.def has them... */
struct listed_service {
#define SERVICE(kind, member, ...) TYPE_##kind member;
#include "directory/members.def"
};
struct listed_organisation {
#define ORGANISATION(kind, member, ...) TYPE_##kind member;
#include "directory/members.def"
};
struct listed_area {
#define AREA(kind, member, ...) TYPE_##kind member;
#include "directory/members.def"
};

/* ...have every member at its place... */
#define SERVICE(kind, member, ...)                                                   \
	_Static_assert(offsetof(struct directory_service, member) ==                 \
				       offsetof(struct listed_service, member) &&    \
			       sizeof(((struct directory_service *)0)->member) ==    \
				       sizeof(((struct listed_service *)0)->member), \
		"directory/members.def: " #member);
#define ORGANISATION(kind, member, ...)                                      \
	_Static_assert(offsetof(struct directory_organisation, member) ==    \
			       offsetof(struct listed_organisation, member), \
		"directory/members.def: " #member);
#define AREA(kind, member, ...)                                                                  \
	_Static_assert(                                                                          \
		offsetof(struct directory_area, member) == offsetof(struct listed_area, member), \
		"directory/members.def: " #member);
#include "directory/members.def"
_Static_assert(
	sizeof(struct directory_service) == sizeof(struct listed_service) &&
		sizeof(struct directory_organisation) == sizeof(struct listed_organisation) &&
		sizeof(struct directory_area) == sizeof(struct listed_area),
	"directory/members.def lacks a member");

/* ...and none that hides in a gap: an initialiser with too few values is a warning, an error here.
 */
#define SERVICE(kind, member, ...) NONE_##kind,
_Static_assert(sizeof((struct directory_service){
#include "directory/members.def"
	       }) > 0,
	"");
#define ORGANISATION(kind, member, ...) NONE_##kind,
_Static_assert(sizeof((struct directory_organisation){
#include "directory/members.def"
	       }) > 0,
	"");
#define AREA(kind, member, ...) NONE_##kind,
_Static_assert(sizeof((struct directory_area){
#include "directory/members.def"
	       }) > 0,
	"");

#define ROW(owner, kind, member, key, more, less, gain, loss)                      \
	{key, DIRECTORY_MEMBER_##kind, offsetof(struct directory_##owner, member), \
		DIRECTORY_##more, DIRECTORY_##less, gain, loss},

const struct directory_member *directory_members(enum directory_subject subject, size_t *ret_count)
{
	static const struct directory_member services[] = {
#define SERVICE(...) ROW(service, __VA_ARGS__)
#include "directory/members.def"
	};
	static const struct directory_member organisations[] = {
#define ORGANISATION(...) ROW(organisation, __VA_ARGS__)
#include "directory/members.def"
	};
	static const struct directory_member areas[] = {
#define AREA(...) ROW(area, __VA_ARGS__)
#include "directory/members.def"
	};
	switch (subject) {
	case DIRECTORY_SERVICE:
		*ret_count = sizeof(services) / sizeof(services[0]);
		return services;
	case DIRECTORY_ORGANISATION:
		*ret_count = sizeof(organisations) / sizeof(organisations[0]);
		return organisations;
	case DIRECTORY_AREA:
		*ret_count = sizeof(areas) / sizeof(areas[0]);
		return areas;
	}
	*ret_count = 0;
	return NULL;
}

/* The parts of members, which are compared one by one below. */
_Static_assert(sizeof((struct directory_clause){
		       NONE_TEXT, NONE_TEXT, NONE_TEXT, NONE_FLAG, NONE_TEXT}) > 0 &&
		       sizeof((struct directory_clock){NONE_TEXT, NONE_AMOUNT, NONE_FLAG}) > 0 &&
		       sizeof((struct directory_override){NONE_DATE, NONE_DATE, NONE_AMOUNT,
			       NONE_AMOUNT, NONE_AMOUNT, NONE_TEXT}) > 0,
	"");

static bool lists_equal(const struct directory_list *a, const struct directory_list *b)
{
	bool equal = a->count == b->count;
	for (size_t i = 0; equal && i < a->count; i++) {
		equal = str_equal(a->items[i], b->items[i]);
	}
	return equal;
}

bool directory_clause_equal(const struct directory_clause *a, const struct directory_clause *b)
{
	return str_equal(a->id, b->id) && str_equal(a->cel, b->cel) &&
	       str_equal(a->means, b->means) && a->ask == b->ask &&
	       str_equal(a->question, b->question);
}

bool directory_clock_equal(const struct directory_clock *a, const struct directory_clock *b)
{
	return str_equal(a->name, b->name) && a->amount == b->amount && a->hours == b->hours;
}

bool directory_override_equal(
	const struct directory_override *a, const struct directory_override *b)
{
	return a->from == b->from && a->to == b->to && a->caseload == b->caseload &&
	       a->per_year == b->per_year && a->pool_caseload == b->pool_caseload &&
	       str_equal(a->note, b->note);
}

static bool clauses_equal(const struct directory_clauses *a, const struct directory_clauses *b)
{
	bool equal = a->count == b->count;
	for (size_t i = 0; equal && i < a->count; i++) {
		equal = directory_clause_equal(&a->items[i], &b->items[i]);
	}
	return equal;
}

static bool clocks_equal(const struct directory_clocks *a, const struct directory_clocks *b)
{
	bool equal = a->count == b->count;
	for (size_t i = 0; equal && i < a->count; i++) {
		equal = directory_clock_equal(&a->items[i], &b->items[i]);
	}
	return equal;
}

static bool overrides_equal(
	const struct directory_overrides *a, const struct directory_overrides *b)
{
	bool equal = a->count == b->count;
	for (size_t i = 0; equal && i < a->count; i++) {
		equal = directory_override_equal(&a->items[i], &b->items[i]);
	}
	return equal;
}

static bool organisations_equal(
	const struct directory_organisation *a, const struct directory_organisation *b)
{
	return a == b || (a != NULL && b != NULL && str_equal(a->id, b->id));
}

bool directory_member_equal(const struct directory_member *member, const void *a, const void *b)
{
	const void *x = (const char *)a + member->offset;
	const void *y = (const char *)b + member->offset;
	switch (member->kind) {
	case DIRECTORY_MEMBER_TEXT:
	case DIRECTORY_MEMBER_PARTY:
	case DIRECTORY_MEMBER_PATH:
		return str_equal(*(const struct str *)x, *(const struct str *)y);
	case DIRECTORY_MEMBER_RUN_BY:
		return organisations_equal(*(const struct directory_organisation *const *)x,
			*(const struct directory_organisation *const *)y);
	case DIRECTORY_MEMBER_ROLE:
		return *(const enum directory_role *)x == *(const enum directory_role *)y;
	case DIRECTORY_MEMBER_ROUTING:
		return *(const enum directory_routing *)x == *(const enum directory_routing *)y;
	case DIRECTORY_MEMBER_FLAG:
		return *(const bool *)x == *(const bool *)y;
	case DIRECTORY_MEMBER_AMOUNT:
		return *(const int64_t *)x == *(const int64_t *)y;
	case DIRECTORY_MEMBER_DATE:
		return *(const date_days *)x == *(const date_days *)y;
	case DIRECTORY_MEMBER_IDS:
	case DIRECTORY_MEMBER_CODES:
	case DIRECTORY_MEMBER_PLACES:
	case DIRECTORY_MEMBER_FIELDS:
		return lists_equal(x, y);
	case DIRECTORY_MEMBER_CLAUSES:
		return clauses_equal(x, y);
	case DIRECTORY_MEMBER_CLOCKS:
		return clocks_equal(x, y);
	case DIRECTORY_MEMBER_OVERRIDES:
		return overrides_equal(x, y);
	}
	return false;
}
