/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/where.h"
#include "broker/base/text.h"

enum {
	PLACES = 64,   /* the most authorities an outward code lies in is about ten */
	SUGGESTED = 4, /* as many as help who has to choose */
	WIDTH = 14,
	PERCENT = 100
};

enum err where_open(struct cli *cli, struct directory_postcodes **ret_postcodes)
{
	char path[HOME_PATH_SIZE];
	const enum err err = home_path(cli->home, HOME_POSTCODES, path);
	return err == ERR_OK ? directory_postcodes_open(path, ret_postcodes, &cli->fault) : err;
}

static void put(struct cli *cli, struct value *item, const char *key, struct str text)
{
	if (text.len > 0) {
		value_put(&cli->arena, item, key, value_of_str(text));
	}
}

struct value where_authority(struct cli *cli, const struct directory_authority *authority)
{
	struct value item = value_map_new(&cli->arena, 12);
	char ended[DATE_TEXT_SIZE];
	char words[256];
	put(cli, &item, "code", authority->code);
	put(cli, &item, "name", authority->name);
	put(cli, &item, "county", directory_county_name(authority->county));
	put(cli, &item, "region", authority->region);
	put(cli, &item, "police_code", authority->police);
	put(cli, &item, "police", directory_police_name(authority->police));
	if (authority->to != INT32_MAX) {
		date_format(authority->to, ended);
		put(cli, &item, "until", arena_str(&cli->arena, str_from(ended)));
		put(cli, &item, "successors", authority->successors);
	}
	if (directory_authority_ended(authority->code, timestamp_london_date(timestamp_now()),
		    words, sizeof(words))) {
		put(cli, &item, "note", arena_str(&cli->arena, str_from(words)));
	}
	return item;
}

/* Adds a share to the authority's own, when it has one: two of a former year may be one today. */
static bool share_added(struct value *items, struct str code, int64_t share)
{
	for (size_t i = 0; i < items->list.count; i++) {
		struct value *item = &items->list.items[i];
		for (size_t e = 0;
			str_equal(value_get_str(item, "code"), code) && e < item->map.count; e++) {
			if (str_is(item->map.entries[e].key, "share")) {
				item->map.entries[e].value.integer += share;
				return true;
			}
		}
	}
	return false;
}

/* The place as an item each of the authorities of today; of a code that is none of England and
 * Wales the code alone. */
static void place_add(struct cli *cli, const struct directory_postcode *postcode,
	const struct directory_postcode_place *place, int64_t share, struct value *items)
{
	const struct directory_authority *now[SUGGESTED];
	const struct directory_authority *named = directory_authority_by_code(place->code);
	size_t count = 0;
	if (named != NULL) {
		count = directory_authority_successors(
			named, timestamp_london_date(timestamp_now()), now, SUGGESTED);
	}
	for (size_t i = 0; i < (count == 0 ? 1 : count) && i < SUGGESTED; i++) {
		struct value item;
		if (share >= 0 && count > 0 && share_added(items, now[i]->code, share)) {
			continue;
		}
		if (count == 0) {
			item = value_map_new(&cli->arena, 6);
			put(cli, &item, "code", arena_str(&cli->arena, place->code));
		} else {
			item = where_authority(cli, now[i]);
		}
		put(cli, &item, "postcode", arena_str(&cli->arena, str_from(postcode->text)));
		value_put(&cli->arena, &item, "exact", value_of_bool(share < 0));
		if (share < 0) {
			value_put(&cli->arena, &item, "ended", value_of_bool(place->ended));
		} else {
			value_put(&cli->arena, &item, "share", value_of_int(share));
		}
		value_push(&cli->arena, items, item);
	}
}

enum err where_find(struct cli *cli, const struct directory_postcodes *postcodes,
	const struct directory_postcode *postcode, struct value *ret_items)
{
	struct directory_postcode_place places[PLACES];
	struct value items = value_list_new(&cli->arena, SUGGESTED);
	if (directory_postcodes_find(postcodes, postcode, &places[0])) {
		place_add(cli, postcode, &places[0], -1, &items);
	} else {
		const size_t count =
			directory_postcodes_candidates(postcodes, postcode, places, PLACES);
		uint64_t all = 0;
		for (size_t i = 0; i < count && i < PLACES; i++) {
			all += places[i].count;
		}
		for (size_t i = 0; i < count && i < PLACES; i++) {
			place_add(cli, postcode, &places[i],
				(int64_t)(places[i].count * (uint64_t)PERCENT / all), &items);
		}
	}
	*ret_items = items;
	return arena_failed(&cli->arena) ? ERR_NOMEM : ERR_OK;
}

static void line(struct buf *out, const char *label, struct str text)
{
	struct buf clean = {0};
	text_data(&clean, text);
	if (text.len > 0) {
		text_field(out, 2, WIDTH, label, buf_str(&clean));
	}
	buf_finish(&clean);
}

static void authority_view(struct buf *out, const struct value *item)
{
	const struct str name = value_get_str(item, "name");
	struct buf head = {0};
	buf_printf(&head, "%.*s%s%.*s", STR_ARG(name), name.len > 0 ? ", " : "",
		STR_ARG(value_get_str(item, "code")));
	if (name.len == 0) {
		buf_add_text(&head, ", not in England or Wales");
	}
	if (value_get(item, STR("share")) != NULL) {
		const int64_t share = value_get_int(item, "share", 0);
		buf_printf(&head, share == 0 ? " (under 1%%)" : " (%lld%%)", (long long)share);
	}
	text_data(out, buf_str(&head));
	buf_add_text(out, "\n");
	buf_finish(&head);
	line(out, "County", value_get_str(item, "county"));
	line(out, "Region", value_get_str(item, "region"));
	line(out, "Police", value_get_str(item, "police"));
	line(out, "Note", value_get_str(item, "note"));
}

void view_where(struct buf *out, const struct names *names, const struct value *items)
{
	(void)names;
	const struct value *first = items->list.count > 0 ? &items->list.items[0] : NULL;
	const struct str postcode = value_get_str(first, "postcode");
	const struct value *exact = value_get(first, STR("exact"));
	const struct value *ended = value_get(first, STR("ended"));
	if (postcode.len > 0) {
		text_data(out, postcode);
		if (exact != NULL && !exact->boolean) {
			buf_add_text(out, memchr(postcode.ptr, ' ', postcode.len) == NULL
						  ? ": its postcodes lie in\n"
						  : " is not known; postcodes of its district lie "
						    "in\n");
		} else {
			buf_add_text(out, ended != NULL && ended->boolean
						  ? " is no longer in use; it lay in\n"
						  : " lies in\n");
		}
	}
	for (size_t i = 0; i < items->list.count; i++) {
		authority_view(out, &items->list.items[i]);
	}
}

static void suggest(
	struct cli *cli, const struct directory_postcodes *postcodes, const struct value *referral)
{
	const struct value *text = value_at(referral, "person.postcode");
	const struct value *known = value_at(referral, "person.local_authority");
	const struct str source_ref = value_get_str(referral, "source_ref");
	struct directory_postcode postcode;
	struct value items;
	struct buf words = {0};
	if (text == NULL || text->kind != VALUE_STRING || known != NULL ||
		directory_postcode_parse(text->string, &postcode) != ERR_OK ||
		where_find(cli, postcodes, &postcode, &items) != ERR_OK) {
		return;
	}
	for (size_t i = 0; i < items.list.count && i < SUGGESTED; i++) {
		const struct value *item = &items.list.items[i];
		const struct str name = value_get_str(item, "name");
		buf_printf(&words, "%s%.*s%s%.*s", i == 0 ? "" : " or ", STR_ARG(name),
			name.len > 0 ? " " : "", STR_ARG(value_get_str(item, "code")));
	}
	if (items.list.count > 0 && !words.failed) {
		cli_note(cli,
			"%.*s: person.local_authority is not given; by the postcode it may be "
			"%.*s: "
			"confirm it and add it",
			STR_ARG(source_ref.len > 0 ? source_ref : STR("(no source_ref)")),
			STR_ARG(buf_str(&words)));
	}
	buf_finish(&words);
}

void where_suggest(struct cli *cli, const struct value *referrals, size_t count)
{
	struct directory_postcodes *postcodes = NULL;
	const struct fault before = cli->fault;
	if (where_open(cli, &postcodes) == ERR_OK) {
		for (size_t i = 0; i < count; i++) {
			suggest(cli, postcodes, &referrals[i]);
		}
	}
	/* It is a help, no condition. */
	cli->fault = before;
	directory_postcodes_close(postcodes);
}
