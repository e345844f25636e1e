/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/zones.h"

#include <cctz/time_zone.h>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/stat.h>

/* The one place that knows CCTZ.  Built without exceptions and run-time types. */

/* Letters, digits, and the few signs that zones are named with: so nothing climbs out of the
 * folder, and none of CCTZ's own names ("localtime", "Fixed/…", an absolute path) is reached. */
static bool name_is_plain(const char *name, size_t len)
{
	static const char MACHINE[] = "localtime"; /* a link to what this machine is set to */
	if (len == 0 || len > CEL_ZONE_NAME_MAX || name[0] == '/' || name[0] == '-' ||
		(len == sizeof(MACHINE) - 1 && std::memcmp(name, MACHINE, len) == 0)) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		const char c = name[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && !(c >= '0' && c <= '9') && c != '/' && c != '_' && c != '-' &&
			c != '+') {
			return false;
		}
	}
	return true;
}

/* CCTZ remembers every name it was ever asked for, so it is asked only for those that exist: what
 * an expression makes up cannot fill the memory. */
static bool zone_exists(const std::string &name)
{
	const char *folder = std::getenv("TZDIR");
	const std::string path =
		(folder == nullptr ? std::string("/usr/share/zoneinfo") : std::string(folder)) +
		"/" + name;
	struct stat status;
	return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

static bool zone_load(const char *name, size_t name_len, cctz::time_zone *ret_zone)
{
	if (!name_is_plain(name, name_len)) {
		return false;
	}
	const std::string text(name, name_len);
	return zone_exists(text) && cctz::load_time_zone(text, ret_zone);
}

/* A clause asks for the same zone again and again: the last one of each thread stays at hand, so
 * that asking takes neither memory nor a look at the disk.  Zones themselves live for ever. */
struct last_zone {
	char name[CEL_ZONE_NAME_MAX];
	size_t name_len;
	cctz::time_zone zone;
};

bool cel_zone_offset(const char *name, size_t name_len, int64_t seconds, int32_t *ret_offset_s)
{
	static thread_local last_zone last;
	if (name_len == 0 || name_len != last.name_len ||
		std::memcmp(name, last.name, name_len) != 0) {
		cctz::time_zone zone;
		if (!zone_load(name, name_len, &zone)) {
			return false;
		}
		last.zone = zone;
		last.name_len = name_len;
		std::memcpy(last.name, name, name_len);
	}
	const cctz::time_point<cctz::seconds> when{cctz::seconds(seconds)};
	*ret_offset_s = last.zone.lookup(when).offset;
	return true;
}
