/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_NOTIFY_H
#define ONWARD_NET_NOTIFY_H
#include "broker/base/err.h"

#include <stdbool.h>
#include <stdint.h>
/*
 * What the service manager is told: datagrams of lines to the socket that it names in
 * NOTIFY_SOCKET.  Written out here instead of taken from libsystemd, because the whole protocol is
 * one sendto() and the library would be the broker's largest dependency for it.  Without a manager
 * every call does nothing.
 *
 * The loop's thread alone uses it.
 */
struct notify {
	int fd;            /* -1: nobody wants to know */
	uint64_t every_ms; /* how often the watchdog is fed; 0: there is none */
	uint64_t fed_ms;   /* when it was last */
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; what is not usable there counts as absent.
 */
void notify_init(struct notify *notify);
void notify_finish(struct notify *notify);
/* "READY=1\nSTATUS=…".  May wait for the manager to read. */
void notify_send(struct notify *notify, const char *format, ...) PRINTF_LIKE(2, 3);
/* Says that reading changed files began; ended by READY=1. */
void notify_reloading(struct notify *notify);
/* The broker has just proved that it works; tells the manager when it is time to.  Never waits. */
void notify_alive(struct notify *notify, uint64_t now_ms);
#endif
