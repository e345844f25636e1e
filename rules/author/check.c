/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/check.h"
#include "rules/index/parts.h"

#include <stdarg.h>
#include <stdio.h>

struct author_finding *author_found(struct author_findings *findings,
	const struct author_service *service, const struct author_clause *clause, size_t offset,
	unsigned width, enum author_level level, const char *code, const char *format, ...)
{
	char message[640];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	struct author_finding *finding = author_findings_add(findings);
	if (finding == NULL) {
		return NULL;
	}
	author_clause_place(service, clause, offset, finding);
	finding->level = level;
	finding->code = code;
	finding->message = arena_str(findings->arena, str_from(message));
	/* What a folded clause has on its next lines is not underlined. */
	const size_t room = finding->excerpt.len + 1 > finding->column
				    ? finding->excerpt.len + 1 - finding->column
				    : 1;
	finding->width = width > room ? (unsigned)room : width;
	return finding;
}

static void check_compiles(const struct author_service *service, const struct author_clause *clause,
	struct author_findings *findings)
{
	(void)author_found(findings, service, clause, clause->fault.offset, 1, AUTHOR_ERROR,
		"does-not-compile", "%s", clause->fault.message);
}

static void check_cost(const struct author_service *service, const struct author_clause *clause,
	struct author_findings *findings)
{
	const uint64_t cost = cel_cost_estimate(clause->tree->root, RULES_LIMIT_FACT_SIZE);
	if (cost > AUTHOR_COST_MAX) {
		(void)author_found(findings, service, clause, 0, (unsigned)clause->cel.len,
			AUTHOR_WARNING, "cost",
			"costs up to %llu steps, more than the %d that a clause should; lists of "
			"lists and patterns are what costs",
			(unsigned long long)cost, AUTHOR_COST_MAX);
	}
}

/* Asks the index itself which parts it will have to evaluate. */
static void check_index(const struct author_service *service, const struct author_clause *clause,
	struct author_findings *findings)
{
	struct index_shape shape;
	if (clause->cohort || clause->compiled == NULL ||
		index_shape_find(findings->arena, clause->compiled, &shape) != ERR_OK) {
		return;
	}
	for (size_t i = 0; i < shape.part_count; i++) {
		const struct index_part *part = &shape.parts[i];
		const uint64_t facts = rules_node_facts(part->clause.root);
		if (part->kind != INDEX_PART_MIXED && part->kind != INDEX_PART_OPAQUE) {
			continue;
		}
		(void)author_found(findings, service, clause, part->clause.root->offset, 1,
			AUTHOR_NOTE, "no-index", "%s, so it is evaluated for each referral",
			(facts & (facts - 1)) != 0
				? "asks about several facts at once"
				: "does more with a fact than compare it with values");
	}
}

static void check_service(const struct author_book *book, const struct author_service *service,
	struct author_findings *findings)
{
	for (size_t i = 0; i < service->clause_count; i++) {
		const struct author_clause *clause = &service->clauses[i];
		if (clause->tree == NULL) {
			check_compiles(service, clause, findings);
			continue;
		}
		author_check_words(book, service, clause, findings);
		check_cost(service, clause, findings);
		check_index(service, clause, findings);
	}
	author_check_outcomes(book, service, findings);
}

enum err author_check(const struct author_book *book, struct author_findings *findings)
{
	for (size_t i = 0; i < book->count; i++) {
		check_service(book, &book->services[i], findings);
	}
	author_findings_sort(findings);
	return arena_failed(findings->arena) ? ERR_NOMEM : ERR_OK;
}
