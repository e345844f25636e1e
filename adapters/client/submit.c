/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/run.h"
#include "adapters/client/spool.h"

#include <stdlib.h>
#include <time.h>

enum {
	SUBMIT_LOCK_MS = 1000, /* waiting for another process to be done with the spool */
	SUBMIT_LOCK_STEP_MS = 20
};

static enum err spool_use(struct client *client, struct fault *fault)
{
	if (client->spool != NULL) {
		return ERR_OK;
	}
	const struct vault_keys keys = {client->link.secret_key, client->former_keys};
	return spool_open(client->spool_folder, &keys, &client->spool, fault);
}

static bool spool_lock_wait(struct spool *spool, enum spool_lock lock, int timeout_ms)
{
	const bool short_wait = timeout_ms >= 0 && timeout_ms < SUBMIT_LOCK_MS;
	const int64_t deadline = deadline_after(short_wait ? timeout_ms : SUBMIT_LOCK_MS);
	const struct timespec step = {0, SUBMIT_LOCK_STEP_MS * 1000000L};
	while (!spool_lock(spool, lock)) {
		if (deadline_left(deadline) == 0) {
			return false;
		}
		(void)nanosleep(&step, NULL);
	}
	return true;
}

/* Encodes all; one that is too large is reported here and left empty. */
static enum err frames_encode(struct run *run, struct fault *fault)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct wire_request request = {
			.header = {.type = WIRE_SUBMIT},
			.user = str_from(run->client->user),
			.role = str_from(run->client->role),
			.referral = run->referrals[i],
		};
		struct buf *frame = &run->frames[i];
		wire_request_encode(frame, &request);
		if (frame->failed) {
			return fault_set(fault, ERR_NOMEM, "", "no memory for the referrals");
		}
	}
	for (size_t i = 0; i < run->count; i++) {
		struct fault large;
		if (run->frames[i].len > LIMIT_FRAME_BYTES) {
			(void)fault_set(&large, ERR_TOO_LARGE, "",
				"a referral has at most %d bytes", LIMIT_FRAME_BYTES);
			run_report(run, i, ERR_TOO_LARGE, &large, NULL, (struct str){0});
			buf_reset(&run->frames[i]);
		}
	}
	return ERR_OK;
}

static enum err run_start(struct run *run, int timeout_ms, struct fault *fault)
{
	struct client *client = run->client;
	enum err err = frames_encode(run, fault);
	if (err != ERR_OK || client->spool_folder == NULL) {
		return err == ERR_OK ? run_finish(run, timeout_ms, fault) : err;
	}
	err = spool_use(client, fault);
	if (err != ERR_OK) {
		return err;
	}
	const bool locked = spool_lock_wait(client->spool, SPOOL_SHARED, timeout_ms);
	err = spool_add(client->spool, run->frames, run->count, run->numbers);
	if (err != ERR_OK) {
		(void)fault_set(fault, err, client->spool_folder,
			"the spool does not take them: %s", err_text(err));
	} else if (locked) {
		err = run_finish(run, timeout_ms, fault);
	} else {
		struct fault busy;
		err = fault_set(&busy, ERR_UNREACHABLE, client->spool_folder,
			"kept in the spool: another process is sending from it at present");
		for (size_t i = 0; i < run->count; i++) {
			if (run->frames[i].len > 0) {
				run_report(run, i, err, &busy, NULL, buf_str(&run->frames[i]));
			}
		}
		if (fault != NULL) {
			*fault = busy;
		}
	}
	spool_unlock(client->spool);
	return err;
}

enum err client_submit_all(struct client *client, const struct value *referrals, size_t count,
	size_t window, int timeout_ms, client_answered *answered, void *context,
	struct fault *fault)
{
	if (count == 0) {
		return ERR_OK;
	}
	enum err err = ERR_NOMEM;
	struct run *run = calloc(1, sizeof(*run));
	struct buf *frames = calloc(count, sizeof(*frames));
	uint64_t *numbers = calloc(count, sizeof(*numbers));
	if (run != NULL && frames != NULL && numbers != NULL) {
		*run = (struct run){.client = client,
			.referrals = referrals,
			.count = count,
			.frames = frames,
			.numbers = client->spool_folder == NULL ? NULL : numbers,
			.window = window,
			.answered = answered,
			.context = context};
		err = run_start(run, timeout_ms, fault);
	} else {
		(void)fault_set(fault, err, "", "no memory for the referrals");
	}
	for (size_t i = 0; frames != NULL && i < count; i++) {
		buf_finish(&frames[i]);
	}
	free(numbers);
	free(frames);
	free(run);
	return err;
}

enum err client_flush(struct client *client, int timeout_ms, client_answered *answered,
	void *context, struct fault *fault)
{
	if (client->spool_folder == NULL || !spool_exists(client->spool_folder)) {
		return ERR_OK;
	}
	struct run *run = calloc(1, sizeof(*run));
	if (run == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no memory to send the spool");
	}
	run->client = client;
	run->answered = answered;
	run->context = context;
	enum err err = spool_use(client, fault);
	if (err == ERR_OK && !spool_lock_wait(client->spool, SPOOL_ALONE, timeout_ms)) {
		err = fault_set(fault, ERR_EXISTS, client->spool_folder,
			"another process is sending from this spool");
	} else if (err == ERR_OK) {
		err = run_finish(run, timeout_ms, fault);
		spool_unlock(client->spool);
	}
	free(run);
	return err;
}

enum err client_spooled(const struct client *client, size_t *ret_count, struct fault *fault)
{
	*ret_count = 0;
	if (client->spool != NULL) {
		*ret_count = spool_count(client->spool);
		return ERR_OK;
	}
	if (client->spool_folder == NULL || !spool_exists(client->spool_folder)) {
		return ERR_OK;
	}
	struct spool *spool = NULL;
	const struct vault_keys keys = {client->link.secret_key, client->former_keys};
	const enum err err = spool_open(client->spool_folder, &keys, &spool, fault);
	if (err == ERR_OK) {
		*ret_count = spool_count(spool);
		spool_close(spool);
	}
	return err;
}
