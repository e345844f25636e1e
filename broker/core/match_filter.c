/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"
/*
 * The filters in words: what each said of a service, and what would change it.
 */

static const char *const filter_names[MATCH_FILTERS] = {
	[MATCH_ROUTING] = "routing",
	[MATCH_DELIVERY] = "delivery",
	[MATCH_AREA] = "area",
	[MATCH_PATHWAY] = "pathway",
	[MATCH_REFERRER] = "referrer",
	[MATCH_NEEDS] = "needs",
	[MATCH_CONSENT] = "consent",
	[MATCH_WINDOW] = "window",
	[MATCH_RELEASE] = "release",
	[MATCH_INTAKE] = "intake",
	[MATCH_CAPACITY] = "capacity",
};

const char *match_filter_name(enum match_filter filter)
{
	return (unsigned)filter < MATCH_FILTERS ? filter_names[filter] : "unknown";
}

static struct str area_name(struct str code)
{
	const struct directory_authority *authority = directory_authority_by_code(code);
	return authority == NULL ? code : authority->name;
}

static struct str date_text(struct arena *arena, date_days date)
{
	char text[DATE_TEXT_SIZE];
	date_format(date, text);
	return arena_str(arena, str_from(text));
}

static struct str area_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	const struct str area = service->role == DIRECTORY_DUTY ? input->referral->duty_authority
								: referral_area(input->referral);
	if (!service->area_stated) {
		return STR("which authorities it covers is not stated: ask the service");
	}
	if (area.len == 0) {
		return STR("need to know: home local authority");
	}
	return arena_printf(input->arena, "%s %.*s",
		candidate->filters[MATCH_AREA] == RULES_YES ? "covers" : "does not cover",
		STR_ARG(area_name(area)));
}

static struct str window_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	const date_days today = timestamp_london_date(input->now);
	if (today < service->window_from) {
		return arena_printf(input->arena, "begins on %.*s; the date is %.*s",
			STR_ARG(date_text(input->arena, service->window_from)),
			STR_ARG(date_text(input->arena, today)));
	}
	if (today > service->window_to) {
		return arena_printf(input->arena, "ended on %.*s; the date is %.*s",
			STR_ARG(date_text(input->arena, service->window_to)),
			STR_ARG(date_text(input->arena, today)));
	}
	return STR("the contract is running");
}

static struct str release_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const int64_t days = candidate->service->source->lead_days;
	if (candidate->filters[MATCH_RELEASE] == RULES_UNKNOWN) {
		return STR("need to know: release date");
	}
	if (days < 0 || input->referral->pathway != PATHWAY_RESETTLEMENT) {
		return STR("does not depend on a release date");
	}
	if (candidate->filters[MATCH_RELEASE] == RULES_YES) {
		return STR("within the time before release in which it takes referrals");
	}
	return arena_printf(input->arena,
		"takes referrals from %lld days before release: from %.*s", (long long)days,
		STR_ARG(date_text(input->arena, candidate->hold_until)));
}

static struct str referrer_text(const struct match_candidate *candidate)
{
	switch (candidate->filters[MATCH_REFERRER]) {
	case RULES_YES:
		return STR("takes referrals from you");
	case RULES_NO:
		return STR("does not take referrals from you");
	case RULES_UNKNOWN:
	case RULES_ERROR:
		break;
	}
	return STR("who may refer to it is not stated: ask the service");
}

static struct str consent_text(const struct match_candidate *candidate)
{
	switch (candidate->filters[MATCH_CONSENT]) {
	case RULES_YES:
		return STR("her consent covers it");
	case RULES_NO:
		return STR("her consent does not cover it");
	case RULES_UNKNOWN:
	case RULES_ERROR:
		break;
	}
	if (candidate->service->source->role == DIRECTORY_DUTY) {
		return STR("the Duty to Refer needs three consents: refer, choice-of-authority and "
			   "share-contact-details");
	}
	return STR("her consent is still to be confirmed");
}

static struct str needs_text(const struct match_candidate *candidate)
{
	switch (candidate->filters[MATCH_NEEDS]) {
	case RULES_YES:
		return STR("takes needs of hers");
	case RULES_NO:
		return STR("takes none of these needs");
	case RULES_UNKNOWN:
	case RULES_ERROR:
		break;
	}
	return STR("which needs it takes is not stated: ask the service");
}

struct str match_filter_text(const struct match_input *input,
	const struct match_candidate *candidate, enum match_filter filter)
{
	const bool yes = candidate->filters[filter] == RULES_YES;
	switch (filter) {
	case MATCH_ROUTING:
		if (candidate->service->source->routing == DIRECTORY_NEVER) {
			return STR("is never chosen automatically");
		}
		return yes ? STR("takes referrals")
			   : STR("is a contact for advice, not chosen automatically");
	case MATCH_DELIVERY:
		return yes ? STR("its provider can be delivered to")
			   : STR("its provider is not a party of this broker, or was revoked");
	case MATCH_AREA:
		return area_text(input, candidate);
	case MATCH_PATHWAY:
		if (candidate->filters[filter] == RULES_UNKNOWN) {
			return STR("which pathways it takes is not stated: ask the service");
		}
		return arena_printf(input->arena, "%s the %s pathway",
			yes ? "takes" : "does not take",
			vocab_code(VOCAB_PATHWAY, (int)input->referral->pathway));
	case MATCH_REFERRER:
		return referrer_text(candidate);
	case MATCH_NEEDS:
		return needs_text(candidate);
	case MATCH_CONSENT:
		return consent_text(candidate);
	case MATCH_WINDOW:
		return window_text(input, candidate);
	case MATCH_RELEASE:
		return release_text(input, candidate);
	case MATCH_INTAKE:
		return match_intake_text(input, candidate);
	case MATCH_CAPACITY:
		return match_room_text(input, candidate);
	case MATCH_FILTERS:
		break;
	}
	return (struct str){0};
}
