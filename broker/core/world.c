/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

#include <stdlib.h>

static void shared_release(struct shared *shared)
{
	if (shared != NULL && atomic_fetch_sub(&shared->holders, 1) == 1) {
		shared->destroy(shared->object);
		free(shared);
	}
}

static struct shared *shared_hold(struct shared *shared)
{
	if (shared != NULL) {
		atomic_fetch_add(&shared->holders, 1);
	}
	return shared;
}

static struct shared *shared_create(void *object, void (*destroy)(void *object))
{
	struct shared *shared = calloc(1, sizeof(*shared));
	if (shared != NULL) {
		atomic_store(&shared->holders, 1);
		shared->object = object;
		shared->destroy = destroy;
	}
	return shared;
}

struct world *core_world_acquire(struct core *core)
{
	(void)pthread_mutex_lock(&core->mutex);
	struct world *world = core->world;
	if (world != NULL) {
		atomic_fetch_add(&world->holders, 1);
	}
	(void)pthread_mutex_unlock(&core->mutex);
	return world;
}

void core_world_release(struct world *world)
{
	if (world != NULL && atomic_fetch_sub(&world->holders, 1) == 1) {
		shared_release(world->plan);
		shared_release(world->parties);
		shared_release(world->calendar);
		free(world);
	}
}

const struct parties *world_parties(const struct world *world)
{
	return world == NULL || world->parties == NULL ? NULL : world->parties->object;
}

const struct plan *world_plan(const struct world *world)
{
	return world == NULL || world->plan == NULL ? NULL : world->plan->object;
}

const struct directory *world_directory(const struct world *world)
{
	const struct plan *plan = world_plan(world);
	return plan == NULL ? NULL : plan->directory;
}

/* Swaps in a world with one part replaced; the old one goes when its last holder lets go. */
static enum err world_replace(
	struct core *core, struct shared *plan, struct shared *parties, struct shared *calendar)
{
	struct world *next = calloc(1, sizeof(*next));
	if (next == NULL) {
		return ERR_NOMEM;
	}
	atomic_store(&next->holders, 1);
	(void)pthread_mutex_lock(&core->mutex);
	struct world *before = core->world;
	next->plan = plan != NULL ? plan : shared_hold(before == NULL ? NULL : before->plan);
	next->parties =
		parties != NULL ? parties : shared_hold(before == NULL ? NULL : before->parties);
	next->calendar =
		calendar != NULL ? calendar : shared_hold(before == NULL ? NULL : before->calendar);
	core->world = next;
	(void)pthread_mutex_unlock(&core->mutex);
	core_world_release(before);
	return ERR_OK;
}

static void destroy_plan(void *object)
{
	plan_destroy(object);
}

static void destroy_parties(void *object)
{
	parties_destroy(object);
}

enum err world_set_plan(struct core *core, struct plan *plan)
{
	struct shared *shared = shared_create(plan, destroy_plan);
	return shared == NULL ? ERR_NOMEM : world_replace(core, shared, NULL, NULL);
}

void core_set_parties(struct core *core, struct parties *parties)
{
	struct shared *shared = shared_create(parties, destroy_parties);
	if (shared == NULL || world_replace(core, NULL, shared, NULL) != ERR_OK) {
		abort(); /* without the new parties a revoked one would go on: stop instead */
	}
}

const struct calendar *world_calendar(const struct core *core, const struct world *world)
{
	return world == NULL || world->calendar == NULL ? &core->calendar : world->calendar->object;
}

enum err core_set_calendar(struct core *core, const struct calendar *calendar)
{
	struct calendar *copy = malloc(sizeof(*copy));
	struct shared *shared = copy == NULL ? NULL : shared_create(copy, free);
	if (shared == NULL) {
		free(copy);
		return ERR_NOMEM;
	}
	*copy = *calendar;
	return world_replace(core, NULL, NULL, shared);
}

bool party_oversees(const struct party *party)
{
	return party->kind == KIND_COORDINATOR || party->kind == KIND_OPERATOR;
}
