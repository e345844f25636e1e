/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/config.h"
#include "broker/base/limits.h"
#include "broker/config/config_table.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

const struct config_number config_numbers[CONFIG_NUMBER_COUNT] = {
#define X(name, least, most, fallback, unit, help) \
	{#name, least, most, fallback, unit, help, offsetof(struct config, name)},
	CONFIG_NUMBER_MAP(X)
#undef X
};
const struct config_choice config_choices[CONFIG_CHOICE_COUNT] = {
	{"mode", "live, rehearsal", "live",
		"A store is made in one mode for ever; adapters refuse rehearsal deliveries."},
	{"clock", "system, TIME,manual", "system",
		"TIME,manual (rehearsal only): time stands at TIME, e.g. "
		"\"2019-06-12T09:00:00+01:00,manual\"."},
	{"log_level", "error, warning, notice, debug", "notice", "What is written to the log."},
};
const char config_endpoints_help[] =
	"Where peers connect and which kinds of party may; relative ipc paths are below the home. "
	"A party uses the first endpoint that takes its kind.";

const char *const config_level_names[LOG_DEBUG + 1] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_NOTICE] = "notice",
	[LOG_DEBUG] = "debug",
};

static void endpoint_add(struct config *config, const char *address, uint32_t kinds)
{
	struct config_endpoint *endpoint = &config->endpoints[config->endpoint_count++];
	str_copy(endpoint->address, sizeof(endpoint->address), str_from(address));
	endpoint->kinds = kinds;
	endpoint->high_water_mark = LIMIT_RECEIVE_HWM;
}

/* Sources, providers and operators apart, so that intake can be held while receipts flow. */
static void endpoints_default(struct config *config, const char *sources, const char *providers)
{
	config->endpoint_count = 0;
	endpoint_add(config, sources,
		config_kind_bit(KIND_POLICE) | config_kind_bit(KIND_LIAISON_DIVERSION) |
			config_kind_bit(KIND_COURT) | config_kind_bit(KIND_PRISON) |
			config_kind_bit(KIND_PROBATION) | config_kind_bit(KIND_LOCAL_AUTHORITY) |
			config_kind_bit(KIND_COORDINATOR) | config_kind_bit(KIND_COMMISSIONER));
	endpoint_add(config, providers,
		config_kind_bit(KIND_PROVIDER) | config_kind_bit(KIND_ADAPTER) |
			config_kind_bit(KIND_LOCAL_AUTHORITY) | config_kind_bit(KIND_PROBATION) |
			config_kind_bit(KIND_COORDINATOR));
	endpoint_add(config, "ipc://run/operators.sock",
		config_kind_bit(KIND_OPERATOR) | config_kind_bit(KIND_COORDINATOR));
}

void config_init(struct config *config)
{
	*config = (struct config){.log_level = LOG_NOTICE};
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		*config_number_at(config, i) = config_numbers[i].fallback;
	}
	endpoints_default(config, "ipc://run/sources.sock", "ipc://run/providers.sock");
}

enum err config_listen(struct config *config, const char *host_port, struct fault *fault)
{
	const char *colon = strrchr(host_port, ':');
	char *end = NULL;
	const long port = colon == NULL ? 0 : strtol(colon + 1, &end, 10);
	if (colon == NULL || colon == host_port || end == colon + 1 || *end != '\0' || port < 1 ||
		port > 65534 || colon - host_port > 100) {
		return fault_set(fault, ERR_USAGE, "listen",
			"HOST:PORT is expected, with a port from 1 to 65534");
	}
	const int host = (int)(colon - host_port);
	char sources[CONFIG_ADDRESS_MAX];
	char providers[CONFIG_ADDRESS_MAX];
	(void)snprintf(sources, sizeof(sources), "tcp://%.*s:%ld", host, host_port, port);
	(void)snprintf(providers, sizeof(providers), "tcp://%.*s:%ld", host, host_port, port + 1);
	endpoints_default(config, sources, providers);
	return ERR_OK;
}

enum err config_clock_parse(struct config *config, struct str text)
{
	if (str_is(text, "system")) {
		config->clock_manual = false;
		return ERR_OK;
	}
	static const struct str suffix = {",manual", 7};
	if (text.len <= suffix.len ||
		memcmp(text.ptr + text.len - suffix.len, suffix.ptr, suffix.len) != 0) {
		return ERR_INVALID;
	}
	timestamp_us start;
	const enum err err = timestamp_parse((struct str){text.ptr, text.len - suffix.len}, &start);
	if (err == ERR_OK) {
		config->clock_manual = true;
		config->clock_start = start;
	}
	return err;
}

const struct config_endpoint *config_endpoint_for(const struct config *config, enum kind kind)
{
	for (size_t i = 0; i < config->endpoint_count; i++) {
		if ((config->endpoints[i].kinds & config_kind_bit(kind)) != 0) {
			return &config->endpoints[i];
		}
	}
	return NULL;
}
