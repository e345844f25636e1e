/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_HOME_PARTIES_H
#define ONWARD_CLI_HOME_PARTIES_H
#include "broker/config/home.h"
/* The keys and parties of a new home: in rehearsal one of each kind the area has, and everybody a
 * service is delivered to; live the operator alone. */
MUST_CHECK enum err home_parties_make(const char *home, bool rehearsal, size_t *ret_parties,
	size_t *ret_services, struct fault *fault);
#endif
