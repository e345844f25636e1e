/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_YAML_H
#define ONWARD_DIRECTORY_YAML_H
#include "broker/base/arena.h"
/*
 * One YAML file as a tree that knows its lines: the only place that meets libfyaml.  What a
 * directory never needs is refused rather than understood: anchors, aliases, tags, several
 * documents, keys that are not text, doubled keys, control characters.
 */
enum {
	YAML_LIMIT_DEPTH = 8,       /* lists and maps within each other; a service needs 4 */
	YAML_LIMIT_KEYS = 64,       /* of one map; a service has 30 */
	YAML_LIMIT_ELEMENTS = 8192, /* keys and values of one file */
	YAML_FIELD_SIZE = 160,      /* a path such as "eligibility[1].cel" */
};

enum yaml_kind {
	YAML_SCALAR,
	YAML_LIST,
	YAML_MAP,
};

/* Lives in the arena it was parsed into. */
struct yaml_node {
	enum yaml_kind kind;
	unsigned line; /* 1-based, where the value starts */
	bool plain;    /* a scalar without quotes on one line: may be a number, true or false */
	bool literal;  /* a `|` scalar: line n of the text is line + n - 1 of the file */
	struct str text;
	struct str key; /* within a map */
	unsigned key_line;
	size_t index; /* within a list or map, from 0 */
	size_t count; /* of a list or map */
	const struct yaml_node *parent, *first, *next;
};

struct yaml_error {
	unsigned line;
	char message[200];
};

/* ERR_MALFORMED with *ret_error filled (also for limits), ERR_NOMEM. */
MUST_CHECK enum err yaml_parse(struct arena *arena, struct str bytes,
	const struct yaml_node **ret_root, struct yaml_error *ret_error);
/* NULL when `map` is no map or has no such key. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* "eligibility[1].cel"; empty for the root. */
void yaml_path(const struct yaml_node *node, char out[YAML_FIELD_SIZE]);
#endif
