/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_PROBLEMS_H
#define ONWARD_NET_PROBLEMS_H
#include "directory/directory.h"
/* What is wrong with a directory, told to people: "FILE:LINE: FIELD" and a sentence. */
void problems_log(const struct directory_problems *problems);
/* The first one, for a reply, and where to find the others; the fault is left alone when there is
 * none. */
void problems_first(
	const struct directory_problems *problems, const char *others, struct fault *fault);
#endif
