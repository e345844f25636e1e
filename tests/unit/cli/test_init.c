/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/cli.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[64];

static void setup(void)
{
	(void)unsetenv("ONWARD_HOME");
	(void)unsetenv("ONWARD_AS");
	(void)setenv("ONWARD_DATA", "directory/data", 1);
	strcpy(base, "/tmp/onward-cli-XXXXXX");
	cr_assert_not_null(mkdtemp(base));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void teardown(void)
{
	(void)nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *below(const char *name)
{
	static char path[4][256];
	static unsigned turn;
	char *out = path[turn++ % 4];
	(void)snprintf(out, 256, "%s/%s", base, name);
	return out;
}

static unsigned mode_of(const char *name)
{
	struct stat st;
	return stat(below(name), &st) == 0 ? st.st_mode & 07777 : 0;
}

static const struct party *party_of(const struct parties *parties, const char *id)
{
	return parties_find(parties, str_from(id));
}

TestSuite(init, .init = setup, .fini = teardown);
TestSuite(party, .init = setup, .fini = teardown);
TestSuite(refer, .init = setup, .fini = teardown);

Test(init, a_rehearsal_home_has_keys_for_everybody)
{
	struct parties *parties = NULL;
	struct config config;
	struct outcome outcome = RUN(NULL, "init", below("h"), "--rehearsal");
	cr_assert_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_expect_eq(mode_of("h/keys"), 0700);
	cr_expect_eq(mode_of("h/store"), 0700);
	cr_expect_eq(mode_of("h/run"), 0700);
	cr_expect_eq(mode_of("h/keys/broker.key"), 0600);
	cr_expect_eq(mode_of("h/keys/met-custody.key"), 0600);
	cr_expect_eq(mode_of("h/keys/broker.pub"), 0644);
	cr_assert_eq(config_load(below("h/onward.yaml"), &config, NULL), ERR_OK);
	cr_expect(config.rehearsal);
	cr_assert_eq(parties_load(below("h/parties.yaml"), &parties, NULL), ERR_OK);
	static const char *const wanted[] = {"met-custody", "ld-london", "court-westminster",
		"hmp-bronzefield", "hmp-send", "nps-london", "london-crc", "probation-london",
		"merseyside-custody", "norfolk-custody", "coordinator-london", "operator",
		"advance", "women-in-prison", "hibiscus"};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		char key[128];
		(void)snprintf(key, sizeof(key), "h/keys/%s.key", wanted[i]);
		cr_expect_not_null(party_of(parties, wanted[i]), "%s", wanted[i]);
		cr_expect_eq(mode_of(key), 0600, "%s", key);
	}
	cr_assert_not_null(party_of(parties, "housing-lambeth"));
	cr_expect_eq(party_of(parties, "housing-lambeth")->kind, KIND_LOCAL_AUTHORITY);
	cr_expect_eq(party_of(parties, "nps-london")->kind, KIND_PROBATION);
	parties_destroy(parties);
}

Test(init, a_live_home_names_its_areas_and_has_two_keys)
{
	struct parties *parties = NULL;
	struct config config;
	struct outcome outcome = RUN(NULL, "init", below("h"));
	cr_expect_eq(outcome.code, EXIT_USAGE);
	cr_expect(strstr(outcome.err, "crs-current, london-2018, merseyside, norfolk") != NULL,
		"%s", outcome.err);
	cr_expect_eq(mode_of("h"), 0, "nothing was made");
	outcome_finish(&outcome);
	outcome = RUN(NULL, "init", below("h"), "--area", "norfolk", "--listen", "127.0.0.1:7300");
	cr_assert_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_assert_eq(parties_load(below("h/parties.yaml"), &parties, NULL), ERR_OK);
	cr_expect_eq(parties->count, 1);
	cr_expect_eq(parties->items[0].kind, KIND_OPERATOR);
	parties_destroy(parties);
	cr_assert_eq(config_load(below("h/onward.yaml"), &config, NULL), ERR_OK);
	cr_expect(!config.rehearsal);
	cr_expect_str_eq(
		config_endpoint_for(&config, KIND_POLICE)->address, "tcp://127.0.0.1:7300");
	cr_expect_eq(mode_of("h/directory/norfolk"), 0755);
	cr_expect_eq(mode_of("h/directory/london-2018"), 0, "not asked for");
}

Test(init, what_is_wrong_is_refused_before_anything_is_made)
{
	struct outcome outcome = RUN(NULL, "init", below("h"), "--area", "atlantis");
	cr_expect_eq(outcome.code, EXIT_USAGE, "%s", outcome.err);
	cr_expect(strstr(outcome.err, "\"atlantis\"") != NULL &&
			  strstr(outcome.err, "merseyside, norfolk") != NULL,
		"%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "init", below("h"), "--area", "../data");
	cr_expect_eq(outcome.code, EXIT_USAGE, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "init", below("h"), "--rehearsal", "--listen", "nonsense");
	cr_expect_eq(outcome.code, EXIT_USAGE, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_expect_eq(mode_of("h"), 0);
}

Test(init, a_folder_that_is_not_empty_is_refused)
{
	cr_assert_eq(mkdir(below("h"), 0755), 0);
	cr_assert_eq(buf_write_file(STR("mine"), below("h/.hidden"), 0644), ERR_OK);
	struct outcome outcome = RUN(NULL, "init", below("h"), "--rehearsal");
	cr_expect_eq(outcome.code, EXIT_REFUSED);
	cr_expect(strstr(outcome.err, "not empty") != NULL);
	cr_expect_eq(mode_of("h/keys"), 0);
	outcome_finish(&outcome);
}

static void make_home(void)
{
	struct outcome outcome = RUN(NULL, "init", below("h"), "--area", "norfolk", "--json");
	cr_assert_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	cr_expect(strstr(outcome.out, "\"mode\":\"live\"") != NULL);
	outcome_finish(&outcome);
	(void)setenv("ONWARD_HOME", below("h"), 1);
}

Test(party, is_added_listed_and_revoked_without_a_broker)
{
	make_home();
	struct outcome outcome = RUN(NULL, "party", "add", "norfolk-custody", "--kind", "police",
		"--name", "Custody \xc3\xa9", "--timeout", "0.2");
	cr_assert_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	cr_expect(strstr(outcome.out, "takes effect at the next start") != NULL);
	outcome_finish(&outcome);
	cr_expect_eq(mode_of("h/keys/norfolk-custody.key"), 0600);
	outcome = RUN(NULL, "party", "add", "norfolk-custody", "--kind", "police");
	cr_expect_eq(outcome.code, EXIT_REFUSED, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "revoke", "norfolk-custody", "--timeout", "0.2");
	cr_expect_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "list");
	cr_expect_str_eq(outcome.out,
		"norfolk-custody  police    Custody \xc3\xa9                revoked\n"
		"operator         operator  Operator of this broker\n");
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "revoke", "nobody");
	cr_expect_eq(outcome.code, EXIT_REFUSED);
	outcome_finish(&outcome);
}

Test(party, only_an_operator_changes_who_is_let_in)
{
	struct buf before = {0};
	struct buf after = {0};
	make_home();
	struct outcome outcome = RUN(
		NULL, "party", "add", "norfolk-custody", "--kind", "police", "--timeout", "0.2");
	cr_assert_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_assert_eq(buf_read_file(&before, below("h/parties.yaml"), 1 << 20), ERR_OK);
	outcome = RUN(NULL, "party", "add", "x", "--kind", "operator", "--as", "norfolk-custody");
	cr_expect_eq(outcome.code, EXIT_NOT_ALLOWED, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_expect_eq(mode_of("h/keys/x.key"), 0, "no key was left behind");
	outcome = RUN(NULL, "party", "revoke", "operator", "--as", "norfolk-custody");
	cr_expect_eq(outcome.code, EXIT_NOT_ALLOWED, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "revoke", "operator");
	cr_expect_eq(outcome.code, EXIT_REFUSED, "the last one: %s", outcome.err);
	cr_expect(strstr(outcome.err, "--kind operator") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_assert_eq(buf_read_file(&after, below("h/parties.yaml"), 1 << 20), ERR_OK);
	cr_expect(str_equal(buf_str(&before), buf_str(&after)));
	buf_finish(&before);
	buf_finish(&after);
	outcome = RUN(NULL, "party", "add", "deputy", "--kind", "operator", "--timeout", "0.2");
	cr_expect_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "revoke", "operator", "--timeout", "0.2");
	cr_expect_eq(outcome.code, EXIT_DONE, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "add", "y", "--kind", "police", "--timeout", "0.2");
	cr_expect_eq(outcome.code, EXIT_NOT_ALLOWED, "revoked: %s", outcome.err);
	outcome_finish(&outcome);
}

Test(party, wrong_words_are_usage)
{
	make_home();
	struct outcome outcome = RUN(NULL, "party", "add", "x", "--kind", "wizard");
	cr_expect_eq(outcome.code, EXIT_USAGE);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "add", "X Y", "--kind", "police");
	cr_expect_eq(outcome.code, EXIT_USAGE);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "party", "add", "x", "--kind", "adapter");
	cr_expect_eq(outcome.code, EXIT_USAGE);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "keys", "new", "../x");
	cr_expect_eq(outcome.code, EXIT_USAGE);
	outcome_finish(&outcome);
	cr_expect_eq(mode_of("h/keys/x.key"), 0, "no key was left behind");
}

Test(refer, without_a_broker_the_referral_is_kept_and_said_so)
{
	make_home();
	struct outcome outcome = RUN(NULL, "keys", "new", "norfolk-custody");
	cr_assert_eq(outcome.code, EXIT_DONE);
	outcome.out[strcspn(outcome.out, "\n")] = '\0';
	struct outcome added = RUN(NULL, "party", "add", "norfolk-custody", "--kind", "police",
		"--key", outcome.out, "--timeout", "0.2");
	cr_assert_eq(added.code, EXIT_DONE, "%s", added.err);
	outcome_finish(&added);
	outcome_finish(&outcome);
	outcome = RUN("{\"source_ref\":\"1\"}\n{\"source_ref\":\"2\"}", "refer", "-", "--as",
		"norfolk-custody", "--json", "--timeout", "0.3");
	cr_expect_eq(outcome.code, EXIT_UNREACHABLE, "%s", outcome.err);
	cr_expect(
		strstr(outcome.out, "{\"source_ref\":\"1\",\"error\":{\"code\":\"unreachable\"") ==
			outcome.out,
		"%s", outcome.out);
	cr_expect(strstr(outcome.err, "onward flush") != NULL);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "flush", "--as", "norfolk-custody", "--timeout", "0.3");
	cr_expect_eq(outcome.code, EXIT_UNREACHABLE, "%s", outcome.err);
	cr_expect(strstr(outcome.err, "2 kept") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
}

Test(refer, an_actor_whom_the_broker_would_refuse_never_reaches_the_spool)
{
	static const char long_name[] = "a name of more than sixty-four bytes, which no broker "
					"takes from anybody";
	static const char text[] = "{\"source_ref\":\"1\"}";
	make_home();
	struct outcome outcome = RUN(text, "refer", "-", "--as", "operator", "--user", long_name);
	cr_expect_eq(outcome.code, EXIT_USAGE, "%s", outcome.err);
	cr_expect(strstr(outcome.err, "--user: at most 64 bytes") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(text, "refer", "-", "--as", "operator", "--role", "a\x1b[2J");
	cr_expect_eq(outcome.code, EXIT_USAGE, "%s", outcome.err);
	cr_expect(strstr(outcome.err, "--role: ") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_expect_eq(mode_of("h/spool"), 0);
}

Test(refer, who_to_call_now_is_said_before_the_broker_is_waited_for)
{
	static const char text[] = "{\"source_ref\":\"1\",\"risk\":{\"self\":\"immediate\"}}";
	make_home();
	struct outcome outcome = RUN(text, "refer", "-", "--as", "operator", "--timeout", "0.2");
	cr_expect_eq(outcome.code, EXIT_UNREACHABLE, "%s", outcome.err);
	cr_expect(strstr(outcome.out, "IMMEDIATE RISK") == outcome.out, "%s", outcome.out);
	outcome_finish(&outcome);
	outcome = RUN(text, "refer", "-", "--as", "operator", "--timeout", "0.2", "--json");
	cr_expect(strstr(outcome.err, "call 999") != NULL, "%s", outcome.err);
	cr_expect(outcome.out[0] == '{');
	outcome_finish(&outcome);
}

Test(refer, a_broken_file_sends_nothing)
{
	make_home();
	struct outcome outcome =
		RUN("{\"source_ref\":\"1\"}\n{\"source_ref\":", "refer", "-", "--as", "operator");
	cr_expect_eq(outcome.code, EXIT_REFUSED);
	cr_expect(strstr(outcome.err, "standard input:2:") != NULL, "%s", outcome.err);
	cr_expect_eq(mode_of("h/spool"), 0);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "refer", "/nowhere.json", "--as", "operator");
	cr_expect_eq(outcome.code, EXIT_OTHER);
	outcome_finish(&outcome);
	outcome = RUN("{}", "refer", "-");
	cr_expect_eq(outcome.code, EXIT_USAGE);
	cr_expect(strstr(outcome.err, "keys in this home: operator") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN("{}", "show", "ACDE-FGHJ-A", "--as", "operator");
	cr_expect_eq(outcome.code, EXIT_REFUSED);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "show", "pdp4 2zcz t/1", "--as", "operator");
	cr_expect_eq(outcome.code, EXIT_REFUSED);
	cr_expect(strstr(outcome.err, "leave it off") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
}
