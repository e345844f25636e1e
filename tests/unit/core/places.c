/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/places.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
	PATH_SIZE = 256
};

const char *const places_ids[PLACES_SERVICES] = {"first", "refuge", "second", "third"};

static void write_file(const char *root, const char *name, const char *text)
{
	char path[PATH_SIZE];
	(void)snprintf(path, sizeof(path), "%s/area/%s", root, name);
	FILE *file = fopen(path, "w");
	cr_assert_not_null(file, "%s", path);
	cr_assert_geq(fputs(text, file), 0);
	cr_assert_eq(fclose(file), 0);
}

static void write_organisation(const char *root, const char *id)
{
	char name[80];
	char text[120];
	(void)snprintf(name, sizeof(name), "organisations/%s.yaml", id);
	(void)snprintf(text, sizeof(text), "id: %s\nname: The %s\nparty_kind: provider\n", id, id);
	write_file(root, name, text);
}

struct written {
	const char *id, *organisation, *role, *needs, *capacity, *more;
};

static void write_service(const char *root, const struct written *service)
{
	char name[80];
	char text[2048];
	if (service->capacity == NULL) {
		return;
	}
	(void)snprintf(name, sizeof(name), "services/%s.yaml", service->id);
	const int len = snprintf(text, sizeof(text),
		"id: %s\nname: The %s service\norganisation: %s\nrole: %s\nrouting: routable\n"
		"authorities: [Camden]\npathways: [diversion]\nneeds: %s\n"
		"referrers: {kinds: [police]}\n"
		"capacity: %s\n"
		"delivery: {party: %s, adapter: inbox, secret: true}\n"
		"agreement: {fields: [needs]}\n"
		"%ssources: [Invented.]\n",
		service->id, service->id, service->organisation, service->role, service->needs,
		service->capacity, service->organisation, service->more);
	cr_assert_lt(len, (int)sizeof(text));
	write_file(root, name, text);
}

void places_publish(struct fixture *fixture, const struct places *places)
{
	static const char *const folders[] = {"", "/area", "/area/organisations", "/area/services"};
	static unsigned count;
	char root[PATH_SIZE / 2];
	char path[PATH_SIZE];
	char first[1024];
	(void)snprintf(root, sizeof(root), "%s/places-%u", fixture->home, count++);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", root, folders[i]);
		cr_assert_eq(mkdir(path, 0700), 0);
	}
	(void)snprintf(first, sizeof(first), "women_specific: true\n%s",
		places->more == NULL ? "" : places->more);
	const struct written services[] = {
		{"first", "advance", "lead", "[accommodation, poverty-debt]", places->first, first},
		{"second", "women-in-prison", "lead", "[accommodation, poverty-debt]",
			places->second, places->alike ? "women_specific: true\n" : ""},
		{"third", "hibiscus", "specialist", "[immigration-advice]", places->third, ""},
		{"refuge", "advance", "lead", "[substance-use]", places->refuge,
			"confidential_location: true\n"},
	};
	write_file(root, "area.yaml", "id: area\ntitle: Area\n");
	write_organisation(root, "advance");
	write_organisation(root, "women-in-prison");
	write_organisation(root, "hibiscus");
	for (size_t i = 0; i < PLACES_SERVICES; i++) {
		write_service(root, &services[i]);
	}
	fixture_publish(fixture, root);
}

const char *places_refer(struct fixture *fixture, unsigned number, const char *need)
{
	char ref[24];
	char more[160];
	(void)snprintf(ref, sizeof(ref), "place-%u", number);
	(void)snprintf(more, sizeof(more), "{\"needs\":[{\"code\":\"%s\"}]}", need);
	return fixture_refer(fixture, "met-custody", ref, "diversion", "E09000007", more);
}

const char *places_went(struct fixture *fixture, const char *reference)
{
	char path[48];
	cr_assert_eq(fixture_show(fixture, "operator", reference), ERR_OK, "%s",
		fixture->reply.fault.message);
	const size_t legs = fixture_count(fixture, "legs");
	(void)snprintf(path, sizeof(path), "legs[%zu].service", legs == 0 ? 0 : legs - 1);
	return fixture_text(fixture, path);
}

enum err places_read(struct fixture *fixture, const char *party, const char *service)
{
	const struct wire_request request = {
		.header = {WIRE_CAPACITY, 1}, .service = str_from(service)};
	core_read(fixture->core, fixture_party(party), &request, fixture->now, &fixture->arena,
		&fixture->reply);
	return fixture->reply.err;
}

static const struct value *figure(struct fixture *fixture, const char *service, const char *key)
{
	cr_assert_eq(places_read(fixture, "operator", service), ERR_OK, "%s: %s", service,
		fixture->reply.fault.message);
	const struct value *item = value_at(&fixture->reply.body, "items[0]");
	cr_assert_not_null(item);
	return value_at(item, key);
}

int64_t places_number(struct fixture *fixture, const char *service, const char *key)
{
	const struct value *value = figure(fixture, service, key);
	return value != NULL && value->kind == VALUE_INT ? value->integer : -1;
}

const char *places_text(struct fixture *fixture, const char *service, const char *key)
{
	const struct value *value = figure(fixture, service, key);
	return value != NULL && value->kind == VALUE_STRING
		       ? arena_str(&fixture->arena, value->string).ptr
		       : "";
}

enum err places_intake(struct fixture *fixture, const char *party, const char *service,
	const char *action, const char *until, const char *reason)
{
	const struct wire_request request = {.header = {WIRE_INTAKE, 1},
		.user = STR("A Worker"),
		.service = str_from(service),
		.action = str_from(action),
		.until_text = str_from(until),
		.reason = str_from(reason)};
	return fixture_ask(fixture, party, &request);
}
