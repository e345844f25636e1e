/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/model/check.h"

#include <stdio.h>

enum {
	PATH_SIZE = 128,
	ALLOWED_SIZE = 300,
	AUTHORITY_WORDS_SIZE = 256,
	AGE_MOST_YEARS = 120
};

/* Where the check stands: a member of a map, or an item of a list.  The path is put together only
 * when something is wrong there. */
struct place {
	const struct place *above; /* NULL: the document */
	const struct field *field; /* the map that stands here; NULL: the document */
	struct str name;           /* of a member */
	size_t position;           /* of an item */
	bool is_item;
};

static size_t place_write(const struct place *at, char out[PATH_SIZE])
{
	if (at->above == NULL) {
		out[0] = '\0';
		return 0;
	}
	const size_t len = place_write(at->above, out);
	const size_t room = PATH_SIZE - len;
	const int put = at->is_item ? snprintf(out + len, room, "[%zu]", at->position)
				    : snprintf(out + len, room, "%s%.*s", len == 0 ? "" : ".",
					      STR_ARG(at->name));
	const size_t more = put < 0 ? 0 : (size_t)put;
	return len + (more < room ? more : room - 1);
}

/* The same without positions, as the table has it. */
static struct str place_in_table(const struct place *at, char out[PATH_SIZE])
{
	const struct field *map = at->above == NULL ? NULL : at->above->field;
	const int len = snprintf(out, PATH_SIZE, "%.*s%s%s%.*s",
		STR_ARG(map == NULL ? (struct str){0} : map->path),
		map != NULL && map->type == FIELD_MAPS ? "[]" : "", map == NULL ? "" : ".",
		STR_ARG(at->name));
	return (struct str){out, len < 0 ? 0 : len < PATH_SIZE ? (size_t)len : PATH_SIZE - 1};
}

static enum err wrong(struct fault *fault, const struct place *at, const char *allowed)
{
	char path[PATH_SIZE];
	(void)place_write(at, path);
	return fault_set(fault, ERR_INVALID, path, "allowed here: %s", allowed);
}

/* Of what there may be so many and no more. */
static enum err too_large(
	struct fault *fault, const struct place *at, long long most, const char *unit)
{
	char path[PATH_SIZE];
	(void)place_write(at, path);
	return fault_set(fault, ERR_TOO_LARGE, path, "at most %lld %s", most, unit);
}

static enum err check_text(const struct field *field, const struct value *value,
	const struct place *at, struct fault *fault)
{
	if (value->kind != VALUE_STRING) {
		return wrong(fault, at, "text");
	}
	if (value->string.len == 0) {
		return wrong(fault, at, "text that is not empty (leave the field out instead)");
	}
	if (value->string.len > (size_t)field->limit) {
		return too_large(fault, at, (long long)field->limit, "bytes");
	}
	if (!str_is_utf8(value->string)) {
		return wrong(fault, at, "well-formed UTF-8");
	}
	if (str_has_control(value->string, (field->flags & FIELD_NOTE) != 0)) {
		return wrong(fault, at, "text without control or direction-override characters");
	}
	return ERR_OK;
}

static bool is_code(struct str text, size_t most)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				   (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		if (!plain) {
			return false;
		}
	}
	return text.len > 0 && text.len <= most;
}

static enum err check_code(const struct field *field, const struct value *value,
	const struct place *at, struct fault *fault)
{
	if (value->kind != VALUE_STRING || !is_code(value->string, (size_t)field->limit)) {
		return wrong(fault, at, "a code of letters, digits, hyphen, dot and underscore");
	}
	return ERR_OK;
}

static enum err check_vocab(enum vocab_name vocab, const struct value *value,
	const struct place *at, struct fault *fault)
{
	if (value->kind == VALUE_STRING && vocab_number(vocab, value->string) >= 0) {
		return ERR_OK;
	}
	char allowed[ALLOWED_SIZE];
	vocab_list(vocab, allowed, sizeof(allowed));
	return wrong(fault, at, allowed);
}

static enum err check_authority(const struct field *field, const struct value *value,
	const struct place *at, const struct referral_context *context, struct fault *fault)
{
	const bool shaped = value->kind == VALUE_STRING && value->string.len == 9 &&
			    (value->string.ptr[0] == 'E' || value->string.ptr[0] == 'W') &&
			    is_code(value->string, 9);
	if (!shaped) {
		return wrong(fault, at, "the GSS code of a local authority, such as E09000022");
	}
	if (context->authority_known != NULL && !context->authority_known(value->string)) {
		return wrong(
			fault, at, "a local authority that the directory knows, by its GSS code");
	}
	char words[AUTHORITY_WORDS_SIZE];
	if (context->authority_ended != NULL &&
		context->authority_ended(
			value->string, timestamp_london_date(context->now), words, sizeof(words))) {
		char path[PATH_SIZE];
		(void)place_write(at, path);
		/* Where she lives, the queue shows as well; where she must not be sent, nobody. */
		return fault_set(fault, ERR_INVALID, path, "%s",
			field->class < FIELD_CLASS_PERSONAL
				? words
				: "a code that has ended; name the authority that took its place "
				  "(`onward directory where CODE`)");
	}
	return ERR_OK;
}

static enum err check_date(const struct field *field, const struct value *value,
	const struct place *at, timestamp_us now, struct fault *fault)
{
	date_days date = 0;
	if (value->kind != VALUE_STRING || date_parse(value->string, &date) != ERR_OK) {
		return wrong(fault, at, "a date that exists, as year-month-day");
	}
	if (field->type != FIELD_BIRTH) {
		return ERR_OK;
	}
	const date_days today = timestamp_london_date(now);
	if (date > today) {
		return wrong(fault, at, "a date that is not in the future");
	}
	if (date_age_years(date, today) > AGE_MOST_YEARS) {
		return wrong(fault, at, "a date at most 120 years ago");
	}
	return ERR_OK;
}

static enum err check_time(const struct value *value, const struct place *at, struct fault *fault)
{
	timestamp_us time = 0;
	if (value->kind != VALUE_STRING || timestamp_parse(value->string, &time) != ERR_OK) {
		return wrong(fault, at, "a time with its zone, such as 2019-06-12T21:40:00+01:00");
	}
	return ERR_OK;
}

/* "any-eligible" or ids; "all" or needs. */
static enum err check_scope(const struct field *field, const struct value *value,
	const struct place *at, struct fault *fault)
{
	const bool needs = field->type == FIELD_NEEDS;
	if (value->kind == VALUE_STRING && str_is(value->string, needs ? "all" : "any-eligible")) {
		return ERR_OK;
	}
	if (value->kind != VALUE_LIST || value->list.count == 0 || value->list.count > LIMIT_LIST) {
		return wrong(fault, at,
			needs ? "\"all\" or a list of need codes"
			      : "\"any-eligible\" or a list of service ids");
	}
	for (size_t i = 0; i < value->list.count; i++) {
		const struct place item = {.above = at, .is_item = true, .position = i};
		const struct value *one = &value->list.items[i];
		const enum err err = needs ? check_vocab(VOCAB_NEED, one, &item, fault)
					   : check_code(field, one, &item, fault);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static enum err wrong_number(struct fault *fault, const struct place *at, long long most)
{
	char allowed[ALLOWED_SIZE];
	(void)snprintf(allowed, sizeof(allowed), "a whole number from 0 to %lld", most);
	return wrong(fault, at, allowed);
}

static enum err check_scalar(const struct field *field, const struct value *value,
	const struct place *at, const struct referral_context *context, struct fault *fault)
{
	switch (field->type) {
	case FIELD_TEXT:
		return check_text(field, value, at, fault);
	case FIELD_CODE:
		return check_code(field, value, at, fault);
	case FIELD_VOCAB:
		return check_vocab(field->vocab, value, at, fault);
	case FIELD_BOOL:
		return value->kind == VALUE_BOOL ? ERR_OK : wrong(fault, at, "true or false");
	case FIELD_INT:
		if (value->kind == VALUE_INT && value->integer >= 0 &&
			value->integer <= field->limit) {
			return ERR_OK;
		}
		return wrong_number(fault, at, (long long)field->limit);
	case FIELD_DATE:
	case FIELD_BIRTH:
		return check_date(field, value, at, context->now, fault);
	case FIELD_TIME:
		return check_time(value, at, fault);
	case FIELD_AUTHORITY:
		return check_authority(field, value, at, context, fault);
	case FIELD_SCOPE:
	case FIELD_NEEDS:
		return check_scope(field, value, at, fault);
	case FIELD_MAP:
	case FIELD_MAPS:
		break;
	}
	return fault_set(fault, ERR_INTERNAL, field->path.ptr, "a map is not a scalar");
}

static enum err check_map(const struct value *map, const struct place *at,
	const struct referral_context *context, struct fault *fault);

static enum err check_list(const struct field *field, const struct value *list,
	const struct place *at, const struct referral_context *context, struct fault *fault)
{
	const size_t most = field->type == FIELD_MAPS ? (size_t)field->limit : LIMIT_LIST;
	if (list->kind != VALUE_LIST) {
		return wrong(fault, at, "a list");
	}
	if (list->list.count > most) {
		return too_large(fault, at, (long long)most, "items");
	}
	for (size_t i = 0; i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		const struct place below = {
			.above = at, .field = field, .is_item = true, .position = i};
		enum err err;
		if (field->type == FIELD_MAPS) {
			err = item->kind == VALUE_MAP ? check_map(item, &below, context, fault)
						      : wrong(fault, &below, "an object");
		} else {
			err = check_scalar(field, item, &below, context, fault);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static enum err check_field(const struct field *field, const struct value *value,
	const struct place *at, const struct referral_context *context, struct fault *fault)
{
	const bool answer = field_not_asked(value) || field_prefers_not_to_say(value);
	if (answer && (field->flags & FIELD_ANSWER) != 0) {
		return ERR_OK;
	}
	if (field->type == FIELD_MAP) {
		return value->kind == VALUE_MAP ? check_map(value, at, context, fault)
						: wrong(fault, at, "an object");
	}
	if (field->type == FIELD_MAPS || (field->flags & FIELD_LIST) != 0) {
		return check_list(field, value, at, context, fault);
	}
	return check_scalar(field, value, at, context, fault);
}

static enum err unknown_field(const struct place *at, struct fault *fault)
{
	char path[PATH_SIZE];
	char table[PATH_SIZE];
	const struct field *near = field_nearest(place_in_table(at, table));
	(void)place_write(at, path);
	if (near == NULL) {
		return fault_set(fault, ERR_UNKNOWN_FIELD, path, "there is no field of that name");
	}
	return fault_set(fault, ERR_UNKNOWN_FIELD, path,
		"there is no field of that name; did you mean %s?", near->path.ptr);
}

static enum err check_required(const struct value *map, const struct place *at, struct fault *fault)
{
	for (const struct field *field = field_required(at->field, NULL); field != NULL;
		field = field_required(at->field, field)) {
		if (value_get(map, field->name) == NULL) {
			char path[PATH_SIZE];
			const struct place missing = {.above = at, .name = field->name};
			(void)place_write(&missing, path);
			return fault_set(fault, ERR_MISSING, path, "required: %s", field->help);
		}
	}
	return ERR_OK;
}

static enum err check_map(const struct value *map, const struct place *at,
	const struct referral_context *context, struct fault *fault)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct value_entry *entry = &map->map.entries[i];
		const struct field *field = field_below(at->field, entry->key);
		const struct place below = {.above = at, .field = field, .name = entry->key};
		if (field == NULL) {
			return unknown_field(&below, fault);
		}
		const enum err err = check_field(field, &entry->value, &below, context, fault);
		if (err != ERR_OK) {
			return err;
		}
	}
	return check_required(map, at, fault);
}

enum err check_document(
	const struct value *document, const struct referral_context *context, struct fault *fault)
{
	const struct place top = {0};
	if (document->kind != VALUE_MAP) {
		return fault_set(fault, ERR_INVALID, "", "a referral is an object");
	}
	return check_map(document, &top, context, fault);
}
