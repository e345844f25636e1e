/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_AUTHOR_H
#define ONWARD_RULES_AUTHOR_AUTHOR_H
#include "rules/cel/cel.h"
#include "rules/rules.h"
/*
 * author: what the people who write eligibility clauses need before anything runs: checks of rule
 * files, table tests beside them, the difference between two sets of rules.  No file, clock or
 * socket: files come as bytes, what there is to know of facts as a schema, and results are
 * structures whose text the caller prints.
 *
 * Where to start reading: book.h reads services, table.h their tests; person.h is somebody to ask
 * clauses of; region.h the few values of a fact that matter to a clause; check.h, trial.h and
 * diff.h are the three tools.
 */

enum author_type {
	AUTHOR_BOOL,
	AUTHOR_INT,
	AUTHOR_TEXT,
	AUTHOR_DATE, /* a text, year-month-day */
	AUTHOR_TIME, /* a text, RFC 3339 */
};

/* A word, and the one that is written for it: the same, where it is that one itself. */
struct author_usual {
	struct str word, written;
};

/* A fact that clauses may read.  All of it is the caller's and outlives what is made with it. */
struct author_fact {
	struct str path;
	struct str label;
	enum author_type type;
	bool list; /* a list of that type */
	/* A closed vocabulary; count 0: open.  `names` (may be NULL) says what each code stands
	 * for: an author who writes the name is told the code. */
	const struct str *codes, *names;
	size_t code_count;
	/* What an open text mostly is, and other words for it: a word that is like none of hers
	 * lets nobody in. */
	const struct author_usual *usual;
	size_t usual_count;
	int64_t least, most; /* INT */
	struct str counts;   /* INT: the path of the list whose items it counts; may be empty */
};

struct author_schema {
	const struct author_fact *facts; /* sorted by path */
	size_t count;
	struct cel_env env; /* the same as declarations, slot by slot; author_schema_init */
};

/* Makes `env`, which is open: a name that is no fact is found by its slot, so that one message can
 * say what was meant.  ERR_NOMEM. */
MUST_CHECK enum err author_schema_init(struct author_schema *schema, struct arena *arena);

/* NULL when there is none of that path. */
const struct author_fact *author_fact_find(const struct author_schema *schema, struct str path);
/* The one a misspelt path is nearest to; NULL when none is near. */
const struct author_fact *author_fact_nearest(const struct author_schema *schema, struct str path);
/* The code nearest to a misspelt one, or the code of that name; empty when none is near. */
struct str author_code_nearest(const struct author_fact *fact, struct str text);
/* What was meant by a word of an open text that is nearly a usual one, or another word for it;
 * empty when it is a usual one itself, or like none. */
struct str author_usual_meant(const struct author_fact *fact, struct str text);
/* True when the vocabulary is open or holds the code. */
bool author_code_known(const struct author_fact *fact, struct str code);

/* One file, as bytes; both the caller's. */
struct author_file {
	struct str path; /* as it is shown */
	struct str bytes;
};

/* What is wrong with a file, or worth knowing, where it stands. */
enum author_level {
	AUTHOR_NOTE,    /* worth knowing */
	AUTHOR_WARNING, /* most likely not meant */
	AUTHOR_ERROR,   /* the rules cannot be used so */
};

struct author_finding {
	enum author_level level;
	const char *code; /* static: "unknown-fact", "never-true" */
	struct str file, service, clause;
	unsigned line, column; /* 1-based, of the file; column 0: the whole line */
	struct str excerpt;    /* the line of the file; may be empty */
	unsigned width;        /* characters to underline from `column`; 0: one */
	struct str message;    /* a sentence, small at the start, without a full stop */
};

/* Findings as they are made; memory is the arena's. */
struct author_findings {
	struct arena *arena;
	struct author_finding *items;
	size_t count, room;
};
/* A new one, zeroed; NULL when memory is short (the arena says so). */
struct author_finding *author_findings_add(struct author_findings *findings);
/* By file, line and column. */
void author_findings_sort(struct author_findings *findings);
size_t author_findings_count(const struct author_findings *findings, enum author_level level);
/* "error", "warning", "note" */
const char *author_level_name(enum author_level level);
#endif
