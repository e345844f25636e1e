/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/generator.h"

static struct cel_site *new_site(struct cel_generator *generator, const struct cel_node *node)
{
	if (generator->site_count == generator->site_size) {
		const uint32_t size = generator->site_size == 0 ? 4 : generator->site_size * 2;
		struct cel_site *wider =
			arena_array(generator->compilation.arena, size, sizeof(*wider));
		if (wider == NULL) {
			return cel_compile_exhausted(&generator->compilation);
		}
		if (generator->site_count > 0) {
			memcpy(wider, generator->sites, generator->site_count * sizeof(*wider));
		}
		generator->sites = wider;
		generator->site_size = size;
	}
	struct cel_site *site = &generator->sites[generator->site_count++];
	*site = (struct cel_site){.overloads = node->overloads, .count = node->overload_count};
	return site;
}

/* Lets the function see its literal arguments before anything is evaluated. */
static bool prepare(
	struct cel_generator *generator, const struct cel_node *node, struct cel_site *site)
{
	const struct cel_overload *overload = NULL;
	for (uint32_t i = 0; i < site->count && overload == NULL; i++) {
		const struct cel_overload *row = site->overloads[i];
		overload = row->prepare != NULL && cel_overload_fits(row, node->count) ? row : NULL;
	}
	if (overload == NULL) {
		return true;
	}
	const struct cel_value *literals[CEL_LIMIT_ARGUMENTS];
	uint32_t count = 0;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		literals[count++] = child->kind == CEL_NODE_LITERAL ? &child->literal : NULL;
	}
	char message[160];
	const enum err err = overload->prepare(
		generator->compilation.arena, literals, count, &site->prepared, message);
	if (err != ERR_OK) {
		(void)cel_compile_fail(&generator->compilation, err, node->offset, "%s",
			err == ERR_NOMEM ? "out of memory" : message);
		return false;
	}
	generator->pattern_count += site->prepared != NULL ? 1 : 0;
	if (generator->pattern_count > CEL_LIMIT_PATTERNS) {
		(void)cel_compile_fail(&generator->compilation, ERR_TOO_LARGE, node->offset,
			"the expression has more than %d patterns", (int)CEL_LIMIT_PATTERNS);
		return false;
	}
	return true;
}

/* x.or(y), x.orValue(y): y is evaluated only when x has no value. */
static bool generate_or(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	const bool value = node->kind == CEL_NODE_CALL && str_is(node->name, "orValue");
	if ((node->marks & CEL_MARK_RECEIVER) == 0 || node->count != 2 ||
		!(value || str_is(node->name, "or"))) {
		return false;
	}
	cel_generate_into(generator, node->child, to);
	const uint32_t first = cel_emit(generator, node,
		(struct cel_instruction){
			.what = CEL_DO_OR, .sub = value ? 1 : 0, .to = (uint16_t)to});
	cel_generate_into(generator, node->child->next, to);
	if (!value) {
		(void)cel_emit(generator, node,
			(struct cel_instruction){
				.what = CEL_DO_WRAP, .sub = 1, .to = (uint16_t)to});
	}
	if (generator->compilation.err == ERR_OK) {
		generator->code[first].c = generator->length;
	}
	return true;
}

void cel_generate_call(struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	if (node->overload_count == 0) {
		(void)cel_emit(generator, node,
			(struct cel_instruction){.what = CEL_DO_UNDECLARED, .to = (uint16_t)to});
		return;
	}
	if (node->kind == CEL_NODE_CALL && generate_or(generator, node, to)) {
		return;
	}
	uint32_t at = to;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		cel_generate_into(generator, child, at++);
	}
	if (generator->compilation.err != ERR_OK) {
		return;
	}
	struct cel_site *site = new_site(generator, node);
	if (site == NULL || !prepare(generator, node, site)) {
		return;
	}
	(void)cel_emit(generator, node,
		(struct cel_instruction){.what = CEL_DO_CALL,
			.to = (uint16_t)to,
			.b = node->count,
			.c = (uint32_t)(site - generator->sites)});
}

/* Which elements, or which entries, are optional, a byte each; false when none is. */
static bool optional_marks(
	struct cel_generator *generator, const struct cel_node *node, uint32_t *ret_constant)
{
	const bool map = node->kind == CEL_NODE_MAP;
	const size_t count = map ? node->count / 2 : node->count;
	bool any = false;
	char *marks = NULL;
	size_t i = 0;
	for (const struct cel_node *at = node->child; at != NULL;
		at = map ? at->next->next : at->next) {
		if ((at->marks & CEL_MARK_OPTIONAL_ENTRY) != 0) {
			marks = marks == NULL ? arena_alloc(generator->compilation.arena, count)
					      : marks;
			if (marks == NULL) {
				(void)cel_compile_exhausted(&generator->compilation);
				return false;
			}
			marks[i] = 1;
			any = true;
		}
		i++;
	}
	if (any) {
		*ret_constant = cel_at_constant(generator, cel_bytes((struct str){marks, count})) &
				((1U << CEL_AT_SHIFT) - 1);
	}
	return any;
}

void cel_generate_elements(
	struct cel_generator *generator, const struct cel_node *node, uint32_t to)
{
	struct cel_instruction make = {
		.what = node->kind == CEL_NODE_MAP ? CEL_DO_MAP : CEL_DO_LIST,
		.to = (uint16_t)to,
		.b = node->count};
	make.sub = optional_marks(generator, node, &make.c) ? 1 : 0;
	uint32_t at = to;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		cel_generate_into(generator, child, at++);
	}
	(void)cel_emit(generator, node, make);
}
