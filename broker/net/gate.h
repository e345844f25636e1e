/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_GATE_H
#define ONWARD_NET_GATE_H
#include "broker/config/config.h"
#include "broker/config/endpoint.h"
#include "broker/config/home.h"
#include "broker/net/zap.h"
#include "broker/net/zloop.h"

/* One listening endpoint: a ROUTER with CURVE, and the kinds of party it takes. */
struct gate {
	void *socket;
	struct endpoint endpoint;
	uint32_t kinds;
	struct zsocket zsocket;
};

/* ERR_CONFIG, ERR_IO: the fault names the address. */
MUST_CHECK enum err gate_init(struct gate *gate, void *context,
	const struct config_endpoint *endpoint, const char *home, const struct key_pair *key,
	struct fault *fault);
/* Hears nobody any more; what is on its way out still leaves while the context lives. */
void gate_close(struct gate *gate);
/* Removes the socket's file as well. */
void gate_finish(struct gate *gate);
/* Proves, before anybody may connect, that ZeroMQ asks the handler: an unknown key must be refused,
 * a known one let in with its User-Id.  Answers `zap` meanwhile. ERR_INTERNAL: do not start. */
MUST_CHECK enum err gate_self_test(void *context, struct zap *zap, const char *home,
	const struct key_pair *key, struct fault *fault);
#endif
