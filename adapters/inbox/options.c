/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/inbox/options.h"

#include <stdlib.h>

enum {
	IDLE_ONCE_MS = 1000, /* --once: nothing more for so long */
	IDLE_MOST_S = 86400
};

const char options_help[] =
	"onward-inbox: takes the referrals that are for a provider, keeps them, shows them, "
	"answers.\n"
	"\n"
	"  onward-inbox --home DIR --as PARTY [options]\n"
	"\n"
	"A delivery is stored on this machine, sealed with the party's key, before the broker "
	"hears that\n"
	"it has arrived. One that comes twice is kept once. Answers are decided with the delivery, "
	"in the\n"
	"same write, and given until the broker has taken them, also after a crash.\n"
	"\n"
	"  --home DIR           the home: onward.yaml, parties.yaml, keys/ (else $ONWARD_HOME, "
	"else .)\n"
	"  --as PARTY           whose key to use: the provider, or an adapter that acts for it\n"
	"  --serve PARTY        whose deliveries to take; may be repeated (default: --as itself)\n"
	"  --store DIR          where to keep them (default: DIR/inbox/PARTY of the home)\n"
	"  --answer accept      received, then accepted; a withdrawal is confirmed\n"
	"  --answer decline     declined, with --reason CODE (no-capacity); a withdrawal is "
	"confirmed\n"
	"  --answer silent      nothing beyond the receipt (the default)\n"
	"  --answer script FILE as the file says, a line a pattern:\n"
	"                         hibiscus-*    received accepted started completed\n"
	"                         *-refuge      declined no-capacity confirm\n"
	"                         *             silent\n"
	"                       The pattern (* ? []) is held against the service and the leg, the "
	"first\n"
	"                       line that fits counts; a word behind an action is its code; "
	"`confirm`\n"
	"                       answers a withdrawal; # begins a comment.\n"
	"  --user NAME          who answers, recorded with each answer\n"
	"  --rehearsal-ok       take rehearsal deliveries too; otherwise they are refused\n"
	"  --once               take what is waiting, answer, end\n"
	"  --idle SECONDS       end when nothing has come for so long\n"
	"  --list               show what is kept, without a broker, and end\n"
	"  --json               one JSON object a line: deliveries, and answers with "
	"\"kind\":\"answer\"\n"
	"  --help, --version\n"
	"\n"
	"Ends at SIGTERM and SIGINT. Exit codes: 0 done, 3 broker unreachable (--once, --idle), 4 "
	"not\n"
	"allowed, 5 another session took over, 64 usage, 1 anything else (the store cannot be "
	"used).\n";

static bool is_option(const char *arg, const char *name)
{
	return strcmp(arg, name) == 0;
}

static enum err number_parse(const char *text, int *ret_ms, struct fault *fault)
{
	char *end = NULL;
	const long seconds = strtol(text, &end, 10);
	if (end == text || *end != '\0' || seconds < 0 || seconds > IDLE_MOST_S) {
		return fault_set(fault, ERR_USAGE, "--idle", "a number of seconds from 0 to %d",
			IDLE_MOST_S);
	}
	*ret_ms = (int)seconds * 1000;
	return ERR_OK;
}

static enum err answer_parse(struct options *options, const char *mode, const char *file,
	int *ret_used, struct fault *fault)
{
	if (strcmp(mode, "accept") == 0) {
		options->answer = ANSWER_ACCEPT;
	} else if (strcmp(mode, "decline") == 0) {
		options->answer = ANSWER_DECLINE;
	} else if (strcmp(mode, "silent") == 0) {
		options->answer = ANSWER_SILENT;
	} else if (strcmp(mode, "script") == 0 && file != NULL) {
		options->answer = ANSWER_SCRIPT;
		options->script = file;
		(*ret_used)++;
	} else {
		return fault_set(fault, ERR_USAGE, "--answer",
			"one of accept, decline, silent, script FILE");
	}
	return ERR_OK;
}

static bool flag_parse(struct options *options, const char *arg)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"--rehearsal-ok", &options->rehearsal_ok},
		{"--json", &options->json},
		{"--list", &options->list},
		{"--help", &options->help},
		{"-h", &options->help},
		{"--version", &options->version},
	};
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (is_option(arg, flags[i].name)) {
			*flags[i].flag = true;
			return true;
		}
	}
	if (is_option(arg, "--once")) {
		options->idle_ms = IDLE_ONCE_MS;
		return true;
	}
	return false;
}

/* One option with its value; *ret_used counts the words it took. */
static enum err value_parse(struct options *options, const char *arg, const char *value,
	const char *next, int *ret_used, struct fault *fault)
{
	const struct {
		const char *name;
		const char **text;
	} texts[] = {
		{"--home", &options->home},
		{"--as", &options->as},
		{"--store", &options->store},
		{"--user", &options->user},
		{"--reason", &options->reason},
	};
	const bool known =
		is_option(arg, "--serve") || is_option(arg, "--answer") || is_option(arg, "--idle");
	*ret_used = 2;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (is_option(arg, texts[i].name) && value != NULL) {
			*texts[i].text = value;
			return ERR_OK;
		}
		if (is_option(arg, texts[i].name)) {
			return fault_set(fault, ERR_USAGE, arg, "needs a value");
		}
	}
	if (!known) {
		return fault_set(fault, ERR_USAGE, arg, "no such option; see --help");
	}
	if (value == NULL) {
		return fault_set(fault, ERR_USAGE, arg, "needs a value");
	}
	if (is_option(arg, "--answer")) {
		return answer_parse(options, value, next, ret_used, fault);
	}
	if (is_option(arg, "--idle")) {
		return number_parse(value, &options->idle_ms, fault);
	}
	if (options->route_count == WIRE_ROUTES_MAX) {
		return fault_set(fault, ERR_USAGE, arg, "at most %d of them", WIRE_ROUTES_MAX);
	}
	options->routes[options->route_count++] = value;
	return ERR_OK;
}

enum err options_parse(
	int argc, char *const argv[], struct options *ret_options, struct fault *fault)
{
	struct options options = {.idle_ms = -1, .reason = "no-capacity"};
	options.home = getenv("ONWARD_HOME") == NULL ? "." : getenv("ONWARD_HOME");
	options.as = getenv("ONWARD_AS");
	for (int i = 1; i < argc;) {
		int used = 1;
		enum err err = ERR_OK;
		if (!flag_parse(&options, argv[i])) {
			const char *value = i + 1 < argc ? argv[i + 1] : NULL;
			const char *next = i + 2 < argc ? argv[i + 2] : NULL;
			err = value_parse(&options, argv[i], value, next, &used, fault);
		}
		if (err != ERR_OK) {
			return err;
		}
		i += used;
	}
	if (options.as == NULL && !options.help && !options.version) {
		return fault_set(fault, ERR_USAGE, "--as", "whose deliveries? --as PARTY");
	}
	if (options.route_count == 0) {
		options.routes[options.route_count++] = options.as;
	}
	*ret_options = options;
	return ERR_OK;
}
