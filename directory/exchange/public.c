/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/public.h"

enum {
	CLASS_ENDANGERS = 4
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The class of a path, or of the longest part of it that is a field: what is called on a field or
 * indexed in it is about the field. */
static bool path_endangers(const struct directory_rulebook *rulebook, struct str path)
{
	while (path.len > 0) {
		const int class = rulebook->field_class(rulebook->context, path);
		if (class > 0) {
			return class - 1 >= CLASS_ENDANGERS;
		}
		const char *dot = memrchr(path.ptr, '.', path.len);
		path.len = dot == NULL ? 0 : (size_t)(dot - path.ptr);
	}
	return false;
}

/* The path that begins at `at`: blanks around its dots are the language's to allow, so they are
 * folded away. */
static size_t path_at(struct str cel, size_t at, char *path, size_t size, size_t *ret_len)
{
	size_t len = 0;
	for (;;) {
		while (at < cel.len && is_word(cel.ptr[at]) && len < size) {
			path[len++] = cel.ptr[at++];
		}
		size_t next = at;
		while (next < cel.len && strchr(" \t\r\n?", cel.ptr[next]) != NULL) {
			next++;
		}
		if (next >= cel.len || cel.ptr[next] != '.' || len >= size) {
			break;
		}
		next++;
		while (next < cel.len && strchr(" \t\r\n?", cel.ptr[next]) != NULL) {
			next++;
		}
		if (next >= cel.len || !is_word(cel.ptr[next])) {
			break;
		}
		path[len++] = '.';
		at = next;
	}
	*ret_len = len;
	return at;
}

/* Looks at texts within quotes as well: a field can be named as an index, and what is withheld
 * without need is told, what leaves without need cannot be called back.  A comment or an index in
 * brackets within a path leaves the whole map before it, whose class is the highest below it. */
bool public_clause(const struct directory_rulebook *rulebook, struct str cel)
{
	char path[256];
	if (rulebook == NULL || rulebook->field_class == NULL) {
		return true;
	}
	for (size_t at = 0; at < cel.len;) {
		if (!is_word(cel.ptr[at])) {
			at++;
			continue;
		}
		size_t len = 0;
		const size_t after = path_at(cel, at, path, sizeof(path), &len);
		if (len >= sizeof(path) || path_endangers(rulebook, (struct str){path, len})) {
			return false;
		}
		at = after > at ? after : at + 1;
	}
	return true;
}

struct str public_description(const struct directory_service *service)
{
	return service->confidential_location ? (struct str){0} : service->description;
}

struct str public_opening_hours(const struct directory_service *service)
{
	return service->confidential_location ? (struct str){0} : service->opening_hours;
}

struct str public_contact(const struct directory_service *service)
{
	const struct directory_organisation *organisation = service->organisation;
	return service->confidential_location || !organisation->advice_contact
		       ? (struct str){0}
		       : organisation->contact;
}

/* "person.age >= 18": the number behind the words, at the place; -1 when it is something else. */
static int64_t number_after(struct str cel, const char *words, size_t *at)
{
	const size_t len = strlen(words);
	int64_t number = 0;
	size_t i = *at + len;
	if (*at + len >= cel.len || memcmp(cel.ptr + *at, words, len) != 0) {
		return -1;
	}
	const size_t first = i;
	for (; i < cel.len && i < first + 3 && cel.ptr[i] >= '0' && cel.ptr[i] <= '9'; i++) {
		number = number * 10 + (cel.ptr[i] - '0');
	}
	if (i == first) {
		return -1;
	}
	*at = i;
	return number;
}

static bool ages_of(struct str cel, struct public_ages *ages)
{
	struct public_ages found = {-1, -1};
	size_t at = 0;
	found.least = number_after(cel, "person.age >= ", &at);
	if (found.least >= 0 && at < cel.len) {
		found.most = number_after(cel, " && person.age <= ", &at);
	} else if (found.least < 0) {
		found.most = number_after(cel, "person.age <= ", &at);
	}
	if (at != cel.len || (found.least < 0 && found.most < 0)) {
		return false; /* says more, or something else, than the two figures could */
	}
	ages->least = found.least > ages->least ? found.least : ages->least;
	if (found.most >= 0 && (ages->most < 0 || found.most < ages->most)) {
		ages->most = found.most;
	}
	return true;
}

struct public_ages public_ages(const struct directory_service *service)
{
	struct public_ages ages = {-1, -1};
	for (size_t i = 0; i < service->eligibility.count; i++) {
		if (!service->eligibility.items[i].ask) {
			(void)ages_of(service->eligibility.items[i].cel, &ages);
		}
	}
	return ages;
}
