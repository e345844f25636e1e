/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_PARTIES_READ_H
#define ONWARD_CONFIG_PARTIES_READ_H
#include "broker/config/parties.h"
/* Within this folder: parties.yaml as it stands, in the file's order, checked as a whole. */
MUST_CHECK enum err parties_read(const char *path, struct arena *arena,
	const struct party **ret_items, size_t *ret_count, struct fault *fault);
#endif
