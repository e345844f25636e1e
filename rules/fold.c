/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/eval.h"

/* The elements a fold runs over: those of a list, or the keys of a map. */
static size_t range_count(struct rules_value range)
{
	return range.kind == RULES_LIST ? range.list.count : range.map.count;
}

static struct rules_value range_item(struct rules_value range, size_t i)
{
	return range.kind == RULES_LIST ? range.list.items[i] : range.map.entries[i].key;
}

/* The step with the variable set to item i. */
static struct rules_value run_step(struct rules_eval *eval, const struct rules_node *node,
	const struct rules_node *step, struct rules_value item)
{
	eval->slots[node->slot] = item;
	struct rules_value outcome = rules_eval_node(eval, step);
	return outcome;
}

/* As run_step, where only a bool will do. */
static struct rules_value run_condition(struct rules_eval *eval, const struct rules_node *node,
	const struct rules_node *step, struct rules_value item)
{
	const struct rules_value outcome = run_step(eval, node, step, item);
	const bool fits = outcome.kind == RULES_BOOL || outcome.kind == RULES_IS_UNKNOWN ||
			  outcome.kind == RULES_IS_ERROR;
	return fits ? outcome : rules_value_of_error("the condition is not yes or no", step);
}

/* all and exists are chains of && and ||: the deciding bool, then unknown, then error. */
static struct rules_value fold_logic(
	struct rules_eval *eval, const struct rules_node *node, struct rules_value range)
{
	const bool deciding = node->fold == RULES_FOLD_EXISTS;
	const struct rules_node *step = node->child->next;
	struct rules_value outcome = rules_value_of_bool(!deciding);
	for (size_t i = 0; i < range_count(range) && !eval->exhausted; i++) {
		const struct rules_value term =
			run_condition(eval, node, step, range_item(range, i));
		if (term.kind == RULES_BOOL) {
			if (term.boolean == deciding) {
				return term;
			}
		} else if (term.kind == RULES_IS_UNKNOWN && outcome.kind == RULES_IS_UNKNOWN) {
			outcome.unknown |= term.unknown;
		} else if (term.kind == RULES_IS_UNKNOWN || outcome.kind == RULES_BOOL) {
			outcome = term;
		}
	}
	return outcome;
}

static struct rules_value fold_exists_one(
	struct rules_eval *eval, const struct rules_node *node, struct rules_value range)
{
	struct rules_value outcome = {.kind = RULES_BOOL};
	size_t found = 0;
	for (size_t i = 0; i < range_count(range) && !eval->exhausted; i++) {
		const struct rules_value term =
			run_condition(eval, node, node->child->next, range_item(range, i));
		if (!rules_eval_absorb(outcome, term, &outcome)) {
			found += term.boolean ? 1 : 0;
		}
	}
	return outcome.kind == RULES_BOOL ? rules_value_of_bool(found == 1) : outcome;
}

/* map and filter: strict, so an unknown condition or element makes the whole list unknown. */
static struct rules_value fold_list(
	struct rules_eval *eval, const struct rules_node *node, struct rules_value range)
{
	const struct rules_node *first = node->child->next;
	const bool is_filter = node->fold == RULES_FOLD_FILTER;
	const struct rules_node *condition = is_filter || first->next != NULL ? first : NULL;
	const struct rules_node *element = is_filter           ? NULL
					   : condition == NULL ? first
							       : first->next;
	struct rules_value *items = rules_eval_array(eval, range_count(range), sizeof(*items));
	if (items == NULL) {
		return rules_value_of_error("out of memory", node);
	}
	struct rules_value list = {.kind = RULES_LIST, .list = {.items = items, .count = 0}};
	for (size_t i = 0; i < range_count(range) && !eval->exhausted; i++) {
		struct rules_value item = range_item(range, i);
		if (condition != NULL) {
			const struct rules_value kept = run_condition(eval, node, condition, item);
			if (rules_eval_absorb(list, kept, &list) || !kept.boolean) {
				continue;
			}
		}
		if (element != NULL) {
			item = run_step(eval, node, element, item);
		}
		if (!rules_eval_absorb(list, item, &list)) {
			items[list.list.count++] = item;
		}
	}
	return list;
}

struct rules_value rules_eval_fold(struct rules_eval *eval, const struct rules_node *node)
{
	const struct rules_value range = rules_eval_node(eval, node->child);
	if (range.kind == RULES_IS_ERROR || range.kind == RULES_IS_UNKNOWN) {
		return range;
	}
	if (range.kind != RULES_LIST && range.kind != RULES_MAP) {
		return rules_value_of_error("only a list or a map has elements", node);
	}
	switch (node->fold) {
	case RULES_FOLD_ALL:
	case RULES_FOLD_EXISTS:
		return fold_logic(eval, node, range);
	case RULES_FOLD_EXISTS_ONE:
		return fold_exists_one(eval, node, range);
	case RULES_FOLD_MAP:
	case RULES_FOLD_FILTER:
		break;
	}
	return fold_list(eval, node, range);
}
