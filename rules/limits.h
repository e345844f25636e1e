/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_LIMITS_H
#define ONWARD_RULES_LIMITS_H
/* The limits of explanations; those of the language are in cel/limits.h. */
enum {
	/* Explanations: items of a list and code points of one text that are shown. */
	RULES_LIMIT_SHOWN_ITEMS = 6,
	RULES_LIMIT_SHOWN_CHARS = 80,
};
#endif
