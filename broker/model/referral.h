/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_MODEL_REFERRAL_H
#define ONWARD_MODEL_REFERRAL_H
#include "broker/base/limits.h"
#include "broker/base/timestamp.h"
#include "broker/model/field.h"
/*
 * A referral, checked and typed: what matching and the rules look at.  It borrows from the document
 * it was read from; both live as long as the document's arena.
 */
enum {
	REFERRAL_CONSENTS_MAX = 16,
	REFERRAL_NO_DATE = INT32_MIN
};

struct referral_strings {
	const struct value *items; /* all VALUE_STRING */
	size_t count;
};

struct referral_consent {
	enum purpose purpose;
	enum consent state;
	bool any_eligible;
	struct referral_strings recipients; /* service ids, unless any_eligible */
	uint32_t needs;                     /* bits 1 << enum need; all bits for "all" */
	struct str basis;
	timestamp_us recorded; /* INT64_MIN: not said */
};

struct referral {
	const struct value *document;
	struct str source_ref;
	enum pathway pathway;
	uint32_t needs; /* bits 1 << enum need */
	size_t need_count;
	uint32_t groups; /* preferences.specialist, bits 1 << enum group */
	date_days birth; /* REFERRAL_NO_DATE: not known */
	struct str home; /* authority codes, empty: not known */
	struct str connection;
	struct str duty_authority;
	int no_fixed_abode; /* -1: not known */
	struct referral_strings exclude_services, avoid_authorities, avoid_services, languages;
	struct referral_consent consents[REFERRAL_CONSENTS_MAX];
	size_t consent_count;
	/* When no entry names services: her needs by their answer (enum referral_answer), the same
	 * for all of them. */
	bool consent_alike;
	uint32_t alike[3];
	date_days release; /* effective release date: the earliest one given; REFERRAL_NO_DATE */
	date_days condition_deadline, court_date;
	enum self_risk self_risk;
	bool cannot_consent; /* youth.competent_to_consent is false */
};

struct referral_context {
	timestamp_us now;
	/* True when the directory knows the authority; NULL: any well-formed code will do. */
	bool (*authority_known)(struct str code);
	/* True when the code ended before the day, with words that name what took its place; NULL:
	 * documents may name codes of the past, as those do that were taken in while they held. */
	bool (*authority_ended)(struct str code, date_days day, char *words, size_t size);
};

/* Checks a document against the field table and the rules between fields, and reads it.  Refusals
 * name the path and what is allowed, never a value of the person: ERR_UNKNOWN_FIELD, ERR_MISSING,
 * ERR_INVALID, ERR_TOO_LARGE, ERR_CONSENT (nobody may be told of her).  *ret_referral is untouched
 * then. */
MUST_CHECK enum err referral_read(const struct value *document,
	const struct referral_context *context, struct referral *ret_referral, struct fault *fault);
/* Reads a document that was checked when it came: a check that has become stricter since, or a
 * birthday, must not make a stored referral unreadable. */
void referral_load(const struct value *document, struct referral *ret_referral);

/*
 * Consent for a purpose towards one service.  Only what was agreed counts, and a refusal (withheld,
 * withdrawn) that covers the service and the need beats an agreement, unless the agreement was
 * recorded after it.
 */
enum referral_answer {
	REFERRAL_CONSENT_NO,
	REFERRAL_CONSENT_TO_CONFIRM, /* given while unwell or intoxicated, or by a girl who cannot
					yet */
	REFERRAL_CONSENT_YES,
};
/* `need` below 0: any need. `*ret_consent` (may be NULL) is the entry that says so, NULL with a no.
 */
enum referral_answer referral_consent_for(const struct referral *referral, enum purpose purpose,
	struct str service, int need, const struct referral_consent **ret_consent);
/* Her needs that this service may hear of now, as bits; and those that still have to be confirmed.
 */
uint32_t referral_consented_needs(const struct referral *referral, struct str service);
uint32_t referral_unconfirmed_needs(const struct referral *referral, struct str service);
/* Needs that she lets somebody hear of, confirmed or not: the others are hers to keep, and no gap.
 */
uint32_t referral_shared_needs(const struct referral *referral);
/* True when no consent to refer is confirmed. */
bool referral_consent_unconfirmed(const struct referral *referral);
bool referral_strings_hold(struct referral_strings list, struct str item);
/* Her age in whole years on the London date of `now`; -1 when the birth date is not known. */
int referral_age(const struct referral *referral, timestamp_us now);
/* The authority that counts for the home area: home, or the local connection with no fixed abode;
 * empty: not known. */
struct str referral_area(const struct referral *referral);
#endif
