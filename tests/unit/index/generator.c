/* SPDX-License-Identifier: Apache-2.0 */
#include "generator.h"

#include <math.h>

static const char *const PATHS[GENERATOR_FACTS] = {"p.age", "p.days", "p.rate", "p.code", "p.name",
	"p.yes", "p.no", "p.tags", "p.numbers", "area", "needs", "p.other"};
static const char *const TEXTS[] = {
	"a", "ab", "abc", "b", "ba", "c", "", "z", "camden", "\xC3\xA9"};
static const char *const NUMBERS[] = {
	"0", "1", "2", "16", "17", "18", "-1", "25", "9223372036854775807", "-9223372036854775808"};
static const int64_t INTEGERS[] = {0, 1, 2, 16, 17, 18, -1, 25, INT64_MAX, INT64_MIN};
static const char *const DOUBLES[] = {"0.5", "-0.0", "17.0", "17.5", "1e300", "9007199254740993.0"};

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof((array)[0])))

uint64_t generator_next(struct generator *generator)
{
	uint64_t z = generator->state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

unsigned generator_below(struct generator *generator, unsigned below)
{
	return (unsigned)(generator_next(generator) % below);
}

static const char *pick(struct generator *generator, const char *const *from, unsigned count)
{
	return from[generator_below(generator, count)];
}

static const char *text(struct generator *generator)
{
	if (generator->codes > 0) {
		return arena_printf(
			generator->arena, "c%u", generator_below(generator, generator->codes))
			.ptr;
	}
	return pick(generator, TEXTS, COUNT(TEXTS));
}

static const char *number(struct generator *generator)
{
	return generator_below(generator, 4) == 0 ? pick(generator, DOUBLES, COUNT(DOUBLES))
						  : pick(generator, NUMBERS, COUNT(NUMBERS));
}

static struct str any_literal(struct generator *generator)
{
	switch (generator_below(generator, 6)) {
	case 0:
		return STR("null");
	case 1:
		return generator_below(generator, 2) == 0 ? STR("true") : STR("false");
	case 2:
	case 3:
		return str_from(number(generator));
	default:
		return arena_printf(generator->arena, "'%s'", text(generator));
	}
}

static struct str literals(struct generator *generator)
{
	struct str list = STR("");
	const unsigned count = generator_below(generator, 4);
	for (unsigned i = 0; i < count; i++) {
		const struct str item = any_literal(generator);
		list = arena_printf(generator->arena, "%.*s%s%.*s", STR_ARG(list),
			i == 0 ? "" : ", ", STR_ARG(item));
	}
	return list;
}

static const char *operator(struct generator *generator)
{
	static const char *const OPERATORS[] = {"<", "<=", ">", ">=", "==", "!="};
	return pick(generator, OPERATORS, COUNT(OPERATORS));
}

/* A condition about one thing by its name: what an item of a list is asked too. */
static struct str simple(struct generator *generator, const char *name)
{
	struct arena *arena = generator->arena;
	struct str literal;
	switch (generator_below(generator, 8)) {
	case 0:
		literal = literals(generator);
		return arena_printf(arena, "%s in [%.*s]", name, STR_ARG(literal));
	case 1:
		return arena_printf(arena, "%s.startsWith('%s')", name, text(generator));
	case 2:
		return arena_printf(
			arena, "'%s' %s %s", text(generator), operator(generator), name);
	case 3:
	case 4:
		return arena_printf(
			arena, "%s %s %s", name, operator(generator), number(generator));
	case 5:
		return arena_printf(
			arena, "%s %s '%s'", name, operator(generator), text(generator));
	default:
		literal = any_literal(generator);
		return arena_printf(
			arena, "%s %s %.*s", name, operator(generator), STR_ARG(literal));
	}
}

static struct str about_list(struct generator *generator)
{
	static const char *const FOLDS[] = {"exists", "all", "exists_one"};
	struct arena *arena = generator->arena;
	const char *list = generator_below(generator, 3) == 0 ? "p.numbers" : "p.tags";
	struct str inner;
	switch (generator_below(generator, 6)) {
	case 0:
		return arena_printf(
			arena, "size(%s) %s %s", list, operator(generator), number(generator));
	case 1:
	case 2:
		inner = any_literal(generator);
		return arena_printf(arena, "%.*s in %s", STR_ARG(inner), list);
	default:
		inner = simple(generator, "v");
		return arena_printf(arena, "%s.%s(v, %.*s)", list,
			pick(generator, FOLDS, COUNT(FOLDS)), STR_ARG(inner));
	}
}

/* What the index leaves to the evaluator. */
static struct str difficult(struct generator *generator)
{
	struct arena *arena = generator->arena;
	switch (generator_below(generator, 7)) {
	case 0:
		return arena_printf(arena, "p.age %s p.days", operator(generator));
	case 1:
		return arena_printf(
			arena, "10 / p.age %s %s", operator(generator), number(generator));
	case 2:
		return arena_printf(
			arena, "p.age + p.days %s %s", operator(generator), number(generator));
	case 3:
		return arena_printf(arena, "p.code.contains('%s')", text(generator));
	case 4:
		return arena_printf(
			arena, "size(p.name) %s %s", operator(generator), number(generator));
	case 5:
		return STR("p.code in p.tags");
	default:
		return STR("p.code + p.name == 'abc'");
	}
}

static struct str leaf(struct generator *generator)
{
	static const char *const WHOLE[] = {"p.yes", "p.no", "true", "false", "has(p.age)",
		"has(p.code)", "p.yes == null", "p.code == null", "p.age", "1 / 0 == 1"};
	static const char *const SCALARS[] = {"p.age", "p.age", "p.days", "p.rate", "p.code",
		"p.code", "p.name", "p.yes", "p.tags"};
	switch (generator_below(generator, 10)) {
	case 0:
		return difficult(generator);
	case 1:
	case 2:
		return about_list(generator);
	case 3:
	case 4:
		return str_from(pick(generator, WHOLE, COUNT(WHOLE)));
	default:
		return simple(generator, pick(generator, SCALARS, COUNT(SCALARS)));
	}
}

struct str generator_clause(struct generator *generator, unsigned depth)
{
	struct arena *arena = generator->arena;
	if (depth == 0 || generator_below(generator, 3) == 0) {
		return leaf(generator);
	}
	const struct str one = generator_clause(generator, depth - 1);
	if (generator_below(generator, 5) == 0) {
		return arena_printf(arena, "!(%.*s)", STR_ARG(one));
	}
	const struct str two = generator_clause(generator, depth - 1);
	switch (generator_below(generator, 7)) {
	case 0:
	case 1:
	case 2:
		return arena_printf(arena, "(%.*s) && (%.*s)", STR_ARG(one), STR_ARG(two));
	case 3:
	case 4:
	case 5:
		return arena_printf(arena, "(%.*s) || (%.*s)", STR_ARG(one), STR_ARG(two));
	default:
		break;
	}
	const struct str three = generator_clause(generator, depth - 1);
	return arena_printf(
		arena, "(%.*s) ? (%.*s) : (%.*s)", STR_ARG(one), STR_ARG(two), STR_ARG(three));
}

const struct cel_env *generator_env(struct arena *arena)
{
	static const struct cel_type *const TYPES[GENERATOR_FACTS] = {&cel_type_int, &cel_type_int,
		&cel_type_double, &cel_type_string, &cel_type_string, &cel_type_bool,
		&cel_type_bool, &cel_type_list_string, &cel_type_list_int, &cel_type_string,
		&cel_type_list_string, &cel_type_dyn};
	struct cel_declaration *declarations =
		arena_array(arena, GENERATOR_FACTS, sizeof(*declarations));
	struct cel_env *env = arena_alloc(arena, sizeof(*env));
	for (size_t i = 0; declarations != NULL && i < GENERATOR_FACTS; i++) {
		declarations[i] = (struct cel_declaration){str_from(PATHS[i]), TYPES[i]};
	}
	if (env == NULL || declarations == NULL ||
		cel_env_init(env, arena, (struct str){0}, declarations, GENERATOR_FACTS) !=
			ERR_OK) {
		return NULL;
	}
	env->open = true;
	return env;
}

struct index_set generator_set(struct generator *generator)
{
	const unsigned count = generator_below(generator, 5);
	struct str *codes = arena_array(generator->arena, count + 1, sizeof(*codes));
	for (unsigned i = 0; i < count; i++) {
		codes[i] = str_from(text(generator));
	}
	return (struct index_set){
		.fact = generator_below(generator, 2) == 0 ? STR("area") : STR("needs"),
		.codes = codes,
		.code_count = count,
		.stated = generator_below(generator, 8) != 0,
	};
}

static struct rules_fact some_integer(struct generator *generator)
{
	int64_t integer = INTEGERS[generator_below(generator, COUNT(INTEGERS))];
	if (integer > INT64_MIN + 1 && integer < INT64_MAX - 1) {
		integer += (int64_t)generator_below(generator, 3) - 1;
	}
	return (struct rules_fact){.kind = RULES_FACT_INT, .integer = integer};
}

static struct rules_fact some_text(struct generator *generator)
{
	struct str value = str_from(text(generator));
	const unsigned edge = generator_below(generator, 12);
	if (edge == 0) {
		value = arena_printf(generator->arena, "%.*sx", STR_ARG(value));
	} else if (edge == 1) {
		value = arena_printf(generator->arena, "%.*s%0*d", STR_ARG(value), 90, 7);
	} else if (edge == 2) {
		value = STR("a\0b");
	}
	return (struct rules_fact){.kind = RULES_FACT_STRING, .string = value};
}

static struct rules_fact some_number(struct generator *generator)
{
	static const double VALUES[] = {0.5, -0.0, 0.0, 17.0, 17.5, 16.999, 1e300, -INFINITY, NAN,
		9007199254740992.0, 9007199254740994.0, 9223372036854775808.0};
	return (struct rules_fact){.kind = RULES_FACT_DOUBLE,
		.number = VALUES[generator_below(generator, COUNT(VALUES))]};
}

static struct rules_fact some_value(struct generator *generator, unsigned depth);

static struct rules_fact some_list(struct generator *generator, bool texts, unsigned depth)
{
	const unsigned count =
		generator_below(generator, 40) == 0 ? 70 : generator_below(generator, 5);
	struct rules_fact *items = arena_array(generator->arena, count + 1, sizeof(*items));
	for (unsigned i = 0; i < count; i++) {
		if (generator_below(generator, 24) == 0) {
			items[i] = some_value(generator, depth);
		} else {
			items[i] = texts ? some_text(generator) : some_integer(generator);
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}};
}

/* Of any kind. */
static struct rules_fact some_value(struct generator *generator, unsigned depth)
{
	switch (generator_below(generator, depth == 0 ? 9 : 10)) {
	case 0:
		return (struct rules_fact){.kind = RULES_FACT_NULL};
	case 1:
		return (struct rules_fact){.kind = RULES_FACT_ABSENT};
	case 2:
		return (struct rules_fact){
			.kind = RULES_FACT_BOOL, .boolean = generator_below(generator, 2) == 0};
	case 3:
		return some_integer(generator);
	case 4:
		return some_number(generator);
	case 5:
		return some_text(generator);
	case 6:
		return (struct rules_fact){.kind = RULES_FACT_TIMESTAMP, .integer = 1};
	case 7:
		return (struct rules_fact){.kind = RULES_FACT_DURATION, .integer = 1};
	case 8:
		return (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
	default:
		return some_list(generator, generator_below(generator, 2) == 0, depth - 1);
	}
}

static struct rules_fact usual_value(struct generator *generator, size_t number)
{
	switch (number) {
	case 0:
	case 1:
		return some_integer(generator);
	case 2:
		return some_number(generator);
	case 3:
	case 4:
	case 9:
		return some_text(generator);
	case 5:
	case 6:
		return (struct rules_fact){
			.kind = RULES_FACT_BOOL, .boolean = generator_below(generator, 2) == 0};
	case 7:
	case 10:
		return some_list(generator, true, 1);
	case 8:
		return some_list(generator, false, 1);
	default:
		return some_value(generator, 1);
	}
}

void generator_person(struct generator *generator, struct generator_person *ret_person)
{
	for (size_t i = 0; i < GENERATOR_FACTS; i++) {
		const unsigned chance = generator_below(generator, 16);
		ret_person->facts[i] = (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
		if (chance == 4) {
			ret_person->facts[i] = some_value(generator, 1);
		} else if (chance > 4) {
			ret_person->facts[i] = usual_value(generator, i);
		}
	}
}

static struct rules_fact person_get(void *context, struct str path)
{
	const struct generator_person *person = context;
	for (size_t i = 0; i < GENERATOR_FACTS; i++) {
		if (str_is(path, PATHS[i])) {
			return person->facts[i];
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_ABSENT};
}

struct rules_facts generator_facts(struct generator_person *person)
{
	return (struct rules_facts){.context = person, .get = person_get};
}
