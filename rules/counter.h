/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_COUNTER_H
#define ONWARD_RULES_COUNTER_H
#include "rules/words.h"

/*
 * What would have to be otherwise: said only where one fact alone turns the whole clause into a
 * yes, and only where values may be shown, because it tells what the value is.
 */

/* Behind the words for an unmet leaf: "; from 14 March 2027: age 18", or, where the leaf has no
 * shape, "; it would be met if income were 499". */
void rules_counter_leaf(struct rules_explainer *explainer, const struct rules_shape *leaf);
#endif
