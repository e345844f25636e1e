/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_MEMBERS_H
#define ONWARD_DIRECTORY_MEMBERS_H
#include "directory/directory.h"

/*
 * The members of a service, an organisation and an area as tables (members.def): what has to look
 * at every one of them cannot forget one that is new.
 */
enum directory_member_kind {
	DIRECTORY_MEMBER_TEXT,      /* struct str, empty: not stated */
	DIRECTORY_MEMBER_PARTY,     /* the same, the id of an organisation */
	DIRECTORY_MEMBER_PATH,      /* the same, a file: only its area counts */
	DIRECTORY_MEMBER_RUN_BY,    /* const struct directory_organisation * */
	DIRECTORY_MEMBER_ROLE,      /* enum directory_role */
	DIRECTORY_MEMBER_ROUTING,   /* enum directory_routing */
	DIRECTORY_MEMBER_FLAG,      /* bool */
	DIRECTORY_MEMBER_AMOUNT,    /* int64_t, -1: not stated */
	DIRECTORY_MEMBER_DATE,      /* date_days, INT32_MIN or INT32_MAX: not stated */
	DIRECTORY_MEMBER_IDS,       /* struct directory_list of ids; its order says nothing */
	DIRECTORY_MEMBER_CODES,     /* of codes of a vocabulary */
	DIRECTORY_MEMBER_PLACES,    /* of GSS codes */
	DIRECTORY_MEMBER_FIELDS,    /* of paths, each of which covers what is below it */
	DIRECTORY_MEMBER_CLAUSES,   /* struct directory_clauses */
	DIRECTORY_MEMBER_CLOCKS,    /* struct directory_clocks */
	DIRECTORY_MEMBER_OVERRIDES, /* struct directory_overrides */
};

/* What a difference is about, in the order in which they are told. */
enum directory_weight {
	DIRECTORY_SAFETY,   /* who learns what about her, and for whom the service is */
	DIRECTORY_PRESENCE, /* services, organisations and areas that come, go or move */
	DIRECTORY_OFFER,
	DIRECTORY_WORDING, /* nobody is treated otherwise */
};

enum directory_subject {
	DIRECTORY_SERVICE,
	DIRECTORY_ORGANISATION,
	DIRECTORY_AREA,
};

struct directory_member {
	const char *key; /* in the file: "window.from"; "" of one that no key gives */
	enum directory_member_kind kind;
	size_t offset;
	enum directory_weight more, less;
	const char *gain, *loss;
};

/* Static, in the order of the struct. */
const struct directory_member *directory_members(enum directory_subject subject, size_t *ret_count);
/* True when both say the same; `a` and `b` are of the struct that has the member.  Lists are equal
 * only in the same order, organisations when their ids are. */
bool directory_member_equal(const struct directory_member *member, const void *a, const void *b);
/* The same of a part of a member. */
bool directory_clause_equal(const struct directory_clause *a, const struct directory_clause *b);
bool directory_clock_equal(const struct directory_clock *a, const struct directory_clock *b);
bool directory_override_equal(
	const struct directory_override *a, const struct directory_override *b);
#endif
