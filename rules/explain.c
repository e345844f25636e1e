/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/words.h"

static void explain_unmet(
	struct rules_explainer *explainer, const struct cel_node *node, bool negated);

static bool is_logic(const struct rules_shape *shape)
{
	return shape->form == RULES_FORM_ALL || shape->form == RULES_FORM_ANY;
}

/* Whether the condition comes out as `wanted`; false also when it is unknown or an error. */
static bool comes_out(
	struct rules_explainer *explainer, const struct cel_node *node, bool negated, bool wanted)
{
	const struct cel_value value = rules_evaluation_node(&explainer->evaluation, node);
	return value.kind == CEL_BOOL && (value.boolean != negated) == wanted;
}

/* "age 60 or over (age is 45)": what an unmet condition would take. */
static void explain_needed(
	struct rules_explainer *explainer, const struct cel_node *node, bool negated)
{
	const struct rules_shape shape = rules_shape_find(&explainer->evaluation, node, negated);
	if (!is_logic(&shape)) {
		rules_words_leaf(explainer, &shape, RULES_MOOD_NEEDED);
		return;
	}
	const bool all = shape.form == RULES_FORM_ALL;
	bool any = false;
	cel_text_add_text(&explainer->text, all ? "" : "(");
	for (const struct cel_node *child = shape.node->child; child != NULL; child = child->next) {
		/* What is met already need not be said. */
		if (comes_out(explainer, child, shape.negated, false)) {
			cel_text_add_text(&explainer->text, !any ? "" : all ? " and " : " or ");
			explain_needed(explainer, child, shape.negated);
			any = true;
		}
	}
	cel_text_add_text(&explainer->text, all ? "" : ")");
}

/* Every child that comes out as `wanted`, by `explain`, with "; " between. */
static void explain_each(struct rules_explainer *explainer, const struct rules_shape *shape,
	bool wanted,
	void (*explain)(struct rules_explainer *, const struct cel_node *, bool negated))
{
	bool any = false;
	for (const struct cel_node *child = shape->node->child; child != NULL;
		child = child->next) {
		if (comes_out(explainer, child, shape->negated, wanted)) {
			cel_text_add_text(&explainer->text, any ? "; " : "");
			explain(explainer, child, shape->negated);
			any = true;
		}
	}
}

static void explain_unmet(
	struct rules_explainer *explainer, const struct cel_node *node, bool negated)
{
	const struct rules_shape shape = rules_shape_find(&explainer->evaluation, node, negated);
	if (shape.form == RULES_FORM_ALL) {
		explain_each(explainer, &shape, false, explain_unmet);
	} else if (shape.form == RULES_FORM_ANY) {
		cel_text_add_text(&explainer->text, "needs one of: ");
		explain_each(explainer, &shape, false, explain_needed);
	} else {
		rules_words_leaf(explainer, &shape, RULES_MOOD_UNMET);
	}
}

static void explain_met(
	struct rules_explainer *explainer, const struct cel_node *node, bool negated)
{
	const struct rules_shape shape = rules_shape_find(&explainer->evaluation, node, negated);
	if (is_logic(&shape)) {
		explain_each(explainer, &shape, true, explain_met);
	} else {
		rules_words_leaf(explainer, &shape, RULES_MOOD_MET);
	}
}

static bool is_missing(const struct rules_result *result, struct str path)
{
	for (size_t i = 0; i < result->missing_count; i++) {
		if (str_equal(result->missing[i], path)) {
			return true;
		}
	}
	return false;
}

/* True when an earlier missing fact has the same label: both come from one question. */
static bool is_asked(
	const struct rules_explainer *explainer, const struct rules_result *result, size_t fact)
{
	const struct rules_clause *clause = explainer->evaluation.clause;
	const struct str label = rules_words_label(explainer, fact);
	for (size_t i = 0; i < fact; i++) {
		if (is_missing(result, clause->paths[i]) &&
			str_equal(rules_words_label(explainer, i), label)) {
			return true;
		}
	}
	return false;
}

static void explain_unknown(struct rules_explainer *explainer, const struct rules_result *result)
{
	struct cel_text *text = &explainer->text;
	const struct rules_clause *clause = explainer->evaluation.clause;
	const char *separator = "need to know: ";
	for (size_t i = 0; i < clause->path_count; i++) {
		if (is_missing(result, clause->paths[i]) && !is_asked(explainer, result, i)) {
			cel_text_add_text(text, separator);
			cel_text_add(text, rules_words_label(explainer, i));
			separator = ", ";
		}
	}
}

static void explain_error(struct rules_explainer *explainer, const struct rules_result *result)
{
	struct cel_text *text = &explainer->text;
	cel_text_add_text(text, "the rule could not be evaluated (");
	cel_text_add(text, result->error);
	cel_text_add_text(text, "): check by hand");
}

struct str rules_explain(const struct rules_clause *clause, const struct rules_facts *facts,
	const struct rules_result *result, bool show_values, struct arena *scratch)
{
	struct rules_explainer explainer = {.text = {.arena = scratch}, .show_values = show_values};
	explainer.evaluation =
		(struct rules_evaluation){.clause = clause, .facts = facts, .scratch = scratch};
	switch (result->answer) {
	case RULES_NO:
		explain_unmet(&explainer, clause->root, false);
		break;
	case RULES_YES:
		explain_met(&explainer, clause->root, false);
		break;
	case RULES_UNKNOWN:
		explain_unknown(&explainer, result);
		break;
	case RULES_ERROR:
		explain_error(&explainer, result);
		break;
	}
	if (explainer.text.failed || explainer.evaluation.failed || explainer.text.len == 0) {
		return STR("the rule is too large to be explained: check by hand");
	}
	return cel_text_str(&explainer.text);
}
