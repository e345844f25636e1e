/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/counter.h"

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
		rules_counter_leaf(explainer, &shape);
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
	/* Parts of a fact ("person.children[0].age") have no label of their own. */
	for (size_t i = 0; i < result->missing_count; i++) {
		bool named = false;
		for (size_t fact = 0; fact < clause->path_count; fact++) {
			named = named || str_equal(clause->paths[fact], result->missing[i]);
		}
		if (!named) {
			cel_text_add_text(text, separator);
			cel_text_add(text, result->missing[i]);
			separator = ", ";
		}
	}
	const struct rules_shape shape =
		rules_shape_find(&explainer->evaluation, clause->root, false);
	if (shape.fact != NULL && result->missing_count == 1) {
		rules_words_wanted(explainer, &shape);
	}
}

static void explain_error(struct rules_explainer *explainer, const struct rules_result *result)
{
	struct cel_text *text = &explainer->text;
	cel_text_add_text(text, "the rule could not be evaluated (");
	cel_text_add(text, result->error);
	cel_text_add_text(text, "): check by hand");
	if (explainer->show_values) {
		rules_words_facts(explainer, explainer->evaluation.clause->root);
	}
}

/* No part decides it, and yet it is decided: completion found that every way ends alike. */
static void explain_settled(struct rules_explainer *explainer, enum rules_answer answer)
{
	struct cel_text *text = &explainer->text;
	cel_text_add_text(text, answer == RULES_YES ? "condition met: " : "condition not met: ");
	cel_unparse(text, explainer->evaluation.clause->root);
	cel_text_add_text(text, ", whatever is still unknown");
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
	if (explainer.text.len == 0 &&
		(result->answer == RULES_NO || result->answer == RULES_YES)) {
		explain_settled(&explainer, result->answer);
	}
	if (explainer.text.failed || explainer.evaluation.failed || explainer.text.len == 0) {
		return STR("the rule is too large to be explained: check by hand");
	}
	return cel_text_str(&explainer.text);
}

/* The words without the full stop that authors put at their end. */
static struct str without_stop(struct str words)
{
	while (words.len > 0 &&
		(words.ptr[words.len - 1] == '.' || words.ptr[words.len - 1] == ' ')) {
		words.len--;
	}
	return words;
}

struct str rules_account(const struct rules_clause *clause, const struct rules_facts *facts,
	const struct rules_result *result, const struct rules_wording *wording,
	struct arena *scratch)
{
	struct rules_result said = *result;
	/* A no that became a question hangs on no fact: what the clause itself said explains it. */
	const bool asks = wording->question.len > 0 && result->answer == RULES_UNKNOWN &&
			  result->missing_count == 0;
	said.answer = asks ? RULES_NO : said.answer;
	const struct str words = rules_explain(clause, facts, &said, wording->show_values, scratch);
	const struct str means = without_stop(wording->means);
	struct str account = words;
	if (asks) {
		account = arena_printf(
			scratch, "%.*s: %.*s", STR_ARG(words), STR_ARG(wording->question));
	} else if (means.len > 0) {
		account = arena_printf(scratch, "%.*s: %.*s", STR_ARG(means), STR_ARG(words));
	}
	return account.ptr == NULL ? words : account;
}
