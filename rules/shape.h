/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_SHAPE_H
#define ONWARD_RULES_SHAPE_H
#include "rules/clause.h"

/*
 * What a condition asks for, as a person would say it: the form of the requirement, the fact it is
 * about and the threshold.  Negation is worked in: !(age < 18) is a MINIMUM.
 */
enum rules_form {
	RULES_FORM_YES, /* a bool fact */
	RULES_FORM_NO,
	RULES_FORM_MINIMUM,
	RULES_FORM_MAXIMUM,
	RULES_FORM_ABOVE, /* strictly, where there is no next number */
	RULES_FORM_BELOW,
	RULES_FORM_EARLIEST, /* times, and texts by their order */
	RULES_FORM_LATEST,
	RULES_FORM_AFTER,
	RULES_FORM_BEFORE,
	RULES_FORM_EQUAL,
	RULES_FORM_DIFFERENT,
	RULES_FORM_ONE_OF,
	RULES_FORM_NONE_OF,
	RULES_FORM_INCLUDES, /* a list fact holds the threshold, or one of its items */
	RULES_FORM_EXCLUDES,
	RULES_FORM_BEGINS, /* a text begins with the threshold */
	RULES_FORM_BEGINS_OTHERWISE,
	RULES_FORM_RECORDED,
	RULES_FORM_NOT_RECORDED,
	RULES_FORM_OTHER, /* only its source says it */
	RULES_FORM_ALL,   /* logic: the children, negated when `negated` */
	RULES_FORM_ANY,
	RULES_FORM_COUNT,
};

struct rules_shape {
	enum rules_form form;
	bool negated;                /* OTHER, ALL, ANY: the node stands under a `!` */
	bool counted;                /* it is about how many items the fact has */
	const struct cel_node *node; /* without the `!` around it */
	const struct cel_node *fact; /* NULL for OTHER, ALL, ANY */
	struct cel_value threshold;
};

/* `negated`: the node stands under an odd number of `!`.  Evaluates thresholds and the conditions
 * of `?:`. */
struct rules_shape rules_shape_find(
	struct rules_evaluation *evaluation, const struct cel_node *node, bool negated);
#endif
