/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_INVENT_H
#define ONWARD_TESTS_BENCH_INVENT_H
#include "directory/directory.h"
/*
 * Invented services, as wide and as many-sided as those that councils and charities enter: ten to
 * an organisation, each in 1 to 15 authorities, with two to five clauses of some dozen kinds, a
 * window, capacity, opening hours, a description of its own and an agreement of a handful.
 */

/* The files of an area "invented", sorted; the caller finishes them.  `first`: the number of the
 * first service, so that others can be told apart. */
void invent_files(size_t first, size_t services, struct directory_files *ret_files);
/* The same below a folder that exists. */
void invent_write(size_t first, size_t services, const char *root);
#endif
