/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_MODEL_CHECK_H
#define ONWARD_MODEL_CHECK_H
#include "broker/model/referral.h"

/* Checks every member of a document against the field table, one field after the other; what fields
 * have to do with one another is referral_read's. */
MUST_CHECK enum err check_document(
	const struct value *document, const struct referral_context *context, struct fault *fault);
#endif
