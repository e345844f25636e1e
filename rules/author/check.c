/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/check.h"

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
	const uint64_t cost = cel_cost_estimate(clause->tree->root, AUTHOR_COST_SIZE);
	if (cost > AUTHOR_COST_MAX) {
		(void)author_found(findings, service, clause, 0, (unsigned)clause->cel.len,
			AUTHOR_WARNING, "cost",
			"costs up to %llu steps, more than the %d that a clause should; lists of "
			"lists and patterns are what costs",
			(unsigned long long)cost, AUTHOR_COST_MAX);
	}
}

/* A part of the conjunction that the index cannot look up; NULL when there is none. */
static const struct cel_node *unindexed(const struct cel_node *node)
{
	bool more;
	if (node->kind == CEL_NODE_AND) {
		const struct cel_node *found = NULL;
		for (const struct cel_node *n = node->child; found == NULL && n != NULL;
			n = n->next) {
			found = unindexed(n);
		}
		return found;
	}
	const uint64_t names = cel_node_names(node, &more);
	return !more && (names & (names - 1)) == 0 ? NULL : node;
}

static void check_index(const struct author_service *service, const struct author_clause *clause,
	struct author_findings *findings)
{
	const struct cel_node *node = unindexed(clause->tree->root);
	if (node != NULL && !clause->cohort) {
		(void)author_found(findings, service, clause, node->offset, 1, AUTHOR_NOTE,
			"no-index",
			"asks about several facts at once, so that it is evaluated for every "
			"referral; conditions of one fact each, joined by &&, are looked up");
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
