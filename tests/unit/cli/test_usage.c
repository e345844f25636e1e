/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/cli.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is wrong on a command line is said before anybody is asked. */

static char base[32];
static char config[64];

static void setup(void)
{
	(void)snprintf(base, sizeof(base), "/tmp/onward-usage-XXXXXX");
	cr_assert_not_null(mkdtemp(base));
	(void)snprintf(config, sizeof(config), "%s/onward.yaml", base);
	FILE *file = fopen(config, "w"); /* that it is there makes the folder a home */
	cr_assert_not_null(file);
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(setenv("ONWARD_HOME", base, 1), 0);
}

static void teardown(void)
{
	(void)unlink(config);
	(void)rmdir(base);
}

TestSuite(usage, .init = setup, .fini = teardown);

#define DELIVERY "0123456789abcdef0123456789abcdef"

static const struct line {
	const char *words[10];
	int code;
	const char *says;
} lines[] = {
	{{"onward", "assign", "JCNL-EQNG-6", "hibiscus"}, EXIT_USAGE, "why this service"},
	{{"onward", "assign", "JCNL-EQNG-6", "--reason", "x"}, EXIT_USAGE, "SERVICE is missing"},
	{{"onward", "assign", "JCNL-EQNG-7", "hibiscus", "--reason", "x"}, EXIT_REFUSED,
		"not a reference"},
	{{"onward", "assign", "JCNL-EQNG-6", "hibiscus", "--reason", "x", "--needs", "a,,b"},
		EXIT_USAGE, "commas"},
	{{"onward", "queue", "--seen", "JCNL-EQNG-6"}, EXIT_USAGE, "what was done"},
	{{"onward", "queue", "--reason", "x"}, EXIT_USAGE, "belongs to --seen"},
	{{"onward", "queue", "--authority", "Atlantis"}, EXIT_USAGE, "no local authority"},
	{{"onward", "retry"}, EXIT_USAGE, "say which"},
	{{"onward", "retry", DELIVERY, "--all"}, EXIT_USAGE, "say which"},
	{{"onward", "retry", "--service", "x", "--all"}, EXIT_USAGE, "say which"},
	{{"onward", "retry", "x"}, EXIT_USAGE, "32 hexadecimal"},
	{{"onward", "retry", DELIVERY, "--reason", "x"}, EXIT_USAGE, "no option --reason"},
	{{"onward", "stop-retrying", DELIVERY}, EXIT_USAGE, "provider-closed"},
	{{"onward", "clock", "back"}, EXIT_USAGE, "onward clock next"},
	{{"onward", "clock", "advance"}, EXIT_USAGE, "onward clock next"},
	{{"onward", "clock", "next", "2d"}, EXIT_USAGE, "onward clock next"},
	{{"onward", "clock", "advance", "2"}, EXIT_USAGE, "2d, 3h or 90m"},
	{{"onward", "clock", "advance", "-2d"}, EXIT_USAGE, "2d, 3h or 90m"},
	{{"onward", "clock", "advance", "0d"}, EXIT_USAGE, "2d, 3h or 90m"},
	{{"onward", "clock", "advance", "367d"}, EXIT_USAGE, "at most 366d"},
	{{"onward", "clock", "advance", "99999999999999999999d"}, EXIT_USAGE, "at most 366d"},
	{{"onward", "ask", "JCNL-EQNG-6/1"}, EXIT_USAGE, "FIELD... is missing"},
	{{"onward", "redirect", "JCNL-EQNG-6/1"}, EXIT_USAGE, "SERVICE is missing"},
};

Test(usage, a_wrong_line_says_what_would_be_right)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct outcome outcome = outcome_of(NULL, lines[i].words);
		cr_expect_eq(outcome.code, lines[i].code, "line %zu: %d", i, outcome.code);
		cr_expect_not_null(
			strstr(outcome.err, lines[i].says), "line %zu: %s", i, outcome.err);
		outcome_finish(&outcome);
	}
}
