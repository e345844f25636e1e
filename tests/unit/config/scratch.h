/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_CONFIG_SCRATCH_H
#define ONWARD_TESTS_CONFIG_SCRATCH_H
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A file in a folder of its own under the temporary folder; removed by scratch_remove. */
static inline void scratch_write(char path[256], const char *name, const char *text)
{
	char folder[128] = "/tmp/onward-config-XXXXXX";
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, 256, "%s/%s", folder, name);
	if (text != NULL) {
		FILE *file = fopen(path, "w");
		cr_assert_not_null(file);
		cr_assert(fputs(text, file) >= 0);
		cr_assert_eq(fclose(file), 0);
	}
}

static inline void scratch_remove(char path[256])
{
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	(void)rmdir(path);
}
#endif
