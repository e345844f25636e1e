/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_NAMES_H
#define ONWARD_CLI_NAMES_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
/* Names for what replies carry as codes. */
struct directory;

struct names {
	/* The service's name; empty when it is not known.  May be NULL. */
	struct str (*service)(void *context, struct str id);
	void *context;
};

/* "South London Alliance (south-london-alliance)", or the id alone. */
void names_service(struct buf *out, const struct names *names, struct str id);
/* "Bexley" for "E09000004" or "bexley"; what was given when it is unknown. */
struct str names_authority(struct str code);
/* Words for a code: "domestic or sexual abuse"; the code itself when there are none. */
struct str words_need(struct str code);
struct str words_state(struct str code); /* of a leg or a referral */
struct str words_event(struct str code);
struct str words_reason(struct str code);
/* A sentence that asks for a fact: "What is her age? (person.age)" */
void words_question(struct buf *out, struct str fact);

/* What to do when somebody is in danger now: this is not an emergency channel. */
extern const char words_emergency[];

/* Reads a directory for its names alone, without checking clauses.  NULL when it cannot be read. */
struct directory *names_directory(const char *root);
struct names names_of_directory(struct directory *directory);
#endif
