/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	NOTIFY_TEXT = 512, /* bytes of one datagram */
	NOTIFY_PART = 4    /* the watchdog is fed so many times in the time it waits */
};

/* A number from the environment; 0 when there is none. */
static uint64_t environment_number(const char *name)
{
	const char *text = getenv(name);
	char *end = NULL;
	if (text == NULL || text[0] < '0' || text[0] > '9') {
		return 0;
	}
	errno = 0;
	const unsigned long long number = strtoull(text, &end, 10);
	return errno != 0 || *end != '\0' ? 0 : number;
}

static int socket_open(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const size_t len = path == NULL ? 0 : strlen(path);
	if (len < 2 || len >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@')) {
		return -1;
	}
	memcpy(address.sun_path, path, len);
	if (path[0] == '@') {
		address.sun_path[0] = '\0'; /* the abstract name space */
	}
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, size) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

void notify_init(struct notify *notify)
{
	*notify = (struct notify){.fd = socket_open(getenv("NOTIFY_SOCKET"))};
	const uint64_t pid = environment_number("WATCHDOG_PID");
	if (notify->fd >= 0 && (pid == 0 || pid == (uint64_t)getpid())) {
		const uint64_t every_us = environment_number("WATCHDOG_USEC") / NOTIFY_PART;
		notify->every_ms = every_us > 0 && every_us < 1000 ? 1 : every_us / 1000;
	}
}

void notify_finish(struct notify *notify)
{
	if (notify->fd >= 0) {
		(void)close(notify->fd);
	}
	*notify = (struct notify){.fd = -1};
}

void notify_send(struct notify *notify, const char *format, ...)
{
	char text[NOTIFY_TEXT];
	va_list args;
	if (notify->fd < 0) {
		return;
	}
	va_start(args, format);
	const int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	const size_t size = len < NOTIFY_TEXT ? (size_t)len : NOTIFY_TEXT - 1;
	ssize_t sent;
	do {
		sent = send(notify->fd, text, size, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
}

void notify_reloading(struct notify *notify)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	notify_send(notify, "RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=reading changed files",
		(unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000);
}

void notify_alive(struct notify *notify, uint64_t now_ms)
{
	static const char text[] = "WATCHDOG=1";
	if (notify->fd < 0 || notify->every_ms == 0 || now_ms - notify->fed_ms < notify->every_ms) {
		return;
	}
	/* When the manager reads nothing for a while the next one gets there. */
	if (send(notify->fd, text, sizeof(text) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
		notify->fed_ms = now_ms;
	}
}
