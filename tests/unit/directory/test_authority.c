/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/directory.h"

#include <criterion/criterion.h>

static const char *code_of(const char *name)
{
	const struct directory_authority *found = directory_authority_by_name(str_from(name));
	return found == NULL ? "none" : found->code.ptr;
}

Test(authority, the_table_is_in_order_of_code)
{
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(all[i].code.len, 9);
		cr_assert(i == 0 || str_compare(all[i - 1].code, all[i].code) < 0);
		cr_assert_eq(directory_authority_by_code(all[i].code), &all[i]);
		cr_assert_eq(directory_authority_by_name(all[i].name), &all[i]);
	}
	cr_assert_null(directory_authority_by_code(STR("E09000034")));
	cr_assert_null(directory_authority_by_code(STR("")));
}

Test(authority, two_ways_of_writing_a_name_meet)
{
	cr_assert_str_eq(code_of("St. Helens"), "E08000013");
	cr_assert_str_eq(code_of("st helens"), "E08000013");
	cr_assert_str_eq(code_of("Kensington & Chelsea"), "E09000020");
	cr_assert_str_eq(code_of("KINGSTON  UPON THAMES "), "E09000021");
	cr_assert_str_eq(code_of("King\xe2\x80\x99s Lynn and West Norfolk"), "E07000146");
}

Test(authority, a_name_is_never_guessed)
{
	cr_assert_str_eq(code_of("Kingston"), "none");
	cr_assert_str_eq(code_of("East Sutton Park"), "none");
	cr_assert_str_eq(code_of("Seften"), "none");
	cr_assert_str_eq(code_of("London"), "none");
	cr_assert_str_eq(code_of(""), "none");
	cr_assert_str_eq(code_of("A name that is far longer than any authority in all of England "
				 "and Wales has ever had"),
		"none");
}

Test(authority, a_slip_is_answered_with_the_name_meant)
{
	cr_assert_str_eq(directory_authority_nearest(STR("Seften"))->name.ptr, "Sefton");
	cr_assert_str_eq(directory_authority_nearest(STR("Lambet"))->name.ptr, "Lambeth");
	cr_assert_null(directory_authority_nearest(STR("Atlantis")));
	cr_assert_null(directory_authority_nearest(STR("")));
}

Test(authority, districts_know_their_county)
{
	const struct directory_authority *norwich = directory_authority_by_name(STR("Norwich"));
	const struct directory_authority *woking = directory_authority_by_name(STR("Woking"));
	cr_assert(str_is(norwich->county, "E10000020"));
	cr_assert(str_is(woking->code, "E07000217"));
	cr_assert(str_is(woking->county, "E10000030"));
}

Test(authority, prisons_have_names)
{
	cr_assert(str_is(directory_prison_name(STR("BZI")), "Bronzefield"));
	cr_assert(str_is(directory_prison_name(STR("STI")), "Styal"));
	cr_assert_eq(directory_prison_name(STR("XXI")).len, 0);
}
