/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/client/fake_broker.h"

#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

void test_folder(char *out, size_t size)
{
	(void)snprintf(out, size, "/tmp/onward-client-XXXXXX");
	cr_assert_not_null(mkdtemp(out));
}

struct value test_referral(struct arena *arena, const char *source_ref)
{
	struct value person = value_map_new(arena, 1);
	value_put(arena, &person, "family_name", value_of_text("Example-Invented"));
	struct value referral = value_map_new(arena, 3);
	value_put(arena, &referral, "source_ref",
		value_of_str(arena_str(arena, str_from(source_ref))));
	value_put(arena, &referral, "person", person);
	return referral;
}

struct fake *fake_create(void)
{
	struct fake *fake = calloc(1, sizeof(*fake));
	char folder[100];
	test_folder(folder, sizeof(folder));
	(void)snprintf(fake->address, sizeof(fake->address), "ipc://%s/broker.sock", folder);
	cr_assert_eq(key_generate("broker", &fake->broker), ERR_OK);
	cr_assert_eq(key_generate("met-custody", &fake->party), ERR_OK);
	const uint8_t random[16] = {1, 2, 3, 4, 5, 6, 7, 8};
	reference_make(random, fake->reference);
	fake->submits = calloc(FAKE_ENTRIES, sizeof(*fake->submits));
	fake->receipts = calloc(FAKE_ENTRIES, sizeof(*fake->receipts));
	fake->answers = calloc(FAKE_ENTRIES, sizeof(*fake->answers));
	cr_assert_eq(pthread_mutex_init(&fake->lock, NULL), 0);
	return fake;
}

void fake_destroy(struct fake *fake)
{
	fake_stop(fake);
	free(fake->submits);
	free(fake->receipts);
	free(fake->answers);
	(void)pthread_mutex_destroy(&fake->lock);
	free(fake);
}

struct client_options fake_options(const struct fake *fake)
{
	return (struct client_options){
		.endpoint = fake->address,
		.broker_key = fake->broker.public_key,
		.public_key = fake->party.public_key,
		.secret_key = fake->party.secret_key,
		.client_name = "test/1",
		.resend_ms = 150,
	};
}

static void *broker_run(void *context)
{
	struct fake *fake = context;
	struct peer *peers = calloc(FAKE_PEERS, sizeof(*peers));
	while (!atomic_load(&fake->stop)) {
		zmq_pollitem_t item = {fake->router, 0, ZMQ_POLLIN, 0};
		(void)zmq_poll(&item, 1, 20);
		fake_turn(fake, peers);
		for (size_t i = 0; i < FAKE_PEERS && peers[i].len > 0; i++) {
			fake_events(fake, &peers[i]);
		}
	}
	free(peers);
	return NULL;
}

/* Answers ZeroMQ's question about each key (RFC 27): one is known. */
static void *zap_run(void *context)
{
	struct fake *fake = context;
	void *socket = zmq_socket(fake->context, ZMQ_REP);
	cr_assert_eq(zmq_bind(socket, "inproc://zeromq.zap.01"), 0);
	atomic_store(&fake->running, true);
	const int wait_ms = 20;
	(void)zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait_ms, sizeof(wait_ms));
	while (!atomic_load(&fake->stop)) {
		char parts[8][64] = {0};
		int count = 0;
		int more = 1;
		while (more != 0 && count < 8) {
			size_t size = sizeof(more);
			if (zmq_recv(socket, parts[count], 63, 0) < 0) {
				break;
			}
			count++;
			(void)zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size);
		}
		if (count < 7) {
			continue;
		}
		char key[41];
		(void)zmq_z85_encode(key, (const uint8_t *)parts[6], 32);
		const bool ok = strcmp(key, fake->party.public_key) == 0;
		(void)zmq_send(socket, "1.0", 3, ZMQ_SNDMORE);
		(void)zmq_send(socket, parts[1], strlen(parts[1]), ZMQ_SNDMORE);
		(void)zmq_send(socket, ok ? "200" : "400", 3, ZMQ_SNDMORE);
		(void)zmq_send(socket, "", 0, ZMQ_SNDMORE);
		(void)zmq_send(socket, fake->party.party, strlen(fake->party.party), ZMQ_SNDMORE);
		(void)zmq_send(socket, "", 0, 0);
	}
	(void)zmq_close(socket);
	return NULL;
}

static void option_set(void *socket, int option, int value)
{
	cr_assert_eq(zmq_setsockopt(socket, option, &value, sizeof(value)), 0);
}

void fake_start(struct fake *fake)
{
	atomic_store(&fake->stop, false);
	atomic_store(&fake->running, false);
	fake->context = zmq_ctx_new();
	cr_assert_eq(pthread_create(&fake->zap_thread, NULL, zap_run, fake), 0);
	while (!atomic_load(&fake->running)) {
		(void)usleep(1000);
	}
	fake->router = zmq_socket(fake->context, ZMQ_ROUTER);
	option_set(fake->router, ZMQ_LINGER, 0);
	option_set(fake->router, ZMQ_CURVE_SERVER, 1);
	option_set(fake->router, ZMQ_SNDHWM, 100000);
	option_set(fake->router, ZMQ_RCVHWM, 100000);
	cr_assert_eq(zmq_setsockopt(fake->router, ZMQ_ZAP_DOMAIN, "onward", 6), 0);
	cr_assert_eq(
		zmq_setsockopt(fake->router, ZMQ_CURVE_SECRETKEY, fake->broker.secret_key, 41), 0);
	cr_assert_eq(zmq_bind(fake->router, fake->address), 0, "%s", zmq_strerror(zmq_errno()));
	cr_assert_eq(pthread_create(&fake->thread, NULL, broker_run, fake), 0);
}

void fake_stop(struct fake *fake)
{
	if (fake->context == NULL) {
		return;
	}
	atomic_store(&fake->stop, true);
	(void)pthread_join(fake->thread, NULL);
	(void)pthread_join(fake->zap_thread, NULL);
	(void)zmq_close(fake->router);
	(void)zmq_ctx_term(fake->context);
	fake->context = NULL;
}

bool fake_has(struct fake *fake, const char *source_ref)
{
	bool found = false;
	(void)pthread_mutex_lock(&fake->lock);
	for (size_t i = 0; i < fake->submit_count && !found; i++) {
		found = strcmp(fake->submits[i].source_ref, source_ref) == 0;
	}
	(void)pthread_mutex_unlock(&fake->lock);
	return found;
}

size_t fake_submits(struct fake *fake)
{
	(void)pthread_mutex_lock(&fake->lock);
	const size_t count = fake->submit_count;
	(void)pthread_mutex_unlock(&fake->lock);
	return count;
}

size_t fake_receipts(struct fake *fake, const char *receipt)
{
	size_t count = 0;
	(void)pthread_mutex_lock(&fake->lock);
	for (size_t i = 0; i < fake->receipt_count; i++) {
		count += strcmp(fake->receipts[i].receipt, receipt) == 0 ? 1 : 0;
	}
	(void)pthread_mutex_unlock(&fake->lock);
	return count;
}

size_t fake_answers(struct fake *fake)
{
	(void)pthread_mutex_lock(&fake->lock);
	const size_t count = fake->answer_count;
	(void)pthread_mutex_unlock(&fake->lock);
	return count;
}

void fake_home(struct fake *fake, const char *home, const char *kind)
{
	char path[HOME_PATH_SIZE];
	char text[1024];
	(void)snprintf(path, sizeof(path), "%s/keys", home);
	(void)mkdir(path, 0700);
	cr_assert_eq(home_path(home, HOME_BROKER_PUB, path), ERR_OK);
	cr_assert_eq(key_write_public(path, &fake->broker, NULL), ERR_OK);
	cr_assert_eq(home_key_path(home, fake->party.party, path), ERR_OK);
	cr_assert_eq(key_write(path, &fake->party, true, NULL), ERR_OK);
	(void)snprintf(text, sizeof(text),
		"parties:\n  - id: %s\n    name: A test\n    kind: %s\n    keys: [\"%s\"]\n",
		fake->party.party, kind, fake->party.public_key);
	cr_assert_eq(home_path(home, HOME_PARTIES, path), ERR_OK);
	cr_assert_eq(buf_write_file(str_from(text), path, 0644), ERR_OK);
	(void)snprintf(text, sizeof(text), "endpoints:\n  - address: %s\n    kinds: [%s]\n",
		fake->address, kind);
	cr_assert_eq(home_path(home, HOME_CONFIG, path), ERR_OK);
	cr_assert_eq(buf_write_file(str_from(text), path, 0644), ERR_OK);
}
