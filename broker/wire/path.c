/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/path.h"

#include <stdio.h>

enum {
	/* Bytes of one key that are shown: longer than any key of ours. */
	PATH_KEY_SHOWN = 40
};

static void text_append(char out[PATH_TEXT_SIZE], char c)
{
	const size_t len = strlen(out);
	if (len + 1 < PATH_TEXT_SIZE) {
		out[len] = c;
		out[len + 1] = '\0';
	}
}

static bool is_shown(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

static void key_append(char out[PATH_TEXT_SIZE], struct str key)
{
	if (out[0] != '\0') {
		text_append(out, '.');
	}
	for (size_t i = 0; i < key.len && i < PATH_KEY_SHOWN; i++) {
		text_append(out, is_shown(key.ptr[i]) ? key.ptr[i] : '?');
	}
}

/* Recursion as deep as the document, which its reader bounds. */
static void step_append(const struct path *path, char out[PATH_TEXT_SIZE])
{
	if (path == NULL) {
		return;
	}
	step_append(path->parent, out);
	if (path->is_index) {
		char index[24];
		(void)snprintf(index, sizeof(index), "[%zu]", path->index);
		for (const char *c = index; *c != '\0'; c++) {
			text_append(out, *c);
		}
	} else {
		key_append(out, path->key);
	}
}

void path_format(const struct path *path, char out[PATH_TEXT_SIZE])
{
	out[0] = '\0';
	step_append(path, out);
}
