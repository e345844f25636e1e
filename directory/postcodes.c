/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/hash.h"
#include "directory/postcodes_table.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CODE = 9,
	IN_USE = 1 << 16,
	AUTHORITY_MASK = 0xffff
};

struct directory_postcodes {
	const uint8_t *bytes;
	size_t size;
	const uint8_t *authorities, *outwards, *candidates, *rows;
	uint32_t authority_count, outward_count, candidate_count, row_count;
};

static uint32_t get32(const uint8_t *bytes)
{
	uint32_t number;
	memcpy(&number, bytes, sizeof(number));
	return le32toh(number);
}

static uint32_t row_at(const struct directory_postcodes *postcodes, uint32_t i)
{
	return get32(postcodes->rows + (size_t)i * POSTCODES_ROW);
}

/* A number of line i of the outward codes: 0 the code, 1 its first postcode, 2 its first candidate.
 * The line behind the last closes the lists. */
static uint32_t outward_at(const struct directory_postcodes *postcodes, uint32_t i, unsigned column)
{
	return get32(postcodes->outwards + (size_t)i * POSTCODES_OUTWARD + (size_t)column * 4);
}

static enum err damaged(const char *path, struct fault *fault)
{
	return fault_set(fault, ERR_CORRUPT, path,
		"is damaged; make it anew with `onward directory postcodes FILE.csv`");
}

/* Lists that go on where they left off and end where the tables do. */
static bool outwards_ok(const struct directory_postcodes *postcodes)
{
	const uint32_t count = postcodes->outward_count;
	for (uint32_t i = 0; i < count; i++) {
		if (outward_at(postcodes, i, 0) >= outward_at(postcodes, i + 1, 0) ||
			outward_at(postcodes, i, 1) >= outward_at(postcodes, i + 1, 1) ||
			outward_at(postcodes, i, 2) >= outward_at(postcodes, i + 1, 2)) {
			return false;
		}
	}
	return outward_at(postcodes, 0, 1) == 0 && outward_at(postcodes, 0, 2) == 0 &&
	       outward_at(postcodes, count, 1) == postcodes->row_count &&
	       outward_at(postcodes, count, 2) == postcodes->candidate_count;
}

static enum err check(struct directory_postcodes *postcodes, const char *path, struct fault *fault)
{
	const uint8_t *bytes = postcodes->bytes;
	if (postcodes->size < POSTCODES_HEADER || memcmp(bytes, POSTCODES_MAGIC, 8) != 0) {
		return fault_set(fault, ERR_CORRUPT, path, "is no file of postcodes");
	}
	if (bytes[8] != POSTCODES_VERSION) {
		return fault_set(fault, ERR_VERSION, path,
			"has format %u, this program reads %d; make it anew with `onward directory "
			"postcodes FILE.csv`",
			bytes[8], POSTCODES_VERSION);
	}
	postcodes->authority_count = get32(bytes + 16);
	postcodes->outward_count = get32(bytes + 20);
	postcodes->candidate_count = get32(bytes + 24);
	postcodes->row_count = get32(bytes + 28);
	const size_t authorities = (size_t)postcodes->authority_count * POSTCODES_AUTHORITY;
	const size_t outwards = ((size_t)postcodes->outward_count + 1) * POSTCODES_OUTWARD;
	const size_t candidates = (size_t)postcodes->candidate_count * POSTCODES_CANDIDATE;
	const size_t rows = (size_t)postcodes->row_count * POSTCODES_ROW;
	if (POSTCODES_HEADER + authorities + outwards + candidates + rows != postcodes->size ||
		hash_crc32c(0, bytes + POSTCODES_HEADER, postcodes->size - POSTCODES_HEADER) !=
			get32(bytes + 12)) {
		return damaged(path, fault);
	}
	postcodes->authorities = bytes + POSTCODES_HEADER;
	postcodes->outwards = postcodes->authorities + authorities;
	postcodes->candidates = postcodes->outwards + outwards;
	postcodes->rows = postcodes->candidates + candidates;
	return outwards_ok(postcodes) ? ERR_OK : damaged(path, fault);
}

static enum err map(
	struct directory_postcodes *postcodes, int fd, const char *path, struct fault *fault)
{
	struct stat status;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		return fault_set(fault, ERR_IO, path, "is no regular file");
	}
	if (status.st_size < POSTCODES_HEADER) {
		return damaged(path, fault);
	}
	void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED) {
		return fault_set(fault, ERR_IO, path, "cannot be mapped: %s", strerror(errno));
	}
	postcodes->bytes = bytes;
	postcodes->size = (size_t)status.st_size;
	return check(postcodes, path, fault);
}

enum err directory_postcodes_open(
	const char *path, struct directory_postcodes **ret_postcodes, struct fault *fault)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		const bool absent = errno == ENOENT;
		return fault_set(fault, absent ? ERR_NOT_FOUND : ERR_IO, path,
			absent ? "is not there; make it with `onward directory postcodes FILE.csv`"
			       : "cannot be opened");
	}
	struct directory_postcodes *postcodes = calloc(1, sizeof(*postcodes));
	const enum err err = postcodes == NULL ? ERR_NOMEM : map(postcodes, fd, path, fault);
	(void)close(fd);
	if (err != ERR_OK) {
		directory_postcodes_close(postcodes);
		return err;
	}
	*ret_postcodes = postcodes;
	return ERR_OK;
}

void directory_postcodes_close(struct directory_postcodes *postcodes)
{
	if (postcodes != NULL && postcodes->bytes != NULL) {
		union {
			const uint8_t *read;
			void *mapped;
		} bytes = {.read = postcodes->bytes};
		(void)munmap(bytes.mapped, postcodes->size);
	}
	free(postcodes);
}

size_t directory_postcodes_count(const struct directory_postcodes *postcodes)
{
	return postcodes->row_count;
}

/* Its line among the outward codes; false when there is none. */
static bool outward_find(
	const struct directory_postcodes *postcodes, uint32_t outward, uint32_t *ret_line)
{
	uint32_t low = 0;
	uint32_t high = postcodes->outward_count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (outward_at(postcodes, middle, 0) < outward) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*ret_line = low;
	return low < postcodes->outward_count && outward_at(postcodes, low, 0) == outward;
}

static bool authority_at(
	const struct directory_postcodes *postcodes, uint32_t position, struct str *ret_code)
{
	if (position >= postcodes->authority_count) {
		return false;
	}
	const uint8_t *code = postcodes->authorities + (size_t)position * POSTCODES_AUTHORITY;
	*ret_code = (struct str){(const char *)code, CODE};
	return true;
}

bool directory_postcodes_have(const struct directory_postcodes *postcodes, struct str code)
{
	for (uint32_t i = 0; i < postcodes->authority_count; i++) {
		struct str known;
		if (authority_at(postcodes, i, &known) && str_equal(known, code)) {
			return true;
		}
	}
	return false;
}

bool directory_postcodes_find(const struct directory_postcodes *postcodes,
	const struct directory_postcode *postcode, struct directory_postcode_place *ret_place)
{
	uint32_t line;
	if (postcode->inward < 0 || !outward_find(postcodes, postcode->outward, &line)) {
		return false;
	}
	const uint32_t inward = (uint32_t)postcode->inward;
	uint32_t low = outward_at(postcodes, line, 1);
	const uint32_t end = outward_at(postcodes, line + 1, 1);
	uint32_t high = end;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (row_at(postcodes, middle) >> 17 < inward) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	const uint32_t row = low < end ? row_at(postcodes, low) : 0;
	struct directory_postcode_place place = {.ended = (row & IN_USE) == 0, .count = 1};
	if (low == end || row >> 17 != inward ||
		!authority_at(postcodes, row & AUTHORITY_MASK, &place.code)) {
		return false;
	}
	*ret_place = place;
	return true;
}

size_t directory_postcodes_candidates(const struct directory_postcodes *postcodes,
	const struct directory_postcode *postcode, struct directory_postcode_place *ret_places,
	size_t most)
{
	uint32_t line;
	size_t count = 0;
	if (!outward_find(postcodes, postcode->outward, &line)) {
		return 0;
	}
	const uint32_t end = outward_at(postcodes, line + 1, 2);
	for (uint32_t i = outward_at(postcodes, line, 2); i < end; i++) {
		const uint8_t *bytes = postcodes->candidates + (size_t)i * POSTCODES_CANDIDATE;
		struct directory_postcode_place place = {.count = get32(bytes + 4)};
		if (!authority_at(postcodes, get32(bytes), &place.code)) {
			continue;
		}
		if (count < most) {
			ret_places[count] = place;
		}
		count++;
	}
	return count;
}
