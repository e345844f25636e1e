/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"
#include "broker/base/limits.h"

#define AT(member) offsetof(struct directory_clause, member)

/* The clause must compile.  A `|` text keeps its lines, so the compiler's line can be found in the
 * file; any other scalar is one line to the compiler, whatever it is in the file. */
static void read_cel(struct reader *reader, const struct yaml_node *node, const struct field *field,
	void *target)
{
	const struct directory_rulebook *rulebook = reader->rulebook;
	char message[240] = "";
	char path[YAML_FIELD_SIZE];
	unsigned line = 1;
	unsigned column = 1;
	read_note(reader, node, field, target);
	if (node->kind != YAML_SCALAR || node->text.len == 0 || rulebook->clause_ok == NULL ||
		intern_has(&reader->clauses, node->text)) {
		return;
	}
	if (rulebook->clause_ok(
		    rulebook->context, node->text, &line, &column, message, sizeof(message))) {
		(void)intern_keep(&reader->clauses, reader->arena, node->text);
		return;
	}
	yaml_path(node, path);
	const unsigned below = node->literal && line > 0 ? line - 1 : 0;
	reader->code = "does-not-compile";
	reader_problem_at(reader, reader->file, node->line + below, path,
		"does not compile: column %u: %s", column, message);
}

static void read_otherwise(struct reader *reader, const struct yaml_node *node,
	const struct field *field, void *target)
{
	(void)field;
	if (!reader_scalar(reader, node)) {
		return;
	}
	if (!str_is(node->text, "ask")) {
		reader_problem(reader, node, "must be ask, or left out (then a no is a no)");
		return;
	}
	((struct directory_clause *)target)->ask = true;
}

static const struct field eligibility_fields[] = {
	{.name = "id", .read = read_slug, .offset = AT(id), .required = true},
	{.name = "cel", .read = read_cel, .offset = AT(cel), .required = true},
	{.name = "means", .read = read_note, .offset = AT(means), .required = true},
	{.name = "otherwise", .read = read_otherwise, .offset = 0},
	{.name = "question", .read = read_note, .offset = AT(question)},
};

static const struct field cohort_fields[] = {
	{.name = "id", .read = read_slug, .offset = AT(id)},
	{.name = "cel", .read = read_cel, .offset = AT(cel), .required = true},
	{.name = "means", .read = read_note, .offset = AT(means)},
};

static void clause_check(struct reader *reader, const struct yaml_node *node,
	const struct directory_clause *clause, const struct directory_clauses *before)
{
	if (clause->ask && clause->question.len == 0) {
		reader_problem(reader, node, "otherwise: ask needs a question to ask");
	}
	if (!clause->ask && clause->question.len > 0) {
		reader_problem(reader, node, "a question is only asked with otherwise: ask");
	}
	for (size_t i = 0; i < before->count; i++) {
		if (clause->id.len > 0 && str_equal(before->items[i].id, clause->id)) {
			reader_problem(
				reader, node, "the id \"%.*s\" stands twice", STR_ARG(clause->id));
		}
	}
}

void clauses_read(struct reader *reader, const struct yaml_node *node, bool cohort,
	struct directory_clauses *ret_clauses)
{
	const struct field *fields = cohort ? cohort_fields : eligibility_fields;
	const size_t count = cohort ? sizeof(cohort_fields) / sizeof(cohort_fields[0])
				    : sizeof(eligibility_fields) / sizeof(eligibility_fields[0]);
	if (reader_is_not_stated(node)) {
		return;
	}
	if (node->kind != YAML_LIST) {
		reader_problem(reader, node, "must be a list of clauses");
		return;
	}
	if (node->count > LIMIT_LIST) {
		reader_problem(reader, node, "has more than %d clauses", LIMIT_LIST);
		return;
	}
	struct directory_clause *items = arena_array(reader->arena, node->count, sizeof(*items));
	struct directory_clauses clauses = {items, 0};
	for (const struct yaml_node *n = node->first; items != NULL && n != NULL; n = n->next) {
		struct directory_clause *clause = &items[clauses.count];
		reader_map(reader, n, fields, count, clause);
		clause_check(reader, n, clause, &clauses);
		if (cohort && clause->id.len == 0) {
			clause->id = arena_printf(reader->arena, "cohort-%zu", n->index + 1);
		}
		clauses.count++;
	}
	*ret_clauses = clauses;
}
