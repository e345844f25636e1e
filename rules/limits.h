/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_LIMITS_H
#define ONWARD_RULES_LIMITS_H
/* The limits of clauses and explanations; those of the language are in cel/limits.h. */
enum {
	/* Elements of a list and bytes of a text from outside, for what a clause may cost at worst:
	 * more than facts have. */
	RULES_LIMIT_FACT_SIZE = 100,
	/* Explanations: items of a list and code points of one text that are shown. */
	RULES_LIMIT_SHOWN_ITEMS = 6,
	RULES_LIMIT_SHOWN_CHARS = 80,
};
#endif
