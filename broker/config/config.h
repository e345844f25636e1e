/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_CONFIG_H
#define ONWARD_CONFIG_CONFIG_H
#include "broker/base/buf.h"
#include "broker/base/err.h"
#include "broker/base/log.h"
#include "broker/base/timestamp.h"
#include "broker/model/vocab.h"
/*
 * config: a home's onward.yaml, its parties (parties.h), its folders and keys (home.h) and how its
 * endpoints are reached (endpoint.h).  Includes broker/base and broker/model only.
 *
 * The numbers of onward.yaml are this one table; the file that `onward init` writes, the check of
 * what is read and `onwardd --help-config` come from it.
 *
 *   X(name, least, most, default, unit, help)
 */
#define CONFIG_NUMBER_MAP(X)                                                                       \
	X(store_map_mib, 1, 16777216, 65536, "MiB",                                                \
		"Largest size of the store; the file is sparse and grows as it is used.")          \
	X(attempt_timeout_ms, 100, 600000, 5000, "milliseconds",                                   \
		"How long a provider's adapter may take to answer a delivery before it is sent "   \
		"again.")                                                                          \
	X(retry_first_ms, 10, 600000, 1000, "milliseconds",                                        \
		"Wait before the second attempt of a delivery; doubled for each further one.")     \
	X(retry_most_ms, 10, 86400000, 300000, "milliseconds",                                     \
		"Longest wait between two attempts of a delivery.")                                \
	X(sessions_most, 1, 65536, 4096, "sessions", "Sessions at a time; more are refused.")      \
	X(session_idle_ms, 1000, 86400000, 300000, "milliseconds",                                 \
		"A session that sends nothing for so long, and holds no deliveries, ends.")        \
	X(query_queue_most, 1, 65536, 1024, "requests",                                            \
		"Questions waiting to be answered; beyond it the answer is try-later.")            \
	X(page_rows_most, 1, 500, 100, "rows", "Most rows of one page of a list.")                 \
	X(drain_ms, 100, 600000, 10000, "milliseconds",                                            \
		"Longest time to finish what has been taken in when the broker is asked to stop.") \
	X(retention_months, 0, 1200, 0, "months",                                                  \
		"How long a referral is kept after it ended; then what is personal about it is "   \
		"erased. 0: nothing is erased by itself.")

enum {
	CONFIG_ENDPOINTS_MAX = 16,
	CONFIG_ADDRESS_MAX = 200, /* bytes */
	CONFIG_HIGH_WATER_MARK_MAX = 100000
};

struct config_endpoint {
	char address[CONFIG_ADDRESS_MAX + 1]; /* as written: "ipc://run/sources.sock" */
	uint32_t kinds;                       /* of party that may use it: bits 1 << enum kind */
	int high_water_mark; /* messages received ahead, a connection; LIMIT_RECEIVE_HWM */
};

struct config {
	bool rehearsal;           /* mode: live or rehearsal; a store keeps it for ever */
	bool clock_manual;        /* clock: "system" or "TIME,manual" (rehearsal only) */
	timestamp_us clock_start; /* with clock_manual */
	enum log_level log_level;
	struct config_endpoint endpoints[CONFIG_ENDPOINTS_MAX];
	size_t endpoint_count;
#define X(name, least, most, fallback, unit, help) int64_t name;
	CONFIG_NUMBER_MAP(X)
#undef X
};

/* Everything at its default: live, the system's clock, the three ipc endpoints. */
void config_init(struct config *config);
/* Replaces the default endpoints by tcp://HOST:PORT for sources and PORT+1 for providers; operators
 * stay local. ERR_USAGE when `host_port` is not HOST:PORT with a port from 1 to 65534. */
MUST_CHECK enum err config_listen(
	struct config *config, const char *host_port, struct fault *fault);
/* "system" or "2019-06-12T09:00:00+01:00,manual"; ERR_INVALID, the config untouched. */
MUST_CHECK enum err config_clock_parse(struct config *config, struct str text);
/* What the file does not name keeps its default.  ERR_CONFIG: the fault's field is
 * "onward.yaml:LINE: KEY"; ERR_NOT_FOUND, ERR_IO. *ret_config is untouched on failure. */
MUST_CHECK enum err config_load(const char *path, struct config *ret_config, struct fault *fault);
/* The file with all keys and their help as comments, 0644, atomically. */
MUST_CHECK enum err config_write(
	const char *path, const struct config *config, struct fault *fault);
/* The table for people: key, range, default, unit, help. */
void config_describe(struct buf *out);
/* The endpoint a party of that kind connects to: the first whose kinds hold it; NULL when none. */
const struct config_endpoint *config_endpoint_for(const struct config *config, enum kind kind);
#endif
