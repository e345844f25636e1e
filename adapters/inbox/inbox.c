/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/inbox/inbox.h"

#include "adapters/client/link.h"
#include "adapters/inbox/show.h"
#include "adapters/inbox/state.h"
#include "broker/base/log.h"
#include "broker/config/home.h"

#include <stdlib.h>

enum {
	INBOX_CREDIT = 256,      /* deliveries on their way at once */
	INBOX_TURN_MS = 200,     /* how soon a signal is seen */
	INBOX_CONNECT_MS = 5000, /* --once, --idle: no broker at all */
	INBOX_NEWS_MS = 60000    /* between two lines about a broker that is away */
};

void inbox_print(struct inbox *inbox)
{
	if (!inbox->text.failed && inbox->text.len > 0) {
		(void)fwrite(inbox->text.data, 1, inbox->text.len, inbox->out);
	}
	(void)fflush(inbox->out);
	buf_reset(&inbox->text);
}

/* Whether to go on without a delivery; otherwise *ret_exit says why not. */
static bool quiet_handle(struct inbox *inbox, enum err err, int *ret_exit)
{
	const int64_t now = link_now_ms();
	const int idle_ms = inbox->options->idle_ms;
	const int away_ms = idle_ms > INBOX_CONNECT_MS ? idle_ms : INBOX_CONNECT_MS;
	const char *message = inbox->fault.message;
	switch ((int)err) {
	case ERR_TIMEOUT:
		inbox->active_ms = inbox->connected ? inbox->active_ms : now;
		inbox->connected = true;
		*ret_exit = INBOX_DONE;
		return idle_ms < 0 || inbox->waiting || now - inbox->active_ms < idle_ms;
	case ERR_UNREACHABLE:
		if (now >= inbox->news_ms) {
			log_line(LOG_WARNING, "inbox", NULL, "%s", message);
			inbox->news_ms = now + INBOX_NEWS_MS;
		}
		*ret_exit = INBOX_UNREACHABLE;
		return idle_ms < 0 || now - inbox->active_ms < away_ms;
	case ERR_SUPERSEDED:
		log_line(LOG_ERROR, "inbox", NULL, "%s", message);
		*ret_exit = INBOX_SUPERSEDED;
		return false;
	case ERR_NOT_ALLOWED:
		log_line(LOG_ERROR, "inbox", NULL, "%s", message);
		*ret_exit = INBOX_NOT_ALLOWED;
		return false;
	default:
		log_line(LOG_ERROR, "inbox", NULL, "%s: %s", inbox->fault.field, message);
		*ret_exit = INBOX_OTHER;
		return false;
	}
}

static int inbox_loop(struct inbox *inbox)
{
	int code = INBOX_DONE;
	inbox->active_ms = link_now_ms();
	inbox->waiting = true; /* from before a crash, perhaps */
	while (*inbox->stop == 0) {
		const bool answer_now = inbox->waiting && link_now_ms() >= inbox->answer_ms;
		const enum err err =
			inbox_take(inbox, answer_now && inbox->connected ? 0 : INBOX_TURN_MS);
		if (err == ERR_OK) {
			inbox->connected = true;
			inbox_keep(inbox);
		} else if (!quiet_handle(inbox, err, &code)) {
			return code;
		}
		if (err != ERR_UNREACHABLE) {
			inbox_answer(inbox);
		}
	}
	return INBOX_DONE;
}

static int list_show(struct inbox *inbox)
{
	struct arena arena;
	struct str after = {0};
	struct value leg;
	arena_init(&arena, 0);
	enum err err = store_begin(inbox->store, false);
	err = err == ERR_OK ? store_leg_next(inbox->store, after, &arena, &leg) : err;
	while (err == ERR_OK) {
		char name[64];
		show_leg(&inbox->text, &leg, inbox->options->json);
		inbox_print(inbox);
		str_copy(name, sizeof(name), value_get_str(&leg, "leg"));
		arena_reset(&arena);
		err = store_leg_next(inbox->store, str_from(name), &arena, &leg);
	}
	store_abort(inbox->store);
	arena_finish(&arena);
	if (err != ERR_END) {
		log_line(LOG_ERROR, "store", NULL, "%s", err_text(err));
	}
	return err == ERR_END ? INBOX_DONE : INBOX_OTHER;
}

static enum err script_open(struct inbox *inbox)
{
	switch (inbox->options->answer) {
	case ANSWER_ACCEPT:
		script_init_accept(&inbox->script);
		return ERR_OK;
	case ANSWER_DECLINE:
		return script_init_decline(&inbox->script, inbox->options->reason, &inbox->fault);
	case ANSWER_SCRIPT:
		return script_load(&inbox->script, inbox->options->script, &inbox->fault);
	case ANSWER_SILENT:
		break;
	}
	script_init_silent(&inbox->script);
	return ERR_OK;
}

static enum err inbox_open(struct inbox *inbox)
{
	const struct options *options = inbox->options;
	char path[HOME_PATH_SIZE];
	struct key_pair pair = {0};
	enum err err = home_key_path(options->home, options->as, path);
	err = err == ERR_OK ? key_read(path, &pair, &inbox->fault)
			    : fault_set(&inbox->fault, err, "--as", "not the id of a party");
	const int len = snprintf(path, sizeof(path), "%s/inbox/%s", options->home, options->as);
	if (err == ERR_OK && (len < 0 || (size_t)len >= sizeof(path))) {
		err = fault_set(&inbox->fault, ERR_TOO_LARGE, "--home", "the path is too long");
	}
	if (err == ERR_OK) {
		const struct vault_keys keys = {pair.secret_key, pair.former_keys};
		err = store_open(options->store == NULL ? path : options->store, &keys,
			&inbox->store, &inbox->fault);
	}
	key_wipe(&pair);
	if (err != ERR_OK || options->list) {
		return err;
	}
	const struct client_options client = {
		.client_name = "onward-inbox/" ONWARD_VERSION,
		.user = options->user,
		.routes = options->routes,
		.route_count = options->route_count,
		.credit = INBOX_CREDIT,
		.accepts_rehearsal = options->rehearsal_ok,
	};
	return client_open_home(options->home, options->as, &client, &inbox->client, &inbox->fault);
}

int inbox_run(const struct options *options, FILE *out, const volatile sig_atomic_t *stop)
{
	int code = INBOX_OTHER;
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	if (inbox == NULL) {
		return code;
	}
	inbox->options = options;
	inbox->out = out;
	inbox->stop = stop;
	arena_init(&inbox->arena, 0);
	enum err err = script_open(inbox);
	if (err != ERR_OK) {
		code = INBOX_USAGE;
	} else {
		err = inbox_open(inbox);
		code = err == ERR_NOT_ALLOWED ? INBOX_NOT_ALLOWED : INBOX_OTHER;
	}
	if (err != ERR_OK) {
		log_line(LOG_ERROR, "inbox", inbox->fault.field, "%s", inbox->fault.message);
	} else {
		code = options->list ? list_show(inbox) : inbox_loop(inbox);
	}
	client_destroy(inbox->client);
	store_close(inbox->store);
	script_finish(&inbox->script);
	arena_finish(&inbox->arena);
	buf_finish(&inbox->text);
	free(inbox);
	return code;
}
