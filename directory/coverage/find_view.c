/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/find.h"

#include "broker/base/text.h"

/* What may be shown of a service.  Of a confidential location nothing but the needs and pathways:
 * no name, no place, no hours, no contact.  Addresses of delivery are never shown. */

enum {
	LABEL = 10,
	INDENT = 4
};

static void words_join(struct buf *out, struct directory_list list)
{
	for (size_t i = 0; i < list.count; i++) {
		buf_add_text(out, i == 0 ? "" : ", ");
		buf_add_str(out, list.items[i]);
	}
}

static void field(struct buf *out, const char *label, struct buf *words)
{
	if (words->len > 0) {
		text_field(out, INDENT, LABEL, label, buf_str(words));
	}
	out->failed = out->failed || words->failed;
	buf_reset(words);
}

static void places_join(struct buf *out, const struct directory_service *service)
{
	for (size_t i = 0; i < service->authorities.count; i++) {
		const struct directory_authority *authority =
			directory_authority_by_code(service->authorities.items[i]);
		buf_add_text(out, i == 0 ? "" : ", ");
		buf_add_str(
			out, authority == NULL ? service->authorities.items[i] : authority->name);
	}
	if (!service->area_stated) {
		buf_add_text(out, "not stated: ask the service");
	}
}

static void whom(struct buf *out, const struct directory_service *service)
{
	for (size_t i = 0; i < service->eligibility.count; i++) {
		buf_add_text(out, i == 0 ? "" : " ");
		buf_add_str(out, service->eligibility.items[i].means);
	}
}

static void referrers(struct buf *out, const struct directory_service *service)
{
	words_join(out, service->referrer_kinds);
	buf_add_text(out, out->len > 0 && service->referrer_parties.count > 0 ? ", " : "");
	words_join(out, service->referrer_parties);
	if (out->len == 0) {
		buf_add_text(out, "not stated");
	}
}

static const char *hours_words(enum hours_answer open)
{
	switch (open) {
	case HOURS_OPEN:
		return " (open now)";
	case HOURS_CLOSED:
		return " (closed now)";
	case HOURS_UNKNOWN:
		break;
	}
	return "";
}

static void hit_text(struct buf *out, const struct find_hit *hit)
{
	const struct directory_service *service = hit->service;
	struct buf words = {0};
	words_join(&words, service->needs);
	field(out, "Takes", &words);
	if (service->confidential_location) {
		buf_add_text(&words, "its location is confidential: refer, and it is told");
		field(out, "Where", &words);
		buf_finish(&words);
		return;
	}
	whom(&words, service);
	field(out, "Whom", &words);
	places_join(&words, service);
	field(out, "Where", &words);
	words_join(&words, service->pathways);
	field(out, "Pathways", &words);
	referrers(&words, service);
	field(out, "Referrers", &words);
	if (service->opening_hours.len > 0) {
		buf_add_str(&words, service->opening_hours);
		buf_add_text(&words, hours_words(hit->open));
	} else {
		buf_add_text(&words, "not stated");
	}
	field(out, "Hours", &words);
	if (service->organisation->advice_contact) {
		buf_add_str(&words, service->organisation->contact);
		field(out, "Contact", &words);
	}
	if (service->routing == DIRECTORY_ADVICE_ONLY) {
		buf_add_text(&words, "a contact for advice, not somewhere to refer to");
	} else if (!service->intake_open) {
		buf_add_text(&words, "takes no new referrals at present");
	}
	field(out, "Note", &words);
	buf_finish(&words);
}

static void read_as(struct buf *out, const struct find_answer *answer)
{
	if (answer->need < 0 && answer->authority == NULL) {
		return;
	}
	buf_add_text(out, "Read as");
	if (answer->need >= 0) {
		buf_printf(out, " %s", vocab_code(VOCAB_NEED, answer->need));
	}
	if (answer->authority != NULL) {
		buf_printf(out, "%s %.*s", answer->need >= 0 ? " in" : "",
			STR_ARG(answer->authority->name));
	}
	buf_add_text(out, "\n\n");
}

void find_text(struct buf *out, const struct find_answer *answer)
{
	read_as(out, answer);
	for (size_t i = 0; i < answer->count; i++) {
		const struct directory_service *service = answer->hits[i].service;
		buf_printf(out, "%zu  ", i + 1);
		if (service->confidential_location) {
			buf_add_text(out, "a service that is not named, for safety\n");
		} else {
			text_data(out, service->name);
			buf_add_text(out, ", ");
			text_data(out, service->organisation->name);
			buf_add_text(out, " (");
			text_data(out, service->id);
			buf_add_text(out, ")\n");
		}
		hit_text(out, &answer->hits[i]);
	}
	if (answer->found > answer->count) {
		buf_printf(out, "\n%zu more: say where, or for which need\n",
			answer->found - answer->count);
	}
	if (answer->found == 0) {
		buf_add_text(out, "Nobody is found. `onward directory gaps` shows where there is "
				  "nothing; a referral goes to the coordinator's queue.\n");
	}
}

static struct value strings(struct arena *arena, struct directory_list list)
{
	struct value out = value_list_new(arena, list.count);
	for (size_t i = 0; i < list.count; i++) {
		value_push(arena, &out, value_of_str(list.items[i]));
	}
	return out;
}

static void put(struct arena *arena, struct value *map, const char *key, struct str text)
{
	if (text.len > 0) {
		value_put(arena, map, key, value_of_str(text));
	}
}

struct value find_value(struct arena *arena, const struct find_hit *hit)
{
	const struct directory_service *service = hit->service;
	struct value map = value_map_new(arena, 16);
	if (service->confidential_location) {
		value_put(arena, &map, "confidential", value_of_bool(true));
		value_put(arena, &map, "needs", strings(arena, service->needs));
		return map;
	}
	put(arena, &map, "id", service->id);
	put(arena, &map, "name", service->name);
	put(arena, &map, "organisation", service->organisation->name);
	value_put(arena, &map, "needs", strings(arena, service->needs));
	value_put(arena, &map, "pathways", strings(arena, service->pathways));
	value_put(arena, &map, "authorities", strings(arena, service->authorities));
	value_put(arena, &map, "area_stated", value_of_bool(service->area_stated));
	value_put(arena, &map, "referrer_kinds", strings(arena, service->referrer_kinds));
	value_put(arena, &map, "referrer_parties", strings(arena, service->referrer_parties));
	value_put(arena, &map, "advice_only",
		value_of_bool(service->routing == DIRECTORY_ADVICE_ONLY));
	value_put(arena, &map, "intake_open", value_of_bool(service->intake_open));
	put(arena, &map, "opening_hours", service->opening_hours);
	if (hit->open != HOURS_UNKNOWN) {
		value_put(arena, &map, "open_now", value_of_bool(hit->open == HOURS_OPEN));
	}
	if (service->organisation->advice_contact) {
		put(arena, &map, "contact", service->organisation->contact);
	}
	return map;
}
