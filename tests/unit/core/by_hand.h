/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CORE_BY_HAND_H
#define ONWARD_TESTS_UNIT_CORE_BY_HAND_H
#include "tests/unit/core/fixture.h"
/* What the tests of coordinators' and operators' doings share: one fixture, verified at its end. */
extern struct fixture fixture;
extern const char coordinator[];

void by_hand_begin(void);
void by_hand_end(void);

enum err assign(const char *party, const char *reference, const char *service);
enum err assign_for(const char *reference, const char *service, const char *need);
/* `reason` NULL: all that the referral stands in the queue for. */
enum err seen(const char *party, const char *reference, const char *reason);
/* A page of the queue or of deliveries, into fixture.reply; how many items. */
size_t page(const char *party, enum wire_type type, const char *route, bool failed);
/* Retries or stops one delivery. */
enum err by_id(const char *party, enum wire_type type, struct id delivery);
/* The first delivery that waits for a route. */
struct core_delivery waiting(const char *route);
void expect_says(struct core_delivery delivery, const char *key, const char *text);
/* A referral of liaison and diversion in Lambeth; its reference. */
const char *open_referral(const char *source_ref, const char *more);
/* A referral for which one service alone was asked, and given up; its reference, and the route. */
const char *undeliverable(const char *source_ref, char route[64]);
#endif
