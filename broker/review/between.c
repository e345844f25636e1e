/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/review/parts.h"
#include "directory/place.h"

#include <stdlib.h>

/* Services against each other, and what no service uses. */

enum {
	POOLS_COMPARED = 1000,
	ID_LETTERS = 6,       /* of a party: shorter ones are near to many */
	ID_LETTERS_WRONG = 2, /* in a slip */
	NAMES_COMPARED = 400  /* services of one name; there are some 320 councils */
};

struct order {
	const struct directory_service **items;
	size_t count;
};

static struct str area_of(const struct directory_service *service)
{
	return place_of(service->file).area;
}

static bool windows_meet(const struct directory_service *a, const struct directory_service *b)
{
	return a->window_from <= b->window_to && b->window_from <= a->window_to;
}

static int name_order(const void *a, const void *b)
{
	const struct directory_service *left = *(const struct directory_service *const *)a;
	const struct directory_service *right = *(const struct directory_service *const *)b;
	int order = str_compare(area_of(left), area_of(right));
	if (order == 0) {
		order = str_compare(left->name, right->name);
	}
	return order != 0 ? order : str_compare(left->id, right->id);
}

static int pool_order(const void *a, const void *b)
{
	const struct directory_service *left = *(const struct directory_service *const *)a;
	const struct directory_service *right = *(const struct directory_service *const *)b;
	const int order = str_compare(left->pool, right->pool);
	return order != 0 ? order : str_compare(left->id, right->id);
}

static bool lists_equal(const struct directory_list *a, const struct directory_list *b)
{
	bool equal = a->count == b->count;
	for (size_t i = 0; equal && i < a->count; i++) {
		equal = str_equal(a->items[i], b->items[i]);
	}
	return equal;
}

static bool clauses_equal(const struct directory_clauses *a, const struct directory_clauses *b)
{
	bool equal = a->count == b->count;
	for (size_t i = 0; equal && i < a->count; i++) {
		equal = str_equal(a->items[i].cel, b->items[i].cel) &&
			a->items[i].ask == b->items[i].ask;
	}
	return equal;
}

/* All that decides who is sent there and how, and what it says of itself: two centres that are
 * alike are described each; not the id and what else is only shown. */
static bool same_service(const struct directory_service *a, const struct directory_service *b)
{
	return a->organisation == b->organisation && a->role == b->role &&
	       str_equal(a->description, b->description) && a->routing == b->routing &&
	       a->women_specific == b->women_specific && a->window_from == b->window_from &&
	       a->window_to == b->window_to && a->caseload == b->caseload &&
	       a->per_year == b->per_year && str_equal(a->delivery_party, b->delivery_party) &&
	       str_equal(a->delivery_adapter, b->delivery_adapter) &&
	       str_equal(a->delivery_address, b->delivery_address) &&
	       lists_equal(&a->authorities, &b->authorities) && lists_equal(&a->needs, &b->needs) &&
	       lists_equal(&a->pathways, &b->pathways) &&
	       lists_equal(&a->specialist_groups, &b->specialist_groups) &&
	       lists_equal(&a->referrer_parties, &b->referrer_parties) &&
	       lists_equal(&a->referrer_kinds, &b->referrer_kinds) &&
	       lists_equal(&a->languages, &b->languages) &&
	       clauses_equal(&a->eligibility, &b->eligibility);
}

static bool share_place(const struct directory_service *a, const struct directory_service *b)
{
	bool share = !a->area_stated && !b->area_stated;
	for (size_t i = 0; !share && i < a->authorities.count; i++) {
		for (size_t k = 0; !share && k < b->authorities.count; k++) {
			share = str_equal(a->authorities.items[i], b->authorities.items[k]);
		}
	}
	return share;
}

/* Whether a name that both have is a matter: what two councils call their own is none, and of one
 * organisation in one place it is an error of the loading already. */
static bool confuse(const struct directory_service *a, const struct directory_service *b)
{
	return windows_meet(a, b) && (a->organisation == b->organisation) != share_place(a, b);
}

static bool same_name(const struct directory_service *a, const struct directory_service *b)
{
	return str_equal(a->name, b->name) && str_equal(area_of(a), area_of(b));
}

static void check_names(struct reviewing *reviewing, struct order *order)
{
	qsort(order->items, order->count, sizeof(struct directory_service *), name_order);
	for (size_t i = 1; i < order->count; i++) {
		const struct directory_service *service = order->items[i];
		const size_t first = i > NAMES_COMPARED ? i - NAMES_COMPARED : 0;
		for (size_t k = i; k > first && same_name(service, order->items[k - 1]); k--) {
			if (confuse(service, order->items[k - 1])) {
				review_warn(reviewing, service->file, "name", "duplicate",
					(struct str){0},
					"is the name of %.*s as well; people could not tell them "
					"apart",
					STR_ARG(order->items[k - 1]->id));
				break;
			}
		}
	}
}

/* FNV-1a over what same_service compares and what is short: equal services are neighbours. */
static uint64_t likeness(const struct directory_service *service)
{
	const struct directory_list *const lists[] = {
		&service->authorities, &service->needs, &service->pathways};
	uint64_t hash = UINT64_C(1469598103934665603);
	const struct str texts[] = {service->organisation->id, service->delivery_address};
	for (size_t t = 0; t < 2; t++) {
		for (size_t i = 0; i < texts[t].len; i++) {
			hash = (hash ^ (unsigned char)texts[t].ptr[i]) * UINT64_C(1099511628211);
		}
	}
	for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct str code = lists[l]->items[i];
			for (size_t c = 0; c < code.len; c++) {
				hash = (hash ^ (unsigned char)code.ptr[c]) *
				       UINT64_C(1099511628211);
			}
		}
	}
	return hash;
}

struct like {
	uint64_t hash;
	const struct directory_service *service;
};

static int like_order(const void *a, const void *b)
{
	const struct like *left = a;
	const struct like *right = b;
	const int order = (left->hash > right->hash) - (left->hash < right->hash);
	return order != 0 ? order : str_compare(left->service->id, right->service->id);
}

/* Under two names, whatever the area: where the names are the same check_names has said so. */
static void check_twins(struct reviewing *reviewing, const struct order *order)
{
	struct like *likes = arena_array(&reviewing->work, order->count, sizeof(*likes));
	if (likes == NULL) {
		return;
	}
	for (size_t i = 0; i < order->count; i++) {
		likes[i] = (struct like){likeness(order->items[i]), order->items[i]};
	}
	qsort(likes, order->count, sizeof(*likes), like_order);
	for (size_t i = 1; i < order->count; i++) {
		const struct directory_service *service = likes[i].service;
		const struct directory_service *before = likes[i - 1].service;
		const bool told = str_equal(service->name, before->name) &&
				  str_equal(area_of(service), area_of(before));
		if (likes[i].hash == likes[i - 1].hash && !told && service->area_stated &&
			same_service(service, before)) {
			review_warn(reviewing, service->file, "id", "duplicate", (struct str){0},
				"is what %.*s is under another id and name: nothing says who is "
				"sent to which",
				STR_ARG(before->id));
		}
	}
}

/* A pool of one does no harm, but two names that differ by a letter were meant to be one. */
static void check_pools(struct reviewing *reviewing, struct order *order)
{
	struct str *pools = arena_array(&reviewing->work, order->count, sizeof(*pools));
	size_t count = 0;
	qsort(order->items, order->count, sizeof(struct directory_service *), pool_order);
	for (size_t i = 0; pools != NULL && i < order->count && count < POOLS_COMPARED; i++) {
		const struct str pool = order->items[i]->pool;
		if (pool.len > 0 && (count == 0 || !str_equal(pool, pools[count - 1]))) {
			pools[count++] = pool;
		}
	}
	for (size_t i = 0; pools != NULL && i < order->count; i++) {
		const struct directory_service *service = order->items[i];
		const bool before = i > 0 && str_equal(order->items[i - 1]->pool, service->pool);
		const bool after =
			i + 1 < order->count && str_equal(order->items[i + 1]->pool, service->pool);
		for (size_t p = 0; service->pool.len > 2 && !before && !after && p < count; p++) {
			if (!str_equal(pools[p], service->pool) &&
				str_distance(pools[p], service->pool) == 1) {
				review_warn(reviewing, service->file, "capacity.pool", "no-effect",
					pools[p],
					"no other service is in the pool \"%.*s\"; did you mean "
					"\"%.*s\"?",
					STR_ARG(service->pool), STR_ARG(pools[p]));
				break;
			}
		}
	}
}

/* -- organisations -- */

static void mark_used(const struct directory *directory, bool *used, struct str id)
{
	const struct directory_organisation *organisation =
		directory_organisation_find(directory, id);
	if (organisation != NULL) {
		used[organisation - directory->organisations] = true;
	}
}

static void check_organisations(struct reviewing *reviewing)
{
	const struct directory *directory = reviewing->directory;
	const struct directory_files *files = reviewing->input->files;
	bool *used = arena_array(&reviewing->work, directory->organisation_count, sizeof(*used));
	for (size_t i = 0; used != NULL && i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		if (service->organisation != NULL) {
			used[service->organisation - directory->organisations] = true;
		}
		mark_used(directory, used, service->delivery_party);
		for (size_t p = 0; p < service->partners.count; p++) {
			mark_used(directory, used, service->partners.items[p]);
		}
		for (size_t p = 0; p < service->referrer_parties.count; p++) {
			mark_used(directory, used, service->referrer_parties.items[p]);
		}
	}
	for (size_t i = 0; used != NULL && i < files->count; i++) {
		const struct place place = place_of(files->items[i].path);
		const struct directory_organisation *organisation =
			place.kind != FILE_ORGANISATION
				? NULL
				: directory_organisation_find(directory, place.stem);
		if (organisation != NULL && !used[organisation - directory->organisations]) {
			review_warn(reviewing, files->items[i].path, "id", "unused",
				(struct str){0},
				"no service is run by %.*s, or with it, or delivered to it",
				STR_ARG(organisation->id));
		}
	}
}

/* -- parties that may refer -- */

struct sender {
	struct str id;
	const struct directory_service *service;
};

static int sender_order(const void *a, const void *b)
{
	const struct sender *left = a;
	const struct sender *right = b;
	const int order = str_compare(left->id, right->id);
	return order != 0 ? order : str_compare(left->service->id, right->service->id);
}

static size_t senders_gather(struct reviewing *reviewing, struct sender *senders)
{
	const struct directory *directory = reviewing->directory;
	size_t count = 0;
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		for (size_t p = 0; p < service->referrer_parties.count; p++) {
			const struct str id = service->referrer_parties.items[p];
			const struct party *party = parties_find(reviewing->input->parties, id);
			if (review_is_ahead(reviewing, service) &&
				review_wants(reviewing, service->file) &&
				(party == NULL || party->revoked)) {
				if (senders != NULL) {
					senders[count] = (struct sender){id, service};
				}
				count++;
			}
		}
	}
	return count;
}

/* The party that was most likely meant by an id that nobody has, neither in parties.yaml nor in the
 * directory; NULL: none is near. */
static const struct party *likely_party(const struct reviewing *reviewing, struct str id)
{
	const struct parties *parties = reviewing->input->parties;
	const struct party *found = NULL;
	size_t least = ID_LETTERS_WRONG + 1;
	if (id.len < ID_LETTERS || parties_find(parties, id) != NULL ||
		directory_organisation_find(reviewing->directory, id) != NULL) {
		return NULL;
	}
	for (size_t i = 0; i < parties->count; i++) {
		const size_t distance = str_distance(id, str_from(parties->items[i].id));
		if (distance < least) {
			least = distance;
			found = &parties->items[i];
		}
	}
	return found;
}

static bool warned_of(struct reviewing *reviewing, const struct sender *sender)
{
	const struct party *likely = likely_party(reviewing, sender->id);
	if (likely == NULL) {
		return false;
	}
	review_warn(reviewing, sender->service->file, "referrers.parties", "no-party",
		str_from(likely->id), "no party is called \"%.*s\"; did you mean \"%s\"?",
		STR_ARG(sender->id), likely->id);
	return true;
}

/* Sources join one by one: each that is named and not there is told once. */
static void check_senders(struct reviewing *reviewing)
{
	const size_t count =
		reviewing->input->parties == NULL ? 0 : senders_gather(reviewing, NULL);
	struct sender *senders = arena_array(&reviewing->work, count, sizeof(*senders));
	if (count == 0 || senders == NULL) {
		return;
	}
	(void)senders_gather(reviewing, senders);
	qsort(senders, count, sizeof(*senders), sender_order);
	for (size_t i = 0; i < count;) {
		size_t end = i;
		while (end < count && str_equal(senders[end].id, senders[i].id)) {
			end++;
		}
		if (warned_of(reviewing, &senders[i])) {
			i = end;
			continue;
		}
		const struct review_finding note = {
			.severity = REVIEW_NOTE,
			.code = "no-party",
			.field = STR("referrers.parties"),
			.message = arena_printf(&reviewing->review->arena,
				"%.*s is not in parties.yaml, or revoked; it may refer to %.*s%s",
				STR_ARG(senders[i].id), STR_ARG(senders[i].service->id),
				end - i > 1 ? " and others" : ""),
		};
		review_add(reviewing, &note);
		i = end;
	}
}

void review_between(struct reviewing *reviewing)
{
	const struct directory *directory = reviewing->directory;
	struct order order = {.items = arena_array(&reviewing->work, directory->service_count,
				      sizeof(struct directory_service *))};
	for (size_t i = 0; order.items != NULL && i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		if (service->id.len > 0 && service->organisation != NULL &&
			review_is_ahead(reviewing, service) &&
			review_is_whole(reviewing, service->file)) {
			order.items[order.count++] = service;
		}
	}
	if (order.items != NULL) {
		check_names(reviewing, &order);
		check_twins(reviewing, &order);
		check_pools(reviewing, &order);
	}
	if (reviewing->review->errors == 0) {
		check_organisations(reviewing);
	}
	check_senders(reviewing);
}
