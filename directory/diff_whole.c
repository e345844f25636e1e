/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_text.h"

#include <stdlib.h>

/* A service that is new, or gone, and the page that holds all differences. */

static const struct directory_member *member_at(size_t offset)
{
	size_t count;
	const struct directory_member *members = directory_members(DIRECTORY_SERVICE, &count);
	for (size_t i = 0; i < count; i++) {
		if (members[i].offset == offset) {
			return &members[i];
		}
	}
	return &members[0];
}

#define MEMBER(name) member_at(offsetof(struct directory_service, name))

static void list_part(struct buf *out, const struct directory_wording *wording,
	const struct directory_member *member, const struct directory_list *list, const char *words,
	bool gone)
{
	if (list->count > 0) {
		buf_add_text(out, words);
		diff_list(out, wording, member, list, gone ? DIFF_BEFORE : DIFF_AFTER);
	}
}

static void disclosed(struct buf *out, const struct directory_wording *wording,
	const struct directory_service *service)
{
	struct str *items =
		arena_array(wording->arena, service->agreement.count + 1, sizeof(*items));
	struct directory_list worst = {items, 0};
	for (size_t i = 0; items != NULL && i < service->agreement.count; i++) {
		if (diff_class(wording, service->agreement.items[i]) == 4) {
			items[worst.count++] = service->agreement.items[i];
		}
	}
	buf_add_text(out, "; discloses ");
	diff_number(out, service->agreement.count);
	buf_add_text(out, service->agreement.count == 1 ? " field" : " fields");
	list_part(out, wording, MEMBER(agreement), &worst, ", among them ", false);
}

/* Whom a new service is for, as its author says it. */
static void admitted(struct buf *out, const struct directory_service *service)
{
	const struct directory_clauses *clauses = &service->eligibility;
	if (clauses->count == 0) {
		buf_add_text(out, "; no clause says whom it is for: it turns nobody away");
		return;
	}
	buf_add_text(out, "; it is for whoever meets ");
	for (size_t i = 0; i < clauses->count; i++) {
		const struct str means = clauses->items[i].means;
		const size_t stop = means.len > 0 && means.ptr[means.len - 1] == '.';
		buf_add_text(out, i == 0 ? "" : i + 1 == clauses->count ? " and " : ", ");
		buf_printf(out, "`%.*s`, \"%.*s\"", STR_ARG(clauses->items[i].id),
			(int)(means.len - stop), means.ptr == NULL ? "" : means.ptr);
	}
}

void diff_whole_service(struct buf *out, const struct directory_wording *wording,
	const struct directory_service *service, bool gone)
{
	const enum diff_side side = gone ? DIFF_BEFORE : DIFF_AFTER;
	buf_add_text(out, gone ? "no longer there: was " : "new: ");
	diff_value(out, wording, MEMBER(role), &service->role, side);
	buf_add_text(out, ", ");
	diff_value(out, wording, MEMBER(routing), &service->routing, side);
	if (service->organisation != NULL) {
		buf_add_text(out, gone ? "; run by " : "; it is run by ");
		diff_value(out, wording, MEMBER(organisation), &service->organisation, side);
	}
	if (service->area_stated) {
		list_part(out, wording, MEMBER(authorities), &service->authorities,
			gone ? "; covered " : "; covers ", gone);
	} else {
		buf_add_text(out, gone ? "; did not state where it worked"
				       : "; does not state where it works");
	}
	list_part(
		out, wording, MEMBER(needs), &service->needs, gone ? "; took " : "; takes ", gone);
	if (!gone && service->routing == DIRECTORY_ROUTABLE) {
		admitted(out, service);
	}
	if (!gone && service->confidential_location) {
		buf_add_text(out, "; its location is confidential");
	}
	if (!gone && service->delivery_party.len > 0) {
		buf_add_text(out, "; delivery goes to ");
		diff_value(out, wording, MEMBER(delivery_party), &service->delivery_party, side);
		buf_add_text(out, service->delivery_secret ? " by a secret channel"
							   : " by a channel that is not secret");
		disclosed(out, wording, service);
	}
}
