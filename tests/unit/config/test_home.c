/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/endpoint.h"
#include "broker/config/home.h"
#include "broker/config/z85.h"
#include "tests/unit/config/scratch.h"

#include <sys/stat.h>

Test(home, z85_is_that_of_the_zeromq_rfc)
{
	/* The test case of RFC 32 has 8 bytes; four of them make a key here. */
	static const uint8_t part[] = {0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b};
	uint8_t bytes[Z85_KEY_BYTES];
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = part[i % sizeof(part)];
	}
	char text[Z85_KEY_TEXT + 1];
	z85_encode(bytes, text);
	cr_assert_str_eq(text, "HelloWorldHelloWorldHelloWorldHelloWorld");
	uint8_t again[Z85_KEY_BYTES];
	cr_assert(z85_decode(str_from(text), again));
	cr_assert_arr_eq(again, bytes, sizeof(bytes));
	text[3] = '"';
	cr_assert(!z85_decode(str_from(text), again));
	cr_assert(!z85_decode(STR("#####################################HHHH"), again));
	cr_assert(!z85_decode(STR("########################################"), again));
}

Test(home, key_survives_writing_and_reading)
{
	struct key_pair pair;
	struct key_pair again;
	struct fault fault = {0};
	char path[256];
	scratch_write(path, "advance.key", NULL);
	cr_assert_eq(key_generate("advance", &pair), ERR_OK);
	cr_assert_eq(key_write(path, &pair, false, &fault), ERR_OK, "%s", fault.message);
	cr_assert_eq(key_write(path, &pair, false, &fault), ERR_EXISTS);
	struct stat status;
	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0600);
	cr_assert_eq(key_read(path, &again, &fault), ERR_OK, "%s", fault.message);
	cr_assert_str_eq(again.party, "advance");
	cr_assert_str_eq(again.public_key, pair.public_key);
	cr_assert_str_eq(again.secret_key, pair.secret_key);
	scratch_remove(path);
}

Test(home, key_that_others_may_read_is_refused)
{
	struct key_pair pair;
	struct fault fault = {0};
	char path[256];
	scratch_write(path, "advance.key", NULL);
	cr_assert_eq(key_generate("advance", &pair), ERR_OK);
	cr_assert_eq(key_write(path, &pair, false, &fault), ERR_OK);
	cr_assert_eq(chmod(path, 0640), 0);
	cr_assert_eq(key_read(path, &pair, &fault), ERR_CONFIG);
	cr_assert_not_null(strstr(fault.message, "0640"));
	scratch_remove(path);
}

Test(home, keys_that_are_no_pair_are_refused_without_being_shown)
{
	struct key_pair pair;
	struct key_pair other;
	struct fault fault = {0};
	char path[256];
	scratch_write(path, "advance.key", NULL);
	cr_assert_eq(key_generate("advance", &pair), ERR_OK);
	cr_assert_eq(key_generate("advance", &other), ERR_OK);
	memcpy(pair.public_key, other.public_key, sizeof(pair.public_key));
	cr_assert_eq(key_write(path, &pair, false, &fault), ERR_OK);
	cr_assert_eq(key_read(path, &other, &fault), ERR_CONFIG);
	cr_assert_not_null(strstr(fault.message, "does not belong"));
	cr_assert_null(strstr(fault.message, pair.secret_key));
	scratch_remove(path);
}

Test(home, public_key_file_is_one_line)
{
	struct key_pair pair;
	struct fault fault = {0};
	char path[256];
	char text[PARTY_KEY_TEXT + 1];
	scratch_write(path, "broker.pub", NULL);
	cr_assert_eq(key_generate("broker", &pair), ERR_OK);
	cr_assert_eq(key_write_public(path, &pair, &fault), ERR_OK);
	cr_assert_eq(key_read_public(path, text, &fault), ERR_OK);
	cr_assert_str_eq(text, pair.public_key);
	scratch_remove(path);
}

Test(home, path_of_a_key_cannot_leave_its_folder)
{
	char path[HOME_PATH_SIZE];
	cr_assert_eq(home_key_path("/h", "advance", path), ERR_OK);
	cr_assert_str_eq(path, "/h/keys/advance.key");
	cr_assert_eq(home_key_path("/h", "../advance", path), ERR_INVALID);
	cr_assert_eq(home_key_path("/h", "", path), ERR_INVALID);
	cr_assert_eq(home_key_path("/h", "-a", path), ERR_INVALID);
}

Test(endpoint, relative_path_goes_through_a_descriptor_however_long_the_home_is)
{
	char folder[] = "/tmp/onward-endpoint-XXXXXX";
	cr_assert_not_null(mkdtemp(folder));
	char home[512];
	char run[600];
	(void)snprintf(home, sizeof(home), "%s/%0200d", folder, 0);
	(void)snprintf(run, sizeof(run), "%s/run", home);
	cr_assert_eq(mkdir(home, 0700), 0);
	struct endpoint endpoint;
	struct fault fault = {0};
	cr_assert_eq(endpoint_init(&endpoint, "ipc://run/s.sock", home, &fault), ERR_NOT_FOUND);
	cr_assert_eq(mkdir(run, 0700), 0);
	cr_assert_eq(endpoint_init(&endpoint, "ipc://run/s.sock", home, &fault), ERR_OK);
	char expected[64];
	(void)snprintf(
		expected, sizeof(expected), "ipc:///proc/self/fd/%d/s.sock", endpoint.folder);
	cr_assert_str_eq(endpoint.address, expected);
	endpoint_finish(&endpoint);
	cr_assert_eq(endpoint_init(&endpoint, "ipc://run/s.sock", NULL, &fault), ERR_CONFIG);
	cr_assert_eq(rmdir(run), 0);
	cr_assert_eq(rmdir(home), 0);
	cr_assert_eq(rmdir(folder), 0);
}

Test(endpoint, only_tcp_and_ipc_are_accepted)
{
	cr_assert(endpoint_ok(STR("tcp://127.0.0.1:4000")));
	cr_assert(endpoint_ok(STR("tcp://[::1]:4000")));
	cr_assert(endpoint_ok(STR("ipc:///run/onward/s.sock")));
	cr_assert(!endpoint_ok(STR("tcp://127.0.0.1:0")));
	cr_assert(!endpoint_ok(STR("tcp://:4000")));
	cr_assert(!endpoint_ok(STR("tcp://host:")));
	cr_assert(!endpoint_ok(STR("ipc://")));
	cr_assert(!endpoint_ok(STR("ipc://run/")));
	cr_assert(!endpoint_ok(STR("ipc://@abstract")));
	cr_assert(!endpoint_ok(STR("inproc://x")));
	cr_assert(!endpoint_ok((struct str){0}));
}

Test(home, switching_keys_keeps_the_former_ones_and_refuses_to_lose_one)
{
	char home[64] = "/tmp/onward-home-XXXXXX";
	char path[HOME_PATH_SIZE];
	struct key_pair pair;
	struct key_pair now;
	struct fault fault = {0};
	cr_assert_not_null(mkdtemp(home));
	(void)snprintf(path, sizeof(path), "%s/keys", home);
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_assert_eq(key_generate("met-custody", &pair), ERR_OK);
	cr_assert_eq(home_key_path(home, "met-custody", path), ERR_OK);
	cr_assert_eq(key_write(path, &pair, false, &fault), ERR_OK);
	cr_assert_eq(key_switch(home, "met-custody", &now, &fault), ERR_NOT_FOUND);
	for (int i = 0; i <= KEY_FORMER_MAX; i++) {
		char next[HOME_PATH_SIZE];
		struct key_pair made;
		cr_assert_eq(key_generate("met-custody", &made), ERR_OK);
		cr_assert_eq(home_next_key_path(home, "met-custody", next), ERR_OK);
		cr_assert_eq(key_write(next, &made, true, &fault), ERR_OK);
		const enum err err = key_switch(home, "met-custody", &now, &fault);
		cr_assert_eq(err, i < KEY_FORMER_MAX ? ERR_OK : ERR_STATE, "%s", fault.message);
	}
	/* The first key is still there, the last of the former ones. */
	cr_assert_eq(key_read(path, &now, &fault), ERR_OK, "%s", fault.message);
	cr_assert_eq(strlen(now.former_keys), KEY_FORMER_MAX * (PARTY_KEY_TEXT + 1) - 1);
	cr_assert_str_eq(
		now.former_keys + strlen(now.former_keys) - PARTY_KEY_TEXT, pair.secret_key);
	(void)unlink(path);
	cr_assert_eq(home_next_key_path(home, "met-custody", path), ERR_OK);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/keys", home);
	(void)rmdir(path);
	(void)rmdir(home);
}
