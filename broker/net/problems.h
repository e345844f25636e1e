/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_PROBLEMS_H
#define ONWARD_NET_PROBLEMS_H
#include "broker/core/core.h"
/* What is wrong with a directory, told to people: "FILE:LINE: FIELD" and a sentence. */
void problems_log(const struct directory_problems *problems);
/* The first one, for a reply, and where to find the others; the fault is left alone when there is
 * none. */
void problems_first(
	const struct directory_problems *problems, const char *others, struct fault *fault);
/* At a start, to the log: what this release finds wrong with the version in force, and, once the
 * home's files had their chance, that the broker goes on without a directory.  Nothing when it can
 * be used. */
void problems_in_force(struct core *core);
void problems_none_in_force(struct core *core);
#endif
