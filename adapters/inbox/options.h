/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_INBOX_OPTIONS_H
#define ONWARD_ADAPTERS_INBOX_OPTIONS_H
#include "broker/base/buf.h"
#include "broker/base/err.h"
#include "broker/wire/message.h"
/* The command line of onward-inbox. Strings are argv's. */
enum answer_mode {
	ANSWER_SILENT,
	ANSWER_ACCEPT,
	ANSWER_DECLINE,
	ANSWER_SCRIPT
};

struct options {
	const char *home, *as, *store, *user, *script, *reason;
	const char *routes[WIRE_ROUTES_MAX];
	size_t route_count;
	enum answer_mode answer;
	bool rehearsal_ok, json, list, help, version;
	int idle_ms; /* -1: goes on for ever */
};

/* ERR_USAGE. */
MUST_CHECK enum err options_parse(
	int argc, char *const argv[], struct options *ret_options, struct fault *fault);
extern const char options_help[];
#endif
