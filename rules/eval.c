/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/eval.h"

#include "rules/functions.h"

void rules_eval_init(struct rules_eval *eval, const struct rules_clause *clause,
	const struct rules_facts *facts, struct arena *scratch)
{
	eval->clause = clause;
	eval->facts = facts;
	eval->scratch = scratch;
	eval->cost = 0;
	eval->exhausted = false;
	/* The arrays stay as they are: a slot or a fact is written before it is read. */
	eval->facts_seen = 0;
}

bool rules_eval_charge(struct rules_eval *eval, uint64_t cost)
{
	eval->cost += cost;
	eval->exhausted = eval->exhausted || eval->cost > RULES_LIMIT_COST;
	return !eval->exhausted;
}

void *rules_eval_array(struct rules_eval *eval, size_t count, size_t size)
{
	void *memory = arena_array(eval->scratch, count == 0 ? 1 : count, size);
	eval->exhausted = eval->exhausted || memory == NULL;
	return memory;
}

struct rules_value rules_no_overload(const struct rules_node *node)
{
	return rules_value_of_error("these types do not go together", node);
}

static bool is_value(struct rules_value value)
{
	return value.kind != RULES_IS_ERROR && value.kind != RULES_IS_UNKNOWN;
}

bool rules_eval_absorb(struct rules_value a, struct rules_value b, struct rules_value *ret_value)
{
	if (is_value(a) && is_value(b)) {
		return false;
	}
	if (a.kind == RULES_IS_ERROR || (b.kind != RULES_IS_ERROR && is_value(b))) {
		*ret_value = a;
	} else if (b.kind == RULES_IS_ERROR || is_value(a)) {
		*ret_value = b;
	} else {
		*ret_value = a;
		ret_value->unknown |= b.unknown;
	}
	return true;
}

static struct rules_value from_fact(
	struct rules_eval *eval, const struct rules_node *node, const struct rules_fact *fact);

static struct rules_value from_list(
	struct rules_eval *eval, const struct rules_node *node, const struct rules_fact *fact)
{
	struct rules_value *items = NULL;
	if (rules_eval_charge(eval, fact->list.count)) {
		items = rules_eval_array(eval, fact->list.count, sizeof(*items));
	}
	if (items == NULL) {
		return rules_value_of_error("out of memory", node);
	}
	struct rules_value list = {
		.kind = RULES_LIST, .list = {.items = items, .count = fact->list.count}};
	for (size_t i = 0; i < fact->list.count; i++) {
		const struct rules_fact *item = &fact->list.items[i];
		items[i] = item->kind == RULES_FACT_LIST
				   ? rules_value_of_error("a list of facts holds a list", node)
				   : from_fact(eval, node, item);
		struct rules_value absorbed;
		if (rules_eval_absorb(list, items[i], &absorbed)) {
			list = absorbed;
		}
	}
	return list;
}

static struct rules_value from_timestamp(const struct rules_node *node, int64_t us)
{
	const int64_t second = TIMESTAMP_SECOND;
	const int64_t rest = (us % second + second) % second;
	const int64_t seconds = us / second - (us % second < 0 ? 1 : 0);
	if (seconds < RULES_TIMESTAMP_MIN || seconds > RULES_TIMESTAMP_MAX) {
		return rules_value_of_error("the time is out of range", node);
	}
	return (struct rules_value){
		.kind = RULES_TIMESTAMP, .integer = seconds, .nanos = (int32_t)(rest * 1000)};
}

static struct rules_value from_fact(
	struct rules_eval *eval, const struct rules_node *node, const struct rules_fact *fact)
{
	switch (fact->kind) {
	case RULES_FACT_UNKNOWN:
		return (struct rules_value){
			.kind = RULES_IS_UNKNOWN, .unknown = UINT64_C(1) << node->fact};
	case RULES_FACT_NULL:
		return (struct rules_value){.kind = RULES_NULL};
	case RULES_FACT_BOOL:
		return rules_value_of_bool(fact->boolean);
	case RULES_FACT_INT:
		return rules_value_of_int(fact->integer);
	case RULES_FACT_DOUBLE:
		return rules_value_of_double(fact->number);
	case RULES_FACT_STRING:
		return rules_value_of_string(fact->string);
	case RULES_FACT_TIMESTAMP:
		return from_timestamp(node, fact->integer);
	case RULES_FACT_DURATION: {
		struct rules_value duration = {.kind = RULES_DURATION};
		return __builtin_mul_overflow(fact->integer, INT64_C(1000), &duration.integer)
			       ? rules_value_of_error("the duration is out of range", node)
			       : duration;
	}
	case RULES_FACT_LIST:
		return from_list(eval, node, fact);
	case RULES_FACT_ABSENT:
		break;
	}
	return rules_value_of_error("no such fact", node);
}

struct rules_value rules_eval_fact(struct rules_eval *eval, const struct rules_node *node)
{
	const uint64_t bit = UINT64_C(1) << node->fact;
	if ((eval->facts_seen & bit) == 0) {
		const struct rules_fact fact =
			eval->facts->get(eval->facts->context, eval->clause->paths[node->fact]);
		eval->fact_values[node->fact] = from_fact(eval, node, &fact);
		eval->facts_seen |= bit;
	}
	return eval->fact_values[node->fact];
}

static struct rules_value eval_literal(struct rules_eval *eval, const struct rules_node *node)
{
	(void)eval;
	return node->literal;
}

static struct rules_value eval_var(struct rules_eval *eval, const struct rules_node *node)
{
	return eval->slots[node->slot];
}

static struct rules_value eval_select(struct rules_eval *eval, const struct rules_node *node)
{
	const struct rules_value operand = rules_eval_node(eval, node->child);
	if (!is_value(operand)) {
		return operand;
	}
	if (operand.kind != RULES_MAP) {
		return rules_value_of_error("only a map has fields", node);
	}
	const struct rules_value *found =
		rules_eval_map_find(eval, operand, rules_value_of_string(node->name));
	return found == NULL ? rules_value_of_error("no such key", node) : *found;
}

static struct rules_value eval_has(struct rules_eval *eval, const struct rules_node *node)
{
	const struct rules_node *field = node->child;
	if (field->kind == RULES_NODE_FACT) {
		const struct rules_value fact = rules_eval_fact(eval, field);
		return is_value(fact) ? rules_value_of_bool(fact.kind != RULES_NULL) : fact;
	}
	const struct rules_value operand = rules_eval_node(eval, field->child);
	if (!is_value(operand)) {
		return operand;
	}
	if (operand.kind != RULES_MAP) {
		return rules_value_of_error("only a map has fields", node);
	}
	const struct rules_value key = rules_value_of_string(field->name);
	return rules_value_of_bool(rules_eval_map_find(eval, operand, key) != NULL);
}

static struct rules_value eval_two(struct rules_eval *eval, const struct rules_node *node)
{
	const struct rules_value left = rules_eval_node(eval, node->child);
	if (left.kind == RULES_IS_ERROR) {
		return left;
	}
	const struct rules_value right = rules_eval_node(eval, node->child->next);
	struct rules_value absorbed;
	if (rules_eval_absorb(left, right, &absorbed)) {
		return absorbed;
	}
	return node->kind == RULES_NODE_INDEX ? rules_eval_index(eval, node, left, right)
					      : rules_eval_binary(eval, node, left, right);
}

static struct rules_value eval_call(struct rules_eval *eval, const struct rules_node *node)
{
	struct rules_value arguments[RULES_FUNCTION_ARGUMENTS_MAX];
	struct rules_value outcome = {.kind = RULES_NULL};
	size_t count = 0;
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		arguments[count] = rules_eval_node(eval, child);
		(void)rules_eval_absorb(outcome, arguments[count], &outcome);
		count++;
	}
	return is_value(outcome) ? node->function->call(eval, node, arguments) : outcome;
}

static struct rules_value eval_not(struct rules_eval *eval, const struct rules_node *node)
{
	const struct rules_value operand = rules_eval_node(eval, node->child);
	if (!is_value(operand)) {
		return operand;
	}
	return operand.kind == RULES_BOOL ? rules_value_of_bool(!operand.boolean)
					  : rules_no_overload(node);
}

static struct rules_value eval_negate(struct rules_eval *eval, const struct rules_node *node)
{
	const struct rules_value operand = rules_eval_node(eval, node->child);
	if (!is_value(operand)) {
		return operand;
	}
	int64_t negated;
	if (operand.kind == RULES_DOUBLE) {
		return rules_value_of_double(-operand.number);
	}
	if (operand.kind != RULES_INT) {
		return rules_no_overload(node);
	}
	return __builtin_sub_overflow(INT64_C(0), operand.integer, &negated)
		       ? rules_value_of_error("integer overflow", node)
		       : rules_value_of_int(negated);
}

/* A chain of && or ||, commutative: the deciding bool wins wherever it stands, then unknown, then
 * error. */
static struct rules_value eval_logic(struct rules_eval *eval, const struct rules_node *node)
{
	const bool deciding = node->kind == RULES_NODE_OR;
	struct rules_value outcome = rules_value_of_bool(!deciding);
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		struct rules_value term = rules_eval_node(eval, child);
		if (term.kind == RULES_BOOL) {
			if (term.boolean == deciding) {
				return term;
			}
			continue;
		}
		if (is_value(term)) {
			term = rules_no_overload(node);
		}
		if (term.kind == RULES_IS_UNKNOWN && outcome.kind == RULES_IS_UNKNOWN) {
			outcome.unknown |= term.unknown;
		} else if (term.kind == RULES_IS_UNKNOWN || outcome.kind == RULES_BOOL) {
			outcome = term;
		}
	}
	return outcome;
}

static struct rules_value eval_choice(struct rules_eval *eval, const struct rules_node *node)
{
	const struct rules_value condition = rules_eval_node(eval, node->child);
	if (!is_value(condition)) {
		return condition;
	}
	if (condition.kind != RULES_BOOL) {
		return rules_no_overload(node);
	}
	const struct rules_node *yes = node->child->next;
	return rules_eval_node(eval, condition.boolean ? yes : yes->next);
}

static struct rules_value eval_list(struct rules_eval *eval, const struct rules_node *node)
{
	struct rules_value *items = rules_eval_array(eval, node->count, sizeof(*items));
	if (items == NULL) {
		return rules_value_of_error("out of memory", node);
	}
	struct rules_value list = {
		.kind = RULES_LIST, .list = {.items = items, .count = node->count}};
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		*items = rules_eval_node(eval, child);
		(void)rules_eval_absorb(list, *items, &list);
		items++;
	}
	return list;
}

static struct rules_value add_entry(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value map, const struct rules_entry *entry)
{
	struct rules_value absorbed;
	if (rules_eval_absorb(map, entry->key, &absorbed)) {
		map = absorbed;
	}
	if (rules_eval_absorb(map, entry->value, &absorbed)) {
		map = absorbed;
	}
	if (map.kind != RULES_MAP) {
		return map;
	}
	const enum rules_kind kind = entry->key.kind;
	if (kind != RULES_STRING && kind != RULES_BOOL && kind != RULES_INT && kind != RULES_UINT) {
		return rules_value_of_error("a map's key is a string, bool, int or uint", node);
	}
	if (rules_eval_map_find(eval, map, entry->key) != NULL) {
		return rules_value_of_error("a map has one key twice", node);
	}
	map.map.count++;
	return map;
}

static struct rules_value eval_map(struct rules_eval *eval, const struct rules_node *node)
{
	struct rules_entry *entries = rules_eval_array(eval, node->count / 2, sizeof(*entries));
	if (entries == NULL) {
		return rules_value_of_error("out of memory", node);
	}
	struct rules_value map = {.kind = RULES_MAP, .map = {.entries = entries, .count = 0}};
	for (const struct rules_node *key = node->child; key != NULL; key = key->next->next) {
		*entries = (struct rules_entry){
			.key = rules_eval_node(eval, key),
			.value = rules_eval_node(eval, key->next),
		};
		map = add_entry(eval, node, map, entries);
		entries++;
	}
	return map;
}

struct rules_value rules_eval_node(struct rules_eval *eval, const struct rules_node *node)
{
	/* Of the kinds that are left after resolving. */
	static struct rules_value (*const EVALUATORS[RULES_NODE_KINDS])(
		struct rules_eval *, const struct rules_node *) = {
		[RULES_NODE_LITERAL] = eval_literal,
		[RULES_NODE_VAR] = eval_var,
		[RULES_NODE_FACT] = rules_eval_fact,
		[RULES_NODE_SELECT] = eval_select,
		[RULES_NODE_INDEX] = eval_two,
		[RULES_NODE_CALL] = eval_call,
		[RULES_NODE_NOT] = eval_not,
		[RULES_NODE_NEGATE] = eval_negate,
		[RULES_NODE_BINARY] = eval_two,
		[RULES_NODE_AND] = eval_logic,
		[RULES_NODE_OR] = eval_logic,
		[RULES_NODE_CHOICE] = eval_choice,
		[RULES_NODE_LIST] = eval_list,
		[RULES_NODE_MAP] = eval_map,
		[RULES_NODE_HAS] = eval_has,
		[RULES_NODE_FOLD] = rules_eval_fold,
	};
	if (!rules_eval_charge(eval, 1)) {
		return rules_value_of_error("the rule takes too long", node);
	}
	return EVALUATORS[node->kind](eval, node);
}
