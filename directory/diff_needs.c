/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_text.h"

/* Needs: what is left out there is not nothing. */

static const struct directory_member *needs_member(void)
{
	size_t count;
	const struct directory_member *members = directory_members(DIRECTORY_SERVICE, &count);
	while (members->offset != offsetof(struct directory_service, needs)) {
		members++;
	}
	return members;
}

static void needs_add(struct buf *out, const struct directory_wording *wording,
	const struct directory_list *needs, enum diff_side side)
{
	if (needs->count == 0) {
		buf_add_text(out, "none");
	} else {
		diff_list(out, wording, needs_member(), needs, side);
	}
}

/* What one that states no needs takes. */
static const char *unstated(const struct directory_service *service, bool was)
{
	switch (service->role) {
	case DIRECTORY_LEAD:
		return was ? "it took the whole person" : "takes the whole person";
	case DIRECTORY_SPECIALIST:
	case DIRECTORY_DUTY:
		break;
	}
	return was ? "it was chosen for no need" : "is chosen for no need";
}

void diff_needs_stated(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const struct directory_service *before = difference->before;
	const struct directory_service *after = difference->after;
	if (after->needs_stated) {
		buf_add_text(out, "now states which needs it takes: ");
		needs_add(out, wording, &after->needs, DIFF_AFTER);
		buf_printf(out, "; until now it stated none: %s", unstated(before, true));
	} else {
		buf_printf(
			out, "%s: it no longer states any needs; it took ", unstated(after, false));
		needs_add(out, wording, &before->needs, DIFF_BEFORE);
	}
}

void diff_lead_needs(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference)
{
	const struct directory_service *before = difference->before;
	const struct directory_service *after = difference->after;
	if (difference->more) {
		buf_add_text(out, "now all its needs may come before release (was: only ");
		needs_add(out, wording, &before->lead_needs, DIFF_BEFORE);
	} else {
		buf_add_text(out, "of its needs only these may come before release: ");
		needs_add(out, wording, &after->lead_needs, DIFF_AFTER);
		buf_add_text(out, " (was: all");
	}
	buf_add_text(out, ")");
}
