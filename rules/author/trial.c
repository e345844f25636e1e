/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/trial.h"

struct running {
	const struct author_book *book;
	const struct author_table *table;
	struct arena *arena;
	struct author_use *uses;
	size_t use_count;
};

static const struct author_clause *clause_named(const struct author_service *service, struct str id)
{
	for (size_t i = 0; i < service->clause_count; i++) {
		if (str_equal(service->clauses[i].id, id)) {
			return &service->clauses[i];
		}
	}
	return NULL;
}

static void add_line(const struct running *running, struct author_outcome *outcome, struct str line)
{
	outcome->passed = false;
	outcome->why = arena_printf(running->arena, "%.*s%s%.*s", STR_ARG(outcome->why),
		outcome->why.len == 0 ? "" : "\n", STR_ARG(line));
}

/* The answer of a clause that makes a verdict what it is. */
static enum rules_answer deciding(enum author_verdict verdict)
{
	switch (verdict) {
	case AUTHOR_ELIGIBLE:
		return RULES_YES;
	case AUTHOR_INELIGIBLE:
		return RULES_NO;
	case AUTHOR_UNDETERMINED:
		return RULES_UNKNOWN;
	case AUTHOR_FAILED:
		break;
	}
	return RULES_ERROR;
}

/* Every eligibility clause's explanation that decides the verdict, a line each. */
static struct str explain(const struct running *running, const struct author_case *of,
	const struct author_service *service, const struct author_judgement *judgement)
{
	struct author_person person = of->person;
	const struct rules_facts facts = author_person_facts(&person);
	struct str text = {0};
	for (size_t i = 0; i < service->clause_count; i++) {
		const struct author_clause *clause = &service->clauses[i];
		const struct rules_result result = judgement->results[i];
		if (clause->cohort || clause->compiled == NULL ||
			result.answer != deciding(judgement->verdict)) {
			continue;
		}
		/* What a broker shows, without the author's own words, which are not under test. */
		const struct rules_wording wording = {.show_values = true,
			.question = clause->ask ? clause->question : (struct str){0}};
		const struct str words =
			rules_account(clause->compiled, &facts, &result, &wording, running->arena);
		text = arena_printf(running->arena, "%.*s%s%.*s: %.*s", STR_ARG(text),
			text.len == 0 ? "" : "\n", STR_ARG(clause->id), STR_ARG(words));
	}
	return text;
}

static void check_reason(const struct running *running, struct author_outcome *outcome,
	const struct author_judgement *judgement)
{
	const struct author_service *service = outcome->service;
	for (size_t i = 0; i < outcome->of->reason_count; i++) {
		const struct str id = outcome->of->reason[i];
		const struct author_clause *clause = clause_named(service, id);
		if (clause == NULL) {
			add_line(running, outcome,
				arena_printf(running->arena,
					"reason: the service has no clause %.*s", STR_ARG(id)));
		} else if (judgement->results[clause - service->clauses].answer !=
			   deciding(judgement->verdict)) {
			add_line(running, outcome,
				arena_printf(running->arena, "reason: clause %.*s is not why",
					STR_ARG(id)));
		}
	}
}

static bool holds(const struct str *names, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(names[i], name)) {
			return true;
		}
	}
	return false;
}

/* What the undetermined clauses of eligibility hang on, each once. */
static size_t missing_of(const struct running *running, const struct author_service *service,
	const struct author_judgement *judgement, const struct str **ret_names)
{
	size_t most = 1;
	for (size_t i = 0; i < service->clause_count; i++) {
		most += judgement->results[i].missing_count;
	}
	struct str *names = arena_array(running->arena, most, sizeof(*names));
	size_t count = 0;
	for (size_t i = 0; names != NULL && i < service->clause_count; i++) {
		const struct rules_result *result = &judgement->results[i];
		for (size_t m = 0; !service->clauses[i].cohort && m < result->missing_count; m++) {
			if (!holds(names, count, result->missing[m])) {
				names[count++] = result->missing[m];
			}
		}
	}
	*ret_names = names;
	return count;
}

static struct str join(const struct running *running, const struct str *names, size_t count)
{
	struct str text = {0};
	for (size_t i = 0; i < count; i++) {
		text = arena_printf(running->arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : ", ",
			STR_ARG(names[i]));
	}
	return count == 0 ? STR("nothing") : text;
}

static void check_missing(const struct running *running, struct author_outcome *outcome,
	const struct author_judgement *judgement)
{
	const struct author_case *of = outcome->of;
	const struct str *names;
	if (!of->has_missing) {
		return;
	}
	const size_t count = missing_of(running, outcome->service, judgement, &names);
	bool same = count == of->missing_count;
	for (size_t i = 0; i < count && same; i++) {
		same = holds(of->missing, of->missing_count, names[i]);
	}
	if (!same) {
		const struct str is = join(running, names, count);
		const struct str wanted = join(running, of->missing, of->missing_count);
		add_line(running, outcome,
			arena_printf(running->arena, "missing: %.*s, not %.*s", STR_ARG(is),
				STR_ARG(wanted)));
	}
}

static void check_verdict(const struct running *running, struct author_outcome *outcome,
	const struct author_judgement *judgement)
{
	const struct author_case *of = outcome->of;
	const struct str words = explain(running, of, outcome->service, judgement);
	if (judgement->verdict != of->verdict) {
		add_line(running, outcome,
			arena_printf(running->arena, "%s, not %s%s%.*s",
				author_verdict_name(judgement->verdict),
				author_verdict_name(of->verdict), words.len == 0 ? "" : "\n",
				STR_ARG(words)));
		return;
	}
	if (of->says.len > 0 && (words.len == 0 || memmem(words.ptr, words.len, of->says.ptr,
							   of->says.len) == NULL)) {
		add_line(running, outcome,
			arena_printf(running->arena, "it does not say \"%.*s\"; it says\n%.*s",
				STR_ARG(of->says),
				STR_ARG(words.len == 0 ? STR("nothing") : words)));
	}
}

static struct author_use *use_of(const struct running *running, const struct author_clause *clause)
{
	for (size_t i = 0; i < running->use_count; i++) {
		if (running->uses[i].clause == clause) {
			return &running->uses[i];
		}
	}
	return NULL;
}

static void count_uses(const struct running *running, const struct author_service *service,
	const struct author_judgement *judgement)
{
	const struct author_clause *only = NULL;
	size_t against = 0;
	for (size_t i = 0; i < service->clause_count; i++) {
		const struct author_clause *clause = &service->clauses[i];
		const struct rules_result *result = &judgement->results[i];
		struct author_use *use = use_of(running, clause);
		/* Under `ask` a no was made an unknown that hangs on nothing. */
		const bool asked = clause->ask && result->answer == RULES_UNKNOWN &&
				   result->missing_count == 0;
		if (use != NULL) {
			use->answers[asked ? RULES_NO : result->answer]++;
		}
		if (!clause->cohort && result->answer != RULES_YES) {
			only = clause;
			against++;
		}
	}
	struct author_use *use = against == 1 ? use_of(running, only) : NULL;
	if (use != NULL) {
		use->decided++;
	}
}

static struct author_outcome run_case(const struct running *running, const struct author_case *of)
{
	struct author_outcome outcome = {
		.of = of, .service = author_book_find(running->book, of->service), .passed = true};
	if (outcome.service == NULL) {
		add_line(running, &outcome,
			arena_printf(running->arena, "there is no service %.*s in these rules",
				STR_ARG(of->service)));
		return outcome;
	}
	struct author_person person = of->person;
	const struct author_judgement judgement =
		author_judge(outcome.service, &person, running->arena);
	outcome.verdict = judgement.verdict;
	check_verdict(running, &outcome, &judgement);
	check_reason(running, &outcome, &judgement);
	check_missing(running, &outcome, &judgement);
	count_uses(running, outcome.service, &judgement);
	return outcome;
}

static bool is_tested(const struct author_table *table, const struct author_service *service)
{
	for (size_t i = 0; i < table->count; i++) {
		if (str_equal(table->cases[i].service, service->id)) {
			return true;
		}
	}
	return false;
}

/* A row for every clause of the tested services; the others with clauses are listed. */
static bool lay_out(struct running *running, struct author_trial *trial)
{
	const struct author_book *book = running->book;
	size_t clauses = 1;
	for (size_t i = 0; i < book->count; i++) {
		clauses += book->services[i].clause_count;
	}
	running->uses = arena_array(running->arena, clauses, sizeof(*running->uses));
	const struct author_service **untested =
		arena_array(running->arena, book->count + 1, sizeof(*untested));
	if (running->uses == NULL || untested == NULL) {
		return false;
	}
	for (size_t i = 0; i < book->count; i++) {
		const struct author_service *service = &book->services[i];
		if (!is_tested(running->table, service)) {
			untested[trial->untested_count] = service;
			trial->untested_count += service->clause_count > 0;
			continue;
		}
		for (size_t c = 0; c < service->clause_count; c++) {
			running->uses[running->use_count++] = (struct author_use){
				.service = service, .clause = &service->clauses[c]};
		}
	}
	trial->untested = untested;
	return true;
}

enum err author_trial_run(const struct author_book *book, const struct author_table *table,
	struct arena *arena, struct author_trial *ret_trial)
{
	struct running running = {.book = book, .table = table, .arena = arena};
	struct author_trial trial = {0};
	struct author_outcome *outcomes = arena_array(arena, table->count + 1, sizeof(*outcomes));
	if (outcomes == NULL || !lay_out(&running, &trial)) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < table->count; i++) {
		outcomes[i] = run_case(&running, &table->cases[i]);
		trial.failed += !outcomes[i].passed;
	}
	trial.outcomes = outcomes;
	trial.outcome_count = table->count;
	trial.uses = running.uses;
	trial.use_count = running.use_count;
	author_trial_probe(book->schema, table, arena, &trial);
	if (arena_failed(arena)) {
		return ERR_NOMEM;
	}
	*ret_trial = trial;
	return ERR_OK;
}

bool author_use_covered(const struct author_use *use)
{
	return use->answers[RULES_YES] > 0 && use->answers[RULES_NO] > 0;
}
