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

#define MEMBER(key, kind, name)                                    \
	{                                                          \
		(key), MEMBER_##kind, offsetof(struct event, name) \
	}
static const struct {
	const char *key; /* in the record; never given a second meaning */
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

/* True with *ret_value set when the member is not zero. */
static bool member_value(const struct event *event, size_t member, struct value *ret_value)
{
	const char *at = (const char *)event + members[member].offset;
	uint64_t number = 0;
	struct id id;
	struct str text;
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
		*ret_value = value_of_bytes(at, ID_SIZE);
		return !id_is_zero(id);
	case MEMBER_TEXT:
	case MEMBER_BYTES:
		memcpy(&text, at, sizeof(text));
		*ret_value = members[member].kind == MEMBER_TEXT
				     ? value_of_str(text)
				     : value_of_bytes(text.ptr, text.len);
		return text.len > 0;
	}
	*ret_value = value_of_int((int64_t)number);
	return number != 0;
}

static struct value event_value(const struct event *event, struct arena *arena)
{
	struct value_entry used[MEMBER_TOTAL + 1]; /* an event has some ten of them */
	size_t count = 0;
	used[count++] = (struct value_entry){STR("t"), value_of_int((int64_t)event->type)};
	for (size_t i = 0; i < MEMBER_TOTAL; i++) {
		struct value value;
		if (member_value(event, i, &value)) {
			used[count++] = (struct value_entry){str_from(members[i].key), value};
		}
	}
	struct value map = {.kind = VALUE_MAP};
	map.map.entries = arena_array(arena, count, sizeof(used[0]));
	if (map.map.entries != NULL) {
		memcpy(map.map.entries, used, count * sizeof(used[0]));
		map.map.count = count;
	}
	return map;
}

void record_encode(struct buf *out, const struct record *record, struct arena *arena)
{
	struct value map = value_map_new(arena, 6);
	struct value events = value_list_new(arena, record->count);
	value_put(arena, &map, "f", value_of_int(record->format));
	value_put(arena, &map, "c", value_of_str(record->command));
	value_put(arena, &map, "party", value_of_str(record->party));
	value_put(arena, &map, "user", value_of_str(record->user));
	value_put(arena, &map, "role", value_of_str(record->role));
	for (size_t i = 0; i < record->count; i++) {
		value_push(arena, &events, event_value(&record->events[i], arena));
	}
	value_put(arena, &map, "e", events);
	if (arena_failed(arena)) {
		out->failed = true;
		return;
	}
	pack_encode(out, &map);
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
		const struct value *value = value_get(map, str_from(members[i].key));
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
