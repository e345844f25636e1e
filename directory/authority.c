/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/directory.h"

enum {
	NAME_SIZE = 64 /* the longest name in the table has 28 bytes */
};

#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}
static const struct directory_authority authorities[] = {
#define AUTHORITY(code, name, region, county) {TEXT(code), TEXT(name), TEXT(region), TEXT(county)},
#include "directory/authorities.def"
#undef AUTHORITY
};
enum {
	AUTHORITY_COUNT = sizeof(authorities) / sizeof(authorities[0])
};

static const struct {
	struct str code, name;
} prisons[] = {
	{TEXT("AGI"), TEXT("Askham Grange")},
	{TEXT("BZI"), TEXT("Bronzefield")},
	{TEXT("DHI"), TEXT("Drake Hall")},
	{TEXT("DWI"), TEXT("Downview")},
	{TEXT("ESI"), TEXT("East Sutton Park")},
	{TEXT("EWI"), TEXT("Eastwood Park")},
	{TEXT("FHI"), TEXT("Foston Hall")},
	{TEXT("LNI"), TEXT("Low Newton")},
	{TEXT("NHI"), TEXT("New Hall")},
	{TEXT("PFI"), TEXT("Peterborough")},
	{TEXT("SDI"), TEXT("Send")},
	{TEXT("STI"), TEXT("Styal")},
};

/* The spelling under which two ways of writing one name meet: lower case, single spaces, "and" for
 * "&", no full stop, the plain apostrophe.  Empty when the name is longer than any in the table. */
static struct str name_fold(struct str name, char out[NAME_SIZE])
{
	size_t len = 0;
	for (size_t i = 0; i < name.len; i++) {
		const char c = name.ptr[i];
		const struct str rest = {name.ptr + i, name.len - i};
		const char *add = NULL;
		char one[2] = {c, '\0'};
		if (str_has_prefix(rest, STR("\xe2\x80\x99"))) {
			add = "'";
			i += 2;
		} else if (c == '&') {
			add = "and";
		} else if (c == ' ') {
			add = len == 0 || out[len - 1] == ' ' ? "" : " ";
		} else if (c == '.') {
			add = "";
		} else {
			one[0] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
			add = one;
		}
		const size_t add_len = strlen(add);
		if (len + add_len > NAME_SIZE) {
			return (struct str){0};
		}
		memcpy(out + len, add, add_len);
		len += add_len;
	}
	while (len > 0 && out[len - 1] == ' ') {
		len--;
	}
	return (struct str){out, len};
}

const struct directory_authority *directory_authority_by_code(struct str code)
{
	size_t low = 0;
	size_t high = AUTHORITY_COUNT;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = str_compare(code, authorities[middle].code);
		if (order == 0) {
			return &authorities[middle];
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}

const struct directory_authority *directory_authority_by_name(struct str name)
{
	char wanted_text[NAME_SIZE];
	char known_text[NAME_SIZE];
	const struct str wanted = name_fold(name, wanted_text);
	for (size_t i = 0; wanted.len > 0 && i < AUTHORITY_COUNT; i++) {
		if (str_equal(wanted, name_fold(authorities[i].name, known_text))) {
			return &authorities[i];
		}
	}
	return NULL;
}

const struct directory_authority *directory_authority_nearest(struct str name)
{
	char wanted_text[NAME_SIZE];
	char known_text[NAME_SIZE];
	const struct str wanted = name_fold(name, wanted_text);
	/* A third of the letters wrong is another word, not a slip. */
	size_t best = wanted.len / 3 + 1;
	const struct directory_authority *nearest = NULL;
	for (size_t i = 0; wanted.len > 0 && i < AUTHORITY_COUNT; i++) {
		const struct str known = name_fold(authorities[i].name, known_text);
		const size_t distance = str_distance(wanted, known);
		if (distance < best) {
			best = distance;
			nearest = &authorities[i];
		}
	}
	return nearest;
}

const struct directory_authority *directory_authorities(size_t *ret_count)
{
	*ret_count = AUTHORITY_COUNT;
	return authorities;
}

struct str directory_prison_name(struct str code)
{
	for (size_t i = 0; i < sizeof(prisons) / sizeof(prisons[0]); i++) {
		if (str_equal(prisons[i].code, code)) {
			return prisons[i].name;
		}
	}
	return (struct str){0};
}
