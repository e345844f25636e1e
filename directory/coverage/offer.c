/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/offer.h"

static uint32_t bits_of(enum vocab_name vocab, struct directory_list list)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < list.count; i++) {
		const int number = vocab_number(vocab, list.items[i]);
		bits |= number < 0 ? 0 : 1U << number;
	}
	return bits;
}

bool offer_running(const struct directory_service *service, date_days day)
{
	return service->window_from <= day && day <= service->window_to;
}

/* The Duty to Refer stands in every authority by law, so it says nothing of what a place has. */
static bool for_everybody(const struct directory_service *service)
{
	return service->role == DIRECTORY_DUTY ||
	       (!service->women_specific && service->authorities.count > 1);
}

struct offer offer_ever(const struct directory_service *service)
{
	struct offer offer = {
		.pathways = bits_of(VOCAB_PATHWAY, service->pathways),
		/* A lead that names no needs takes the whole person. */
		.needs = service->needs_stated             ? bits_of(VOCAB_NEED, service->needs)
			 : service->role == DIRECTORY_LEAD ? (1U << NEED_COUNT) - 1
							   : 0,
	};
	offer.later_needs = service->lead_needs.count == 0
				    ? 0
				    : offer.needs & ~bits_of(VOCAB_NEED, service->lead_needs);
	const bool nobody =
		service->referrer_parties.count == 0 && service->referrer_kinds.count == 0;
	if (offer.needs == 0) {
		offer.kind = OFFER_NONE;
	} else if (!service->area_stated || offer.pathways == 0 || nobody) {
		offer.kind = OFFER_UNSTATED;
	} else if (for_everybody(service)) {
		offer.kind = OFFER_GENERIC;
	} else {
		offer.kind = service->rate_card ? OFFER_RATE_CARD : OFFER_OWN;
	}
	if (offer.pathways == 0) {
		offer.pathways = (1U << PATHWAY_COUNT) - 1;
	}
	return offer;
}

struct offer offer_of(const struct directory_service *service, date_days day)
{
	struct offer offer = offer_ever(service);
	if (service->routing != DIRECTORY_ROUTABLE || !service->intake_open ||
		!offer_running(service, day)) {
		offer.kind = OFFER_NONE;
	}
	return offer;
}
