/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_GENERATOR_H
#define ONWARD_CEL_GENERATOR_H
#include "rules/cel/compilation.h"
#include "rules/cel/program.h"

/*
 * One tree on its way to a program.  A node's value goes to a place of the frame, `to`; what it
 * needs meanwhile stands behind that.  The first places belong to the local variables.
 */
struct cel_generator {
	struct cel_compilation compilation;
	const struct cel_tree *tree;
	struct cel_instruction *code;
	uint32_t *offsets;
	uint32_t length;
	uint32_t code_size;
	struct cel_value *constants;
	uint32_t constant_count;
	uint32_t constant_size;
	struct cel_site *sites;
	uint32_t site_count;
	uint32_t site_size;
	uint32_t pattern_count; /* of sites with something prepared */
	uint32_t frame_most;
	uint32_t loop; /* loops around the node */
	uint32_t loop_most;
	/* What evaluating constant parts at compile time may still cost; 0: none is evaluated. */
	uint64_t fold_budget;
};

/* The place of the instruction, to be patched later. */
uint32_t cel_emit(struct cel_generator *generator, const struct cel_node *node,
	struct cel_instruction instruction);
/* Operands. */
uint32_t cel_at_constant(struct cel_generator *generator, struct cel_value value);
static inline uint32_t cel_at_frame(uint32_t place)
{
	return place;
}
static inline uint32_t cel_at_name(uint32_t name)
{
	return (uint32_t)CEL_AT_NAME << CEL_AT_SHIFT | name;
}

/* Code for the node's value; the operand where it is: `to`, or where it was anyway. */
uint32_t cel_generate(struct cel_generator *generator, const struct cel_node *node, uint32_t to);
/* The same, always at `to`. */
void cel_generate_into(struct cel_generator *generator, const struct cel_node *node, uint32_t to);
/* True when the node is a literal, or a constant that could be evaluated. */
bool cel_generate_constant(
	struct cel_generator *generator, const struct cel_node *node, struct cel_value *ret_value);
/* Ends the code and makes the program. */
struct cel_program *cel_generate_program(
	struct cel_generator *generator, const struct cel_node *node);

/* generate_logic.c, generate_fold.c, generate_call.c */
void cel_generate_logic(struct cel_generator *generator, const struct cel_node *node, uint32_t to);
/* A comparison alone as a chain of one term; false, with nothing done, for anything else. */
bool cel_generate_test(struct cel_generator *generator, const struct cel_node *node, uint32_t to);
void cel_generate_fold(struct cel_generator *generator, const struct cel_node *node, uint32_t to);
void cel_generate_bind(struct cel_generator *generator, const struct cel_node *node, uint32_t to);
void cel_generate_call(struct cel_generator *generator, const struct cel_node *node, uint32_t to);
void cel_generate_elements(
	struct cel_generator *generator, const struct cel_node *node, uint32_t to);
#endif
