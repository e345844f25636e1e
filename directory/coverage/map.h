/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_MAP_H
#define ONWARD_DIRECTORY_COVERAGE_MAP_H
#include "broker/base/buf.h"
#include "directory/coverage/coverage.h"

/*
 * Pictures of a grid: authorities as tiles (tiles.def), and contracts over time.  Each is drawn in
 * blocks for a terminal and as SVG.  Every kind has a letter and a pattern: nothing is said by
 * colour alone.  A short memory is out->failed.
 */
void map_text(struct buf *out, const struct coverage *coverage, const struct coverage_part *part);
void map_svg(struct buf *out, const struct coverage *coverage, const struct coverage_part *part);
/* Of services of the place alone or for women: what is for everybody is left out. */
void timeline_text(
	struct buf *out, const struct coverage *coverage, const struct coverage_part *part);
void timeline_svg(
	struct buf *out, const struct coverage *coverage, const struct coverage_part *part);

/* -- shared by the pictures -- */

/* A tile of a map that the grid has a place for; places without a tile are "Elsewhere". */
struct map_tile {
	const char *map;
	unsigned row, column;
	struct str name; /* what fits */
	size_t place;
	enum coverage_kind kind; /* of the part; not stated where the sources say nothing */
};
struct map_tiles {
	struct map_tile *items; /* by map, row and column */
	size_t count;
};
/* ERR_NOMEM. */
MUST_CHECK enum err map_tiles_find(struct arena *arena, const struct coverage *coverage,
	const struct coverage_part *part, struct map_tiles *ret_tiles);
enum coverage_kind map_kind(
	const struct coverage *coverage, size_t place, const struct coverage_part *part);

struct map_mark {
	const char *block; /* one character */
	char letter;
	const char *words;
};
const struct map_mark *map_mark_of(enum coverage_kind kind);
/* "Coverage on 2019-06-12, accommodation, court" */
void map_title(struct buf *out, const char *what, const struct coverage *coverage,
	const struct coverage_part *part);

/* SVG's beginning with the patterns of the kinds, the parts, its end. */
void svg_begin(struct buf *out, unsigned width, unsigned height, const char *title);
void svg_text(struct buf *out, unsigned x, unsigned y, const char *class, struct str text);
void svg_words(struct buf *out, struct str text); /* escaped */
/* The class of a tile's frame, which is another one for a gap. */
const char *svg_class(enum coverage_kind kind);
/* The attributes of a shape filled as the kind is. */
const char *svg_fill(enum coverage_kind kind);
void svg_legend(struct buf *out, unsigned x, unsigned y);
void svg_end(struct buf *out);
#endif
