/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/hours.h"

enum {
	DAY = 24 * 60,
	ALL_WEEK = 0x7F
};

struct scan {
	const char *at, *end;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n')) {
		scan->at++;
	}
}

/* The word here in lower case; its length. */
static size_t word(struct scan *scan, char out[16])
{
	size_t len = 0;
	memset(out, 0, 16);
	while (scan->at < scan->end && is_letter(*scan->at)) {
		if (len < 15) {
			out[len++] = lower(*scan->at);
		}
		scan->at++;
	}
	return len;
}

static int weekday_of(const char *text)
{
	static const char *const days[] = {
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
	const size_t len = strlen(text);
	for (int i = 0; i < 7; i++) {
		const bool plural = len == strlen(days[i]) + 1 && text[len - 1] == 's';
		if (len >= 3 && strncmp(days[i], text, plural ? len - 1 : len) == 0) {
			return i;
		}
	}
	return -1;
}

/* "-", an en dash, "to" or "until", which is taken; false when there is none. */
static bool range_sign(struct scan *scan)
{
	struct scan ahead = *scan;
	char text[16];
	skip_space(&ahead);
	if (ahead.at < ahead.end && *ahead.at == '-') {
		ahead.at++;
	} else if (ahead.end - ahead.at >= 3 && memcmp(ahead.at, "\xe2\x80\x93", 3) == 0) {
		ahead.at += 3;
	} else if (word(&ahead, text) == 0 ||
		   (strcmp(text, "to") != 0 && strcmp(text, "until") != 0)) {
		return false;
	}
	skip_space(&ahead);
	*scan = ahead;
	return true;
}

/* "9", "9am", "09:00", "17.30"; *half is 'a' or 'p' when it is said.  -1: none. */
static int clock_read(struct scan *scan, char *half)
{
	int hour = 0;
	int minute = 0;
	int digits = 0;
	for (; scan->at < scan->end && is_digit(*scan->at) && digits < 3; digits++) {
		hour = 10 * hour + (*scan->at++ - '0');
	}
	if (digits == 0 || digits > 2 || hour > 24) {
		return -1;
	}
	if (scan->end - scan->at >= 3 && (*scan->at == ':' || *scan->at == '.') &&
		is_digit(scan->at[1]) && is_digit(scan->at[2])) {
		minute = 10 * (scan->at[1] - '0') + (scan->at[2] - '0');
		scan->at += 3;
	}
	struct scan ahead = *scan;
	char text[16];
	skip_space(&ahead);
	(void)word(&ahead, text);
	*half = '\0';
	if (strcmp(text, "am") == 0 || strcmp(text, "pm") == 0) {
		*half = text[0];
		*scan = ahead;
	}
	return minute > 59 || (*half != '\0' && hour > 12) ? -1 : 60 * hour + minute;
}

static int with_half(int minutes, char half)
{
	const int hours = minutes / 60;
	return half == 'p' && hours < 12    ? minutes + 12 * 60
	       : half == 'a' && hours == 12 ? minutes - 12 * 60
					    : minutes;
}

struct week {
	unsigned days;   /* of the part at hand; 0: none named */
	bool days_ended; /* hours followed: the next day begins another part */
	bool timed;      /* some hours were read */
	bool open;
};

static void hours_take(struct week *week, struct hours_time time, int from, int to)
{
	const unsigned days = week->days == 0 ? ALL_WEEK : week->days;
	const unsigned today = 1U << time.weekday;
	const unsigned yesterday = 1U << ((time.weekday + 6) % 7);
	week->timed = true;
	week->days_ended = true;
	if (from < to) {
		week->open = week->open ||
			     ((days & today) != 0 && from <= time.minute && time.minute < to);
		return;
	}
	/* Past midnight. */
	week->open = week->open || ((days & today) != 0 && time.minute >= from) ||
		     ((days & yesterday) != 0 && time.minute < to);
}

/* False when what stands here is no hours. */
static bool hours_read(struct scan *scan, struct week *week, struct hours_time time)
{
	char first;
	char second;
	char text[16];
	int from = clock_read(scan, &first);
	struct scan ahead = *scan;
	skip_space(&ahead);
	if (from == DAY && word(&ahead, text) > 0 && strncmp(text, "hour", 4) == 0) {
		*scan = ahead;
		hours_take(week, time, 0, DAY);
		return true;
	}
	if (from < 0 || !range_sign(scan)) {
		return false;
	}
	int to = clock_read(scan, &second);
	if (to < 0) {
		return false;
	}
	/* "1-5pm" is the afternoon, "9-5pm" a day; without halves the clock has 24 hours, but
	 * nobody closes before opening in the morning: "9-5". */
	to = with_half(to, second);
	from = with_half(from, first);
	if (first == '\0' && second == 'p' && from + 12 * 60 < to) {
		from += from < 7 * 60 ? 12 * 60 : 0;
	} else if (first == '\0' && second == '\0' && to <= from && to < 12 * 60 &&
		   from < 12 * 60) {
		to += 12 * 60;
	}
	hours_take(week, time, from, to);
	return true;
}

static bool days_read(struct scan *scan, struct week *week)
{
	char text[16];
	unsigned days;
	if (word(scan, text) == 0) {
		return false;
	}
	if (strcmp(text, "and") == 0) {
		return true;
	}
	const int from = weekday_of(text);
	if (strcmp(text, "daily") == 0) {
		days = ALL_WEEK;
	} else if (strcmp(text, "weekdays") == 0) {
		days = 0x1F;
	} else if (strcmp(text, "weekends") == 0) {
		days = 0x60;
	} else if (from < 0) {
		return false;
	} else if (range_sign(scan)) {
		const int to = word(scan, text) == 0 ? -1 : weekday_of(text);
		if (to < 0) {
			return false;
		}
		days = 0;
		for (int day = from; day != (to + 1) % 7 || days == 0; day = (day + 1) % 7) {
			days |= 1U << day;
		}
	} else {
		days = 1U << from;
	}
	week->days = week->days_ended ? days : week->days | days;
	week->days_ended = false;
	return true;
}

enum hours_answer hours_at(struct str text, struct hours_time time)
{
	struct scan scan = {text.ptr, text.ptr == NULL ? NULL : text.ptr + text.len};
	struct week week = {0};
	while (scan.at < scan.end) {
		const char c = *scan.at;
		if (is_digit(c)) {
			if (!hours_read(&scan, &week, time)) {
				return HOURS_UNKNOWN;
			}
		} else if (is_letter(c)) {
			if (!days_read(&scan, &week)) {
				return HOURS_UNKNOWN;
			}
		} else if (memchr(" ,;:.\n/", c, 8) != NULL) {
			scan.at++;
		} else {
			return HOURS_UNKNOWN;
		}
	}
	if (!week.timed) {
		return HOURS_UNKNOWN;
	}
	return week.open ? HOURS_OPEN : HOURS_CLOSED;
}
