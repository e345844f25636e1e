/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/generator.h"

enum {
	/* What the constant parts of one expression may cost together, and any one of them. */
	FOLD_BUDGET = 10000,
	FOLD_ONE = 1000,
};

/* An array of at least `count` + 1 items; NULL, with the failure recorded, without memory. */
static void *make_room(struct cel_generator *generator, void *array, uint32_t count, uint32_t *size,
	size_t item, uint32_t least)
{
	if (count < *size) {
		return array;
	}
	const uint32_t wider_size = *size == 0 ? least : *size * 2;
	void *wider = arena_array(generator->compilation.arena, wider_size, item);
	if (wider == NULL) {
		(void)cel_compile_exhausted(&generator->compilation);
		return NULL;
	}
	if (count > 0) {
		memcpy(wider, array, count * item);
	}
	*size = wider_size;
	return wider;
}

uint32_t cel_emit(struct cel_generator *generator, const struct cel_node *node,
	struct cel_instruction instruction)
{
	uint32_t size = generator->code_size;
	struct cel_instruction *code = make_room(generator, generator->code, generator->length,
		&generator->code_size, sizeof(*code), 16);
	uint32_t *offsets = make_room(
		generator, generator->offsets, generator->length, &size, sizeof(*offsets), 16);
	if (generator->frame_most <= instruction.to) {
		generator->frame_most = instruction.to + 1U;
	}
	if (code == NULL || offsets == NULL) {
		/* Nothing more is written; what is patched later stays within the array. */
		generator->code_size = generator->length;
		return 0;
	}
	generator->code = code;
	generator->offsets = offsets;
	code[generator->length] = instruction;
	offsets[generator->length] = node->offset;
	return generator->length++;
}

uint32_t cel_at_constant(struct cel_generator *generator, struct cel_value value)
{
	const uint32_t where = (uint32_t)CEL_AT_CONSTANT << CEL_AT_SHIFT;
	for (uint32_t i = 0; i < generator->constant_count && i < 8; i++) {
		const struct cel_value *known = &generator->constants[i];
		if (known->kind == value.kind && known->flags == value.flags &&
			known->extra == value.extra && known->natural == value.natural) {
			return where | i;
		}
	}
	struct cel_value *constants = make_room(generator, generator->constants,
		generator->constant_count, &generator->constant_size, sizeof(*constants), 8);
	if (constants == NULL) {
		generator->constant_size = generator->constant_count;
		return where;
	}
	generator->constants = constants;
	constants[generator->constant_count] = value;
	return where | generator->constant_count++;
}

static struct cel_generator generator_for(const struct cel_compilation *compilation,
	const struct cel_tree *tree, uint64_t fold_budget)
{
	return (struct cel_generator){
		.compilation = *compilation, .tree = tree, .fold_budget = fold_budget};
}

bool cel_generate_constant(
	struct cel_generator *generator, const struct cel_node *node, struct cel_value *ret_value)
{
	if (node->kind == CEL_NODE_LITERAL) {
		*ret_value = node->literal;
		return true;
	}
	if (generator->fold_budget == 0 || !cel_node_is_constant(node)) {
		return false;
	}
	/* Without a budget, so that parts of the part are not tried again. */
	struct cel_generator part = generator_for(&generator->compilation, generator->tree, 0);
	const struct cel_program *program = cel_generate_program(&part, node);
	generator->compilation.err = part.compilation.err;
	if (program == NULL) {
		return false;
	}
	const struct cel_facts none = {.cost_limit = FOLD_ONE};
	*ret_value = cel_evaluate(program, &none, generator->compilation.arena);
	generator->fold_budget -=
		generator->fold_budget < FOLD_ONE ? generator->fold_budget : FOLD_ONE;
	return ret_value->kind < CEL_ERROR;
}

void cel_generate_into(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const uint32_t at = cel_generate(generator, node, to);
	if (at != cel_at_frame(to)) {
		(void)cel_emit(generator, node,
			(struct cel_instruction){.what = CEL_DO_MOVE, .to = (uint16_t)to, .a = at});
	}
}

static void generate_choice(
	struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const struct cel_node *yes = node->child->next;
	const uint32_t condition = cel_generate(generator, node->child, to);
	const uint32_t branch = cel_emit(generator, node,
		(struct cel_instruction){
			.what = CEL_DO_BRANCH, .to = (uint16_t)to, .a = condition});
	cel_generate_into(generator, yes, to);
	const uint32_t jump =
		cel_emit(generator, node, (struct cel_instruction){.what = CEL_DO_JUMP});
	const uint32_t otherwise = generator->length;
	cel_generate_into(generator, yes->next, to);
	if (generator->compilation.err == ERR_OK) {
		generator->code[branch].c = otherwise;
		generator->code[branch].b = generator->length;
		generator->code[jump].c = generator->length;
	}
}

/* A name, and fields and items of it that a path can hold. */
static bool is_path(const struct cel_node *node)
{
	while (node->kind == CEL_NODE_SELECT || node->kind == CEL_NODE_INDEX) {
		const struct cel_node *key = node->child->next;
		if (node->kind == CEL_NODE_INDEX &&
			(key->kind != CEL_NODE_LITERAL ||
				(key->literal.kind != CEL_STRING && key->literal.kind != CEL_UINT &&
					(key->literal.kind != CEL_INT ||
						key->literal.integer < 0)))) {
			return false;
		}
		node = node->child;
	}
	return node->kind == CEL_NODE_NAME;
}

static void generate_access(
	struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const bool optional = (node->marks & CEL_MARK_OPTIONAL_ACCESS) != 0;
	struct cel_instruction access = {
		.what = node->kind == CEL_NODE_INDEX ? CEL_DO_INDEX : CEL_DO_SELECT,
		.sub = optional ? CEL_ACCESS_OPTIONAL : CEL_ACCESS_PLAIN,
		.to = (uint16_t)to};
	access.sub |= is_path(node) ? CEL_ACCESS_PATH : 0;
	access.a = cel_generate(generator, node->child, to);
	access.b = node->kind == CEL_NODE_INDEX
			   ? cel_generate(generator, node->child->next, to + 1)
			   : cel_at_constant(generator, cel_string(node->name));
	(void)cel_emit(generator, node, access);
}

static void generate_has(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const struct cel_node *field = node->child;
	struct cel_instruction has = {.what = CEL_DO_GIVEN, .to = (uint16_t)to};
	if (field->kind == CEL_NODE_SELECT) {
		has.what = CEL_DO_HAS;
		has.sub = is_path(field) ? CEL_ACCESS_PATH : 0;
		has.a = cel_generate(generator, field->child, to);
		has.b = cel_at_constant(generator, cel_string(field->name));
	} else {
		has.a = cel_generate(generator, field, to);
	}
	(void)cel_emit(generator, node, has);
}

static void generate_binary(
	struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	if (node->op > CEL_OP_IN) {
		cel_generate_call(generator, node, to);
		return;
	}
	struct cel_instruction compare = {
		.what = CEL_DO_COMPARE, .sub = (uint8_t)node->op, .to = (uint16_t)to};
	compare.a = cel_generate(generator, node->child, to);
	compare.b = cel_generate(generator, node->child->next, to + 1);
	(void)cel_emit(generator, node, compare);
}

static void generate_not(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const uint32_t at = cel_generate(generator, node->child, to);
	(void)cel_emit(generator, node,
		(struct cel_instruction){.what = CEL_DO_NOT, .to = (uint16_t)to, .a = at});
}

uint32_t cel_generate(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	static void (*const GENERATORS[CEL_NODE_KINDS])(
		struct cel_generator *, const struct cel_node *, uint32_t) = {
		[CEL_NODE_SELECT] = generate_access,
		[CEL_NODE_INDEX] = generate_access,
		[CEL_NODE_CALL] = cel_generate_call,
		[CEL_NODE_NOT] = generate_not,
		[CEL_NODE_NEGATE] = cel_generate_call,
		[CEL_NODE_BINARY] = generate_binary,
		[CEL_NODE_AND] = cel_generate_logic,
		[CEL_NODE_OR] = cel_generate_logic,
		[CEL_NODE_CHOICE] = generate_choice,
		[CEL_NODE_LIST] = cel_generate_elements,
		[CEL_NODE_MAP] = cel_generate_elements,
		[CEL_NODE_HAS] = generate_has,
		[CEL_NODE_FOLD] = cel_generate_fold,
		[CEL_NODE_BIND] = cel_generate_bind,
	};
	struct cel_value constant;
	if (generator->compilation.err != ERR_OK) {
		return cel_at_frame(to);
	}
	if (node->kind == CEL_NODE_NAME) {
		return cel_at_name(node->variable);
	}
	if (node->kind == CEL_NODE_LOCAL) {
		return cel_at_frame(node->slot);
	}
	if (cel_generate_constant(generator, node, &constant)) {
		return cel_at_constant(generator, constant);
	}
	if (generator->compilation.err == ERR_OK) {
		GENERATORS[node->kind](generator, node, to);
	}
	return cel_at_frame(to);
}

/* What the program knows of each name. */
static bool describe_names(struct cel_generator *generator, struct cel_program *program)
{
	struct arena *arena = generator->compilation.arena;
	const struct cel_tree *tree = generator->tree;
	const size_t count = tree->name_count == 0 ? 1 : tree->name_count;
	uint32_t *slots = arena_array(arena, count * 2, sizeof(*slots));
	const struct cel_trail **trails = arena_array(arena, count, sizeof(*trails));
	if (slots == NULL || trails == NULL) {
		return false;
	}
	program->declared = true;
	for (uint32_t i = 0; i < tree->name_count; i++) {
		slots[i] = tree->names[i].slot;
		slots[count + i] = i;
		trails[i] = &tree->names[i].trail;
		program->declared = program->declared && slots[i] != CEL_SLOT_NONE;
	}
	program->slots = slots;
	program->numbers = slots + count;
	program->trails = trails;
	program->names = tree->names;
	program->name_count = (uint32_t)tree->name_count;
	return true;
}

/* How many TESTs there are when all but the first and the last instruction are such. */
static uint32_t count_tests(const struct cel_generator *generator)
{
	const uint32_t end = generator->length - 1;
	uint32_t count = 0;
	for (uint32_t i = 1; i < end; i++) {
		const uint8_t what = generator->code[i].what;
		count += what >= CEL_DO_TEST_INT && what <= CEL_DO_TEST_BOOL ? 1 : 0;
	}
	return count > 0 && count + 2 == generator->length ? count : 0;
}

struct cel_program *cel_generate_program(
	struct cel_generator *generator, const struct cel_node *node)
{
	const uint32_t first = generator->tree->local_count;
	const uint32_t at = cel_generate_test(generator, node, first)
				    ? cel_at_frame(first)
				    : cel_generate(generator, node, first);
	(void)cel_emit(generator, node, (struct cel_instruction){.what = CEL_DO_RETURN, .a = at});
	struct cel_program *program = arena_alloc(generator->compilation.arena, sizeof(*program));
	if (generator->compilation.err != ERR_OK) {
		return NULL;
	}
	if (program == NULL || !describe_names(generator, program)) {
		return cel_compile_exhausted(&generator->compilation);
	}
	program->code = generator->code;
	program->offsets = generator->offsets;
	program->length = generator->length;
	program->test_count = count_tests(generator);
	/* A result may be written where the frame ends, and read behind it by none. */
	program->frame_size = generator->frame_most > first + 1 ? generator->frame_most : first + 1;
	program->loop_count = generator->loop_most;
	program->constants = generator->constants;
	program->sites = generator->sites;
	return program;
}

enum err cel_compile(struct arena *arena, const struct cel_tree *tree, const struct cel_node *node,
	struct cel_program **ret_program, struct cel_fault *ret_fault)
{
	*ret_fault = (struct cel_fault){0};
	const struct cel_compilation compilation = {
		.arena = arena, .source = tree->source, .fault = ret_fault};
	struct cel_generator generator = generator_for(&compilation, tree, FOLD_BUDGET);
	struct cel_program *program = cel_generate_program(&generator, node);
	if (program != NULL) {
		*ret_program = program;
	}
	return generator.compilation.err;
}
