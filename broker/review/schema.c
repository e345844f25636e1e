/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/review.h"

#include "broker/core/facts.h"
#include "directory/directory.h"

#include <stdlib.h>

/* The fields' table and the derived facts as the authors' tools see them. */

enum {
	AGE_MOST = 120,            /* the oldest birth that a referral may give */
	SENTENCE_DAYS_MOST = 40000 /* as long as the longest sentence */
};

static int fact_order(const void *a, const void *b)
{
	return str_compare(
		((const struct author_fact *)a)->path, ((const struct author_fact *)b)->path);
}

static void codes_of(struct arena *arena, enum vocab_name vocab, struct author_fact *fact)
{
	size_t count;
	const char *const *codes = vocab_codes(vocab, &count);
	struct str *items = arena_array(arena, count, sizeof(*items));
	for (size_t i = 0; items != NULL && i < count; i++) {
		items[i] = str_from(codes[i]);
	}
	fact->codes = items;
	fact->code_count = items == NULL ? 0 : count;
}

static void codes_of_authorities(struct arena *arena, struct author_fact *fact)
{
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	struct str *codes = arena_array(arena, count, sizeof(*codes));
	struct str *names = arena_array(arena, count, sizeof(*names));
	for (size_t i = 0; codes != NULL && names != NULL && i < count; i++) {
		codes[i] = all[i].code;
		names[i] = all[i].name;
	}
	fact->codes = codes;
	fact->names = names;
	fact->code_count = codes == NULL || names == NULL ? 0 : count;
}

#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}

/* The answers that a question offers which takes any word, and what authors write for them. */
static void usual_words(struct author_fact *fact)
{
	static const struct author_usual genders[] = {
		{TEXT("female"), TEXT("female")},
		{TEXT("woman"), TEXT("female")},
		{TEXT("women"), TEXT("female")},
		{TEXT("girl"), TEXT("female")},
		{TEXT("f"), TEXT("female")},
		{TEXT("male"), TEXT("male")},
		{TEXT("man"), TEXT("male")},
		{TEXT("men"), TEXT("male")},
		{TEXT("m"), TEXT("male")},
		{TEXT("non-binary"), TEXT("non-binary")},
	};
	if (str_is(fact->path, "person.gender")) {
		fact->usual = genders;
		fact->usual_count = sizeof(genders) / sizeof(genders[0]);
	}
}

/* False for a field that no clause can read: a map, a list of maps, what is within one. */
static bool fact_of(struct arena *arena, const struct field *field, struct author_fact *fact)
{
	*fact = (struct author_fact){.path = field->path,
		.label = str_from(field->label),
		.type = AUTHOR_TEXT,
		.list = (field->flags & FIELD_LIST) != 0,
		.most = field->limit};
	if (memchr(field->path.ptr, '[', field->path.len) != NULL) {
		return false;
	}
	switch (field->type) {
	case FIELD_BOOL:
		fact->type = AUTHOR_BOOL;
		return true;
	case FIELD_INT:
		fact->type = AUTHOR_INT;
		return true;
	case FIELD_DATE:
	case FIELD_BIRTH:
		fact->type = AUTHOR_DATE;
		return true;
	case FIELD_TIME:
		fact->type = AUTHOR_TIME;
		return true;
	case FIELD_VOCAB:
		codes_of(arena, field->vocab, fact);
		return true;
	case FIELD_AUTHORITY:
		codes_of_authorities(arena, fact);
		return true;
	case FIELD_TEXT:
		usual_words(fact);
		return true;
	case FIELD_CODE:
		return true;
	case FIELD_SCOPE:
	case FIELD_NEEDS:
	case FIELD_MAP:
	case FIELD_MAPS:
		break;
	}
	return false;
}

static struct author_fact derived_fact(struct arena *arena, const struct facts_derived *derived)
{
	struct author_fact fact = {
		.path = str_from(derived->fact), .label = str_from(derived->label)};
	switch (derived->kind) {
	case FACTS_AGE:
		fact.type = AUTHOR_INT;
		fact.most = AGE_MOST;
		break;
	case FACTS_NEED_COUNT:
		fact.type = AUTHOR_INT;
		fact.most = NEED_COUNT;
		fact.counts = STR("needs");
		break;
	case FACTS_SENTENCED:
		fact.type = AUTHOR_BOOL;
		break;
	case FACTS_DAYS_TO_RELEASE:
		fact.type = AUTHOR_INT;
		fact.least = -SENTENCE_DAYS_MOST;
		fact.most = SENTENCE_DAYS_MOST;
		break;
	case FACTS_NEEDS:
		fact.type = AUTHOR_TEXT;
		fact.list = true;
		codes_of(arena, VOCAB_NEED, &fact);
		break;
	}
	return fact;
}

enum err review_schema(struct arena *arena, struct author_schema *ret_schema)
{
	size_t fields;
	size_t derived;
	const struct field *table = field_table(&fields);
	const struct facts_derived *others = facts_derived(&derived);
	struct author_fact *facts = arena_array(arena, fields + derived, sizeof(*facts));
	struct author_schema schema = {.facts = facts};
	for (size_t i = 0; facts != NULL && i < derived; i++) {
		facts[schema.count++] = derived_fact(arena, &others[i]);
	}
	for (size_t i = 0; facts != NULL && i < fields; i++) {
		schema.count += fact_of(arena, &table[i], &facts[schema.count]);
	}
	if (facts == NULL) {
		return ERR_NOMEM;
	}
	qsort(facts, schema.count, sizeof(*facts), fact_order);
	*ret_schema = schema;
	return author_schema_init(ret_schema, arena);
}
