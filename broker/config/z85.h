/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_Z85_H
#define ONWARD_CONFIG_Z85_H
#include "broker/base/str.h"
/* Z85 (ZeroMQ RFC 32): five printable characters for four bytes; here for keys of 32 bytes. */
enum {
	Z85_KEY_BYTES = 32,
	Z85_KEY_TEXT = 40
};
void z85_encode(const uint8_t bytes[Z85_KEY_BYTES], char out[Z85_KEY_TEXT + 1]);
/* False when the text is not 40 characters of the alphabet or a group exceeds 32 bits. */
bool z85_decode(struct str text, uint8_t out[Z85_KEY_BYTES]);
#endif
