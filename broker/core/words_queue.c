/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

/* Why a referral waits for a person, as codes. */

static const struct {
	uint32_t bit;
	const char *code;
} reasons[] = {
	{QUEUE_NO_SERVICE, "no-service"},
	{QUEUE_NEEDS_INFORMATION, "needs-information"},
	{QUEUE_UNDELIVERABLE, "undeliverable"},
	{QUEUE_EXPIRED, "expired"},
	{QUEUE_OVERDUE, "overdue"},
	{QUEUE_ATTENTION, "attention"},
};

enum {
	REASONS = sizeof(reasons) / sizeof(reasons[0])
};

struct value words_queue(struct arena *arena, uint32_t bits)
{
	struct value list = value_list_new(arena, REASONS);
	for (size_t i = 0; i < REASONS; i++) {
		if ((bits & reasons[i].bit) != 0) {
			value_push(arena, &list, value_of_text(reasons[i].code));
		}
	}
	return list;
}

uint32_t queue_reason_of(struct str code)
{
	for (size_t i = 0; i < REASONS; i++) {
		if (str_is(code, reasons[i].code)) {
			return reasons[i].bit;
		}
	}
	return 0;
}
