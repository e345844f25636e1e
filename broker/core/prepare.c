/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/wire/pack.h"

/* Canonical bytes of a document, in the arena; put together in `scratch`. */
static enum err canonical(struct arena *arena, struct buf *scratch, const struct value *document,
	struct str *ret_bytes)
{
	buf_reset(scratch);
	pack_encode_canonical(scratch, document);
	*ret_bytes = arena_str(arena, buf_str(scratch));
	const bool failed = scratch->failed || arena_failed(arena);
	buf_reset(scratch);
	return failed ? ERR_NOMEM : ERR_OK;
}

static bool authority_known(struct str code)
{
	return directory_authority_by_code(code) != NULL;
}

enum err prepare_submit(const struct core *core, const struct party *party,
	const struct wire_request *request, timestamp_us now, const uint8_t entropy[64],
	struct buf *scratch, struct arena *arena, struct core_prepared **ret_prepared,
	struct fault *fault)
{
	const struct referral_context context = {.now = now,
		.authority_known = authority_known,
		.authority_ended = directory_authority_ended};
	struct core_prepared *prepared = arena_alloc(arena, sizeof(*prepared));
	if (prepared == NULL) {
		return ERR_NOMEM;
	}
	enum err err = referral_read(&request->referral, &context, &prepared->referral, fault);
	if (err == ERR_OK) {
		err = canonical(arena, scratch, &request->referral, &prepared->packed);
	}
	if (err == ERR_OK) {
		const uint8_t *key = core->meta.lookup_key;
		hash_lookup(
			prepared->lookup, key, str_from(party->id), prepared->referral.source_ref);
		hash_lookup(prepared->content, key, prepared->packed, (struct str){0});
		/* Another use of the randomness that nonces are made of, so kept apart. */
		uint8_t own[HASH_SIZE];
		hash_pair(own, (struct str){(const char *)entropy, 64}, STR("shut"));
		err = payload_shut(own, prepared->packed, arena, &prepared->shut);
		*ret_prepared = prepared;
	}
	return err;
}

enum {
	/* Of what the rules cost: some milliseconds in which whoever prepares does nothing else.
	 * A clause may cost CEL_LIMIT_COST, a borough have thousands of services. */
	PREPARE_STEPS = 250000
};

/* As decide_match does for a referral that has no leg yet, but for the room of the services. */
static enum err match_new(const struct plan *plan, const struct parties *parties,
	const struct party *party, timestamp_us now, struct arena *arena,
	struct core_prepared *prepared)
{
	const struct party *source = parties_find(parties, str_from(party->id));
	uint64_t steps = PREPARE_STEPS;
	const struct match_input input = {
		.plan = plan,
		.steps = &steps,
		.referral = &prepared->referral,
		.source = str_from(party->id),
		.source_kind = source == NULL ? KIND_COUNT : source->kind,
		.now = now,
		.wanted = prepared->referral.needs,
		.want_lead = true,
		.want_duty = prepared->referral.duty_authority.len > 0,
		.parties = parties,
		.arena = arena,
	};
	struct match *match = arena_alloc(arena, sizeof(*match));
	const enum err err = match == NULL ? ERR_NOMEM : match_prepare(&input, match);
	if (err == ERR_OK) {
		prepared->match = match;
		prepared->plan = plan;
		prepared->parties = parties;
	}
	return err;
}

const struct core_prepared *core_prepare(struct core *core, const struct world *world,
	const struct party *party, const struct wire_request *request, timestamp_us now,
	const uint8_t entropy[64], struct buf *scratch, struct arena *arena)
{
	struct core_prepared *prepared = NULL;
	struct core_identity identity;
	if (request->header.type != WIRE_SUBMIT) {
		return NULL;
	}
	core_identify(core, &identity);
	now = now < identity.journal_time ? identity.journal_time : now;
	enum err err =
		prepare_submit(core, party, request, now, entropy, scratch, arena, &prepared, NULL);
	if (err == ERR_OK && world_plan(world) != NULL) {
		err = match_new(
			world_plan(world), world_parties(world), party, now, arena, prepared);
		/* What takes long is matched by the writer alone. */
		err = err == ERR_FULL ? ERR_OK : err;
	}
	return err == ERR_OK ? prepared : NULL;
}
