/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_PARTS_H
#define ONWARD_DIRECTORY_PARTS_H
#include "directory/reader.h"
/* Internal to directory/: the kinds of file, the checks over them, the index. */

/* Each reads one file's tree; what is wrong goes to reader->problems. */
void area_read(struct reader *reader, const struct yaml_node *root, struct directory_area *area);
void organisation_read(struct reader *reader, const struct yaml_node *root,
	struct directory_organisation *organisation);
void service_read(
	struct reader *reader, const struct yaml_node *root, struct directory_service *service);
/* A list of codes or names as sorted codes; false, with a problem, when it is no list. */
bool authorities_read(
	struct reader *reader, const struct yaml_node *node, struct directory_list *ret_list);
void clauses_read(struct reader *reader, const struct yaml_node *node, bool cohort,
	struct directory_clauses *ret_clauses);

void clocks_read(
	struct reader *reader, const struct yaml_node *node, struct directory_clocks *ret_clocks);

/* `capacity:` and what it means by the day. */
void capacity_read(
	struct reader *reader, const struct yaml_node *node, struct directory_service *service);
/* `capacity` is its node, or NULL. */
void capacity_check(struct reader *reader, const struct yaml_node *capacity,
	const struct directory_service *service);
/* The first day on which they give the pool that they share different room; false: there is none.
 * INT32_MIN: always, but for overrides. */
bool capacity_pools_differ(
	const struct directory_service *a, const struct directory_service *b, date_days *ret_date);

/* Checks of one service as a whole; `root` gives the lines. */
void service_check(
	struct reader *reader, const struct yaml_node *root, struct directory_service *service);
/* Codes that do not hold while the contract runs are problems; a code that took another's place,
 * or gave it up, while it runs is added to service->authorities. */
void area_codes_check(
	struct reader *reader, const struct yaml_node *root, struct directory_service *service);
/* `root` is the service's. */
void agreement_check(struct reader *reader, const struct yaml_node *root,
	const struct yaml_node *list, const struct directory_service *service);
/* Where in its file a service says what services are compared by. */
struct service_lines {
	unsigned id, window, capacity, successor;
};
/* Checks between services, over the sorted directory: shared pools, contracts entered twice,
 * successors.  `lines[i]` are those of service i. */
void services_check(struct reader *reader, const struct service_lines *lines);
/* Every successor is another service of the directory, and no chain of them comes back. */
void successors_check(struct reader *reader, const struct service_lines *lines);

struct directory_index {
	const uint32_t **at; /* by position in the table of authorities */
	size_t *counts;
	const uint32_t *not_stated;
	size_t not_stated_count;
};
/* ERR_NOMEM. */
MUST_CHECK enum err index_build(struct directory *directory);
#endif
