/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_MATCH_H
#define ONWARD_CORE_MATCH_H
#include "broker/base/value.h"
#include "broker/config/parties.h"
#include "broker/core/facts.h"
#include "broker/core/plan.h"
/*
 * Matching: which services, in which order, for which of her needs, and why.
 *
 *   candidates (match_candidate.c)  every service of her area through the filters and its clauses
 *   room       (match_room.c)       how full they are: the only part that hangs on what is stored
 *   choice     (match_choice.c)     the lead, the specialists for what is left, the gaps
 *   questions  (match_questions.c)  what to ask, and how long to wait, when something is open
 *   words      (match_words.c)      the same as a document, for explain
 *
 * The comparison of two eligible services, first difference decides: more of her needs;
 * women-specific; her specialist wish; her language; local before wider (the other way round when
 * she must avoid her area); expected cohort; nobody waits; service id.  Before all of that, room
 * for her now: a service where she would wait comes behind those that can take her, and of two such
 * the one whose list is shorter where otherwise nobody waiting would decide.
 */
enum match_filter {
	MATCH_ROUTING,
	MATCH_DELIVERY, /* its provider is a party of this broker; looked at like capacity */
	MATCH_AREA,
	MATCH_PATHWAY,
	MATCH_REFERRER,
	MATCH_NEEDS,
	MATCH_CONSENT,
	MATCH_WINDOW,
	MATCH_RELEASE,
	MATCH_INTAKE,   /* what was published at once, a message like capacity */
	MATCH_CAPACITY, /* looked at when the others let it through: unknown otherwise */
	MATCH_FILTERS,
};

enum match_verdict {
	MATCH_ELIGIBLE,
	MATCH_INELIGIBLE,
	MATCH_UNDETERMINED,
	MATCH_ERROR,
};

struct match_load {
	uint64_t live, waiting, year, pool, pool_waiting;
	bool paused; /* by a message (intake.h); the directory says it for itself */
	bool paused_by_provider;
	timestamp_us paused_until; /* 0: until it is resumed */
};

enum room {
	ROOM_NOW,
	ROOM_TO_WAIT, /* she would wait, behind those who do */
	ROOM_NONE,
};

struct match_input {
	const struct plan *plan;
	const struct referral *referral;
	struct str source;
	enum kind source_kind;
	timestamp_us now;
	uint32_t beside; /* needs a housing authority was told of: a lead may take them as well */
	uint32_t wanted; /* the needs to find services for */
	bool want_lead;  /* false: only specialists, the lead stands already */
	bool want_duty;  /* a housing authority she named still has to be told */
	uint32_t served_groups;  /* wishes that are met already */
	const struct str *tried; /* services that are not asked (again) */
	size_t tried_count;
	bool explain; /* look at every service, not only at those of the area; results are kept */
	bool room_later; /* match_prepare's: what hangs on the state is for match_decide */
	/* match_prepare's: the steps that may still be taken, of what the rules cost; NULL: any. */
	uint64_t *steps;
	/* Who can be delivered to; NULL: taken for granted. */
	const struct parties *parties;
	/* Caseloads; NULL: all empty. */
	enum err (*load)(void *context, const struct directory_service *service,
		struct match_load *ret_load);
	void *context;
	struct arena *arena;
};

struct match_candidate {
	const struct plan_service *service;
	enum rules_answer filters[MATCH_FILTERS];
	struct rules_result *clauses; /* one an eligibility clause; NULL: not evaluated */
	/* Clauses (bit = number, of the first 64) that have one answer whatever is unknown. */
	uint64_t settled;
	enum match_verdict verdict;
	uint32_t covers; /* wanted needs it takes and may hear of */
	struct match_load load;
	struct directory_limits limits; /* on the day */
	bool waits;                     /* she would wait there */
	bool cohort, language;
	bool looked_at;       /* closer: at its provider, its room and, with both, its clauses */
	date_days hold_until; /* its release window opens then; REFERRAL_NO_DATE */
	/* Prepared: what its clauses came to, for when it has room. */
	struct {
		struct rules_result *clauses;
		uint64_t settled;
		bool cohort;
	} asked;
};

struct match_leg {
	const struct plan_service *service;
	uint32_t needs;
	bool for_list; /* its places are taken: she is sent for its waiting list */
};

enum {
	MATCH_LEGS_MAX = 16,
	MATCH_QUESTIONS_MAX = 16
};

struct match {
	date_days today;         /* in London */
	struct rules_kept *kept; /* facts, so that each is looked for once; may be NULL */
	struct match_candidate *candidates;
	size_t candidate_count;
	struct match_leg legs[MATCH_LEGS_MAX]; /* chosen, the lead first */
	size_t leg_count;
	const struct plan_service **cascade; /* eligible as well, best first */
	size_t cascade_count;
	uint32_t gaps;
	struct str questions[MATCH_QUESTIONS_MAX];
	size_t question_count;
	date_days hold_until; /* nothing now, something from then; REFERRAL_NO_DATE */
};

/* ERR_NOMEM, or what load() returned. */
MUST_CHECK enum err match_run(const struct match_input *input, struct match *ret_match);
/* The same in two steps.  The first hangs on the referral, the directory, the parties and the day
 * alone, so that it can be done beside the writer (ERR_FULL when it would take more than
 * input->steps: nothing is prepared); its match is good for any state, in which the
 * second looks at the room that services have, and chooses.  Of both the arena is input's; the
 * second works on the candidates of the first, which are as good for another time. */
MUST_CHECK enum err match_prepare(const struct match_input *input, struct match *ret_prepared);
MUST_CHECK enum err match_decide(
	const struct match_input *input, struct match *prepared, struct match *ret_match);
/* {directory_version, chosen, cascade, gaps, questions, advice, services}; in the input's arena.
 * Confidential services and those she wants to avoid are not in it. */
struct value match_words(const struct match_input *input, const struct match *match);
/* Services that are only a contact for the referrer, for the needs and groups that found none. */
struct value match_advice(const struct match_input *input, const struct match *match);
struct value match_needs(struct arena *arena, uint32_t needs); /* codes as a list */

/* Her own wishes rule the service out: such a one is not chosen, not looked at and not spoken of.
 */
bool match_avoided(const struct referral *referral, const struct directory_service *service);

/* Between the files of matching. */
MUST_CHECK enum err match_candidates(const struct match_input *input, struct match *match);
/* Prepared candidates as they are with what is stored now. */
MUST_CHECK enum err match_room(
	const struct match_input *input, struct match *prepared, struct match *ret_match);
/* How full the candidate's service is; nothing of it is known beside the writer. */
MUST_CHECK enum err match_look_at_room(
	const struct match_input *input, date_days today, struct match_candidate *candidate);
/* What stands against it leaves its clauses unasked, but to explain. */
bool match_is_asked(const struct match_input *input, const struct match_candidate *candidate);
/* What filters and clauses come to. */
enum match_verdict match_verdict_of(const struct match_candidate *candidate);
/* One service alone, whatever its area; with clauses.  ERR_NOT_FOUND: she avoids it, it was tried,
 * or it is a housing authority that she did not name. */
MUST_CHECK enum err match_look(
	const struct match_input *input, size_t position, struct match_candidate *ret_candidate);
/* True when the service is among the legs. */
bool match_chosen(const struct match *match, const struct plan_service *service);
/* Of a clause that is unknown by CEL's rules: the one answer it has all the same, or what it needs.
 * `ways_most`: 0, or how many ways to complete it may be tried; ERR_FULL: that is too few.
 * ERR_NOMEM. */
MUST_CHECK enum err match_complete(const struct plan_clause *clause, size_t ways_most,
	struct facts *context, const struct rules_facts *facts, struct rules_result *result);
/* The questions, and until when it is to wait; the arena says when memory was short. */
void match_ask_and_hold(const struct match_input *input, struct match *match);
/* Room on the day that the limits are of. */
enum room match_room_of(const struct directory_service *service,
	const struct directory_limits *limits, const struct match_load *load);
/* match_room_words.c */
struct str match_room_text(
	const struct match_input *input, const struct match_candidate *candidate);
struct str match_intake_text(
	const struct match_input *input, const struct match_candidate *candidate);
const char *match_filter_name(enum match_filter filter);
/* What the filter said of the candidate, in the input's arena or static. */
struct str match_filter_text(const struct match_input *input,
	const struct match_candidate *candidate, enum match_filter filter);
#endif
