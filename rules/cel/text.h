/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_TEXT_H
#define ONWARD_CEL_TEXT_H
#include "broker/base/arena.h"

/* A text that grows in an arena, with a sticky failure; empty when zeroed but for the arena. */
struct cel_text {
	struct arena *arena;
	char *data;
	size_t len;
	size_t size;
	size_t most; /* bytes; adding more fails.  0: as many as there is memory for */
	bool failed;
};

enum {
	CEL_NUMBER_TEXT_SIZE = 64
};

void cel_text_add(struct cel_text *text, struct str s);
void cel_text_add_text(struct cel_text *text, const char *s);
/* For numbers and static text only: at most CEL_NUMBER_TEXT_SIZE bytes come out. */
void cel_text_printf(struct cel_text *text, const char *format, ...) PRINTF_LIKE(2, 3);
struct str cel_text_str(const struct cel_text *text);
#endif
