/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"
#include "broker/base/limits.h"

#include <stdlib.h>
/*
 * How many women a service takes: its limits, other limits for a time, and how many may wait.
 */
enum {
	CASELOAD_MAX = 1000000,
	WAITING_MAX = 10000
};

#define AT(member) offsetof(struct directory_service, member)
#define OF(member) offsetof(struct directory_override, member)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct field override_fields[] = {
	{.name = "from", .read = read_date, .offset = OF(from), .required = true},
	{.name = "to", .read = read_date, .offset = OF(to), .required = true},
	{.name = "caseload", .read = read_int, .offset = OF(caseload), .max = CASELOAD_MAX},
	{.name = "per_year", .read = read_int, .offset = OF(per_year), .max = CASELOAD_MAX},
	{.name = "pool_caseload",
		.read = read_int,
		.offset = OF(pool_caseload),
		.max = CASELOAD_MAX},
	{.name = "note", .read = read_text, .offset = OF(note)},
};

/* The days as they are needed: both, in their order, and something that is other on them. */
static bool override_is_good(struct reader *reader, const struct yaml_node *node,
	const struct directory_override *override)
{
	if (override->from == INT32_MIN || override->to == INT32_MAX) {
		return false; /* missing or misread, and told; not-stated is told below */
	}
	if (override->from > override->to) {
		reader_problem(reader, node, "ends before it begins");
		return false;
	}
	if (override->caseload < 0 && override->per_year < 0 && override->pool_caseload < 0) {
		reader_problem(
			reader, node, "changes nothing; state caseload, per_year or pool_caseload");
	}
	return true;
}

static void day_check(struct reader *reader, const struct yaml_node *node, const char *key)
{
	const struct yaml_node *day = yaml_get(node, key);
	if (day != NULL && reader_is_not_stated(day)) {
		reader_problem(reader, day, "must be a date: other limits are for a time");
	}
}

/* By their first day; a problem where one begins before another has ended. */
static void override_add(struct reader *reader, const struct yaml_node *node,
	struct directory_override *items, size_t count, const struct directory_override *override)
{
	size_t at = count;
	for (size_t i = 0; i < count; i++) {
		if (override->from <= items[i].to && items[i].from <= override->to) {
			char from[DATE_TEXT_SIZE];
			char to[DATE_TEXT_SIZE];
			date_format(items[i].from, from);
			date_format(items[i].to, to);
			reader_problem(reader, node, "overlaps the one from %s to %s", from, to);
			break;
		}
	}
	while (at > 0 && items[at - 1].from > override->from) {
		items[at] = items[at - 1];
		at--;
	}
	items[at] = *override;
}

static READER(read_overrides)
{
	(void)field;
	struct directory_service *service = target;
	size_t count = 0;
	if (reader_is_not_stated(node)) {
		return;
	}
	if (node->kind != YAML_LIST) {
		reader_problem(reader, node, "must be a list of periods with other limits");
		return;
	}
	if (node->count > LIMIT_LIST) {
		reader_problem(reader, node, "has more than %d periods", LIMIT_LIST);
		return;
	}
	struct directory_override *items = arena_array(reader->arena, node->count, sizeof(*items));
	for (const struct yaml_node *n = node->first; items != NULL && n != NULL; n = n->next) {
		struct directory_override override = {.from = INT32_MIN,
			.to = INT32_MAX,
			.caseload = -1,
			.per_year = -1,
			.pool_caseload = -1};
		reader_map(reader, n, override_fields, COUNT(override_fields), &override);
		day_check(reader, n, "from");
		day_check(reader, n, "to");
		if (override_is_good(reader, n, &override)) {
			override_add(reader, n, items, count++, &override);
		}
	}
	service->overrides = (struct directory_overrides){items, count};
}

void capacity_read(
	struct reader *reader, const struct yaml_node *node, struct directory_service *service)
{
	static const struct field fields[] = {
		{.name = "caseload", .read = read_int, .offset = AT(caseload), .max = CASELOAD_MAX},
		{.name = "per_year", .read = read_int, .offset = AT(per_year), .max = CASELOAD_MAX},
		{.name = "pool", .read = read_slug, .offset = AT(pool)},
		{.name = "pool_caseload",
			.read = read_int,
			.offset = AT(pool_caseload),
			.max = CASELOAD_MAX},
		{.name = "waiting_list",
			.read = read_int,
			.offset = AT(waiting_list),
			.max = WAITING_MAX},
		{.name = "overrides", .read = read_overrides, .offset = 0},
	};
	reader_map(reader, node, fields, COUNT(fields), service);
}

void capacity_check(struct reader *reader, const struct yaml_node *capacity,
	const struct directory_service *service)
{
	const struct yaml_node *of_pool = yaml_get(capacity, "pool_caseload");
	const struct yaml_node *overrides = yaml_get(capacity, "overrides");
	bool places = service->caseload >= 0 || service->pool_caseload >= 0;
	if (of_pool != NULL && service->pool.len == 0) {
		reader_problem(reader, of_pool, "is the room of a pool, but no pool is named");
	}
	for (size_t i = 0; i < service->overrides.count; i++) {
		const struct directory_override *override = &service->overrides.items[i];
		places = places || override->caseload >= 0 || override->pool_caseload >= 0;
	}
	for (const struct yaml_node *n = overrides == NULL ? NULL : overrides->first; n != NULL;
		n = n->next) {
		const struct yaml_node *room = yaml_get(n, "pool_caseload");
		if (room != NULL && service->pool.len == 0) {
			reader_problem(reader, room, "is the room of a pool, but no pool is named");
		}
	}
	if (service->waiting_list > 0 && !places) {
		reader_problem(reader, yaml_get(capacity, "waiting_list"),
			"says nothing where no caseload is stated: nobody has to wait");
	}
}

struct directory_limits directory_limits_on(const struct directory_service *service, date_days date)
{
	struct directory_limits limits = {
		.caseload = service->caseload,
		.per_year = service->per_year,
		.pool_caseload = service->pool.len > 0 ? service->pool_caseload : -1,
	};
	for (size_t i = 0; i < service->overrides.count; i++) {
		const struct directory_override *override = &service->overrides.items[i];
		if (date < override->from || date > override->to) {
			continue;
		}
		limits.override = override;
		if (override->caseload >= 0) {
			limits.caseload = override->caseload;
		}
		if (override->per_year >= 0) {
			limits.per_year = override->per_year;
		}
		if (override->pool_caseload >= 0) {
			limits.pool_caseload = override->pool_caseload;
		}
	}
	return limits;
}

const struct directory_override *directory_override_next(
	const struct directory_service *service, date_days date, date_days last)
{
	for (size_t i = 0; i < service->overrides.count; i++) {
		const struct directory_override *override = &service->overrides.items[i];
		if (override->from > date) {
			return override->from <= last ? override : NULL;
		}
	}
	return NULL;
}

static int64_t pool_on(const struct directory_service *service, date_days date)
{
	return directory_limits_on(service, date).pool_caseload;
}

/* Room changes on the first day of an override and on the day after its last one only. */
static bool differ_at_overrides(const struct directory_service *a,
	const struct directory_service *b, const struct directory_service *of, date_days *ret_date)
{
	for (size_t i = 0; i < of->overrides.count; i++) {
		const date_days days[] = {
			of->overrides.items[i].from, of->overrides.items[i].to + 1};
		for (size_t d = 0; d < COUNT(days); d++) {
			if (pool_on(a, days[d]) != pool_on(b, days[d])) {
				*ret_date = days[d];
				return true;
			}
		}
	}
	return false;
}

bool capacity_pools_differ(
	const struct directory_service *a, const struct directory_service *b, date_days *ret_date)
{
	if (a->pool_caseload != b->pool_caseload) {
		*ret_date = INT32_MIN;
		return true;
	}
	return differ_at_overrides(a, b, a, ret_date) || differ_at_overrides(a, b, b, ret_date);
}
