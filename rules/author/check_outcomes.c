/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/check.h"

/* What asking everybody shows: clauses that never or always hold, that fail, that say nothing new.
 */

struct outcomes {
	const struct author_book *book;
	const struct author_service *service;
	struct author_findings *findings;
	struct arena scratch; /* of one person */
	bool *settled;        /* by clause: it is refused, or enough has been said of it */
};

/* What one clause answered over its grid. */
struct tally {
	uint64_t yes, no, errors;
	struct str example; /* of the first error */
	struct str error;
};

static enum rules_answer ask(struct outcomes *outcomes, const struct author_clause *clause,
	struct author_person *person, struct str *ret_error)
{
	const struct rules_facts facts = author_person_facts(person);
	const struct rules_result result =
		rules_evaluate(clause->compiled, &facts, &outcomes->scratch);
	*ret_error = result.error;
	return result.answer;
}

static bool grid_over(struct outcomes *outcomes, const struct author_clause *const *clauses,
	size_t count, struct author_grid *ret_grid, struct author_person *ret_person)
{
	return author_grid_init(ret_grid, outcomes->book->schema, clauses, count,
		       outcomes->findings->arena) == ERR_OK &&
	       author_person_init(ret_person, outcomes->book->schema, outcomes->findings->arena);
}

static void tally_clause(struct outcomes *outcomes, const struct author_clause *clause,
	const struct author_grid *grid, struct author_person *person, struct tally *tally)
{
	struct arena *arena = outcomes->findings->arena;
	for (uint64_t n = 0; n < grid->asked; n++) {
		struct str error;
		arena_reset(&outcomes->scratch);
		if (!author_grid_person(grid, n, person)) {
			continue;
		}
		const enum rules_answer answer = ask(outcomes, clause, person, &error);
		tally->yes += answer == RULES_YES;
		tally->no += answer == RULES_NO;
		if (answer == RULES_ERROR && tally->errors++ == 0) {
			tally->example = author_grid_words(grid, person, arena);
			tally->error = arena_str(arena, error);
		}
	}
}

/* Empty of a clause that asks about none. */
static struct str facts_words(const struct author_grid *grid, struct arena *arena)
{
	struct str words = {0};
	for (size_t i = 0; i < grid->count; i++) {
		words = arena_printf(arena, "%.*s%s%.*s", STR_ARG(words),
			i == 0                 ? ""
			: i + 1 == grid->count ? " and "
					       : ", ",
			STR_ARG(grid->axes[i].fact->path));
	}
	return words;
}

/* A clause with an error is not asked anything: what it says is not what is meant. */
static bool is_refused(const struct outcomes *outcomes, const struct author_clause *clause)
{
	if (clause->tree == NULL) {
		return true;
	}
	for (size_t i = 0; i < outcomes->findings->count; i++) {
		const struct author_finding *finding = &outcomes->findings->items[i];
		if (finding->level == AUTHOR_ERROR &&
			str_equal(finding->file, outcomes->service->file->path) &&
			str_equal(finding->clause, clause->id)) {
			return true;
		}
	}
	return false;
}

/* False when nobody can meet it, or it cannot be evaluated for somebody. */
static bool check_clause(struct outcomes *outcomes, const struct author_clause *clause)
{
	bool *settled = &outcomes->settled[clause - outcomes->service->clauses];
	struct author_findings *findings = outcomes->findings;
	const struct author_service *service = outcomes->service;
	const unsigned width = (unsigned)clause->cel.len;
	struct author_grid grid;
	struct author_person person;
	struct tally tally = {0};
	if (!grid_over(outcomes, &clause, 1, &grid, &person)) {
		return false;
	}
	tally_clause(outcomes, clause, &grid, &person, &tally);
	const struct str names = facts_words(&grid, findings->arena);
	const char *whatever = names.len == 0 ? "" : ", whatever ";
	if (tally.yes == 0 && tally.errors == 0) {
		*settled = true;
		(void)author_found(findings, service, clause, 0, width, AUTHOR_WARNING,
			"never-true",
			grid.exact ? "is never true: nobody can meet it%s%.*s"
				   : "is never true for any value tried%s%.*s (not proven)",
			grid.exact ? whatever : " of ", STR_ARG(names));
	} else if (tally.no == 0 && tally.errors == 0 && grid.exact) {
		*settled = true;
		(void)author_found(findings, service, clause, 0, width, AUTHOR_WARNING,
			"always-true", "is always true: it turns nobody away%s%.*s", whatever,
			STR_ARG(names));
	}
	if (tally.errors > 0) {
		(void)author_found(findings, service, clause, 0, width, AUTHOR_WARNING, "can-fail",
			"cannot be evaluated for everybody, and a person then decides: %.*s gives "
			"\"%.*s\"",
			STR_ARG(tally.example), STR_ARG(tally.error));
	}
	return tally.errors == 0 && tally.yes > 0;
}

/* `weak` has no effect beside `strong`: whoever meets `strong` meets it as well, and whoever does
 * not meet it fails `strong` at least as hard. */
static bool implies(struct outcomes *outcomes, const struct author_clause *strong,
	const struct author_clause *weak)
{
	const struct author_clause *const both[] = {strong, weak};
	struct author_grid grid;
	struct author_person person;
	bool ever = false;
	if ((strong->ask && !weak->ask) || !grid_over(outcomes, both, 2, &grid, &person) ||
		!grid.exact) {
		return false;
	}
	for (uint64_t n = 0; n < grid.asked; n++) {
		struct str error;
		arena_reset(&outcomes->scratch);
		if (!author_grid_person(&grid, n, &person)) {
			continue;
		}
		const enum rules_answer first = ask(outcomes, strong, &person, &error);
		const enum rules_answer second = ask(outcomes, weak, &person, &error);
		ever = ever || first == RULES_YES;
		if ((first == RULES_YES && second != RULES_YES) || first == RULES_ERROR ||
			second == RULES_ERROR) {
			return false;
		}
	}
	return ever;
}

/* Every fact of `weak` must stand in `strong`: otherwise it also asks for something. */
static bool reads_all_of(const struct author_clause *strong, const struct author_clause *weak)
{
	for (size_t w = 0; w < weak->tree->name_count; w++) {
		bool found = false;
		for (size_t s = 0; s < strong->tree->name_count; s++) {
			found = found || strong->tree->names[s].slot == weak->tree->names[w].slot;
		}
		if (!found) {
			return false;
		}
	}
	return true;
}

static bool same_text(
	struct outcomes *outcomes, const struct author_clause *a, const struct author_clause *b)
{
	struct cel_text first = {.arena = &outcomes->scratch};
	struct cel_text second = {.arena = &outcomes->scratch};
	arena_reset(&outcomes->scratch);
	cel_unparse(&first, a->tree->root);
	cel_unparse(&second, b->tree->root);
	const bool same = !first.failed && !second.failed &&
			  str_equal(cel_text_str(&first), cel_text_str(&second));
	return same;
}

static void say_implied(struct outcomes *outcomes, const struct author_clause *weak,
	const struct author_clause *strong, const char *code, const char *format)
{
	outcomes->settled[weak - outcomes->service->clauses] = true;
	struct author_finding *finding = author_found(outcomes->findings, outcomes->service, weak,
		0, (unsigned)weak->cel.len, AUTHOR_WARNING, code, "%s", format);
	if (finding != NULL) {
		finding->message = arena_printf(outcomes->findings->arena, "%.*s %.*s%s",
			STR_ARG(finding->message), STR_ARG(strong->id),
			strcmp(code, "implied") == 0 ? " meets it as well" : "");
	}
}

static void check_pair(struct outcomes *outcomes, const struct author_clause *earlier,
	const struct author_clause *later)
{
	static const char implied[] = "has no effect: whoever meets clause";
	if (earlier->cohort != later->cohort) {
		return;
	}
	if (same_text(outcomes, earlier, later)) {
		say_implied(outcomes, later, earlier, "duplicate", "says the same as clause");
	} else if (reads_all_of(earlier, later) && implies(outcomes, earlier, later)) {
		say_implied(outcomes, later, earlier, "implied", implied);
	} else if (reads_all_of(later, earlier) && implies(outcomes, later, earlier)) {
		say_implied(outcomes, earlier, later, "implied", implied);
	}
}

/* Whether anybody at all meets every clause of eligibility; said only where each can be met. */
static void check_together(struct outcomes *outcomes)
{
	const struct author_service *service = outcomes->service;
	struct author_findings *findings = outcomes->findings;
	const struct author_schema *schema = outcomes->book->schema;
	const struct author_clause **clauses =
		arena_array(findings->arena, service->clause_count + 1, sizeof(*clauses));
	size_t count = 0;
	bool told = false;
	for (size_t i = 0; clauses != NULL && i < service->clause_count; i++) {
		const struct author_clause *clause = &service->clauses[i];
		if (!clause->cohort && !is_refused(outcomes, clause)) {
			clauses[count++] = clause;
		}
	}
	for (size_t later = 1; later < count; later++) {
		for (size_t i = 0; i < later; i++) {
			const struct author_clause *const both[] = {clauses[i], clauses[later]};
			if (author_nobody_meets(schema, both, 2, findings->arena)) {
				told = true;
				(void)author_found(findings, service, both[1], 0,
					(unsigned)both[1]->cel.len, AUTHOR_WARNING,
					"never-eligible",
					"contradicts clause %.*s: nobody meets both",
					STR_ARG(both[0]->id));
			}
		}
	}
	if (count > 2 && !told && author_nobody_meets(schema, clauses, count, findings->arena)) {
		(void)author_found(findings, service, clauses[0], 0, (unsigned)clauses[0]->cel.len,
			AUTHOR_WARNING, "never-eligible",
			"the clauses of this service together let nobody in");
	}
}

void author_check_outcomes(const struct author_book *book, const struct author_service *service,
	struct author_findings *findings)
{
	struct outcomes outcomes = {.book = book,
		.service = service,
		.findings = findings,
		.settled = arena_array(
			findings->arena, service->clause_count + 1, sizeof(*outcomes.settled))};
	if (outcomes.settled == NULL) {
		return;
	}
	bool each_can_be_met = true;
	arena_init(&outcomes.scratch, 0);
	for (size_t i = 0; i < service->clause_count; i++) {
		outcomes.settled[i] = is_refused(&outcomes, &service->clauses[i]);
		if (!outcomes.settled[i]) {
			each_can_be_met =
				check_clause(&outcomes, &service->clauses[i]) && each_can_be_met;
		}
	}
	for (size_t i = 0; i < service->clause_count; i++) {
		for (size_t k = i + 1; k < service->clause_count; k++) {
			if (!outcomes.settled[i] && !outcomes.settled[k]) {
				check_pair(&outcomes, &service->clauses[i], &service->clauses[k]);
			}
		}
	}
	if (each_can_be_met) {
		check_together(&outcomes);
	}
	arena_finish(&outcomes.scratch);
}
