/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_CONFIG_TABLE_H
#define ONWARD_CONFIG_CONFIG_TABLE_H
#include "broker/config/config.h"
/* Within this folder: the keys of onward.yaml as a table, for reading, writing and describing. */
struct config_number {
	const char *name;
	int64_t least, most, fallback;
	const char *unit, *help;
	size_t offset; /* of the int64_t in struct config */
};
/* The keys that are no numbers. */
struct config_choice {
	const char *name, *range, *fallback, *help;
};

enum {
#define X(name, least, most, fallback, unit, help) CONFIG_NUMBER_##name,
	CONFIG_NUMBER_MAP(X)
#undef X
	CONFIG_NUMBER_COUNT,
	CONFIG_CHOICE_COUNT = 3
};
extern const struct config_number config_numbers[CONFIG_NUMBER_COUNT];
extern const struct config_choice config_choices[CONFIG_CHOICE_COUNT];
extern const char config_endpoints_help[];
/* By enum log_level. */
extern const char *const config_level_names[LOG_DEBUG + 1];

static inline int64_t *config_number_at(struct config *config, size_t i)
{
	return (int64_t *)(void *)((char *)config + config_numbers[i].offset);
}

static inline uint32_t config_kind_bit(enum kind kind)
{
	return 1U << kind;
}
#endif
