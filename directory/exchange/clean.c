/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/clean.h"

#include <strings.h>

enum {
	SLUG_MOST = 48, /* an id has 64, and one that is taken gets 9 more */
	TAG_MOST = 4096 /* what a mark of HTML may hold; longer, it is none */
};

/* Windows-1252 from 0x80 to 0x9f; 0: not assigned. */
static const uint16_t windows[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d,
	0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

static void character_add(struct buf *out, unsigned long c)
{
	char bytes[4];
	size_t len = 0;
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		c = 0xfffd;
	}
	if (c < 0x80) {
		bytes[len++] = (char)c;
	} else if (c < 0x800) {
		bytes[len++] = (char)(0xc0 | (c >> 6));
		bytes[len++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		bytes[len++] = (char)(0xe0 | (c >> 12));
		bytes[len++] = (char)(0x80 | ((c >> 6) & 0x3f));
		bytes[len++] = (char)(0x80 | (c & 0x3f));
	} else {
		bytes[len++] = (char)(0xf0 | (c >> 18));
		bytes[len++] = (char)(0x80 | ((c >> 12) & 0x3f));
		bytes[len++] = (char)(0x80 | ((c >> 6) & 0x3f));
		bytes[len++] = (char)(0x80 | (c & 0x3f));
	}
	buf_append(out, bytes, len);
}

/* Bytes of the character at the beginning; 0 when they are no UTF-8. */
static size_t character_len(struct str s)
{
	const unsigned char c = (unsigned char)s.ptr[0];
	const size_t len = c < 0x80   ? 1
			   : c < 0xc2 ? 0
			   : c < 0xe0 ? 2
			   : c < 0xf0 ? 3
			   : c < 0xf5 ? 4
				      : 0;
	return len <= s.len && len > 0 && str_is_utf8((struct str){s.ptr, len}) ? len : 0;
}

bool clean_utf8(struct buf *out, struct str in)
{
	bool changed = false;
	for (size_t i = 0; i < in.len;) {
		const size_t len = character_len((struct str){in.ptr + i, in.len - i});
		if (len > 0) {
			buf_append(out, in.ptr + i, len);
			i += len;
			continue;
		}
		const unsigned char c = (unsigned char)in.ptr[i++];
		character_add(out, c < 0xa0 ? windows[c - 0x80] : c);
		changed = true;
	}
	return changed;
}

/* -- HTML -- */

static const struct {
	const char *name;
	unsigned long character;
} entities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''},
	{"nbsp", ' '}, {"pound", 0xa3}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"lsquo", 0x2018},
	{"rsquo", 0x2019}, {"ldquo", 0x201c}, {"rdquo", 0x201d}, {"hellip", 0x2026},
	{"bull", 0x2022}, {"eacute", 0xe9}, {"euro", 0x20ac}};

static unsigned long entity_number(struct str name)
{
	const bool hex = name.len > 1 && (name.ptr[1] == 'x' || name.ptr[1] == 'X');
	unsigned long number = 0;
	for (size_t i = hex ? 2 : 1; i < name.len; i++) {
		const char c = name.ptr[i];
		const bool digit = c >= '0' && c <= '9';
		const char low = (char)(c | 0x20);
		if (!digit && !(hex && low >= 'a' && low <= 'f')) {
			return 0;
		}
		number = number * (hex ? 16 : 10) +
			 (unsigned long)(digit ? c - '0' : low - 'a' + 10);
	}
	return number;
}

/* The bytes of an entity at the beginning, its character appended; 0 when it is none. */
static size_t entity_take(struct buf *out, struct str s)
{
	const char *end = memchr(s.ptr, ';', s.len < 12 ? s.len : 12);
	if (end == NULL || end == s.ptr + 1) {
		return 0;
	}
	const struct str name = {s.ptr + 1, (size_t)(end - s.ptr) - 1};
	unsigned long character = name.ptr[0] == '#' ? entity_number(name) : 0;
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (str_is(name, entities[i].name)) {
			character = entities[i].character;
		}
	}
	if (character == 0) {
		return 0;
	}
	character_add(out, character);
	return name.len + 2;
}

static bool tag_is(struct str tag, const char *name)
{
	const size_t len = strlen(name);
	return tag.len >= len && strncasecmp(tag.ptr, name, len) == 0;
}

/* The bytes of a mark at the beginning; 0 when it is none.  What ends a line, ends one. */
static size_t tag_take(struct buf *out, struct str s)
{
	static const char *const breaks[] = {"<br", "</p", "</li", "</div", "</tr", "</h", "</ul"};
	const char second = s.len > 1 ? (char)(s.ptr[1] | 0x20) : ' ';
	const char *end = memchr(s.ptr, '>', s.len < TAG_MOST ? s.len : TAG_MOST);
	if (end == NULL ||
		!((second >= 'a' && second <= 'z') || s.ptr[1] == '/' || s.ptr[1] == '!')) {
		return 0;
	}
	const struct str tag = {s.ptr, (size_t)(end - s.ptr) + 1};
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		if (tag_is(tag, breaks[i])) {
			buf_add_text(out, "\n");
			break;
		}
	}
	return tag.len;
}

static void html_remove(struct buf *out, struct str in, unsigned *changes)
{
	for (size_t i = 0; i < in.len;) {
		const struct str rest = {in.ptr + i, in.len - i};
		size_t len = 0;
		if (in.ptr[i] == '<') {
			len = tag_take(out, rest);
		} else if (in.ptr[i] == '&') {
			len = entity_take(out, rest);
		}
		if (len > 0) {
			*changes |= CLEAN_HTML;
			i += len;
			continue;
		}
		buf_append(out, in.ptr + i, 1);
		i++;
	}
}

/* -- text -- */

static void characters_keep(struct buf *out, struct str in, bool lines, unsigned *changes)
{
	for (size_t i = 0; i < in.len;) {
		const size_t len = character_len((struct str){in.ptr + i, in.len - i});
		const struct str c = {in.ptr + i, len > 0 ? len : 1};
		const bool blank =
			c.ptr[0] == '\t' || c.ptr[0] == '\r' || (c.ptr[0] == '\n' && !lines);
		i += c.len;
		if (c.ptr[0] == '\r' && i < in.len && in.ptr[i] == '\n') {
			continue; /* a line end of two characters is one */
		}
		if (blank) {
			buf_add_text(out, c.ptr[0] == '\r' && lines ? "\n" : " ");
		} else if (len == 0 || str_has_control(c, lines)) {
			*changes |= CLEAN_CONTROL;
		} else {
			buf_append(out, c.ptr, c.len);
		}
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n';
}

struct str clean_text(
	struct arena *arena, struct str in, size_t limit, bool lines, bool html, unsigned *changes)
{
	struct buf plain = {0};
	struct buf kept = {0};
	if (html) {
		html_remove(&plain, in, changes);
	} else {
		buf_add_str(&plain, in);
	}
	characters_keep(&kept, buf_str(&plain), lines, changes);
	struct str text = buf_str(&kept);
	while (text.len > 0 && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	if (text.len > limit) {
		*changes |= CLEAN_CUT;
		text.len = limit;
		while (text.len > 0 && ((unsigned char)text.ptr[text.len] & 0xc0) == 0x80) {
			text.len--;
		}
	}
	while (text.len > 0 && is_blank(text.ptr[text.len - 1])) {
		text.len--;
	}
	if (plain.failed || kept.failed) {
		arena->failed = true;
	}
	const struct str copy = arena_str(arena, text);
	buf_finish(&plain);
	buf_finish(&kept);
	return copy;
}

struct str clean_slug(struct arena *arena, struct str name)
{
	char slug[SLUG_MOST + 1];
	size_t len = 0;
	for (size_t i = 0; i < name.len && len < SLUG_MOST; i++) {
		const char c = name.ptr[i];
		const char low = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9')) {
			slug[len++] = low;
		} else if (c != '\'' && len > 0 && slug[len - 1] != '-') {
			slug[len++] = '-';
		}
	}
	while (len > 0 && slug[len - 1] == '-') {
		len--;
	}
	return arena_str(arena, (struct str){slug, len});
}
