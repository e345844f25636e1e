/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_JSON_WRITE_H
#define ONWARD_BASE_JSON_WRITE_H
#include "broker/base/buf.h"
#include "broker/base/value.h"
/* Compact, one line; bytes become hexadecimal text, control and direction characters are escaped.
 */
void json_write(struct buf *out, const struct value *value);
#endif
