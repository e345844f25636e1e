/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/parts.h"
#include "broker/core/plan.h"
#include "broker/model/field.h"
#include "directory/coverage/hours.h"

#include <stdio.h>

/* A service by itself. */

static void field_name(char out[REVIEW_FIELD_SIZE], const char *list, size_t index)
{
	(void)snprintf(out, REVIEW_FIELD_SIZE, "%s[%zu]", list, index);
}

/* What is delivered by, so far: one more name is most likely a slip. */
static const char *const adapters[] = {"inbox", "mail", "folder", "webhook"};

static void check_adapter(struct reviewing *reviewing, const struct directory_service *service)
{
	const struct str named = service->delivery_adapter;
	const char *nearest = NULL;
	size_t least = named.len / 2 + 1;
	for (size_t i = 0; i < sizeof(adapters) / sizeof(adapters[0]); i++) {
		const size_t distance = str_distance(named, str_from(adapters[i]));
		if (distance == 0) {
			return;
		}
		nearest = distance < least ? adapters[i] : nearest;
		least = distance < least ? distance : least;
	}
	review_warn(reviewing, service->file, "delivery.adapter", "no-route", str_from(nearest),
		"no adapter is called \"%.*s\"%s%s%s", STR_ARG(named),
		nearest == NULL ? ": inbox, mail, folder and webhook are" : "; did you mean \"",
		nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"?");
}

static void check_route(struct reviewing *reviewing, const struct directory_service *service)
{
	const struct parties *parties = reviewing->input->parties;
	const struct str id = service->delivery_party;
	if (id.len == 0) {
		return;
	}
	check_adapter(reviewing, service);
	const struct party *party = parties == NULL ? NULL : parties_find(parties, id);
	if (parties != NULL && service->area_stated && (party == NULL || party->revoked)) {
		review_warn(reviewing, service->file, "delivery.party", "no-route", (struct str){0},
			"%.*s is %s, so that the service is chosen for nobody", STR_ARG(id),
			party == NULL ? "not in parties.yaml" : "revoked");
	}
	if (service->delivery_address.len == 0 && str_is(service->delivery_adapter, "mail")) {
		review_tally(reviewing, TALLY_ADDRESS, service);
	}
}

/* What leaves for an inbox is sealed with its key: nobody else can read it, on the way or there. */
static void check_sealing(struct reviewing *reviewing, const struct directory_service *service)
{
	for (size_t i = 1; i < sizeof(adapters) / sizeof(adapters[0]); i++) {
		if (service->delivery_secret && str_is(service->delivery_adapter, adapters[i])) {
			review_warn(reviewing, service->file, "delivery.secret", "secrecy",
				(struct str){0},
				"%s is no secret channel by itself: only what leaves for an inbox "
				"is sealed for the provider alone",
				adapters[i]);
		}
	}
}

/* Class 4 is an error of the loading already. */
static void check_secrecy(struct reviewing *reviewing, const struct directory_service *service)
{
	const struct directory_rulebook *rulebook = plan_rulebook();
	char field[REVIEW_FIELD_SIZE];
	if (!review_key_is_whole(reviewing, service->file, "delivery")) {
		return;
	}
	check_sealing(reviewing, service);
	for (size_t i = 0; !service->delivery_secret && i < service->agreement.count; i++) {
		const struct str path = service->agreement.items[i];
		const int answer = rulebook->field_class(rulebook->context, path);
		if (answer - 1 == FIELD_CLASS_SPECIAL) {
			field_name(field, "agreement.fields", i);
			review_warn(reviewing, service->file, field, "secrecy", (struct str){0},
				"%.*s is of class 3 (special category or offence) and the channel "
				"is not secret: a notice leaves, this does not",
				STR_ARG(path));
		}
	}
}

static void check_assurance(struct reviewing *reviewing, const struct directory_service *service)
{
	const date_days day = reviewing->input->day;
	char text[DATE_TEXT_SIZE];
	if (service->assurance_date == INT32_MIN) {
		review_tally(reviewing, TALLY_ASSURANCE, service);
		return;
	}
	date_format(service->assurance_date, text);
	if (service->assurance_date > day) {
		review_warn(reviewing, service->file, "assurance_date", "assurance",
			(struct str){0}, "%s is still to come", text);
	} else if (day - service->assurance_date > REVIEW_YEAR) {
		review_warn(reviewing, service->file, "assurance_date", "assurance",
			(struct str){0}, "%s is more than a year ago", text);
	}
}

/* Codes that end while the contract runs, unless what took their place is covered as well. */
static void check_codes(struct reviewing *reviewing, const struct directory_service *service)
{
	for (size_t i = 0; i < service->authorities.count; i++) {
		const struct directory_authority *authority =
			directory_authority_by_code(service->authorities.items[i]);
		const struct directory_authority *next[4];
		char words[256];
		if (authority == NULL || authority->to >= service->window_to ||
			authority->to == INT32_MAX) {
			continue;
		}
		const size_t count =
			directory_authority_successors(authority, authority->to + 1, next, 4);
		size_t covered = 0;
		for (size_t n = 0; n < count && n < 4; n++) {
			for (size_t k = 0; k < service->authorities.count; k++) {
				covered += str_equal(service->authorities.items[k], next[n]->code);
			}
		}
		if (covered < count && directory_authority_ended(authority->code, authority->to + 1,
					       words, sizeof(words))) {
			review_warn(reviewing, service->file, "authorities", "code-ends",
				count == 1 ? next[0]->code : (struct str){0},
				"%s; the contract runs on", words);
		}
	}
}

/* A contract that begins later than that follows on another. */
static int64_t follows_until(const struct directory_service *service)
{
	return (int64_t)service->window_to + REVIEW_SOON;
}

/* Who may have been meant to take on its people: of the same role, for the same women, in a place
 * of its own, for longer, and begun after it.  NULL: nobody, or more than one. */
static const struct directory_service *likely_successor(
	const struct reviewing *reviewing, const struct directory_service *service)
{
	const struct directory *directory = reviewing->directory;
	const struct directory_service *found = NULL;
	for (size_t a = 0; a < service->authorities.count; a++) {
		const uint32_t *positions;
		const size_t count = directory_at_authority(
			directory, service->authorities.items[a], &positions);
		for (size_t i = 0; i < count && count <= REVIEW_LOOKED; i++) {
			const struct directory_service *other = &directory->services[positions[i]];
			const bool likely = other != service && other != found &&
					    other->routing == DIRECTORY_ROUTABLE &&
					    other->role == service->role &&
					    other->women_specific == service->women_specific &&
					    other->window_from > service->window_from &&
					    other->window_from <= follows_until(service) &&
					    other->window_to > service->window_to;
			if (likely && found != NULL) {
				return NULL;
			}
			found = likely ? other : found;
		}
	}
	return found;
}

static void check_window(struct reviewing *reviewing, const struct directory_service *service)
{
	const date_days day = reviewing->input->day;
	char text[DATE_TEXT_SIZE];
	if (service->window_to == INT32_MAX || service->successor.len > 0 ||
		!review_key_is_whole(reviewing, service->file, "window")) {
		return;
	}
	date_format(service->window_to, text);
	const int64_t past = (int64_t)day - service->window_to;
	if (past > REVIEW_YEAR) {
		review_tally(reviewing, TALLY_ENDED, service);
		return;
	}
	if (-past > REVIEW_SOON) {
		return;
	}
	const struct directory_service *likely = likely_successor(reviewing, service);
	const struct str id = likely == NULL ? (struct str){0} : likely->id;
	const char *before = likely == NULL ? "" : "; did you mean \"";
	const char *after = likely == NULL ? "" : "\" to be it?";
	if (past > 0) {
		review_warn(reviewing, service->file, "window", "ended", id,
			"ended on %s, and no successor takes on its people%s%.*s%s", text, before,
			STR_ARG(id), after);
	} else {
		review_warn(reviewing, service->file, "window", "ends-soon", id,
			"ends on %s, in %lld days, and no successor is named%s%.*s%s", text,
			(long long)-past, before, STR_ARG(id), after);
	}
}

static void check_intake(struct reviewing *reviewing, const struct directory_service *service)
{
	if (!service->intake_open) {
		review_warn(reviewing, service->file, "intake", "paused", (struct str){0},
			"is paused for as long as this file says so; for a time there is "
			"`onward pause`");
	}
	/* Room for a time, or a list to wait on, is a reason for none otherwise. */
	if ((service->caseload == 0 || service->per_year == 0) && service->overrides.count == 0 &&
		service->waiting_list == 0) {
		review_warn(reviewing, service->file,
			service->caseload == 0 ? "capacity.caseload" : "capacity.per_year",
			"no-room", (struct str){0},
			"is 0, so that there is room for nobody; what is not known is written "
			"not-stated");
	}
}

static void check_overrides(struct reviewing *reviewing, const struct directory_service *service)
{
	char field[REVIEW_FIELD_SIZE];
	for (size_t i = 0; i < service->overrides.count; i++) {
		const struct directory_override *override = &service->overrides.items[i];
		if (override->from > service->window_to || override->to < service->window_from) {
			field_name(field, "capacity.overrides", i);
			review_warn(reviewing, service->file, field, "no-effect", (struct str){0},
				"lies outside the window");
		}
	}
}

static void check_needs(struct reviewing *reviewing, const struct directory_service *service)
{
	if (service->needs_stated) {
		return;
	}
	if (service->role == DIRECTORY_SPECIALIST && service->specialist_groups.count == 0 &&
		service->area_stated) {
		review_warn(reviewing, service->file, "needs", "takes-no-need", (struct str){0},
			"a specialist that states neither needs nor a group is chosen for nobody");
	} else {
		review_tally(reviewing, TALLY_NEEDS, service);
	}
}

/* The two-letter codes of ISO 639-1; longer ones are taken as they are. */
static bool language_known(struct str code)
{
	static const char known[] =
		"aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr "
		"cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu "
		"gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk "
		"kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms "
		"mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro "
		"ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl "
		"tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";
	if (code.len > 2 && code.ptr[2] != '-') {
		return true;
	}
	for (const char *at = known; *at != '\0'; at += 3) {
		if (at[0] == code.ptr[0] && at[1] == code.ptr[1]) {
			return true;
		}
	}
	return false;
}

static void check_texts(struct reviewing *reviewing, const struct directory_service *service)
{
	char field[REVIEW_FIELD_SIZE];
	for (size_t i = 0; i < service->languages.count; i++) {
		const struct str code = service->languages.items[i];
		if (code.len >= 2 && !language_known(code)) {
			field_name(field, "languages", i);
			review_warn(reviewing, service->file, field, "unread", (struct str){0},
				"no language has the code \"%.*s\"", STR_ARG(code));
		}
	}
	const struct hours_time noon = {.weekday = 2, .minute = 12 * 60};
	if (service->opening_hours.len > 0 &&
		hours_at(service->opening_hours, noon) == HOURS_UNKNOWN) {
		review_warn(reviewing, service->file, "opening_hours", "unread", (struct str){0},
			"cannot be read as days and times (\"Mon-Fri 09:00-17:00\"), so that "
			"nobody is told whether it is open");
	}
}

static void check_leftovers(struct reviewing *reviewing, const struct directory_service *service)
{
	bool resettlement = service->pathways.count == 0;
	for (size_t i = 0; i < service->pathways.count; i++) {
		resettlement = resettlement || str_is(service->pathways.items[i], "resettlement");
	}
	if (service->lead_days >= 0 && !resettlement) {
		review_warn(reviewing, service->file, "lead_days", "no-effect", (struct str){0},
			"says nothing: resettlement is not among the pathways");
	}
	for (size_t i = 0; i < service->partners.count; i++) {
		char field[REVIEW_FIELD_SIZE];
		if (str_equal(service->partners.items[i], service->organisation->id)) {
			field_name(field, "partners", i);
			review_warn(reviewing, service->file, field, "no-effect", (struct str){0},
				"is the organisation itself");
		}
	}
}

void review_service(struct reviewing *reviewing, const struct directory_service *service)
{
	check_texts(reviewing, service);
	if (service->routing != DIRECTORY_ROUTABLE) {
		return;
	}
	check_window(reviewing, service);
	if (!review_is_ahead(reviewing, service)) {
		return; /* history */
	}
	if (!service->area_stated) {
		review_tally(reviewing, TALLY_AREA, service);
	}
	check_route(reviewing, service);
	check_secrecy(reviewing, service);
	check_assurance(reviewing, service);
	check_codes(reviewing, service);
	check_intake(reviewing, service);
	check_overrides(reviewing, service);
	check_needs(reviewing, service);
	check_leftovers(reviewing, service);
}
