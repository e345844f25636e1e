/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/overload.h"

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
