/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/view.h"

#include <stdarg.h>
#include <stdio.h>

/* The broker's figures, each with a word when it is time to look. */
enum {
	WIDTH = 22,
	WORRY_UNDELIVERED_S = 3600,    /* the tightest delivery window is 4 hours */
	WORRY_QUEUE_S = 3 * 24 * 3600, /* a weekend, and a bit */
	WORRY_STORE_PERCENT = 70,      /* intake stops at 80 */
	WORRY_COMMIT_MS = 100,         /* a healthy disk flushes within a few */
	WORRY_DUE = 640                /* ten seconds of what one batch acts on */
};

static void line(struct buf *out, const char *label, const char *format, ...) PRINTF_LIKE(3, 4);
static void line(struct buf *out, const char *label, const char *format, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	struct buf clean = {0};
	text_data(&clean, str_from(text));
	text_field(out, 0, WIDTH, label, buf_str(&clean));
	buf_finish(&clean);
}

static double number_of(const struct value *value)
{
	if (value != NULL && value->kind == VALUE_DOUBLE) {
		return value->number;
	}
	return value != NULL && value->kind == VALUE_INT ? (double)value->integer : 0;
}

static void undelivered(struct buf *out, const struct value *body)
{
	const long long seconds = value_get_int(body, "oldest_undelivered_s", 0);
	const long long waiting = value_get_int(body, "outbox", 0);
	if (waiting == 0) {
		line(out, "outbox", "0");
		return;
	}
	line(out, "outbox", "%lld waiting, the oldest for %lld h %02lld min%s", waiting,
		seconds / 3600, seconds / 60 % 60,
		seconds > WORRY_UNDELIVERED_S ? "  <- look: is that provider's adapter running?"
					      : "");
}

static void queue(struct buf *out, const struct value *body)
{
	const int64_t waiting = value_get_int(body, "queue", 0);
	const int64_t seconds = value_get_int(body, "queue_oldest_s", 0);
	struct buf age = {0};
	view_age(&age, seconds);
	if (waiting == 0) {
		line(out, "queue", "nothing waits for a person");
	} else {
		line(out, "queue", "%lld wait%s for a person, the oldest for %.*s%s",
			(long long)waiting, waiting == 1 ? "s" : "", STR_ARG(buf_str(&age)),
			seconds > WORRY_QUEUE_S ? "  <- look: onward queue" : "");
	}
	buf_finish(&age);
}

static void services(struct buf *out, const struct value *body)
{
	const struct value *services = value_get(body, STR("services"));
	if (services != NULL) {
		line(out, "services", "%lld, of them %lld full and %lld paused",
			(long long)value_get_int(services, "running", 0),
			(long long)value_get_int(services, "full", 0),
			(long long)value_get_int(services, "paused", 0));
	}
}

static void store(struct buf *out, const struct value *body)
{
	const struct value *figures = value_get(body, STR("store"));
	const double used = number_of(value_get(figures, STR("used_bytes")));
	const double limit = number_of(value_get(figures, STR("limit_bytes")));
	const double mib = 1024.0 * 1024.0;
	if (limit <= 0) {
		line(out, "store", "%.1f MiB", used / mib);
		return;
	}
	const double percent = used * 100.0 / limit;
	line(out, "store", "%.1f of %.0f MiB (%.1f%%)%s", used / mib, limit / mib, percent,
		percent >= WORRY_STORE_PERCENT
			? "  <- look: intake stops at 80%; raise store_map_mib"
			: "");
}

static void refusals(struct buf *out, const struct value *body)
{
	const struct value *counts = value_get(body, STR("refusals"));
	struct buf cell = {0};
	for (size_t i = 0; counts != NULL && counts->kind == VALUE_MAP && i < counts->map.count;
		i++) {
		const struct value_entry *entry = &counts->map.entries[i];
		if (entry->value.kind == VALUE_INT && entry->value.integer > 0) {
			buf_add_text(&cell, cell.len == 0 ? "" : ", ");
			text_data(&cell, entry->key);
			buf_printf(&cell, " %lld", (long long)entry->value.integer);
		}
	}
	text_field(
		out, 0, WIDTH, "refused since start", cell.len == 0 ? STR("none") : buf_str(&cell));
	buf_finish(&cell);
}

/* When the next deadline acts, and whether any may. */
static void deadlines(struct buf *out, const struct value *body)
{
	const struct str next = value_get_str(body, "next_due");
	const long long late = value_get_int(body, "due", 0);
	struct buf cell = {0};
	if (value_get_bool(body, "held", false)) {
		line(out, "deadlines",
			"HELD  <- look: the clock has jumped and no deadline acts; see that it is "
			"right, then say `onward clock confirm`");
		return;
	}
	if (next.len > 0) {
		view_time(&cell, next);
	}
	line(out, "next deadline", "%.*s%s", STR_ARG(next.len > 0 ? buf_str(&cell) : STR("none")),
		late > WORRY_DUE ? "  <- look: many are due and have not acted" : "");
	buf_finish(&cell);
}

static void directory(struct buf *out, const struct value *body)
{
	const struct str unusable = value_get_str(body, "directory_unusable");
	struct buf cell = {0};
	buf_printf(&cell, "version %lld", (long long)value_get_int(body, "directory_version", 0));
	if (unusable.len > 0) {
		buf_add_text(
			&cell, "  <- look: this release cannot use it, and nobody is placed: ");
		text_data(&cell, unusable);
		buf_add_text(&cell, "; publish it corrected, or roll back");
	}
	text_field(out, 0, WIDTH, "directory", buf_str(&cell));
	buf_finish(&cell);
}

void view_status(struct buf *out, const struct names *names, const struct value *body)
{
	(void)names;
	struct buf cell = {0};
	line(out, "version", "%.*s", STR_ARG(value_get_str(body, "version")));
	line(out, "mode", "%.*s", STR_ARG(value_get_str(body, "mode")));
	view_time(&cell, value_get_str(body, "clock"));
	text_field(out, 0, WIDTH, "clock (London)", buf_str(&cell));
	buf_finish(&cell);
	directory(out, body);
	services(out, body);
	line(out, "referrals", "%lld", (long long)value_get_int(body, "referrals", 0));
	line(out, "legs open", "%lld", (long long)value_get_int(body, "legs_open", 0));
	undelivered(out, body);
	queue(out, body);
	deadlines(out, body);
	const struct value *commit = value_get(body, STR("commit_ms"));
	const double p99 = number_of(value_get(commit, STR("p99")));
	line(out, "commit", "%.1f ms median, %.1f ms at worst of a hundred%s",
		number_of(value_get(commit, STR("p50"))), p99,
		p99 > WORRY_COMMIT_MS ? "  <- look: the disk is slow" : "");
	line(out, "batch", "%.1f commands", number_of(value_get(body, STR("batch_size"))));
	store(out, body);
	refusals(out, body);
}
