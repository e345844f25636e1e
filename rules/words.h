/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_WORDS_H
#define ONWARD_RULES_WORDS_H
#include "rules/shape.h"
#include "rules/cel/text.h"

/* What one explanation is made with. */
struct rules_explainer {
	struct rules_evaluation evaluation;
	struct cel_text text;
	bool show_values;
};

enum rules_mood {
	RULES_MOOD_UNMET,  /* why it is not eligible */
	RULES_MOOD_MET,    /* why it is */
	RULES_MOOD_NEEDED, /* one of several ways to become so */
};

/* The words for a fact: its label, or its path when it has none. */
struct str rules_words_label(const struct rules_explainer *explainer, size_t fact);
/* A value as a person reads it: "yes", "16", "food, debt", "Wed 12 Jun 2019"; long ones are cut.
 * `last` joins the last two items of a list (" or "). */
void rules_words_value(struct cel_text *text, struct cel_value value, const char *last);
/* The words for a leaf (neither ALL nor ANY). */
void rules_words_leaf(
	struct rules_explainer *explainer, const struct rules_shape *shape, enum rules_mood mood);
/* " (income = 1900, age = 45)": the facts of the node that are known; nothing when none is. */
void rules_words_facts(struct rules_explainer *explainer, const struct cel_node *node);
/* Behind a fact that is not known: " (the service requires 18 or over)"; nothing where the shape
 * has no words for it. */
void rules_words_wanted(struct rules_explainer *explainer, const struct rules_shape *shape);
#endif
