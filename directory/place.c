/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/place.h"

struct place place_of(struct str path)
{
	struct place place = {.kind = FILE_MISPLACED};
	const struct str suffix = STR(".yaml");
	const struct str services = STR("services/");
	const struct str organisations = STR("organisations/");
	const char *slash = path.len == 0 ? NULL : memchr(path.ptr, '/', path.len);
	if (slash == NULL) {
		return place;
	}
	place.area = (struct str){path.ptr, (size_t)(slash - path.ptr)};
	struct str rest = {slash + 1, path.len - place.area.len - 1};
	if (str_is(rest, "area.yaml")) {
		place.kind = FILE_AREA;
		return place;
	}
	const bool service = str_has_prefix(rest, services);
	if (!service && !str_has_prefix(rest, organisations)) {
		return place;
	}
	const size_t folder = service ? services.len : organisations.len;
	rest = (struct str){rest.ptr + folder, rest.len - folder};
	if (rest.len > suffix.len &&
		memcmp(rest.ptr + rest.len - suffix.len, suffix.ptr, suffix.len) == 0) {
		place.kind = service ? FILE_SERVICE : FILE_ORGANISATION;
		place.stem = (struct str){rest.ptr, rest.len - suffix.len};
	}
	return place;
}
