/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_PLACE_H
#define ONWARD_DIRECTORY_PLACE_H
#include "broker/base/str.h"
/* What a file's path says of it. */

enum file_kind {
	FILE_AREA,
	FILE_ORGANISATION,
	FILE_SERVICE,
	FILE_MISPLACED,
};

/* "<area>/services/<stem>.yaml"; parts of the path. */
struct place {
	enum file_kind kind;
	struct str area, stem;
};

struct place place_of(struct str path);
#endif
