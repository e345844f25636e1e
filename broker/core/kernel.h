/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_KERNEL_H
#define ONWARD_CORE_KERNEL_H
#include "broker/core/apply.h"
#include "broker/core/clock.h"
#include "broker/core/core.h"
#include "broker/core/intake.h"
#include "broker/core/match.h"
#include "broker/core/publication.h"
#include "broker/store/payload.h"

#include <pthread.h>
#include <stdatomic.h>
/*
 * What the core's own files share: the open core, and one decision on the way.  Nothing outside
 * broker/core includes this.
 */
enum {
	REFUSALS = 32,
	BLOBS_MAX = 32
};

/* A plan or parties, held by whoever looks at it. */
struct shared {
	_Atomic int holders;
	void *object;
	void (*destroy)(void *object);
};

struct world {
	_Atomic int holders;
	struct shared *plan;     /* object: struct plan; NULL: none, or none that can be used */
	struct shared *parties;  /* object: struct parties */
	struct shared *calendar; /* object: struct calendar; NULL: the holidays of the program */
};

/* A directory on its way into force, with all that hangs on it alone made ready. */
struct core_directory {
	struct buf packed; /* its files, as they are kept */
	struct buf image;  /* the same, loaded, in binary form; empty: none is kept */
	struct plan *plan;
	uint8_t hash[HASH_SIZE];
	enum publication_origin origin;
	char note[PUBLICATION_NOTE_SIZE];
	uint64_t of;                      /* rollback: whose files */
	uint64_t expect;                  /* refused when another version is in force; 0: any */
	uint64_t before;                  /* the version in force when it was prepared; 0: none */
	uint64_t added, changed, removed; /* files, against that */
	bool uncounted;                   /* that cannot be read: what changed is not known */
};

struct core {
	struct store *store;
	struct journal *journal;
	struct payload_slots *slots;
	struct store_meta meta;
	pthread_mutex_t mutex;    /* over world and identity */
	struct calendar calendar; /* when the world has none of its own */
	struct world *world;
	struct core_identity identity;
	struct fault parsed;  /* why the published files were parsed at the open; ERR_OK: not */
	struct fault damaged; /* what is in force runs, but its files cannot be read; ERR_OK: not */
	struct fault unusable; /* why what is in force is not loaded; written at the open alone */
	struct directory_problems refused;
	_Atomic uint64_t refusals[REFUSALS];
	/* The open batch; the writer's alone. */
	struct state state;
	struct journal_head head; /* as it will be: its hash is that of the last batch */
	struct rows *rows;
	struct arena arena; /* of one command */
	struct buf scratch; /* of one encoding */
	struct buf record;  /* the records of the batch, one behind the other */
	struct buf entries; /* struct journal_entry; body.len alone is set until the commit */
	struct core_effects effects;
	struct world *batch_world;
	bool touched;                     /* the batch holds something to commit */
	struct core_directory *published; /* adopted when the batch commits */
	uint64_t *erased;                 /* slots to overwrite when it has; LIMIT_BATCH_COMMANDS */
	size_t erased_count;
	struct buf owed; /* uint64_t: slots that a full disk kept from being overwritten */
	int64_t retention_months;
	struct event *events; /* EVENTS_MAX */
};

struct core_prepared {
	struct referral referral; /* of the request's document */
	struct str packed;        /* the document in canonical bytes */
	struct payload_shut shut; /* the same, shut */
	uint8_t lookup[LOOKUP_SIZE], content[LOOKUP_SIZE];
	/* What it was matched against; NULL: it was not.  Both live as long as the request's world.
	 */
	const struct plan *plan;
	const struct parties *parties;
	struct match *match; /* match_prepare's */
};

/* Personal data to be sealed when the decision is carried out. */
struct blob {
	struct id id;
	uint64_t slot; /* plus 1 */
	struct str plain;
	const struct payload_shut *shut; /* it was shut already; NULL: not yet */
};

/* Places of a service beyond those that the rows count. */
struct load_more {
	struct str service; /* empty: none */
	uint64_t legs;
};

/* One command being decided.  Reads the state, writes only here. */
struct decide {
	struct core *core;
	struct state *state;
	const struct plan *plan; /* NULL: decide_no_directory */
	const struct parties *parties;
	const struct calendar *calendar;
	const struct core_command *command;
	const struct wire_request *request; /* NULL: the broker's own */
	timestamp_us now;
	struct arena *arena;
	struct event *events;
	size_t count;
	struct blob blobs[BLOBS_MAX];
	size_t blob_count;
	uint64_t counter; /* ids given out */
	uint64_t slots;
	struct match *matched; /* of a new referral, beside the writer; NULL: not, or not so
					that it holds here */
	bool intake_closed; /* the store is nearly full: nothing new, what is known is answered */
	bool duplicate;
	bool directory_taken;
	struct id answer_referral; /* what the reply is about, once applied */
	uint8_t answer_leg;
	struct value body;       /* the reply, when it is not about a referral or leg */
	struct value overridden; /* with a leg that was made by hand: what a machine stops at */
	struct load_more more;   /* legs that are decided and are in no row yet */
	struct fault fault;
};

/* A referral under decision: rows, document, legs as they will be. */
struct subject {
	struct id id;
	struct referral_row row;
	struct value document;
	struct referral referral;
	struct leg_row *legs; /* by number; decide_legs_room before there is one more */
	size_t legs_room;
	uint8_t line[LOOKUP_SIZE];
	uint32_t gaps;
};

/* decide.c: which command is decided where. */
MUST_CHECK enum err decide_command(struct decide *decide);

/* decision.c: what decisions are made of. */
struct id decide_id(struct decide *decide);
struct event *decide_emit(struct decide *decide, enum event_type type, struct id referral);
MUST_CHECK enum err decide_blob(
	struct decide *decide, struct id id, uint64_t slot, struct str plain);
MUST_CHECK enum err decide_refuse(struct decide *decide, enum err err, const char *field,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* Room for the legs it has, by row.legs, and for one more at least.  Pointers to its legs are not
 * good any more after this. */
MUST_CHECK enum err decide_legs_room(struct decide *decide, struct subject *subject);
/* Rows and legs of a referral, without its document: enough to stop it. */
MUST_CHECK enum err decide_rows(struct decide *decide, struct id id, struct subject *ret_subject);
/* Rows, document and legs of a referral, by id. */
MUST_CHECK enum err decide_subject(
	struct decide *decide, struct id id, struct subject *ret_subject);
/* Deliveries of one line keep their order: one line a person of a source, else one a referral. */
void decide_line(struct decide *decide, struct subject *subject, struct str source);
uint8_t decide_flags(const struct referral *referral); /* enum referral_flag */
/* What a document is checked against. */
struct referral_context decide_context(const struct decide *decide);
/* The referral of a reference as people type it, not yet read. ERR_NOT_FOUND. */
MUST_CHECK enum err decide_find(struct decide *decide, struct str reference, struct id *ret_id);

/* decide_match.c: matching inside a decision; decide_stop.c: how legs move and end. */
/* Matches every need that no leg holds or has met, adds the legs, and says where the referral
 * stands.  Services that answered are not asked again. */
MUST_CHECK enum err decide_match(struct decide *decide, struct subject *subject);
/* Would that add a leg?  Nothing is decided. */
MUST_CHECK enum err decide_match_finds(
	struct decide *decide, const struct subject *subject, bool *ret_finds);
/* A new leg, and the delivery that brings it. */
void decide_add_leg(struct decide *decide, struct subject *subject, const struct match_leg *chosen);
/* Keeps who was considered and what became of each, sealed: it tells of her. */
MUST_CHECK enum err decide_keep(struct decide *decide, struct subject *subject,
	const struct match *match, struct id *ret_decision);
MUST_CHECK enum err decide_referral_state(struct decide *decide, struct subject *subject,
	enum referral_state to, const struct match *match, uint32_t gaps);
void decide_leg_state(struct decide *decide, struct subject *subject, uint8_t leg,
	enum leg_state to, struct str reason);
void decide_queue(struct decide *decide, struct subject *subject, uint8_t leg,
	enum delivery_kind kind, struct str fields, struct str basis, struct str reason);
/* Cancels the leg's newest delivery while nobody has taken it, unless it only says that the leg was
 * withdrawn.  A leg has at most one such delivery, so that nothing older can still leave.
 * *ret_kind is set when *ret_cancelled is. */
MUST_CHECK enum err decide_cancel_queued(struct decide *decide, struct subject *subject,
	uint8_t leg, struct str reason, enum delivery_kind *ret_kind, bool *ret_cancelled);
/* For a coordinator: something about the referral that a person must see to. */
void decide_alert(struct decide *decide, struct id referral, struct str reason);
/* Keeps the request's free text, if there is any, sealed under the referral's key; the event names
 * it.  None of a referral that was erased.  What a provider writes is for the source: its
 * disclosure is recorded with the event. */
MUST_CHECK enum err decide_note(
	struct decide *decide, const struct subject *subject, struct event *event);
/* On which basis a service hears of her. */
struct str decide_basis(const struct subject *subject, struct str service);
/* Ends a leg from the source's side: matched ones at once, others are asked to stop. */
MUST_CHECK enum err decide_stop_leg(
	struct decide *decide, struct subject *subject, uint8_t leg, struct str reason);
/* The state that follows from the legs; emits it when it differs. */
MUST_CHECK enum err decide_settle(struct decide *decide, struct subject *subject);
bool decide_has_live_leg(const struct subject *subject);
/* The leg holds its needs, or they are met, or it is over by her own decision or end. */
bool decide_leg_answers(const struct leg_row *row);
/* decide_amend.c: her consent, or her wishes, do not let this leg go on. */
bool decide_leg_unwanted(const struct decide *decide, const struct subject *subject, unsigned leg);
void decide_leg_needs(struct decide *decide, struct subject *subject, uint8_t leg, uint32_t needs);
/* Its provider hears of her as she is today, and of the needs that the leg has today. */
MUST_CHECK enum err decide_leg_renew(struct decide *decide, struct subject *subject, uint8_t leg);
/* decide_load.c: caseloads for matching; `context` is a struct load_context. */
struct load_context {
	struct state *state;
	timestamp_us now;
	struct load_more more;
	const struct decide *decide; /* what it has decided so far counts too; or NULL */
	bool whole;                  /* all counters, also where no limit is stated */
	bool asked;                  /* whether there are messages about intake at all ... */
	bool messages;               /* ... is known, and this is the answer */
};
enum err decide_load(
	void *context, const struct directory_service *service, struct match_load *ret_load);

/* decide_answer.c: what a provider says besides yes and no. */
MUST_CHECK enum err decide_contact_attempted(
	struct decide *decide, struct id referral, uint8_t leg);
/* The fields that are asked for, comma separated; none where none belong. */
MUST_CHECK enum err decide_questions(struct decide *decide, struct str *ret_questions);
/* Legs whose questions the amendment names go on. */
MUST_CHECK enum err decide_answered(struct decide *decide, struct subject *subject, bool *ret_any);
/* The leg has ended for the request's service: a leg there, where her consent covers it. */
MUST_CHECK enum err decide_redirected(struct decide *decide, struct subject *subject, uint8_t leg);
/* Still waiting, said on another day than before: the clock begins again. */
bool decide_reaffirms(const struct decide *decide, const struct leg_row *row, enum leg_state to);

/* decide_clock.c: deadlines, for the events that begin a state. */
/* Sets the clock of the state that `event` brings the leg to, and the row with it: to be called
 * while the row still has the clock of the state before. */
MUST_CHECK enum err decide_leg_clock(struct decide *decide, const struct clock_case *in,
	struct leg_row *row, enum leg_state to, struct event *event);
/* What the leg's clocks depend on. */
struct clock_case decide_clock_case(
	const struct decide *decide, const struct subject *subject, const struct leg_row *row);
/* Her dates as they bound the clocks of the legs that nobody has said yes to. */
struct clock_dates decide_clock_dates(const struct referral *referral);
/* The dates may have moved: live legs that depend on them hear of it, and run no longer than they.
 */
MUST_CHECK enum err decide_clock_dates_moved(
	struct decide *decide, struct subject *subject, const struct clock_dates *before);
/* A leg's clock runs until then instead. */
void decide_clock_set(struct decide *decide, struct subject *subject, uint8_t leg, enum clock clock,
	struct clock_time time);
/* The referral's own; CLOCK_NONE stops it.  `look_until`: a service is looked for until then. */
void decide_referral_clock(struct decide *decide, struct subject *subject, enum clock clock,
	struct clock_time time, timestamp_us look_until);
/* The clock of the referral's state, from now. */
void decide_referral_clock_start(struct decide *decide, struct subject *subject);
/* One of her dates is past already: a person must know at once. */
void decide_alert_past(struct decide *decide, const struct subject *subject);
/* No deadline acts: the broker's clock jumped, and nobody has said yet that it is right. */
MUST_CHECK enum err decide_held(struct state *state, bool *ret_held);
MUST_CHECK enum err decide_downtime(struct decide *decide);
MUST_CHECK enum err decide_clock_jump(struct decide *decide);
MUST_CHECK enum err decide_clock_confirm(struct decide *decide);

/* prepare.c: the part of a submit that hangs on nothing stored; refusals in *fault. */
MUST_CHECK enum err prepare_submit(const struct core *core, const struct party *party,
	const struct wire_request *request, timestamp_us now, const uint8_t entropy[64],
	struct buf *scratch, struct arena *arena, struct core_prepared **ret_prepared,
	struct fault *fault);
/* One file each. */
MUST_CHECK enum err decide_submit(struct decide *decide);
MUST_CHECK enum err decide_amend(struct decide *decide);
MUST_CHECK enum err decide_withdraw(struct decide *decide);
MUST_CHECK enum err decide_acknowledge(struct decide *decide);
MUST_CHECK enum err decide_receipt(struct decide *decide);
/* Who answers a delivery has it, also when its receipt was lost on the way: a leg still matched is
 * delivered by it, in *leg too. */
struct event *decide_delivery_event(struct decide *decide, enum event_type type,
	const struct delivery_row *row, struct id delivery);
MUST_CHECK enum err decide_arrival(struct decide *decide, struct id delivery, struct leg_row *leg);
MUST_CHECK enum err decide_attempt_failed(struct decide *decide);
MUST_CHECK enum err decide_inbox(struct decide *decide);
MUST_CHECK enum err decide_due(struct decide *decide);
MUST_CHECK enum err decide_erase(struct decide *decide);
MUST_CHECK enum err decide_intake(struct decide *decide);
MUST_CHECK enum err decide_retention(struct decide *decide);
/* erasure.c: overwrites the keys of what the batch erased; those that a crash left are done when
 * the core is opened. */
MUST_CHECK enum err erasure_carry_out(struct core *core);
/* Once more what a full disk kept; ERR_OK also when it still does. */
MUST_CHECK enum err erasure_retry(struct core *core);
bool erasure_is_owed(const struct core *core, uint64_t slot);
MUST_CHECK enum err erasure_finish_old(struct core *core, struct store_txn *txn);
MUST_CHECK enum err decide_assign(struct decide *decide);
MUST_CHECK enum err decide_seen(struct decide *decide);
MUST_CHECK enum err decide_retry(struct decide *decide); /* and stop-retrying */
/* decide_assign.c: a leg at a service that a person chose, with all that nobody may override
 * checked.  `needs` 0: what nobody holds of those that her consent covers, or all it covers.
 * Nothing is emitted when it is refused.  *ret_overridden: comma separated, as assign_blocked. */
struct assignment {
	struct str service;
	uint32_t needs;
	bool exactly;      /* those needs and no others, or none: it takes a leg over */
	struct id instead; /* the delivery that was given up, when it is retried */
	struct str route;  /* of that */
};
MUST_CHECK enum err decide_assign_to(struct decide *decide, struct subject *subject,
	const struct assignment *assignment, uint8_t *ret_leg, struct str *ret_overridden);
/* The same as far as the decision: nothing is emitted. */
MUST_CHECK enum err decide_assign_check(struct decide *decide, const struct subject *subject,
	const struct assignment *assignment, struct match_candidate *ret_candidate,
	uint32_t *ret_needs, struct str *ret_overridden);
/* decide_migration.c: somebody works with her there, has promised to, or keeps her on a list. */
bool decide_migration_holds(const struct leg_row *row);
/* The leg that this one is to take over, also through one that was itself moved; 0: none. */
uint8_t decide_migration_old(const struct subject *subject, uint8_t leg);
/* The leg has moved: the one that it takes over is told to stop when this says yes, and a
 * coordinator hears when it ended without; those that were to take it over are told to stop when
 * nobody needs to any more. */
MUST_CHECK enum err decide_migration_follow(
	struct decide *decide, struct subject *subject, uint8_t leg);
/* decide_migrate.c: the command. */
MUST_CHECK enum err decide_migrate(struct decide *decide);
/* One service as matching sees it for these needs, which her consent covers. ERR_CONSENT,
 * ERR_NOT_ALLOWED. */
MUST_CHECK enum err decide_look(struct decide *decide, const struct subject *subject,
	const struct directory_service *service, uint32_t needs, struct match_candidate *ret);
/* What of a candidate a machine stops at: "capacity:no,eligibility:unknown".  Of her rules it says
 * that they do, not which: that would tell of her. */
struct str assign_blocked(struct arena *arena, const struct match_candidate *candidate);
/* Needs of hers that a leg holds or has met. */
uint32_t assign_held(const struct subject *subject);

/* payloads.c: sealed documents. */
MUST_CHECK enum err payload_read(struct core *core, struct state *state, uint64_t slot,
	struct id payload, struct arena *arena, struct value *ret_document, struct fault *fault);
MUST_CHECK enum err payload_write(struct core *core, struct state *state, const struct blob *blob,
	const uint8_t entropy[64], struct arena *arena);

/* words.c: rows as the bodies of replies. */
struct view {
	struct core *core;
	struct state *state;
	const struct party *party; /* for whom; NULL: everything */
	struct arena *arena;
	struct fault *fault;
};
MUST_CHECK enum err words_referral(
	const struct view *view, struct id id, bool timeline, struct value *ret_body);
MUST_CHECK enum err words_leg(
	const struct view *view, struct id referral, uint8_t leg, struct value *ret_body);
/* words_event.c: the event as this party may see it; false: not at all. */
bool words_event_for(const struct view *view, const struct record *record,
	const struct event *event, const struct referral_row *referral, struct value *ret_event);
/* The view is the broker's own, or of a party that oversees. */
bool words_sees_all(const struct view *view);
/* That she is in danger is for those who care for her: whoever runs the machines learns that it is
 * urgent, not why. */
bool words_tells_risk(const struct view *view);
/* "urgent" for "immediate-risk" where the risk is not told. */
struct str words_alert(const struct view *view, struct str reason);
/* A refuge and its like is not named to a source. */
bool words_hides_leg(const struct view *view, const struct leg_row *row);
struct value words_service(const struct view *view, const struct leg_row *row);
struct value words_time(struct arena *arena, timestamp_us time);
struct str words_leg_id(struct arena *arena, const char *reference, uint8_t leg);
struct value words_list(struct arena *arena, struct str commas);

/* words_waiting.c: a leg that waits for a place: {waiting_list} when it was sent for that, and for
 * its provider and those who oversee {waiting: {place, of, since}}; into a map with room for two.
 */
void words_waiting(const struct view *view, struct id referral, uint8_t leg,
	const struct leg_row *row, struct value *map);
struct waiter {
	timestamp_us since;
	struct id referral;
	uint8_t leg;
};
/* The next who waits for the service; `at` is zeroed before the first.  ERR_END. */
MUST_CHECK enum err waiting_next(
	struct state *state, struct str service, struct store_key *at, struct waiter *ret_waiter);
/* Who waits since before there were lists, and has had no word since: in no row, and first. */
MUST_CHECK enum err waiting_unlisted(
	struct state *state, struct str service, uint64_t *ret_unlisted);

/* words_clock.c: when something is due. */
timestamp_us words_deadline(const struct view *view, timestamp_us deadline, uint64_t downtime);
void words_leg_clock(const struct view *view, struct id referral, uint8_t number,
	const struct leg_row *row, struct value *map);
/* `earliest`: of the legs that this party sees; 0: none. */
void words_referral_clock(const struct view *view, const struct referral_row *row, bool own,
	timestamp_us earliest, struct value *map);
/* A clock that only looks again, or stops, is nothing to tell. */
bool words_clock_event(const struct event *event);
void words_event_clock(const struct view *view, const struct event *event, struct value *map);

/* cursor.c: where a page ends.  `tables`: letters of those a key may be of; ERR_INVALID. */
struct str cursor_write(struct arena *arena, const struct store_key *at);
MUST_CHECK enum err cursor_read(
	struct str cursor, const char *tables, struct store_key *ret_at, struct fault *fault);

/* words_queue.c: why a referral waits, as a list of codes; and a code's bit, 0: there is none. */
/* How many wait, and how long the first of them has. */
MUST_CHECK enum err queue_figures(
	struct state *state, timestamp_us now, struct core_figures *figures);
struct value words_queue(struct arena *arena, uint32_t reasons);
uint32_t queue_reason_of(struct str code);

/* read_queue.c, read_deliveries.c: the pages of what waits. */
MUST_CHECK enum err read_queue(const struct view *view, const struct wire_request *request,
	timestamp_us now, struct value *ret_body);
/* read_capacity.c: a page of services; how many there are, are full, are paused. */
MUST_CHECK enum err capacity_figures(
	struct core *core, struct state *state, timestamp_us now, struct core_figures *figures);
MUST_CHECK enum err read_capacity(const struct view *view, const struct wire_request *request,
	timestamp_us now, struct value *ret_body);
MUST_CHECK enum err read_deliveries(
	const struct view *view, const struct wire_request *request, struct value *ret_body);
/* Deliveries that have not arrived: the outboxes' first, then what was stopped or given up, each by
 * route.  A walk goes on from its cursor, also in another transaction. */
struct unsent_which {
	struct str route, service; /* empty: any */
	bool queued_only;
	struct store_key at; /* the last one that was looked at */
	bool found;          /* by the last unsent_next; false: it has looked at enough rows */
};
MUST_CHECK enum err unsent_begin(
	struct unsent_which *which, struct str cursor, struct fault *fault); /* ERR_INVALID */
/* ERR_END, ERR_CORRUPT. */
MUST_CHECK enum err unsent_next(struct state *state, struct unsent_which *which, struct id *ret_id,
	struct delivery_row *ret_row, struct fault *fault);

/* disclosure.c: what a delivery may hold. */
MUST_CHECK enum err disclosure_content(struct core *core, struct state *state,
	const struct delivery_row *row, struct str fields, struct arena *arena,
	struct value *ret_content, struct fault *fault);

/* published.c: the directory's versions. */
MUST_CHECK enum err published_write(
	struct core *core, struct state *state, const struct core_directory *directory);
/* Appends to *ret_image when the files had to be parsed: the image to keep. */
MUST_CHECK enum err published_read(struct core *core, struct state *state, struct plan **ret_plan,
	struct buf *ret_image, struct fault *fault);
MUST_CHECK enum err published_adopt(struct core *core, struct core_directory *directory);

/* no_directory.c: none is published yet, or this release cannot use the one that is. */
enum err no_directory(struct core *core, struct fault *fault); /* ERR_FULL, saying which */
enum err decide_no_directory(struct decide *decide);
/* She is matched as soon as there is one, within the hour. */
MUST_CHECK enum err decide_match_later(struct decide *decide, struct subject *subject);
/* decide_directory.c */
MUST_CHECK enum err decide_directory(struct decide *decide);
/* read_versions.c */
MUST_CHECK enum err read_versions(
	const struct view *view, const struct wire_request *request, struct value *ret_body);
MUST_CHECK enum err read_fetch(
	const struct view *view, const struct wire_request *request, struct value *ret_body);

/* world.c */
const struct calendar *world_calendar(const struct core *core, const struct world *world);
const struct plan *world_plan(const struct world *world); /* NULL before a publication */
MUST_CHECK enum err world_set_plan(struct core *core, struct plan *plan);
/* May this party look at all referrals? */
bool party_oversees(const struct party *party);
#endif
