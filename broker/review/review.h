/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_REVIEW_REVIEW_H
#define ONWARD_REVIEW_REVIEW_H
#include "broker/base/buf.h"
#include "broker/base/value.h"
#include "broker/config/parties.h"
#include "directory/check.h"
#include "rules/author/author.h"
/*
 * review: what people should know of a directory before they publish it.  Its errors are those of
 * the loading, and keep it from coming into force; a warning is about what can be loaded and is
 * most likely not meant; a note counts what is not stated or over.  directory/FORMAT.md has the
 * table of warnings.
 *
 * Where to start reading: review.c puts it together; one.c looks at a service by itself, between.c
 * at several, clauses.c at whom the clauses let in; successor.c, referrer.c and tally.c at what
 * their names say; report.c is what is printed.  No clock, file or socket: bytes and the day come
 * from the caller.
 */
enum review_severity {
	REVIEW_ERROR,
	REVIEW_WARNING,
	REVIEW_NOTE,
};
const char *review_severity_name(enum review_severity severity);

struct review_finding {
	enum review_severity severity;
	const char *code;      /* static: "unknown-word", "ended" */
	struct str file;       /* path below the root; empty: the directory as a whole */
	unsigned line;         /* 1-based; 0: the whole file */
	struct str field;      /* "agreement.fields[2]"; may be empty */
	struct str message;    /* one sentence, without a full stop */
	struct str suggestion; /* what to write instead, when that is known; in the message too */
};

struct review_input {
	const struct directory_files *files;       /* sorted by path */
	const struct directory_refusals *refusals; /* errors as well; may be NULL */
	const struct parties *parties; /* of the home; NULL: who can be reached is not known */
	date_days day;                 /* today, in London */
	struct str only; /* "norfolk/": what is said of other files is left out; empty: all */
	const struct directory_watch *watch; /* may be NULL */
};

struct review {
	struct review_finding *items; /* by file, line and field; of no file last */
	size_t count, room;
	size_t errors, warnings, notes; /* `errors` also counts those beyond what is kept */
	size_t errors_kept;
	size_t services, organisations, areas; /* looked at */
	struct arena arena;
};
/* ERR_OK also where there are errors.  ERR_NOMEM, ERR_TOO_LARGE. *ret_review is finished by the
 * caller whatever the answer; it borrows nothing. */
MUST_CHECK enum err review_run(const struct review_input *input, struct review *ret_review);
void review_finish(struct review *review);

/* "ROOT/FILE:LINE: warning: FIELD: MESSAGE [CODE]" and a newline; root NULL: the file alone.  What
 * is of no file is broken into lines. */
void review_print(struct buf *out, const struct review_finding *finding, const char *root);
/* "3 errors, 5 warnings and 2 notes in 41 services of 4 areas" and a newline. */
void review_print_sum(struct buf *out, const struct review *review);
/* {file, line, field, severity, code, message, suggestion} */
struct value review_value(
	struct arena *arena, const struct review_finding *finding, const char *root);

/* What a referral can hold, as the tools for authors of clauses see it: the fields' table and the
 * facts derived from it.  ERR_NOMEM. */
MUST_CHECK enum err review_schema(struct arena *arena, struct author_schema *ret_schema);
#endif
