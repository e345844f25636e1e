/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/config.h"
#include "broker/config/config_table.h"
#include "broker/config/document.h"

#include <stdio.h>

static void write_choices(struct buf *out, const struct config *config)
{
	char clock[TIMESTAMP_TEXT_SIZE + 16] = "system";
	if (config->clock_manual) {
		char time[TIMESTAMP_TEXT_SIZE];
		timestamp_format(config->clock_start, time);
		(void)snprintf(clock, sizeof(clock), "\"%s,manual\"", time);
	}
	const char *const values[] = {config->rehearsal ? "rehearsal" : "live", clock,
		config_level_names[config->log_level]};
	for (size_t i = 0; i < CONFIG_CHOICE_COUNT; i++) {
		buf_printf(out, "\n# %s\n# One of: %s.\n%s: %s\n", config_choices[i].help,
			config_choices[i].range, config_choices[i].name, values[i]);
	}
}

static void write_endpoints(struct buf *out, const struct config *config)
{
	buf_printf(out, "\n# %s\nendpoints:\n", config_endpoints_help);
	for (size_t i = 0; i < config->endpoint_count; i++) {
		const struct config_endpoint *endpoint = &config->endpoints[i];
		buf_add_text(out, "  - address: ");
		document_quote(out, str_from(endpoint->address));
		buf_add_text(out, "\n    kinds: [");
		const char *separator = "";
		for (int kind = 0; kind < KIND_COUNT; kind++) {
			if ((endpoint->kinds & config_kind_bit((enum kind)kind)) != 0) {
				buf_printf(out, "%s%s", separator, vocab_code(VOCAB_KIND, kind));
				separator = ", ";
			}
		}
		buf_printf(out, "]\n    high_water_mark: %d\n", endpoint->high_water_mark);
	}
}

enum err config_write(const char *path, const struct config *config, struct fault *fault)
{
	struct buf out = {0};
	struct config copy = *config;
	buf_add_text(&out, "# Onward's configuration.  What is left out has its default.\n");
	write_choices(&out, config);
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		buf_printf(&out, "\n# %s\n# %s, %lld to %lld.\n%s: %lld\n", config_numbers[i].help,
			config_numbers[i].unit, (long long)config_numbers[i].least,
			(long long)config_numbers[i].most, config_numbers[i].name,
			(long long)*config_number_at(&copy, i));
	}
	write_endpoints(&out, config);
	const enum err err = out.failed ? ERR_NOMEM : buf_write_file(buf_str(&out), path, 0644);
	buf_finish(&out);
	return err == ERR_OK
		       ? ERR_OK
		       : fault_set(fault, err, path, "cannot write the file: %s", err_text(err));
}

void config_describe(struct buf *out)
{
	buf_add_text(out, "Keys of onward.yaml\n\n");
	for (size_t i = 0; i < CONFIG_CHOICE_COUNT; i++) {
		buf_printf(out, "  %s: %s (default %s)\n      %s\n", config_choices[i].name,
			config_choices[i].range, config_choices[i].fallback,
			config_choices[i].help);
	}
	for (size_t i = 0; i < CONFIG_NUMBER_COUNT; i++) {
		buf_printf(out, "  %s: %lld to %lld %s (default %lld)\n      %s\n",
			config_numbers[i].name, (long long)config_numbers[i].least,
			(long long)config_numbers[i].most, config_numbers[i].unit,
			(long long)config_numbers[i].fallback, config_numbers[i].help);
	}
	buf_printf(out, "  endpoints: a list of {address, kinds, high_water_mark}\n      %s\n",
		config_endpoints_help);
}
