/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"

static const char *answer_name(enum rules_answer answer)
{
	switch (answer) {
	case RULES_NO:
		return "no";
	case RULES_YES:
		return "yes";
	case RULES_UNKNOWN:
		return "unknown";
	case RULES_ERROR:
		return "error";
	}
	return "error";
}

static const char *verdict_name(enum match_verdict verdict)
{
	switch (verdict) {
	case MATCH_ELIGIBLE:
		return "eligible";
	case MATCH_INELIGIBLE:
		return "ineligible";
	case MATCH_UNDETERMINED:
		return "undetermined";
	case MATCH_ERROR:
		return "error";
	}
	return "error";
}

static struct value clause_value(
	struct arena *arena, struct str name, enum rules_answer answer, struct str text)
{
	struct value map = value_map_new(arena, 3);
	value_put(arena, &map, "clause", value_of_str(name));
	value_put(arena, &map, "result", value_of_text(answer_name(answer)));
	value_put(arena, &map, "text", value_of_str(text));
	return map;
}

/* No fact of hers stands behind such an answer, so only the condition itself can be shown. */
static struct str settled_text(struct arena *arena, struct str cel, enum rules_answer answer)
{
	switch (answer) {
	case RULES_YES:
		return arena_printf(arena, "met whatever is still unknown: %.*s", STR_ARG(cel));
	case RULES_NO:
		return arena_printf(
			arena, "cannot be met, whatever is still unknown: %.*s", STR_ARG(cel));
	case RULES_ERROR:
	case RULES_UNKNOWN:
		break;
	}
	return arena_printf(arena,
		"cannot be evaluated, whatever is still unknown: %.*s; check by hand",
		STR_ARG(cel));
}

static struct str clause_text(
	const struct match_input *input, const struct match_candidate *candidate, size_t clause)
{
	struct facts context = {input->referral, input->now, input->arena};
	const struct rules_facts facts = facts_of(&context);
	const struct plan_clause *plan = &candidate->service->eligibility[clause];
	if (clause < 64 && (candidate->settled >> clause & 1) != 0) {
		return settled_text(
			input->arena, plan->source->cel, candidate->clauses[clause].answer);
	}
	struct rules_wording wording = {.show_values = true, .means = plan->source->means};
	if (plan->source->ask) {
		wording.question = plan->source->question.len > 0 ? plan->source->question
								  : STR("ask the service");
	}
	return rules_account(
		plan->compiled, &facts, &candidate->clauses[clause], &wording, input->arena);
}

static struct value candidate_missing(
	const struct match_input *input, const struct match_candidate *candidate)
{
	struct arena *arena = input->arena;
	const size_t count = candidate->service->source->eligibility.count;
	size_t most = 4;
	for (size_t i = 0; i < count; i++) {
		most += candidate->clauses[i].missing_count;
	}
	struct value list = value_list_new(arena, most);
	if (candidate->filters[MATCH_AREA] == RULES_UNKNOWN &&
		candidate->service->source->area_stated) {
		value_push(arena, &list, value_of_text("person.local_authority"));
	}
	if (candidate->filters[MATCH_RELEASE] == RULES_UNKNOWN) {
		value_push(arena, &list, value_of_text("justice.release_dates"));
	}
	if (candidate->filters[MATCH_CONSENT] == RULES_UNKNOWN) {
		value_push(arena, &list, value_of_text("consent"));
	}
	for (size_t i = 0; i < count; i++) {
		const struct rules_result *result = &candidate->clauses[i];
		for (size_t m = 0; result->answer == RULES_UNKNOWN && m < result->missing_count;
			m++) {
			const struct str field =
				facts_question(input->referral, result->missing[m]);
			value_push(arena, &list,
				value_of_str(field.len > 0 ? field : result->missing[m]));
		}
	}
	return list;
}

static struct value candidate_value(
	const struct match_input *input, const struct match_candidate *candidate)
{
	struct arena *arena = input->arena;
	const struct directory_service *service = candidate->service->source;
	struct value map = value_map_new(arena, 6);
	struct value clauses = value_list_new(arena, MATCH_FILTERS + service->eligibility.count);
	for (int i = 0; i < MATCH_FILTERS; i++) {
		const enum match_filter filter = (enum match_filter)i;
		value_push(arena, &clauses,
			clause_value(arena, str_from(match_filter_name(filter)),
				candidate->filters[i],
				match_filter_text(input, candidate, filter)));
	}
	for (size_t i = 0; i < service->eligibility.count; i++) {
		value_push(arena, &clauses,
			clause_value(arena, service->eligibility.items[i].id,
				candidate->clauses[i].answer, clause_text(input, candidate, i)));
	}
	value_put(arena, &map, "service", value_of_str(service->id));
	value_put(arena, &map, "name", value_of_str(service->name));
	value_put(arena, &map, "organisation", value_of_str(service->organisation->name));
	value_put(arena, &map, "verdict", value_of_text(verdict_name(candidate->verdict)));
	value_put(arena, &map, "clauses", clauses);
	value_put(arena, &map, "missing", candidate_missing(input, candidate));
	return map;
}

struct value match_needs(struct arena *arena, uint32_t needs)
{
	struct value list = value_list_new(arena, NEED_COUNT);
	for (int need = 0; need < NEED_COUNT; need++) {
		if ((needs & 1U << need) != 0) {
			value_push(arena, &list, value_of_text(vocab_code(VOCAB_NEED, need)));
		}
	}
	return list;
}

struct value match_advice(const struct match_input *input, const struct match *match)
{
	enum {
		ADVICE_MAX = 8
	};
	struct arena *arena = input->arena;
	struct value list = value_list_new(arena, ADVICE_MAX);
	for (size_t i = 0; i < match->candidate_count && list.list.count < ADVICE_MAX; i++) {
		const struct match_candidate *candidate = &match->candidates[i];
		const struct directory_service *service = candidate->service->source;
		const bool useful = (candidate->service->needs & match->gaps) != 0 ||
				    (candidate->service->groups & input->referral->groups) != 0;
		if (service->routing != DIRECTORY_ADVICE_ONLY || !useful ||
			service->confidential_location ||
			candidate->filters[MATCH_AREA] == RULES_NO) {
			continue;
		}
		struct value map = value_map_new(arena, 3);
		value_put(arena, &map, "service", value_of_str(service->id));
		value_put(arena, &map, "name", value_of_str(service->name));
		value_put(arena, &map, "organisation", value_of_str(service->organisation->name));
		value_push(arena, &list, map);
	}
	return list;
}

struct value match_words(const struct match_input *input, const struct match *match)
{
	struct arena *arena = input->arena;
	struct value map = value_map_new(arena, 7);
	struct value chosen = value_list_new(arena, match->leg_count);
	struct value others = value_list_new(arena, match->cascade_count);
	struct value questions = value_list_new(arena, match->question_count);
	struct value services = value_list_new(arena, match->candidate_count);
	for (size_t i = 0; i < match->leg_count; i++) {
		const struct directory_service *service = match->legs[i].service->source;
		value_push(arena, &chosen,
			service->confidential_location ? value_of_text("confidential")
						       : value_of_str(service->id));
	}
	for (size_t i = 0; i < match->cascade_count; i++) {
		if (!match->cascade[i]->source->confidential_location) {
			value_push(arena, &others, value_of_str(match->cascade[i]->source->id));
		}
	}
	for (size_t i = 0; i < match->question_count; i++) {
		value_push(arena, &questions, value_of_str(match->questions[i]));
	}
	for (size_t i = 0; i < match->candidate_count; i++) {
		const struct match_candidate *candidate = &match->candidates[i];
		if (!candidate->service->source->confidential_location &&
			candidate->clauses != NULL) {
			value_push(arena, &services, candidate_value(input, candidate));
		}
	}
	value_put(arena, &map, "directory_version", value_of_int((int64_t)input->plan->version));
	value_put(arena, &map, "chosen", chosen);
	value_put(arena, &map, "cascade", others);
	value_put(arena, &map, "gaps", match_needs(arena, match->gaps));
	value_put(arena, &map, "questions", questions);
	value_put(arena, &map, "advice", match_advice(input, match));
	value_put(arena, &map, "services", services);
	return map;
}
