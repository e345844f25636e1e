/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cli/golden.h"

#include "broker/cli/cli.h"
#include "broker/cli/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>

void golden_expect(const char *name, const struct buf *text)
{
	char path[256];
	struct buf want = {0};
	(void)snprintf(path, sizeof(path), "tests/golden/cli/%s.txt", name);
	cr_assert(!text->failed);
	if (getenv("UPDATE_GOLDEN") != NULL) {
		cr_assert_eq(buf_write_file(buf_str(text), path, 0644), ERR_OK, "%s", path);
		return;
	}
	cr_assert_eq(buf_read_file(&want, path, 1 << 20), ERR_OK,
		"%s is missing: UPDATE_GOLDEN=1 writes it", path);
	cr_expect(str_equal(buf_str(&want), buf_str(text)),
		"%s differs; if that is meant: UPDATE_GOLDEN=1\n--- want\n%.*s--- got\n%.*s", path,
		STR_ARG(buf_str(&want)), STR_ARG(buf_str(text)));
	buf_finish(&want);
}

struct value golden_tree(struct arena *arena, const char *json)
{
	struct value tree = {0};
	struct fault fault = {0};
	const enum err err = json_read_object(str_from(json), "test", arena, &tree, &fault);
	cr_assert_eq(err, ERR_OK, "%s: %s", fault.field, fault.message);
	return tree;
}

static struct str name_of(void *context, struct str id)
{
	static const char *const rows[][2] = {
		{"south-london-alliance", "South London Alliance"},
		{"advance-minerva-wraparound", "Minerva WrapAround"},
		{"hibiscus-foreign-national", "Hibiscus Initiatives, foreign national women"},
	};
	(void)context;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_is(id, rows[i][0])) {
			return str_from(rows[i][1]);
		}
	}
	return (struct str){0};
}

const struct names golden_names = {.service = name_of};

struct outcome outcome_of(const char *in, const char *const argv[])
{
	struct outcome outcome = {0};
	size_t out_size = 0, err_size = 0;
	char *copies[32] = {0};
	int argc = 0;
	for (; argv[argc] != NULL && argc < 31; argc++) {
		copies[argc] = strdup(argv[argc]);
	}
	FILE *input = tmpfile();
	FILE *out = open_memstream(&outcome.out, &out_size);
	FILE *err = open_memstream(&outcome.err, &err_size);
	cr_assert(input != NULL && out != NULL && err != NULL);
	(void)fputs(in == NULL ? "" : in, input);
	rewind(input);
	outcome.code = cli_main(argc, copies, input, out, err);
	(void)fclose(input);
	(void)fclose(out);
	(void)fclose(err);
	for (int i = 0; i < argc; i++) {
		free(copies[i]);
	}
	return outcome;
}

void outcome_finish(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
	*outcome = (struct outcome){0};
}
