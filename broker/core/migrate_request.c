/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/migrate.h"

/* The facts of a leg beside hers. */
struct leg_facts {
	struct facts hers;
	struct rules_facts of_her;
	const struct leg_row *row;
	timestamp_us now;
};

static const char *const leg_fact_names[] = {"leg.state", "leg.needs", "leg.days", "leg.by_hand"};

static bool is_leg_fact(struct str path)
{
	for (size_t i = 0; i < sizeof(leg_fact_names) / sizeof(leg_fact_names[0]); i++) {
		if (str_is(path, leg_fact_names[i])) {
			return true;
		}
	}
	return false;
}

static struct rules_fact fact_needs(const struct leg_facts *facts)
{
	struct rules_fact *items = arena_array(facts->hers.arena, NEED_COUNT, sizeof(*items));
	size_t count = 0;
	for (int need = 0; items != NULL && need < NEED_COUNT; need++) {
		if ((facts->row->needs & 1U << need) != 0) {
			items[count++] = (struct rules_fact){.kind = RULES_FACT_STRING,
				.string = str_from(vocab_code(VOCAB_NEED, need))};
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}};
}

static struct rules_fact fact_get(void *context, struct str path)
{
	const struct leg_facts *facts = context;
	if (str_is(path, "leg.state")) {
		return (struct rules_fact){.kind = RULES_FACT_STRING,
			.string = str_from(vocab_code(VOCAB_LEG_STATE, (int)facts->row->state))};
	}
	if (str_is(path, "leg.needs")) {
		return fact_needs(facts);
	}
	if (str_is(path, "leg.days")) {
		return (struct rules_fact){.kind = RULES_FACT_INT,
			.integer = (int64_t)timestamp_london_date(facts->now) -
				   timestamp_london_date(facts->row->matched)};
	}
	if (str_is(path, "leg.by_hand")) {
		return (struct rules_fact){
			.kind = RULES_FACT_BOOL, .boolean = facts->row->by_hand != 0};
	}
	return facts->of_her.get(facts->of_her.context, path);
}

enum rules_answer migrate_rule_answer(const struct migrate_rule *rule, struct decide *decide,
	const struct subject *subject, uint8_t leg)
{
	if (rule->clause == NULL) {
		return RULES_YES;
	}
	struct leg_facts facts = {
		.hers = {&subject->referral, decide->now, decide->arena},
		.row = &subject->legs[leg],
		.now = decide->now,
	};
	facts.of_her = facts_of(&facts.hers);
	const struct rules_facts all = {.context = &facts, .get = fact_get};
	return rules_evaluate(rule->clause, &all, decide->arena).answer;
}

/* A misspelt fact would be unknown of everybody, and nobody would be moved. */
static enum err check_facts(struct decide *decide, const struct rules_clause *clause)
{
	const struct str *paths;
	const size_t count = rules_clause_facts(clause, &paths);
	for (size_t i = 0; i < count; i++) {
		if (!facts_known(paths[i]) && !is_leg_fact(paths[i])) {
			return decide_refuse(decide, ERR_INVALID, "rule",
				"there is no fact \"%.*s\": those of `onward rules facts`, and "
				"leg.state, leg.needs, leg.days, leg.by_hand",
				STR_ARG(paths[i]));
		}
	}
	return ERR_OK;
}

static enum err rule_read(struct decide *decide, struct migrate_rule *ret_rule)
{
	const struct wire_request *request = decide->request;
	struct rules_error error;
	if (request->all == (request->rule.len > 0)) {
		return decide_refuse(
			decide, ERR_INVALID, "rule", "say which legs: a rule, or all of them");
	}
	if (request->all) {
		return ERR_OK;
	}
	const enum err err = rules_compile_in(
		decide->arena, &decide->plan->facts, request->rule, &ret_rule->clause, &error);
	if (err == ERR_NOMEM) {
		return err;
	}
	if (err != ERR_OK) {
		return decide_refuse(decide, ERR_INVALID, "rule", "%u:%u: %s", error.line,
			error.column, error.message);
	}
	return check_facts(decide, ret_rule->clause);
}

/* What holds for every leg alike is said once, and nothing begins. */
static enum err check_to(struct decide *decide, const struct directory_service *to)
{
	const date_days today = timestamp_london_date(decide->now);
	const struct party *party = parties_find(decide->parties, to->delivery_party);
	if (to->routing == DIRECTORY_ADVICE_ONLY) {
		return decide_refuse(decide, ERR_INVALID, "to",
			"it is a contact for advice: it takes no referrals");
	}
	if (today < to->window_from || today > to->window_to) {
		return decide_refuse(
			decide, ERR_INVALID, "to", "its contract is not running today");
	}
	if (party == NULL || party->revoked) {
		return decide_refuse(decide, ERR_INVALID, "to",
			"nobody could be delivered to: its provider is not a party of this "
			"broker, or was revoked");
	}
	return ERR_OK;
}

static enum err services_read(struct decide *decide, struct migrate_request *out)
{
	const struct wire_request *request = decide->request;
	const struct directory *directory = decide->plan->directory;
	const struct directory_service *from = directory_service_find(directory, request->service);
	const struct str to = request->to.len > 0 ? request->to
			      : from != NULL      ? from->successor
						  : (struct str){0};
	if (to.len == 0) {
		return decide_refuse(decide, ERR_INVALID, "to", "%s",
			from == NULL ? "the directory in force has no service of that id to name "
				       "a successor: say which service takes its people on"
				     : "the directory names no successor of the service: say "
				       "which one takes its people on");
	}
	if (str_equal(to, request->service)) {
		return decide_refuse(
			decide, ERR_INVALID, "to", "it is the same as the one that ends");
	}
	out->from = arena_str(decide->arena, request->service);
	out->to = directory_service_find(directory, to);
	if (out->to == NULL) {
		return decide_refuse(decide, ERR_INVALID, "to",
			"the directory in force has no service of that id");
	}
	return check_to(decide, out->to);
}

static enum err words_read(struct decide *decide, struct migrate_request *out)
{
	const struct wire_request *request = decide->request;
	for (size_t i = 0; i < request->override.count; i++) {
		const struct str word = request->override.items[i];
		out->eligibility = out->eligibility || str_is(word, "eligibility");
		out->capacity = out->capacity || str_is(word, "capacity");
		if (!str_is(word, "eligibility") && !str_is(word, "capacity")) {
			return decide_refuse(decide, ERR_INVALID, "override",
				"allowed here: eligibility, capacity");
		}
	}
	for (size_t i = 0; i < request->needs.count; i++) {
		const int need = vocab_number(VOCAB_NEED, request->needs.items[i]);
		if (need < 0) {
			char allowed[300];
			vocab_list(VOCAB_NEED, allowed, sizeof(allowed));
			return decide_refuse(
				decide, ERR_INVALID, "needs", "allowed here: %s", allowed);
		}
		out->needs |= 1U << need;
	}
	return ERR_OK;
}

enum {
	CURSOR_KEY = 1 + ID_SIZE,
	CURSOR_SIZE = CURSOR_KEY + 8
};

struct str migrate_cursor(struct arena *arena, const struct store_key *at, uint64_t moved)
{
	struct store_key cursor = *at;
	if (cursor.len < CURSOR_KEY) {
		store_key_id(&cursor, (struct id){{0}});
	}
	store_key_u64(&cursor, moved);
	return cursor_write(arena, &cursor);
}

static enum err cursor_take(struct decide *decide, struct migrate_request *out)
{
	static const char tables[] = {TABLE_REFERRAL, '\0'};
	const struct str cursor = decide->request->cursor;
	out->at = store_key_start(TABLE_REFERRAL);
	if (cursor.len == 0) {
		return ERR_OK;
	}
	struct store_key read;
	const enum err err = cursor_read(cursor, tables, &read, &decide->fault);
	if (err != ERR_OK || read.len != CURSOR_SIZE) {
		return decide_refuse(decide, ERR_INVALID, "cursor", "not a cursor of this command");
	}
	out->moved = store_key_read_u64(store_key_view(&read), CURSOR_KEY);
	store_key_bytes(&out->at, read.bytes + 1, ID_SIZE);
	return ERR_OK;
}

enum err migrate_request_read(struct decide *decide, struct migrate_request *ret_request)
{
	const int64_t asked = decide->request->limit;
	struct migrate_request out = {
		.limit = asked > 0 && asked < WIRE_MIGRATE_MAX ? (size_t)asked : WIRE_MIGRATE_MAX};
	/* A rule reads what is known of her, and sends her on: that is a coordinator's, never
	 * theirs who run the machines. */
	if (decide->command->party->kind != KIND_COORDINATOR) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "",
			"only a coordinator moves people from one service to another");
	}
	if (decide->plan == NULL) {
		return decide_no_directory(decide);
	}
	enum err err = services_read(decide, &out);
	if (err == ERR_OK) {
		err = words_read(decide, &out);
	}
	if (err == ERR_OK) {
		err = rule_read(decide, &out.rule);
	}
	if (err == ERR_OK) {
		err = cursor_take(decide, &out);
	}
	if (err == ERR_OK) {
		*ret_request = out;
	}
	return err;
}
