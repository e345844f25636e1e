/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/config.h"
#include "broker/config/config_table.h"
#include "tests/unit/config/scratch.h"

static enum err load(const char *text, struct config *config, struct fault *fault)
{
	char path[256];
	scratch_write(path, "onward.yaml", text);
	const enum err err = config_load(path, config, fault);
	scratch_remove(path);
	return err;
}

static void refused(const char *text, const char *field, const char *word)
{
	struct config config;
	struct fault fault = {0};
	cr_assert_eq(load(text, &config, &fault), ERR_CONFIG, "accepted: %s", text);
	cr_assert_str_eq(fault.field, field);
	cr_assert_not_null(strstr(fault.message, word), "%s", fault.message);
}

Test(config, default_of_every_number_is_in_its_range)
{
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		cr_assert(config_numbers[i].least <= config_numbers[i].fallback);
		cr_assert(config_numbers[i].fallback <= config_numbers[i].most);
	}
}

Test(config, written_file_reads_back_the_same)
{
	struct config config;
	config_init(&config);
	config.rehearsal = true;
	config.log_level = LOG_DEBUG;
	config.retry_first_ms = 77;
	cr_assert_eq(config_clock_parse(&config, STR("2019-06-12T09:00:00+01:00,manual")), ERR_OK);
	char path[256];
	scratch_write(path, "onward.yaml", NULL);
	struct fault fault = {0};
	cr_assert_eq(config_write(path, &config, &fault), ERR_OK, "%s", fault.message);
	struct config again;
	memset(&again, 0x5a, sizeof(again));
	cr_assert_eq(
		config_load(path, &again, &fault), ERR_OK, "%s %s", fault.field, fault.message);
	scratch_remove(path);
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		cr_assert_eq(*config_number_at(&again, i), *config_number_at(&config, i));
	}
	cr_assert(again.rehearsal && again.clock_manual);
	cr_assert_eq(again.clock_start, config.clock_start);
	cr_assert_eq(again.log_level, LOG_DEBUG);
	cr_assert_eq(again.endpoint_count, 3);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_str_eq(again.endpoints[i].address, config.endpoints[i].address);
		cr_assert_eq(again.endpoints[i].kinds, config.endpoints[i].kinds);
	}
}

Test(config, misspelt_key_is_refused_with_its_line_and_the_right_one)
{
	refused("mode: live\nstore_map_mb: 5\n", "onward.yaml:2: store_map_mb", "store_map_mib");
	refused("mode: live\nendpoints:\n  - addres: x\n", "onward.yaml:3: endpoints[0].addres",
		"address");
}

Test(config, number_out_of_range_or_with_a_unit_is_refused)
{
	refused("store_map_mib: 0\n", "onward.yaml:1: store_map_mib", "from 1 to");
	refused("drain_ms: 5s\n", "onward.yaml:1: drain_ms", "milliseconds");
	refused("drain_ms: -500\n", "onward.yaml:1: drain_ms", "milliseconds");
	refused("drain_ms: 99999999999999999999\n", "onward.yaml:1: drain_ms", "whole number");
	refused("drain_ms: [500]\n", "onward.yaml:1: drain_ms", "whole number");
}

Test(config, manual_clock_in_a_live_home_is_refused)
{
	refused("clock: \"2019-06-12T09:00:00Z,manual\"\n", "onward.yaml:1: clock", "rehearsal");
	refused("clock: \"2019-06-12,manual\"\n", "onward.yaml:1: clock", "manual");
}

Test(config, endpoints_name_address_and_kinds)
{
	refused("endpoints: []\n", "onward.yaml:1: endpoints", "list of 1");
	refused("endpoints:\n  - {address: \"inproc://x\", kinds: [police]}\n",
		"onward.yaml:2: endpoints[0].address", "ipc://PATH");
	refused("endpoints:\n  - {address: \"tcp://127.0.0.1:70000\", kinds: [police]}\n",
		"onward.yaml:2: endpoints[0].address", "tcp://HOST:PORT");
	refused("endpoints:\n  - {address: \"tcp://127.0.0.1:7000\", kinds: [polis]}\n",
		"onward.yaml:2: endpoints[0].kinds[0]", "police");
	refused("endpoints:\n  - {address: \"tcp://127.0.0.1:7000\"}\n",
		"onward.yaml:2: endpoints[0]", "kinds");
	struct config config;
	struct fault fault = {0};
	cr_assert_eq(load("endpoints:\n  - {address: \"tcp://127.0.0.1:7000\", kinds: police}\n",
			     &config, &fault),
		ERR_OK, "%s", fault.message);
	cr_assert_not_null(config_endpoint_for(&config, KIND_POLICE));
	cr_assert_null(config_endpoint_for(&config, KIND_OPERATOR));
}

Test(config, party_connects_to_the_first_endpoint_of_its_kind)
{
	struct config config;
	config_init(&config);
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		cr_assert_not_null(config_endpoint_for(&config, (enum kind)kind));
	}
	cr_assert_str_eq(
		config_endpoint_for(&config, KIND_COORDINATOR)->address, "ipc://run/sources.sock");
	cr_assert_str_eq(
		config_endpoint_for(&config, KIND_ADAPTER)->address, "ipc://run/providers.sock");
}

Test(config, listen_gives_sources_a_port_and_providers_the_next)
{
	struct config config;
	config_init(&config);
	struct fault fault = {0};
	cr_assert_eq(config_listen(&config, "[::1]:4000", &fault), ERR_OK);
	cr_assert_str_eq(config.endpoints[0].address, "tcp://[::1]:4000");
	cr_assert_str_eq(config.endpoints[1].address, "tcp://[::1]:4001");
	cr_assert_str_eq(config.endpoints[2].address, "ipc://run/operators.sock");
	cr_assert_eq(config_listen(&config, ":4000", &fault), ERR_USAGE);
	cr_assert_eq(config_listen(&config, "host:65535", &fault), ERR_USAGE);
	cr_assert_eq(config_listen(&config, "host", &fault), ERR_USAGE);
}

Test(config, description_names_every_key)
{
	struct buf out = {0};
	config_describe(&out);
	buf_append(&out, "", 1);
	cr_assert(!out.failed);
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		cr_assert_not_null(strstr(out.data, config_numbers[i].name));
	}
	buf_finish(&out);
}
