/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_DIRECTORY_H
#define ONWARD_DIRECTORY_DIRECTORY_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
#include "broker/base/err.h"
#include "broker/base/hash.h"
#include "broker/base/timestamp.h"
#include "directory/authority.h"
/*
 * directory: the services, who runs them, where, for whom, and how they are reached; read from
 * YAML, checked, indexed by local authority.  Includes broker/base only: no clock, socket, store,
 * and no word of referrals; vocabularies and the clause checker come from the caller.
 *
 * A directory is immutable once loaded and may be read from any thread; all its memory is its own.
 */
enum directory_routing {
	DIRECTORY_ROUTABLE,
	DIRECTORY_ADVICE_ONLY, /* offered to the referrer as a contact */
	DIRECTORY_NEVER,       /* never chosen automatically */
};

enum directory_role {
	DIRECTORY_LEAD,       /* takes the whole person: chosen first, one a referral */
	DIRECTORY_SPECIALIST, /* takes the needs that are left, or a group she asks for */
	DIRECTORY_DUTY, /* a housing authority under the Duty to Refer: only when she names it */
};

struct directory_list {
	const struct str *items;
	size_t count;
};

struct directory_clause {
	struct str id;    /* unique within the service, a slug */
	struct str cel;   /* the condition */
	struct str means; /* in plain English, the author's words; may be empty for a cohort */
	bool ask;         /* `otherwise: ask`: when the answer is no, a person asks the service */
	struct str question; /* with ask: what to ask, e.g. the fact the service's policy leaves
				open */
};

struct directory_clauses {
	const struct directory_clause *items;
	size_t count;
};

/* How long one of the caller's clocks runs at the service. */
struct directory_clock {
	struct str name;
	int64_t amount; /* 1 or more */
	bool hours;     /* else working days */
};

struct directory_clocks {
	const struct directory_clock *items;
	size_t count;
};

/* Other limits for a time: what it does not state (-1) stays as it otherwise is. */
struct directory_override {
	date_days from, to; /* inclusive, in London */
	int64_t caseload, per_year, pool_caseload;
	struct str note; /* why, for people; may be empty */
};

struct directory_overrides {
	const struct directory_override *items; /* by `from`; none overlaps another */
	size_t count;
};

struct directory_organisation {
	struct str id, name;
	struct str party_kind; /* "provider", "local-authority" …; empty: not a party, no keys */
	struct str faith_ethos, contact;
	bool advice_contact; /* `contact` may be shown to a referrer */
};

struct directory_service {
	struct str id, name, description, funder;
	const struct directory_organisation *organisation;
	struct directory_list partners; /* organisation ids */
	enum directory_role role;
	enum directory_routing routing;
	bool women_specific;
	bool rate_card; /* paid by the referral, by those who may refer: others cannot send there */
	bool area_stated;                  /* false: `area: not-stated` */
	struct directory_list authorities; /* GSS codes, sorted */
	/* False: `needs: not-stated`.  A lead then takes the whole person and declines what it
	 * cannot do; a specialist is chosen for no need. */
	bool needs_stated;
	struct directory_list needs, pathways, specialist_groups;
	struct directory_list referrer_parties, referrer_kinds; /* either; both empty: nobody */
	struct directory_clauses eligibility;                   /* all must answer yes */
	struct directory_clauses cohort;                        /* rank only */
	date_days window_from,
		window_to; /* inclusive; INT32_MIN / INT32_MAX when open or not stated */
	/* Id of the service that takes on its people when the window has ended, or empty.  It is
	 * in the directory, is not the service itself, and no chain of successors is a circle. */
	struct str successor;
	int64_t caseload, per_year; /* -1: not stated, no limit is enforced */
	struct str pool;            /* id of a shared capacity pool, or empty */
	int64_t pool_caseload;      /* of the pool; -1: not stated */
	struct directory_overrides overrides;
	int64_t waiting_list; /* how many may wait when it is full; 0: full is full */
	bool intake_open;
	int64_t lead_days; /* resettlement: earliest referral, days before release; -1: none */
	struct directory_clocks clocks; /* those that run otherwise than they do everywhere */
	struct directory_list
		lead_needs; /* the needs that may come before release; empty: all of `needs` */
	struct str delivery_party, delivery_adapter, delivery_address;
	bool delivery_secret; /* the channel can carry personal data; false: a notice with a
				 reference only */
	struct directory_list
		agreement; /* field paths that leave; a path covers what is below it */
	bool confidential_location;
	struct directory_list languages;
	struct str faith_ethos, opening_hours;
	date_days assurance_date; /* INT32_MIN: not stated */
	struct str file;          /* where it was read, for messages */
};

/* What an area file says of where it looks. */
struct directory_area {
	struct str id, title;
	struct directory_list authorities; /* GSS codes, sorted: looked at beside its services' */
	struct directory_list not_stated;  /* those of which its sources say nothing */
};

struct directory {
	const struct directory_service *services; /* sorted by id */
	size_t service_count;
	const struct directory_organisation *organisations; /* sorted by id */
	size_t organisation_count;
	const struct directory_area *areas; /* in the order of their files */
	size_t area_count;
	uint8_t hash[HASH_SIZE]; /* of all files' paths and bytes, in path order */
	struct directory_index *index;
	struct arena arena;
};

/* What the caller knows and the directory must agree with. */
struct directory_rulebook {
	struct directory_list needs, pathways, specialist_groups, party_kinds;
	struct directory_list clocks; /* empty: any name will do */
	void *context;
	/* False with a sentence when a clause does not compile.  NULL: any clause will do. */
	bool (*clause_ok)(void *context, struct str cel, unsigned *ret_line, unsigned *ret_column,
		char *message, size_t message_size);
	/* 0: no such field; else 1 + its sensitivity class (0..4).  Of a field with others below it
	 * ("risk"): the highest class among them, because naming it lets them all leave. */
	int (*field_class)(void *context, struct str path);
};

/* Every problem found, by file, line and field; the first `room` found are kept (200, or what
 * check.h says), `count` goes on counting. */
struct directory_problems {
	struct directory_problem {
		struct str file; /* path below the directory's root */
		unsigned line;   /* 1-based; 0: the whole file */
		struct str field;
		struct str message;
		const char *code;      /* static, a kind of problem: "unknown-word" */
		struct str suggestion; /* what may have been meant; it is in the message too */
	} * items;
	size_t count, kept, room;
	struct arena arena;
};
void directory_problems_finish(struct directory_problems *problems);

/* The files of a directory, read once: what is hashed, published and parsed. */
struct directory_file {
	struct str path; /* below the root: "london-2018/services/south-london-alliance.yaml" */
	struct str bytes;
};
struct directory_files {
	struct directory_file *items; /* sorted by path */
	size_t count;
	struct arena arena;
};
/* Walks `root`, at most <area>/<kind>/<file>, for regular files that end in .yaml; others are
 * passed over, but a link or a .yml is ERR_CONFIG, so that nothing goes missing unseen.
 * ERR_NOT_FOUND, ERR_IO, ERR_TOO_LARGE (256 KiB a file, 256 MiB in all); fault->field is the path.
 */
MUST_CHECK enum err directory_files_read(
	const char *root, struct directory_files *ret_files, struct fault *fault);
/* For a list that was made otherwise; by path. */
void directory_files_sort(struct directory_files *files);
void directory_files_finish(struct directory_files *files);
/* Of a sorted list. */
void directory_files_hash(const struct directory_files *files, uint8_t out[HASH_SIZE]);

/* Parses and checks.  ERR_CONFIG with *problems filled; *ret_directory is untouched then.  What
 * stood in *problems is overwritten; the caller finishes it whatever the answer.  The files may be
 * in any order and may go once this returns.  FORMAT.md says what they hold. */
MUST_CHECK enum err directory_load(const struct directory_files *files,
	const struct directory_rulebook *rulebook, struct directory **ret_directory,
	struct directory_problems *problems);
void directory_destroy(struct directory *directory); /* accepts NULL */

const struct directory_service *directory_service_find(
	const struct directory *directory, struct str id);
const struct directory_organisation *directory_organisation_find(
	const struct directory *directory, struct str id);
/* What limits a service on a day: -1 where nothing does.  `override`: the one in force, or NULL. */
struct directory_limits {
	int64_t caseload, per_year, pool_caseload;
	const struct directory_override *override;
};
struct directory_limits directory_limits_on(
	const struct directory_service *service, date_days date);
/* The first override that begins after `date`, by `last` at the latest; NULL: none does. */
const struct directory_override *directory_override_next(
	const struct directory_service *service, date_days date, date_days last);
/* Positions (ascending) in `services` of those that name the authority.  Count 0 when none. */
size_t directory_at_authority(
	const struct directory *directory, struct str code, const uint32_t **ret_positions);
/* Positions of the services whose area is not stated. */
size_t directory_not_stated(const struct directory *directory, const uint32_t **ret_positions);
#endif
