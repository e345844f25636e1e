/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/delivery.h"

#include <stdlib.h>

static size_t bucket_of(const struct id *id)
{
	/* The counter's low bytes, in an id's tail, differ from one delivery to the next. */
	return ((size_t)id->bytes[ID_SIZE - 2] << 8 | id->bytes[ID_SIZE - 1]) % DISPATCHER_BUCKETS;
}

struct delivery *delivery_find(struct dispatcher *dispatcher, const struct id *id)
{
	struct delivery *delivery = dispatcher->buckets[bucket_of(id)];
	while (delivery != NULL && !id_equal(delivery->id, *id)) {
		delivery = delivery->next;
	}
	return delivery;
}

struct delivery *delivery_add(
	struct dispatcher *dispatcher, size_t route_number, const struct request_head *head)
{
	struct delivery *delivery = dispatcher->free;
	if (delivery != NULL) {
		dispatcher->free = delivery->next;
	} else {
		delivery = malloc(sizeof(*delivery));
		if (delivery == NULL) {
			return NULL;
		}
	}
	struct route *route = &dispatcher->routes[route_number];
	*delivery =
		(struct delivery){.id = head->id, .failed = head->failed, .route = route_number};
	struct delivery **bucket = &dispatcher->buckets[bucket_of(&head->id)];
	delivery->next = *bucket;
	*bucket = delivery;
	delivery->route_next = route->first;
	if (route->first != NULL) {
		route->first->route_previous = delivery;
	}
	route->first = delivery;
	route->count++;
	return delivery;
}

void delivery_remove(struct dispatcher *dispatcher, struct delivery *delivery)
{
	struct route *route = &dispatcher->routes[delivery->route];
	struct delivery **at = &dispatcher->buckets[bucket_of(&delivery->id)];
	while (*at != delivery) {
		at = &(*at)->next;
	}
	*at = delivery->next;
	if (delivery->route_previous == NULL) {
		route->first = delivery->route_next;
	} else {
		delivery->route_previous->route_next = delivery->route_next;
	}
	if (delivery->route_next != NULL) {
		delivery->route_next->route_previous = delivery->route_previous;
	}
	route->count--;
	route->dirty = true;
	delivery->next = dispatcher->free;
	dispatcher->free = delivery;
}

void dispatcher_finish(struct dispatcher *dispatcher)
{
	for (size_t i = 0; i < dispatcher->route_count; i++) {
		while (dispatcher->routes[i].first != NULL) {
			delivery_remove(dispatcher, dispatcher->routes[i].first);
		}
	}
	while (dispatcher->free != NULL) {
		struct delivery *next = dispatcher->free->next;
		free(dispatcher->free);
		dispatcher->free = next;
	}
	buf_finish(&dispatcher->spare);
	free(dispatcher->routes);
	*dispatcher = (struct dispatcher){0};
}

size_t route_number(struct dispatcher *dispatcher, struct str party)
{
	for (size_t i = 0; i < dispatcher->route_count; i++) {
		if (str_is(party, dispatcher->routes[i].party)) {
			return i;
		}
	}
	if (dispatcher->route_count == dispatcher->route_size) {
		const size_t size = dispatcher->route_size == 0 ? 64 : dispatcher->route_size * 2;
		struct route *routes =
			realloc(dispatcher->routes, size * sizeof(*dispatcher->routes));
		if (routes == NULL) {
			return SIZE_MAX;
		}
		dispatcher->routes = routes;
		dispatcher->route_size = size;
	}
	struct route *route = &dispatcher->routes[dispatcher->route_count];
	*route = (struct route){0};
	str_copy(route->party, sizeof(route->party), party);
	return dispatcher->route_count++;
}
