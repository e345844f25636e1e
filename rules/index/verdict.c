/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/kernel.h"
#include "rules/index/model.h"

/*
 * From rows to verdicts.  A service is eligible when one of its rows is certain.  Otherwise, when a
 * possible row of it has to be checked, its conditions are evaluated, each different one once for
 * all services; when none has, possible rows mean that something is unknown, and nothing else.
 */

enum {
	NOT_ANSWERED = UINT8_MAX
};

struct asking {
	const struct index *index;
	const struct rules_facts *facts;
	struct arena *scratch;
	uint8_t *answers; /* enum rules_answer by condition; NULL: each is asked every time */
	uint64_t *eligible, *undetermined, *error;
	size_t eligible_count, undetermined_count, error_count, evaluated_count;
};

static enum rules_answer in_set(const struct index_set *set, struct str text)
{
	for (size_t i = 0; i < set->code_count; i++) {
		if (str_equal(set->codes[i], text)) {
			return RULES_YES;
		}
	}
	return RULES_NO;
}

enum rules_answer index_set_answer(const struct index_set *set, const struct rules_fact *fact)
{
	enum rules_answer answer = RULES_NO;
	if (!set->stated || fact->kind == RULES_FACT_UNKNOWN) {
		return RULES_UNKNOWN;
	}
	if (fact->kind == RULES_FACT_STRING) {
		return in_set(set, fact->string);
	}
	if (fact->kind != RULES_FACT_LIST) {
		return RULES_ERROR;
	}
	for (size_t i = 0; i < fact->list.count; i++) {
		const struct rules_fact *item = &fact->list.items[i];
		if (item->kind != RULES_FACT_STRING && item->kind != RULES_FACT_UNKNOWN) {
			return RULES_ERROR;
		}
		const enum rules_answer found = item->kind == RULES_FACT_UNKNOWN
							? RULES_UNKNOWN
							: in_set(set, item->string);
		answer = answer == RULES_YES || found == RULES_NO ? answer : found;
	}
	return answer;
}

static enum rules_answer ask(struct asking *asking, uint32_t number)
{
	const struct index_condition *condition = &asking->index->conditions[number];
	if (asking->answers != NULL && asking->answers[number] != NOT_ANSWERED) {
		return (enum rules_answer)asking->answers[number];
	}
	enum rules_answer answer;
	if (condition->clause == NULL) {
		const struct rules_fact fact =
			asking->facts->get(asking->facts->context, condition->set.fact);
		answer = index_set_answer(&condition->set, &fact);
	} else {
		const struct arena_mark mark = arena_mark(asking->scratch);
		answer = rules_evaluate(condition->clause, asking->facts, asking->scratch).answer;
		arena_rewind(asking->scratch, mark);
	}
	if (asking->answers != NULL) {
		asking->answers[number] = (uint8_t)answer;
	}
	return answer;
}

static enum index_verdict evaluate(struct asking *asking, size_t service)
{
	const struct index *index = asking->index;
	bool error = false;
	bool unknown = false;
	for (uint32_t i = index->first_conditions[service];
		i < index->first_conditions[service + 1]; i++) {
		switch (ask(asking, index->service_conditions[i])) {
		case RULES_NO:
			return INDEX_INELIGIBLE;
		case RULES_YES:
			break;
		case RULES_UNKNOWN:
			unknown = true;
			break;
		case RULES_ERROR:
			error = true;
			break;
		}
	}
	return error ? INDEX_ERROR : unknown ? INDEX_UNDETERMINED : INDEX_ELIGIBLE;
}

static void put(struct asking *asking, size_t service, enum index_verdict verdict)
{
	switch (verdict) {
	case INDEX_INELIGIBLE:
		break;
	case INDEX_ELIGIBLE:
		index_bit_set(asking->eligible, service);
		break;
	case INDEX_UNDETERMINED:
		index_bit_set(asking->undetermined, service);
		break;
	case INDEX_ERROR:
		index_bit_set(asking->error, service);
		break;
	}
}

static enum err start(struct asking *asking, const struct index *index,
	const struct rules_facts *facts, struct arena *scratch)
{
	const size_t words = index_words(index->service_count) + 1;
	*asking = (struct asking){.index = index, .facts = facts, .scratch = scratch};
	asking->eligible = arena_array(scratch, words, sizeof(uint64_t));
	asking->undetermined = arena_array(scratch, words, sizeof(uint64_t));
	asking->error = arena_array(scratch, words, sizeof(uint64_t));
	return arena_failed(scratch) ? ERR_NOMEM : ERR_OK;
}

static enum err finish(const struct asking *asking, struct index_verdicts *ret_verdicts)
{
	const size_t words = index_words(asking->index->service_count);
	if (arena_failed(asking->scratch)) {
		return ERR_NOMEM;
	}
	*ret_verdicts = (struct index_verdicts){
		.service_count = asking->index->service_count,
		.word_count = words,
		.eligible = asking->eligible,
		.undetermined = asking->undetermined,
		.error = asking->error,
		.eligible_count = index_popcount(asking->eligible, words),
		.undetermined_count = index_popcount(asking->undetermined, words),
		.error_count = index_popcount(asking->error, words),
		.evaluated_count = asking->evaluated_count,
	};
	return ERR_OK;
}

static size_t service_of(const struct index *index, size_t row)
{
	return index->row_services == NULL ? row : index->row_services[row];
}

/* Services of certain rows are eligible. */
static void put_certain(struct asking *asking, const struct index_rows *rows)
{
	const struct index *index = asking->index;
	if (index->row_services == NULL) {
		memcpy(asking->eligible, rows->certain,
			index_words(index->service_count) * sizeof(uint64_t));
		return;
	}
	for (size_t word = 0; word < index_words(index->row_count); word++) {
		for (uint64_t bits = rows->certain[word]; bits != 0; bits &= bits - 1) {
			const size_t row = word * 64 + (size_t)__builtin_ctzll(bits);
			index_bit_set(asking->eligible, index->row_services[row]);
		}
	}
}

/* The rows of a service follow on each other, and the first that is possible decides what is to be
 * done for all of them. */
static void put_possible(struct asking *asking, const struct index_rows *rows)
{
	const struct index *index = asking->index;
	size_t done = SIZE_MAX;
	for (size_t word = 0; word < index_words(index->row_count); word++) {
		uint64_t bits = rows->possible[word] & ~rows->certain[word];
		for (; bits != 0; bits &= bits - 1) {
			const size_t row = word * 64 + (size_t)__builtin_ctzll(bits);
			const size_t service = service_of(index, row);
			if (service == done || index_bit(asking->eligible, service)) {
				continue;
			}
			bool check = index_bit(rows->check, row);
			for (size_t next = row + 1; !check && next < index->row_count &&
						    service_of(index, next) == service;
				next++) {
				check = index_bit(rows->check, next);
			}
			asking->evaluated_count += check ? 1 : 0;
			put(asking, service,
				check ? evaluate(asking, service) : INDEX_UNDETERMINED);
			done = service;
		}
	}
}

enum err index_query(const struct index *index, const struct rules_facts *facts,
	struct arena *scratch, struct index_verdicts *ret_verdicts)
{
	struct asking asking;
	struct index_rows rows;
	struct rules_fact *values = arena_array(scratch, index->domain_count, sizeof(*values));
	uint8_t *answers = arena_alloc(scratch, index->condition_count + 1);
	enum err err = values == NULL || answers == NULL ? ERR_NOMEM : ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < index->domain_count; i++) {
		values[i] = facts->get(facts->context, index->domains[i].fact);
	}
	if (err == ERR_OK) {
		err = index_rows_find(index, values, scratch, &rows);
	}
	if (err == ERR_OK) {
		err = start(&asking, index, facts, scratch);
	}
	if (err != ERR_OK) {
		return err;
	}
	memset(answers, NOT_ANSWERED, index->condition_count + 1);
	asking.answers = answers;
	put_certain(&asking, &rows);
	put_possible(&asking, &rows);
	return finish(&asking, ret_verdicts);
}

enum err index_scan(const struct index *index, const struct rules_facts *facts,
	struct arena *scratch, struct index_verdicts *ret_verdicts)
{
	struct asking asking;
	const enum err err = start(&asking, index, facts, scratch);
	if (err != ERR_OK) {
		return err;
	}
	for (size_t service = 0; service < index->service_count; service++) {
		put(&asking, service, evaluate(&asking, service));
	}
	asking.evaluated_count = index->service_count;
	return finish(&asking, ret_verdicts);
}

enum index_verdict index_verdict_of(const struct index_verdicts *verdicts, size_t service)
{
	if (index_bit(verdicts->eligible, service)) {
		return INDEX_ELIGIBLE;
	}
	if (index_bit(verdicts->undetermined, service)) {
		return INDEX_UNDETERMINED;
	}
	return index_bit(verdicts->error, service) ? INDEX_ERROR : INDEX_INELIGIBLE;
}

struct index_stats index_stats_of(const struct index *index)
{
	struct index_stats stats = {.services = index->service_count,
		.rows = index->row_count,
		.clauses = index->condition_count,
		.columns = index->column_count,
		.residual_rows = index_popcount(index->residual, index->word_count),
		.bytes = index->arena.used_total + sizeof(*index)};
	for (size_t i = 0; i < index->column_count; i++) {
		const struct index_column *column = &index->columns[i];
		stats.bitsets += column->pool_count;
		for (uint32_t r = INDEX_REGION_FIRST_CUT;
			column->sparse && r < column->region_count; r++) {
			stats.postings += column->postings[r - INDEX_REGION_FIRST_CUT].count;
		}
	}
	return stats;
}
