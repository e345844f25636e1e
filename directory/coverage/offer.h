/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_OFFER_H
#define ONWARD_DIRECTORY_COVERAGE_OFFER_H
#include "directory/coverage/coverage.h"

/* A service as the grid and the search see it: codes as bits. */
enum offer_kind {
	OFFER_NONE, /* not to be chosen on the day: not routable, not running, paused, no need */
	OFFER_OWN,
	OFFER_RATE_CARD,
	OFFER_GENERIC,
	OFFER_UNSTATED, /* which authorities, pathways or referrers is not stated */
};

struct offer {
	enum offer_kind kind;
	uint32_t pathways, needs;
	uint32_t later_needs; /* taken on the resettlement pathway after release only */
};

struct offer offer_of(const struct directory_service *service, date_days day);
/* The same whatever the day and the intake: what the service is. */
struct offer offer_ever(const struct directory_service *service);
bool offer_running(const struct directory_service *service, date_days day);
#endif
