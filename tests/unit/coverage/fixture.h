/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_COVERAGE_FIXTURE_H
#define ONWARD_TESTS_UNIT_COVERAGE_FIXTURE_H
#include "broker/base/buf.h"
#include "directory/coverage/coverage.h"

/* An area of directory/data, or several with a comma between them; the caller destroys it. */
struct directory *fixture_area(const char *areas);
/* Services and areas written in a test, as {path, text}; none may be wrong. */
struct fixture_file {
	const char *path, *text;
};
struct directory *fixture_directory(const struct fixture_file *files, size_t count);
date_days fixture_day(const char *text);
struct coverage *fixture_coverage(const struct directory *directory, const char *day);
/* Holds `text` against tests/golden/coverage/NAME; with UPDATE_GOLDEN=1 writes it instead. */
void fixture_golden(const char *name, const struct buf *text);
#endif
