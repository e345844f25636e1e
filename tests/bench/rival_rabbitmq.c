/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rivals.h"

#ifdef BENCH_RABBITMQ
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	START_TRIES = 600, /* half a minute: it takes its time */
	START_WAIT_US = 100000,
	CHANNEL = 1,
	FRAME_BYTES = 131072,
	CONFIRM_S = 60
};

static const char server_program[] = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/* Everything of the instance below one folder: its data, its log, its secret, its name service. */
static pid_t server_start(const char *folder, pid_t *ret_names)
{
	char text[400];
	char names_port[16];
	(void)mkdir(folder, 0700);
	(void)snprintf(names_port, sizeof(names_port), "%d", rival_port(1));
	(void)setenv("HOME", folder, 1);
	(void)setenv("ERL_EPMD_PORT", names_port, 1);
	(void)setenv("ERL_EPMD_ADDRESS", "127.0.0.1", 1);
	(void)snprintf(text, sizeof(text), "bench%d@localhost", (int)getpid());
	(void)setenv("RABBITMQ_NODENAME", text, 1);
	(void)setenv("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1", 1);
	(void)snprintf(text, sizeof(text), "%d", rival_port(0));
	(void)setenv("RABBITMQ_NODE_PORT", text, 1);
	(void)snprintf(text, sizeof(text), "%d", rival_port(2));
	(void)setenv("RABBITMQ_DIST_PORT", text, 1);
	(void)snprintf(text, sizeof(text), "%s/data", folder);
	(void)setenv("RABBITMQ_MNESIA_BASE", text, 1);
	(void)snprintf(text, sizeof(text), "%s/log", folder);
	(void)setenv("RABBITMQ_LOG_BASE", text, 1);
	(void)snprintf(text, sizeof(text), "%s/pid", folder);
	(void)setenv("RABBITMQ_PID_FILE", text, 1);
	(void)snprintf(text, sizeof(text), "%s/plugins", folder);
	(void)setenv("RABBITMQ_ENABLED_PLUGINS_FILE", text, 1);
	(void)snprintf(text, sizeof(text), "%s/none", folder);
	(void)setenv("RABBITMQ_CONFIG_FILE", text, 1);
	(void)setenv("RABBITMQ_CONF_ENV_FILE", text, 1);
	*ret_names = rival_start(folder, "names",
		(const char *[]){"epmd", "-address", "127.0.0.1", "-port", names_port, NULL});
	(void)usleep(START_WAIT_US);
	return rival_start(folder, "rabbitmq", (const char *[]){server_program, NULL});
}

static bool ok(amqp_connection_state_t connection)
{
	return amqp_get_rpc_reply(connection).reply_type == AMQP_RESPONSE_NORMAL;
}

static bool login(amqp_connection_state_t connection)
{
	amqp_socket_t *socket = amqp_tcp_socket_new(connection);
	if (socket == NULL || amqp_socket_open(socket, "127.0.0.1", rival_port(0)) != 0) {
		return false;
	}
	const amqp_rpc_reply_t reply = amqp_login(
		connection, "/", 0, FRAME_BYTES, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
	return reply.reply_type == AMQP_RESPONSE_NORMAL;
}

static amqp_connection_state_t connection_open(pid_t server)
{
	for (int i = 0; i < START_TRIES && !rival_ended(server); i++) {
		amqp_connection_state_t connection = amqp_new_connection();
		if (login(connection)) {
			(void)amqp_channel_open(connection, CHANNEL);
			(void)amqp_confirm_select(connection, CHANNEL);
			if (ok(connection)) {
				return connection;
			}
		}
		(void)amqp_destroy_connection(connection);
		(void)usleep(START_WAIT_US);
	}
	return NULL;
}

static bool queue_make(amqp_connection_state_t connection, const char *name)
{
	amqp_table_entry_t entry = {.key = amqp_cstring_bytes("x-queue-type"),
		.value = {
			.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes("quorum")}};
	const amqp_table_t arguments = {1, &entry};
	(void)amqp_queue_declare(
		connection, CHANNEL, amqp_cstring_bytes(name), 0, 1, 0, 0, arguments);
	return ok(connection);
}

/* What is confirmed, by tag less one; a confirmation may cover all before it. */
struct confirms {
	char *done;
	size_t base; /* tag of the first message of the run */
	size_t low;  /* all before are confirmed */
	size_t count;
};

static void confirms_take(struct confirms *confirms, size_t tag, bool all_before)
{
	const size_t at = tag - confirms->base;
	for (size_t i = all_before ? confirms->low : at; i <= at; i++) {
		confirms->count += confirms->done[i] == 0;
		confirms->done[i] = 1;
	}
	confirms->low = all_before && at + 1 > confirms->low ? at + 1 : confirms->low;
}

/* Takes in one confirmation; false when none comes. */
static bool confirm_wait(amqp_connection_state_t connection, struct confirms *confirms)
{
	amqp_frame_t frame;
	const struct timeval patience = {CONFIRM_S, 0};
	amqp_maybe_release_buffers(connection);
	if (amqp_simple_wait_frame_noblock(connection, &frame, &patience) != AMQP_STATUS_OK ||
		frame.frame_type != AMQP_FRAME_METHOD ||
		frame.payload.method.id != AMQP_BASIC_ACK_METHOD) {
		return false;
	}
	const amqp_basic_ack_t *ack = frame.payload.method.decoded;
	confirms_take(confirms, (size_t)ack->delivery_tag, ack->multiple != 0);
	return true;
}

static bool publish_all(amqp_connection_state_t connection, const char *queue, amqp_bytes_t message,
	size_t count, struct confirms *confirms)
{
	const amqp_basic_properties_t properties = {
		._flags = AMQP_BASIC_DELIVERY_MODE_FLAG, .delivery_mode = 2};
	size_t sent = 0;
	while (confirms->count < count) {
		if (sent < count && sent - confirms->count < BENCH_WINDOW) {
			if (amqp_basic_publish(connection, CHANNEL, amqp_cstring_bytes(""),
				    amqp_cstring_bytes(queue), 0, 0, &properties,
				    message) != AMQP_STATUS_OK) {
				return false;
			}
			sent++;
		} else if (!confirm_wait(connection, confirms)) {
			return false;
		}
	}
	return true;
}

static bool runs(const struct bench *bench, amqp_connection_state_t connection, size_t size,
	struct samples *ret_rates)
{
	bool good = true;
	char *text = bench_alloc(size, 1);
	struct confirms confirms = {.base = 1};
	memset(text, 'x', size);
	for (int i = 0; i < bench->runs && good; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "run%d", i);
		confirms.done = bench_alloc(bench->messages, 1);
		confirms.low = 0;
		confirms.count = 0;
		good = queue_make(connection, name);
		const uint64_t start = bench_now_ns();
		good = good && publish_all(connection, name, (amqp_bytes_t){size, text},
				       bench->messages, &confirms);
		samples_add(ret_rates,
			(double)bench->messages / ((double)(bench_now_ns() - start) / 1e9));
		confirms.base += bench->messages;
		free(confirms.done);
	}
	free(text);
	return good;
}

bool rival_rabbitmq(const struct bench *bench, size_t size, struct samples *ret_rates)
{
	char folder[300];
	pid_t names = 0;
	if (access(server_program, X_OK) != 0) {
		return false;
	}
	(void)snprintf(folder, sizeof(folder), "%s/rabbitmq", bench->folder);
	const pid_t server = server_start(folder, &names);
	amqp_connection_state_t connection = connection_open(server);
	const bool good = connection != NULL && runs(bench, connection, size, ret_rates);
	if (connection != NULL) {
		(void)amqp_destroy_connection(connection);
	}
	rival_stop(server);
	rival_stop(names);
	return good;
}
#else
bool rival_rabbitmq(const struct bench *bench, size_t size, struct samples *ret_rates)
{
	(void)bench;
	(void)size;
	(void)ret_rates;
	return false;
}
#endif
