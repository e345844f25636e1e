/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/services/invent.h"
#include "broker/model/vocab.h"
#include "../bench.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
	AUTHORITIES_MAX = 1024,
	SERVICES_AN_ORGANISATION = 10
};

/* An age, then what may stand beside any other. */
static const char *const ages[] = {
	"  - id: adult\n    cel: person.age >= 18\n    means: She is 18 or over.\n",
	("  - id: young-adult\n    cel: person.age >= 16 && person.age < 26\n"
	 "    means: She is between 16 and 25.\n"),
	"  - id: older\n    cel: person.age >= 50\n    means: She is 50 or over.\n",
	"  - id: of-age\n    cel: person.age >= 21\n    means: She is 21 or over.\n",
};
static const char *const clauses[] = {
	("  - id: gender\n    cel: person.gender == \"female\"\n"
	 "    means: The service is for women.\n    otherwise: ask\n"
	 "    question: Does the service take a person who gives another gender?\n"),
	("  - id: self\n    cel: risk.self != \"immediate\"\n"
	 "    means: The service cannot keep a woman safe who may harm herself.\n"),
	("  - id: staff\n    cel: risk.staff != \"concern\"\n"
	 "    means: One worker sees her alone.\n    otherwise: ask\n"
	 "    question: Can two workers see her?\n"),
	"  - id: several\n    cel: need_count > 1\n    means: She has more than one need.\n",
};
/* Who refers, and on what: each kind of party refers on its own pathways. */
static const char *const ways[] = {
	("pathways: [diversion, liaison-diversion]\n"
	 "referrers: {kinds: [police, liaison-diversion]}\n"),
	"pathways: [court, community, resettlement]\nreferrers: {kinds: [court, probation]}\n",
	("pathways: [diversion, liaison-diversion, court, community, resettlement, "
	 "recall-prevention]\nreferrers: {kinds: [police, liaison-diversion, court, prison, "
	 "probation]}\n"),
};
static const char *const hours[] = {"Mon-Fri 09:00-17:00", "Mon-Fri 10:00-16:00; Sat 10:00-13:00",
	"24 hours", "Tuesday and Thursday 12:00-19:00", "not-stated"};
static const char *const agreements[] = {
	"[pathway, needs]",
	"[pathway, person.given_name, person.family_name, needs, contact]",
	("[pathway, person.given_name, person.family_name, person.date_of_birth, needs, contact, "
	 "risk.self, risk.staff]"),
	"[pathway, person.given_name, needs, preferences.specialist, contact]",
	"[]",
};
static const char *const about[] = {"One to one work with a key worker", "A women's centre",
	"Advice by telephone and in person", "A group that meets twice a week",
	"Supported housing for a year at the most", "Counselling for as long as it takes",
	"A course with a crèche", "Outreach at night"};
static const char *const with[] = {"debts and benefits", "housing and tenancies", "work and skills",
	"family and children", "drink and drugs", "what happened to her", "papers and appeals",
	"her health"};

/* The same for the same number, on every machine. */
static uint32_t mixed(size_t number, uint32_t salt)
{
	uint32_t x = (uint32_t)number * 2654435761U ^ (salt + 1) * 2246822519U;
	x ^= x >> 15;
	x *= 2246822519U;
	x ^= x >> 13;
	x *= 3266489917U;
	return x ^ x >> 16;
}

static const char *one_of(const char *const *words, size_t count, size_t number, uint32_t salt)
{
	return words[mixed(number, salt) % count];
}
#define ONE_OF(words, number, salt) one_of(words, sizeof(words) / sizeof((words)[0]), number, salt)

static void needs_add(struct buf *out, size_t number)
{
	size_t count;
	const char *const *codes = vocab_codes(VOCAB_NEED, &count);
	const size_t few = 1 + mixed(number, 9) % 4;
	buf_add_text(out, "needs: [");
	for (size_t i = 0; i < few; i++) {
		buf_printf(out, "%s%s", i == 0 ? "" : ", ", codes[(mixed(number, 10) + i) % count]);
	}
	buf_add_text(out, "]\n");
}

/* Neighbours by code, as most services are for neighbours; two thirds have three at most. */
static void authorities_add(struct buf *out, size_t number)
{
	static const char *codes[AUTHORITIES_MAX];
	static size_t known;
	const date_days day = date_from_civil(2026, 1, 1);
	const struct directory_authority *at =
		known == 0 ? directory_authority_next(NULL, day) : NULL;
	for (; at != NULL && known < AUTHORITIES_MAX; at = directory_authority_next(at, day)) {
		codes[known++] = at->code.ptr;
	}
	const size_t many =
		1 + (mixed(number, 20) % 3 < 2 ? mixed(number, 21) % 3 : mixed(number, 22) % 15);
	buf_add_text(out, "authorities: [");
	for (size_t i = 0; i < many && known > 0; i++) {
		buf_printf(out, "%s%s", i == 0 ? "" : ", ", codes[(mixed(number, 23) + i) % known]);
	}
	buf_add_text(out, "]\n");
}

static void eligibility_add(struct buf *out, size_t number)
{
	const size_t count = sizeof(clauses) / sizeof(clauses[0]);
	const size_t first = mixed(number, 30) % count;
	const size_t many = 1 + mixed(number, 31) % count;
	buf_add_text(out, "eligibility:\n");
	buf_add_text(out, ONE_OF(ages, number, 32));
	for (size_t i = 0; i < many; i++) {
		buf_add_text(out, clauses[(first + i) % count]);
	}
}

static void service_text(struct buf *out, size_t number)
{
	buf_printf(out, "# SPDX-License-Identifier: Apache-2.0\n# This service is invented.\n");
	buf_printf(out, "id: invented-%06zu\nname: Invented service %zu\n", number, number);
	buf_printf(out, "organisation: invented-%05zu\n", number / SERVICES_AN_ORGANISATION);
	buf_printf(out,
		"description: >-\n  %s about %s, and about %s, of the invented service %zu.\n"
		"  Nobody works there, and nothing of it is so: it is as long as such a text is.\n",
		ONE_OF(about, number, 1), ONE_OF(with, number, 2), ONE_OF(with, number, 3), number);
	buf_printf(out, "funder: Invented council %u\n", mixed(number, 4) % 400);
	buf_printf(out, "role: %s\nrouting: routable\nwomen_specific: %s\n",
		mixed(number, 5) % 8 == 0 ? "lead" : "specialist",
		mixed(number, 6) % 3 == 0 ? "false" : "true");
	authorities_add(out, number);
	needs_add(out, number);
	buf_add_text(out, ONE_OF(ways, number, 7));
	eligibility_add(out, number);
	buf_printf(
		out, "window: {from: 2018-%02u-01, to: 2027-03-31}\n", 1 + mixed(number, 11) % 12);
	if (mixed(number, 12) % 2 == 0) {
		buf_printf(out, "capacity: {caseload: %u, per_year: %u}\n",
			20 + mixed(number, 13) % 9 * 10, 200 + mixed(number, 14) % 5 * 100);
	}
	buf_add_text(out, "delivery: {party: advance, adapter: inbox, secret: true}\n");
	buf_printf(out, "agreement: {fields: %s}\n", ONE_OF(agreements, number, 15));
	buf_printf(out, "languages: [so, pl]\nopening_hours: %s\n", ONE_OF(hours, number, 16));
	buf_add_text(out, "sources: [Invented for a measurement.]\n");
}

static void file_take(struct directory_files *files, struct str path, struct buf *text)
{
	struct directory_file *file = &files->items[files->count++];
	file->path = path;
	file->bytes = arena_str(&files->arena, buf_str(text));
	buf_reset(text);
}

void invent_files(size_t first, size_t services, struct directory_files *ret_files)
{
	struct directory_files files = {0};
	struct buf text = {0};
	arena_init(&files.arena, 0);
	const size_t runs_from = first / SERVICES_AN_ORGANISATION;
	const size_t runs_to =
		(first + services + SERVICES_AN_ORGANISATION - 1) / SERVICES_AN_ORGANISATION;
	files.items = arena_array(
		&files.arena, services + (runs_to - runs_from) + 2, sizeof(*files.items));
	if (files.items == NULL) {
		bench_fail("out of memory");
	}
	buf_add_text(&text, "id: invented\ntitle: Invented for a measurement\n");
	file_take(&files, STR("invented/area.yaml"), &text);
	/* The bench's own provider: a party with keys. */
	buf_add_text(&text, "id: advance\nname: Advance\nparty_kind: provider\n");
	file_take(&files, STR("invented/organisations/advance.yaml"), &text);
	for (size_t i = runs_from; i < runs_to; i++) {
		buf_printf(&text,
			"id: invented-%05zu\nname: Invented organisation %zu\nparty_kind: "
			"provider\ncontact: 020 7946 0%03zu\n",
			i, i, i % 1000);
		file_take(&files,
			arena_printf(&files.arena, "invented/organisations/invented-%05zu.yaml", i),
			&text);
	}
	for (size_t i = first; i < first + services; i++) {
		service_text(&text, i);
		file_take(&files,
			arena_printf(&files.arena, "invented/services/invented-%06zu.yaml", i),
			&text);
	}
	if (text.failed || arena_failed(&files.arena)) {
		bench_fail("out of memory");
	}
	buf_finish(&text);
	directory_files_sort(&files);
	*ret_files = files;
}

static void folder_make(const char *path)
{
	if (mkdir(path, 0755) != 0 && errno != EEXIST) {
		bench_fail("cannot make %s: %s", path, strerror(errno));
	}
}

void invent_write(size_t first, size_t services, const char *root)
{
	static const char *const folders[] = {
		"invented", "invented/organisations", "invented/services"};
	char path[HOME_PATH_SIZE];
	struct directory_files files;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		folder_make(path);
	}
	invent_files(first, services, &files);
	for (size_t i = 0; i < files.count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%.*s", root, STR_ARG(files.items[i].path));
		FILE *file = fopen(path, "we");
		if (file == NULL ||
			fwrite(files.items[i].bytes.ptr, 1, files.items[i].bytes.len, file) !=
				files.items[i].bytes.len ||
			fclose(file) != 0) {
			bench_fail("cannot write %s", path);
		}
	}
	directory_files_finish(&files);
}
