/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/business.h"
#include "broker/base/limits.h"
#include "broker/base/log.h"
#include "broker/config/home.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static int64_t apart_us(void)
{
	struct timespec steady;
	(void)clock_gettime(CLOCK_MONOTONIC, &steady);
	return timestamp_now() - steady.tv_sec * TIMESTAMP_SECOND - steady.tv_nsec / 1000;
}

void business_init(struct business *business, const struct config *config, const char *home,
	timestamp_us journal_time)
{
	char path[HOME_PATH_SIZE];
	*business = (struct business){.config = config, .apart_us = apart_us(), .alive_fd = -1};
	if (config->clock_manual) {
		atomic_store(&business->moved_us, journal_time > config->clock_start
							  ? journal_time - config->clock_start
							  : 0);
		return;
	}
	home_part_path(home, HOME_ALIVE, path);
	business->alive_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (business->alive_fd < 0) {
		log_line(LOG_WARNING, "clock", NULL,
			"cannot open run/alive (%s): downtime is counted from the last record",
			strerror(errno));
	}
}

void business_finish(struct business *business)
{
	if (business->config != NULL && business->alive_fd >= 0) {
		(void)close(business->alive_fd);
	}
}

timestamp_us business_now(const struct business *business)
{
	return business->config->clock_manual
		       ? business->config->clock_start + atomic_load(&business->moved_us)
		       : timestamp_now() - atomic_load(&business->doubted_us);
}

void business_move(struct business *business, timestamp_us to)
{
	atomic_store(&business->moved_us, to - business->config->clock_start);
}

timestamp_us business_lost(const struct business *business, timestamp_us journal_time)
{
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_us alive = 0;
	if (business->config->clock_manual || journal_time == 0) {
		return 0;
	}
	const ssize_t len =
		business->alive_fd < 0 ? 0 : pread(business->alive_fd, text, sizeof(text), 0);
	const struct str line = {text, len > 0 ? (size_t)len - 1 : 0}; /* without its end of line */
	/* One that is damaged says nothing. */
	if (timestamp_parse(line, &alive) != ERR_OK || alive < journal_time) {
		alive = journal_time;
	}
	const timestamp_us now = business_now(business);
	return now > alive ? now - alive : 0;
}

void business_note(struct business *business)
{
	const timestamp_us now = business_now(business) / TIMESTAMP_SECOND * TIMESTAMP_SECOND;
	char text[TIMESTAMP_TEXT_SIZE + 1];
	if (business->alive_fd < 0 ||
		(now >= business->noted &&
			now < business->noted + BUSINESS_ALIVE_S * TIMESTAMP_SECOND)) {
		return;
	}
	timestamp_format(now, text);
	const size_t len = strlen(text);
	text[len] = '\n';
	/* Whole seconds have one length, so a note replaces the one before. */
	if (pwrite(business->alive_fd, text, len + 1, 0) == (ssize_t)(len + 1)) {
		business->noted = now;
	}
}

void business_doubt(struct business *business, int64_t ahead_us)
{
	(void)atomic_fetch_add(&business->doubted_us, ahead_us);
}

int64_t business_believe(struct business *business)
{
	return atomic_exchange(&business->doubted_us, 0);
}

bool business_jumped(struct business *business)
{
	const int64_t before = business->apart_us;
	if (business->config->clock_manual) {
		return false;
	}
	business->apart_us = apart_us();
	const int64_t jump = business->apart_us - before;
	if (jump <= LIMIT_CLOCK_JUMP_S * TIMESTAMP_SECOND &&
		jump >= -LIMIT_CLOCK_JUMP_S * TIMESTAMP_SECOND) {
		return false;
	}
	business_doubt(business, jump);
	return true;
}
