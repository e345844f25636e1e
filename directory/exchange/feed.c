/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/feed.h"
#include "directory/exchange/exchange.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The lists of a page of results, under the names that feeds give them. */
static bool is_list_of_items(struct str key)
{
	static const char *const names[] = {"contents", "content", "items", "results", "data",
		"services", "organizations", "organisations"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_is(key, names[i])) {
			return true;
		}
	}
	return false;
}

static void keep(struct buf *buf, char c, bool *large)
{
	if (buf->len >= EXCHANGE_ITEM_BYTES) {
		*large = true;
		buf_reset(buf);
	}
	if (!*large) {
		buf_append(buf, &c, 1);
	}
}

static enum err item_give(struct feed *feed)
{
	const struct feed_item item = {
		.text = feed->large || feed->deep ? (struct str){0} : buf_str(&feed->item),
		.key = feed->list_in_envelope ? (struct str){feed->key, feed->key_len}
					      : (struct str){0},
		.index = feed->index++,
		.trouble = feed->large  ? FEED_LARGE
			   : feed->deep ? FEED_DEEP
					: FEED_GOOD,
	};
	feed->streamed++;
	if (feed->item.failed) {
		return ERR_NOMEM;
	}
	const enum err err = feed->take(feed->context, &item);
	buf_reset(&feed->item);
	feed->place = feed->lone ? FEED_TOP : FEED_LIST;
	return err;
}

static enum err envelope_give(struct feed *feed)
{
	const bool large = feed->envelope_large;
	const struct feed_item item = {
		.text = large || feed->envelope_deep ? (struct str){0} : buf_str(&feed->envelope),
		.index = feed->top_index++,
		.envelope = true,
		.streamed = feed->streamed,
		.trouble = large                 ? FEED_LARGE
			   : feed->envelope_deep ? FEED_DEEP
						 : FEED_GOOD,
	};
	if (feed->envelope.failed) {
		return ERR_NOMEM;
	}
	const enum err err = feed->take(feed->context, &item);
	buf_reset(&feed->envelope);
	feed->place = FEED_TOP;
	return err;
}

static void item_begin(struct feed *feed, char c)
{
	feed->place = FEED_ITEM;
	feed->large = feed->deep = feed->in_string = feed->escaped = false;
	feed->depth = 0;
	feed->scalar = c != '{' && c != '[';
	feed->lone = false;
}

static void envelope_begin(struct feed *feed)
{
	feed->place = FEED_ENVELOPE;
	feed->envelope_large = feed->envelope_deep = false;
	feed->in_string = feed->escaped = feed->key_whole = false;
	feed->envelope_depth = 0;
	feed->key_len = 0;
	feed->streamed = 0;
	feed->list_in_envelope = true;
}

/* True while the character belongs to a text. */
static bool string_step(struct feed *feed, char c)
{
	if (!feed->in_string) {
		feed->in_string = c == '"';
		return feed->in_string;
	}
	if (feed->escaped) {
		feed->escaped = false;
	} else if (c == '\\') {
		feed->escaped = true;
	} else if (c == '"') {
		feed->in_string = false;
	}
	return true;
}

static enum err item_step(struct feed *feed, char c)
{
	const bool text = string_step(feed, c);
	/* A number or word ends before what ends it, which belongs to the list. */
	if (feed->scalar && !text && (c == ',' || c == ']' || c == '}' || c == '\n')) {
		const bool lone = feed->lone;
		const enum err err = item_give(feed);
		if (err == ERR_OK && c == ']' && !lone) {
			feed->place = feed->list_in_envelope ? FEED_ENVELOPE : FEED_TOP;
			feed->key_len = 0;
		}
		return err;
	}
	keep(&feed->item, c, &feed->large);
	if (text) {
		return ERR_OK;
	}
	if (c == '{' || c == '[') {
		feed->depth++;
		feed->deep = feed->deep || feed->depth > EXCHANGE_DEPTH;
	} else if ((c == '}' || c == ']') && feed->depth > 0) {
		feed->depth--;
		if (feed->depth == 0 && !feed->scalar) {
			return item_give(feed);
		}
	}
	return ERR_OK;
}

/* Into a list of items. */
static enum err list_begin(struct feed *feed)
{
	const struct str key = {feed->key, feed->key_len};
	keep(&feed->envelope, ']', &feed->envelope_large);
	feed->place = FEED_LIST;
	feed->index = 0;
	if (!str_is(key, "services") || feed->envelope_large || feed->envelope.failed) {
		return ERR_OK;
	}
	buf_append(&feed->envelope, "}", 1);
	const struct feed_item item = {
		.text = buf_str(&feed->envelope), .key = key, .opening = true};
	const enum err err = feed->envelope.failed ? ERR_NOMEM : feed->take(feed->context, &item);
	feed->envelope.len--;
	return err;
}

/* Keeps the text at the envelope's first level that may turn out to be a key. */
static void key_step(struct feed *feed, char c, bool text, bool before)
{
	if (feed->envelope_depth != 1) {
		return;
	}
	if ((text && !before) || (!text && c == ',')) {
		feed->key_len = 0;
		feed->key_whole = false;
	} else if (text && feed->in_string) {
		if (feed->key_len < sizeof(feed->key)) {
			feed->key[feed->key_len] = c;
		}
		feed->key_len += feed->key_len < sizeof(feed->key);
	} else if (c == ':') {
		feed->key_whole = true;
	}
}

static enum err envelope_step(struct feed *feed, char c)
{
	const bool before = feed->in_string;
	const bool text = string_step(feed, c);
	keep(&feed->envelope, c, &feed->envelope_large);
	key_step(feed, c, text, before);
	if (text) {
		return ERR_OK;
	}
	if (c == '[' && feed->envelope_depth == 1 && feed->key_whole &&
		is_list_of_items((struct str){feed->key, feed->key_len})) {
		return list_begin(feed);
	} else if (c == '{' || c == '[') {
		feed->envelope_depth++;
		feed->envelope_deep = feed->envelope_deep || feed->envelope_depth > EXCHANGE_DEPTH;
	} else if ((c == '}' || c == ']') && --feed->envelope_depth == 0) {
		return envelope_give(feed);
	}
	return ERR_OK;
}

static enum err top_step(struct feed *feed, char c)
{
	/* A comma between objects is a mistake that can be seen through. */
	if (is_blank(c) || c == ',') {
		return ERR_OK;
	}
	if (c == '{') {
		envelope_begin(feed);
		return envelope_step(feed, c);
	}
	feed->list_in_envelope = false;
	if (c == '[') {
		feed->place = FEED_LIST;
		feed->index = 0;
		feed->streamed = 0;
		return ERR_OK;
	}
	/* Neither an object nor a list: taken up to the end of the line, so that the next line of
	 * a feed with an object a line is read. */
	item_begin(feed, c);
	feed->lone = true;
	return item_step(feed, c);
}

static enum err list_step(struct feed *feed, char c)
{
	if (is_blank(c) || c == ',') {
		return ERR_OK;
	}
	if (c == ']') {
		feed->place = feed->list_in_envelope ? FEED_ENVELOPE : FEED_TOP;
		feed->key_len = 0;
		feed->key_whole = false;
		return ERR_OK;
	}
	item_begin(feed, c);
	return item_step(feed, c);
}

static enum err step(struct feed *feed, char c)
{
	switch (feed->place) {
	case FEED_TOP:
		return top_step(feed, c);
	case FEED_ENVELOPE:
		return envelope_step(feed, c);
	case FEED_LIST:
		return list_step(feed, c);
	case FEED_ITEM:
		break;
	}
	return item_step(feed, c);
}

enum err feed_add(struct feed *feed, struct str piece)
{
	for (size_t i = 0; i < piece.len; i++) {
		/* A byte order mark, as some systems write it. */
		if (!feed->begun && strchr("\xef\xbb\xbf", piece.ptr[i]) != NULL &&
			piece.ptr[i] != '\0') {
			continue;
		}
		feed->begun = true;
		const enum err err = step(feed, piece.ptr[i]);
		if (err != ERR_OK) {
			return err;
		}
	}
	return feed->item.failed || feed->envelope.failed ? ERR_NOMEM : ERR_OK;
}

enum err feed_end(struct feed *feed)
{
	return feed->place == FEED_TOP ? ERR_OK : ERR_MALFORMED;
}

void feed_finish(struct feed *feed)
{
	buf_finish(&feed->item);
	buf_finish(&feed->envelope);
}
