/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the image of a directory.  The sum is made to fit, so that what is behind it is
 * looked at too: reading answers with a directory that can be used, and written and read again,
 * or with an error, and never more.
 */
#include "directory/image.h"
#include "directory/image_fields.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void number_put(char *at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		at[i] = (char)(uint8_t)(number >> (8 * i));
	}
}

/* A head for whatever stands behind it. */
static void image_sign(struct buf *image)
{
	memcpy(image->data, IMAGE_MAGIC, IMAGE_AT_FORMAT);
	number_put(image->data + IMAGE_AT_FORMAT, IMAGE_FORMAT, 4);
	number_put(image->data + IMAGE_AT_FINGERPRINT, image_fingerprint(), 4);
	number_put(image->data + IMAGE_AT_SIZE, image->len, 8);
	image_check(buf_str(image), (uint8_t *)image->data + IMAGE_AT_CHECK);
}

/* So that what is read is not left out by the compiler. */
static volatile unsigned touched;

/* Every byte that a directory points to is there. */
static unsigned list_touch(struct directory_list list)
{
	unsigned sum = 0;
	for (size_t i = 0; i < list.count; i++) {
		sum += list.items[i].len > 0 ? (unsigned char)list.items[i].ptr[0] : 0U;
	}
	return sum;
}

static unsigned directory_touch(const struct directory *directory)
{
	unsigned sum = 0;
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		const uint32_t *positions;
		if (directory_service_find(directory, service->id) != service ||
			directory_organisation_find(directory, service->organisation->id) !=
				service->organisation) {
			abort();
		}
		for (size_t c = 0; c < service->eligibility.count; c++) {
			sum += (unsigned)service->eligibility.items[c].cel.len;
		}
		sum += list_touch(service->authorities) + list_touch(service->agreement);
		for (size_t a = 0; a < service->authorities.count; a++) {
			sum += (unsigned)directory_at_authority(
				directory, service->authorities.items[a], &positions);
		}
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct buf image = {0};
	struct buf again = {0};
	struct directory *directory = NULL;
	struct directory *second = NULL;
	struct fault fault;
	buf_append(&image, bytes, size);
	if (directory_image_read(buf_str(&image), &directory, &fault) == ERR_OK) {
		touched += directory_touch(directory);
		directory_destroy(directory);
		directory = NULL;
	}
	if (size >= IMAGE_HEAD_SIZE) {
		image_sign(&image);
		if (directory_image_read(buf_str(&image), &directory, &fault) == ERR_OK) {
			touched += directory_touch(directory);
			directory_image_write(directory, &again);
			if (again.failed ||
				directory_image_read(buf_str(&again), &second, &fault) != ERR_OK) {
				abort();
			}
			touched += directory_touch(second);
		}
	}
	directory_destroy(directory);
	directory_destroy(second);
	buf_finish(&image);
	buf_finish(&again);
	return 0;
}
