/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/region.h"
#include "broker/base/timestamp.h"

#include <stdlib.h>

/* The literals that stand beside a fact, while they are gathered. */
struct gathering {
	const struct author_schema *schema;
	const struct cel_tree *tree;
	struct arena *arena;
	struct pile {
		bool read;   /* by some clause */
		bool direct; /* only ever compared with literals */
		bool ordered;
		const struct cel_value **literals;
		size_t count, room;
	} * piles; /* one for each fact of the schema */
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

static void add_literal(struct gathering *all, struct pile *pile, const struct cel_value *literal)
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

static void add_literals(struct gathering *all, struct pile *pile, const struct cel_node *node)
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
			struct pile *pile = &all->piles[slot];
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

/* -- the values of one axis -- */

struct values {
	struct arena *arena;
	struct rules_fact *items;
	size_t count, room;
};

static bool fact_equal(const struct rules_fact *a, const struct rules_fact *b)
{
	if (a->kind != b->kind) {
		return false;
	}
	if (a->kind == RULES_FACT_STRING) {
		return str_equal(a->string, b->string);
	}
	return a->kind == RULES_FACT_BOOL  ? a->boolean == b->boolean
	       : a->kind == RULES_FACT_INT ? a->integer == b->integer
					   : false;
}

static void add_value(struct values *values, struct rules_fact fact)
{
	for (size_t i = 0; i < values->count; i++) {
		if (fact_equal(&values->items[i], &fact)) {
			return;
		}
	}
	if (values->count == values->room) {
		const size_t room = values->room == 0 ? 16 : values->room * 2;
		struct rules_fact *items = arena_array(values->arena, room, sizeof(*items));
		if (items == NULL) {
			return;
		}
		if (values->count > 0) {
			memcpy(items, values->items, values->count * sizeof(*items));
		}
		values->items = items;
		values->room = room;
	}
	values->items[values->count++] = fact;
}

static void add_int(struct values *values, const struct author_fact *fact, int64_t integer)
{
	if (integer >= fact->least && integer <= fact->most) {
		add_value(values, (struct rules_fact){.kind = RULES_FACT_INT, .integer = integer});
	}
}

static void add_text(struct values *values, struct str text)
{
	add_value(values, (struct rules_fact){.kind = RULES_FACT_STRING, .string = text});
}

static int int_order(const void *a, const void *b)
{
	const int64_t left = ((const struct rules_fact *)a)->integer;
	const int64_t right = ((const struct rules_fact *)b)->integer;
	return left < right ? -1 : left > right;
}

static bool fill_ints(
	struct values *values, const struct author_fact *fact, const struct pile *pile)
{
	const bool all = !pile->direct && fact->most - fact->least < AUTHOR_AXIS_MAX;
	for (int64_t i = fact->least; all && i <= fact->most; i++) {
		add_int(values, fact, i);
	}
	add_int(values, fact, fact->least);
	for (size_t i = 0; i < pile->count; i++) {
		int64_t integer = pile->literals[i]->integer;
		if (pile->literals[i]->kind == CEL_DOUBLE &&
			!cel_double_to_int(pile->literals[i]->number, &integer)) {
			continue;
		}
		if (cel_kind_is_number(pile->literals[i]->kind) && integer > INT64_MIN &&
			integer < INT64_MAX) {
			add_int(values, fact, integer - 1);
			add_int(values, fact, integer);
			add_int(values, fact, integer + 1);
		}
	}
	add_int(values, fact, fact->most);
	qsort(values->items, values->count, sizeof(*values->items), int_order);
	return all || pile->direct;
}

/* A date and the days beside it. */
static void add_date(struct values *values, struct str text)
{
	date_days date;
	if (date_parse(text, &date) != ERR_OK) {
		add_text(values, text);
		return;
	}
	for (int day = -1; day <= 1; day++) {
		char words[DATE_TEXT_SIZE];
		date_format(date + day, words);
		add_text(values, arena_str(values->arena, str_from(words)));
	}
}

/* A code that no literal names; empty when there is none left. */
static struct str other_code(const struct author_fact *fact, const struct pile *pile)
{
	for (size_t i = 0; i < fact->code_count; i++) {
		bool named = false;
		for (size_t l = 0; l < pile->count; l++) {
			named = named ||
				(pile->literals[l]->kind == CEL_STRING &&
					str_equal(cel_str(*pile->literals[l]), fact->codes[i]));
		}
		if (!named) {
			return fact->codes[i];
		}
	}
	return fact->code_count == 0 ? STR("another") : (struct str){0};
}

static bool fill_texts(
	struct values *values, const struct author_fact *fact, const struct pile *pile)
{
	if (fact->code_count > 0 && !pile->direct && fact->code_count <= AUTHOR_AXIS_MAX) {
		for (size_t i = 0; i < fact->code_count; i++) {
			add_text(values, fact->codes[i]);
		}
		return true;
	}
	for (size_t i = 0; i < pile->count; i++) {
		const struct cel_value literal = *pile->literals[i];
		if (literal.kind != CEL_STRING || !author_code_known(fact, cel_str(literal))) {
			continue;
		}
		if (fact->type == AUTHOR_DATE) {
			add_date(values, cel_str(literal));
		} else {
			add_text(values, cel_str(literal));
		}
	}
	const struct str other = fact->type == AUTHOR_DATE   ? STR("2019-06-12")
				 : fact->type == AUTHOR_TIME ? STR("2019-06-12T21:40:00+01:00")
							     : other_code(fact, pile);
	if (other.len > 0) {
		add_text(values, other);
	}
	return pile->direct && (!pile->ordered || fact->type == AUTHOR_DATE);
}

/* Every subset of the codes that are named, each also with one that is not. */
static bool fill_lists(
	struct values *values, const struct author_fact *fact, const struct pile *pile)
{
	struct values named = {.arena = values->arena};
	struct author_fact item = *fact;
	item.list = false;
	const bool exact = fill_texts(&named, &item, pile);
	const size_t most = named.count > AUTHOR_SUBSET_MAX ? AUTHOR_SUBSET_MAX : named.count;
	for (size_t set = 0; set < (size_t)1 << most; set++) {
		struct rules_fact *items =
			arena_array(values->arena, named.count + 1, sizeof(*items));
		size_t count = 0;
		for (size_t i = 0; items != NULL && i < most; i++) {
			if ((set >> i & 1) != 0) {
				items[count++] = named.items[i];
			}
		}
		add_value(values,
			(struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}});
	}
	for (size_t i = most; i < named.count; i++) {
		add_value(values,
			(struct rules_fact){.kind = RULES_FACT_LIST, .list = {&named.items[i], 1}});
	}
	return exact && most == named.count;
}

static struct author_axis axis_of(
	const struct author_fact *fact, const struct pile *pile, struct arena *arena)
{
	struct values values = {.arena = arena};
	bool exact = true;
	if (fact->list) {
		exact = fill_lists(&values, fact, pile);
	} else if (fact->type == AUTHOR_BOOL) {
		add_value(&values, (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = false});
		add_value(&values, (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = true});
	} else if (fact->type == AUTHOR_INT) {
		exact = fill_ints(&values, fact, pile);
	} else {
		exact = fill_texts(&values, fact, pile);
	}
	return (struct author_axis){fact, values.items, values.count, exact};
}

/* -- the grid -- */

enum err author_grid_init(struct author_grid *grid, const struct author_schema *schema,
	const struct author_clause *const *clauses, size_t count, struct arena *arena)
{
	struct gathering all = {.schema = schema,
		.arena = arena,
		.piles = arena_array(arena, schema->count + 1, sizeof(*all.piles))};
	for (size_t i = 0; all.piles != NULL && i < count; i++) {
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
			*axis = axis_of(&schema->facts[i], &all.piles[i], arena);
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
