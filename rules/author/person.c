/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/person.h"
#include "broker/base/timestamp.h"
#include "rules/index/complete.h"

#include <stdio.h>
#include <stdlib.h>

bool author_person_init(
	struct author_person *person, const struct author_schema *schema, struct arena *arena)
{
	*person = (struct author_person){.schema = schema,
		.facts = arena_array(arena, schema->count + 1, sizeof(struct rules_fact))};
	return person->facts != NULL;
}

static struct rules_fact get(void *context, struct str path)
{
	const struct author_person *person = context;
	const struct author_fact *fact = author_fact_find(person->schema, path);
	return fact == NULL ? (struct rules_fact){.kind = RULES_FACT_ABSENT}
			    : person->facts[fact - person->schema->facts];
}

static struct str label(void *context, struct str path)
{
	const struct author_person *person = context;
	const struct author_fact *fact = author_fact_find(person->schema, path);
	return fact == NULL ? (struct str){0} : fact->label;
}

struct rules_facts author_person_facts(struct author_person *person)
{
	return (struct rules_facts){.context = person, .get = get, .label = label};
}

static struct str trim(struct str text)
{
	while (text.len > 0 && text.ptr[0] == ' ') {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && text.ptr[text.len - 1] == ' ') {
		text.len--;
	}
	return text;
}

static bool read_int(
	const struct author_fact *fact, struct str text, struct rules_fact *ret_fact, char *message)
{
	char digits[24];
	char *end = NULL;
	str_copy(digits, sizeof(digits), text);
	const long long number = strtoll(digits, &end, 10);
	if (text.len == 0 || text.len >= sizeof(digits) || *end != '\0' || number < fact->least ||
		number > fact->most) {
		(void)snprintf(message, 200, "must be a whole number from %lld to %lld",
			(long long)fact->least, (long long)fact->most);
		return false;
	}
	*ret_fact = (struct rules_fact){.kind = RULES_FACT_INT, .integer = number};
	return true;
}

static bool read_text(
	const struct author_fact *fact, struct str text, struct rules_fact *ret_fact, char *message)
{
	date_days date;
	timestamp_us time;
	if (fact->type == AUTHOR_DATE && date_parse(text, &date) != ERR_OK) {
		(void)snprintf(message, 200, "must be a date such as 2019-06-12");
		return false;
	}
	if (fact->type == AUTHOR_TIME && timestamp_parse(text, &time) != ERR_OK) {
		(void)snprintf(
			message, 200, "must be a time with its zone: 2019-06-12T21:40:00+01:00");
		return false;
	}
	if (!author_code_known(fact, text)) {
		const struct str near = author_code_nearest(fact, text);
		(void)snprintf(message, 200, "no value of that vocabulary: \"%.*s\"%s%.*s%s",
			(int)(text.len > 60 ? 60 : text.len), text.ptr,
			near.len == 0 ? "" : "; did you mean \"", STR_ARG(near),
			near.len == 0 ? "" : "\"?");
		return false;
	}
	*ret_fact = (struct rules_fact){.kind = RULES_FACT_STRING, .string = text};
	return true;
}

static bool read_one(
	const struct author_fact *fact, struct str text, struct rules_fact *ret_fact, char *message)
{
	switch (fact->type) {
	case AUTHOR_BOOL:
		if (!str_is(text, "true") && !str_is(text, "false")) {
			(void)snprintf(message, 200, "must be true or false");
			return false;
		}
		*ret_fact = (struct rules_fact){
			.kind = RULES_FACT_BOOL, .boolean = str_is(text, "true")};
		return true;
	case AUTHOR_INT:
		return read_int(fact, text, ret_fact, message);
	case AUTHOR_TEXT:
	case AUTHOR_DATE:
	case AUTHOR_TIME:
		break;
	}
	return read_text(fact, text, ret_fact, message);
}

static bool read_list(const struct author_fact *fact, struct str text, struct arena *arena,
	struct rules_fact *ret_fact, char *message)
{
	if (text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
		text = trim((struct str){text.ptr + 1, text.len - 2});
	}
	size_t most = 1;
	for (size_t i = 0; i < text.len; i++) {
		most += text.ptr[i] == ';' || text.ptr[i] == ',';
	}
	struct rules_fact *items = arena_array(arena, most, sizeof(*items));
	size_t count = 0;
	while (items != NULL && text.len > 0) {
		size_t end = 0;
		while (end < text.len && text.ptr[end] != ';' && text.ptr[end] != ',') {
			end++;
		}
		if (!read_one(fact, trim((struct str){text.ptr, end}), &items[count], message)) {
			return false;
		}
		count++;
		end += end < text.len;
		text = (struct str){text.ptr + end, text.len - end};
	}
	*ret_fact = (struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}};
	return true;
}

bool author_fact_read(const struct author_fact *fact, struct str text, struct arena *arena,
	struct rules_fact *ret_fact, char message[200])
{
	text = trim(text);
	if (text.len == 0 || str_is(text, "unknown")) {
		*ret_fact = (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
		return true;
	}
	if (str_is(text, "null")) {
		*ret_fact = (struct rules_fact){.kind = RULES_FACT_NULL};
		return true;
	}
	return fact->list ? read_list(fact, text, arena, ret_fact, message)
			  : read_one(fact, text, ret_fact, message);
}

struct str author_fact_text(const struct rules_fact *fact, struct arena *arena)
{
	switch (fact->kind) {
	case RULES_FACT_NULL:
		return STR("null");
	case RULES_FACT_BOOL:
		return fact->boolean ? STR("true") : STR("false");
	case RULES_FACT_INT:
		return arena_printf(arena, "%lld", (long long)fact->integer);
	case RULES_FACT_DOUBLE:
		return arena_printf(arena, "%g", fact->number);
	case RULES_FACT_STRING:
		return fact->string;
	case RULES_FACT_LIST: {
		struct str text = STR("[");
		for (size_t i = 0; i < fact->list.count; i++) {
			const struct str item = author_fact_text(&fact->list.items[i], arena);
			text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : "; ",
				STR_ARG(item));
		}
		return arena_printf(arena, "%.*s]", STR_ARG(text));
	}
	case RULES_FACT_UNKNOWN:
	case RULES_FACT_ABSENT:
	case RULES_FACT_TIMESTAMP:
	case RULES_FACT_DURATION:
		break;
	}
	return STR("unknown");
}

static const char *const verdict_names[] = {"eligible", "ineligible", "undetermined", "error"};

const char *author_verdict_name(enum author_verdict verdict)
{
	return verdict_names[verdict];
}

int author_verdict_find(struct str name)
{
	for (int i = 0; i < 4; i++) {
		if (str_is(name, verdict_names[i])) {
			return i;
		}
	}
	return -1;
}

/* What an unknown fact may turn out to be: anything of its type. */
static bool range_of(void *context, struct str path, struct index_range *ret_range)
{
	const struct author_person *person = context;
	const struct author_fact *fact = author_fact_find(person->schema, path);
	if (fact == NULL || fact->list) {
		return false;
	}
	switch (fact->type) {
	case AUTHOR_BOOL:
		*ret_range = (struct index_range){.kinds = 1U << RULES_FACT_BOOL};
		return true;
	case AUTHOR_INT:
		*ret_range = (struct index_range){
			.kinds = 1U << RULES_FACT_INT, .least = fact->least, .most = fact->most};
		return true;
	case AUTHOR_TEXT:
	case AUTHOR_DATE:
	case AUTHOR_TIME:
		break;
	}
	*ret_range = (struct index_range){.kinds = 1U << RULES_FACT_STRING,
		.codes = fact->codes,
		.code_count = fact->code_count};
	return true;
}

/* As the broker does: what never changes the outcome need not be asked. */
static void complete(const struct author_clause *clause, struct author_person *person,
	const struct rules_facts *facts, struct arena *arena, struct rules_result *result)
{
	const struct rules_clause *const one[] = {clause->compiled};
	const struct index_candidate candidate = {.clauses = one, .clause_count = 1};
	const struct index_ranges ranges = {person, range_of};
	struct index_completion completion;
	if (index_complete(&candidate, facts, &ranges, arena, &completion) != ERR_OK) {
		return; /* CEL's own set is enough, if more than is needed */
	}
	result->answer = completion.answer;
	if (completion.answer == RULES_ERROR) {
		result->error = STR("whatever is still unknown, it cannot be evaluated");
	}
	result->missing = completion.answer == RULES_UNKNOWN ? completion.missing : NULL;
	result->missing_count = completion.answer == RULES_UNKNOWN ? completion.missing_count : 0;
}

static struct rules_result judge_clause(const struct author_clause *clause,
	struct author_person *person, const struct rules_facts *facts, struct arena *arena)
{
	if (clause->compiled == NULL) {
		return (struct rules_result){
			.answer = RULES_ERROR, .error = STR("it does not compile")};
	}
	struct rules_result result = rules_evaluate(clause->compiled, facts, arena);
	if (result.answer == RULES_UNKNOWN && index_clause_repeats(clause->compiled)) {
		complete(clause, person, facts, arena, &result);
	}
	if (clause->ask && result.answer == RULES_NO) {
		result.answer = RULES_UNKNOWN; /* a person asks the service */
	}
	return result;
}

struct author_judgement author_judge(
	const struct author_service *service, struct author_person *person, struct arena *arena)
{
	const struct rules_facts facts = author_person_facts(person);
	struct rules_result *results =
		arena_array(arena, service->clause_count + 1, sizeof(*results));
	struct author_judgement judgement = {AUTHOR_FAILED, results};
	unsigned seen[4] = {0};
	for (size_t i = 0; results != NULL && i < service->clause_count; i++) {
		results[i] = judge_clause(&service->clauses[i], person, &facts, arena);
		seen[results[i].answer] += service->clauses[i].cohort ? 0 : 1;
	}
	if (results != NULL) {
		judgement.verdict = seen[RULES_NO] > 0        ? AUTHOR_INELIGIBLE
				    : seen[RULES_ERROR] > 0   ? AUTHOR_FAILED
				    : seen[RULES_UNKNOWN] > 0 ? AUTHOR_UNDETERMINED
							      : AUTHOR_ELIGIBLE;
	}
	return judgement;
}
