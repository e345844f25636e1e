/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/map.h"

enum {
	MARGIN = 24,
	TILE_WIDTH = 108,
	TILE_HEIGHT = 56,
	TILE_STEP_X = TILE_WIDTH + 6,
	TILE_STEP_Y = TILE_HEIGHT + 6,
	BAR_HEIGHT = 18,
	HEAD = 64,     /* above the first map */
	MAP_HEAD = 30, /* above the tiles of each */
	LEGEND = 170,  /* below the last */
	WIDTH_LEAST = 560
};

static void tile_svg(
	struct buf *out, const struct coverage *coverage, const struct map_tile *tile, unsigned top)
{
	const unsigned x = MARGIN + tile->column * TILE_STEP_X;
	const unsigned y = top + tile->row * TILE_STEP_Y;
	const struct map_mark *mark = map_mark_of(tile->kind);
	const char letter[2] = {mark->letter, '\0'};
	buf_add_text(out, "<g><title>");
	svg_words(out, coverage->places[tile->place].authority->name);
	buf_printf(out, ": %s</title>\n", mark->words);
	buf_printf(out,
		"<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n",
		svg_class(tile->kind), x, y, TILE_WIDTH, TILE_HEIGHT);
	buf_printf(out, "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" %s/>\n", x + 6,
		y + TILE_HEIGHT - BAR_HEIGHT - 6, TILE_WIDTH - 32, BAR_HEIGHT,
		svg_fill(tile->kind));
	svg_text(out, x + 7, y + 21, "name", tile->name);
	svg_text(out, x + TILE_WIDTH - 20, y + TILE_HEIGHT - 10, "letter", str_from(letter));
	buf_add_text(out, "</g>\n");
}

/* Where each map begins, and how far all of it reaches. */
static unsigned layout(const struct map_tiles *tiles, unsigned *tops, unsigned *ret_width)
{
	unsigned y = HEAD;
	unsigned columns = 0;
	for (size_t i = 0; i < tiles->count;) {
		size_t end = i;
		unsigned rows = 0;
		while (end < tiles->count && tiles->items[end].map == tiles->items[i].map) {
			tops[end] = y + MAP_HEAD;
			rows = tiles->items[end].row + 1 > rows ? tiles->items[end].row + 1 : rows;
			columns = tiles->items[end].column + 1 > columns
					  ? tiles->items[end].column + 1
					  : columns;
			end++;
		}
		y += MAP_HEAD + rows * TILE_STEP_Y + 12;
		i = end;
	}
	*ret_width = 2 * MARGIN + columns * TILE_STEP_X;
	*ret_width = *ret_width < WIDTH_LEAST ? WIDTH_LEAST : *ret_width;
	return y;
}

static void draw(struct buf *out, struct arena *arena, const struct coverage *coverage,
	const struct coverage_part *part)
{
	struct map_tiles tiles;
	struct buf title = {0};
	unsigned width;
	unsigned *tops = arena_array(arena, coverage->place_count, sizeof(*tops));
	if (map_tiles_find(arena, coverage, part, &tiles) != ERR_OK || tops == NULL) {
		out->failed = true;
		return;
	}
	const unsigned bottom = layout(&tiles, tops, &width);
	map_title(&title, "Coverage", coverage, part);
	buf_append(&title, "", 1);
	svg_begin(out, width, bottom + LEGEND, title.failed ? "" : title.data);
	svg_text(out, MARGIN, 40, "title", str_from(title.failed ? "" : title.data));
	for (size_t i = 0; i < tiles.count; i++) {
		if (i == 0 || tiles.items[i].map != tiles.items[i - 1].map) {
			svg_text(out, MARGIN, tops[i] - 10, "map", str_from(tiles.items[i].map));
		}
		tile_svg(out, coverage, &tiles.items[i], tops[i]);
	}
	svg_legend(out, MARGIN, bottom + 8);
	svg_end(out);
	buf_finish(&title);
}

void map_svg(struct buf *out, const struct coverage *coverage, const struct coverage_part *part)
{
	struct arena arena;
	arena_init(&arena, 0);
	draw(out, &arena, coverage, part);
	arena_finish(&arena);
}
