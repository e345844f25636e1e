/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/map.h"

#include "broker/base/text.h"

enum {
	ELSEWHERE_COLUMNS = 8,
	TILE_COLUMNS = 12, /* characters of a tile in a terminal, with the space behind it */
	TILE_BAR = 8
};

static const struct {
	const char *map;
	unsigned row, column;
	const char *code, *name;
} tiles[] = {
#define TILE(map, row, column, code, name) {map, row, column, code, name},
#include "directory/coverage/tiles.def"
#undef TILE
};

const struct map_mark *map_mark_of(enum coverage_kind kind)
{
	static const struct map_mark marks[COVERAGE_KINDS] = {
		[COVERAGE_NONE] = {" ", 'N', "no service"},
		[COVERAGE_NOT_STATED] = {"\u00b7", '?', "not stated: ask, nobody is known to help"},
		[COVERAGE_GENERIC] = {"\u2591", 'E',
			"only what is there for everybody: no contracted service"},
		[COVERAGE_RATE_CARD] = {"\u2592", 'R',
			"rate card only: some may refer, others cannot"},
		[COVERAGE_ONE] = {"\u2593", '1', "one service"},
		[COVERAGE_SEVERAL] = {"\u2588", '2', "two services or more"},
	};
	return &marks[kind];
}

enum coverage_kind map_kind(
	const struct coverage *coverage, size_t place, const struct coverage_part *part)
{
	const enum coverage_kind best = coverage_best(coverage, place, part);
	return best < COVERAGE_RATE_CARD && coverage->places[place].not_stated ? COVERAGE_NOT_STATED
									       : best;
}

static bool in_part(const struct coverage *coverage, size_t place, const struct coverage_part *part)
{
	return part->authority.len == 0 ||
	       str_equal(part->authority, coverage->places[place].authority->code);
}

enum err map_tiles_find(struct arena *arena, const struct coverage *coverage,
	const struct coverage_part *part, struct map_tiles *ret_tiles)
{
	const size_t count = sizeof(tiles) / sizeof(tiles[0]);
	struct map_tile *items = arena_array(arena, coverage->place_count, sizeof(*items));
	bool *drawn = arena_array(arena, coverage->place_count, sizeof(*drawn));
	size_t kept = 0;
	if (arena_failed(arena)) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t place = 0; place < coverage->place_count; place++) {
			if (str_is(coverage->places[place].authority->code, tiles[i].code) &&
				in_part(coverage, place, part)) {
				drawn[place] = true;
				items[kept++] = (struct map_tile){tiles[i].map, tiles[i].row,
					tiles[i].column, str_from(tiles[i].name), place,
					map_kind(coverage, place, part)};
			}
		}
	}
	unsigned number = 0;
	for (size_t place = 0; place < coverage->place_count; place++) {
		if (!drawn[place] && in_part(coverage, place, part)) {
			items[kept++] = (struct map_tile){"Elsewhere", number / ELSEWHERE_COLUMNS,
				number % ELSEWHERE_COLUMNS, coverage->places[place].authority->name,
				place, map_kind(coverage, place, part)};
			number++;
		}
	}
	*ret_tiles = (struct map_tiles){items, kept};
	return ERR_OK;
}

void map_title(struct buf *out, const char *what, const struct coverage *coverage,
	const struct coverage_part *part)
{
	char day[DATE_TEXT_SIZE];
	date_format(coverage->day, day);
	buf_printf(out, "%s on %s", what, day);
	if (part->need >= 0) {
		buf_printf(out, ", %s", vocab_code(VOCAB_NEED, part->need));
	}
	if (part->pathway >= 0) {
		buf_printf(out, ", %s", vocab_code(VOCAB_PATHWAY, part->pathway));
	}
}

static void pad(struct buf *out, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		buf_add_text(out, " ");
	}
}

/* As many characters of the name as a tile has. */
static struct str cut(struct str name)
{
	size_t len = 0;
	for (size_t columns = 0; len < name.len; len++) {
		columns += ((unsigned char)name.ptr[len] & 0xC0) != 0x80;
		if (columns == TILE_COLUMNS) {
			break;
		}
	}
	return (struct str){name.ptr, len};
}

/* The tiles of one row: a line of names, a line of bars. */
static void row_text(struct buf *out, const struct map_tile *row, size_t count)
{
	struct buf bars = {0};
	size_t name_at = 0;
	size_t bar_at = 0;
	buf_add_text(out, "  ");
	buf_add_text(&bars, "  ");
	for (size_t i = 0; i < count; i++) {
		const struct map_mark *mark = map_mark_of(row[i].kind);
		const struct str name = cut(row[i].name);
		const size_t column = (size_t)row[i].column * TILE_COLUMNS;
		pad(out, column - name_at);
		text_data(out, name);
		name_at = column + text_columns(name);
		pad(&bars, column - bar_at);
		for (int block = 0; block < TILE_BAR; block++) {
			buf_add_text(&bars, mark->block);
		}
		buf_printf(&bars, " %c", mark->letter);
		bar_at = column + TILE_BAR + 2;
	}
	buf_add_text(out, "\n");
	buf_add_str(out, buf_str(&bars));
	buf_add_text(out, "\n");
	out->failed = out->failed || bars.failed;
	buf_finish(&bars);
}

void map_text(struct buf *out, const struct coverage *coverage, const struct coverage_part *part)
{
	struct arena arena;
	struct map_tiles found = {0};
	const char *map = "";
	arena_init(&arena, 0);
	out->failed = out->failed || map_tiles_find(&arena, coverage, part, &found) != ERR_OK;
	map_title(out, "Coverage", coverage, part);
	buf_add_text(out, "\n");
	for (size_t i = 0; i < found.count;) {
		size_t end = i;
		while (end < found.count && found.items[end].map == found.items[i].map &&
			found.items[end].row == found.items[i].row) {
			end++;
		}
		if (strcmp(map, found.items[i].map) != 0) {
			map = found.items[i].map;
			buf_printf(out, "\n%s\n\n", map);
		}
		row_text(out, &found.items[i], end - i);
		i = end;
	}
	buf_add_text(out, "\n");
	for (int kind = COVERAGE_KINDS - 1; kind >= 0; kind--) {
		const struct map_mark *mark = map_mark_of((enum coverage_kind)kind);
		buf_printf(out, "  %s%s%s%s %c  %s\n", mark->block, mark->block, mark->block,
			mark->block, mark->letter, mark->words);
	}
	arena_finish(&arena);
}
