/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CORE_CANDIDATE_H
#define ONWARD_TESTS_UNIT_CORE_CANDIDATE_H
#include "broker/core/rehearse.h"
#include "tests/unit/core/fixture.h"
/*
 * A directory that is not in force: a copy of the shipped one in the fixture's home, changed by the
 * test.  Files are named below it, as "london-2018/services/x.yaml".
 */
#define ALLIANCE "london-2018/services/south-london-alliance.yaml"
#define NEXT "london-2018/services/south-london-next.yaml"

struct candidate {
	char root[96];
};
void candidate_make(struct candidate *candidate, const struct fixture *fixture, const char *name);
/* Replaces `from`, which stands there, once. */
void candidate_replace(
	const struct candidate *candidate, const char *file, const char *from, const char *to);
void candidate_copy(const struct candidate *candidate, const char *from, const char *to);
void candidate_remove(const struct candidate *candidate, const char *file);
/* The South London Alliance has a successor, "south-london-next", of the provider changing-lives:
 * it is as the alliance is, runs beside it, and comes behind it where both would do. */
void candidate_succeed(const struct candidate *candidate);
/* Read and compiled; core_candidate_destroy when done. */
struct core_candidate *candidate_load(const struct candidate *candidate);
/* Tried on what is stored, `count` referrals, it makes no difference to anybody. */
void candidate_changes_nothing(
	struct fixture *fixture, const struct core_candidate *candidate, size_t count);
#endif
