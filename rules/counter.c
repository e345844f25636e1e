/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/counter.h"

/* The same facts, but for one. */
struct supposition {
	const struct rules_facts *facts;
	struct str path;
	struct rules_fact fact;
};

static struct rules_fact get(void *context, struct str path)
{
	const struct supposition *suppose = context;
	return str_equal(path, suppose->path) ? suppose->fact
					      : suppose->facts->get(suppose->facts->context, path);
}

/* Whether the whole clause would be met if that fact were another. */
static bool would_be_met(struct rules_explainer *explainer, uint32_t number, struct rules_fact fact)
{
	struct rules_evaluation *evaluation = &explainer->evaluation;
	if (evaluation->failed || evaluation->facts->get == NULL) {
		return false;
	}
	struct supposition suppose = {evaluation->facts, evaluation->clause->paths[number], fact};
	const struct rules_facts facts = {.context = &suppose, .get = get};
	return rules_evaluate(evaluation->clause, &facts, evaluation->scratch).answer == RULES_YES;
}

static struct rules_fact fact_int(int64_t integer)
{
	return (struct rules_fact){.kind = RULES_FACT_INT, .integer = integer};
}

/* A number that time moves: ages, days until something. */
static void put_change(struct rules_explainer *explainer, const struct rules_shape *leaf)
{
	const struct rules_facts *facts = explainer->evaluation.facts;
	const uint32_t number = leaf->fact->variable;
	const bool bound = leaf->form == RULES_FORM_MINIMUM || leaf->form == RULES_FORM_MAXIMUM;
	if (!bound || leaf->counted || leaf->threshold.kind != CEL_INT || facts->change == NULL ||
		!would_be_met(explainer, number, fact_int(leaf->threshold.integer))) {
		return;
	}
	const struct str words =
		facts->change(facts->context, explainer->evaluation.clause->paths[number],
			leaf->form == RULES_FORM_MINIMUM ? RULES_AT_LEAST : RULES_AT_MOST,
			leaf->threshold.integer);
	cel_text_add_text(&explainer->text, words.len == 0 ? "" : "; ");
	cel_text_add(&explainer->text, words);
}

static void put_other(struct rules_explainer *explainer, uint32_t number, struct cel_value value)
{
	struct cel_text *text = &explainer->text;
	cel_text_add_text(text, "; it would be met if ");
	cel_text_add(text, rules_words_label(explainer, number));
	cel_text_add_text(text, " were ");
	rules_words_value(text, value, " and ");
}

/* Between a number that does not do and one that does: the one nearest to the first. */
static int64_t nearest(
	struct rules_explainer *explainer, uint32_t number, int64_t unmet, int64_t met)
{
	int64_t middle = unmet / 2 + met / 2;
	while (middle != unmet && middle != met) {
		const bool does = would_be_met(explainer, number, fact_int(middle));
		met = does ? middle : met;
		unmet = does ? unmet : middle;
		middle = unmet / 2 + met / 2;
	}
	/* The halves' rounding leaves a few in between. */
	const int64_t step = met < unmet ? 1 : -1;
	while (met + step != unmet && would_be_met(explainer, number, fact_int(met + step))) {
		met += step;
	}
	return met;
}

/* From the numbers that stand in the condition, and those beside them. */
static bool try_literals(
	struct rules_explainer *explainer, uint32_t number, int64_t is, const struct cel_node *node)
{
	if (node->kind == CEL_NODE_LITERAL && node->literal.kind == CEL_INT &&
		node->literal.integer > INT64_MIN && node->literal.integer < INT64_MAX) {
		for (int64_t step = -1; step <= 1; step++) {
			const int64_t other = node->literal.integer + step;
			if (would_be_met(explainer, number, fact_int(other))) {
				put_other(explainer, number,
					cel_int(nearest(explainer, number, is, other)));
				return true;
			}
		}
	}
	bool found = false;
	for (const struct cel_node *n = node->child; n != NULL && !found; n = n->next) {
		found = try_literals(explainer, number, is, n);
	}
	return found;
}

/* A condition that only its source says: a yes for a no, or a number that stands in it. */
static void put_otherwise(struct rules_explainer *explainer, const struct rules_shape *leaf)
{
	const uint64_t facts = rules_node_facts(leaf->node);
	bool found = false;
	for (uint32_t i = 0; i < explainer->evaluation.clause->path_count && i < 64; i++) {
		if ((facts >> i & 1) == 0 || found) {
			continue;
		}
		const struct cel_value value = rules_evaluation_fact(&explainer->evaluation, i);
		if (value.kind == CEL_BOOL) {
			found = would_be_met(explainer, i,
				(struct rules_fact){
					.kind = RULES_FACT_BOOL, .boolean = !value.boolean});
			if (found) {
				put_other(explainer, i, cel_bool(!value.boolean));
			}
		} else if (value.kind == CEL_INT) {
			found = try_literals(explainer, i, value.integer, leaf->node);
		}
	}
}

void rules_counter_leaf(struct rules_explainer *explainer, const struct rules_shape *leaf)
{
	if (!explainer->show_values) {
		return;
	}
	if (leaf->form == RULES_FORM_OTHER) {
		put_otherwise(explainer, leaf);
	} else {
		put_change(explainer, leaf);
	}
}
