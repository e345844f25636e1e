/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_TEXT_H
#define ONWARD_RULES_TEXT_H
#include "rules/tree.h"

/* A text that grows in an arena, with a sticky failure; empty when zeroed but for the arena. */
struct rules_text {
	struct arena *arena;
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

enum {
	RULES_NUMBER_TEXT_SIZE = 64
};

void rules_text_add(struct rules_text *text, struct str s);
void rules_text_add_text(struct rules_text *text, const char *s);
/* For numbers and static text only: at most RULES_NUMBER_TEXT_SIZE bytes come out. */
void rules_text_printf(struct rules_text *text, const char *format, ...) PRINTF_LIKE(2, 3);
struct str rules_text_str(const struct rules_text *text);

/* The shortest digits that read back as the same double: "1.5", "-0.0045", "1e+21", "NaN". */
void rules_double_format(double number, char out[RULES_NUMBER_TEXT_SIZE]);
/* RFC 3339 in UTC with as many digits of the second as are not zero. */
void rules_timestamp_format(struct rules_value timestamp, char out[RULES_NUMBER_TEXT_SIZE]);
/* Seconds: "90s", "-0.5s". */
void rules_duration_format(struct rules_value duration, char out[RULES_NUMBER_TEXT_SIZE]);
/* "2019-06-12T21:40:00.5+01:00"; ERR_INVALID when it is none or out of range. */
MUST_CHECK enum err rules_timestamp_parse(struct str text, struct rules_value *ret_timestamp);
/* "1h30m", "-1.5s", "0"; units h m s ms us ns; ERR_INVALID otherwise. */
MUST_CHECK enum err rules_duration_parse(struct str text, struct rules_value *ret_duration);

/* The node as an expression that parses to the same tree, on one line. */
void rules_unparse(struct rules_text *text, const struct rules_node *node);
#endif
