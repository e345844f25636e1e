/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CLI_GOLDEN_H
#define ONWARD_TESTS_UNIT_CLI_GOLDEN_H
#include "broker/base/buf.h"
#include "broker/base/value.h"
#include "broker/cli/names.h"

/* Holds `text` against tests/golden/cli/NAME.txt; with UPDATE_GOLDEN=1 writes it instead. */
void golden_expect(const char *name, const struct buf *text);
/* A tree out of JSON written in a test; in `arena`. */
struct value golden_tree(struct arena *arena, const char *json);
/* Names of the services that the golden trees speak of. */
extern const struct names golden_names;

/* Runs the command line as a user would; what it wrote is kept until the next run. */
struct outcome {
	int code;
	char *out, *err; /* freed by outcome_finish */
};
struct outcome outcome_of(const char *in, const char *const argv[]);
void outcome_finish(struct outcome *outcome);
#define RUN(in, ...) outcome_of((in), (const char *const[]){"onward", __VA_ARGS__, NULL})
#endif
