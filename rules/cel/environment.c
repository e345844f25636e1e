/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/environment.h"

static size_t hash(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < s.len; i++) {
		h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
	}
	return (size_t)(h ^ h >> 29);
}

static size_t table_size_for(size_t count)
{
	size_t size = 16;
	while (size < count * 2) {
		size *= 2;
	}
	return size;
}

static struct cel_candidates *find_place(
	const struct cel_functions *functions, struct str name, enum cel_style style)
{
	size_t at = (hash(name) + (size_t)style) & (functions->size - 1);
	struct cel_candidates *place = &functions->table[at];
	while (place->count > 0 && !(place->style == style && str_equal(place->name, name))) {
		at = (at + 1) & (functions->size - 1);
		place = &functions->table[at];
	}
	return place;
}

const struct cel_candidates *cel_functions_find(
	const struct cel_functions *functions, struct str name, enum cel_style style)
{
	const struct cel_candidates *found = find_place(functions, name, style);
	return found->count > 0 ? found : NULL;
}

/* Counts the rows of every function, then hands each its part of one array, then fills it. */
static bool index_rows(struct cel_functions *functions, struct arena *arena, size_t total)
{
	const struct cel_overload **rows = arena_array(arena, total, sizeof(*rows));
	uint32_t *filled = arena_array(arena, functions->size, sizeof(*filled));
	size_t library_count;
	const struct cel_library *const *libraries = cel_libraries(&library_count);
	if (rows == NULL || filled == NULL) {
		return false;
	}
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < library_count; i++) {
			for (size_t j = 0; j < libraries[i]->count; j++) {
				const struct cel_overload *row = &libraries[i]->overloads[j];
				struct cel_candidates *place =
					find_place(functions, str_from(row->function), row->style);
				if (pass == 0) {
					place->name = str_from(row->function);
					place->style = row->style;
					place->count++;
					continue;
				}
				const size_t at = (size_t)(place - functions->table);
				if (place->overloads == NULL) {
					place->overloads = rows;
					rows += place->count;
				}
				((const struct cel_overload **)(uintptr_t)
						place->overloads)[filled[at]++] = row;
			}
		}
	}
	return true;
}

const struct cel_functions *cel_functions_create(struct arena *arena)
{
	size_t library_count;
	const struct cel_library *const *libraries = cel_libraries(&library_count);
	size_t total = 0;
	for (size_t i = 0; i < library_count; i++) {
		total += libraries[i]->count;
	}
	struct cel_functions *functions = arena_alloc(arena, sizeof(*functions));
	if (functions == NULL) {
		return NULL;
	}
	functions->size = table_size_for(total);
	functions->table = arena_array(arena, functions->size, sizeof(*functions->table));
	if (functions->table == NULL || !index_rows(functions, arena, total)) {
		return NULL;
	}
	for (int op = 0; op <= CEL_OP_MODULO; op++) {
		functions->ops[op] = cel_functions_find(
			functions, str_from(cel_op_function((enum cel_op)op)), CEL_GLOBAL);
	}
	return functions;
}

enum err cel_env_init(struct cel_env *env, struct arena *arena, struct str container,
	const struct cel_declaration *declarations, size_t count)
{
	*env = (struct cel_env){
		.container = container, .declarations = declarations, .count = count};
	env->table_size = table_size_for(count);
	env->table = arena_array(arena, env->table_size, sizeof(*env->table));
	env->functions = cel_functions_create(arena);
	if (env->table == NULL || env->functions == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		if (cel_env_find(env, declarations[i].name) != CEL_SLOT_NONE) {
			return ERR_EXISTS;
		}
		size_t at = hash(declarations[i].name) & (env->table_size - 1);
		while (env->table[at] != 0) {
			at = (at + 1) & (env->table_size - 1);
		}
		env->table[at] = (uint32_t)i + 1;
	}
	return ERR_OK;
}

uint32_t cel_env_find(const struct cel_env *env, struct str name)
{
	if (env->count == 0) {
		return CEL_SLOT_NONE;
	}
	size_t at = hash(name) & (env->table_size - 1);
	while (env->table[at] != 0) {
		if (str_equal(env->declarations[env->table[at] - 1].name, name)) {
			return env->table[at] - 1;
		}
		at = (at + 1) & (env->table_size - 1);
	}
	return CEL_SLOT_NONE;
}

bool cel_container_next(struct str container, struct str name, size_t *prefix,
	char out[CEL_QUALIFIED_SIZE], struct str *ret_name)
{
	if (*prefix == 0) {
		return false;
	}
	size_t len = *prefix == SIZE_MAX ? container.len : *prefix - 1;
	if (*prefix != SIZE_MAX) {
		while (len > 0 && container.ptr[len - 1] != '.') {
			len--;
		}
		/* Without the dot before the part that is dropped. */
		len -= len > 0 ? 1 : 0;
	}
	*prefix = len;
	if (len == 0 || len + 1 + name.len > CEL_QUALIFIED_SIZE) {
		*prefix = 0;
		*ret_name = name;
		return true;
	}
	memcpy(out, container.ptr, len);
	out[len] = '.';
	memcpy(out + len + 1, name.ptr, name.len);
	*ret_name = (struct str){out, len + 1 + name.len};
	return true;
}
