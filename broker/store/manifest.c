/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/manifest.h"

#include <inttypes.h>

#define MANIFEST_FAMILY "onward-backup "
#define MANIFEST_FIRST MANIFEST_FAMILY "1\n"

void manifest_init(struct manifest *manifest)
{
	*manifest = (struct manifest){.files = 0};
	buf_add_text(&manifest->text, MANIFEST_FIRST);
}

void manifest_finish(struct manifest *manifest)
{
	buf_finish(&manifest->text);
}

void manifest_add(
	struct manifest *manifest, const char *path, uint64_t size, const uint8_t hash[HASH_SIZE])
{
	char hex[2 * HASH_SIZE + 1];
	(void)sodium_bin2hex(hex, sizeof(hex), hash, HASH_SIZE);
	buf_printf(&manifest->text, "%s %" PRIu64 " %s\n", hex, size, path);
	manifest->files++;
	manifest->bytes += size;
}

bool manifest_path_ok(const char *path)
{
	const struct str whole = str_from(path);
	if (whole.len == 0 || whole.len >= MANIFEST_PATH_BYTES) {
		return false;
	}
	const char *step = path;
	for (const char *at = path;; at++) {
		if (*at == '/' || *at == '\0') {
			const struct str name = {step, (size_t)(at - step)};
			if (name.len == 0 || str_is(name, ".") || str_is(name, "..")) {
				return false;
			}
			step = at + 1;
		}
		if (*at == '\0') {
			break;
		}
		if ((unsigned char)*at < 0x20 || *at == 0x7f) {
			return false;
		}
	}
	return str_is(whole, "onward.yaml") || str_is(whole, "parties.yaml") ||
	       str_is(whole, "store/data.mdb") || str_is(whole, "store/slots") ||
	       str_has_prefix(whole, STR("keys/")) || str_has_prefix(whole, STR("directory/"));
}

static struct str line_at(struct str text, size_t at)
{
	const char *start = text.ptr + at;
	const char *end = memchr(start, '\n', text.len - at);
	return (struct str){start, end == NULL ? text.len - at : (size_t)(end - start)};
}

enum err manifest_compare(const struct manifest *manifest, struct str text, struct fault *fault)
{
	const struct str own = buf_str(&manifest->text);
	if (!str_has_prefix(text, STR(MANIFEST_FAMILY))) {
		return fault_set(
			fault, ERR_CORRUPT, MANIFEST_NAME, "this is no manifest of a backup");
	}
	if (!str_has_prefix(text, STR(MANIFEST_FIRST))) {
		return fault_set(fault, ERR_VERSION, MANIFEST_NAME,
			"the backup was written by a newer version");
	}
	if (str_equal(own, text)) {
		return ERR_OK;
	}
	size_t at = 0;
	while (at < own.len && at < text.len) {
		const struct str mine = line_at(own, at);
		const struct str theirs = line_at(text, at);
		if (!str_equal(mine, theirs)) {
			break;
		}
		at += mine.len + 1;
	}
	if (at >= own.len || at >= text.len) {
		return fault_set(fault, ERR_CORRUPT, MANIFEST_NAME,
			"the backup does not hold the files that its manifest names");
	}
	/* Behind hash and size, the name of the file that was found there. */
	const struct str line = line_at(own, at);
	const char *space = memrchr(line.ptr, ' ', line.len);
	const size_t skip = space == NULL ? 0 : (size_t)(space - line.ptr) + 1;
	return fault_set(fault, ERR_CORRUPT, MANIFEST_NAME,
		"the file %.*s is not what the manifest says", (int)(line.len - skip),
		line.ptr + skip);
}
