/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_NUMBER_H
#define ONWARD_CEL_NUMBER_H
#include <stdbool.h>
#include <stddef.h>

/*
 * Doubles as text and back, the same in every locale.  Read by a C++ compiler too, so it names
 * nothing of ours.
 */
#ifdef __cplusplus
extern "C" {
#endif

enum {
	/* Bytes of a double in its shortest form, terminated. */
	CEL_DOUBLE_TEXT_SIZE = 32,
	/* Digits after the point that may be asked for, and the bytes a double may then take: 309
	 * before the point, the sign, the point, the terminator. */
	CEL_DOUBLE_DIGITS_MAX = 100,
	CEL_DOUBLE_WIDE_SIZE = 512,
};

/* The fewest digits that read back as the same double: "1.5", "-0.0045", "100"; with an exponent
 * ("1e+21") below 1e-4 and from 1e21; "NaN", "+Inf", "-Inf".  Returns the length. */
size_t cel_double_shortest(double number, char out[CEL_DOUBLE_TEXT_SIZE]);
/* The same digits always with an exponent.  The number is finite. */
size_t cel_double_shortest_exponent(double number, char out[CEL_DOUBLE_TEXT_SIZE]);
/* The same digits without an exponent.  The number is finite. */
size_t cel_double_plain(double number, char out[CEL_DOUBLE_WIDE_SIZE]);
/* `digits` (at most CEL_DOUBLE_DIGITS_MAX) after the point, halves to even: "1.50".  Finite. */
size_t cel_double_fixed(double number, int digits, char out[CEL_DOUBLE_WIDE_SIZE]);
/* "1.50e+00".  Finite. */
size_t cel_double_scientific(double number, int digits, char out[CEL_DOUBLE_WIDE_SIZE]);
/* All of the text is a double: "1", "-1.5e3", ".5", "NaN", "Infinity", "-inf"; false otherwise, and
 * for one too large.  One too small is 0. */
bool cel_double_read(const char *text, size_t len, double *ret_number);

#ifdef __cplusplus
}
#endif
#endif
