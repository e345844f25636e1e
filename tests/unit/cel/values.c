/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/fixture.h"

static const struct cel_trail CHILD_AGE = {{"person.children[0].age", 22}};

/* A woman of whom the age of one child is not known. */
static struct cel_value children(struct arena *arena)
{
	struct cel_entry *first = arena_array(arena, 2, sizeof(*first));
	struct cel_entry *second = arena_array(arena, 1, sizeof(*second));
	struct cel_value *both = arena_array(arena, 2, sizeof(*both));
	first[0] = (struct cel_entry){cel_string(STR("age")), cel_unknown_at(arena, &CHILD_AGE)};
	first[1] = (struct cel_entry){cel_string(STR("name")), cel_string(STR("Ada"))};
	second[0] = (struct cel_entry){cel_string(STR("age")), cel_int(7)};
	both[0] = cel_map(first, 2);
	both[1] = cel_map(second, 1);
	return cel_list(both, 2);
}

static struct arena arena;

static void expect(const char *source, const char *wanted)
{
	static const struct cel_value NUMBERS[] = {
		{.kind = CEL_INT, .integer = 1}, {.kind = CEL_INT, .integer = 2}};
	static struct cel_value holed[2];
	holed[0] = cel_int(1);
	holed[1] = cel_unknown_at(&arena, &CHILD_AGE);
	const struct fixture_name names[] = {
		{"t", "bool", cel_bool(true)},
		{"f", "bool", cel_bool(false)},
		{"u", "bool", cel_unknown()},
		{"v", "bool", cel_unknown()},
		{"e", "bool", cel_error("it broke")},
		{"age", "int", cel_int(30)},
		{"n", "int", cel_unknown()},
		{"numbers", "list(int)", cel_list(NUMBERS, 2)},
		{"holed", "list(int)", cel_list(holed, 2)},
		{"person.children", "list(map(string, dyn))", children(&arena)},
	};
	fixture_expect(source, names, sizeof(names) / sizeof(names[0]), wanted);
}

static void expect_all(const char *const (*pairs)[2], size_t count)
{
	arena_init(&arena, 0);
	for (size_t i = 0; i < count; i++) {
		expect(pairs[i][0], pairs[i][1]);
	}
	arena_finish(&arena);
}

Test(values, logic_lets_a_deciding_bool_win_then_unknown_then_error)
{
	static const char *const PAIRS[][2] = {
		{"f && u", "false"},
		{"u && f", "false"},
		{"e && f", "false"},
		{"f && e && u", "false"},
		{"u && e", "unknown: u"},
		{"e && u", "unknown: u"},
		{"e && t", "error: it broke"},
		{"u && v && t", "unknown: u, v"},
		{"t || u || e", "true"},
		{"e || u || t", "true"},
		{"f || e || v || u", "unknown: u, v"},
		{"f || e", "error: it broke"},
		{"!(u && t)", "unknown: u"},
		{"!u || e", "unknown: u"},
		{"(u || e) && f", "false"},
		{"(u ? 1 : 2) == (e ? 1 : 2)", "error: it broke"},
		{"(u ? t : t)", "unknown: u"},
		{"t ? f : e", "false"},
		{"age >= 18 && age < 65 && !u", "unknown: u"},
		{"n > 3 || n <= 3", "unknown: n"},
		{"n + 1 == 1 / (age - 30)", "error: division by zero"},
	};
	expect_all(PAIRS, sizeof(PAIRS) / sizeof(PAIRS[0]));
}

Test(values, an_unknown_part_is_named_by_its_whole_path)
{
	static const char *const PAIRS[][2] = {
		{"person.children[0].age < 5", "unknown: person.children[0].age"},
		{"person.children[1].age < 5", "false"},
		{"person.children[0].name == 'Ada'", "true"},
		{"person.children.exists(c, c.age == 7)", "true"},
		{"person.children.all(c, c.age == 7)", "unknown: person.children[0].age"},
		{"person.children.all(c, c.age == 8)", "false"},
		{"person.children == []", "unknown: person.children[0].age"},
		{"size(person.children) == 2", "unknown: person.children[0].age"},
		{"has(person.children[0].age)", "unknown: person.children[0].age"},
		{"has(person.children[1].name)", "false"},
		{"1 in holed", "true"},
		{"3 in holed", "unknown: person.children[0].age"},
		{"holed[0] == 1 && u", "unknown: u"},
		{"holed[1] == 1 || u", "unknown: person.children[0].age, u"},
		{"holed.map(x, x + 1) == [2]", "unknown: person.children[0].age"},
		{"{'a': holed}.?a == optional.of([1, 2])", "unknown: person.children[0].age"},
		{"{'a': 1, 'b': holed}.?b.orValue([])[0]", "1"},
		{"holed.exists_one(x, x == 1)", "unknown: person.children[0].age"},
	};
	expect_all(PAIRS, sizeof(PAIRS) / sizeof(PAIRS[0]));
}

Test(values, macros_binds_and_optionals_give_what_they_say)
{
	static const char *const PAIRS[][2] = {
		{"numbers.map(x, numbers.map(y, x * y))", "[[1, 2], [2, 4]]"},
		{"numbers.filter(x, x > 1)", "[2]"},
		{"numbers.map(x, x > 1, x * 10)", "[20]"},
		{"numbers.transformMap(i, x, i + x)", "{0: 1, 1: 3}"},
		{"numbers.transformMapEntry(i, x, {string(x): i})", "{\"1\": 0, \"2\": 1}"},
		{"numbers.transformMapEntry(i, x, {'a': i})", "error: a map has one key twice"},
		{"numbers.all(i, x, x == i + 1)", "true"},
		{"cel.bind(x, age, x + cel.bind(y, 2, y * x))", "90"},
		{"cel.bind(x, 1, x) + cel.bind(y, 2, y)", "3"},
		{"[cel.bind(x, 1, x), cel.bind(y, 2, y)].map(z, cel.bind(w, z, w))", "[1, 2]"},
		{"{'a': 1}[?'a'].optMap(x, x + 1).orValue(0)", "2"},
		{"{'a': 1}[?'b'].optMap(x, x + 1).orValue(0)", "0"},
		{"optional.of(1).orValue(1 / 0)", "1"},
		{"optional.none().or(optional.of(2)).value()", "2"},
		{"[?optional.of(1), ?optional.none(), 3]", "[1, 3]"},
		{"{?'a': optional.none(), 'b': 2}", "{\"b\": 2}"},
		{"{'a': 1, 'a': 2}", "error: a map has one key twice"},
		{"[1, 2][5]", "error: the index is out of range"},
		{"dyn(1) + dyn('a') == 2", "error: no such overload"},
	};
	expect_all(PAIRS, sizeof(PAIRS) / sizeof(PAIRS[0]));
}

Test(values, a_loop_without_end_stops_at_the_limit)
{
	static const char *const PAIRS[][2] = {
		{"numbers.map(a, numbers.map(b, numbers.map(c, numbers.map(d, numbers.map(e, "
		 "numbers.map(f, numbers.map(g, numbers.map(h, numbers.map(i, numbers.map(j, "
		 "numbers.map(k, numbers.map(l, numbers.map(m, numbers.map(o, numbers.map(p, "
		 "numbers.map(q, numbers.map(r, numbers.map(s, 1))))))))))))))))))",
			"error: the expression takes too long"},
	};
	expect_all(PAIRS, sizeof(PAIRS) / sizeof(PAIRS[0]));
}
