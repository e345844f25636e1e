/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an expression of which some variables are unknown: what it says nevertheless, it
 * says whatever those turn out to be; an error stays an error; and it stays within its bounds.
 */
#include <stdlib.h>

#include "rules/cel/cel.h"
#include "rules/cel/text.h"

enum {
	EVALUATE_SCRATCH_MAX = 32 * 1024 * 1024,
	EVALUATE_WAYS = 7, /* of what is unknown */
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void evaluate_require(bool holds)
{
	if (!holds) {
		abort();
	}
}

struct evaluate_world {
	unsigned way; /* 0: unknown; otherwise what it turned out to be */
};

static struct cel_value evaluate_way(unsigned way)
{
	static struct cel_value items[2];
	switch (way) {
	case 1:
		return cel_bool(true);
	case 2:
		return cel_bool(false);
	case 3:
		return cel_int(0);
	case 4:
		return cel_string(STR("a"));
	case 5:
		items[0] = cel_int(1);
		items[1] = cel_string(STR("a"));
		return cel_list(items, 2);
	case 6:
		return cel_null();
	case 7:
		return cel_double(2.5);
	default:
		return cel_unknown();
	}
}

/* The last letter of a name says what it is, so that a fuzzer can choose. */
static struct cel_value evaluate_get(void *context, const struct cel_name *name)
{
	const struct evaluate_world *world = context;
	static struct cel_value items[3];
	const struct str path = name->trail.path;
	switch (path.len == 0 ? 'z' : path.ptr[path.len - 1]) {
	case 'b':
		return cel_bool(true);
	case 'i':
		return cel_int(16);
	case 'd':
		return cel_double(-2.5);
	case 's':
		return cel_string(STR("housing"));
	case 'l':
		items[0] = cel_string(STR("a"));
		items[1] = cel_int(INT64_MIN);
		items[2] = cel_null();
		return cel_list(items, 3);
	case 't':
		return cel_timestamp(-62135596800, 0);
	case 'n':
		return cel_null();
	case 'e':
		return cel_error("no such fact");
	default:
		return evaluate_way(world->way);
	}
}

/* The value, printed: "error" and "unknown" for those; NULL past a limit. */
static const char *evaluate_print(struct arena *arena, const struct cel_program *program,
	const struct cel_tree *tree, unsigned way)
{
	struct evaluate_world world = {way};
	struct arena scratch;
	const struct cel_facts facts = {.get = evaluate_get, .context = &world};
	struct cel_text text = {.arena = arena};
	const char *outcome = NULL;
	arena_init(&scratch, EVALUATE_SCRATCH_MAX);
	const struct cel_value value = cel_evaluate(program, &facts, &scratch);
	if (value.kind == CEL_UNKNOWN) {
		const struct str *paths;
		evaluate_require(way == 0);
		evaluate_require(cel_unknown_trails(tree, value, &scratch, &paths) > 0);
		outcome = "unknown";
	} else if (value.kind == CEL_ERROR) {
		evaluate_require(value.text != NULL && value.extra <= tree->source.len);
		outcome = str_is(str_from(value.text), "the expression takes too long") ||
					  arena_failed(&scratch)
				  ? NULL
				  : "error";
	} else {
		cel_value_print(&text, value);
		cel_text_add_text(&text, " ");
		evaluate_require(!text.failed);
		const struct str printed = arena_str(arena, cel_text_str(&text));
		evaluate_require(printed.ptr != NULL);
		outcome = printed.ptr;
	}
	evaluate_require(!arena_failed(&scratch) || outcome == NULL);
	arena_finish(&scratch);
	return outcome;
}

static void evaluate_all(
	struct arena *arena, const struct cel_program *program, const struct cel_tree *tree)
{
	const char *said = evaluate_print(arena, program, tree, 0);
	if (said == NULL || str_is(str_from(said), "unknown")) {
		return;
	}
	for (unsigned way = 1; way <= EVALUATE_WAYS; way++) {
		const char *then = evaluate_print(arena, program, tree, way);
		evaluate_require(then == NULL || str_equal(str_from(said), str_from(then)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct cel_env OPEN = {.open = true};
	struct arena arena;
	struct cel_tree *tree = NULL;
	struct cel_program *program = NULL;
	struct cel_fault fault;
	const struct str source = {(const char *)bytes, size};
	arena_init(&arena, 0);
	if (cel_parse(&arena, source, &tree, &fault) == ERR_OK &&
		cel_resolve(&arena, tree, &OPEN, &fault) == ERR_OK &&
		cel_compile(&arena, tree, tree->root, &program, &fault) == ERR_OK) {
		evaluate_all(&arena, program, tree);
	}
	arena_finish(&arena);
	return 0;
}
