/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/facts.h"

#include <stdio.h>

static const struct facts_derived derived[] = {
	{FACTS_AGE, "person.age", "person.date_of_birth", "age"},
	{FACTS_NEED_COUNT, "need_count", "needs", "number of needs"},
	{FACTS_SENTENCED, "justice.sentenced", "justice.sentence", "sentenced"},
	{FACTS_NEEDS, "needs", "needs", "needs"},
	{FACTS_DAYS_TO_RELEASE, "justice.days_to_release", "justice.release_dates",
		"days to release"},
};

const struct facts_derived *facts_derived(size_t *ret_count)
{
	*ret_count = sizeof(derived) / sizeof(derived[0]);
	return derived;
}

static const struct facts_derived *derived_find(struct str path)
{
	for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
		if (str_is(path, derived[i].fact)) {
			return &derived[i];
		}
	}
	return NULL;
}

static struct rules_fact fact_bool(bool boolean)
{
	return (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = boolean};
}

static struct rules_fact fact_int(int64_t integer)
{
	return (struct rules_fact){.kind = RULES_FACT_INT, .integer = integer};
}

static struct rules_fact fact_string(struct str string)
{
	return (struct rules_fact){.kind = RULES_FACT_STRING, .string = string};
}

static const struct rules_fact unknown = {.kind = RULES_FACT_UNKNOWN};

/* Community orders, licences and recalls exist only after a sentence; so does a sentence or its
 * length. */
static struct rules_fact sentenced(const struct referral *referral)
{
	static const char *const after[] = {"community-order", "suspended-sentence",
		"suspended-sentence-order", "custody", "custodial-sentence", "imprisonment",
		"licence", "post-sentence-supervision"};
	static const char *const without[] = {"conditional-caution", "youth-conditional-caution",
		"simple-caution", "community-resolution", "no-further-action", "bail", "remand",
		"acquitted"};
	const struct value *disposal = value_at(referral->document, "justice.disposal");
	const struct value *sentence = value_at(referral->document, "justice.sentence");
	const struct value *days = value_at(referral->document, "justice.sentence_days");
	if (referral->pathway == PATHWAY_COMMUNITY ||
		referral->pathway == PATHWAY_RECALL_PREVENTION) {
		return fact_bool(true);
	}
	if ((days != NULL && days->kind == VALUE_INT && days->integer > 0) ||
		(sentence != NULL && !field_not_asked(sentence) &&
			!field_prefers_not_to_say(sentence))) {
		return fact_bool(true);
	}
	for (size_t i = 0; disposal != NULL && i < sizeof(after) / sizeof(after[0]); i++) {
		if (str_is(disposal->string, after[i])) {
			return fact_bool(true);
		}
	}
	for (size_t i = 0; disposal != NULL && i < sizeof(without) / sizeof(without[0]); i++) {
		if (str_is(disposal->string, without[i])) {
			return fact_bool(false);
		}
	}
	return unknown;
}

static struct rules_fact days_to_release(const struct facts *facts)
{
	const date_days release = facts->referral->release;
	return release == REFERRAL_NO_DATE
		       ? unknown
		       : fact_int((int64_t)release - timestamp_london_date(facts->now));
}

static struct rules_fact fact_needs(const struct facts *facts)
{
	struct rules_fact *items =
		arena_array(facts->arena, facts->referral->need_count, sizeof(*items));
	size_t count = 0;
	for (int need = 0; items != NULL && need < NEED_COUNT; need++) {
		if ((facts->referral->needs & 1U << need) != 0) {
			items[count++] = fact_string(str_from(vocab_code(VOCAB_NEED, need)));
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}};
}

/* A list of scalars; maps are not facts of their own, and a clause over them is an error, never an
 * empty list. */
static struct rules_fact fact_list(const struct facts *facts, const struct value *value)
{
	if (value->list.count > 0 && value->list.items[0].kind == VALUE_MAP) {
		return (struct rules_fact){.kind = RULES_FACT_ABSENT};
	}
	struct rules_fact *items = arena_array(facts->arena, value->list.count, sizeof(*items));
	size_t count = 0;
	for (size_t i = 0; items != NULL && i < value->list.count; i++) {
		if (value->list.items[i].kind == VALUE_STRING) {
			items[count++] = fact_string(value->list.items[i].string);
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}};
}

static struct rules_fact fact_value(const struct facts *facts, const struct value *value)
{
	if (value == NULL || field_not_asked(value) || field_prefers_not_to_say(value)) {
		return unknown;
	}
	switch (value->kind) {
	case VALUE_BOOL:
		return fact_bool(value->boolean);
	case VALUE_INT:
		return fact_int(value->integer);
	case VALUE_DOUBLE:
		return (struct rules_fact){.kind = RULES_FACT_DOUBLE, .number = value->number};
	case VALUE_STRING:
		return fact_string(value->string);
	case VALUE_LIST:
		return fact_list(facts, value);
	case VALUE_NULL:
	case VALUE_BYTES:
	case VALUE_MAP:
		break;
	}
	return unknown;
}

static struct rules_fact fact_get(void *context, struct str path)
{
	const struct facts *facts = context;
	if (str_is(path, "person.age")) {
		const int age = referral_age(facts->referral, facts->now);
		return age < 0 ? unknown : fact_int(age);
	}
	if (str_is(path, "justice.days_to_release")) {
		return days_to_release(facts);
	}
	if (str_is(path, "need_count")) {
		return fact_int((int64_t)facts->referral->need_count);
	}
	if (str_is(path, "justice.sentenced")) {
		return sentenced(facts->referral);
	}
	if (str_is(path, "needs")) {
		return fact_needs(facts);
	}
	char text[96];
	if (field_find(path) == NULL || path.len >= sizeof(text)) {
		return (struct rules_fact){.kind = RULES_FACT_ABSENT};
	}
	str_copy(text, sizeof(text), path);
	return fact_value(facts, value_at(facts->referral->document, text));
}

static struct str fact_label(void *context, struct str path)
{
	(void)context;
	const struct facts_derived *found = derived_find(path);
	if (found != NULL) {
		return str_from(found->label);
	}
	const struct field *field = field_find(path);
	return field == NULL ? (struct str){0} : str_from(field->label);
}

/* "from 14 March 2027"; empty for a day that is past. */
static struct str from_day(const struct facts *facts, int64_t day)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};
	int year, month, date;
	if (day <= timestamp_london_date(facts->now) || day > date_from_civil(9999, 12, 31)) {
		return (struct str){0};
	}
	date_to_civil((date_days)day, &year, &month, &date);
	return arena_printf(facts->arena, "from %d %s %d", date, months[month - 1], year);
}

/* The day on which she attains an age; a birthday on 29 February falls on 1 March. */
static int64_t birthday(date_days birth, int64_t age)
{
	int year, month, date;
	date_to_civil(birth, &year, &month, &date);
	const int then = year + (int)age;
	const bool leap = (then % 4 == 0 && then % 100 != 0) || then % 400 == 0;
	return month == 2 && date == 29 && !leap ? date_from_civil(then, 3, 1)
						 : date_from_civil(then, month, date);
}

/* Ages grow and releases come nearer, by themselves; nothing else does. */
static struct str fact_change(
	void *context, struct str path, enum rules_bound bound, int64_t threshold)
{
	const struct facts *facts = context;
	const struct referral *referral = facts->referral;
	struct str words = {0};
	if (str_is(path, "person.age") && bound == RULES_AT_LEAST &&
		referral->birth != REFERRAL_NO_DATE && threshold > 0 && threshold < 200) {
		words = from_day(facts, birthday(referral->birth, threshold));
		return words.len == 0 ? words
				      : arena_printf(facts->arena, "%.*s: age %lld", STR_ARG(words),
						(long long)threshold);
	}
	if (str_is(path, "justice.days_to_release") && bound == RULES_AT_MOST &&
		referral->release != REFERRAL_NO_DATE && threshold >= 0 && threshold < 100000) {
		const bool weeks = threshold % 7 == 0 && threshold > 7;
		const long long count = (long long)(weeks ? threshold / 7 : threshold);
		words = from_day(facts, referral->release - threshold);
		return words.len == 0
			       ? words
			       : arena_printf(facts->arena, "%.*s: within %lld %s%s of release",
					 STR_ARG(words), count, weeks ? "week" : "day",
					 count == 1 ? "" : "s");
	}
	return words;
}

struct rules_facts facts_of(struct facts *facts)
{
	return (struct rules_facts){
		.context = facts, .get = fact_get, .label = fact_label, .change = fact_change};
}

bool facts_known(struct str fact)
{
	return derived_find(fact) != NULL || field_find(fact) != NULL;
}

struct str facts_nearest(struct str fact)
{
	const struct field *field = field_nearest(fact);
	struct str near = field == NULL ? (struct str){0} : field->path;
	size_t least = near.len == 0 ? 4 : str_distance(fact, near);
	for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
		const struct str name = str_from(derived[i].fact);
		const size_t distance = str_distance(fact, name);
		if (distance <= least) {
			least = distance;
			near = name;
		}
	}
	return near;
}

struct str facts_question(const struct referral *referral, struct str fact)
{
	const struct facts_derived *found = derived_find(fact);
	const struct field *field = field_find(found == NULL ? fact : str_from(found->field));
	if (field == NULL || field->class >= FIELD_CLASS_SPECIAL) {
		return (struct str){0};
	}
	if (field_prefers_not_to_say(value_at(referral->document, field->path.ptr))) {
		return (struct str){0};
	}
	return field->path;
}

static const struct cel_type *derived_type(enum facts_kind kind)
{
	switch (kind) {
	case FACTS_AGE:
	case FACTS_NEED_COUNT:
	case FACTS_DAYS_TO_RELEASE:
		return &cel_type_int;
	case FACTS_SENTENCED:
		return &cel_type_bool;
	case FACTS_NEEDS:
		break;
	}
	return &cel_type_list_string;
}

/* NULL for what is no value of its own: maps, and what stands within lists of them. */
static const struct cel_type *field_type(const struct field *field)
{
	const bool list = (field->flags & FIELD_LIST) != 0;
	if (memchr(field->path.ptr, '[', field->path.len) != NULL) {
		return NULL;
	}
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_CODE:
	case FIELD_VOCAB:
	case FIELD_DATE:
	case FIELD_BIRTH:
	case FIELD_TIME:
	case FIELD_AUTHORITY:
		return list ? &cel_type_list_string : &cel_type_string;
	case FIELD_BOOL:
		return list ? &cel_type_list_dyn : &cel_type_bool;
	case FIELD_INT:
		return list ? &cel_type_list_int : &cel_type_int;
	case FIELD_SCOPE: /* one word, or a list */
	case FIELD_NEEDS:
		return &cel_type_dyn;
	case FIELD_MAP:
	case FIELD_MAPS:
		break;
	}
	return NULL;
}

enum err facts_declare(struct arena *arena, struct cel_env *ret_env)
{
	const size_t derived_count = sizeof(derived) / sizeof(derived[0]);
	size_t field_count;
	const struct field *fields = field_table(&field_count);
	struct cel_declaration *declarations =
		arena_array(arena, derived_count + field_count, sizeof(*declarations));
	size_t count = 0;
	if (declarations == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < derived_count; i++) {
		declarations[count++] = (struct cel_declaration){
			str_from(derived[i].fact), derived_type(derived[i].kind)};
	}
	for (size_t i = 0; i < field_count; i++) {
		const struct cel_type *type = field_type(&fields[i]);
		if (type != NULL && derived_find(fields[i].path) == NULL) {
			declarations[count++] = (struct cel_declaration){fields[i].path, type};
		}
	}
	const enum err err = cel_env_init(ret_env, arena, (struct str){0}, declarations, count);
	ret_env->open = true;
	return err;
}
