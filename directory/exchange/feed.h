/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_FEED_H
#define ONWARD_DIRECTORY_EXCHANGE_FEED_H
#include "broker/base/buf.h"
/*
 * A feed of JSON cut into items as its bytes arrive, in the memory of one item: services of a page
 * of results, of an array, or objects one after another.  It looks at brackets and quotes only;
 * whether an item is JSON is for who takes it.
 */
enum feed_trouble {
	FEED_GOOD,
	FEED_LARGE, /* over EXCHANGE_ITEM_BYTES; `text` is empty */
	FEED_DEEP,  /* over EXCHANGE_DEPTH; `text` is empty */
};

struct feed_item {
	struct str text;
	struct str key; /* the list it stands in, "contents"; empty at the top */
	size_t index;   /* within that list, or among the feed's values */
	bool envelope;  /* what stood around lists of items: an object, those lists empty */
	/* The envelope as far as it came before a list of services: whose they are stands there, as
	 * a rule.  It is given once more, whole, when it ends. */
	bool opening;
	size_t streamed; /* of an envelope: how many items came out of it */
	enum feed_trouble trouble;
};
typedef enum err feed_take(void *context, const struct feed_item *item);

enum feed_place {
	FEED_TOP,      /* between values */
	FEED_ENVELOPE, /* within an object at the top */
	FEED_LIST,     /* between the items of a list */
	FEED_ITEM,
};

struct feed {
	feed_take *take;
	void *context;
	struct buf item, envelope;
	enum feed_place place;
	bool in_string, escaped, large, deep, begun;
	bool list_in_envelope; /* else the list stands at the top */
	bool scalar;           /* the item is no object or array */
	bool lone;             /* the item stands at the top, in no list */
	unsigned depth;        /* of brackets within the present item or envelope */
	unsigned envelope_depth;
	bool envelope_large, envelope_deep;
	char key[32]; /* of the envelope: the last text at its first level */
	size_t key_len;
	bool key_whole; /* a colon came after it */
	size_t index, top_index, streamed;
};
void feed_finish(struct feed *feed);
/* ERR_NOMEM, or what `take` answered. */
MUST_CHECK enum err feed_add(struct feed *feed, struct str piece);
/* ERR_MALFORMED when it ends within something. */
MUST_CHECK enum err feed_end(struct feed *feed);
#endif
