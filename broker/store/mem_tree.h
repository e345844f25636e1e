/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_MEM_TREE_H
#define ONWARD_STORE_MEM_TREE_H
#include "broker/base/err.h"
#include "broker/base/str.h"
/*
 * Inside store_mem only: an ordered map that keeps its older versions.
 *
 * A treap (a search tree by key, a heap by a hash of the key) whose nodes and pairs count their
 * references.  A write copies the nodes on its way that another version shares and changes in place
 * those that only this version reaches; so a version is cheap to take, stays as it was, and an
 * abort is forgetting the new one.  The shape depends on the keys alone: runs repeat.
 */
struct mem_node;
struct mem_tree {
	struct mem_node *root;
	uint64_t bytes; /* keys, values and MEM_PAIR_BYTES a pair */
	uint64_t entries;
};

enum {
	MEM_PAIR_BYTES = 64 /* what a pair costs beside its bytes, roughly */
};

/* A second hold on the same content; each is released on its own. */
struct mem_tree mem_tree_share(const struct mem_tree *tree);
void mem_tree_release(struct mem_tree *tree);
/* The value of `key`; false when there is none.  Borrowed until the tree's next write. */
bool mem_tree_get(const struct mem_tree *tree, struct str key, struct str *ret_value);
/* ERR_NOMEM: the tree is still well formed and holds its old content. */
enum err mem_tree_put(struct mem_tree *tree, struct str key, struct str value);
enum err mem_tree_del(struct mem_tree *tree, struct str key); /* ERR_NOT_FOUND, ERR_NOMEM */
/* The first pair at or after (`after`: only after) `from`; the last one before `before`. */
bool mem_tree_next(const struct mem_tree *tree, struct str from, bool after, struct str *ret_key,
	struct str *ret_value);
bool mem_tree_prev(
	const struct mem_tree *tree, struct str before, struct str *ret_key, struct str *ret_value);
#endif
