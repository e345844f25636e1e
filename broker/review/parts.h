/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_REVIEW_PARTS_H
#define ONWARD_REVIEW_PARTS_H
#include "broker/review/review.h"
/* Internal to review/: one run. */

enum {
	REVIEW_EXAMPLES = 3,    /* ids named in a note; the rest is counted */
	REVIEW_YEAR = 365,      /* days after which an assurance is old, and an end is history */
	REVIEW_SOON = 90,       /* days before an end that somebody should plan for */
	REVIEW_LOOKED = 500,    /* services of a place that may follow another */
	REVIEW_LISTED = 3,      /* names in a message */
	REVIEW_ID_SUFFIX = 9,   /* bytes of "area.yaml" */
	REVIEW_FIELD_SIZE = 64, /* of a field's path that is put together */
	REVIEW_MESSAGE_SIZE = 512,
};

/* What many services have in common and no line each is worth. */
enum review_tally {
	TALLY_AREA,
	TALLY_REFERRERS,
	TALLY_PATHWAYS,
	TALLY_NEEDS,
	TALLY_ASSURANCE,
	TALLY_ADDRESS,
	TALLY_ENDED,
	TALLY_COUNT
};

struct review_tallies {
	size_t counts[TALLY_COUNT];
	const struct directory_service *examples[TALLY_COUNT][REVIEW_EXAMPLES];
};

struct reviewing {
	const struct review_input *input;
	const struct directory *directory;
	struct review *review;
	struct author_schema schema;
	struct review_tallies tallies;
	struct arena work; /* for the whole run: the schema, orders of services */
	size_t routable;   /* services that run on the day or later, among those looked at */
	struct clause_sets *sets;
};

/* True when what is said of the file is wanted. */
bool review_wants(const struct reviewing *reviewing, struct str file);
/* A warning about a field of a file; its line is found at the end.  `suggestion` may be empty. */
void review_warn(struct reviewing *reviewing, struct str file, const char *field, const char *code,
	struct str suggestion, const char *format, ...) PRINTF_LIKE(6, 7);
void review_add(struct reviewing *reviewing, const struct review_finding *finding);

/* True when nothing is wrong with the file: of a list with a mistake in it less is known than it
 * says, and what would follow from that is left unsaid until it is mended. */
bool review_is_whole(const struct reviewing *reviewing, struct str file);
/* The same of one key of it, with all below: "delivery". */
bool review_key_is_whole(const struct reviewing *reviewing, struct str file, const char *key);
/* Whether it can be chosen on the day or later, as far as routing and window go. */
bool review_is_ahead(const struct reviewing *reviewing, const struct directory_service *service);

void review_service(struct reviewing *reviewing, const struct directory_service *service);
void review_referrers(struct reviewing *reviewing, const struct directory_service *service);
void review_successor(struct reviewing *reviewing, const struct directory_service *service);
/* ERR_NOMEM */
MUST_CHECK enum err review_clauses(
	struct reviewing *reviewing, const struct directory_service *service);
void review_clauses_finish(struct reviewing *reviewing);
/* Services against each other, organisations, parties. */
void review_between(struct reviewing *reviewing);
void review_tally(struct reviewing *reviewing, enum review_tally tally,
	const struct directory_service *service);
void review_tell_tallies(struct reviewing *reviewing);
#endif
