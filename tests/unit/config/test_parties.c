/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/home.h"
#include "broker/config/parties.h"
#include "tests/unit/config/scratch.h"

#define KEY_A "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_B "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define KEY_C "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

static const char file_text[] =
	"parties:\n"
	"  - id: met-custody\n"
	"    name: Metropolitan Police custody\n"
	"    kind: police\n"
	"    keys: [\"" KEY_A "\"]\n"
	"  - id: inbox\n"
	"    kind: adapter\n"
	"    acts_for: [advance]\n"
	"    keys:\n"
	"      - public: \"" KEY_B "\"\n"
	"        from: 2019-06-01\n"
	"        until: 2019-07-01T00:00:00+01:00\n"
	"  - {id: advance, kind: provider, name: \"Ad\\\"vance\", revoked: true, keys: \"" KEY_C
	"\"}\n";

static enum err load(const char *text, struct parties **parties, struct fault *fault)
{
	char path[256];
	scratch_write(path, "parties.yaml", text);
	const enum err err = parties_load(path, parties, fault);
	scratch_remove(path);
	return err;
}

static void refused(const char *text, const char *field, const char *word)
{
	struct parties *parties = NULL;
	struct fault fault = {0};
	cr_assert_eq(load(text, &parties, &fault), ERR_CONFIG, "accepted: %s", text);
	cr_assert_str_eq(fault.field, field);
	cr_assert_not_null(strstr(fault.message, word), "%s", fault.message);
	cr_assert_null(parties);
}

static timestamp_us at(const char *text)
{
	timestamp_us time = 0;
	cr_assert_eq(timestamp_parse(str_from(text), &time), ERR_OK);
	return time;
}

Test(parties, key_is_known_only_in_its_time_and_while_not_revoked)
{
	struct parties *parties = NULL;
	struct fault fault = {0};
	cr_assert_eq(
		load(file_text, &parties, &fault), ERR_OK, "%s %s", fault.field, fault.message);
	cr_assert_eq(parties->count, 3);
	const timestamp_us june = at("2019-06-12T00:00:00Z");
	cr_assert_str_eq(parties_find_key(parties, KEY_A, june)->id, "met-custody");
	cr_assert_str_eq(parties_find_key(parties, KEY_B, june)->id, "inbox");
	cr_assert_null(parties_find_key(parties, KEY_B, at("2019-05-31T23:59:59Z")));
	cr_assert_not_null(parties_find_key(parties, KEY_B, at("2019-06-30T22:59:59Z")));
	cr_assert_null(parties_find_key(parties, KEY_B, at("2019-06-30T23:00:00Z")));
	cr_assert_null(parties_find_key(parties, KEY_C, june), "a revoked party has no key");
	cr_assert_null(parties_find_key(parties, "", june));
	cr_assert_not_null(parties_find(parties, STR("advance")), "revoked ones are still found");
	cr_assert_null(parties_find(parties, STR("adv")));
	parties_destroy(parties);
}

Test(parties, adapter_serves_only_whom_it_acts_for)
{
	struct parties *parties = NULL;
	struct fault fault = {0};
	cr_assert_eq(load(file_text, &parties, &fault), ERR_OK);
	const struct party *inbox = parties_find(parties, STR("inbox"));
	cr_assert(party_serves(inbox, STR("advance")));
	cr_assert(party_serves(inbox, STR("inbox")));
	cr_assert(!party_serves(inbox, STR("met-custody")));
	cr_assert(!party_serves(parties_find(parties, STR("met-custody")), STR("advance")));
	parties_destroy(parties);
}

Test(parties, wrong_file_is_refused_with_line_and_field)
{
	refused("parties:\n  - id: A\n", "parties.yaml:2: parties[0].id", "lower-case");
	refused("parties:\n  - id: a\n    kind: polise\n", "parties.yaml:3: parties[0].kind",
		"police");
	refused("parties:\n  - id: a\n    kind: police\n    revokd: true\n",
		"parties.yaml:4: parties[0].revokd", "revoked");
	refused("parties:\n  - id: a\n    kind: police\n    keys: [abc]\n",
		"parties.yaml:4: parties[0].keys[0]", "Z85");
	refused("parties:\n  - id: a\n    kind: police\n    revoked: yes\n",
		"parties.yaml:4: parties[0].revoked", "true or false");
	refused("parties:\n  - id: a\n    kind: police\n    acts_for: [a]\n",
		"parties.yaml:4: parties[0].acts_for", "adapter");
	refused("parties:\n  - id: a\n    kind: adapter\n    acts_for: [b]\n",
		"parties.yaml:4: parties[0].acts_for", "no party");
	refused("parties:\n  - {id: a, kind: police}\n  - {id: a, kind: police}\n",
		"parties.yaml:3: parties[1]", "line 2");
	refused("parties:\n  - {id: a, kind: police, keys: \"" KEY_A
		"\"}\n  - {id: b, kind: police, keys: \"" KEY_A "\"}\n",
		"parties.yaml:3: parties[1]", "key");
	refused("party: []\n", "parties.yaml:1: party", "parties");
	refused("[]\n", "parties.yaml:1:", "map");
	refused("parties:\n\t- x\n", "parties.yaml:2:", "tab");
}

Test(parties, file_that_is_not_there_is_not_found)
{
	struct parties *parties = NULL;
	struct fault fault = {0};
	cr_assert_eq(parties_load("/nonexistent/parties.yaml", &parties, &fault), ERR_NOT_FOUND);
}

Test(parties, adding_and_revoking_keep_order_names_and_keys)
{
	char path[256];
	scratch_write(path, "parties.yaml", file_text);
	struct fault fault = {0};
	struct party added = {
		.kind = KIND_COURT, .name = STR("Court \"1\" \\ east"), .key_count = 1};
	str_copy(added.id, sizeof(added.id), STR("court-east"));
	str_copy(added.keys[0].text, sizeof(added.keys[0].text), STR(KEY_A));
	added.keys[0].from = INT64_MIN;
	added.keys[0].until = INT64_MAX;
	cr_assert_eq(parties_file_add(path, &added, &fault), ERR_EXISTS, "a key of another party");
	added.key_count = 0;
	cr_assert_eq(parties_file_add(path, &added, &fault), ERR_OK, "%s", fault.message);
	cr_assert_eq(parties_file_add(path, &added, &fault), ERR_EXISTS);
	cr_assert_eq(parties_file_revoke(path, STR("met-custody"), &fault), ERR_OK);
	cr_assert_eq(parties_file_revoke(path, STR("met"), &fault), ERR_NOT_FOUND);
	struct parties *parties = NULL;
	cr_assert_eq(
		parties_load(path, &parties, &fault), ERR_OK, "%s %s", fault.field, fault.message);
	cr_assert_eq(parties->count, 4);
	cr_assert(parties_find(parties, STR("met-custody"))->revoked);
	cr_assert(str_is(parties_find(parties, STR("advance"))->name, "Ad\"vance"));
	cr_assert(str_is(parties_find(parties, STR("court-east"))->name, "Court \"1\" \\ east"));
	const struct party *inbox = parties_find(parties, STR("inbox"));
	cr_assert_eq(inbox->keys[0].until, at("2019-06-30T23:00:00Z"));
	cr_assert_eq(inbox->acts_for_count, 1);
	parties_destroy(parties);
	char text[4096] = "";
	FILE *file = fopen(path, "r");
	cr_assert_not_null(file);
	cr_assert(fread(text, 1, sizeof(text) - 1, file) > 0);
	(void)fclose(file);
	cr_assert(strstr(text, "met-custody") < strstr(text, "inbox"));
	cr_assert(strstr(text, "id: advance") < strstr(text, "court-east"));
	scratch_remove(path);
}

Test(parties, changing_a_key_lets_both_in_until_the_old_one_ends)
{
	char path[256];
	scratch_write(path, "parties.yaml", file_text);
	struct fault fault = {0};
	const struct str id = STR("met-custody");
	const timestamp_us now = at("2019-06-12T12:00:00Z");
	const timestamp_us end = at("2019-06-26T12:00:00Z");
	const char *next = "4R0vh(C7V$-2b+F=IJR9<yZsNvJ#+*Pq5lA]M:u3";
	cr_assert_eq(parties_file_key(path, id, str_from(KEY_B), now, end, &fault), ERR_EXISTS,
		"the key of another party");
	cr_assert_eq(parties_file_key(path, id, str_from(KEY_A), now, end, &fault), ERR_EXISTS,
		"its own key");
	cr_assert_eq(parties_file_key(path, STR("met"), str_from(next), now, end, &fault),
		ERR_NOT_FOUND);
	cr_assert_eq(parties_file_key(path, id, str_from(next), now, end, &fault), ERR_OK, "%s",
		fault.message);
	struct parties *parties = NULL;
	cr_assert_eq(parties_load(path, &parties, &fault), ERR_OK, "%s", fault.message);
	cr_assert_str_eq(parties_find_key(parties, KEY_A, end - 1)->id, "met-custody");
	cr_assert_str_eq(parties_find_key(parties, next, now)->id, "met-custody");
	cr_assert_null(parties_find_key(parties, KEY_A, end), "the old key must end");
	parties_destroy(parties);
	/* A third one has no room while two hold; once the first is over it has. */
	struct key_pair pair;
	cr_assert_eq(key_generate("met-custody", &pair), ERR_OK);
	const char *third = pair.public_key;
	cr_assert_eq(parties_file_key(path, id, str_from(third), now, end, &fault), ERR_STATE);
	cr_assert_eq(parties_file_key(path, id, str_from(third), end, end + 1, &fault), ERR_OK);
	cr_assert_eq(parties_load(path, &parties, &fault), ERR_OK);
	const struct party *party = parties_find(parties, id);
	cr_assert_eq(party->key_count, 2);
	cr_assert_str_eq(party->keys[0].text, next);
	parties_destroy(parties);
	scratch_remove(path);
}

Test(parties, a_stolen_key_ends_at_once)
{
	char path[256];
	scratch_write(path, "parties.yaml", file_text);
	struct fault fault = {0};
	const timestamp_us now = at("2019-06-12T12:00:00Z");
	const char *next = "4R0vh(C7V$-2b+F=IJR9<yZsNvJ#+*Pq5lA]M:u3";
	struct parties *parties = NULL;
	cr_assert_eq(parties_file_key(path, STR("met-custody"), str_from(next), now, now, &fault),
		ERR_OK, "%s", fault.message);
	cr_assert_eq(parties_load(path, &parties, &fault), ERR_OK, "%s", fault.message);
	cr_assert_null(parties_find_key(parties, KEY_A, now));
	cr_assert_eq(parties_find(parties, STR("met-custody"))->key_count, 1);
	parties_destroy(parties);
	scratch_remove(path);
}
