/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_ENDPOINT_H
#define ONWARD_CONFIG_ENDPOINT_H
#include "broker/base/err.h"
#include "broker/base/str.h"
/*
 * An endpoint as ZeroMQ is told it.  A relative ipc path ("ipc://run/sources.sock") is relative to
 * the home; because the path of a local socket may have at most 107 bytes, it is reached through an
 * open descriptor of its folder: "ipc:///proc/self/fd/7/sources.sock".
 */
enum {
	ENDPOINT_ADDRESS_SIZE = 256
};

struct endpoint {
	char address[ENDPOINT_ADDRESS_SIZE]; /* for zmq_bind and zmq_connect */
	int folder;                          /* held open while the address is in use, -1: none */
};

/* `home` may be NULL unless the path is relative.  Only tcp:// and ipc:// are accepted.
 * ERR_CONFIG (malformed, over-long), ERR_NOT_FOUND (the folder is not there), ERR_IO. */
MUST_CHECK enum err endpoint_init(
	struct endpoint *endpoint, const char *address, const char *home, struct fault *fault);
/* After the socket is closed.  Accepts one that endpoint_init refused. */
void endpoint_finish(struct endpoint *endpoint);
/* Checks the form alone: what endpoint_init would accept with a home. */
bool endpoint_ok(struct str address);
#endif
