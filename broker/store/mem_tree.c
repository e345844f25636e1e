/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/mem_tree.h"

#include "broker/base/hash.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

struct mem_pair {
	atomic_size_t holds;
	size_t key_len;
	size_t value_len;
	char bytes[]; /* the key, then the value */
};

struct mem_node {
	atomic_size_t holds;
	uint32_t priority;
	struct mem_pair *pair;
	struct mem_node *left;
	struct mem_node *right;
};

static struct str pair_key(const struct mem_pair *pair)
{
	return (struct str){pair->bytes, pair->key_len};
}

static struct str pair_value(const struct mem_pair *pair)
{
	return (struct str){pair->bytes + pair->key_len, pair->value_len};
}

static uint64_t pair_cost(const struct mem_pair *pair)
{
	return pair->key_len + pair->value_len + MEM_PAIR_BYTES;
}

static struct mem_pair *pair_new(struct str key, struct str value)
{
	struct mem_pair *pair = malloc(sizeof(*pair) + key.len + value.len);
	if (pair == NULL) {
		return NULL;
	}
	atomic_init(&pair->holds, 1);
	pair->key_len = key.len;
	pair->value_len = value.len;
	memcpy(pair->bytes, key.ptr, key.len);
	if (value.len > 0) {
		memcpy(pair->bytes + key.len, value.ptr, value.len);
	}
	return pair;
}

static void pair_release(struct mem_pair *pair)
{
	if (atomic_fetch_sub(&pair->holds, 1) == 1) {
		free(pair);
	}
}

static struct mem_node *node_hold(struct mem_node *node)
{
	if (node != NULL) {
		(void)atomic_fetch_add(&node->holds, 1);
	}
	return node;
}

/* Recursion is as deep as the tree: a few dozen. */
static void node_release(struct mem_node *node)
{
	if (node != NULL && atomic_fetch_sub(&node->holds, 1) == 1) {
		node_release(node->left);
		node_release(node->right);
		pair_release(node->pair);
		free(node);
	}
}

/* Takes over the caller's hold on `pair`. */
static struct mem_node *node_new(struct mem_pair *pair, uint32_t priority)
{
	struct mem_node *node = malloc(sizeof(*node));
	if (node == NULL) {
		return NULL;
	}
	atomic_init(&node->holds, 1);
	node->priority = priority;
	node->pair = pair;
	node->left = NULL;
	node->right = NULL;
	return node;
}

/* Makes *link a node that no other version reaches.  The links above it are so already. */
static bool node_own(struct mem_node **link)
{
	struct mem_node *shared = *link;
	if (atomic_load(&shared->holds) == 1) {
		return true;
	}
	struct mem_node *own = node_new(shared->pair, shared->priority);
	if (own == NULL) {
		return false;
	}
	(void)atomic_fetch_add(&own->pair->holds, 1);
	own->left = node_hold(shared->left);
	own->right = node_hold(shared->right);
	*link = own;
	node_release(shared);
	return true;
}

/* The left child comes up; both nodes are owned. */
static void rotate_right(struct mem_node **link)
{
	struct mem_node *node = *link;
	struct mem_node *up = node->left;
	node->left = up->right;
	up->right = node;
	*link = up;
}

static void rotate_left(struct mem_node **link)
{
	struct mem_node *node = *link;
	struct mem_node *up = node->right;
	node->right = up->left;
	up->left = node;
	*link = up;
}

static bool node_insert(struct mem_node **link, struct mem_node *fresh)
{
	if (*link == NULL) {
		*link = fresh;
		return true;
	}
	if (!node_own(link)) {
		return false;
	}
	struct mem_node *node = *link;
	if (str_compare(pair_key(fresh->pair), pair_key(node->pair)) < 0) {
		if (!node_insert(&node->left, fresh)) {
			return false;
		}
		if (node->left->priority > node->priority) {
			rotate_right(link);
		}
	} else {
		if (!node_insert(&node->right, fresh)) {
			return false;
		}
		if (node->right->priority > node->priority) {
			rotate_left(link);
		}
	}
	return true;
}

/* The link to the node of `key`, which is there, every node on the way owned; NULL: no memory. */
static struct mem_node **node_reach(struct mem_node **link, struct str key)
{
	while (node_own(link)) {
		const int order = str_compare(key, pair_key((*link)->pair));
		if (order == 0) {
			return link;
		}
		link = order < 0 ? &(*link)->left : &(*link)->right;
		assert(*link != NULL);
	}
	return NULL;
}

/* Turns the node down until it has at most one child, then takes it out. */
static bool node_remove(struct mem_node **link)
{
	struct mem_node *node = *link;
	while (node->left != NULL && node->right != NULL) {
		if (node->left->priority > node->right->priority) {
			if (!node_own(&node->left)) {
				return false;
			}
			rotate_right(link);
			link = &(*link)->right;
		} else {
			if (!node_own(&node->right)) {
				return false;
			}
			rotate_left(link);
			link = &(*link)->left;
		}
	}
	*link = node->left != NULL ? node->left : node->right;
	node->left = NULL;
	node->right = NULL;
	node_release(node);
	return true;
}

static const struct mem_pair *tree_find(const struct mem_tree *tree, struct str key)
{
	const struct mem_node *node = tree->root;
	while (node != NULL) {
		const int order = str_compare(key, pair_key(node->pair));
		if (order == 0) {
			return node->pair;
		}
		node = order < 0 ? node->left : node->right;
	}
	return NULL;
}

struct mem_tree mem_tree_share(const struct mem_tree *tree)
{
	struct mem_tree again = *tree;
	again.root = node_hold(tree->root);
	return again;
}

void mem_tree_release(struct mem_tree *tree)
{
	node_release(tree->root);
	*tree = (struct mem_tree){0};
}

bool mem_tree_get(const struct mem_tree *tree, struct str key, struct str *ret_value)
{
	const struct mem_pair *pair = tree_find(tree, key);
	if (pair != NULL) {
		*ret_value = pair_value(pair);
	}
	return pair != NULL;
}

enum err mem_tree_put(struct mem_tree *tree, struct str key, struct str value)
{
	const struct mem_pair *old = tree_find(tree, key);
	struct mem_pair *pair = pair_new(key, value);
	if (pair == NULL) {
		return ERR_NOMEM;
	}
	if (old != NULL) {
		struct mem_node **link = node_reach(&tree->root, key);
		if (link == NULL) {
			pair_release(pair);
			return ERR_NOMEM;
		}
		tree->bytes += pair_cost(pair) - pair_cost(old);
		pair_release((*link)->pair);
		(*link)->pair = pair;
		return ERR_OK;
	}
	struct mem_node *fresh = node_new(pair, hash_crc32c(0, key.ptr, key.len));
	if (fresh == NULL) {
		pair_release(pair);
		return ERR_NOMEM;
	}
	if (!node_insert(&tree->root, fresh)) {
		node_release(fresh);
		return ERR_NOMEM;
	}
	tree->bytes += pair_cost(pair);
	tree->entries++;
	return ERR_OK;
}

enum err mem_tree_del(struct mem_tree *tree, struct str key)
{
	const struct mem_pair *old = tree_find(tree, key);
	if (old == NULL) {
		return ERR_NOT_FOUND;
	}
	const uint64_t cost = pair_cost(old);
	struct mem_node **link = node_reach(&tree->root, key);
	if (link == NULL || !node_remove(link)) {
		return ERR_NOMEM;
	}
	tree->bytes -= cost;
	tree->entries--;
	return ERR_OK;
}

static bool answer(const struct mem_node *best, struct str *ret_key, struct str *ret_value)
{
	if (best != NULL) {
		*ret_key = pair_key(best->pair);
		*ret_value = pair_value(best->pair);
	}
	return best != NULL;
}

bool mem_tree_next(const struct mem_tree *tree, struct str from, bool after, struct str *ret_key,
	struct str *ret_value)
{
	const struct mem_node *best = NULL;
	const struct mem_node *node = tree->root;
	while (node != NULL) {
		const int order = str_compare(pair_key(node->pair), from);
		if (order > 0 || (order == 0 && !after)) {
			best = node;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return answer(best, ret_key, ret_value);
}

bool mem_tree_prev(
	const struct mem_tree *tree, struct str before, struct str *ret_key, struct str *ret_value)
{
	const struct mem_node *best = NULL;
	const struct mem_node *node = tree->root;
	while (node != NULL) {
		if (str_compare(pair_key(node->pair), before) < 0) {
			best = node;
			node = node->right;
		} else {
			node = node->left;
		}
	}
	return answer(best, ret_key, ret_value);
}
