/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/directory/rulebook.h"

#include <criterion/criterion.h>

static const char *const every_area[] = {"london-2018", "crs-current", "merseyside", "norfolk"};

Test(data, each_area_loads_alone)
{
	for (size_t i = 0; i < 4; i++) {
		struct directory *directory = test_area_load(&every_area[i], 1);
		cr_assert_gt(directory->service_count, 0);
		directory_destroy(directory);
	}
}

Test(data, all_areas_load_together)
{
	struct directory *directory = test_area_load(every_area, 4);
	for (size_t i = 1; i < directory->service_count; i++) {
		cr_assert_lt(
			str_compare(directory->services[i - 1].id, directory->services[i].id), 0);
	}
	directory_destroy(directory);
}
