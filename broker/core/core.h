/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_CORE_H
#define ONWARD_CORE_CORE_H
#include "broker/base/arena.h"
#include "broker/base/calendar.h"
#include "broker/base/id.h"
#include "broker/base/timestamp.h"
#include "broker/base/value.h"
#include "broker/config/parties.h"
#include "broker/store/store.h"
#include "broker/wire/message.h"
#include "directory/directory.h"
/*
 * core: one way in, one way out.
 *
 *   decide(state, command) -> events | refusal    reads state, directory, rules; writes nothing
 *   journal.append(events)                        the record
 *   apply(state, events)                          pure: the same state from the same events, always
 *
 * Time and randomness arrive in the command; no socket, no clock, no thread below here.  A batch is
 * used by one thread (the writer); the read functions open their own short read transaction and may
 * be called from any thread beside it.
 *
 * Glossary: a referral has legs (one a service); a leg has deliveries (what goes to a provider's
 * route); a route is the party a delivery goes to; a line is the order key within a route:
 * deliveries of one line leave one after the other.
 */
struct core;

struct core_options {
	const char *store_folder; /* exists, 0700 */
	uint64_t map_bytes;
	bool rehearsal; /* a new store is made so, for ever; an old one must agree: ERR_CONFIG */
	bool read_only; /* beside a running broker: for verifying */
	int64_t retention_months; /* after its end a referral is erased; 0: not by itself */
};

/* Opens or creates, checks format and mode, verifies the journal's tail.  `entropy` seeds a new
 * store's identity. */
MUST_CHECK enum err core_open(const struct core_options *options, const uint8_t entropy[64],
	timestamp_us now, struct core **ret_core, struct fault *fault);
void core_close(struct core *core); /* accepts NULL */

struct core_identity {
	uint64_t instance;
	bool rehearsal;
	timestamp_us journal_time; /* of the last record; business time never goes back behind it */
	uint64_t sequence;         /* of the last record */
	uint64_t directory_version;
	uint8_t directory_hash[HASH_SIZE];
	bool directory_unusable; /* core_directory_unusable */
};
void core_identify(struct core *core, struct core_identity *ret_identity); /* any thread */

/*
 * The directory in force and the parties: snapshots that are swapped whole.  Acquire holds them
 * until the release.  `core_set_parties` takes ownership.
 */
struct world; /* broker/core/world.h */
struct world *core_world_acquire(struct core *core);
void core_world_release(struct world *world);
const struct parties *world_parties(const struct world *world);
const struct directory *world_directory(const struct world *world);
void core_set_parties(struct core *core, struct parties *parties);
/* The working days from now on: copied.  Without it they are those of the program's own list.
 * ERR_NOMEM: they are as they were. */
MUST_CHECK enum err core_set_calendar(struct core *core, const struct calendar *calendar);
/* The published directory is loaded from the store at core_open when there is one.  This checks
 * the files below `root` and, when they were never published, prepares them for CORE_DIRECTORY;
 * ERR_EXISTS: they are in force or, the fault having a message about it, an earlier version, which
 * only a rollback puts in force again; ERR_CONFIG with *problems filled: nothing changed. */
struct core_directory; /* files and the loaded directory, on the way to be published */
MUST_CHECK enum err core_directory_prepare(struct core *core, const char *root,
	struct core_directory **ret_directory, struct directory_problems *problems,
	struct fault *fault);
/* Of files whose hash is known without reading them: ERR_EXISTS as of core_directory_prepare;
 * ERR_OK: they were never published, and are to be read. */
MUST_CHECK enum err core_directory_known(
	struct core *core, const uint8_t hash[HASH_SIZE], struct fault *fault);
/* The start of the broker publishes it; otherwise what asks for it is taken to be a reload. */
void core_directory_starts(struct core_directory *directory);
void core_directory_discard(struct core_directory *directory); /* accepts NULL */
/* Why core_open parsed the published files, instead of reading their binary form; NULL: it did not.
 * Nothing to worry about after an upgrade. */
const struct fault *core_directory_parsed(const struct core *core);
/* Why the files of the version in force cannot be read, though it runs from its binary form; NULL:
 * they can. */
const struct fault *core_directory_damaged(const struct core *core);
/*
 * True when the version in force does not load with this release, or its files are damaged, and
 * none has been published since core_open: there is no directory then.  What has to be decided with
 * one is ERR_FULL or put off, everything else goes on.  Says why, as FILE:LINE and a sentence; any
 * thread.
 */
bool core_directory_unusable(struct core *core, struct fault *ret_why); /* may be NULL */
/* All that this release finds wrong with it, as core_open found it; lives as long as the core. */
const struct directory_problems *core_directory_refused(const struct core *core);
/* The published version whose files these are; 0 when they are none, or cannot be read. */
uint64_t core_directory_version(struct core *core, const char *root);

enum core_command_kind {
	CORE_REQUEST,        /* from a peer: submit amend withdraw acknowledge receipt inbox */
	CORE_ATTEMPT_FAILED, /* the dispatcher: an attempt timed out or could not be sent */
	CORE_DIRECTORY,      /* publish `directory` (takes ownership when the batch commits) */
	CORE_PARTIES,        /* record that parties changed */
	CORE_STARTED,        /* the broker started */
	CORE_STOPPED,        /* the broker drained */
	CORE_DUE,            /* act on the first timer that is due */
	CORE_RETENTION,      /* erase the referral whose time of keeping is over first */
	CORE_CLOCK_JUMP,     /* the system's clock jumped: no deadline acts until it is confirmed */
};

/*
 * What of a submit hangs on nothing stored: checked, typed, in canonical bytes and hashed, shut
 * (under a key made of `entropy`, fresh random bytes), and matched but for the room that services
 * have, unless that could take long (a bound in the steps that rules cost).  Done beside the
 * writer, on any thread, so that the writer only does what hangs on the state; it matches anew when
 * the directory, the parties or the day are others by then.  In `arena`; that and `world` are held
 * as long as the request.  NULL when it is no submit, or is refused: deciding says why.  `now` is
 * business time; `scratch` is emptied.
 */
struct core_prepared; /* broker/core/kernel.h */
const struct core_prepared *core_prepare(struct core *core, const struct world *world,
	const struct party *party, const struct wire_request *request, timestamp_us now,
	const uint8_t entropy[64], struct buf *scratch, struct arena *arena);

struct core_command {
	enum core_command_kind kind;
	timestamp_us time;         /* business time; raised to the journal's when it lies behind */
	uint8_t entropy[64];       /* fresh random bytes */
	const struct party *party; /* who asks; borrowed for the call; NULL: the broker itself */
	const struct wire_request
		*request; /* CORE_REQUEST; of others who asked for it; NULL: none */
	const struct core_prepared *prepared; /* of the request; NULL: not done before */
	struct id delivery;                   /* CORE_ATTEMPT_FAILED */
	const char *reason; /* CORE_ATTEMPT_FAILED: a code: timeout, unreachable, … */
	timestamp_us lost;  /* CORE_STARTED: how long there was no broker; CORE_CLOCK_JUMP: how far
			       the clock went forward, 0 when it went back */
	struct core_directory *directory;
};

struct core_reply {
	enum err err; /* ERR_OK, or a refusal with `fault` filled */
	struct fault fault;
	bool acted;        /* something was decided, and is in the batch */
	struct value body; /* of the done/page reply; in the core's memory until the next add */
};

/* What a committed batch asks of the outside. */
struct core_effects {
	bool deliveries; /* outbox rows were added or removed */
	bool events;     /* somebody may be following */
	bool unerased;   /* a full disk kept a key of what this batch erased: nobody may hear that
			    it is gone; every batch that begins tries again */
	uint64_t sequence;
};

/* One write transaction.  begin: ERR_IO, ERR_NOMEM. */
MUST_CHECK enum err core_batch_begin(struct core *core);
/* Decides, records and applies one command.  A refusal is in *ret_reply and leaves no mark but a
 * count.  Anything but ERR_OK as the function's value concerns the whole batch: ERR_FULL: abort it,
 * answer try-later to all; else: stop the program without acknowledging. */
MUST_CHECK enum err core_batch_add(
	struct core *core, const struct core_command *command, struct core_reply *ret_reply);
/* ERR_OK: on disk, replies may leave.  ERR_FULL: nothing was kept, try-later.  Else: stop. */
MUST_CHECK enum err core_batch_commit(struct core *core, struct core_effects *ret_effects);
void core_batch_abort(struct core *core);
/* True when a timer row is due at `now`: give the writer CORE_DUE commands (at most 64 a batch)
 * until it is not, or one does not act: all that is left is damaged.  To be asked within an open
 * batch.  False while deadlines are held. */
bool core_timer_due(struct core *core, timestamp_us now);
/* When the next one is due, within an open batch; 0 when there is none. */
timestamp_us core_timer_next(struct core *core);
/* The same of those after this time: what stands before it may be damaged and never act. */
timestamp_us core_timer_after(struct core *core, timestamp_us after);

/* True when the time of keeping a referral that ended is over at `now`: CORE_RETENTION, as above.
 */
bool core_retention_due(struct core *core, timestamp_us now);

/* Reads, any thread, committed state only.  `request` of type SHOW, LIST or EXPLAIN.  Refusals in
 * *ret_reply; body in `arena`.  `now` is business time. */
void core_read(struct core *core, const struct party *party, const struct wire_request *request,
	timestamp_us now, struct arena *arena, struct core_reply *ret_reply);

/* Events this party may see, after `after`, oldest first, as trees in `arena` (bodies of the event
 * message); at most `max`, but the events of one record share one sequence and are never parted:
 * the last record's may go beyond it.  *ret_scanned: the sequence up to which everything has been
 * looked at: go on from there. */
MUST_CHECK enum err core_events(struct core *core, const struct party *party, struct str reference,
	uint64_t after, size_t max, struct arena *arena, struct value *ret_events,
	uint64_t *ret_scanned, struct fault *fault);

/* Heads of the lines of a route's outbox: what may be sent now. */
struct core_delivery {
	struct id id;
	uint8_t line[16];
	uint32_t failed; /* attempts that failed so far, as recorded */
	timestamp_us queued;
	struct value body; /* of the delivery message */
	bool damaged;      /* a stored row fails its checksum: it cannot be sent, and has no body */
};
/* Up to `max` heads, skipping lines for which skip() is true; bodies in `arena`.  A damaged one
 * does not hold up the others: ERR_OK, and *fault names the row. */
MUST_CHECK enum err core_outbox(struct core *core, struct str route,
	bool (*skip)(void *context, const struct id *delivery), void *context, size_t max,
	struct arena *arena, struct core_delivery *ret_deliveries, size_t *ret_count,
	struct fault *fault);

/* For the status report: numbers that the core knows. */
struct core_figures {
	uint64_t referrals, legs_open, outbox;
	int64_t oldest_undelivered_s; /* 0 when there is none */
	uint64_t queue;               /* referrals that wait for a person, counted up to 10,000 */
	int64_t queue_oldest_s; /* how long the first of them has waited; 0 when there is none */
	uint64_t directory_version;
	uint64_t services; /* whose contract runs, and which referrals can be delivered to */
	uint64_t full;   /* of these: nobody more is chosen today, not for a waiting list either */
	uint64_t paused; /* of these: by a message, or in the directory */
	timestamp_us next_due; /* the next deadline or reminder; 0: none */
	uint64_t due;          /* that should have acted by now, counted up to 1000 */
	timestamp_us
		held_since; /* no deadline acts since then, because the clock jumped; 0: they do */
	struct store_stat store;
};
MUST_CHECK enum err core_figures(
	struct core *core, timestamp_us now, struct core_figures *ret_figures, struct fault *fault);
/* Refusals so far by error code, counted since the start; also net counts its own here.  Thread
 * safe. */
void core_count_refusal(struct core *core, enum err code);
uint64_t core_refusals(struct core *core, enum err code);

/* Builds the state again from the journal into memory and compares every row.  `progress` may be
 * NULL. ERR_CORRUPT names the first difference. */
struct core_rebuild {
	uint64_t records, rows;
};
MUST_CHECK enum err core_rebuild_verify(struct core *core,
	void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
	struct core_rebuild *ret_rebuild, struct fault *fault);

/* The decision without a store: for `explain` from a home's files.  Caseloads count as empty;
 * `parties` says who can be delivered to, NULL: taken for granted. */
MUST_CHECK enum err core_explain_files(const char *directory_root, const struct parties *parties,
	const struct party *party, const struct value *referral, timestamp_us at,
	struct arena *arena, struct value *ret_body, struct fault *fault);
#endif
