/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/overload.h"

const struct cel_overload *cel_overload_next(struct str function, enum cel_style style, size_t *at)
{
	size_t library_count;
	const struct cel_library *const *libraries = cel_libraries(&library_count);
	size_t skipped = 0;
	for (size_t i = 0; i < library_count; i++) {
		const struct cel_library *library = libraries[i];
		for (size_t j = *at - skipped; j < library->count; j++) {
			const struct cel_overload *overload = &library->overloads[j];
			/* The first letter decides nearly always: compiling looks here often. */
			if (overload->style == style && function.len > 0 &&
				overload->function[0] == function.ptr[0] &&
				str_is(function, overload->function)) {
				*at = skipped + j + 1;
				return overload;
			}
		}
		skipped += library->count;
		*at = *at < skipped ? skipped : *at;
	}
	return NULL;
}

bool cel_function_exists(struct str function)
{
	size_t at = 0;
	if (cel_overload_next(function, CEL_GLOBAL, &at) != NULL) {
		return true;
	}
	at = 0;
	return cel_overload_next(function, CEL_RECEIVER, &at) != NULL;
}

bool cel_call_charge(struct cel_call *call, uint64_t cost, struct cel_value *ret)
{
	if (*call->budget < cost) {
		*call->budget = 0;
		*ret = cel_error("the expression takes too long");
		return false;
	}
	*call->budget -= cost;
	return true;
}

void *cel_call_alloc(struct cel_call *call, size_t count, size_t size, struct cel_value *ret)
{
	void *memory = arena_array(call->arena, count == 0 ? 1 : count, size);
	if (memory == NULL) {
		*call->budget = 0;
		*ret = cel_error("out of memory");
	}
	return memory;
}

void cel_call_mismatch(struct cel_value *ret)
{
	*ret = cel_error("no such overload: these types do not go together");
}
