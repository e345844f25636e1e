/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	enum err err;
	const char *code;
	const char *text;
} errs[] = {
#define X(name, number, code, text) {ERR_##name, code, text},
	ERR_MAP(X)
#undef X
};

const char *err_code(enum err err)
{
	for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
		if (errs[i].err == err) {
			return errs[i].code;
		}
	}
	return "internal";
}

const char *err_text(enum err err)
{
	for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
		if (errs[i].err == err) {
			return errs[i].text;
		}
	}
	return "a fault of the program itself";
}

enum err err_from_code(const char *code)
{
	for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
		if (strcmp(errs[i].code, code) == 0) {
			return errs[i].err;
		}
	}
	return ERR_INTERNAL;
}

enum err(fault_set)(struct fault *fault, enum err code, const char *field, const char *format, ...)
{
	if (fault == NULL) {
		return code;
	}
	fault->code = code;
	(void)snprintf(fault->field, sizeof(fault->field), "%s", field == NULL ? "" : field);
	va_list args;
	va_start(args, format);
	(void)vsnprintf(fault->message, sizeof(fault->message), format, args);
	va_end(args);
	return code;
}
