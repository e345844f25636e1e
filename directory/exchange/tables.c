/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/clean.h"
#include "directory/exchange/csv.h"
#include "directory/exchange/import.h"

#include <stdlib.h>

/* A package of CSV tables: rows are objects, and what belongs to a service or organisation is put
 * into it as a nested feed would have it. */

enum table_kind {
	TABLE_ORGANISATIONS,
	TABLE_SERVICES,
	TABLE_TERMS,
	TABLE_ATTRIBUTES, /* this one and those below belong to a row of the first two */
	TABLE_AREAS,
	TABLE_LANGUAGES,
	TABLE_SCHEDULES,
	TABLE_CONTACTS,
	TABLE_PHONES,
	TABLE_FUNDING,
	TABLE_COSTS,
	TABLE_LOCATIONS,
	TABLE_DOCUMENTS,
	TABLE_COUNT,
};

/* The names that packages use, and the member of a nested feed. */
static const struct {
	const char *names[3];
	const char *member;
} kinds[TABLE_COUNT] = {
	[TABLE_ORGANISATIONS] = {{"organizations", "organization", "organisations"}, ""},
	[TABLE_SERVICES] = {{"services", "service", NULL}, ""},
	[TABLE_TERMS] = {{"taxonomy_terms", "taxonomy_term", NULL}, ""},
	[TABLE_ATTRIBUTES] = {{"attributes", "attribute", "other_attributes"}, "attributes"},
	[TABLE_AREAS] = {{"service_areas", "service_area", NULL}, "service_areas"},
	[TABLE_LANGUAGES] = {{"languages", "language", NULL}, "languages"},
	[TABLE_SCHEDULES] = {{"schedules", "schedule", NULL}, "schedules"},
	[TABLE_CONTACTS] = {{"contacts", "contact", NULL}, "contacts"},
	[TABLE_PHONES] = {{"phones", "phone", NULL}, "phones"},
	[TABLE_FUNDING] = {{"funding", "fundings", NULL}, "funding"},
	[TABLE_COSTS] = {{"cost_options", "cost_option", NULL}, "cost_options"},
	[TABLE_LOCATIONS] = {{"service_at_location", "service_at_locations", NULL},
		"service_at_locations"},
	[TABLE_DOCUMENTS] = {{"required_documents", "required_document", NULL},
		"required_documents"},
};

struct tables {
	json_t *rows[TABLE_COUNT]; /* arrays; NULL: no such table came */
	size_t bytes;
};

void tables_destroy(struct tables *tables)
{
	for (size_t i = 0; tables != NULL && i < TABLE_COUNT; i++) {
		json_decref(tables->rows[i]);
	}
	free(tables);
}

/* TABLE_COUNT when it is none that is read. */
static enum table_kind kind_of(struct str name)
{
	const struct str end = STR(".csv");
	struct str stem = name;
	if (name.len > end.len && memcmp(name.ptr + name.len - end.len, end.ptr, end.len) == 0) {
		stem.len -= end.len;
	}
	for (unsigned k = 0; k < TABLE_COUNT; k++) {
		for (size_t i = 0; i < 3 && kinds[k].names[i] != NULL; i++) {
			if (str_is(stem, kinds[k].names[i])) {
				return (enum table_kind)k;
			}
		}
	}
	return TABLE_COUNT;
}

static struct str row_path(struct exchange_import *import, struct str name, const struct csv *csv)
{
	return arena_printf(&import->item, "%.*s:%u", STR_ARG(name), csv->row_line);
}

/* True when a row is there to be used. */
static bool row_ok(struct exchange_import *import, struct str name, const struct csv *csv,
	enum csv_answer answer, size_t columns)
{
	const struct str path = row_path(import, name, csv);
	switch (answer) {
	case CSV_ROW:
		break;
	case CSV_WIDE:
		import_report(import, path, "", "has more than %d fields: left out", CSV_FIELDS);
		return false;
	case CSV_LONG:
		import_report(
			import, path, "", "has a field over %d bytes: left out", CSV_FIELD_BYTES);
		return false;
	case CSV_UNCLOSED:
		import_report(import, path, "",
			"has a quote that is never closed: left out, and "
			"whatever stood behind it");
		return false;
	case CSV_NOMEM:
		import->err = ERR_NOMEM;
		return false;
	case CSV_END:
		return false;
	}
	if (csv->stray) {
		import_report(
			import, path, "", "has a quote where none belongs: taken as it stands");
	}
	if (columns > 0 && csv->count > columns) {
		import_report(import, path, "",
			"has %zu fields, the table %zu columns: the rest is "
			"left out",
			csv->count, columns);
	}
	return true;
}

static json_t *header_read(struct exchange_import *import, struct csv *csv, struct str name)
{
	json_t *header = json_array();
	const enum csv_answer answer = csv_next(csv);
	if (answer == CSV_END || !row_ok(import, name, csv, answer, 0)) {
		import_report(import, name, "", "has no row of column names");
		return header;
	}
	for (size_t i = 0; i < csv->count; i++) {
		unsigned changes = 0;
		const struct str column =
			clean_text(&import->item, csv_field(csv, i), 60, false, false, &changes);
		(void)json_array_append_new(header, json_stringn(column.ptr, column.len));
	}
	return header;
}

static void rows_read(struct exchange_import *import, struct csv *csv, struct str name,
	const json_t *header, json_t *rows)
{
	const size_t columns = json_array_size(header);
	enum csv_answer answer;
	while (columns > 0 && import->err == ERR_OK && (answer = csv_next(csv)) != CSV_END) {
		const struct arena_mark mark = arena_mark(&import->item);
		json_t *row = json_object();
		const bool good = row_ok(import, name, csv, answer, columns);
		for (size_t i = 0; good && i < csv->count && i < columns; i++) {
			const struct str field = csv_field(csv, i);
			const char *column = json_string_value(json_array_get(header, i));
			if (field.len > 0 && column != NULL && column[0] != '\0') {
				(void)json_object_set_new(
					row, column, json_stringn(field.ptr, field.len));
			} else if (field.len > 0) {
				import_report(import, row_path(import, name, csv), "",
					"a field stands in a column without a name: left out");
			}
		}
		if (good) {
			(void)json_array_append_new(rows, row);
		} else {
			json_decref(row);
		}
		arena_rewind(&import->item, mark);
		if (answer == CSV_UNCLOSED) {
			break;
		}
	}
}

enum err tables_add(struct exchange_import *import, struct str name, struct str csv_text)
{
	struct csv *csv = NULL;
	arena_reset(&import->item);
	if (import->tables == NULL) {
		import->tables = calloc(1, sizeof(*import->tables));
	}
	if (import->tables == NULL) {
		return ERR_NOMEM;
	}
	const enum table_kind kind = kind_of(name);
	if (kind == TABLE_COUNT) {
		import_report(import, name, "", "a draft has no place for this table");
		return import->err;
	}
	import->tables->bytes += csv_text.len;
	if (import->tables->bytes > EXCHANGE_TABLES_BYTES) {
		return ERR_TOO_LARGE;
	}
	buf_reset(&import->text);
	if (clean_utf8(&import->text, csv_text)) {
		import_report(
			import, name, "", "holds bytes that are not UTF-8: read as Windows-1252");
	}
	json_t **rows = &import->tables->rows[kind];
	*rows = *rows == NULL ? json_array() : *rows;
	csv = calloc(1, sizeof(*csv));
	if (csv == NULL || *rows == NULL || import->text.failed) {
		free(csv);
		return ERR_NOMEM;
	}
	csv_init(csv, buf_str(&import->text));
	json_t *header = header_read(import, csv, name);
	rows_read(import, csv, name, header, *rows);
	json_decref(header);
	csv_finish(csv);
	free(csv);
	return import->err;
}

/* -- joining -- */

static const char *id_of(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

/* The rows of a table by id; the first of two keeps it.  Borrowed by nobody: the caller's. */
static json_t *by_id(struct exchange_import *import, enum table_kind kind)
{
	json_t *index = json_object();
	const json_t *rows = import->tables->rows[kind];
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		const char *id = id_of(row, "id");
		if (id != NULL && json_object_get(index, id) == NULL) {
			(void)json_object_set(index, id, row);
		}
	}
	return index;
}

/* Whom a row belongs to: the service, else the organisation, that it names. */
static json_t *owner_of(const json_t *row, const json_t *services, const json_t *organisations)
{
	static const char *const keys[] = {"service_id", "link_id", "organization_id"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *id = id_of(row, keys[i]);
		json_t *owner = id == NULL ? NULL : json_object_get(services, id);
		owner = owner == NULL && id != NULL ? json_object_get(organisations, id) : owner;
		if (owner != NULL) {
			return owner;
		}
	}
	return NULL;
}

static void rows_join(struct exchange_import *import, enum table_kind kind, json_t *services,
	json_t *organisations, json_t *terms)
{
	const json_t *rows = import->tables->rows[kind];
	const char *member = kinds[kind].member;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		json_t *owner = owner_of(row, services, organisations);
		const char *term = id_of(row, "taxonomy_term_id");
		if (owner == NULL) {
			const struct arena_mark mark = arena_mark(&import->item);
			import_report(import, import_path(import, STR(""), member, i), "",
				"belongs to no service or organisation of the package");
			arena_rewind(&import->item, mark);
			continue;
		}
		if (term != NULL && json_object_get(terms, term) != NULL) {
			(void)json_object_set(row, "taxonomy_term", json_object_get(terms, term));
		}
		if (!json_is_array(json_object_get(owner, member))) {
			(void)json_object_set_new(owner, member, json_array());
		}
		(void)json_array_append(json_object_get(owner, member), row);
	}
}

static void rows_import(struct exchange_import *import, enum table_kind kind, const char *name)
{
	const json_t *rows = import->tables->rows[kind];
	for (size_t i = 0; i < json_array_size(rows) && import->err == ERR_OK; i++) {
		arena_reset(&import->item);
		const struct str path = arena_printf(&import->item, "%s[%zu]", name, i);
		import_item(import, json_array_get(rows, i), path, str_from(name));
	}
}

void tables_join(struct exchange_import *import)
{
	json_t *services = by_id(import, TABLE_SERVICES);
	json_t *organisations = by_id(import, TABLE_ORGANISATIONS);
	json_t *terms = by_id(import, TABLE_TERMS);
	arena_reset(&import->item);
	if (import->tables->rows[TABLE_SERVICES] == NULL) {
		import_report(import, STR("services.csv"), "", "is missing in the package");
	}
	for (unsigned kind = TABLE_ATTRIBUTES; kind < TABLE_COUNT; kind++) {
		rows_join(import, (enum table_kind)kind, services, organisations, terms);
	}
	json_decref(services);
	json_decref(organisations);
	json_decref(terms);
	rows_import(import, TABLE_ORGANISATIONS, "organizations");
	rows_import(import, TABLE_SERVICES, "services");
}
