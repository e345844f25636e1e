/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_DOCUMENT_H
#define ONWARD_CONFIG_DOCUMENT_H
#include "broker/base/buf.h"
#include "broker/base/yaml.h"
/* One configuration file while it is read: what onward.yaml and parties.yaml have in common. */
struct document {
	const char *name; /* the file's own name, without folders; borrowed from the path */
	const struct yaml_node *root; /* a map */
	struct arena *arena;
	struct fault *fault; /* may be NULL */
};

/* Reads and parses; the tree is in `arena`.  ERR_NOT_FOUND, ERR_IO, ERR_CONFIG. */
MUST_CHECK enum err document_read(struct document *document, const char *path, size_t limit,
	struct arena *arena, struct fault *fault);
/* Fills the fault with "FILE:LINE: PATH" of the node; returns ERR_CONFIG. */
enum err document_refuse(const struct document *document, const struct yaml_node *node,
	const char *format, ...) PRINTF_LIKE(3, 4);
/* Refuses a key of `map` that is not among `keys` (NULL-terminated) and names the nearest one. */
MUST_CHECK enum err document_check_keys(
	const struct document *document, const struct yaml_node *map, const char *const keys[]);
/* The scalar member; ERR_CONFIG when it is absent or no scalar. */
MUST_CHECK enum err document_text(const struct document *document, const struct yaml_node *map,
	const char *key, const struct yaml_node **ret_node);
/* A list, or one scalar that stands for a list of one: walks with *at (start: NULL). */
const struct yaml_node *document_next(
	const struct yaml_node *list_or_scalar, const struct yaml_node *at);
/* Appends `text` in double quotes, escaped for YAML. */
void document_quote(struct buf *out, struct str text);
#endif
