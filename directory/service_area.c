/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

#include <stdlib.h>

/*
 * The authorities a service names, against the days on which their codes hold and its contract
 * runs: a directory of a past year names the codes of its time.
 */

static bool overlap(
	const struct directory_authority *authority, const struct directory_service *service)
{
	return authority->from <= service->window_to && service->window_from <= authority->to;
}

static void code_problem(struct reader *reader, const struct yaml_node *node,
	const struct directory_authority *authority, const struct directory_service *service)
{
	char words[256];
	char begun[DATE_TEXT_SIZE];
	if (directory_authority_ended(
		    authority->code, service->window_from, words, sizeof(words))) {
		reader_problem(reader, node, "%s, before the window begins", words);
		return;
	}
	date_format(authority->from, begun);
	reader_problem(reader, node, "%.*s (%.*s) begins on %s, after the window ends",
		STR_ARG(authority->name), STR_ARG(authority->code), begun);
}

static int code_order(const void *a, const void *b)
{
	const struct str *left = a;
	const struct str *right = b;
	return str_compare(*left, *right);
}

/* Other codes of the same places that hold while the contract runs, for a boundary that was moved
 * changes a code and no service. */
static void same_places_add(struct reader *reader, struct directory_service *service)
{
	const struct directory_list *named = &service->authorities;
	struct str *codes = arena_array(reader->arena, 2 * named->count, sizeof(*codes));
	struct directory_list all = {codes, 0};
	if (codes == NULL) {
		return;
	}
	for (size_t i = 0; i < named->count; i++) {
		codes[all.count++] = named->items[i];
	}
	for (size_t i = 0; i < named->count; i++) {
		const struct directory_authority *at = directory_authority_by_code(named->items[i]);
		const struct directory_authority *other = directory_authority_same_place(at);
		if (other != NULL && overlap(other, service) &&
			!reader_list_has(&all, other->code)) {
			codes[all.count++] = other->code;
		}
	}
	if (all.count > named->count) {
		qsort(codes, all.count, sizeof(*codes), code_order);
		service->authorities = all;
	}
}

void area_codes_check(
	struct reader *reader, const struct yaml_node *root, struct directory_service *service)
{
	const struct yaml_node *list = yaml_get(root, "authorities");
	const struct yaml_node *n = list == NULL ? NULL : list->first;
	same_places_add(reader, service);
	for (; n != NULL; n = n->next) {
		const struct directory_authority *authority = directory_authority_by_code(n->text);
		const struct directory_authority *other = NULL;
		if (authority == NULL) {
			/* A name is that of the place, under whatever code. */
			authority = directory_authority_by_name(n->text);
			other = authority == NULL ? NULL
						  : directory_authority_same_place(authority);
		}
		if (authority != NULL && !overlap(authority, service) &&
			(other == NULL || !overlap(other, service))) {
			code_problem(reader, n, authority, service);
		}
	}
}
