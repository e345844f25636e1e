/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/session.h"

#include <stdlib.h>

static size_t bucket_of(const struct peer *peer)
{
	return (peer->number * 2654435761U ^ (uint32_t)peer->gate) % SESSION_BUCKETS;
}

enum err sessions_init(struct sessions *sessions, size_t capacity)
{
	*sessions = (struct sessions){.capacity = capacity};
	sessions->items = calloc(capacity, sizeof(*sessions->items));
	if (sessions->items == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = capacity; i > 0; i--) {
		sessions->items[i - 1].next = sessions->free;
		sessions->free = &sessions->items[i - 1];
	}
	return ERR_OK;
}

void sessions_finish(struct sessions *sessions)
{
	for (size_t i = 0; i < sessions->capacity && sessions->items != NULL; i++) {
		free(sessions->items[i].routes);
	}
	free(sessions->items);
	*sessions = (struct sessions){0};
}

struct session *sessions_find(struct sessions *sessions, const struct peer *peer)
{
	struct session *session = sessions->buckets[bucket_of(peer)];
	while (session != NULL &&
		(session->peer.number != peer->number || session->peer.gate != peer->gate)) {
		session = session->next;
	}
	return session != NULL && peer->session != 0 && session->peer.session != peer->session
		       ? NULL
		       : session;
}

struct session *sessions_open(struct sessions *sessions, const struct peer *peer)
{
	struct session *session = sessions->free;
	if (session == NULL) {
		return NULL;
	}
	sessions->free = session->next;
	*session = (struct session){.live = true, .peer = *peer};
	session->peer.session = ++sessions->serial;
	struct session **bucket = &sessions->buckets[bucket_of(peer)];
	session->next = *bucket;
	*bucket = session;
	sessions->count++;
	return session;
}

void sessions_close(struct sessions *sessions, struct session *session)
{
	struct session **at = &sessions->buckets[bucket_of(&session->peer)];
	while (*at != session) {
		at = &(*at)->next;
	}
	*at = session->next;
	free(session->routes);
	*session = (struct session){.next = sessions->free};
	sessions->free = session;
	sessions->count--;
}

struct session *sessions_oldest(struct sessions *sessions, const char *party, size_t *ret_count)
{
	struct session *oldest = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < sessions->capacity; i++) {
		struct session *session = &sessions->items[i];
		if (!session->live || (party != NULL && strcmp(party, session->party) != 0)) {
			continue;
		}
		(*ret_count)++;
		if (oldest == NULL || session->heard_ms < oldest->heard_ms) {
			oldest = session;
		}
	}
	return oldest;
}
