/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/document.h"

#include <stdarg.h>
#include <stdio.h>

enum err document_read(struct document *document, const char *path, size_t limit,
	struct arena *arena, struct fault *fault)
{
	const char *slash = strrchr(path, '/');
	*document = (struct document){
		.name = slash == NULL ? path : slash + 1, .arena = arena, .fault = fault};
	struct buf text = {0};
	struct yaml_error error;
	enum err err = buf_read_file(&text, path, limit);
	if (err != ERR_OK) {
		(void)fault_set(fault, err, path, "cannot read the file: %s", err_text(err));
		goto out;
	}
	err = yaml_parse(arena, buf_str(&text), &document->root, &error);
	if (err != ERR_OK) {
		char field[sizeof(((struct fault *)NULL)->field)];
		(void)snprintf(field, sizeof(field), "%s:%u:", document->name,
			err == ERR_MALFORMED ? error.line : 0);
		err = err == ERR_MALFORMED
			      ? fault_set(fault, ERR_CONFIG, field, "%s", error.message)
			      : fault_set(fault, err, field, "%s", err_text(err));
		goto out;
	}
	if (document->root->kind != YAML_MAP) {
		err = document_refuse(document, document->root, "a map of keys is expected here");
	}
out:
	buf_finish(&text);
	return err;
}

enum err document_refuse(
	const struct document *document, const struct yaml_node *node, const char *format, ...)
{
	char message[sizeof(((struct fault *)NULL)->message)];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	char path[YAML_FIELD_SIZE];
	yaml_path(node, path);
	char field[sizeof(((struct fault *)NULL)->field) + YAML_FIELD_SIZE];
	(void)snprintf(field, sizeof(field), "%s:%u:%s%s", document->name,
		node->key_line != 0 ? node->key_line : node->line, path[0] == '\0' ? "" : " ",
		path);
	return fault_set(document->fault, ERR_CONFIG, field, "%s", message);
}

static const char *nearest(const char *const keys[], struct str word)
{
	const char *best = NULL;
	size_t least = 4; /* further away is another word, not a slip */
	for (size_t i = 0; keys[i] != NULL; i++) {
		const size_t distance = str_distance(word, str_from(keys[i]));
		if (distance < least) {
			least = distance;
			best = keys[i];
		}
	}
	return best;
}

enum err document_check_keys(
	const struct document *document, const struct yaml_node *map, const char *const keys[])
{
	for (const struct yaml_node *node = map->first; node != NULL; node = node->next) {
		size_t i = 0;
		while (keys[i] != NULL && !str_is(node->key, keys[i])) {
			i++;
		}
		if (keys[i] == NULL) {
			const char *near = nearest(keys, node->key);
			return document_refuse(document, node,
				near == NULL ? "no such key" : "no such key; did you mean \"%s\"?",
				near == NULL ? "" : near);
		}
	}
	return ERR_OK;
}

enum err document_text(const struct document *document, const struct yaml_node *map,
	const char *key, const struct yaml_node **ret_node)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node == NULL) {
		return document_refuse(document, map, "%s is missing", key);
	}
	if (node->kind != YAML_SCALAR || node->text.len == 0) {
		return document_refuse(document, node, "one value is expected here");
	}
	*ret_node = node;
	return ERR_OK;
}

const struct yaml_node *document_next(
	const struct yaml_node *list_or_scalar, const struct yaml_node *at)
{
	if (at != NULL) {
		return list_or_scalar == at ? NULL : at->next;
	}
	if (list_or_scalar == NULL) {
		return NULL;
	}
	return list_or_scalar->kind == YAML_LIST ? list_or_scalar->first : list_or_scalar;
}

void document_quote(struct buf *out, struct str text)
{
	buf_add_text(out, "\"");
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\') {
			buf_add_text(out, "\\");
		}
		buf_append(out, text.ptr + i, 1);
	}
	buf_add_text(out, "\"");
}
