/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/conformance/conformance.h"

/* From a line of cases.mjs to a case. */

static bool wrong(const char *what)
{
	(void)fprintf(stderr, "not a line of cases.mjs: %s\n", what);
	return false;
}

static bool read_value(struct arena *arena, const json_t *json, struct cel_value *ret_value);

static struct str bytes_of_hex(struct arena *arena, const char *hex)
{
	const size_t len = strlen(hex) / 2;
	char *bytes = arena_alloc(arena, len + 1);
	for (size_t i = 0; bytes != NULL && i < len; i++) {
		const char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
		bytes[i] = (char)strtoul(digits, NULL, 16);
	}
	return (struct str){bytes, bytes == NULL ? 0 : len};
}

static bool read_list(struct arena *arena, const json_t *json, struct cel_value *ret_value)
{
	const size_t count = json_array_size(json);
	struct cel_value *items = arena_array(arena, count, sizeof(*items));
	for (size_t i = 0; items != NULL && i < count; i++) {
		if (!read_value(arena, json_array_get(json, i), &items[i])) {
			return false;
		}
	}
	*ret_value = cel_list(items, count);
	return true;
}

static bool read_map(struct arena *arena, const json_t *json, struct cel_value *ret_value)
{
	const size_t count = json_array_size(json);
	struct cel_entry *entries = arena_array(arena, count, sizeof(*entries));
	for (size_t i = 0; entries != NULL && i < count; i++) {
		const json_t *pair = json_array_get(json, i);
		if (!read_value(arena, json_array_get(pair, 0), &entries[i].key) ||
			!read_value(arena, json_array_get(pair, 1), &entries[i].value)) {
			return false;
		}
	}
	*ret_value = cel_map(entries, count);
	return true;
}

static bool read_type(struct arena *arena, const char *name, struct cel_value *ret_value)
{
	const struct cel_type *type = cel_type_named(str_from(name));
	if (type == NULL) {
		/* Not one that an expression can name by itself. */
		struct cel_type *opaque = arena_alloc(arena, sizeof(*opaque));
		if (opaque == NULL) {
			return wrong("memory");
		}
		*opaque = (struct cel_type){.kind = CEL_TYPE_OPAQUE, .name = str_from(name)};
		type = opaque;
	}
	*ret_value = cel_type_value(type);
	return true;
}

static struct cel_value read_timestamp(const json_t *json)
{
	return cel_timestamp(strtoll(json_string_value(json_array_get(json, 0)), NULL, 10),
		(int32_t)strtol(json_string_value(json_array_get(json, 1)), NULL, 10));
}

static bool read_value(struct arena *arena, const json_t *json, struct cel_value *ret_value)
{
	void *member = json_object_iter((json_t *)(uintptr_t)json);
	if (member == NULL) {
		return wrong("a value");
	}
	const char *kind = json_object_iter_key(member);
	const json_t *inner = json_object_iter_value(member);
	const char *text = json_string_value(inner);
	if (strcmp(kind, "null") == 0) {
		*ret_value = cel_null();
	} else if (strcmp(kind, "bool") == 0) {
		*ret_value = cel_bool(json_is_true(inner));
	} else if (strcmp(kind, "int") == 0) {
		*ret_value = cel_int(strtoll(text, NULL, 10));
	} else if (strcmp(kind, "uint") == 0) {
		*ret_value = cel_uint(strtoull(text, NULL, 10));
	} else if (strcmp(kind, "double") == 0) {
		*ret_value = cel_double(strtod(text, NULL));
	} else if (strcmp(kind, "string") == 0) {
		*ret_value = cel_string((struct str){text, json_string_length(inner)});
	} else if (strcmp(kind, "bytes") == 0) {
		*ret_value = cel_bytes(bytes_of_hex(arena, text));
	} else if (strcmp(kind, "list") == 0) {
		return read_list(arena, inner, ret_value);
	} else if (strcmp(kind, "map") == 0) {
		return read_map(arena, inner, ret_value);
	} else if (strcmp(kind, "type") == 0) {
		return read_type(arena, text, ret_value);
	} else if (strcmp(kind, "timestamp") == 0) {
		*ret_value = read_timestamp(inner);
	} else if (strcmp(kind, "duration") == 0) {
		*ret_value = cel_duration(strtoll(text, NULL, 10));
	} else {
		return wrong(kind);
	}
	return true;
}

static bool read_expectation(struct arena *arena, const json_t *json, struct test_case *test)
{
	static const struct {
		const char *name;
		enum expectation expectation;
	} NAMES[] = {
		{"value", EXPECT_VALUE},
		{"error", EXPECT_ERROR},
		{"type", EXPECT_TYPE},
		{"agree", EXPECT_AGREE},
		{"parse", EXPECT_PARSE},
		{"bounded", EXPECT_BOUNDED},
		{"refuse", EXPECT_NO_PARSE},
	};
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		const json_t *inner = json_object_get(json, NAMES[i].name);
		if (inner == NULL) {
			continue;
		}
		test->expectation = NAMES[i].expectation;
		if (test->expectation == EXPECT_VALUE) {
			return read_value(arena, inner, &test->value);
		}
		if (test->expectation == EXPECT_NO_PARSE &&
			strcmp(json_string_value(inner), "check") == 0) {
			test->expectation = EXPECT_NO_CHECK;
		}
		return true;
	}
	return wrong("expect");
}

static bool read_names(struct arena *arena, const json_t *line, struct test_case *test)
{
	const json_t *env = json_object_get(line, "env");
	const json_t *bindings = json_object_get(line, "bindings");
	test->declaration_count = json_array_size(env);
	test->declarations =
		arena_array(arena, test->declaration_count, sizeof(*test->declarations));
	test->values = arena_array(arena, test->declaration_count, sizeof(*test->values));
	if (test->declarations == NULL || test->values == NULL) {
		return wrong("memory");
	}
	for (size_t i = 0; i < test->declaration_count; i++) {
		const json_t *declared = json_array_get(env, i);
		const char *name = json_string_value(json_object_get(declared, "name"));
		const char *type = json_string_value(json_object_get(declared, "type"));
		const json_t *bound = json_object_get(bindings, name);
		test->declarations[i].name = str_from(name);
		if (cel_type_parse(arena, str_from(type), &test->declarations[i].type) != ERR_OK) {
			/* A case that only has to parse may declare a message. */
			test->declarations[i].type = &cel_type_dyn;
			if (test->without == NULL) {
				return wrong(type);
			}
		}
		test->values[i] = cel_error("the case gives this name no value");
		if (bound != NULL && !read_value(arena, bound, &test->values[i])) {
			return false;
		}
	}
	return true;
}

bool case_read(struct arena *arena, const json_t *line, struct test_case *ret_case)
{
	const json_t *expr = json_object_get(line, "expr");
	const json_t *ast = json_object_get(line, "ast");
	const json_t *typed = json_object_get(line, "typed");
	*ret_case = (struct test_case){
		.suite = json_string_value(json_object_get(line, "suite")),
		.file = json_string_value(json_object_get(line, "file")),
		.name = json_string_value(json_object_get(line, "name")),
		.expr = json_string_value(expr),
		.expr_len = json_string_length(expr),
		.container = json_string_value(json_object_get(line, "container")),
		.checked = json_is_true(json_object_get(line, "checked")),
		.type = json_string_value(json_object_get(line, "type")),
		.ast = json_string_value(ast),
		.ast_len = json_string_length(ast),
		.typed = json_string_value(typed),
		.typed_len = json_string_length(typed),
		.without = json_string_value(json_object_get(line, "without")),
	};
	if (ret_case->suite == NULL || ret_case->file == NULL || ret_case->name == NULL ||
		ret_case->expr == NULL || ret_case->container == NULL) {
		return wrong("a member is missing");
	}
	return read_names(arena, line, ret_case) &&
	       read_expectation(arena, json_object_get(line, "expect"), ret_case);
}

static bool same_map(struct cel_value a, struct cel_value b)
{
	for (uint32_t i = 0; i < a.extra; i++) {
		bool found = false;
		for (uint32_t j = 0; j < b.extra && !found; j++) {
			found = same_value(a.entries[i].key, b.entries[j].key) &&
				same_value(a.entries[i].value, b.entries[j].value);
		}
		if (!found) {
			return false;
		}
	}
	return a.extra == b.extra;
}

bool same_value(struct cel_value a, struct cel_value b)
{
	uint64_t budget = UINT64_MAX;
	if (a.kind != b.kind) {
		return false;
	}
	if (a.kind == CEL_MAP) {
		return same_map(a, b);
	}
	if (a.kind == CEL_OPTIONAL && a.inner != NULL && b.inner != NULL) {
		return same_value(*a.inner, *b.inner);
	}
	if (a.kind == CEL_DOUBLE && isnan(a.number)) {
		return isnan(b.number);
	}
	if (a.kind != CEL_LIST) {
		return a.kind == CEL_ERROR || cel_values_equal(a, b, &budget);
	}
	for (uint32_t i = 0; i < a.extra && i < b.extra; i++) {
		if (!same_value(a.items[i], b.items[i])) {
			return false;
		}
	}
	return a.extra == b.extra;
}
