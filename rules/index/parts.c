/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/parts.h"

#include "rules/index/steps.h"

enum {
	PARTS_MAX = 64, /* of one clause; the rest stays together */
};

struct taking {
	struct arena *arena;
	const struct rules_clause *clause;
	struct index_shape *shape;
	bool failed;
};

static void take_apart(struct taking *taking, const struct cel_node *node, bool negated,
	struct index_shape *ret_rows);

static size_t count_bits(uint64_t bits)
{
	return (size_t)__builtin_popcountll(bits);
}

/* What kind of part the node is, with its cuts. */
static enum index_part_kind part_kind(
	struct taking *taking, const struct cel_node *node, struct index_cuts *ret_cuts)
{
	const uint64_t facts = rules_node_facts(node);
	const struct index_subject subject = {
		.fact = true, .number = facts == 0 ? 0 : (uint32_t)__builtin_ctzll(facts)};
	*ret_cuts = (struct index_cuts){.arena = taking->arena};
	if (count_bits(facts) != 1) {
		return INDEX_PART_MIXED;
	}
	if (index_step_is(node, subject, ret_cuts)) {
		return INDEX_PART_STEP;
	}
	*ret_cuts = (struct index_cuts){.arena = taking->arena};
	if (index_any_is(node, subject.number, ret_cuts)) {
		return INDEX_PART_ANY;
	}
	*ret_cuts = (struct index_cuts){.arena = taking->arena};
	if (index_all_is(node, subject.number, ret_cuts)) {
		return INDEX_PART_ALL;
	}
	*ret_cuts = (struct index_cuts){.arena = taking->arena};
	return INDEX_PART_OPAQUE;
}

/* Negation turns "any item is" into "no item is", which is an `and` over the items. */
static enum index_part_kind turned(enum index_part_kind kind, bool negated)
{
	if (negated && kind == INDEX_PART_ANY) {
		return INDEX_PART_ALL;
	}
	return negated && kind == INDEX_PART_ALL ? INDEX_PART_ANY : kind;
}

static void one_part(struct taking *taking, const struct cel_node *node, bool negated,
	enum index_part_kind kind, const struct index_cuts *cuts, struct index_shape *ret_rows)
{
	struct index_shape *shape = taking->shape;
	ret_rows->row_count = 1;
	ret_rows->rows[0].count = 0;
	if (shape->part_count == PARTS_MAX) {
		taking->failed = true;
		return;
	}
	struct index_part *part = &shape->parts[shape->part_count];
	const uint64_t facts = rules_node_facts(node);
	*part = (struct index_part){
		.kind = turned(kind, negated), .negated = negated, .cuts = *cuts};
	taking->failed = taking->failed || rules_clause_part(taking->arena, taking->clause, node,
						   &part->clause) != ERR_OK;
	if (kind != INDEX_PART_MIXED) {
		part->fact = taking->clause->paths[__builtin_ctzll(facts)];
	}
	index_cuts_settle(&part->cuts);
	taking->failed = taking->failed || part->cuts.failed;
	ret_rows->rows[0].parts[ret_rows->rows[0].count++] = (uint16_t)shape->part_count++;
}

/* Every row of `rows` with every row of `more`; false when they are too many. */
static bool multiply(struct index_shape *rows, const struct index_shape *more)
{
	if (rows->row_count * more->row_count > INDEX_LIMIT_ROWS) {
		return false;
	}
	for (size_t i = 0; i < rows->row_count; i++) {
		for (size_t j = 0; j < more->row_count; j++) {
			if (rows->rows[i].count + more->rows[j].count > INDEX_LIMIT_PARTS) {
				return false;
			}
		}
	}
	const size_t before = rows->row_count;
	for (size_t j = more->row_count; j > 0; j--) {
		for (size_t i = 0; i < before; i++) {
			struct index_row *row = &rows->rows[(j - 1) * before + i];
			const struct index_row *added = &more->rows[j - 1];
			const struct index_row first = rows->rows[i];
			*row = first;
			memcpy(row->parts + row->count, added->parts,
				added->count * sizeof(*row->parts));
			row->count += added->count;
		}
	}
	rows->row_count = before * more->row_count;
	return true;
}

static bool conjoin(struct taking *taking, const struct cel_node *node, bool negated,
	struct index_shape *ret_rows)
{
	const struct index_cuts none = {.arena = taking->arena};
	ret_rows->row_count = 1;
	ret_rows->rows[0].count = 0;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		struct index_shape rows;
		const size_t before = taking->shape->part_count;
		take_apart(taking, child, negated, &rows);
		if (multiply(ret_rows, &rows)) {
			continue;
		}
		/* Too many ways: this child stays whole. */
		taking->shape->part_count = before;
		one_part(taking, child, negated, INDEX_PART_MIXED, &none, &rows);
		if (!multiply(ret_rows, &rows)) {
			return false;
		}
	}
	return true;
}

static bool alternate(struct taking *taking, const struct cel_node *node, bool negated,
	struct index_shape *ret_rows)
{
	ret_rows->row_count = 0;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		struct index_shape rows;
		take_apart(taking, child, negated, &rows);
		if (ret_rows->row_count + rows.row_count > INDEX_LIMIT_ROWS) {
			return false;
		}
		memcpy(ret_rows->rows + ret_rows->row_count, rows.rows,
			rows.row_count * sizeof(rows.rows[0]));
		ret_rows->row_count += rows.row_count;
	}
	return true;
}

static void take_apart(struct taking *taking, const struct cel_node *node, bool negated,
	struct index_shape *ret_rows)
{
	struct index_cuts cuts;
	while (node->kind == CEL_NODE_NOT) {
		node = node->child;
		negated = !negated;
	}
	const enum index_part_kind kind = part_kind(taking, node, &cuts);
	const bool logic = node->kind == CEL_NODE_AND || node->kind == CEL_NODE_OR;
	const bool whole = kind != INDEX_PART_OPAQUE && kind != INDEX_PART_MIXED;
	if (!logic || whole) {
		one_part(taking, node, negated, kind, &cuts, ret_rows);
		return;
	}
	const size_t before = taking->shape->part_count;
	const bool all = (node->kind == CEL_NODE_AND) != negated;
	if (all ? !conjoin(taking, node, negated, ret_rows)
		: !alternate(taking, node, negated, ret_rows)) {
		taking->shape->part_count = before;
		one_part(taking, node, negated, kind, &cuts, ret_rows);
	}
}

static enum err compile_part(
	struct arena *arena, const struct rules_clause *clause, struct index_part *part)
{
	const struct cel_node *root = part->clause.root;
	if (part->kind == INDEX_PART_MIXED || root == clause->root) {
		part->clause = *clause; /* of a mixed one nothing is asked */
		return ERR_OK;
	}
	return rules_clause_part(arena, clause, root, &part->clause);
}

enum err index_shape_find(
	struct arena *arena, const struct rules_clause *clause, struct index_shape *ret_shape)
{
	struct index_part parts[PARTS_MAX];
	struct index_shape shape = {.parts = parts};
	struct index_shape rows;
	struct taking taking = {.arena = arena, .clause = clause, .shape = &shape};
	if (clause->path_count <= 64 &&
		cel_cost_estimate(clause->root, INDEX_LIMIT_ITEMS) <= CEL_LIMIT_COST) {
		take_apart(&taking, clause->root, false, &rows);
	} else {
		taking.failed = true;
	}
	if (taking.failed) {
		const struct index_cuts none = {.arena = arena};
		taking.failed = false;
		shape.part_count = 0;
		one_part(&taking, clause->root, false, INDEX_PART_MIXED, &none, &rows);
	}
	memcpy(shape.rows, rows.rows, rows.row_count * sizeof(rows.rows[0]));
	shape.row_count = rows.row_count;
	shape.parts = arena_array(arena, shape.part_count, sizeof(*parts));
	if (shape.parts == NULL || arena_failed(arena)) {
		return ERR_NOMEM;
	}
	memcpy(shape.parts, parts, shape.part_count * sizeof(*parts));
	for (size_t i = 0; i < shape.part_count; i++) {
		const enum err err = compile_part(arena, clause, &shape.parts[i]);
		if (err != ERR_OK) {
			return err;
		}
	}
	*ret_shape = shape;
	return ERR_OK;
}

enum rules_answer index_part_answer(
	const struct index_part *part, const struct rules_facts *facts, struct arena *scratch)
{
	const struct rules_result result = rules_evaluate(&part->clause, facts, scratch);
	switch (result.answer) {
	case RULES_NO:
		return part->negated ? RULES_YES : RULES_NO;
	case RULES_YES:
		return part->negated ? RULES_NO : RULES_YES;
	case RULES_UNKNOWN:
	case RULES_ERROR:
		break;
	}
	return result.answer;
}

void index_grid_find(const struct rules_clause *clause, struct index_grid *grids)
{
	if (clause->path_count <= 64) {
		index_grid_collect(clause->root, grids);
		return;
	}
	for (size_t i = 0; i < clause->path_count; i++) {
		grids[i].opaque = true; /* more than a set of them can hold */
	}
}
