/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/facts.h"

/* Wider than any real one: what is tried beyond what can be only keeps a question. */
enum {
	AGE_MAX = 150,         /* years */
	RELEASE_DAYS = 100000, /* either way */
};

static bool range_bool(struct index_range *ret_range)
{
	*ret_range = (struct index_range){.kinds = 1U << RULES_FACT_BOOL};
	return true;
}

static bool range_int(struct index_range *ret_range, int64_t least, int64_t most)
{
	*ret_range =
		(struct index_range){.kinds = 1U << RULES_FACT_INT, .least = least, .most = most};
	return true;
}

static bool range_vocab(struct arena *arena, enum vocab_name vocab, struct index_range *ret_range)
{
	size_t count;
	const char *const *names = vocab_codes(vocab, &count);
	struct str *codes = arena_array(arena, count, sizeof(*codes));
	for (size_t i = 0; codes != NULL && i < count; i++) {
		codes[i] = str_from(names[i]);
	}
	*ret_range = (struct index_range){
		.kinds = 1U << RULES_FACT_STRING, .codes = codes, .code_count = count};
	return codes != NULL;
}

static bool range_derived(enum facts_kind kind, struct index_range *ret_range)
{
	switch (kind) {
	case FACTS_AGE:
		return range_int(ret_range, 0, AGE_MAX);
	case FACTS_SENTENCED:
		return range_bool(ret_range);
	case FACTS_DAYS_TO_RELEASE:
		return range_int(ret_range, -RELEASE_DAYS, RELEASE_DAYS);
	case FACTS_NEED_COUNT:
	case FACTS_NEEDS:
		break; /* always known */
	}
	return false;
}

static bool range_field(
	struct arena *arena, const struct field *field, struct index_range *ret_range)
{
	switch (field->type) {
	case FIELD_BOOL:
		return range_bool(ret_range);
	case FIELD_INT:
		return range_int(ret_range, 0, field->limit);
	case FIELD_VOCAB:
		return range_vocab(arena, field->vocab, ret_range);
	case FIELD_TEXT:
	case FIELD_CODE:
	case FIELD_DATE:
	case FIELD_BIRTH:
	case FIELD_TIME:
	case FIELD_AUTHORITY:
		*ret_range = (struct index_range){.kinds = 1U << RULES_FACT_STRING};
		return true;
	case FIELD_SCOPE:
	case FIELD_NEEDS:
	case FIELD_MAP:
	case FIELD_MAPS:
		break; /* lists and maps */
	}
	return false;
}

static bool range_get(void *context, struct str path, struct index_range *ret_range)
{
	const struct facts *facts = context;
	size_t count;
	const struct facts_derived *derived = facts_derived(&count);
	for (size_t i = 0; i < count; i++) {
		if (str_is(path, derived[i].fact)) {
			return range_derived(derived[i].kind, ret_range);
		}
	}
	const struct field *field = field_find(path);
	return field != NULL && (field->flags & FIELD_LIST) == 0 &&
	       range_field(facts->arena, field, ret_range);
}

struct index_ranges facts_ranges(struct facts *facts)
{
	return (struct index_ranges){.context = facts, .get = range_get};
}
