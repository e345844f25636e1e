/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/cel.h"
#include "rules/cel/overload.h"

/* At worst: what evaluating a node costs, and how many elements or bytes its value has. */
struct estimate {
	uint64_t cost;
	uint64_t size;
};

struct estimating {
	uint64_t outside; /* size of what comes from outside */
	uint64_t locals[CEL_LIMIT_DEPTH * 2];
};

static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;
	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct estimate estimate(struct estimating *estimating, const struct cel_node *node);

static bool is_text(const struct cel_type *type)
{
	return type != NULL && (type->kind == CEL_TYPE_STRING || type->kind == CEL_TYPE_BYTES);
}

/* The size of a value of which only the type is known. */
static uint64_t outside_size(const struct estimating *estimating, const struct cel_node *node)
{
	if (node->type == NULL || is_text(node->type)) {
		return estimating->outside;
	}
	switch (node->type->kind) {
	case CEL_TYPE_NULL:
	case CEL_TYPE_BOOL:
	case CEL_TYPE_INT:
	case CEL_TYPE_UINT:
	case CEL_TYPE_DOUBLE:
	case CEL_TYPE_TIMESTAMP:
	case CEL_TYPE_DURATION:
	case CEL_TYPE_TYPE:
		return 1;
	case CEL_TYPE_DYN:
	case CEL_TYPE_ERROR:
	case CEL_TYPE_STRING:
	case CEL_TYPE_BYTES:
	case CEL_TYPE_LIST:
	case CEL_TYPE_MAP:
	case CEL_TYPE_WRAPPER:
	case CEL_TYPE_OPAQUE:
	case CEL_TYPE_MESSAGE:
	case CEL_TYPE_PARAM:
		break;
	}
	return estimating->outside;
}

/* All children, one after the other: their costs, and their sizes together. */
static struct estimate estimate_children(
	struct estimating *estimating, const struct cel_node *node, uint64_t *ret_product)
{
	struct estimate sum = {0, 0};
	uint64_t product = 1;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		const struct estimate one = estimate(estimating, child);
		sum.cost = add(sum.cost, one.cost);
		sum.size = add(sum.size, one.size);
		product = times(product, larger(one.size, 1));
	}
	*ret_product = product;
	return sum;
}

static uint64_t call_cost(const struct cel_node *node, struct estimate arguments, uint64_t product)
{
	enum cel_cost dearest = CEL_COST_ONE;
	for (uint32_t i = 0; i < node->overload_count; i++) {
		const enum cel_cost cost = node->overloads[i]->cost;
		dearest = cost > dearest ? cost : dearest;
	}
	switch (dearest) {
	case CEL_COST_ONE:
		break;
	case CEL_COST_TEXT:
	case CEL_COST_TEXTS:
		return add(1, arguments.size);
	case CEL_COST_PRODUCT:
	case CEL_COST_PATTERN:
		return add(1, product);
	}
	return 1;
}

static struct estimate estimate_call(struct estimating *estimating, const struct cel_node *node)
{
	uint64_t product;
	struct estimate sum = estimate_children(estimating, node, &product);
	sum.cost = add(sum.cost, call_cost(node, sum, product));
	/* With three arguments, as of replace(), each byte may become a text. */
	sum.size = node->type != NULL && outside_size(estimating, node) == 1 ? 1
		   : node->count > 2                                         ? product
									     : sum.size;
	return sum;
}

static struct estimate estimate_binary(struct estimating *estimating, const struct cel_node *node)
{
	if (node->op > CEL_OP_IN) {
		return estimate_call(estimating, node);
	}
	const struct estimate left = estimate(estimating, node->child);
	const struct estimate right = estimate(estimating, node->child->next);
	const uint64_t smaller = left.size < right.size ? left.size : right.size;
	const uint64_t compared = node->op == CEL_OP_IN        ? right.size
				  : is_text(node->child->type) ? smaller / 10
							       : smaller;
	return (struct estimate){add(add(left.cost, right.cost), add(1, compared)), 1};
}

static struct estimate estimate_choice(struct estimating *estimating, const struct cel_node *node)
{
	const struct estimate condition = estimate(estimating, node->child);
	const struct estimate yes = estimate(estimating, node->child->next);
	const struct estimate no = estimate(estimating, node->child->next->next);
	return (struct estimate){
		add(add(condition.cost, 1), larger(yes.cost, no.cost)), larger(yes.size, no.size)};
}

static struct estimate estimate_fold(struct estimating *estimating, const struct cel_node *node)
{
	const struct estimate range = estimate(estimating, node->child);
	uint64_t turn = 4;
	estimating->locals[node->slot] = estimating->outside;
	if (node->second.len > 0) {
		estimating->locals[node->slot + 1] = estimating->outside;
	}
	for (const struct cel_node *step = node->child->next; step != NULL; step = step->next) {
		turn = add(turn, estimate(estimating, step).cost);
	}
	const bool table = node->fold == CEL_FOLD_TABLE || node->fold == CEL_FOLD_ENTRIES;
	turn = add(turn, table ? range.size : 0);
	return (struct estimate){add(range.cost, add(1, times(range.size, turn))), range.size};
}

static struct estimate estimate_bind(struct estimating *estimating, const struct cel_node *node)
{
	const struct estimate value = estimate(estimating, node->child);
	estimating->locals[node->slot] = value.size;
	const struct estimate body = estimate(estimating, node->child->next);
	return (struct estimate){add(add(value.cost, body.cost), 2), body.size};
}

static uint64_t literal_size(struct cel_value value)
{
	const bool sized = value.kind == CEL_STRING || value.kind == CEL_BYTES;
	return sized ? value.extra : 1;
}

static struct estimate estimate(struct estimating *estimating, const struct cel_node *node)
{
	uint64_t product;
	struct estimate sum;
	switch (node->kind) {
	case CEL_NODE_LITERAL:
		return (struct estimate){0, literal_size(node->literal)};
	case CEL_NODE_NAME:
		return (struct estimate){1, outside_size(estimating, node)};
	case CEL_NODE_LOCAL:
		return (struct estimate){1, estimating->locals[node->slot]};
	case CEL_NODE_SELECT:
	case CEL_NODE_INDEX:
	case CEL_NODE_HAS:
		/* Finding a key looks at every entry. */
		sum = estimate_children(estimating, node, &product);
		return (struct estimate){add(add(sum.cost, 1), sum.size),
			node->kind == CEL_NODE_HAS ? 1 : outside_size(estimating, node)};
	case CEL_NODE_CALL:
	case CEL_NODE_NEGATE:
		return estimate_call(estimating, node);
	case CEL_NODE_BINARY:
		return estimate_binary(estimating, node);
	case CEL_NODE_NOT:
	case CEL_NODE_AND:
	case CEL_NODE_OR:
		sum = estimate_children(estimating, node, &product);
		return (struct estimate){add(sum.cost, node->count), 1};
	case CEL_NODE_CHOICE:
		return estimate_choice(estimating, node);
	case CEL_NODE_LIST:
		sum = estimate_children(estimating, node, &product);
		return (struct estimate){add(sum.cost, add(1, node->count)), node->count};
	case CEL_NODE_MAP:
		/* A key is held against those before it. */
		sum = estimate_children(estimating, node, &product);
		return (struct estimate){
			add(sum.cost, times(node->count, node->count)), node->count / 2};
	case CEL_NODE_FOLD:
		return estimate_fold(estimating, node);
	case CEL_NODE_BIND:
		return estimate_bind(estimating, node);
	case CEL_NODE_IDENT: /* these three do not get past the checker */
	case CEL_NODE_MESSAGE:
	case CEL_NODE_FIELD:
	case CEL_NODE_KINDS:
		break;
	}
	return (struct estimate){0, 1};
}

uint64_t cel_cost_estimate(const struct cel_node *node, uint64_t size)
{
	struct estimating estimating = {.outside = size};
	return estimate(&estimating, node).cost;
}
