/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/delivery.h"
#include "broker/net/session.h"
#include "broker/net/zap.h"

#include <criterion/criterion.h>

static struct session *open_for(struct sessions *sessions, uint32_t number, const char *party)
{
	const struct peer peer = {.gate = number % 3, .number = number};
	struct session *session = sessions_open(sessions, &peer);
	if (session != NULL) {
		str_copy(session->party, sizeof(session->party), str_from(party));
		session->heard_ms = number;
	}
	return session;
}

Test(session, is_found_by_its_connection_and_serial_only)
{
	struct sessions sessions;
	cr_assert_eq(sessions_init(&sessions, 8), ERR_OK);
	struct session *first = open_for(&sessions, 1, "a");
	const struct peer old = first->peer;
	struct peer any = old;
	any.session = 0;
	cr_assert_eq(sessions_find(&sessions, &old), first);
	cr_assert_eq(sessions_find(&sessions, &any), first);
	any.gate++;
	cr_assert_null(sessions_find(&sessions, &any), "the same number at another endpoint");
	sessions_close(&sessions, first);
	cr_assert_null(sessions_find(&sessions, &old));
	struct session *second = open_for(&sessions, 1, "a");
	cr_assert_null(sessions_find(&sessions, &old), "an answer to the old one is not the new's");
	cr_assert_eq(sessions_find(&sessions, &second->peer), second);
	sessions_finish(&sessions);
}

Test(session, table_is_bounded_and_every_place_is_used_again)
{
	enum {
		CAPACITY = 100
	};
	struct sessions sessions;
	cr_assert_eq(sessions_init(&sessions, CAPACITY), ERR_OK);
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < CAPACITY; i++) {
			cr_assert_not_null(open_for(&sessions, i * SESSION_BUCKETS, "a"));
		}
		cr_assert_null(open_for(&sessions, 7, "a"));
		for (uint32_t i = 0; i < CAPACITY; i++) {
			const struct peer peer = {
				.gate = i * SESSION_BUCKETS % 3, .number = i * SESSION_BUCKETS};
			struct session *session = sessions_find(&sessions, &peer);
			cr_assert_not_null(session);
			sessions_close(&sessions, session);
		}
		cr_assert_eq(sessions.count, 0);
	}
	sessions_finish(&sessions);
}

Test(session, longest_silent_one_gives_way)
{
	struct sessions sessions;
	size_t count;
	cr_assert_eq(sessions_init(&sessions, 8), ERR_OK);
	(void)open_for(&sessions, 5, "a");
	(void)open_for(&sessions, 3, "b");
	(void)open_for(&sessions, 4, "a");
	cr_assert_eq(sessions_oldest(&sessions, NULL, &count)->peer.number, 3);
	cr_assert_eq(count, 3);
	cr_assert_eq(sessions_oldest(&sessions, "a", &count)->peer.number, 4);
	cr_assert_eq(count, 2);
	cr_assert_null(sessions_oldest(&sessions, "c", &count));
	cr_assert_eq(count, 0);
	sessions_finish(&sessions);
}

Test(delivery, is_found_until_removed_and_leaves_its_route_dirty)
{
	static struct dispatcher dispatcher;
	enum {
		COUNT = 5000
	};
	const size_t route = route_number(&dispatcher, STR("advance"));
	cr_assert_eq(route_number(&dispatcher, STR("hibiscus")), route + 1);
	cr_assert_eq(route_number(&dispatcher, STR("advance")), route);
	for (uint64_t i = 0; i < COUNT; i++) {
		const struct request_head head = {.id = id_make(9, i), .failed = 1};
		cr_assert_not_null(delivery_add(&dispatcher, route, &head));
	}
	cr_assert_eq(dispatcher.routes[route].count, COUNT);
	for (uint64_t i = 0; i < COUNT; i += 2) {
		const struct id id = id_make(9, i);
		delivery_remove(&dispatcher, delivery_find(&dispatcher, &id));
	}
	cr_assert(dispatcher.routes[route].dirty);
	cr_assert_eq(dispatcher.routes[route].count, COUNT / 2);
	for (uint64_t i = 0; i < COUNT; i++) {
		const struct id id = id_make(9, i);
		cr_assert_eq(delivery_find(&dispatcher, &id) != NULL, i % 2 == 1);
	}
	dispatcher_finish(&dispatcher);
}

Test(zap, user_id_is_taken_apart_or_refused)
{
	struct str party;
	struct str key;
	const char *text = "met-custody rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
	cr_assert(zap_user_id(text, &party, &key));
	cr_assert(str_is(party, "met-custody"));
	cr_assert_eq(key.len, PARTY_KEY_TEXT);
	cr_assert_not(zap_user_id(NULL, &party, &key));
	cr_assert_not(zap_user_id("", &party, &key));
	cr_assert_not(zap_user_id("met-custody", &party, &key));
	cr_assert_not(zap_user_id("met-custody short", &party, &key));
}
