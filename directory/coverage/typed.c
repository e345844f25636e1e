/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/typed.h"

enum {
	SPAN_MOST = 4, /* words of a place: "Kingston upon Hull" */
	WHOLE = 100,
	BEGINS = 80,
	MISSPELT = 50
};

#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}
static const struct {
	struct str word;
	int need;
} needs[] = {
#define NEED(word, need) {TEXT(word), NEED_##need},
#define PLACE(name, code)
#include "directory/coverage/words.def"
#undef NEED
#undef PLACE
};
static const struct {
	struct str name;
	const char *code;
} places[] = {
#define NEED(word, need)
#define PLACE(name, code) {TEXT(name), code},
#include "directory/coverage/words.def"
#undef NEED
#undef PLACE
};

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Slips that a word of that length may have and still be meant. */
static size_t slips(size_t len)
{
	return len < 5 ? 0 : len < 8 ? 1 : 2;
}

static void split(struct typed *typed, struct str text)
{
	size_t len = 0;
	bool inside = false;
	for (size_t i = 0; i < text.len && len + 2 < TYPED_BYTES; i++) {
		const char c = lower(text.ptr[i]);
		if (c == '\'') {
			continue;
		}
		if (!is_word_byte(c)) {
			inside = false;
			continue;
		}
		if (!inside) {
			if (typed->count == FIND_WORDS) {
				break;
			}
			len += len > 0;
			typed->text[len > 0 ? len - 1 : 0] = len > 0 ? ' ' : c;
			typed->words[typed->count++] = (struct str){typed->text + len, 0};
			inside = true;
		}
		typed->text[len++] = c;
		typed->words[typed->count - 1].len++;
	}
}

static void drop(struct typed *typed, size_t first, size_t count)
{
	for (size_t i = first; i + count < typed->count; i++) {
		typed->words[i] = typed->words[i + count];
	}
	typed->count -= count;
}

static struct str span(const struct typed *typed, size_t first, size_t count)
{
	const struct str last = typed->words[first + count - 1];
	return (struct str){
		typed->words[first].ptr, (size_t)(last.ptr + last.len - typed->words[first].ptr)};
}

static bool adjacent(const struct typed *typed, size_t first, size_t count)
{
	for (size_t i = first; i + 1 < first + count; i++) {
		if (typed->words[i].ptr + typed->words[i].len + 1 != typed->words[i + 1].ptr) {
			return false;
		}
	}
	return true;
}

static const struct directory_authority *place_of(struct str name, date_days day, bool misspelt)
{
	const struct directory_authority *found =
		misspelt ? NULL : directory_authority_by_name_at(name, day);
	size_t least = misspelt ? slips(name.len) + 1 : 1;
	for (size_t i = 0; found == NULL && i < sizeof(places) / sizeof(places[0]); i++) {
		const bool same = str_equal(places[i].name, name);
		if (same || (misspelt && str_distance(name, places[i].name) < least)) {
			found = directory_authority_by_code(str_from(places[i].code));
		}
	}
	const struct directory_authority *at = NULL;
	while (misspelt && found == NULL && least > 1 &&
		(at = directory_authority_next(at, day)) != NULL) {
		char folded[64];
		size_t len = 0;
		for (; len < at->name.len && len < sizeof(folded); len++) {
			folded[len] = lower(at->name.ptr[len]);
		}
		if (str_distance(name, (struct str){folded, len}) < least) {
			found = at;
		}
	}
	return found;
}

static bool take_place(struct typed *typed, date_days day, bool misspelt,
	bool (*is_name)(const void *context, struct str word), const void *context)
{
	for (size_t count = SPAN_MOST; count > 0; count--) {
		for (size_t i = 0; i + count <= typed->count; i++) {
			if (!adjacent(typed, i, count) ||
				(misspelt && count == 1 && is_name(context, typed->words[i]))) {
				continue;
			}
			typed->authority = place_of(span(typed, i, count), day, misspelt);
			if (typed->authority != NULL) {
				drop(typed, i, count);
				return true;
			}
		}
	}
	return false;
}

/* Every word of the need goes, so that "domestic abuse" leaves none for names. */
static void take_need(struct typed *typed, bool misspelt,
	bool (*is_name)(const void *context, struct str word), const void *context)
{
	for (size_t i = 0; i < typed->count;) {
		const struct str word = typed->words[i];
		int found = misspelt ? -1 : vocab_number(VOCAB_NEED, word);
		for (size_t n = 0; found < 0 && n < sizeof(needs) / sizeof(needs[0]); n++) {
			if (str_equal(word, needs[n].word) ||
				(misspelt && slips(word.len) > 0 && !is_name(context, word) &&
					str_distance(word, needs[n].word) <= slips(word.len))) {
				found = needs[n].need;
			}
		}
		if (found >= 0 && (typed->need < 0 || typed->need == found)) {
			typed->need = found;
			drop(typed, i, 1);
		} else {
			i++;
		}
	}
}

static void drop_small_words(struct typed *typed)
{
	static const char *const small[] = {"in", "for", "near", "the", "a", "an", "at", "of",
		"and", "with", "help", "service", "services", "woman", "women", "womens", "who",
		"issues", "health", "problem", "problems"};
	for (size_t i = 0; i < typed->count;) {
		bool found = false;
		for (size_t s = 0; s < sizeof(small) / sizeof(small[0]); s++) {
			found = found || str_is(typed->words[i], small[s]);
		}
		if (found) {
			drop(typed, i, 1);
		} else {
			i++;
		}
	}
}

void typed_read(struct typed *typed, struct str text, date_days day,
	bool (*is_name)(const void *context, struct str word), const void *context)
{
	*typed = (struct typed){.need = -1};
	split(typed, text);
	const bool place = take_place(typed, day, false, is_name, context);
	take_need(typed, false, is_name, context);
	/* "Women in Prison" is a name: its small words go only where a place or a need is left. */
	if (typed->need >= 0 || typed->authority != NULL) {
		drop_small_words(typed);
	}
	if (!place) {
		(void)take_place(typed, day, true, is_name, context);
	}
	if (typed->need < 0) {
		take_need(typed, true, is_name, context);
	}
	if (typed->need >= 0 || typed->authority != NULL) {
		drop_small_words(typed);
	}
}

int typed_fits(struct str word, struct str name)
{
	int best = 0;
	for (size_t i = 0; i < name.len;) {
		char folded[64];
		size_t len = 0;
		for (; i < name.len && (is_word_byte(lower(name.ptr[i])) || name.ptr[i] == '\'');
			i++) {
			if (name.ptr[i] != '\'' && len < sizeof(folded)) {
				folded[len++] = lower(name.ptr[i]);
			}
		}
		i += i < name.len;
		const struct str part = {folded, len};
		int fit = 0;
		if (str_equal(part, word)) {
			fit = WHOLE;
		} else if (word.len >= 2 && str_has_prefix(part, word)) {
			fit = BEGINS;
		} else if (slips(word.len) > 0 && best < MISSPELT &&
			   str_distance(part, word) <= slips(word.len)) {
			fit = MISSPELT;
		}
		best = fit > best ? fit : best;
	}
	return best;
}
