/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_READER_H
#define ONWARD_DIRECTORY_READER_H
#include "directory/directory.h"
#include "broker/base/yaml.h"
#include "directory/intern.h"

#include <stdarg.h>
/*
 * Internal to directory/: from a YAML tree to structs by tables of fields, every problem noted and
 * none fatal, so that one run shows the author all there is to mend.
 */
enum {
	PROBLEMS_KEPT = 200 /* of a load; a check keeps more */
};

/* One load.  `arena` is the directory's, `scratch` holds the tree of the file at hand. */
struct reader {
	const struct directory_rulebook *rulebook;
	struct directory *directory; /* its organisations are complete when services are read */
	struct directory_list organisation_ids;
	struct directory_problems *problems;
	struct arena *arena;
	struct arena *scratch;
	struct intern texts;   /* of the directory */
	struct intern clauses; /* those that compile: one is checked once */
	struct str file;
	/* Of the next problem; both are forgotten with it. */
	const char *code; /* static; NULL: "invalid" */
	struct str suggestion;
	size_t compared; /* words that suggestions were sought among */
};

/* A key of a map: how it is read and where it goes.  `read` gets the whole target. */
struct field {
	const char *name;
	void (*read)(struct reader *reader, const struct yaml_node *node, const struct field *field,
		void *target);
	size_t offset;
	bool required;
	size_t vocabulary;          /* of coded words: offset of the list in the rulebook */
	const char *noun;           /* what one of them is called: "need" */
	int64_t max;                /* of a number */
	const char *const *choices; /* words in the order of their enum, NULL after the last */
};

void problems_add(struct reader *reader, struct str file, unsigned line, const char *field,
	const char *format, va_list args) PRINTF_LIKE(5, 0);
void problems_sort(struct directory_problems *problems); /* by file, line and field */
void reader_problem(struct reader *reader, const struct yaml_node *node, const char *format, ...)
	PRINTF_LIKE(3, 4);
void reader_problem_at(struct reader *reader, struct str file, unsigned line, const char *field,
	const char *format, ...) PRINTF_LIKE(5, 6);
/* A copy for the directory, or the one that is there already. */
struct str reader_keep(struct reader *reader, struct str text);
/* "; did you mean x?", or what is known when that is short, or nothing.  In scratch.  The next
 * problem has it as its suggestion. */
struct str reader_suggestion(
	struct reader *reader, struct str text, const struct directory_list *known);
/* `text` as a message may show it: cut to 60 bytes at a character, in scratch. */
struct str reader_shown(struct reader *reader, struct str text);

/* Reads a map by its table: unknown keys and missing ones are problems. */
void reader_map(struct reader *reader, const struct yaml_node *node, const struct field *fields,
	size_t count, void *target);
bool reader_is_not_stated(const struct yaml_node *node);
/* A non-empty scalar, else a problem and false. */
bool reader_scalar(struct reader *reader, const struct yaml_node *node);
/* A list to be filled with at most node->count texts; false (with a problem) when it is none. */
bool reader_list_begin(struct reader *reader, const struct yaml_node *node, struct str **ret_items);
bool reader_list_has(const struct directory_list *list, struct str text);
bool reader_is_slug(struct str text);

/* Fields of the common types; each writes to target + offset.  `not-stated` leaves what stands
 * there, save where a type says otherwise. */
void reader_unknown_word(struct reader *reader, const struct yaml_node *node, const char *noun,
	const struct directory_list *known);
#define READER(name)                                                                              \
	void name(struct reader *reader, const struct yaml_node *node, const struct field *field, \
		void *target)
READER(read_slug);   /* struct str: a-z, 0-9, hyphens */
READER(read_text);   /* struct str: one line, LIMIT_TEXT_BYTES */
READER(read_note);   /* struct str: lines, LIMIT_NOTE_BYTES */
READER(read_bool);   /* bool: true or false */
READER(read_int);    /* int64_t: 0 to field->max */
READER(read_date);   /* date_days */
READER(read_code);   /* struct str: a word of a vocabulary */
READER(read_codes);  /* struct directory_list: words of a vocabulary, none twice */
READER(read_slugs);  /* struct directory_list */
READER(read_choice); /* an enum: the position of the word in field->choices */
READER(read_notes);  /* checked to be texts, not kept: for people */
#endif
