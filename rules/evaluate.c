/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compile.h"
#include "rules/eval.h"

static struct rules_result failed(const char *why)
{
	return (struct rules_result){.answer = RULES_ERROR, .error = str_from(why)};
}

/* What went wrong and where: "division by zero at column 14", "no such fact: person.ag". */
static struct str describe(struct rules_eval *eval, struct rules_value error)
{
	const struct rules_clause *clause = eval->clause;
	const struct rules_node *where = error.error.where;
	struct str text;
	if (where->kind == RULES_NODE_FACT) {
		text = arena_printf(eval->scratch, "%s: %.*s", error.error.text,
			STR_ARG(clause->paths[where->fact]));
	} else {
		unsigned line;
		unsigned column;
		rules_source_position(clause->source, where->offset, &line, &column);
		text = line == 1 ? arena_printf(eval->scratch, "%s at column %u", error.error.text,
					   column)
				 : arena_printf(eval->scratch, "%s at line %u, column %u",
					   error.error.text, line, column);
	}
	return text.ptr == NULL ? str_from(error.error.text) : text;
}

static struct rules_result list_missing(struct rules_eval *eval, uint64_t unknown)
{
	const struct rules_clause *clause = eval->clause;
	struct str *missing = rules_eval_array(eval, clause->path_count, sizeof(*missing));
	if (missing == NULL) {
		return failed("out of memory");
	}
	size_t count = 0;
	for (size_t i = 0; i < clause->path_count; i++) {
		if ((unknown >> i & 1) != 0) {
			missing[count++] = clause->paths[i];
		}
	}
	return (struct rules_result){
		.answer = RULES_UNKNOWN, .missing = missing, .missing_count = count};
}

struct rules_result rules_evaluate(
	const struct rules_clause *clause, const struct rules_facts *facts, struct arena *scratch)
{
	struct rules_eval eval;
	rules_eval_init(&eval, clause, facts, scratch);
	const struct rules_value value = rules_eval_node(&eval, clause->root);
	if (eval.exhausted) {
		return failed(arena_failed(scratch) ? "out of memory" : "the rule takes too long");
	}
	if (value.kind == RULES_IS_UNKNOWN) {
		return list_missing(&eval, value.unknown);
	}
	if (value.kind == RULES_IS_ERROR) {
		return (struct rules_result){
			.answer = RULES_ERROR, .error = describe(&eval, value)};
	}
	if (value.kind != RULES_BOOL) {
		return failed("the outcome is not yes or no");
	}
	return (struct rules_result){.answer = value.boolean ? RULES_YES : RULES_NO};
}
