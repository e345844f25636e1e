/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_MODEL_VOCAB_H
#define ONWARD_MODEL_VOCAB_H
#include "broker/base/str.h"
/*
 * The closed vocabularies: codes as they stand in files, on the wire and in JSON.  Numbers are kept
 * in stored records: append, never renumber.
 */
#define VOCAB_NEED_MAP(X)                                        \
	X(0, ACCOMMODATION, "accommodation")                     \
	X(1, CHILDREN_FAMILIES, "children-families")             \
	X(2, DOMESTIC_SEXUAL_ABUSE, "domestic-sexual-abuse")     \
	X(3, SUBSTANCE_USE, "substance-use")                     \
	X(4, EDUCATION_EMPLOYMENT, "education-employment")       \
	X(5, EXPLOITATION_GANGS, "exploitation-gangs")           \
	X(6, MENTAL_HEALTH, "mental-health-learning-disability") \
	X(7, POVERTY_DEBT, "poverty-debt")                       \
	X(8, PROSTITUTION, "prostitution")                       \
	X(9, RECALL, "recall")                                   \
	X(10, TRAFFICKING, "trafficking")                        \
	X(11, IMMIGRATION_ADVICE, "immigration-advice")          \
	X(12, SOCIAL_INCLUSION, "social-inclusion")

/* Who a woman is, not what she needs: preferences.specialist. */
#define VOCAB_GROUP_MAP(X)                         \
	X(0, ETHNICITY_FAITH, "ethnicity-faith")   \
	X(1, LGBT, "lgbt")                         \
	X(2, FOREIGN_NATIONAL, "foreign-national") \
	X(3, YOUNG_CARE_LEAVER, "young-care-leaver")

#define VOCAB_PATHWAY_MAP(X)                         \
	X(0, DIVERSION, "diversion")                 \
	X(1, LIAISON_DIVERSION, "liaison-diversion") \
	X(2, COURT, "court")                         \
	X(3, RESETTLEMENT, "resettlement")           \
	X(4, COMMUNITY, "community")                 \
	X(5, RECALL_PREVENTION, "recall-prevention")

#define VOCAB_KIND_MAP(X)                            \
	X(0, POLICE, "police")                       \
	X(1, LIAISON_DIVERSION, "liaison-diversion") \
	X(2, COURT, "court")                         \
	X(3, PRISON, "prison")                       \
	X(4, PROBATION, "probation")                 \
	X(5, LOCAL_AUTHORITY, "local-authority")     \
	X(6, PROVIDER, "provider")                   \
	X(7, ADAPTER, "adapter")                     \
	X(8, COORDINATOR, "coordinator")             \
	X(9, COMMISSIONER, "commissioner")           \
	X(10, OPERATOR, "operator")

#define VOCAB_SEVERITY_MAP(X)  \
	X(0, LOW, "low")       \
	X(1, MEDIUM, "medium") \
	X(2, HIGH, "high")

#define VOCAB_CONSENT_MAP(X)               \
	X(0, GIVEN, "given")               \
	X(1, WITHHELD, "withheld")         \
	X(2, WITHDRAWN, "withdrawn")       \
	X(3, EXPIRED, "expired")           \
	X(4, NOT_REQUIRED, "not-required") \
	X(5, TO_CONFIRM, "to-confirm")

#define VOCAB_PURPOSE_MAP(X)                                 \
	X(0, REFER, "refer")                                 \
	X(1, CHOICE_OF_AUTHORITY, "choice-of-authority")     \
	X(2, SHARE_CONTACT_DETAILS, "share-contact-details") \
	X(3, REPORT_ATTENDANCE, "report-attendance")         \
	X(4, SHARE_OUTCOME, "share-outcome")

#define VOCAB_SELF_RISK_MAP(X)         \
	X(0, NONE_KNOWN, "none-known") \
	X(1, CONCERN, "concern")       \
	X(2, IMMEDIATE, "immediate")

#define VOCAB_HARM_MAP(X)      \
	X(0, LOW, "low")       \
	X(1, MEDIUM, "medium") \
	X(2, HIGH, "high")     \
	X(3, VERY_HIGH, "very-high")

#define VOCAB_STAFF_RISK_MAP(X)        \
	X(0, NONE_KNOWN, "none-known") \
	X(1, CONCERN, "concern")

/* States of a referral and of a leg: broker/core/lifecycle.h says which follows which. */
#define VOCAB_REFERRAL_STATE_MAP(X)                  \
	X(0, SUBMITTED, "submitted")                 \
	X(1, NEEDS_INFORMATION, "needs-information") \
	X(2, NO_SERVICE, "no-service")               \
	X(3, SCHEDULED, "scheduled")                 \
	X(4, OPEN, "open")                           \
	X(5, WITHDRAWN, "withdrawn")                 \
	X(6, ENTERED_IN_ERROR, "entered-in-error")   \
	X(7, CLOSED, "closed")

#define VOCAB_LEG_STATE_MAP(X)                      \
	X(0, NONE, "none")                          \
	X(1, MATCHED, "matched")                    \
	X(2, DELIVERED, "delivered")                \
	X(3, RECEIVED, "received")                  \
	X(4, INFO_REQUESTED, "info-requested")      \
	X(5, ACCEPTED, "accepted")                  \
	X(6, DECLINED, "declined")                  \
	X(7, WAITLISTED, "waitlisted")              \
	X(8, REDIRECTED, "redirected")              \
	X(9, ON_HOLD, "on-hold")                    \
	X(10, STARTED, "started")                   \
	X(11, COMPLETED, "completed")               \
	X(12, ENDED_EARLY, "ended-early")           \
	X(13, NOT_ENGAGED, "not-engaged")           \
	X(14, CANCEL_REQUESTED, "cancel-requested") \
	X(15, WITHDRAWN, "withdrawn")               \
	X(16, EXPIRED, "expired")

#define VOCAB_WITHDRAWAL_MAP(X)                                  \
	X(0, INELIGIBLE, "ineligible")                           \
	X(1, MISTAKEN_OR_DUPLICATE, "mistaken-or-duplicate")     \
	X(2, HER_DECISION, "her-decision")                       \
	X(3, CONTACT_NOT_ESTABLISHED, "contact-not-established") \
	X(4, NEEDS_MET_ELSEWHERE, "needs-met-elsewhere")         \
	X(5, MOVED_OUT_OF_AREA, "moved-out-of-area")             \
	X(6, WORK_CARING_OR_SICKNESS, "work-caring-or-sickness") \
	X(7, DIED, "died")                                       \
	X(8, ACQUITTED, "acquitted")                             \
	X(9, RETURNED_TO_CUSTODY, "returned-to-custody")         \
	X(10, SENTENCE_REVOKED, "sentence-revoked")              \
	X(11, SENTENCE_EXPIRED, "sentence-expired")              \
	X(12, CONSENT_WITHDRAWN, "consent-withdrawn")            \
	X(13, OTHER, "other")

#define VOCAB_DECLINE_MAP(X)                                       \
	X(0, OUTSIDE_AREA, "outside-area")                         \
	X(1, OUTSIDE_ELIGIBILITY, "outside-eligibility")           \
	X(2, NO_CAPACITY, "no-capacity")                           \
	X(3, RISK_NOT_MANAGEABLE, "risk-not-manageable")           \
	X(4, EXISTING_CLIENT, "existing-client")                   \
	X(5, INSUFFICIENT_INFORMATION, "insufficient-information") \
	X(6, NOT_CONTACTABLE, "not-contactable")                   \
	X(7, OTHER, "other")

/* Why a service takes no new referrals for a while; about the service, never about a woman. */
#define VOCAB_PAUSE_MAP(X)         \
	X(0, STAFFING, "staffing") \
	X(1, PREMISES, "premises") \
	X(2, DEMAND, "demand")     \
	X(3, SAFETY, "safety")     \
	X(4, FUNDING, "funding")   \
	X(5, HOLIDAY, "holiday")   \
	X(6, OTHER, "other")

enum vocab_name {
	VOCAB_NEED,
	VOCAB_GROUP,
	VOCAB_PATHWAY,
	VOCAB_KIND,
	VOCAB_SEVERITY,
	VOCAB_CONSENT,
	VOCAB_PURPOSE,
	VOCAB_SELF_RISK,
	VOCAB_HARM,
	VOCAB_STAFF_RISK,
	VOCAB_REFERRAL_STATE,
	VOCAB_LEG_STATE,
	VOCAB_WITHDRAWAL,
	VOCAB_DECLINE,
	VOCAB_PAUSE,
	VOCAB_COUNT,
};

#define X(number, NAME, code) NEED_##NAME = number,
enum need {
	VOCAB_NEED_MAP(X) NEED_COUNT
};
#undef X
#define X(number, NAME, code) GROUP_##NAME = number,
enum group {
	VOCAB_GROUP_MAP(X) GROUP_COUNT
};
#undef X
#define X(number, NAME, code) PATHWAY_##NAME = number,
enum pathway {
	VOCAB_PATHWAY_MAP(X) PATHWAY_COUNT
};
#undef X
#define X(number, NAME, code) KIND_##NAME = number,
enum kind {
	VOCAB_KIND_MAP(X) KIND_COUNT
};
#undef X
#define X(number, NAME, code) CONSENT_##NAME = number,
enum consent {
	VOCAB_CONSENT_MAP(X) CONSENT_COUNT
};
#undef X
#define X(number, NAME, code) PURPOSE_##NAME = number,
enum purpose {
	VOCAB_PURPOSE_MAP(X) PURPOSE_COUNT
};
#undef X
#define X(number, NAME, code) SELF_RISK_##NAME = number,
enum self_risk {
	VOCAB_SELF_RISK_MAP(X) SELF_RISK_COUNT
};
#undef X
#define X(number, NAME, code) REFERRAL_##NAME = number,
enum referral_state {
	VOCAB_REFERRAL_STATE_MAP(X) REFERRAL_STATE_COUNT
};
#undef X
#define X(number, NAME, code) LEG_##NAME = number,
enum leg_state {
	VOCAB_LEG_STATE_MAP(X) LEG_STATE_COUNT
};
#undef X

/* The codes of a vocabulary, in number order; *ret_count of them. Static. */
const char *const *vocab_codes(enum vocab_name vocab, size_t *ret_count);
/* The number of a code, -1 when it is not in the vocabulary. */
int vocab_number(enum vocab_name vocab, struct str code);
/* The code of a number; "unknown" when out of range. */
const char *vocab_code(enum vocab_name vocab, int number);
/* "accommodation, children-families, …" cut to the size, and the nearest code for a typing error
 * (NULL when none is near). */
void vocab_list(enum vocab_name vocab, char *out, size_t size);
const char *vocab_nearest(enum vocab_name vocab, struct str code);
/* The pathways a kind of party may refer on, as bits 1 << enum pathway. */
uint32_t vocab_kind_pathways(enum kind kind);
#endif
