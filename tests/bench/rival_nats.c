/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rivals.h"

#ifdef BENCH_NATS
#include <nats/nats.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	START_TRIES = 200,
	START_WAIT_US = 50000,
	STALL_MS = 60000
};

static natsConnection *connection_open(pid_t server, const char *url)
{
	natsConnection *connection = NULL;
	for (int i = 0; i < START_TRIES && !rival_ended(server); i++) {
		if (natsConnection_ConnectTo(&connection, url) == NATS_OK) {
			return connection;
		}
		(void)usleep(START_WAIT_US);
	}
	return NULL;
}

static bool stream_make(jsCtx *js, const char *name)
{
	jsStreamConfig config;
	jsErrCode code = 0;
	const char *subjects[] = {name};
	(void)jsStreamConfig_Init(&config);
	config.Name = name;
	config.Subjects = subjects;
	config.SubjectsLen = 1;
	config.Storage = js_FileStorage;
	return js_AddStream(NULL, js, &config, NULL, &code) == NATS_OK;
}

static bool publish_all(jsCtx *js, const char *name, const char *message, size_t size, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (js_PublishAsync(js, name, message, (int)size, NULL) != NATS_OK) {
			return false;
		}
	}
	return js_PublishAsyncComplete(js, NULL) == NATS_OK;
}

static bool runs(const struct bench *bench, natsConnection *connection, size_t size,
	struct samples *ret_rates)
{
	jsOptions options;
	jsCtx *js = NULL;
	bool good = true;
	char *message = bench_alloc(size, 1);
	memset(message, 'x', size);
	(void)jsOptions_Init(&options);
	options.PublishAsync.MaxPending = BENCH_WINDOW;
	options.PublishAsync.StallWait = STALL_MS;
	good = natsConnection_JetStream(&js, connection, &options) == NATS_OK;
	for (int i = 0; i < bench->runs && good; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "run%d", i);
		good = stream_make(js, name);
		const uint64_t start = bench_now_ns();
		good = good && publish_all(js, name, message, size, bench->messages);
		samples_add(ret_rates,
			(double)bench->messages / ((double)(bench_now_ns() - start) / 1e9));
	}
	jsCtx_Destroy(js);
	free(message);
	return good;
}

bool rival_nats(const struct bench *bench, size_t size, struct samples *ret_rates)
{
	char folder[300];
	char port[16];
	char url[64];
	(void)snprintf(folder, sizeof(folder), "%s/nats", bench->folder);
	(void)snprintf(port, sizeof(port), "%d", rival_port(0));
	(void)snprintf(url, sizeof(url), "nats://127.0.0.1:%s", port);
	const pid_t server = rival_start(bench->folder, "nats",
		(const char *[]){
			"nats-server", "-a", "127.0.0.1", "-p", port, "-js", "-sd", folder, NULL});
	natsConnection *connection = connection_open(server, url);
	const bool good = connection != NULL && runs(bench, connection, size, ret_rates);
	natsConnection_Destroy(connection);
	rival_stop(server);
	return good;
}
#else
bool rival_nats(const struct bench *bench, size_t size, struct samples *ret_rates)
{
	(void)bench;
	(void)size;
	(void)ret_rates;
	return false;
}
#endif
