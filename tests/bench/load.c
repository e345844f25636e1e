/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <zmq.h>

enum {
	LOAD_CREDIT = 512,
	LOAD_STANDS_MS = 60000, /* without any frame: something was lost */
	LOAD_TURN = 64          /* frames taken of one peer before the other's */
};
static const uint64_t load_wait_ns = 1000000000;

struct flight {
	uint64_t due_ns;
	uint64_t forwarded_ns; /* 0: not yet */
	char reference[24];
};

struct run {
	const struct load *load;
	struct peer source, provider;
	struct sample sample;
	struct flight *flights; /* by number */
	uint32_t *places;       /* by reference: number + 1; what came first waits for the other */
	size_t place_count;
	uint64_t start_ns, last_frame_ns;
	size_t sent, answered, arrived, receipted;
};

static uint64_t due_of(const struct run *run, size_t number)
{
	return run->start_ns + (uint64_t)((double)number * 1e9 / run->load->rate);
}

/* Where the flight of a reference is noted, or would be. */
static uint32_t *place_of(struct run *run, struct str reference)
{
	uint64_t hash = 1469598103934665603U;
	for (size_t i = 0; i < reference.len; i++) {
		hash = (hash ^ (uint8_t)reference.ptr[i]) * 1099511628211U;
	}
	size_t at = hash % run->place_count;
	while (run->places[at] != 0 &&
		!str_is(reference, run->flights[run->places[at] - 1].reference)) {
		at = (at + 1) % run->place_count;
	}
	return &run->places[at];
}

static void both_known(struct run *run, const struct flight *arrived, uint64_t due_ns)
{
	if (run->load->forwarded != NULL) {
		samples_add(run->load->forwarded, (double)(arrived->forwarded_ns - due_ns) / 1e9);
	}
}

/* A delivery may come before the source hears the reference: the second to come counts. */
static void note_reference(struct run *run, struct str reference, size_t number, bool arrived)
{
	if (run->load->forwarded == NULL || reference.len == 0) {
		return;
	}
	uint32_t *place = place_of(run, reference);
	if (*place == 0) {
		struct flight *flight = &run->flights[number];
		*place = (uint32_t)number + 1;
		str_copy(flight->reference, sizeof(flight->reference), reference);
		flight->forwarded_ns = arrived ? bench_now_ns() : 0;
		return;
	}
	struct flight *other = &run->flights[*place - 1];
	if (arrived) {
		other->forwarded_ns = bench_now_ns();
		both_known(run, other, other->due_ns);
	} else {
		both_known(run, other, run->flights[number].due_ns);
	}
}

static void source_take(struct run *run)
{
	struct wire_header header;
	struct str frame;
	for (int i = 0; i < LOAD_TURN && peer_receive(&run->source, &header, &frame); i++) {
		if (header.type == WIRE_REFUSED || header.type == WIRE_RESET) {
			bench_fail("the broker refuses a referral");
		}
		const size_t number = header.correlation;
		if (header.type != WIRE_DONE || number >= run->load->count) {
			continue;
		}
		const uint64_t now = bench_now_ns();
		if (run->load->accepted != NULL) {
			samples_add(run->load->accepted,
				(double)(now - run->flights[number].due_ns) / 1e9);
		}
		note_reference(run, peer_reference(frame), number, false);
		run->answered++;
		run->last_frame_ns = now;
	}
}

static void provider_take(struct run *run)
{
	struct wire_header header;
	struct str frame;
	for (int i = 0; i < LOAD_TURN && peer_receive(&run->provider, &header, &frame); i++) {
		run->last_frame_ns = bench_now_ns();
		if (header.type == WIRE_DELIVERY) {
			/* Numbers behind the submits' own: flights that nobody submitted. */
			note_reference(run, peer_reference(frame),
				run->load->count + run->arrived++ % run->load->count, true);
			peer_receipt(&run->provider, peer_delivery_id(frame));
		} else if (header.type == WIRE_DONE) {
			run->receipted++;
		} else if (header.type == WIRE_REFUSED) {
			bench_fail("the broker refuses a receipt");
		}
	}
}

/* Sends what is due; how long nothing more will be, in nanoseconds. */
static uint64_t source_fill(struct run *run)
{
	const struct load *load = run->load;
	for (int i = 0; i < LOAD_TURN && run->sent < load->count; i++) {
		const uint64_t now = bench_now_ns();
		const uint64_t due = load->rate > 0 ? due_of(run, run->sent) : now;
		if (load->rate > 0 ? due > now : run->sent - run->answered >= load->window) {
			return load->rate > 0 ? due - now : load_wait_ns;
		}
		run->flights[run->sent].due_ns = due;
		peer_send(&run->source, sample_frame(&run->sample, run->sent, run->sent));
		run->sent++;
	}
	return run->sent < load->count ? 0 : load_wait_ns;
}

static int readable(const struct peer *peer, struct pollfd *ret_fd)
{
	int events = 0;
	size_t size = sizeof(events);
	(void)zmq_getsockopt(peer->link.socket, ZMQ_EVENTS, &events, &size);
	size = sizeof(ret_fd->fd);
	(void)zmq_getsockopt(peer->link.socket, ZMQ_FD, &ret_fd->fd, &size);
	ret_fd->events = POLLIN;
	return events & ZMQ_POLLIN;
}

/* zmq_poll counts in milliseconds, and an open load of a thousand a second would spin. */
static void run_wait(struct run *run, uint64_t wait_ns)
{
	struct pollfd fds[2];
	const struct timespec wait = {(time_t)(wait_ns / 1000000000), (long)(wait_ns % 1000000000)};
	int now = readable(&run->source, &fds[0]);
	if (run->load->forward) {
		now |= readable(&run->provider, &fds[1]);
	}
	if (now == 0) {
		(void)ppoll(fds, run->load->forward ? 2 : 1, &wait, NULL);
	}
}

static void run_turns(struct run *run)
{
	const struct load *load = run->load;
	while (run->answered < load->count || (load->forward && run->receipted < load->count)) {
		run_wait(run, source_fill(run));
		source_take(run);
		if (load->forward) {
			provider_take(run);
		}
		if (bench_now_ns() - run->last_frame_ns > LOAD_STANDS_MS * 1000000ULL) {
			bench_fail("the load stands: %zu sent, %zu accepted, %zu receipted",
				run->sent, run->answered, run->receipted);
		}
	}
}

void load_run(const struct load *load, struct load_result *ret_result)
{
	struct run *run = bench_alloc(1, sizeof(*run));
	run->load = load;
	run->flights = bench_alloc(2 * load->count, sizeof(*run->flights));
	run->place_count = 8 * load->count + 1;
	run->places = bench_alloc(run->place_count, sizeof(*run->places));
	sample_init(&run->sample);
	peer_open(&run->source, load->home, BENCH_SOURCE, NULL, 0);
	if (load->forward) {
		peer_open(&run->provider, load->home, BENCH_PROVIDER, BENCH_PROVIDER, LOAD_CREDIT);
	}
	run->start_ns = bench_now_ns();
	run->last_frame_ns = run->start_ns;
	run_turns(run);
	*ret_result =
		(struct load_result){.seconds = (double)(run->last_frame_ns - run->start_ns) / 1e9};
	peer_close(&run->source);
	if (load->forward) {
		peer_close(&run->provider);
	}
	sample_finish(&run->sample);
	free(run->places);
	free(run->flights);
	free(run);
}
