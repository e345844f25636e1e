/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves a directory, and what does not. */
#include "tests/unit/exchange/fixture.h"

#include <stdio.h>
#include <stdlib.h>

static const enum exchange_profile profiles[] = {EXCHANGE_HSDS, EXCHANGE_UK};

Test(export, ids_are_the_same_in_every_export_and_differ_by_kind)
{
	char one[EXCHANGE_UUID_SIZE];
	char other[EXCHANGE_UUID_SIZE];
	exchange_uuid("service", STR("abianda"), STR(""), one);
	exchange_uuid("service", STR("abianda"), STR(""), other);
	cr_assert_str_eq(one, other);
	cr_assert_eq(one[14], '8');
	exchange_uuid("organisation", STR("abianda"), STR(""), other);
	cr_assert_str_neq(one, other);
	exchange_uuid("area", STR("ab"), STR("c"), one);
	exchange_uuid("area", STR("a"), STR("bc"), other);
	cr_assert_str_neq(one, other);
}

Test(export, two_exports_are_equal_byte_for_byte)
{
	for (size_t p = 0; p < 2; p++) {
		struct buf one = {0};
		struct buf two = {0};
		for (int again = 0; again < 2; again++) {
			struct directory *directory = directory_made_up(7, 20);
			(void)export_to(again == 0 ? &one : &two, directory, profiles[p]);
			directory_destroy(directory);
		}
		cr_assert(str_equal(buf_str(&one), buf_str(&two)));
		buf_finish(&one);
		buf_finish(&two);
	}
}

Test(export, nothing_forbidden_leaves_any_directory)
{
	static const char *const forbidden[] = {"FORBIDDEN", "forbidden", "424242", "agreement",
		"risk.domestic_abuse", "contact.phone", "addresses", "location_type", "mail"};
	for (unsigned seed = 0; seed < 300; seed++) {
		struct directory *directory = directory_made_up(seed, 6);
		for (size_t p = 0; p < 2; p++) {
			struct buf out = {0};
			(void)export_to(&out, directory, profiles[p]);
			for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
				cr_assert(!str_holds(buf_str(&out), forbidden[i]), "seed %u: %s",
					seed, forbidden[i]);
			}
			buf_finish(&out);
		}
		directory_destroy(directory);
	}
}

static const struct test_file refuge[] = {
	{"a/area.yaml", "id: a\ntitle: A\nsources: [x]\n"},
	{"a/organisations/refuge.yaml",
		"id: refuge\nname: Refuge\nparty_kind: not-stated\ncontact: 020 7946 0999\n"
		"advice_contact: true\n"},
	{"a/services/open.yaml",
		"id: open\nname: Open door\norganisation: refuge\nrole: specialist\nrouting: "
		"never\n"
		"authorities: [Camden]\npathways: not-stated\nneeds: [accommodation]\n"
		"description: At 1 Long Street.\nsources: [x]\n"},
	{"a/services/safe.yaml",
		"id: safe\nname: Safe place\norganisation: refuge\nrole: specialist\nrouting: "
		"never\n"
		"authorities: [Camden]\npathways: not-stated\nneeds: [accommodation]\n"
		"description: At 2 Hidden Street.\nopening_hours: Ring at 2 Hidden Street.\n"
		"confidential_location: true\n"
		"eligibility:\n"
		"  - {id: adult, cel: 'person.age >= 18', means: She is 18 or over.}\n"
		"  - {id: danger, cel: 'risk.domestic_abuse == true', means: She is in danger.}\n"
		"  - {id: index, cel: 'contact[\"phone\"] != \"\"', means: She can be rung.}\n"
		"  - {id: blank, cel: 'risk . domestic_abuse', means: She is in it.}\n"
		"sources: [x]\n"},
};

/* Of `text` the line that holds the words. */
static struct str line_with(struct str text, const char *words)
{
	const char *at = memmem(text.ptr, text.len, words, strlen(words));
	cr_assert_not_null(at);
	const char *begin = memrchr(text.ptr, '\n', (size_t)(at - text.ptr));
	const char *end = memchr(at, '\n', text.len - (size_t)(at - text.ptr));
	return (struct str){begin + 1, (size_t)(end - begin) - 1};
}

Test(export, a_confidential_place_is_nowhere_in_its_service)
{
	struct directory *directory = directory_of(refuge, 4);
	for (size_t p = 0; p < 2; p++) {
		struct buf out = {0};
		const struct exchange_exported counts = export_to(&out, directory, profiles[p]);
		const struct str safe = line_with(buf_str(&out), "Safe place");
		cr_assert_eq(counts.confidential, 1);
		cr_assert_eq(counts.clauses_withheld, 3);
		cr_assert(!str_holds(safe, "Hidden"));
		cr_assert(!str_holds(safe, "7946"));
		cr_assert(!str_holds(safe, "danger"));
		cr_assert(!str_holds(safe, "domestic_abuse"));
		cr_assert(!str_holds(safe, "location_id"));
		cr_assert(str_holds(safe, "onward:withheld"));
		cr_assert(str_holds(safe, "\"minimum_age\":18"));
		const struct str area = line_with(buf_str(&out), "Safe place");
		cr_assert(str_holds(area, "E09000007"));
		cr_assert(!str_holds(area, "E09000022"));
		const struct str open = line_with(buf_str(&out), "Open door");
		cr_assert(str_holds(open, "Long Street"));
		cr_assert(str_holds(open, "7946"));
		buf_finish(&out);
	}
	directory_destroy(directory);
}

/* What went out once stays as it was: others keep our ids.  A change here is one of the format. */
Test(export, the_projection_of_a_small_directory_is_the_golden_one)
{
	static const char *const names[] = {"hsds-3.0", "uk-3.0"};
	struct directory *directory = directory_of(refuge, 4);
	for (size_t p = 0; p < 2; p++) {
		struct buf out = {0};
		struct buf golden = {0};
		char path[96];
		(void)export_to(&out, directory, profiles[p]);
		(void)snprintf(
			path, sizeof(path), "tests/unit/exchange/golden/refuge.%s.json", names[p]);
		if (getenv("ONWARD_GOLDEN_WRITE") != NULL) {
			cr_assert_eq(buf_write_file(buf_str(&out), path, 0644), ERR_OK);
		}
		cr_assert_eq(buf_read_file(&golden, path, 1024 * 1024), ERR_OK, "%s", path);
		cr_assert(str_equal(buf_str(&out), buf_str(&golden)), "%s is another", path);
		buf_finish(&golden);
		buf_finish(&out);
	}
	directory_destroy(directory);
}
