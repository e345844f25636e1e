/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/environment.h"

#include <assert.h>

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

enum {
	/* A power of two, and so many rows of the libraries at most: a start-up check. */
	FUNCTIONS_SIZE = 1024,
	ROWS_MAX = 640,
};

static struct cel_candidates functions[FUNCTIONS_SIZE]; /* open addressing; count 0: free */
static const struct cel_overload *rows[ROWS_MAX];
static const struct cel_candidates *ops[CEL_OP_MODULO + 1];

static struct cel_candidates *find_place(struct str name, enum cel_style style)
{
	size_t at = (hash(name) + (size_t)style) & (FUNCTIONS_SIZE - 1);
	while (functions[at].count > 0 &&
		!(functions[at].style == style && str_equal(functions[at].name, name))) {
		at = (at + 1) & (FUNCTIONS_SIZE - 1);
	}
	return &functions[at];
}

static void count_rows(void)
{
	size_t library_count;
	const struct cel_library *const *libraries = cel_libraries(&library_count);
	size_t total = 0;
	for (size_t i = 0; i < library_count; i++) {
		for (size_t j = 0; j < libraries[i]->count; j++) {
			const struct cel_overload *row = &libraries[i]->overloads[j];
			struct cel_candidates *place =
				find_place(str_from(row->function), row->style);
			place->name = str_from(row->function);
			place->style = row->style;
			place->count++;
			total++;
			assert(total <= ROWS_MAX);
		}
	}
}

/* Each function's rows in one piece, in the order of the libraries. */
static void place_rows(void)
{
	uint32_t ends[FUNCTIONS_SIZE];
	uint32_t used = 0;
	size_t library_count;
	const struct cel_library *const *libraries = cel_libraries(&library_count);
	for (size_t i = 0; i < FUNCTIONS_SIZE; i++) {
		functions[i].overloads = &rows[used];
		ends[i] = used;
		used += functions[i].count;
	}
	for (size_t i = 0; i < library_count; i++) {
		for (size_t j = 0; j < libraries[i]->count; j++) {
			const struct cel_overload *row = &libraries[i]->overloads[j];
			const struct cel_candidates *place =
				find_place(str_from(row->function), row->style);
			rows[ends[place - functions]++] = row;
		}
	}
}

__attribute__((constructor)) static void index_functions(void)
{
	count_rows();
	place_rows();
	for (int op = 0; op <= CEL_OP_MODULO; op++) {
		ops[op] =
			cel_functions_find(str_from(cel_op_function((enum cel_op)op)), CEL_GLOBAL);
	}
}

const struct cel_candidates *cel_functions_find(struct str name, enum cel_style style)
{
	const struct cel_candidates *found = find_place(name, style);
	return found->count > 0 ? found : NULL;
}

const struct cel_candidates *cel_functions_of_op(enum cel_op op)
{
	return ops[op];
}

enum err cel_env_init(struct cel_env *env, struct arena *arena, struct str container,
	const struct cel_declaration *declarations, size_t count)
{
	*env = (struct cel_env){
		.container = container, .declarations = declarations, .count = count};
	env->table_size = table_size_for(count);
	env->table = arena_array(arena, env->table_size, sizeof(*env->table));
	if (env->table == NULL) {
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
