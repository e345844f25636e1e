/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/axis.h"

/* The literals that stand beside a fact, while they are gathered. */
struct gathering {
	const struct author_schema *schema;
	const struct cel_tree *tree;
	struct arena *arena;
	struct author_pile *piles; /* one for each fact of the schema */
};

static bool is_literal(const struct cel_node *node)
{
	if (node->kind == CEL_NODE_LIST) {
		for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
			if (n->kind != CEL_NODE_LITERAL) {
				return false;
			}
		}
		return true;
	}
	return node->kind == CEL_NODE_LITERAL;
}

static bool is_relation(enum cel_op op)
{
	return op <= CEL_OP_IN;
}

static bool is_order(enum cel_op op)
{
	return op <= CEL_OP_GE;
}

/* needs.exists(n, n in ['a', 'b']) and its kin: one comparison of the variable. */
static bool is_direct_fold(const struct cel_node *fold)
{
	const struct cel_node *step = fold->child->next;
	if (fold->child->kind != CEL_NODE_NAME || fold->second.len > 0 ||
		(fold->fold != CEL_FOLD_EXISTS && fold->fold != CEL_FOLD_ALL)) {
		return false;
	}
	while (step->kind == CEL_NODE_NOT) {
		step = step->child;
	}
	if (step->kind != CEL_NODE_BINARY ||
		(step->op != CEL_OP_IN && step->op != CEL_OP_EQ && step->op != CEL_OP_NE)) {
		return false;
	}
	const struct cel_node *left = step->child;
	return (left->kind == CEL_NODE_LOCAL && is_literal(left->next)) ||
	       (left->next->kind == CEL_NODE_LOCAL && left->kind == CEL_NODE_LITERAL);
}

bool author_is_direct(const struct cel_node *node)
{
	if (node->kind == CEL_NODE_NAME) {
		return true;
	}
	if (node->kind == CEL_NODE_HAS) {
		return node->child->kind == CEL_NODE_NAME;
	}
	if (node->kind == CEL_NODE_FOLD) {
		return is_direct_fold(node);
	}
	if (node->kind != CEL_NODE_BINARY || !is_relation(node->op)) {
		return false;
	}
	const struct cel_node *left = node->child;
	const struct cel_node *right = left->next;
	return (left->kind == CEL_NODE_NAME && is_literal(right)) ||
	       (right->kind == CEL_NODE_NAME && is_literal(left));
}

static void add_literal(
	struct gathering *all, struct author_pile *pile, const struct cel_value *literal)
{
	if (pile->count == pile->room) {
		const size_t room = pile->room == 0 ? 8 : pile->room * 2;
		const struct cel_value **literals =
			arena_array(all->arena, room, sizeof(*literals));
		if (literals == NULL) {
			return;
		}
		if (pile->count > 0) {
			memcpy(literals, pile->literals, pile->count * sizeof(*literals));
		}
		pile->literals = literals;
		pile->room = room;
	}
	pile->literals[pile->count++] = literal;
}

static void add_literals(
	struct gathering *all, struct author_pile *pile, const struct cel_node *node)
{
	if (node->kind == CEL_NODE_LITERAL) {
		add_literal(all, pile, &node->literal);
	}
	for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
		add_literals(all, pile, n);
	}
}

static void gather_atom(struct gathering *all, const struct cel_node *atom,
	const struct cel_node *node, bool direct)
{
	if (node->kind == CEL_NODE_NAME) {
		const uint32_t slot = all->tree->names[node->variable].slot;
		if (slot != CEL_SLOT_NONE) {
			struct author_pile *pile = &all->piles[slot];
			pile->direct = direct && (pile->direct || !pile->read);
			pile->read = true;
			pile->ordered |= atom->kind == CEL_NODE_BINARY && is_order(atom->op);
			add_literals(all, pile, atom);
		}
	}
	for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
		gather_atom(all, atom, n, direct);
	}
}

static void gather(struct gathering *all, const struct cel_node *node)
{
	if (node->kind == CEL_NODE_AND || node->kind == CEL_NODE_OR || node->kind == CEL_NODE_NOT ||
		node->kind == CEL_NODE_CHOICE) {
		for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
			gather(all, n);
		}
		return;
	}
	gather_atom(all, node, node, author_is_direct(node));
}

/* -- the grid -- */

enum err author_grid_init(struct author_grid *grid, const struct author_schema *schema,
	const struct author_clause *const *clauses, size_t count, struct arena *arena)
{
	struct gathering all = {.schema = schema,
		.arena = arena,
		.piles = arena_array(arena, schema->count + 1, sizeof(*all.piles))};
	if (all.piles == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		if (clauses[i]->tree != NULL) {
			all.tree = clauses[i]->tree;
			gather(&all, clauses[i]->tree->root);
		}
	}
	struct author_axis *axes = arena_array(arena, schema->count + 1, sizeof(*axes));
	*grid = (struct author_grid){.axes = axes, .size = 1, .exact = true};
	for (size_t i = 0; axes != NULL && i < schema->count; i++) {
		if (all.piles[i].read) {
			struct author_axis *axis = &axes[grid->count++];
			*axis = author_axis_of(&schema->facts[i], &all.piles[i], arena);
			grid->exact = grid->exact && axis->exact;
			grid->size = __builtin_mul_overflow(grid->size, axis->count, &grid->size)
					     ? UINT64_MAX
					     : grid->size;
		}
	}
	grid->asked = grid->size < AUTHOR_GRID_MAX ? grid->size : AUTHOR_GRID_MAX;
	grid->exact = grid->exact && grid->asked == grid->size;
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}

/* A count must be that of its list, where both stand on the grid. */
static bool counts_agree(const struct author_grid *grid, const struct author_person *person)
{
	const struct rules_fact *facts = person->facts;
	for (size_t i = 0; i < grid->count; i++) {
		const struct author_fact *fact = grid->axes[i].fact;
		const struct author_fact *list =
			fact->counts.len == 0 ? NULL
					      : author_fact_find(person->schema, fact->counts);
		if (list != NULL && facts[list - person->schema->facts].kind == RULES_FACT_LIST &&
			facts[fact - person->schema->facts].integer <
				(int64_t)facts[list - person->schema->facts].list.count) {
			return false;
		}
	}
	return true;
}

static uint64_t place_of(const struct author_grid *grid, uint64_t n)
{
	return grid->size == grid->asked ? n : n * (grid->size / grid->asked);
}

size_t author_grid_value(const struct author_grid *grid, uint64_t n, size_t axis)
{
	uint64_t place = place_of(grid, n);
	for (size_t i = 0; i < axis; i++) {
		place /= grid->axes[i].count;
	}
	return (size_t)(place % grid->axes[axis].count);
}

bool author_grid_person(const struct author_grid *grid, uint64_t n, struct author_person *person)
{
	uint64_t place = place_of(grid, n);
	for (size_t i = 0; i < person->schema->count; i++) {
		person->facts[i] = (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
	}
	for (size_t i = 0; i < grid->count; i++) {
		const struct author_axis *axis = &grid->axes[i];
		person->facts[axis->fact - person->schema->facts] =
			axis->values[place % axis->count];
		place /= axis->count;
	}
	return counts_agree(grid, person);
}

struct str author_grid_words(
	const struct author_grid *grid, const struct author_person *person, struct arena *arena)
{
	struct str words = {0};
	for (size_t i = 0; i < grid->count; i++) {
		const struct author_fact *fact = grid->axes[i].fact;
		const struct str value =
			author_fact_text(&person->facts[fact - person->schema->facts], arena);
		words = arena_printf(arena, "%.*s%s%.*s = %.*s", STR_ARG(words), i == 0 ? "" : ", ",
			STR_ARG(fact->path), STR_ARG(value));
	}
	return words;
}
