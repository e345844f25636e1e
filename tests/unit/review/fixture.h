/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_REVIEW_FIXTURE_H
#define ONWARD_TESTS_REVIEW_FIXTURE_H
#include "broker/review/review.h"

enum {
	FIXTURE_FILES = 16
};

/* A directory in memory: the organisation `centre`, and services made of one good text, of which
 * nothing is said on 2019-06-12.  Unless a test says otherwise there is no home. */
struct fixture {
	struct arena arena;
	struct directory_file items[FIXTURE_FILES];
	size_t count;
	const char *day;
	struct str only;
	const struct parties *parties;
	const struct directory_refusals *refusals;
	struct review review;
	bool ran;
};

void fixture_init(struct fixture *fixture);
void fixture_finish(struct fixture *fixture);
void fixture_file(struct fixture *fixture, const char *path, const char *text);
/* The good service under another id, with `to` for the line that begins with `key`; key NULL: as it
 * is; key "": one line more.  "" for `to` takes the line away.  The pairs end with NULL. */
void fixture_service(struct fixture *fixture, const char *id, const char *const *pairs);
/* "area/services/a.yaml:9 needs warning takes-no-need\n" a finding; notes only with `notes`. */
char *fixture_said(struct fixture *fixture, bool notes);
/* Runs once and compares; heap and arena are finished. */
void fixture_expect(struct fixture *fixture, bool notes, const char *wanted);
/* What is said (without notes) of the one service `a` with those changes. */
#define SAYS(wanted, ...) says((const char *const[]){__VA_ARGS__, NULL}, (wanted))
void says(const char *const *pairs, const char *wanted);
#endif
