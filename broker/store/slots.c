/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/slots.h"

#include "broker/base/buf.h"
#include "broker/base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BLOCK_BYTES = SLOT_BLOCK * SLOT_SIZE
};
/* Above what any broker could ever see; keeps a damaged number from filling the disk. */
static const uint64_t slot_limit = (uint64_t)1 << 32;
static const char slot_magic[8] = "ONWSLOT";

struct payload_slots {
	int fd;
	bool read_only;
	pthread_rwlock_t lock; /* readers: key; writers: reserve, erase */
	uint64_t count;        /* slots in the file and flushed; guarded by the lock */
};

static void write_u32(uint8_t *out, uint32_t number)
{
	for (int i = 0; i < 4; i++) {
		out[i] = (uint8_t)(number >> (8 * i));
	}
}

static uint32_t read_u32(const uint8_t *in)
{
	return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
	       (uint32_t)in[3] << 24;
}

static off_t slot_offset(uint64_t slot)
{
	return (off_t)((slot + 1) * SLOT_SIZE);
}

static enum err read_all(int fd, void *out, size_t len, off_t at)
{
	for (size_t done = 0; done < len;) {
		const ssize_t got = pread(fd, (char *)out + done, len - done, at + (off_t)done);
		if (got == 0) {
			return ERR_CORRUPT;
		}
		if (got < 0 && errno != EINTR) {
			return ERR_IO;
		}
		done += got > 0 ? (size_t)got : 0;
	}
	return ERR_OK;
}

static enum err write_all(int fd, const void *bytes, size_t len, off_t at)
{
	for (size_t done = 0; done < len;) {
		const ssize_t put =
			pwrite(fd, (const char *)bytes + done, len - done, at + (off_t)done);
		if (put < 0 && errno != EINTR) {
			return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL
										    : ERR_IO;
		}
		done += put > 0 ? (size_t)put : 0;
	}
	return ERR_OK;
}

static uint32_t cell_sum(uint64_t slot, const uint8_t cell[SLOT_SIZE])
{
	uint8_t number[8];
	write_u32(number, (uint32_t)slot);
	write_u32(number + 4, (uint32_t)(slot >> 32));
	uint32_t sum = hash_crc32c(0, number, sizeof(number));
	sum = hash_crc32c(sum, cell, 4);
	return hash_crc32c(sum, cell + 8, SLOT_SIZE - 8);
}

/* A cell in that state with random bytes for a key. */
static void cell_make(uint64_t slot, enum slot_state state, uint8_t out[SLOT_SIZE])
{
	memset(out, 0, SLOT_SIZE);
	write_u32(out, (uint32_t)state);
	randombytes_buf(out + 8, SLOT_KEY_SIZE);
	write_u32(out + 4, cell_sum(slot, out));
}

static enum err cell_check(uint64_t slot, const uint8_t cell[SLOT_SIZE])
{
	if (sodium_is_zero(cell, SLOT_SIZE)) {
		return ERR_NOT_FOUND;
	}
	if (read_u32(cell + 4) != cell_sum(slot, cell)) {
		return ERR_CORRUPT;
	}
	switch ((enum slot_state)read_u32(cell)) {
	case SLOT_LIVE:
		return ERR_OK;
	case SLOT_ERASED:
		return ERR_NOT_FOUND;
	case SLOT_EMPTY:
	default:
		return ERR_CORRUPT;
	}
}

/* Fills the never-written cells of the block that starts at `first`, or all of it when `fresh`. */
static enum err block_write(struct payload_slots *slots, uint64_t first, bool fresh)
{
	uint8_t *block = calloc(1, BLOCK_BYTES);
	if (block == NULL) {
		return ERR_NOMEM;
	}
	bool changed = fresh;
	enum err err = fresh ? ERR_OK : read_all(slots->fd, block, BLOCK_BYTES, slot_offset(first));
	for (size_t i = 0; err == ERR_OK && i < SLOT_BLOCK; i++) {
		uint8_t *cell = block + i * SLOT_SIZE;
		if (sodium_is_zero(cell, SLOT_SIZE)) {
			cell_make(first + i, SLOT_LIVE, cell);
			changed = true;
		}
	}
	if (err == ERR_OK && changed) {
		err = write_all(slots->fd, block, BLOCK_BYTES, slot_offset(first));
		if (err == ERR_OK && fsync(slots->fd) != 0) {
			err = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
		}
	}
	sodium_memzero(block, BLOCK_BYTES);
	free(block);
	if (err != ERR_OK && fresh) {
		/* Half a block is ignored anyhow; the room may be wanted. */
		(void)(ftruncate(slots->fd, slot_offset(first)) == 0);
	}
	return err;
}

/* Whole blocks in the file. */
static enum err slots_count(int fd, uint64_t *ret_count)
{
	struct stat file;
	if (fstat(fd, &file) != 0) {
		return ERR_IO;
	}
	const uint64_t cells = (uint64_t)file.st_size / SLOT_SIZE;
	*ret_count = cells == 0 ? 0 : (cells - 1) / SLOT_BLOCK * SLOT_BLOCK;
	return ERR_OK;
}

static enum err header_create(const char *path)
{
	char cell[SLOT_SIZE] = {0};
	memcpy(cell, slot_magic, sizeof(slot_magic));
	uint8_t numbers[8];
	write_u32(numbers, SLOT_VERSION);
	write_u32(numbers + 4, SLOT_SIZE);
	memcpy(cell + sizeof(slot_magic), numbers, sizeof(numbers));
	return buf_write_file((struct str){cell, sizeof(cell)}, path, 0600);
}

static enum err header_check(int fd, const char *path, struct fault *fault)
{
	uint8_t cell[SLOT_SIZE];
	const enum err err = read_all(fd, cell, sizeof(cell), 0);
	if (err != ERR_OK) {
		return fault_set(fault, err, path, "the file of keys cannot be read");
	}
	if (memcmp(cell, slot_magic, sizeof(slot_magic)) != 0) {
		return fault_set(fault, ERR_CORRUPT, path, "this is not a file of keys");
	}
	const uint32_t version = read_u32(cell + 8);
	if (version > SLOT_VERSION) {
		return fault_set(fault, ERR_VERSION, path,
			"the file of keys has format %" PRIu32 ", this version knows %d", version,
			SLOT_VERSION);
	}
	if (version != SLOT_VERSION || read_u32(cell + 12) != SLOT_SIZE) {
		return fault_set(fault, ERR_CORRUPT, path, "the file of keys has a damaged header");
	}
	return ERR_OK;
}

enum err payload_slots_open(
	const char *path, bool read_only, struct payload_slots **ret_slots, struct fault *fault)
{
	if (sodium_init() < 0) {
		return fault_set(
			fault, ERR_INTERNAL, path, "the cryptographic library is not usable");
	}
	const int flags = O_CLOEXEC | (read_only ? O_RDONLY : O_RDWR);
	int fd = open(path, flags);
	enum err err = ERR_OK;
	if (fd < 0 && errno == ENOENT && !read_only) {
		err = header_create(path);
		if (err != ERR_OK) {
			return fault_set(fault, err, path, "the file of keys cannot be created");
		}
		fd = open(path, flags);
	}
	if (fd < 0) {
		err = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
		return fault_set(fault, err, path, "the file of keys cannot be opened");
	}
	struct payload_slots *slots = calloc(1, sizeof(*slots));
	if (slots == NULL) {
		(void)close(fd);
		return fault_set(fault, ERR_NOMEM, path, "out of memory");
	}
	(void)pthread_rwlock_init(&slots->lock, NULL);
	slots->fd = fd;
	slots->read_only = read_only;
	err = header_check(fd, path, fault);
	if (err == ERR_OK) {
		err = slots_count(fd, &slots->count);
		if (err == ERR_OK && !read_only && slots->count > 0) {
			err = block_write(slots, slots->count - SLOT_BLOCK, false);
		}
		if (err != ERR_OK) {
			err = fault_set(
				fault, err, path, "the file of keys cannot be read or mended");
		}
	}
	if (err != ERR_OK) {
		payload_slots_close(slots);
		return err;
	}
	*ret_slots = slots;
	return ERR_OK;
}

void payload_slots_close(struct payload_slots *slots)
{
	if (slots != NULL) {
		(void)close(slots->fd);
		(void)pthread_rwlock_destroy(&slots->lock);
		free(slots);
	}
}

enum err payload_slots_reserve(struct payload_slots *slots, uint64_t slot)
{
	if (slots->read_only || slot >= slot_limit) {
		return slots->read_only ? ERR_STATE : ERR_INVALID;
	}
	enum err err = ERR_OK;
	(void)pthread_rwlock_wrlock(&slots->lock);
	while (err == ERR_OK && slot >= slots->count) {
		err = block_write(slots, slots->count, true);
		slots->count += err == ERR_OK ? SLOT_BLOCK : 0;
	}
	(void)pthread_rwlock_unlock(&slots->lock);
	return err;
}

enum err payload_slots_erase(struct payload_slots *slots, uint64_t slot)
{
	if (slots->read_only) {
		return ERR_STATE;
	}
	uint8_t cell[SLOT_SIZE];
	enum err err = ERR_NOT_FOUND;
	(void)pthread_rwlock_wrlock(&slots->lock);
	if (slot < slots->count) {
		/* Random bytes where the key was; whatever was there before, also a damaged cell.
		 */
		cell_make(slot, SLOT_ERASED, cell);
		err = write_all(slots->fd, cell, sizeof(cell), slot_offset(slot));
		if (err == ERR_OK && fsync(slots->fd) != 0) {
			err = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
		}
	}
	(void)pthread_rwlock_unlock(&slots->lock);
	return err;
}

/* A reader beside a running broker sees blocks that were added since. */
static bool slot_there(struct payload_slots *slots, uint64_t slot)
{
	uint64_t count = slots->count;
	if (slot >= count && slots->read_only && slots_count(slots->fd, &count) != ERR_OK) {
		return false;
	}
	return slot < count;
}

bool payload_slots_live(struct payload_slots *slots, uint64_t slot)
{
	uint8_t key[SLOT_KEY_SIZE];
	const enum err err = slots_key(slots, slot, key);
	sodium_memzero(key, sizeof(key));
	return err != ERR_NOT_FOUND; /* a damaged one is overwritten too */
}

enum err slots_key(struct payload_slots *slots, uint64_t slot, uint8_t out[SLOT_KEY_SIZE])
{
	uint8_t cell[SLOT_SIZE];
	(void)pthread_rwlock_rdlock(&slots->lock);
	enum err err = slot_there(slots, slot)
			       ? read_all(slots->fd, cell, sizeof(cell), slot_offset(slot))
			       : ERR_NOT_FOUND;
	(void)pthread_rwlock_unlock(&slots->lock);
	if (err == ERR_OK) {
		err = cell_check(slot, cell);
		if (err == ERR_OK) {
			memcpy(out, cell + 8, SLOT_KEY_SIZE);
		}
		sodium_memzero(cell, sizeof(cell));
	}
	return err;
}
