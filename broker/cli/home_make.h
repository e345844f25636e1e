/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_HOME_MAKE_H
#define ONWARD_CLI_HOME_MAKE_H
#include "broker/config/config.h"
#include "broker/config/home.h"
/* Making a home: folders, configuration, directory files, keys and parties. */

enum {
	HOME_AREAS_MAX = 32
};

struct home_plan {
	const char *home; /* does not exist, or is an empty folder */
	const char *data; /* the folder that holds the areas */
	struct str areas[HOME_AREAS_MAX];
	size_t area_count;
	bool rehearsal;
	const char *listen; /* HOST:PORT, or NULL */
};

struct home_made {
	size_t parties, services;
};

/* Where the directory's data stands: beside an installed executable, in the build tree, or in
 * $ONWARD_DATA.  ERR_NOT_FOUND. */
MUST_CHECK enum err home_data_find(char out[HOME_PATH_SIZE]);
/* ERR_EXISTS: the folder is not empty; ERR_INVALID: no such area; ERR_USAGE: listen; ERR_IO. What
 * was made before a failure stays, to be looked at. */
MUST_CHECK enum err home_make(
	const struct home_plan *plan, struct home_made *ret_made, struct fault *fault);
#endif
