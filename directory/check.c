/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/check.h"

#include <stdlib.h>

/* The part of a path that leads to `node` and ends where the path does, or a step begins. */
static bool leads_to(struct str path, const struct yaml_node *node)
{
	char here[YAML_FIELD_SIZE];
	yaml_path(node, here);
	const struct str at = str_from(here);
	return str_has_prefix(path, at) &&
	       (path.len == at.len || path.ptr[at.len] == '.' || path.ptr[at.len] == '[');
}

unsigned directory_line_of(const struct yaml_node *root, struct str field)
{
	const struct yaml_node *node = root;
	const struct yaml_node *next = root->first;
	while (next != NULL) {
		if (leads_to(field, next)) {
			node = next;
			next = node->first;
		} else {
			next = next->next;
		}
	}
	return node->key_line == 0 ? node->line : node->key_line;
}

static int path_order(const void *path, const void *file)
{
	return str_compare(*(const struct str *)path, ((const struct directory_file *)file)->path);
}

const struct directory_file *directory_file_find(
	const struct directory_files *files, struct str path)
{
	return files->count == 0 ? NULL
				 : bsearch(&path, files->items, files->count, sizeof(*files->items),
					   path_order);
}
