/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/number.h"

#include <charconv>
#include <cmath>
#include <cstring>

/* C++ has what C lacks: the shortest digits of a double, and reading one whatever the locale. */

static size_t terminate(char *out, std::to_chars_result result)
{
	*result.ptr = '\0';
	return (size_t)(result.ptr - out);
}

static size_t copy(char *out, const char *text)
{
	std::strcpy(out, text);
	return std::strlen(text);
}

size_t cel_double_shortest(double number, char out[CEL_DOUBLE_TEXT_SIZE])
{
	if (std::isnan(number)) {
		return copy(out, "NaN");
	}
	if (std::isinf(number)) {
		return copy(out, number > 0 ? "+Inf" : "-Inf");
	}
	const double size = std::fabs(number);
	const bool plain = number == 0 || (size >= 1e-4 && size < 1e21);
	return terminate(
		out, std::to_chars(out, out + CEL_DOUBLE_TEXT_SIZE - 1, number,
			     plain ? std::chars_format::fixed : std::chars_format::scientific));
}

size_t cel_double_shortest_exponent(double number, char out[CEL_DOUBLE_TEXT_SIZE])
{
	return terminate(out, std::to_chars(out, out + CEL_DOUBLE_TEXT_SIZE - 1, number,
				      std::chars_format::scientific));
}

size_t cel_double_plain(double number, char out[CEL_DOUBLE_WIDE_SIZE])
{
	return terminate(out, std::to_chars(out, out + CEL_DOUBLE_WIDE_SIZE - 1, number,
				      std::chars_format::fixed));
}

size_t cel_double_fixed(double number, int digits, char out[CEL_DOUBLE_WIDE_SIZE])
{
	return terminate(out, std::to_chars(out, out + CEL_DOUBLE_WIDE_SIZE - 1, number,
				      std::chars_format::fixed, digits));
}

size_t cel_double_scientific(double number, int digits, char out[CEL_DOUBLE_WIDE_SIZE])
{
	return terminate(out, std::to_chars(out, out + CEL_DOUBLE_WIDE_SIZE - 1, number,
				      std::chars_format::scientific, digits));
}

/* Of a number in decimal that a double cannot hold: is it too small, not too large?  Its first
 * digit that counts, and the exponent, say. */
static bool is_small(const char *at, const char *end)
{
	const long far = 1000000; /* beyond any text's own digits */
	long tens = 0;            /* the power of ten of the first digit that counts */
	bool point = false;
	bool counts = false;
	for (; at != end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			point = true;
		} else if (*at >= '0' && *at <= '9') {
			counts = counts || *at != '0';
			tens += counts && !point ? 1 : !counts && point ? -1 : 0;
		}
	}
	if (at == end) {
		return tens <= 0;
	}
	at++;
	const bool negative = at != end && *at == '-';
	long exponent = 0;
	for (; at != end; at++) {
		if (*at >= '0' && *at <= '9' && exponent < far) {
			exponent = exponent * 10 + (*at - '0');
		}
	}
	return tens + (negative ? -exponent : exponent) <= 0;
}

bool cel_double_read(const char *text, size_t len, double *ret_number)
{
	/* from_chars knows no plus, and takes "nan(…)", which is nothing here. */
	const bool plus = len > 0 && text[0] == '+';
	const char *first = text + (plus ? 1 : 0);
	const char *end = text + len;
	if (first == end || (plus && *first == '-') ||
		std::memchr(first, '(', (size_t)(end - first)) != nullptr) {
		return false;
	}
	double number = 0;
	const std::from_chars_result result = std::from_chars(first, end, number);
	if (result.ptr != end || result.ec == std::errc::invalid_argument) {
		return false;
	}
	if (result.ec == std::errc::result_out_of_range) {
		if (!is_small(first, end)) {
			return false;
		}
		number = *first == '-' ? -0.0 : 0.0;
	}
	*ret_number = number;
	return true;
}
