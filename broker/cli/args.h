/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_ARGS_H
#define ONWARD_CLI_ARGS_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
/*
 * The command line.  Options are one table; each may stand anywhere, before or behind the command,
 * as `--name VALUE` or `--name=VALUE`; `--` ends them, `-` alone is an argument (standard input),
 * and so is what begins with a minus and a digit.  --declare may stand several times: its values
 * are kept a line each.
 *
 *   X(NAME, name, what its value is or NULL for a flag, any command takes it, help)
 */
#define ARGS_OPTION_MAP(X)                                                                        \
	X(HOME, "home", "DIR", true, "the home; else $ONWARD_HOME, else this folder")             \
	X(AS, "as", "PARTY", true, "who asks, by the key in the home; else $ONWARD_AS")           \
	X(USER, "user", "NAME", true, "the person who acts, recorded with what she does")         \
	X(ROLE, "role", "ROLE", true, "that person's role")                                       \
	X(JSON, "json", NULL, true, "one JSON object a line")                                     \
	X(TIMEOUT, "timeout", "SECONDS", true, "how long to wait for the broker (10)")            \
	X(HELP, "help", NULL, true, "help on the command")                                        \
	X(VERSION, "version", NULL, true, "the version")                                          \
	X(AREA, "area", "A,B", false, "areas of the directory")                                   \
	X(REHEARSAL, "rehearsal", NULL, false, "a home to rehearse in, with keys for everybody")  \
	X(LISTEN, "listen", "HOST:PORT", false, "sources at PORT, providers at PORT+1")           \
	X(REASON, "reason", "WHY", false, "why: a code, or in your words where a person decides") \
	X(NOTE, "note", "TEXT", false, "free text, kept with her record")                         \
	X(OUTCOME, "outcome", "CODE", false, "what came of it, as a code")                        \
	X(SERVICE, "service", "ID", false, "the service")                                         \
	X(STATE, "state", "STATE", false, "only in this state")                                   \
	X(AUTHORITY, "authority", "CODE", false, "only of this local authority (code or name)")   \
	X(OVERDUE, "overdue", NULL, false, "only what is past its deadline")                      \
	X(AT, "at", "TIME", false, "as of that time (2019-06-12T21:40:00+01:00)")                 \
	X(ONLINE, "online", NULL, false, "ask the broker instead of the home's files")            \
	X(AFTER, "after", "SEQ", false, "events after this number, instead of the kept place")    \
	X(NO_WAIT, "no-wait", NULL, false, "print what there is and end")                         \
	X(KIND, "kind", "KIND", false, "kind of party")                                           \
	X(NAME, "name", "NAME", false, "name for people")                                         \
	X(KEY, "key", "Z85", false, "the party's public key; without it a pair is made")          \
	X(UNTIL, "until", "TIME", false, "until a time or a date; of a key also: now")            \
	X(ACTS_FOR, "acts-for", "A,B", false, "an adapter's parties")                             \
	X(PARTIES, "parties", NULL, false, "the parties only")                                    \
	X(DIRECTORY, "directory", NULL, false, "the directory only")                              \
	X(NEEDS, "needs", "A,B", false, "only these of her needs")                                \
	X(SEEN, "seen", "REF", false, "take the referral off the queue")                          \
	X(FAILED, "failed", NULL, false, "only what failed, was stopped or given up")             \
	X(ROUTE, "route", "PARTY", false, "deliveries to this party")                             \
	X(ALL, "all", NULL, false, "every delivery, or every leg")                                \
	X(VERIFY, "verify", NULL, false, "compare with the store, change nothing")                \
	X(FACTS, "facts", "FILE", false, "what is known, one JSON object")                        \
	X(DECLARE, "declare", "NAME:TYPE", false, "a name and its type; as often as needed")      \
	X(UNKNOWN, "unknown", "A,B", false, "paths that are not known within what is given")      \
	X(CONTAINER, "container", "NAME", false, "where names are looked up first")               \
	X(UNCHECKED, "unchecked", NULL, false, "without checking types first")                    \
	X(TYPE, "type", NULL, false, "the type instead of the value")                             \
	X(BATCH, "batch", "FILE", false, "cases, one JSON object a line")                         \
	X(NEED, "need", "CODE", false, "only this need (accommodation, poverty-debt, ...)")       \
	X(PATHWAY, "pathway", "CODE", false, "only this pathway (court, resettlement, ...)")      \
	X(FORMAT, "format", "FORMAT", false, "table, csv or json")                                \
	X(FURTHER, "further", NULL, false, "a cell for each value of each further fact, too")     \
	X(OUTPUT, "output", "FILE", false, "where to write; also -o FILE")                        \
	X(TIMELINE, "timeline", NULL, false, "contracts over time instead of places")             \
	X(PROFILE, "profile", "PROFILE", false, "hsds-3.0 or uk-3.0")                             \
	X(POSTCODE, "postcode", "CODE", false,                                                    \
		"where she lives; onward directory postcodes comes first")                        \
	X(AGE, "age", "YEARS", false, "only who may take her at that age")                        \
	X(OPEN_NOW, "open-now", NULL, false, "without those that are closed at this hour")        \
	X(IN, "in", "DIR", false, "a folder of areas, or of one, instead of the home")            \
	X(COVERAGE, "coverage", NULL, false,                                                      \
		"also where a service is gained or lost (--at: when)")                            \
	X(MESSAGE, "message", "TEXT", false, "what changed and why, in one line")                 \
	X(EXPECT, "expect", "N", false, "only while version N is in force")                       \
	X(SINCE, "since", "DATE", false, "referrals that came that day or later")                 \
	X(RULE, "rule", "CEL", false, "only legs of which the clause is true")                    \
	X(OVERRIDE, "override", "A,B", false, "eligibility, capacity: does not stop it")          \
	X(DRY_RUN, "dry-run", NULL, false, "say what would be done, and do nothing")              \
	X(STRICT, "strict", NULL, false, "warnings are errors")                                   \
	X(PROBES, "probes", NULL, false, "show the values at thresholds that no test gives")

enum args_option {
#define X(NAME, name, value, everywhere, help) OPTION_##NAME,
	ARGS_OPTION_MAP(X)
#undef X
	OPTION_COUNT
};

struct args_option_row {
	const char *name;
	const char *value; /* NULL: a flag */
	bool everywhere;
	const char *help;
};
extern const struct args_option_row args_options[OPTION_COUNT];

/* A bit of command->options. */
#define ARGS_BIT(option) (1ULL << OPTION_##option)

struct cli;
struct command {
	const char *name;      /* "refer", "party add" */
	const char *arguments; /* "FILE...", then options that it needs; for the help; "" */
	unsigned least, most;  /* how many arguments */
	uint64_t options;      /* ARGS_BIT of those it takes besides the common ones */
	bool home;             /* works in a home */
	bool operator;         /* asks as `operator` unless told otherwise */
	const char *group;     /* heading in the overview */
	const char *line;      /* one line for the overview */
	const char *help;      /* paragraphs */
	int (*run)(struct cli *cli);
};
extern const struct command commands[];
extern const size_t command_count;
/* NULL when there is none. */
const struct command *command_find(const char *name);

struct args {
	const struct command *command; /* NULL: none was given */
	const char *values[OPTION_COUNT];
	const char **arguments; /* in the arena */
	size_t argument_count;
};

/* ERR_USAGE with a message that suggests what was meant. */
MUST_CHECK enum err args_parse(int argc, char *const argv[], struct arena *arena,
	struct args *ret_args, struct fault *fault);

/* The overview, and one command's help. */
void help_overview(struct buf *out);
void help_command(struct buf *out, const struct command *command);
/* The help of a family, "party", or of one command; false when `name` is neither. */
bool help_named(struct buf *out, const char *name);
#endif
