/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/session.h"
#include "adapters/client/spool.h"

#include "broker/config/home.h"

#include <sodium.h>
#include <stdlib.h>

static char *text_copy(const char *text, bool *failed)
{
	if (text == NULL) {
		return NULL;
	}
	char *copy = strdup(text);
	*failed = *failed || copy == NULL;
	return copy;
}

enum err client_actor_check(const char *field, const char *text, struct fault *fault)
{
	const struct str name = str_from(text);
	if (name.len > LIMIT_ACTOR_BYTES) {
		return fault_set(fault, ERR_USAGE, field, "at most %d bytes", LIMIT_ACTOR_BYTES);
	}
	if (!str_is_utf8(name) || str_has_control(name, false)) {
		return fault_set(fault, ERR_USAGE, field,
			"text in UTF-8 without control characters is expected");
	}
	return ERR_OK;
}

static enum err options_check(const struct client_options *options, struct fault *fault)
{
	if (options->endpoint == NULL || !endpoint_ok(str_from(options->endpoint))) {
		return fault_set(fault, ERR_CONFIG, "endpoint",
			"an endpoint is ipc://PATH or tcp://HOST:PORT");
	}
	const struct {
		const char *name, *text;
	} keys[] = {
		{"broker_key", options->broker_key},
		{"public_key", options->public_key},
		{"secret_key", options->secret_key},
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].text == NULL || !key_text_ok(str_from(keys[i].text))) {
			return fault_set(
				fault, ERR_CONFIG, keys[i].name, "a key has 40 characters of Z85");
		}
	}
	if (options->route_count > WIRE_ROUTES_MAX) {
		return fault_set(fault, ERR_TOO_LARGE, "routes",
			"a session serves at most %d routes", WIRE_ROUTES_MAX);
	}
	if (options->credit < 0 || options->credit > LIMIT_CREDIT) {
		return fault_set(fault, ERR_INVALID, "credit", "0 to %d deliveries", LIMIT_CREDIT);
	}
	const enum err err = client_actor_check("user", options->user, fault);
	return err == ERR_OK ? client_actor_check("role", options->role, fault) : err;
}

static enum err options_copy(struct client *client, const struct client_options *options)
{
	bool failed = false;
	struct link *link = &client->link;
	str_copy(link->address, sizeof(link->address), str_from(options->endpoint));
	str_copy(link->broker_key, sizeof(link->broker_key), str_from(options->broker_key));
	str_copy(link->public_key, sizeof(link->public_key), str_from(options->public_key));
	str_copy(link->secret_key, sizeof(link->secret_key), str_from(options->secret_key));
	str_copy(client->former_keys, sizeof(client->former_keys),
		str_from(options->former_keys == NULL ? "" : options->former_keys));
	link->home = text_copy(options->home, &failed);
	client->client_name = text_copy(
		options->client_name == NULL ? "onward-client" : options->client_name, &failed);
	client->user = text_copy(options->user, &failed);
	client->role = text_copy(options->role, &failed);
	client->spool_folder = text_copy(options->spool, &failed);
	client->routes = calloc(options->route_count + 1, sizeof(*client->routes));
	if (failed || client->routes == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < options->route_count; i++) {
		client->routes[i] = text_copy(options->routes[i], &failed);
		client->route_count++;
	}
	client->credit = options->credit;
	client->accepts_rehearsal = options->accepts_rehearsal;
	client->resend_ms = options->resend_ms > 0 ? options->resend_ms : SESSION_RESEND_MS;
	client->window = LIMIT_WINDOW;
	return failed ? ERR_NOMEM : ERR_OK;
}

enum err client_create(
	const struct client_options *options, struct client **ret_client, struct fault *fault)
{
	if (sodium_init() < 0) {
		return fault_set(fault, ERR_INTERNAL, "", "cannot start libsodium");
	}
	enum err err = options_check(options, fault);
	if (err != ERR_OK) {
		return err;
	}
	struct client *client = calloc(1, sizeof(*client));
	if (client == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no memory for a client");
	}
	err = link_init(&client->link, fault);
	if (err != ERR_OK) {
		free(client);
		return err;
	}
	arena_init(&client->welcome_arena, 0);
	err = options_copy(client, options);
	if (err != ERR_OK) {
		client_destroy(client);
		return fault_set(fault, err, "", "no memory for a client");
	}
	*ret_client = client;
	return ERR_OK;
}

/* Lets the broker end the session at once instead of by its idle time. */
static void bye_say(struct client *client)
{
	const struct wire_request bye = {.header = {WIRE_BYE, ++client->serial << 16 | UINT16_MAX}};
	buf_reset(&client->scratch);
	wire_request_encode(&client->scratch, &bye);
	if (!client->scratch.failed) {
		(void)link_send(&client->link, buf_str(&client->scratch));
	}
}

void client_destroy(struct client *client)
{
	if (client == NULL) {
		return;
	}
	if (client->session == SESSION_UP) {
		bye_say(client);
	}
	link_finish(&client->link);
	sodium_memzero(client->former_keys, sizeof(client->former_keys));
	for (size_t i = 0; i < SESSION_SLOTS; i++) {
		session_remove(&client->slots[i]);
	}
	for (size_t i = 0; i < client->route_count; i++) {
		free(client->routes[i]);
	}
	free(client->routes);
	free(client->client_name);
	free(client->user);
	free(client->role);
	free(client->spool_folder);
	spool_close(client->spool);
	queue_finish(&client->deliveries);
	queue_finish(&client->follow.events);
	buf_finish(&client->welcome_frame);
	buf_finish(&client->scratch);
	arena_finish(&client->welcome_arena);
	free(client);
}

enum err client_connect(struct client *client, int timeout_ms, struct fault *fault)
{
	const int64_t deadline = deadline_after(timeout_ms);
	while (client->session != SESSION_UP) {
		const int left = deadline_left(deadline);
		const enum err err = session_turn(client, left, fault);
		if (err != ERR_OK) {
			return err;
		}
		if (left == 0 && client->session != SESSION_UP) {
			return session_overdue(client, fault);
		}
	}
	return ERR_OK;
}

const struct value *client_welcome(const struct client *client)
{
	return client->welcome.kind == VALUE_MAP ? &client->welcome : NULL;
}

bool client_is_connected(const struct client *client)
{
	return client->session == SESSION_UP;
}
