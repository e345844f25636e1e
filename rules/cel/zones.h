/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_ZONES_H
#define ONWARD_CEL_ZONES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Time zones by name ("Europe/London") from the system's zone data.  Read by a C++ compiler too,
 * so it names nothing of ours.  Safe from several threads.
 */
#ifdef __cplusplus
extern "C" {
#endif

enum {
	/* Bytes of a zone's name; the longest there is has 32. */
	CEL_ZONE_NAME_MAX = 64
};

/* Seconds to add to UTC at `seconds` (since 1970 UTC) for the time there; false when there is no
 * zone of that name.  Only names of files of the zone data are ever opened. */
bool cel_zone_offset(const char *name, size_t name_len, int64_t seconds, int32_t *ret_offset_s);

#ifdef __cplusplus
}
#endif
#endif
