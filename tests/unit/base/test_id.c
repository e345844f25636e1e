/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/id.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void make_random(uint8_t out[16])
{
	for (int i = 0; i < 16; i++) {
		out[i] = (uint8_t)rand();
	}
}

Test(id, text_form_survives_a_round_trip)
{
	const struct id id = id_make(0x0123456789abcdefU, 42);
	char text[ID_TEXT_SIZE];
	struct id again;
	id_format(id, text);
	cr_assert_str_eq(text, "0123456789abcdef000000000000002a");
	cr_assert_eq(id_parse(str_from(text), &again), ERR_OK);
	cr_assert(id_equal(id, again));
	cr_assert_eq(id_parse(STR("0123"), &again), ERR_INVALID);
}

Test(reference, every_single_wrong_symbol_is_found)
{
	static const char symbols[] = "234679ACDEFGHJKLMNPQRTUVWXYZ";
	uint8_t random[16];
	char text[REFERENCE_TEXT_SIZE];
	char parsed[REFERENCE_TEXT_SIZE];
	srand(1);
	for (int round = 0; round < 300; round++) {
		make_random(random);
		reference_make(random, text);
		cr_assert_eq(reference_parse(str_from(text), parsed), ERR_OK, "%s", text);
		cr_assert_str_eq(text, parsed);
		for (size_t i = 0; text[i] != '\0'; i++) {
			const char right = text[i];
			for (size_t s = 0; right != '-' && symbols[s] != '\0'; s++) {
				text[i] = symbols[s];
				const enum err want = symbols[s] == right ? ERR_OK : ERR_INVALID;
				cr_assert_eq(
					reference_parse(str_from(text), parsed), want, "%s", text);
			}
			text[i] = right;
		}
	}
}

Test(reference, every_swap_of_unlike_neighbours_is_found)
{
	uint8_t random[16];
	char text[REFERENCE_TEXT_SIZE];
	char plain[REFERENCE_TEXT_SIZE];
	char parsed[REFERENCE_TEXT_SIZE];
	srand(2);
	for (int round = 0; round < 2000; round++) {
		make_random(random);
		reference_make(random, text);
		size_t len = 0;
		for (size_t i = 0; text[i] != '\0'; i++) {
			if (text[i] != '-') {
				plain[len++] = text[i];
			}
		}
		plain[len] = '\0';
		for (size_t i = 0; i + 1 < len; i++) {
			const char left = plain[i];
			plain[i] = plain[i + 1];
			plain[i + 1] = left;
			const enum err want = plain[i] == left ? ERR_OK : ERR_INVALID;
			cr_assert_eq(reference_parse(str_from(plain), parsed), want, "%s", plain);
			plain[i + 1] = plain[i];
			plain[i] = left;
		}
	}
}

Test(reference, is_read_as_people_write_it)
{
	const uint8_t random[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	char text[REFERENCE_TEXT_SIZE];
	char parsed[REFERENCE_TEXT_SIZE];
	char spoken[32] = "";
	reference_make(random, text);
	for (size_t i = 0; text[i] != '\0'; i++) {
		const char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
		spoken[2 * i] = c;
		spoken[2 * i + 1] = ' ';
		spoken[2 * i + 2] = '\0';
	}
	cr_assert_eq(reference_parse(str_from(spoken), parsed), ERR_OK);
	cr_assert_str_eq(parsed, text);
	cr_assert_eq(reference_parse(STR(""), parsed), ERR_INVALID);
	cr_assert_eq(reference_parse(STR("OOOO-1111-5"), parsed), ERR_INVALID);
}
