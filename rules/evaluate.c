/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/clause.h"

static const char NO_FACT[] = "no such fact";

static struct cel_value from_fact(struct arena *scratch, const struct rules_fact *fact);

static struct cel_value from_list(struct arena *scratch, const struct rules_fact *fact)
{
	struct cel_value *items = arena_array(scratch, fact->list.count + 1, sizeof(*items));
	if (items == NULL) {
		return cel_error("out of memory");
	}
	for (size_t i = 0; i < fact->list.count; i++) {
		const struct rules_fact *item = &fact->list.items[i];
		items[i] = item->kind == RULES_FACT_LIST ? cel_error("a list of facts holds a list")
							 : from_fact(scratch, item);
		if (items[i].kind >= CEL_ERROR) {
			return items[i];
		}
	}
	return cel_list(items, fact->list.count);
}

static struct cel_value from_timestamp(int64_t us)
{
	const int64_t second = TIMESTAMP_SECOND;
	const int64_t rest = (us % second + second) % second;
	const int64_t seconds = us / second - (us % second < 0 ? 1 : 0);
	if (seconds < CEL_TIMESTAMP_MIN || seconds > CEL_TIMESTAMP_MAX) {
		return cel_error("the time is out of range");
	}
	return cel_timestamp(seconds, (int32_t)(rest * 1000));
}

static struct cel_value from_fact(struct arena *scratch, const struct rules_fact *fact)
{
	int64_t nanos;
	switch (fact->kind) {
	case RULES_FACT_UNKNOWN:
		return cel_unknown();
	case RULES_FACT_NULL:
		return cel_null();
	case RULES_FACT_BOOL:
		return cel_bool(fact->boolean);
	case RULES_FACT_INT:
		return cel_int(fact->integer);
	case RULES_FACT_DOUBLE:
		return cel_double(fact->number);
	case RULES_FACT_STRING:
		return cel_string(fact->string);
	case RULES_FACT_TIMESTAMP:
		return from_timestamp(fact->integer);
	case RULES_FACT_DURATION:
		return __builtin_mul_overflow(fact->integer, INT64_C(1000), &nanos)
			       ? cel_error("the duration is out of range")
			       : cel_duration(nanos);
	case RULES_FACT_LIST:
		return from_list(scratch, fact);
	case RULES_FACT_ABSENT:
		break;
	}
	return cel_error(NO_FACT);
}

static struct cel_value ask(const struct rules_evaluation *evaluation, const struct cel_name *name)
{
	const struct rules_facts *facts = evaluation->facts;
	const struct rules_fact fact = facts->get(facts->context, name->trail.path);
	const struct cel_value value = from_fact(evaluation->scratch, &fact);
	if (value.kind != CEL_ERROR || value.text != NO_FACT) {
		return value;
	}
	const struct str words =
		arena_printf(evaluation->scratch, "%s: %.*s", NO_FACT, STR_ARG(name->trail.path));
	return cel_error(words.ptr == NULL ? NO_FACT : words.ptr);
}

static struct cel_value get_fact(void *context, const struct cel_name *name)
{
	const struct rules_evaluation *evaluation = context;
	if (evaluation->facts->kept == NULL || name->slot == CEL_SLOT_NONE) {
		return ask(evaluation, name);
	}
	struct rules_kept *kept = &evaluation->facts->kept[name->slot];
	if (!kept->asked) {
		*kept = (struct rules_kept){.value = ask(evaluation, name), .asked = true};
	}
	return kept->value;
}

static struct cel_value run(struct rules_evaluation *evaluation, const struct cel_program *program)
{
	const struct cel_facts facts = {
		.values = evaluation->facts->values, .get = get_fact, .context = evaluation};
	return cel_evaluate(program, &facts, evaluation->scratch);
}

struct cel_value rules_evaluation_node(
	struct rules_evaluation *evaluation, const struct cel_node *node)
{
	struct cel_program *program;
	struct cel_fault fault;
	if (cel_compile(evaluation->scratch, evaluation->clause->tree, node, &program, &fault) !=
		ERR_OK) {
		evaluation->failed = true;
		return cel_error(NO_FACT);
	}
	return run(evaluation, program);
}

struct cel_value rules_evaluation_fact(struct rules_evaluation *evaluation, uint32_t number)
{
	const struct cel_name *name = &evaluation->clause->tree->names[number];
	if (evaluation->facts->values != NULL && name->slot != CEL_SLOT_NONE) {
		return evaluation->facts->values[name->slot];
	}
	return get_fact(evaluation, name);
}

static struct rules_result failed(const char *why)
{
	return (struct rules_result){.answer = RULES_ERROR, .error = str_from(why)};
}

/* What went wrong and where: "division by zero at column 14", "no such fact: person.ag". */
static struct rules_result describe(
	const struct rules_evaluation *evaluation, struct cel_value error)
{
	struct str text = str_from(error.text);
	if (!str_has_prefix(text, str_from(NO_FACT))) {
		unsigned line;
		unsigned column;
		cel_source_position(evaluation->clause->source, error.extra, &line, &column);
		text = line == 1 ? arena_printf(evaluation->scratch, "%s at column %u", error.text,
					   column)
				 : arena_printf(evaluation->scratch, "%s at line %u, column %u",
					   error.text, line, column);
	}
	return (struct rules_result){.answer = RULES_ERROR,
		.error = text.ptr == NULL ? str_from("out of memory") : text};
}

struct rules_result rules_evaluate(
	const struct rules_clause *clause, const struct rules_facts *facts, struct arena *scratch)
{
	struct rules_evaluation evaluation = {.clause = clause, .facts = facts, .scratch = scratch};
	const struct cel_value value = run(&evaluation, clause->program);
	if (value.kind == CEL_BOOL) {
		return (struct rules_result){.answer = value.boolean ? RULES_YES : RULES_NO};
	}
	if (value.kind == CEL_ERROR) {
		return describe(&evaluation, value);
	}
	if (value.kind != CEL_UNKNOWN) {
		return failed("the outcome is not yes or no");
	}
	struct rules_result result = {.answer = RULES_UNKNOWN};
	result.missing_count = cel_unknown_trails(clause->tree, value, scratch, &result.missing);
	return result.missing_count > 0 ? result : failed("out of memory");
}
