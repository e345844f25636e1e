/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/event.h"
#include "broker/wire/pack.h"

#include <stdio.h>

enum member_kind {
	MEMBER_U8,
	MEMBER_U32,
	MEMBER_U64,
	MEMBER_TIME,
	MEMBER_ID,
	MEMBER_TEXT,
	MEMBER_BYTES,
};

#define MEMBER(key, kind, name)                                                       \
	{                                                                             \
		{(key), sizeof(key) - 1}, MEMBER_##kind, offsetof(struct event, name) \
	}
static const struct {
	struct str key; /* in the record; never given a second meaning */
	enum member_kind kind;
	size_t offset;
} members[] = {
	MEMBER("r", ID, referral),
	MEMBER("l", U8, leg),
	MEMBER("d", ID, delivery),
	MEMBER("p", ID, payload),
	MEMBER("x", ID, decision),
	MEMBER("slot", U64, slot),
	MEMBER("from", U8, from),
	MEMBER("to", U8, to),
	MEMBER("role", U8, role),
	MEMBER("kind", U8, kind),
	MEMBER("pathway", U8, pathway),
	MEMBER("needs", U32, needs),
	MEMBER("gaps", U32, gaps),
	MEMBER("stopped", U8, stopped),
	MEMBER("clock", U8, clock),
	MEMBER("queue", U32, queue),
	MEMBER("v", U64, version),
	MEMBER("amount", U64, amount),
	MEMBER("until", TIME, until),
	MEMBER("remind", TIME, remind),
	MEMBER("cap", TIME, cap),
	MEMBER("reason", TEXT, reason),
	MEMBER("outcome", TEXT, outcome),
	MEMBER("service", TEXT, service),
	MEMBER("route", TEXT, route),
	MEMBER("pool", TEXT, pool),
	MEMBER("named", TEXT, named),
	MEMBER("source", TEXT, source),
	MEMBER("source_ref", TEXT, source_ref),
	MEMBER("reference", TEXT, reference),
	MEMBER("authority", TEXT, authority),
	MEMBER("questions", TEXT, questions),
	MEMBER("fields", TEXT, fields),
	MEMBER("basis", TEXT, basis),
	MEMBER("over", TEXT, overridden),
	MEMBER("line", BYTES, line),
	MEMBER("lookup", BYTES, lookup),
	MEMBER("content", BYTES, content),
	MEMBER("hash", BYTES, hash),
	MEMBER("note", TEXT, note),
	MEMBER("of", U64, of),
	MEMBER("services", U32, services),
	MEMBER("origin", U8, origin),
	MEMBER("list", U8, for_list),
};
#undef MEMBER

enum {
	MEMBER_TOTAL = sizeof(members) / sizeof(members[0])
};

const char *event_type_name(enum event_type type)
{
	switch (type) {
#define X(number, NAME, name) \
	case EVENT_##NAME:    \
		return name;
		EVENT_MAP(X)
#undef X
	case EVENT_TYPE_END:
		break;
	}
	return "unknown";
}

const char *delivery_kind_name(enum delivery_kind kind)
{
	static const char *const names[] = {"referral", "amended", "withdrawn", "notice"};
	return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "unknown";
}

/* A member as it is written. */
struct member_value {
	size_t member;
	uint64_t number;
	struct str text; /* of texts, bytes and ids */
};

/* False when the member is zero: it is not written. */
static bool member_find(const struct event *event, size_t member, struct member_value *ret_value)
{
	const char *at = (const char *)event + members[member].offset;
	uint64_t number = 0;
	struct id id;
	switch (members[member].kind) {
	case MEMBER_U8:
		number = *(const uint8_t *)at;
		break;
	case MEMBER_U32: {
		uint32_t narrow;
		memcpy(&narrow, at, sizeof(narrow));
		number = narrow;
		break;
	}
	case MEMBER_U64:
	case MEMBER_TIME:
		memcpy(&number, at, sizeof(number));
		break;
	case MEMBER_ID:
		memcpy(&id, at, sizeof(id));
		*ret_value = (struct member_value){.member = member, .text = {at, ID_SIZE}};
		return !id_is_zero(id);
	case MEMBER_TEXT:
	case MEMBER_BYTES:
		ret_value->member = member;
		memcpy(&ret_value->text, at, sizeof(ret_value->text));
		return ret_value->text.len > 0;
	}
	*ret_value = (struct member_value){.member = member, .number = number};
	return number != 0;
}

static void member_encode(struct buf *out, const struct member_value *value)
{
	pack_str(out, members[value->member].key);
	switch (members[value->member].kind) {
	case MEMBER_ID:
	case MEMBER_BYTES:
		pack_bytes(out, value->text);
		break;
	case MEMBER_TEXT:
		pack_str(out, value->text);
		break;
	case MEMBER_U8:
	case MEMBER_U32:
	case MEMBER_U64:
	case MEMBER_TIME:
		pack_int(out, (int64_t)value->number);
		break;
	}
}

static void event_encode(struct buf *out, const struct event *event)
{
	struct member_value used[MEMBER_TOTAL]; /* an event has some ten of them */
	size_t count = 0;
	for (size_t i = 0; i < MEMBER_TOTAL; i++) {
		count += member_find(event, i, &used[count]) ? 1 : 0;
	}
	pack_map(out, 1 + count);
	pack_str(out, STR("t"));
	pack_int(out, (int64_t)event->type);
	for (size_t i = 0; i < count; i++) {
		member_encode(out, &used[i]);
	}
}

void record_encode(struct buf *out, const struct record *record)
{
	const struct {
		struct str key, text;
	} who[] = {
		{STR("c"), record->command},
		{STR("party"), record->party},
		{STR("user"), record->user},
		{STR("role"), record->role},
	};
	enum {
		WHO = sizeof(who) / sizeof(who[0])
	};
	pack_map(out, 1 + WHO + 1);
	pack_str(out, STR("f"));
	pack_int(out, record->format);
	for (size_t i = 0; i < WHO; i++) {
		pack_str(out, who[i].key);
		pack_str(out, who[i].text);
	}
	pack_str(out, STR("e"));
	pack_list(out, record->count);
	for (size_t i = 0; i < record->count; i++) {
		event_encode(out, &record->events[i]);
	}
}

static enum err member_read(struct event *event, size_t member, const struct value *value)
{
	char *at = (char *)event + members[member].offset;
	const bool number = value->kind == VALUE_INT;
	switch (members[member].kind) {
	case MEMBER_U8: {
		const uint8_t narrow = (uint8_t)value->integer;
		memcpy(at, &narrow, sizeof(narrow));
		return number ? ERR_OK : ERR_CORRUPT;
	}
	case MEMBER_U32: {
		const uint32_t narrow = (uint32_t)value->integer;
		memcpy(at, &narrow, sizeof(narrow));
		return number ? ERR_OK : ERR_CORRUPT;
	}
	case MEMBER_U64:
	case MEMBER_TIME:
		memcpy(at, &value->integer, sizeof(value->integer));
		return number ? ERR_OK : ERR_CORRUPT;
	case MEMBER_ID:
		if (value->kind != VALUE_BYTES || value->string.len != ID_SIZE) {
			return ERR_CORRUPT;
		}
		memcpy(at, value->string.ptr, ID_SIZE);
		return ERR_OK;
	case MEMBER_TEXT:
	case MEMBER_BYTES:
		if (value->kind != VALUE_STRING && value->kind != VALUE_BYTES) {
			return ERR_CORRUPT;
		}
		memcpy(at, &value->string, sizeof(value->string));
		return ERR_OK;
	}
	return ERR_CORRUPT;
}

static enum err event_read(const struct value *map, struct event *event)
{
	const int64_t type = value_get_int(map, "t", 0);
	if (type <= 0 || type >= EVENT_TYPE_END) {
		return ERR_VERSION; /* written by a later version */
	}
	event->type = (enum event_type)type;
	for (size_t i = 0; i < MEMBER_TOTAL; i++) {
		const struct value *value = value_get(map, members[i].key);
		if (value != NULL && member_read(event, i, value) != ERR_OK) {
			return ERR_CORRUPT;
		}
	}
	return ERR_OK;
}

enum err record_decode(const struct journal_entry *entry, struct arena *arena,
	struct record *ret_record, struct fault *fault)
{
	struct value map;
	char where[48];
	(void)snprintf(where, sizeof(where), "journal %llu", (unsigned long long)entry->sequence);
	enum err err = pack_decode(entry->body, &pack_limits_own, arena, &map, fault);
	if (err != ERR_OK) {
		return fault_set(fault, ERR_CORRUPT, where, "the record does not decode");
	}
	const int64_t format = value_get_int(&map, "f", 0);
	if (format < 1 || format > RECORD_FORMAT) {
		return fault_set(fault, ERR_VERSION, where, "written by a later version");
	}
	const struct value *list = value_get(&map, STR("e"));
	const size_t count = list != NULL && list->kind == VALUE_LIST ? list->list.count : 0;
	struct event *events = arena_array(arena, count, sizeof(*events));
	if (events == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		err = event_read(&list->list.items[i], &events[i]);
		if (err != ERR_OK) {
			return fault_set(fault, err, where, "event %zu cannot be read", i);
		}
	}
	*ret_record = (struct record){
		.format = (uint8_t)format,
		.sequence = entry->sequence,
		.time = entry->time,
		.command = value_get_str(&map, "c"),
		.party = value_get_str(&map, "party"),
		.user = value_get_str(&map, "user"),
		.role = value_get_str(&map, "role"),
		.events = events,
		.count = count,
	};
	return ERR_OK;
}
