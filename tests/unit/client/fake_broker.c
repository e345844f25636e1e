/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/client/fake_broker.h"

#include "broker/wire/message.h"

#include <criterion/criterion.h>
#include <zmq.h>

struct turn {
	struct fake *fake;
	struct arena arena;
	struct peer *peer;
	struct wire_request request;
};

static void peer_send(struct fake *fake, const struct peer *peer, enum wire_type type,
	uint64_t correlation, const struct value *body)
{
	struct buf frame = {0};
	wire_reply_encode(&frame, type, correlation, body);
	cr_assert_not(frame.failed);
	if (zmq_send(fake->router, peer->id, peer->len, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0) {
		(void)zmq_send(fake->router, frame.data, frame.len, ZMQ_DONTWAIT);
	}
	buf_finish(&frame);
}

static bool take_one(atomic_int *knob)
{
	int left = atomic_load(knob);
	while (left > 0 && !atomic_compare_exchange_weak(knob, &left, left - 1)) {
	}
	return left > 0;
}

static void answer(struct turn *turn, enum wire_type type, const struct value *body)
{
	if (!take_one(&turn->fake->lose)) {
		peer_send(turn->fake, turn->peer, type, turn->request.header.correlation, body);
	}
}

static void refuse(struct turn *turn, enum err code)
{
	struct fault fault;
	(void)fault_set(&fault, code, "source_ref", "refused by the test");
	const struct value body = wire_fault_body(&turn->arena, &fault);
	answer(turn, WIRE_REFUSED, &body);
}

static struct value delivery_body(
	struct turn *turn, int number, const char *kind, const char *service)
{
	const struct id id = id_make(7, (uint64_t)number + 1);
	struct arena *arena = &turn->arena;
	struct value body = value_map_new(arena, 12);
	struct value referral = value_map_new(arena, 2);
	value_put(arena, &referral, "source_ref", value_of_text("evil \x1b[31m ref"));
	value_put(arena, &referral, "note", value_of_text(kind));
	value_put(arena, &body, "delivery",
		value_of_bytes(arena_str(arena, (struct str){(const char *)id.bytes, ID_SIZE}).ptr,
			ID_SIZE));
	value_put(arena, &body, "kind", value_of_text(kind));
	/* Amendments and withdrawals of a script concern its first leg. */
	const int leg = strcmp(kind, "referral") == 0 ? number : 0;
	value_put(arena, &body, "leg",
		value_of_str(arena_printf(arena, "%s/%d", turn->fake->reference, leg + 1)));
	value_put(arena, &body, "service", value_of_text(service));
	value_put(arena, &body, "reference", value_of_text(turn->fake->reference));
	value_put(arena, &body, "attempt", value_of_int(1));
	value_put(arena, &body, "mode",
		value_of_text(atomic_load(&turn->fake->rehearsal) ? "rehearsal" : "live"));
	value_put(arena, &body, "queued", value_of_text("2019-06-12T20:40:00Z"));
	value_put(arena, &body, "referral", referral);
	return body;
}

static void deliver(struct turn *turn, int number)
{
	struct fake *fake = turn->fake;
	const bool scripted = number < fake->script_count;
	const struct value body =
		delivery_body(turn, number, scripted ? fake->kinds[number] : "referral",
			scripted ? fake->services[number] : "hibiscus-women");
	const int times = atomic_load(&fake->twice) ? 2 : 1;
	for (int i = 0; i < times; i++) {
		peer_send(fake, turn->peer, WIRE_DELIVERY, 0, &body);
	}
}

static void hello(struct turn *turn)
{
	struct fake *fake = turn->fake;
	struct value body = value_map_new(&turn->arena, 4);
	if (take_one(&fake->refuse_hello)) {
		refuse(turn, ERR_NOT_ALLOWED);
		return;
	}
	turn->peer->known = true;
	turn->peer->requests = 0;
	fake->hellos++;
	fake->credit = (size_t)turn->request.credit;
	fake->route_count = turn->request.route_count;
	str_copy(fake->user, sizeof(fake->user), turn->request.user);
	value_put(&turn->arena, &body, "mode",
		value_of_text(atomic_load(&fake->rehearsal) ? "rehearsal" : "live"));
	value_put(&turn->arena, &body, "window", value_of_int(64));
	peer_send(fake, turn->peer, WIRE_WELCOME, turn->request.header.correlation, &body);
	for (int i = 0; i < atomic_load(&fake->flood); i++) {
		deliver(turn, i);
	}
	for (int i = 0; i < atomic_load(&fake->deliver) && turn->request.credit > 0; i++) {
		deliver(turn, i);
	}
	if (atomic_load(&fake->supersede) && turn->request.route_count > 0) {
		peer_send(fake, turn->peer, WIRE_SUPERSEDED, 0, &body);
	}
}

static void submit(struct turn *turn)
{
	struct fake *fake = turn->fake;
	const struct str ref = value_get_str(&turn->request.referral, "source_ref");
	if (str_has_prefix(ref, STR("bad"))) {
		refuse(turn, ERR_INVALID);
		return;
	}
	if (take_one(&fake->refuse_full)) {
		refuse(turn, ERR_FULL);
		return;
	}
	size_t at = 0;
	while (at < fake->submit_count && !str_is(ref, fake->submits[at].source_ref)) {
		at++;
	}
	const bool duplicate = at < fake->submit_count;
	if (!duplicate) {
		cr_assert_lt(at, FAKE_ENTRIES);
		str_copy(fake->submits[at].source_ref, FAKE_TEXT, ref);
		fake->submit_count++;
	}
	fake->submits[at].times++;
	if (!str_is(value_get_str(value_get(&turn->request.referral, STR("person")), "family_name"),
		    "Example-Invented")) {
		fake->doubled++;
	}
	struct value body = value_map_new(&turn->arena, 3);
	value_put(&turn->arena, &body, "source_ref", value_of_str(ref));
	value_put(&turn->arena, &body, "duplicate", value_of_bool(duplicate));
	answer(turn, WIRE_DONE, &body);
}

static void acknowledge(struct turn *turn)
{
	struct fake *fake = turn->fake;
	struct fake_answer *entry = &fake->answers[fake->answer_count];
	str_copy(entry->leg, FAKE_TEXT, turn->request.leg);
	str_copy(entry->action, FAKE_TEXT, turn->request.action);
	str_copy(entry->reason, FAKE_TEXT, turn->request.reason);
	fake->answer_count++;
	struct value body = value_map_new(&turn->arena, 2);
	value_put(&turn->arena, &body, "leg", value_of_str(turn->request.leg));
	answer(turn, WIRE_DONE, &body);
}

static void receipt(struct turn *turn)
{
	struct fake *fake = turn->fake;
	struct fake_receipt *entry = &fake->receipts[fake->receipt_count];
	entry->delivery = turn->request.delivery;
	str_copy(entry->receipt, FAKE_TEXT, turn->request.receipt);
	str_copy(entry->reason, FAKE_TEXT, turn->request.reason);
	fake->receipt_count++;
	const struct value body = value_map_new(&turn->arena, 1);
	answer(turn, WIRE_DONE, &body);
}

static void events_send(struct turn *turn)
{
	struct peer *peer = turn->peer;
	while (peer->follow_left > 0 && peer->after < (uint64_t)atomic_load(&turn->fake->events)) {
		struct value body = value_map_new(&turn->arena, 2);
		value_put(&turn->arena, &body, "seq", value_of_int((int64_t)++peer->after));
		value_put(&turn->arena, &body, "event", value_of_text("submitted"));
		peer_send(turn->fake, peer, WIRE_EVENT, peer->follow, &body);
		peer->follow_left--;
	}
}

static void handle(struct turn *turn)
{
	struct fake *fake = turn->fake;
	struct peer *peer = turn->peer;
	const int every = atomic_load(&fake->reset_every);
	const struct value empty = value_map_new(&turn->arena, 1);
	const enum wire_type type = turn->request.header.type;
	if (type != WIRE_HELLO && (!peer->known || (every > 0 && ++peer->requests > every))) {
		peer->known = false;
		fake->resets++;
		peer_send(fake, peer, WIRE_RESET, turn->request.header.correlation, &empty);
		return;
	}
	switch ((unsigned)type) {
	case WIRE_HELLO:
		hello(turn);
		break;
	case WIRE_SUBMIT:
		submit(turn);
		break;
	case WIRE_ACKNOWLEDGE:
		acknowledge(turn);
		break;
	case WIRE_RECEIPT:
		receipt(turn);
		break;
	case WIRE_FOLLOW:
		peer->follow = turn->request.header.correlation;
		peer->after = turn->request.after;
		peer->follow_left = turn->request.credit;
		events_send(turn);
		break;
	case WIRE_BYE:
		fake->byes++;
		answer(turn, WIRE_DONE, &empty);
		break;
	default:
		answer(turn, WIRE_DONE, &empty);
		break;
	}
}

static struct peer *peer_of(struct peer *peers, const uint8_t *id, size_t len)
{
	for (size_t i = 0; i < FAKE_PEERS; i++) {
		if (peers[i].len == 0) {
			memcpy(peers[i].id, id, len);
			peers[i].len = len;
		}
		if (peers[i].len == len && memcmp(peers[i].id, id, len) == 0) {
			return &peers[i];
		}
	}
	cr_assert_fail("too many connections");
	return NULL;
}

void fake_turn(struct fake *fake, struct peer *peers)
{
	uint8_t id[16];
	const int id_len = zmq_recv(fake->router, id, sizeof(id), ZMQ_DONTWAIT);
	if (id_len <= 0) {
		return;
	}
	struct turn turn = {.fake = fake, .peer = peer_of(peers, id, (size_t)id_len)};
	int more = 1;
	while (more != 0) {
		zmq_msg_t message;
		struct fault fault;
		(void)zmq_msg_init(&message);
		cr_assert_geq(zmq_msg_recv(&message, fake->router, 0), 0);
		arena_init(&turn.arena, 0);
		const struct str frame = {zmq_msg_data(&message), zmq_msg_size(&message)};
		const enum err err = wire_request_decode(frame, &turn.arena, &turn.request, &fault);
		cr_assert_eq(err, ERR_OK, "%s: %s", fault.field, fault.message);
		(void)pthread_mutex_lock(&fake->lock);
		handle(&turn);
		(void)pthread_mutex_unlock(&fake->lock);
		arena_finish(&turn.arena);
		more = zmq_msg_more(&message);
		(void)zmq_msg_close(&message);
	}
}

void fake_events(struct fake *fake, struct peer *peer)
{
	struct turn turn = {.fake = fake, .peer = peer};
	arena_init(&turn.arena, 0);
	events_send(&turn);
	arena_finish(&turn.arena);
}
