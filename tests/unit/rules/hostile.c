/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "rules/limits.h"
#include "tests/unit/rules/fixture.h"

enum {
	SIZE = CEL_LIMIT_SOURCE_BYTES,
	BOUND_MS = 500 /* generous: the sanitizers run this too */
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* `unit` again and again, up to `size` bytes. */
static struct str repeat(struct arena *arena, const char *unit, size_t size)
{
	const size_t len = strlen(unit);
	char *text = arena_alloc(arena, size + 1);
	for (size_t at = 0; len > 0 && at + len <= size; at += len) {
		memcpy(text + at, unit, len);
	}
	return str_from(text);
}

static enum err compile_timed(struct arena *arena, struct str source, struct rules_error *error)
{
	struct rules_clause *clause = NULL;
	const int64_t start = now_ms();
	const enum err err = rules_compile(arena, source, &clause, error);
	const int64_t took = now_ms() - start;
	cr_expect(took < BOUND_MS, "%.20s…: %lld ms", source.ptr, (long long)took);
	return err;
}

Test(rules, every_kind_of_deep_nesting_is_refused_in_bounded_time_with_its_place)
{
	static const char *const UNITS[] = {"(", "[", "{", "!", "-", "a.", "a[", "f(", "a.f(",
		"{1:", "1?", "a?b:", "1+", "1-", "1*", "1<", "1==", "x in ", "size(", "[1][",
		"x.all(x,", "has(", "!(", "-(", "-1.", "a{b:", "[?", ".", "..", "a.b.",
		"1?1:", "(a||", "(a&&", "'a'+", "'", "\"", "'''", "`", "\\", "b'", "//", "\n",
		"1.size().", "x.map(y,[y])."};
	for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
		struct arena arena;
		arena_init(&arena, 0);
		struct rules_error error;
		const enum err err = compile_timed(&arena, repeat(&arena, UNITS[i], SIZE), &error);
		cr_expect(err == ERR_INVALID || err == ERR_TOO_LARGE, "%s: %s", UNITS[i],
			err_code(err));
		cr_expect(error.line > 0 && error.column > 0 && error.message[0] != '\0', "%s",
			UNITS[i]);
		arena_finish(&arena);
	}
}

/* `open` `depth` times, `middle`, `close` as often. */
static enum err compile_nested(
	const char *open, const char *middle, const char *close, size_t depth)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct rules_error error;
	const struct str before = repeat(&arena, open, strlen(open) * depth);
	const struct str after = repeat(&arena, close, strlen(close) * depth);
	const struct str source =
		arena_printf(&arena, "%.*s%s%.*s", STR_ARG(before), middle, STR_ARG(after));
	const enum err err = compile_timed(&arena, source, &error);
	arena_finish(&arena);
	return err;
}

Test(rules, nesting_is_allowed_up_to_the_limit_and_refused_beyond)
{
	static const struct {
		const char *open, *middle, *close;
	} FORMS[] = {
		{"(", "1", ")"},
		{"[", "1", "]"},
		{"{1: ", "1", "}"},
		{"!(", "t", ")"},
		{"-(", "x", ")"},
		{"1 + ", "1", ""},
		{"", "1", " + 1"},
		{"", "a", ".b"},
		{"", "a", "[0]"},
		{"size(", "1", ")"},
		{"t ? t : ", "t", ""},
		{"(f || ", "t", ")"},
		{"[1].map(x, ", "1", ")"},
		{"", "[1]", ".map(x, x)"},
	};
	for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
		const enum err few = compile_nested(
			FORMS[i].open, FORMS[i].middle, FORMS[i].close, CEL_LIMIT_DEPTH / 2);
		const enum err many = compile_nested(
			FORMS[i].open, FORMS[i].middle, FORMS[i].close, CEL_LIMIT_DEPTH + 1);
		/* A path of names is one fact, however many names it has, but as deep to parse. */
		cr_expect(few == ERR_OK, "%s%s", FORMS[i].open, FORMS[i].close);
		cr_expect(many == ERR_TOO_LARGE, "%s%s: %s", FORMS[i].open, FORMS[i].close,
			err_code(many));
	}
}

Test(rules, long_flat_clauses_compile_and_huge_ones_are_refused)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct rules_error error;
	struct str terms = repeat(&arena, "t&&", 9000);
	struct str source = arena_printf(&arena, "%.*st", STR_ARG(terms));
	cr_expect(compile_timed(&arena, source, &error) == ERR_OK, "%s", error.message);
	terms = repeat(&arena, "1,", 16000);
	source = arena_printf(&arena, "1 in [%.*s1]", STR_ARG(terms));
	cr_expect(compile_timed(&arena, source, &error) == ERR_OK, "%s", error.message);
	terms = repeat(&arena, "9", SIZE);
	cr_expect(compile_timed(&arena, terms, &error) == ERR_INVALID);
	terms = repeat(&arena, "[],", 16300);
	source = arena_printf(&arena, "[%.*s]", STR_ARG(terms));
	cr_expect(compile_timed(&arena, source, &error) == ERR_OK, "%s", error.message);
	terms = repeat(&arena, "a", SIZE + 1);
	cr_expect(compile_timed(&arena, terms, &error) == ERR_TOO_LARGE);
	cr_expect(strstr(error.message, "longer than") != NULL);
	arena_finish(&arena);
}

Test(rules, more_facts_or_parts_than_the_limit_are_refused)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct rules_error error;
	char source[CEL_LIMIT_NAMES * 8] = "f0";
	for (int i = 1; i < CEL_LIMIT_NAMES; i++) {
		(void)snprintf(source + strlen(source), 16, "||f%d", i);
	}
	cr_expect(compile_timed(&arena, str_from(source), &error) == ERR_OK);
	strcat(source, "||one_more");
	cr_expect(compile_timed(&arena, str_from(source), &error) == ERR_TOO_LARGE);
	cr_expect(strstr(error.message, "facts") != NULL);
	const struct str terms = repeat(&arena, "-x,", 15000);
	const struct str many = arena_printf(&arena, "[%.*s[1,1,1]]", STR_ARG(terms));
	cr_expect(compile_timed(&arena, many, &error) == ERR_TOO_LARGE, "%s", error.message);
	cr_expect(strstr(error.message, "parts") != NULL, "%s", error.message);
	arena_finish(&arena);
}

static void check_costly(const char *source)
{
	struct arena arena;
	arena_init(&arena, 0);
	const struct rules_facts facts = fixture_facts(&fixture_woman);
	const struct rules_clause *clause = fixture_compile(&arena, source);
	const int64_t start = now_ms();
	const struct rules_result result = rules_evaluate(clause, &facts, &arena);
	const int64_t took = now_ms() - start;
	cr_expect(result.answer == RULES_ERROR, "%s: %c", source, fixture_letter(result.answer));
	cr_expect(str_has_prefix(result.error, STR("the expression takes too long")), "%s: %.*s",
		source, STR_ARG(result.error));
	cr_expect(took < BOUND_MS, "%s: %lld ms", source, (long long)took);
	cr_expect(arena.used_total < 32U * 1024 * 1024, "%s: %zu bytes", source, arena.used_total);
	const struct str text = rules_explain(clause, &facts, &result, true, &arena);
	cr_expect(text.len > 0);
	arena_finish(&arena);
}

Test(rules, a_clause_that_never_seems_to_end_ends_at_the_cost_limit_as_an_error)
{
#define TEN "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
	check_costly(TEN ".all(a, " TEN ".all(b, " TEN ".all(c, " TEN ".all(d, " TEN
			 ".all(e, e >= 0)))))");
	check_costly(TEN ".exists(a, " TEN ".exists(b, " TEN ".exists(c, " TEN ".exists(d, " TEN
			 ".exists(e, e < 0))))) || false");
#define DOUBLE(x) x ".map(s, s + s)"
#define DOUBLE4(x) DOUBLE(DOUBLE(DOUBLE(DOUBLE(x))))
	check_costly(
		DOUBLE4(DOUBLE4(DOUBLE4(DOUBLE4(DOUBLE4(DOUBLE4("['0123456789']")))))) " == []");
	check_costly(DOUBLE4(DOUBLE4(DOUBLE4(DOUBLE4(DOUBLE4(DOUBLE4("[[1]]")))))) " == []");
#define PAIR(x) x ".map(p, [p, p])"
#define PAIR4(x) PAIR(PAIR(PAIR(PAIR(x))))
	check_costly("[[1]].exists(q, " PAIR4(PAIR4(PAIR4(PAIR4(PAIR4("[q]"))))) " == " PAIR4(
		PAIR4(PAIR4(PAIR4(PAIR4("[q]"))))) ")");
}

Test(rules, an_exhausted_arena_is_an_error_at_every_size)
{
	const char *source = "needs.map(n, n + n).exists(n, n == 'x') || "
			     "string(person.age) + person.name == {'a': [1, 2]}.a || u";
	const struct rules_facts facts = fixture_facts(&fixture_woman);
	struct arena arena;
	arena_init(&arena, 0);
	const struct rules_clause *clause = fixture_compile(&arena, source);
	for (size_t limit = 1; limit < 2048; limit += 16) {
		struct arena scratch;
		arena_init(&scratch, limit);
		const struct rules_result result = rules_evaluate(clause, &facts, &scratch);
		cr_expect(result.answer == RULES_UNKNOWN ||
				  (result.answer == RULES_ERROR && result.error.len > 0),
			"%zu: %c", limit, fixture_letter(result.answer));
		cr_expect(rules_explain(clause, &facts, &result, true, &scratch).len > 0);
		arena_finish(&scratch);
		struct arena small;
		arena_init(&small, limit);
		struct rules_clause *again = NULL;
		struct rules_error error;
		const enum err err = rules_compile(&small, str_from(source), &again, &error);
		cr_expect(err == ERR_NOMEM, "%zu: %s", limit, err_code(err));
		arena_finish(&small);
	}
	arena_finish(&arena);
}
