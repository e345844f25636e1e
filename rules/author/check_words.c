/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/check.h"
#include "broker/base/timestamp.h"

/* What stands in a clause against what there is: names of facts, values of vocabularies. */

struct reading {
	const struct author_book *book;
	const struct author_service *service;
	const struct author_clause *clause;
	struct author_findings *findings;
	/* Facts whose items the variables of the enclosing folds are, by slot. */
	const struct author_fact *items[CEL_LIMIT_DEPTH * 2];
};

static const struct author_fact *fact_of(const struct reading *reading, const struct cel_node *node)
{
	const struct author_schema *schema = reading->book->schema;
	if (node->kind == CEL_NODE_NAME) {
		const uint32_t slot = reading->clause->tree->names[node->variable].slot;
		return slot == CEL_SLOT_NONE ? NULL : &schema->facts[slot];
	}
	if (node->kind == CEL_NODE_LOCAL &&
		node->slot < sizeof(reading->items) / sizeof(reading->items[0])) {
		return reading->items[node->slot];
	}
	return NULL;
}

/* Where a chain of names begins; the node's own place is its last link. */
static size_t chain_start(const struct reading *reading, struct str path, size_t offset)
{
	const struct str cel = reading->clause->cel;
	for (size_t back = 0; back < path.len && back <= offset; back++) {
		const struct str rest = {cel.ptr + offset - back, cel.len - offset + back};
		if (str_has_prefix(rest, path)) {
			return offset - back;
		}
	}
	return offset;
}

static void check_name(const struct reading *reading, const struct cel_node *node)
{
	const struct cel_name *name = &reading->clause->tree->names[node->variable];
	if (name->slot != CEL_SLOT_NONE) {
		return;
	}
	const struct str path = name->trail.path;
	const struct author_fact *near = author_fact_nearest(reading->book->schema, path);
	(void)author_found(reading->findings, reading->service, reading->clause,
		chain_start(reading, path, node->offset), (unsigned)path.len, AUTHOR_ERROR,
		"unknown-fact", "no referral holds a fact \"%.*s\"%s%.*s%s", STR_ARG(path),
		near == NULL ? "; `onward fields` lists them" : "; did you mean ",
		STR_ARG(near == NULL ? (struct str){0} : near->path), near == NULL ? "" : "?");
}

/* Characters of a text's literal in the source, quotation marks counted. */
static unsigned literal_width(const struct reading *reading, const struct cel_node *node)
{
	const struct str cel = reading->clause->cel;
	size_t at = node->offset + 1;
	if (node->offset >= cel.len) {
		return 1;
	}
	const char mark = cel.ptr[node->offset];
	while (at < cel.len && cel.ptr[at] != mark) {
		at += cel.ptr[at] == '\\' ? 2 : 1;
	}
	return (unsigned)(at - node->offset + 1);
}

/* True when the clause has that word too: who writes 'Female' beside 'female' means it. */
static bool says_too(const struct author_clause *clause, struct str word)
{
	for (size_t i = 0; word.len + 1 < clause->cel.len && i < clause->cel.len - word.len - 1;
		i++) {
		const char *at = clause->cel.ptr + i;
		if ((*at == '\'' || *at == '"') && at[word.len + 1] == *at &&
			memcmp(at + 1, word.ptr, word.len) == 0) {
			return true;
		}
	}
	return false;
}

/* A slip in a word that the fact does not have to be, but mostly is. */
static void check_usual(
	const struct reading *reading, const struct author_fact *fact, const struct cel_node *node)
{
	const struct str text = cel_str(node->literal);
	const struct str meant = author_usual_meant(fact, text);
	if (meant.len == 0 || says_too(reading->clause, meant)) {
		return;
	}
	(void)author_found(reading->findings, reading->service, reading->clause, node->offset,
		literal_width(reading, node), AUTHOR_WARNING, "vocabulary",
		"%.*s is hardly ever '%.*s'; did you mean '%.*s'?", STR_ARG(fact->path),
		STR_ARG(text), STR_ARG(meant));
}

static void check_code(
	const struct reading *reading, const struct author_fact *fact, const struct cel_node *node)
{
	const struct str text = cel_str(node->literal);
	if (author_code_known(fact, text)) {
		check_usual(reading, fact, node);
		return;
	}
	const struct str near = author_code_nearest(fact, text);
	struct arena *arena = reading->findings->arena;
	struct str hint = STR("; `onward fields` lists what it can be");
	if (near.len > 0) {
		struct str name = {0};
		for (size_t i = 0; fact->names != NULL && i < fact->code_count; i++) {
			name = str_equal(fact->codes[i], near) ? fact->names[i] : name;
		}
		hint = name.len == 0 ? arena_printf(arena, "; did you mean '%.*s'?", STR_ARG(near))
				     : arena_printf(arena, "; did you mean '%.*s' (%.*s)?",
					       STR_ARG(near), STR_ARG(name));
	}
	(void)author_found(reading->findings, reading->service, reading->clause, node->offset,
		literal_width(reading, node), AUTHOR_ERROR, "vocabulary",
		"%.*s can never be '%.*s'%.*s", STR_ARG(fact->path),
		(int)(text.len > 60 ? 60 : text.len), text.ptr, STR_ARG(hint));
}

static void check_literal(
	const struct reading *reading, const struct author_fact *fact, const struct cel_node *node)
{
	date_days date;
	if (node->kind == CEL_NODE_LIST) {
		for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
			check_literal(reading, fact, n);
		}
		return;
	}
	if (node->kind != CEL_NODE_LITERAL) {
		return;
	}
	if (node->literal.kind == CEL_STRING && fact->type == AUTHOR_DATE &&
		date_parse(cel_str(node->literal), &date) != ERR_OK) {
		(void)author_found(reading->findings, reading->service, reading->clause,
			node->offset, literal_width(reading, node), AUTHOR_ERROR, "vocabulary",
			"%.*s is a date such as '2019-06-12'", STR_ARG(fact->path));
	} else if (node->literal.kind == CEL_STRING) {
		check_code(reading, fact, node);
	} else if (node->literal.kind == CEL_INT && fact->type == AUTHOR_INT &&
		   (node->literal.integer < fact->least || node->literal.integer > fact->most)) {
		(void)author_found(reading->findings, reading->service, reading->clause,
			node->offset, 1, AUTHOR_WARNING, "vocabulary",
			"%.*s is a number from %lld to %lld", STR_ARG(fact->path),
			(long long)fact->least, (long long)fact->most);
	}
}

static void check_node(struct reading *reading, const struct cel_node *node)
{
	if (node->kind == CEL_NODE_NAME) {
		check_name(reading, node);
	}
	if (node->kind == CEL_NODE_BINARY && node->op <= CEL_OP_IN) {
		const struct cel_node *left = node->child;
		const struct author_fact *of_left = fact_of(reading, left);
		const struct author_fact *of_right = fact_of(reading, left->next);
		if (of_left != NULL) {
			check_literal(reading, of_left, left->next);
		} else if (of_right != NULL) {
			check_literal(reading, of_right, left);
		}
	}
	const bool folds = node->kind == CEL_NODE_FOLD && node->second.len == 0 &&
			   node->slot < sizeof(reading->items) / sizeof(reading->items[0]);
	if (folds) {
		reading->items[node->slot] = fact_of(reading, node->child);
	}
	for (const struct cel_node *n = node->child; n != NULL; n = n->next) {
		check_node(reading, n);
	}
	if (folds) {
		reading->items[node->slot] = NULL;
	}
}

void author_check_words(const struct author_book *book, const struct author_service *service,
	const struct author_clause *clause, struct author_findings *findings)
{
	struct reading reading = {
		.book = book, .service = service, .clause = clause, .findings = findings};
	check_node(&reading, clause->tree->root);
}
