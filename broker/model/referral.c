/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/model/referral.h"
#include "broker/model/check.h"

#include <stdio.h>

enum {
	ADULT_YEARS = 18,
	PATH_SIZE = 64
};

static struct str text_at(const struct value *document, const char *path)
{
	const struct value *value = value_at(document, path);
	if (value == NULL || value->kind != VALUE_STRING || field_not_asked(value) ||
		field_prefers_not_to_say(value)) {
		return (struct str){0};
	}
	return value->string;
}

static date_days date_at(const struct value *document, const char *path)
{
	date_days date = REFERRAL_NO_DATE;
	const struct str text = text_at(document, path);
	if (text.len == 0 || date_parse(text, &date) != ERR_OK) {
		return REFERRAL_NO_DATE;
	}
	return date;
}

static struct referral_strings strings_at(const struct value *document, const char *path)
{
	const struct value *value = value_at(document, path);
	if (value == NULL || value->kind != VALUE_LIST) {
		return (struct referral_strings){0};
	}
	return (struct referral_strings){value->list.items, value->list.count};
}

static uint32_t bits_of(enum vocab_name vocab, struct referral_strings codes)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < codes.count; i++) {
		const int number = vocab_number(vocab, codes.items[i].string);
		bits |= number < 0 ? 0 : 1U << number;
	}
	return bits;
}

static void read_needs(const struct value *document, struct referral *out)
{
	const struct referral_strings needs = strings_at(document, "needs");
	for (size_t i = 0; i < needs.count; i++) {
		const int need = vocab_number(VOCAB_NEED, value_get_str(&needs.items[i], "code"));
		out->needs |= need < 0 ? 0 : 1U << need;
	}
	out->need_count = needs.count;
}

static enum err check_needs(const struct value *document, struct fault *fault)
{
	const struct referral_strings needs = strings_at(document, "needs");
	uint32_t seen = 0;
	if (needs.count == 0) {
		return fault_set(fault, ERR_MISSING, "needs", "at least one need");
	}
	for (size_t i = 0; i < needs.count; i++) {
		const int need = vocab_number(VOCAB_NEED, value_get_str(&needs.items[i], "code"));
		if ((seen & 1U << need) != 0) {
			char path[PATH_SIZE];
			(void)snprintf(path, sizeof(path), "needs[%zu].code", i);
			return fault_set(fault, ERR_INVALID, path, "each need stands once");
		}
		seen |= 1U << need;
	}
	return ERR_OK;
}

static void read_consent(const struct value *map, struct referral_consent *out)
{
	const struct value *recipients = value_get(map, STR("recipients"));
	const struct value *needs = value_get(map, STR("needs"));
	out->purpose = (enum purpose)vocab_number(VOCAB_PURPOSE, value_get_str(map, "purpose"));
	out->state = (enum consent)vocab_number(VOCAB_CONSENT, value_get_str(map, "state"));
	out->basis = value_get_str(map, "basis");
	out->recorded = INT64_MIN;
	const struct str recorded = value_get_str(map, "recorded_at");
	if (recorded.len > 0 && timestamp_parse(recorded, &out->recorded) != ERR_OK) {
		out->recorded = INT64_MIN;
	}
	/* Left out is not "anybody": only what was agreed counts. */
	out->any_eligible = recipients != NULL && recipients->kind == VALUE_STRING;
	out->recipients = strings_at(map, "recipients");
	out->needs = needs != NULL && needs->kind == VALUE_STRING
			     ? UINT32_MAX
			     : bits_of(VOCAB_NEED, strings_at(map, "needs"));
}

static bool lawful(enum consent state)
{
	return state == CONSENT_GIVEN || state == CONSENT_NOT_REQUIRED ||
	       state == CONSENT_TO_CONFIRM;
}

static void read_consents(const struct value *document, struct referral *out)
{
	const struct referral_strings list = strings_at(document, "consent");
	for (size_t i = 0; i < list.count && i < REFERRAL_CONSENTS_MAX; i++) {
		read_consent(&list.items[i], &out->consents[i]);
		out->consent_count = i + 1;
	}
}

static enum err missing_scope(
	struct fault *fault, size_t position, const char *member, const char *say)
{
	char path[PATH_SIZE];
	(void)snprintf(path, sizeof(path), "consent[%zu].%s", position, member);
	return fault_set(fault, ERR_MISSING, path, "%s", say);
}

static enum err check_consents(
	const struct value *document, const struct referral *referral, struct fault *fault)
{
	const struct referral_strings list = strings_at(document, "consent");
	bool may_refer = false;
	char path[PATH_SIZE] = "consent";
	for (size_t i = 0; i < referral->consent_count; i++) {
		const struct referral_consent *consent = &referral->consents[i];
		if (consent->purpose != PURPOSE_REFER) {
			continue;
		}
		if (!lawful(consent->state)) {
			(void)snprintf(path, sizeof(path), "consent[%zu].state", i);
			continue;
		}
		if (value_get(&list.items[i], STR("recipients")) == NULL) {
			return missing_scope(fault, i, "recipients",
				"say who may be told: \"any-eligible\" or a list of service ids");
		}
		if (value_get(&list.items[i], STR("needs")) == NULL) {
			return missing_scope(fault, i, "needs",
				"say which needs may be told: \"all\" or a list of need codes");
		}
		may_refer = true;
	}
	if (!may_refer) {
		return fault_set(fault, ERR_CONSENT, path,
			"a referral needs her consent to refer, or another lawful basis");
	}
	return ERR_OK;
}

static void read_release(const struct value *document, struct referral *out)
{
	const struct referral_strings dates = strings_at(document, "justice.release_dates");
	bool recalled = false; /* the dates of before are over */
	out->release = REFERRAL_NO_DATE;
	for (size_t i = 0; i < dates.count; i++) {
		const date_days date = date_at(&dates.items[i], "date");
		const struct str kind = value_get_str(&dates.items[i], "kind");
		const bool again = str_is(kind, "re-release");
		if (str_is(kind, "licence-expiry") || date == REFERRAL_NO_DATE ||
			(recalled && !again)) {
			continue;
		}
		if (out->release == REFERRAL_NO_DATE || again != recalled || date < out->release) {
			out->release = date;
			recalled = again;
		}
	}
}

static void read_facts(const struct value *document, struct referral *out)
{
	const struct value *abode = value_at(document, "person.no_fixed_abode");
	const int self = vocab_number(VOCAB_SELF_RISK, text_at(document, "risk.self"));
	out->birth = date_at(document, "person.date_of_birth");
	out->home = text_at(document, "person.local_authority");
	out->connection = text_at(document, "person.local_connection");
	out->duty_authority = text_at(document, "duty_to_refer.authority");
	out->no_fixed_abode = abode != NULL && abode->kind == VALUE_BOOL ? (int)abode->boolean : -1;
	out->groups = bits_of(VOCAB_GROUP, strings_at(document, "preferences.specialist"));
	out->languages = strings_at(document, "person.languages");
	out->exclude_services = strings_at(document, "preferences.exclude_services");
	out->avoid_authorities = strings_at(document, "preferences.avoid.authorities");
	out->avoid_services = strings_at(document, "preferences.avoid.services");
	out->condition_deadline = date_at(document, "justice.condition_deadline");
	out->court_date = date_at(document, "justice.court_date");
	out->self_risk = self < 0 ? SELF_RISK_NONE_KNOWN : (enum self_risk)self;
	const struct value *competent = value_at(document, "youth.competent_to_consent");
	out->cannot_consent =
		competent != NULL && competent->kind == VALUE_BOOL && !competent->boolean;
	read_release(document, out);
}

/* A caution under section 22 of the Criminal Justice Act 2003 is for adults; under 18 it is a youth
 * conditional caution (Crime and Disorder Act 1998, section 66A). */
static enum err check_caution(
	const struct referral *referral, timestamp_us now, struct fault *fault)
{
	const struct str disposal = text_at(referral->document, "justice.disposal");
	const int age = referral_age(referral, now);
	const bool adult_caution = str_is(disposal, "conditional-caution") ||
				   str_is(disposal, "simple-caution") ||
				   str_is(disposal, "caution");
	if (adult_caution && age >= 0 && age < ADULT_YEARS) {
		return fault_set(fault, ERR_INVALID, "justice.disposal",
			"an adult caution needs an age of 18 or over; under 18 it is a "
			"youth-conditional-caution");
	}
	return ERR_OK;
}

static uint32_t needs_answered(
	const struct referral *referral, struct str service, enum referral_answer answer);

/* Matching asks for every service of her area; mostly the answer does not depend on which. */
static void read_alike(struct referral *out)
{
	bool alike = true;
	for (size_t i = 0; i < out->consent_count; i++) {
		alike = alike &&
			(out->consents[i].any_eligible || out->consents[i].recipients.count == 0);
	}
	for (int answer = 0; alike && answer < 3; answer++) {
		out->alike[answer] = needs_answered(out, STR(""), (enum referral_answer)answer);
	}
	out->consent_alike = alike;
}

void referral_load(const struct value *document, struct referral *ret_referral)
{
	struct referral out = {.document = document};
	out.source_ref = value_get_str(document, "source_ref");
	out.pathway = (enum pathway)vocab_number(VOCAB_PATHWAY, value_get_str(document, "pathway"));
	read_needs(document, &out);
	read_consents(document, &out);
	read_facts(document, &out);
	read_alike(&out);
	*ret_referral = out;
}

enum err referral_read(const struct value *document, const struct referral_context *context,
	struct referral *ret_referral, struct fault *fault)
{
	struct referral out;
	enum err err = check_document(document, context, fault);
	if (err != ERR_OK) {
		return err;
	}
	referral_load(document, &out);
	err = check_needs(document, fault);
	if (err == ERR_OK) {
		err = check_consents(document, &out, fault);
	}
	if (err == ERR_OK) {
		err = check_caution(&out, context->now, fault);
	}
	if (err == ERR_OK) {
		*ret_referral = out;
	}
	return err;
}

bool referral_strings_hold(struct referral_strings list, struct str item)
{
	for (size_t i = 0; i < list.count; i++) {
		if (str_equal(list.items[i].string, item)) {
			return true;
		}
	}
	return false;
}

static bool covers(
	const struct referral_consent *consent, enum purpose purpose, struct str service, int need)
{
	const bool told =
		consent->any_eligible || referral_strings_hold(consent->recipients, service);
	return consent->purpose == purpose && told &&
	       (need < 0 || (consent->needs & 1U << need) != 0);
}

static bool is_refusal(enum consent state)
{
	return state == CONSENT_WITHHELD || state == CONSENT_WITHDRAWN;
}

/* A refusal without recipients or needs is one towards everybody, of everything. */
static bool refuses(
	const struct referral_consent *consent, enum purpose purpose, struct str service, int need)
{
	const bool everybody = consent->any_eligible || consent->recipients.count == 0;
	const bool told = everybody || referral_strings_hold(consent->recipients, service);
	const bool all = consent->needs == 0 || consent->needs == UINT32_MAX;
	return consent->purpose == purpose && is_refusal(consent->state) && told &&
	       (all || (need >= 0 && (consent->needs & 1U << need) != 0));
}

static bool refused_since(const struct referral *referral, const struct referral_consent *given,
	struct str service, int need)
{
	for (size_t i = 0; i < referral->consent_count; i++) {
		const struct referral_consent *other = &referral->consents[i];
		const bool older =
			other->recorded != INT64_MIN && other->recorded < given->recorded;
		if (refuses(other, given->purpose, service, need) && !older) {
			return true;
		}
	}
	return false;
}

enum referral_answer referral_consent_for(const struct referral *referral, enum purpose purpose,
	struct str service, int need, const struct referral_consent **ret_consent)
{
	enum referral_answer answer = REFERRAL_CONSENT_NO;
	const struct referral_consent *says = NULL;
	for (size_t i = 0; i < referral->consent_count && answer != REFERRAL_CONSENT_YES; i++) {
		const struct referral_consent *consent = &referral->consents[i];
		if (!lawful(consent->state) || !covers(consent, purpose, service, need) ||
			refused_since(referral, consent, service, need)) {
			continue;
		}
		/* Gillick competence: without it her yes needs somebody's who may give it. */
		const bool confirmed =
			consent->state == CONSENT_NOT_REQUIRED ||
			(consent->state == CONSENT_GIVEN && !referral->cannot_consent);
		answer = confirmed ? REFERRAL_CONSENT_YES : REFERRAL_CONSENT_TO_CONFIRM;
		says = consent;
	}
	if (ret_consent != NULL) {
		*ret_consent = says;
	}
	return answer;
}

static uint32_t needs_answered(
	const struct referral *referral, struct str service, enum referral_answer answer)
{
	uint32_t needs = 0;
	if (referral->consent_alike) {
		return referral->alike[answer];
	}
	for (int need = 0; need < NEED_COUNT; need++) {
		if ((referral->needs & 1U << need) != 0 &&
			referral_consent_for(referral, PURPOSE_REFER, service, need, NULL) ==
				answer) {
			needs |= 1U << need;
		}
	}
	return needs;
}

uint32_t referral_consented_needs(const struct referral *referral, struct str service)
{
	return needs_answered(referral, service, REFERRAL_CONSENT_YES);
}

uint32_t referral_unconfirmed_needs(const struct referral *referral, struct str service)
{
	return needs_answered(referral, service, REFERRAL_CONSENT_TO_CONFIRM);
}

uint32_t referral_shared_needs(const struct referral *referral)
{
	uint32_t needs = 0;
	for (size_t i = 0; i < referral->consent_count; i++) {
		const struct referral_consent *consent = &referral->consents[i];
		if (consent->purpose != PURPOSE_REFER || !lawful(consent->state)) {
			continue;
		}
		for (int need = 0; need < NEED_COUNT; need++) {
			/* No service has this id: only a refusal towards everybody refuses it. */
			if ((consent->needs & 1U << need) != 0 &&
				!refused_since(referral, consent, STR(""), need)) {
				needs |= 1U << need;
			}
		}
	}
	return needs & referral->needs;
}

bool referral_consent_unconfirmed(const struct referral *referral)
{
	for (size_t i = 0; i < referral->consent_count; i++) {
		const struct referral_consent *consent = &referral->consents[i];
		if (consent->purpose == PURPOSE_REFER &&
			(consent->state == CONSENT_NOT_REQUIRED ||
				(consent->state == CONSENT_GIVEN && !referral->cannot_consent))) {
			return false;
		}
	}
	return true;
}

int referral_age(const struct referral *referral, timestamp_us now)
{
	if (referral->birth == REFERRAL_NO_DATE) {
		return -1;
	}
	return date_age_years(referral->birth, timestamp_london_date(now));
}

struct str referral_area(const struct referral *referral)
{
	if (referral->no_fixed_abode == 1 && referral->connection.len > 0) {
		return referral->connection;
	}
	return referral->home.len > 0 ? referral->home : referral->connection;
}
