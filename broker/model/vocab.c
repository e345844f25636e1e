/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/model/vocab.h"

#include <stdio.h>

#define X(number, NAME, code) [number] = (code),
static const char *const needs[] = {VOCAB_NEED_MAP(X)};
static const char *const groups[] = {VOCAB_GROUP_MAP(X)};
static const char *const pathways[] = {VOCAB_PATHWAY_MAP(X)};
static const char *const kinds[] = {VOCAB_KIND_MAP(X)};
static const char *const severities[] = {VOCAB_SEVERITY_MAP(X)};
static const char *const consents[] = {VOCAB_CONSENT_MAP(X)};
static const char *const purposes[] = {VOCAB_PURPOSE_MAP(X)};
static const char *const self_risks[] = {VOCAB_SELF_RISK_MAP(X)};
static const char *const harms[] = {VOCAB_HARM_MAP(X)};
static const char *const staff_risks[] = {VOCAB_STAFF_RISK_MAP(X)};
static const char *const referral_states[] = {VOCAB_REFERRAL_STATE_MAP(X)};
static const char *const leg_states[] = {VOCAB_LEG_STATE_MAP(X)};
static const char *const withdrawals[] = {VOCAB_WITHDRAWAL_MAP(X)};
static const char *const declines[] = {VOCAB_DECLINE_MAP(X)};
static const char *const pauses[] = {VOCAB_PAUSE_MAP(X)};
#undef X

static const struct {
	const char *const *codes;
	size_t count;
} vocabs[VOCAB_COUNT] = {
#define ROW(name, codes) [name] = {codes, sizeof(codes) / sizeof((codes)[0])}
	ROW(VOCAB_NEED, needs),
	ROW(VOCAB_GROUP, groups),
	ROW(VOCAB_PATHWAY, pathways),
	ROW(VOCAB_KIND, kinds),
	ROW(VOCAB_SEVERITY, severities),
	ROW(VOCAB_CONSENT, consents),
	ROW(VOCAB_PURPOSE, purposes),
	ROW(VOCAB_SELF_RISK, self_risks),
	ROW(VOCAB_HARM, harms),
	ROW(VOCAB_STAFF_RISK, staff_risks),
	ROW(VOCAB_REFERRAL_STATE, referral_states),
	ROW(VOCAB_LEG_STATE, leg_states),
	ROW(VOCAB_WITHDRAWAL, withdrawals),
	ROW(VOCAB_DECLINE, declines),
	ROW(VOCAB_PAUSE, pauses),
#undef ROW
};

const char *const *vocab_codes(enum vocab_name vocab, size_t *ret_count)
{
	*ret_count = vocabs[vocab].count;
	return vocabs[vocab].codes;
}

int vocab_number(enum vocab_name vocab, struct str code)
{
	for (size_t i = 0; i < vocabs[vocab].count; i++) {
		if (str_is(code, vocabs[vocab].codes[i])) {
			return (int)i;
		}
	}
	return -1;
}

const char *vocab_code(enum vocab_name vocab, int number)
{
	return number >= 0 && (size_t)number < vocabs[vocab].count ? vocabs[vocab].codes[number]
								   : "unknown";
}

void vocab_list(enum vocab_name vocab, char *out, size_t size)
{
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < vocabs[vocab].count && at < size; i++) {
		const int len = snprintf(
			out + at, size - at, "%s%s", i == 0 ? "" : ", ", vocabs[vocab].codes[i]);
		at += len > 0 ? (size_t)len : 0;
	}
}

const char *vocab_nearest(enum vocab_name vocab, struct str code)
{
	const char *best = NULL;
	size_t least = 4; /* further away is another word, not a slip */
	for (size_t i = 0; i < vocabs[vocab].count; i++) {
		const size_t distance = str_distance(code, str_from(vocabs[vocab].codes[i]));
		if (distance < least) {
			least = distance;
			best = vocabs[vocab].codes[i];
		}
	}
	return best;
}

uint32_t vocab_kind_pathways(enum kind kind)
{
	const uint32_t all = (1U << PATHWAY_COUNT) - 1;
	switch (kind) {
	case KIND_POLICE:
		return 1U << PATHWAY_DIVERSION;
	case KIND_LIAISON_DIVERSION:
		return 1U << PATHWAY_LIAISON_DIVERSION;
	case KIND_COURT:
		return 1U << PATHWAY_COURT;
	case KIND_PRISON:
		return 1U << PATHWAY_RESETTLEMENT;
	case KIND_PROBATION:
		/* Commissioned rehabilitative services before release are ordered by probation. */
		return 1U << PATHWAY_COMMUNITY | 1U << PATHWAY_RECALL_PREVENTION |
		       1U << PATHWAY_RESETTLEMENT;
	case KIND_COORDINATOR:
		return all;
	case KIND_LOCAL_AUTHORITY:
	case KIND_PROVIDER:
	case KIND_ADAPTER:
	case KIND_COMMISSIONER:
	case KIND_OPERATOR:
	case KIND_COUNT:
		return 0;
	}
	return 0;
}
