/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CORE_PLACES_H
#define ONWARD_TESTS_UNIT_CORE_PLACES_H
#include "tests/unit/core/fixture.h"
/*
 * A directory of four services in Camden whose capacity a test writes:
 *   first   lead, for women, of advance: whoever can go there goes there
 *   second  lead, not for women alone, of women-in-prison
 *   third   specialist for immigration-advice, of hibiscus
 *   refuge  lead for substance-use alone, of advance, its location confidential
 */
enum {
	PLACES_SERVICES = 4
};
struct places {
	const char *first, *second, *third, *refuge; /* "{caseload: 1}"; NULL: nobody goes there */
	const char *more;                            /* lines of `first`, each ended */
	bool alike;                                  /* `second` is for women as well */
};
extern const char *const places_ids[PLACES_SERVICES];
void places_publish(struct fixture *fixture, const struct places *places);

/* One woman of Camden with those needs ("accommodation" …), one a number; her reference. */
const char *places_refer(struct fixture *fixture, unsigned number, const char *need);
/* The service of her newest leg, "" when she has none. */
const char *places_went(struct fixture *fixture, const char *reference);

/* Asks for capacity; the page is in the reply. */
enum err places_read(struct fixture *fixture, const char *party, const char *service);
/* A number of a service's capacity as the operator sees it; -1 when it is not there. */
int64_t places_number(struct fixture *fixture, const char *service, const char *key);
const char *places_text(struct fixture *fixture, const char *service, const char *key);

enum err places_intake(struct fixture *fixture, const char *party, const char *service,
	const char *action, const char *until, const char *reason);
#endif
