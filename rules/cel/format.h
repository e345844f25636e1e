/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_FORMAT_H
#define ONWARD_CEL_FORMAT_H
#include "rules/cel/library.h"
#include "rules/cel/text.h"

/* What is being written: `failed` is why it cannot be. */
struct cel_form {
	struct cel_call *call;
	struct cel_text text;
	const char *failed;
	size_t charged; /* bytes of the text that are paid for */
};

void cel_form_fail(struct cel_form *form, const char *why);
/* Pays for what was written since the last time; false when the writing has failed. */
bool cel_form_pay(struct cel_form *form);
/* What %s writes; `depth` levels of it at most. */
void cel_form_value(struct cel_form *form, struct cel_value value, unsigned depth);
/* The name of a double that is not finite. */
const char *cel_form_infinite(double number);
#endif
