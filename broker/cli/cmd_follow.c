/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

/*
 * follow: events as they happen.  The place is kept in home/spool/PARTY/follow-cursor (with a
 * reference in its own file), written when nothing more is waiting and at the end: after a crash
 * some events may be shown twice, none is left out.
 */
enum {
	WAIT_MS = 250,     /* between two looks at whether we shall stop */
	NO_WAIT_MS = 1000, /* without an event: the end for --no-wait */
	KEEP_EVERY = 256
};

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
	(void)number;
	stop_asked = 1;
}

/* The file that keeps the place; its folder is made. */
static const char *cursor_path(struct cli *cli, struct str reference)
{
	const char *spool = cli_home_file(cli, "spool");
	const struct str folder = arena_printf(&cli->arena, "%s/spool/%s", cli->home, cli->as);
	if (spool == NULL || folder.ptr == NULL) {
		return NULL;
	}
	(void)mkdir(spool, 0700);
	(void)mkdir(folder.ptr, 0700);
	return arena_printf(&cli->arena, "%s/follow-cursor%s%.*s", folder.ptr,
		reference.len == 0 ? "" : "-", STR_ARG(reference))
		.ptr;
}

static uint64_t cursor_read(const char *path)
{
	struct buf text = {0};
	uint64_t cursor = 0;
	if (path != NULL && buf_read_file(&text, path, 64) == ERR_OK) {
		buf_append(&text, "", 1);
		cursor = strtoull(text.data, NULL, 10);
	}
	buf_finish(&text);
	return cursor;
}

static void cursor_keep(struct cli *cli, const char *path, uint64_t cursor)
{
	char text[32];
	(void)snprintf(text, sizeof(text), "%llu\n", (unsigned long long)cursor);
	if (path == NULL || buf_write_file(str_from(text), path, 0600) != ERR_OK) {
		cli_note(cli, "the place cannot be kept in %s", path == NULL ? "the home" : path);
	}
}

static void print_event(struct cli *cli, const struct names *names, const struct value *event)
{
	if (cli_json(cli)) {
		cli_print_json(cli, event);
		return;
	}
	struct buf out = {0};
	view_event(&out, names, event);
	cli_print(cli, &out);
	buf_finish(&out);
}

/* Prints until told to stop, until nothing is left (--no-wait), or until it fails. */
static enum err follow(struct cli *cli, struct client *client, struct str reference,
	const char *path, uint64_t cursor)
{
	const struct names names = cli_json(cli) ? (struct names){0} : cli_names(cli);
	const bool wait = cli_option(cli, OPTION_NO_WAIT) == NULL;
	struct arena scratch;
	/* A record may hold several events: its place is kept once the next one has begun, or
	 * nothing more is there. */
	uint64_t kept = cursor, whole = cursor, last = cursor;
	size_t since = 0;
	enum err err = ERR_OK;
	bool lost = false;
	arena_init(&scratch, 0);
	while (stop_asked == 0 && ferror(cli->out) == 0) {
		struct value event = {0};
		arena_reset(&scratch);
		err = client_next_event(client, reference.ptr, &cursor, wait ? WAIT_MS : NO_WAIT_MS,
			&scratch, &event, &cli->fault);
		if (err == ERR_OK) {
			print_event(cli, &names, &event);
			whole = cursor != last ? last : whole;
			last = cursor;
			lost = false;
		} else if (err == ERR_TIMEOUT) {
			whole = cursor;
		}
		if ((err != ERR_OK || ++since >= KEEP_EVERY) && whole != kept) {
			(void)fflush(cli->out);
			cursor_keep(cli, path, whole);
			kept = whole;
			since = 0;
		}
		if (err == ERR_UNREACHABLE && wait) {
			if (!lost) {
				cli_note(cli, "the broker cannot be reached; waiting for it");
			}
			lost = true;
		} else if (err != ERR_OK && (err != ERR_TIMEOUT || !wait)) {
			break;
		} else if (err == ERR_OK && wait) {
			(void)fflush(cli->out);
		}
	}
	if (whole != kept) {
		cursor_keep(cli, path, whole);
	}
	arena_finish(&scratch);
	return err == ERR_TIMEOUT || stop_asked != 0 ? ERR_OK : err;
}

int cmd_follow(struct cli *cli)
{
	struct str reference = {0};
	struct client *client = NULL;
	enum err err = cli_party(cli);
	if (err == ERR_OK && cli->args.argument_count > 0) {
		err = input_reference(cli, cli->args.arguments[0], &reference);
	}
	const char *after = cli_option(cli, OPTION_AFTER);
	if (err == ERR_OK && after != NULL && after[strspn(after, "0123456789")] != '\0') {
		err = fault_set(&cli->fault, ERR_USAGE, "--after", "a number is expected");
	}
	if (err == ERR_OK) {
		err = session_connect(cli, &client);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const struct sigaction action = {.sa_handler = on_signal};
	struct sigaction old_interrupt, old_terminate;
	stop_asked = 0;
	(void)sigaction(SIGINT, &action, &old_interrupt);
	(void)sigaction(SIGTERM, &action, &old_terminate);
	const char *path = cursor_path(cli, reference);
	const uint64_t cursor = after != NULL ? strtoull(after, NULL, 10) : cursor_read(path);
	err = follow(cli, client, reference, path, cursor);
	client_destroy(client);
	(void)sigaction(SIGINT, &old_interrupt, NULL);
	(void)sigaction(SIGTERM, &old_terminate, NULL);
	return err == ERR_OK ? EXIT_DONE : cli_failed(cli, err);
}
