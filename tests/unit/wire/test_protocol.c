/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/fields.h"
#include "broker/wire/message.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* PROTOCOL.md is held against the code: its examples, its tables, its codes. */

static struct arena arena;
static struct buf document; /* terminated */
static struct fault fault;

static void begin(void)
{
	arena_init(&arena, 0);
	cr_assert_eq(buf_read_file(&document, "broker/wire/PROTOCOL.md", 1 << 20), ERR_OK,
		"run the tests from the top of the tree");
	buf_append(&document, "", 1);
}

static void end(void)
{
	arena_finish(&arena);
	buf_finish(&document);
}

TestSuite(protocol, .init = begin, .fini = end);

struct example {
	char type[32];
	unsigned long long correlation;
	struct buf bytes;
	json_t *json;
};

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10;
}

/* Hexadecimal digits, spaces and newlines up to `until`. */
static void hex_append(struct buf *out, const char *from, const char *until)
{
	for (const char *at = from; at < until; at++) {
		if (isspace((unsigned char)*at)) {
			continue;
		}
		cr_assert(isxdigit((unsigned char)at[0]) && isxdigit((unsigned char)at[1]));
		const char byte = (char)(hex_digit(at[0]) << 4 | hex_digit(at[1]));
		buf_append(out, &byte, 1);
		at++;
	}
}

/* The next ```frame block after *at; false when there is none. */
static bool example_next(const char **at, struct example *ret_example)
{
	static const char fence[] = "\n```frame ";
	const char *block = strstr(*at, fence);
	if (block == NULL) {
		return false;
	}
	*ret_example = (struct example){0};
	const char *type = block + strlen(fence);
	const size_t type_len = strcspn(type, " ");
	str_copy(ret_example->type, sizeof(ret_example->type), (struct str){type, type_len});
	ret_example->correlation = strtoull(type + type_len, NULL, 10);
	const char *hex = strchr(block + 1, '\n') + 1;
	const char *json = strstr(hex, "\n{");
	const char *finish = strstr(hex, "\n```");
	cr_assert(json != NULL && finish != NULL && json < finish, "%s", ret_example->type);
	hex_append(&ret_example->bytes, hex, json);
	json_error_t error;
	ret_example->json =
		json_loadb(json, (size_t)(finish - json), JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(ret_example->json, "%s: %s", ret_example->type, error.text);
	*at = finish + 1;
	return true;
}

static void example_finish(struct example *example)
{
	buf_finish(&example->bytes);
	json_decref(example->json);
}

static struct value value_from_text(struct str text)
{
	if (!str_has_prefix(text, STR("hex:"))) {
		return value_of_str(arena_str(&arena, text));
	}
	struct buf bytes = {0};
	hex_append(&bytes, text.ptr + 4, text.ptr + text.len);
	const struct str copy = arena_str(&arena, buf_str(&bytes));
	buf_finish(&bytes);
	return value_of_bytes(copy.ptr, copy.len);
}

static struct value value_from_json(json_t *json);

static struct value map_from_json(json_t *json)
{
	struct value map = value_map_new(&arena, json_object_size(json));
	const char *key;
	json_t *member;
	json_object_foreach(json, key, member)
	{
		value_put(&arena, &map, arena_str(&arena, str_from(key)).ptr,
			value_from_json(member));
	}
	return map;
}

static struct value list_from_json(json_t *json)
{
	struct value list = value_list_new(&arena, json_array_size(json));
	for (size_t i = 0; i < json_array_size(json); i++) {
		value_push(&arena, &list, value_from_json(json_array_get(json, i)));
	}
	return list;
}

static struct value value_from_json(json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return map_from_json(json);
	case JSON_ARRAY:
		return list_from_json(json);
	case JSON_STRING:
		return value_from_text(
			(struct str){json_string_value(json), json_string_length(json)});
	case JSON_INTEGER:
		return value_of_int(json_integer_value(json));
	case JSON_REAL:
		return (struct value){.kind = VALUE_DOUBLE, .number = json_real_value(json)};
	case JSON_TRUE:
	case JSON_FALSE:
		return value_of_bool(json_is_true(json));
	case JSON_NULL:
		break;
	}
	return (struct value){.kind = VALUE_NULL};
}

static enum wire_type type_of(const char *name)
{
	for (int type = 1; type < 256; type++) {
		if (strcmp(wire_type_name((enum wire_type)type), name) == 0) {
			return (enum wire_type)type;
		}
	}
	cr_assert_fail("no type %s", name);
	return WIRE_HELLO;
}

static void example_check(const struct example *example)
{
	const enum wire_type type = type_of(example->type);
	const struct value expected = value_from_json(example->json);
	struct buf written = {0};
	wire_reply_encode(&written, type, example->correlation, &expected);
	cr_assert(str_equal(buf_str(&written), buf_str(&example->bytes)),
		"%s: the document encodes to other bytes", example->type);
	buf_finish(&written);

	struct value body;
	const struct str map = {
		example->bytes.data + WIRE_HEADER_SIZE, example->bytes.len - WIRE_HEADER_SIZE};
	cr_assert_eq(pack_decode(map, &pack_limits_wire, &arena, &body, &fault), ERR_OK);
	cr_assert(value_equal(&body, &expected), "%s", example->type);
	if (type < WIRE_WELCOME) {
		struct wire_request request;
		cr_assert_eq(
			wire_request_decode(buf_str(&example->bytes), &arena, &request, &fault),
			ERR_OK, "%s: %s %s", example->type, fault.field, fault.message);
		cr_assert_eq(request.header.correlation, example->correlation);
	} else {
		struct wire_header header;
		cr_assert_eq(
			wire_reply_decode(buf_str(&example->bytes), &arena, &header, &body, &fault),
			ERR_OK);
		cr_assert_eq(header.type, type);
	}
}

Test(protocol, every_example_is_what_the_code_reads_and_writes)
{
	bool seen[256] = {false};
	const char *at = document.data;
	struct example example;
	while (example_next(&at, &example)) {
		example_check(&example);
		seen[type_of(example.type)] = true;
		example_finish(&example);
	}
	for (int type = 1; type < 256; type++) {
		const char *name = wire_type_name((enum wire_type)type);
		cr_expect(seen[type] || strcmp(name, "unknown") == 0, "%s has no example", name);
	}
}

/* What stands under "### hello (1)". */
static struct str section(enum wire_type type)
{
	const struct str heading =
		arena_printf(&arena, "\n### %s (%d)\n", wire_type_name(type), (int)type);
	const char *start = strstr(document.data, heading.ptr);
	cr_assert_not_null(start, "no section%s", heading.ptr);
	start += heading.len;
	const char *finish = strstr(start, "\n##");
	return arena_str(&arena,
		(struct str){start, finish == NULL ? strlen(start) : (size_t)(finish - start)});
}

Test(protocol, every_type_has_a_section_and_a_row)
{
	for (int number = 1; number < 256; number++) {
		const enum wire_type type = (enum wire_type)number;
		const char *name = wire_type_name(type);
		if (strcmp(name, "unknown") == 0) {
			continue;
		}
		(void)section(type);
		const struct str row = arena_printf(&arena, "| %d | `%s` | %s |", number, name,
			type < WIRE_WELCOME ? "client" : "broker");
		cr_expect_not_null(strstr(document.data, row.ptr), "%s", row.ptr);
	}
}

static const char *type_in_document(enum wire_field_kind kind)
{
	switch (kind) {
	case WIRE_FIELD_TEXT:
		return "text";
	case WIRE_FIELD_NOTE:
		return "note";
	case WIRE_FIELD_CODE:
		return "code";
	case WIRE_FIELD_REFERENCE:
		return "reference";
	case WIRE_FIELD_LEG:
		return "leg";
	case WIRE_FIELD_ID:
		return "id";
	case WIRE_FIELD_INTEGER:
	case WIRE_FIELD_SEQUENCE:
		return "integer";
	case WIRE_FIELD_BOOL:
		return "bool";
	case WIRE_FIELD_MAP:
		return "map";
	case WIRE_FIELD_TIME:
		return "time";
	case WIRE_FIELD_PROTOCOLS:
		return "list of integers";
	case WIRE_FIELD_ROUTES:
	case WIRE_FIELD_CODES:
		return "list of codes";
	case WIRE_FIELD_PATHS:
		return "list of paths";
	case WIRE_FIELD_BYTES:
		return "bytes";
	}
	return "";
}

/* "| `credit` | integer | yes | 1 to 512 |": what the table says of a field. */
static void row_check(enum wire_type type, const struct wire_field *field, const char *text)
{
	const struct str start = arena_printf(&arena, "| `%s` | %s | %s |", field->key,
		type_in_document(field->kind), wire_field_is_required(field, type) ? "yes" : "no");
	const char *row = strstr(text, start.ptr);
	cr_assert_not_null(row, "%s: no row %s", wire_type_name(type), start.ptr);
	const char *limit = row + start.len;
	const size_t len = strcspn(limit, "|");
	const bool has_limit = field->kind != WIRE_FIELD_BOOL && field->kind != WIRE_FIELD_ID;
	const struct str most = arena_printf(&arena, "%lld", (long long)field->max);
	const char *found = memmem(limit, len, most.ptr, most.len);
	cr_expect(!has_limit || found != NULL, "%s %s: the limit is %s", wire_type_name(type),
		field->key, most.ptr);
	const struct str codes = arena_str(&arena, (struct str){row, strcspn(row, "\n")});
	for (const char *const *code = field->codes; code != NULL && *code != NULL; code++) {
		const struct str quoted = arena_printf(&arena, "`%s`", *code);
		cr_expect_not_null(strstr(codes.ptr, quoted.ptr), "%s", *code);
	}
}

static size_t count_rows(const char *text)
{
	size_t rows = 0;
	for (const char *at = text; (at = strstr(at, "\n| `")) != NULL; at++) {
		rows++;
	}
	return rows;
}

Test(protocol, the_tables_of_requests_are_the_table_of_the_code)
{
	size_t count;
	const struct wire_field *fields = wire_fields(&count);
	for (enum wire_type type = WIRE_HELLO; type < WIRE_WELCOME; type++) {
		if (strcmp(wire_type_name(type), "unknown") == 0) {
			continue;
		}
		const struct str text = section(type);
		size_t taken = 0;
		for (size_t i = 0; i < count; i++) {
			if (wire_field_is_taken(&fields[i], type)) {
				row_check(type, &fields[i], text.ptr);
				taken++;
			}
		}
		cr_expect_eq(count_rows(text.ptr), taken, "%s: a row too many or twice",
			wire_type_name(type));
	}
}

Test(protocol, every_error_code_is_explained_and_every_explained_code_exists)
{
	const char *refusals = strstr(document.data, "\n## 9 Refusals");
	cr_assert_not_null(refusals);
	const char *finish = strstr(refusals, "\n## 10");
	const struct str text =
		arena_str(&arena, (struct str){refusals, (size_t)(finish - refusals)});
	const char *codes[] = {
#define X(name, number, code, meaning) code,
		ERR_MAP(X)
#undef X
	};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const struct str quoted = arena_printf(&arena, "`%s`", codes[i]);
		cr_expect_not_null(strstr(text.ptr, quoted.ptr), "%s", codes[i]);
	}
	for (const char *at = text.ptr; (at = strstr(at, "\n| `")) != NULL; at++) {
		const struct str code =
			arena_str(&arena, (struct str){at + 4, strcspn(at + 4, "`")});
		cr_expect(err_from_code(code.ptr) != ERR_INTERNAL || str_is(code, "internal"), "%s",
			code.ptr);
	}
}
