/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/table.h"
#include "broker/base/yaml.h"

#include <stdarg.h>
#include <stdio.h>

void author_reading_complain(
	const struct author_reading *reading, unsigned line, const char *format, ...)
{
	char message[320];
	struct author_finding *finding = author_findings_add(reading->findings);
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (finding != NULL) {
		finding->level = AUTHOR_ERROR;
		finding->code = "table";
		finding->file = reading->file->path;
		finding->line = line;
		finding->message = arena_str(reading->findings->arena, str_from(message));
	}
}

struct author_case *author_reading_case(const struct author_reading *reading, unsigned line)
{
	struct author_table *table = reading->table;
	struct arena *arena = reading->findings->arena;
	if (table->count == table->room) {
		const size_t room = table->room == 0 ? 64 : table->room * 2;
		struct author_case *cases = arena_array(arena, room, sizeof(*cases));
		if (cases == NULL) {
			return NULL;
		}
		if (table->count > 0) {
			memcpy(cases, table->cases, table->count * sizeof(*cases));
		}
		table->cases = cases;
		table->room = room;
	}
	struct author_case *made = &table->cases[table->count];
	*made = (struct author_case){.file = reading->file, .line = line};
	if (!author_person_init(&made->person, reading->schema, arena)) {
		return NULL;
	}
	table->count++;
	return made;
}

bool author_reading_fact(const struct author_reading *reading, struct author_case *into,
	unsigned line, struct str path, struct str text)
{
	const struct author_fact *fact = author_fact_find(reading->schema, path);
	char message[200];
	if (fact == NULL) {
		const struct author_fact *near = author_fact_nearest(reading->schema, path);
		author_reading_complain(reading, line, "no referral holds a fact \"%.*s\"%s%.*s%s",
			STR_ARG(path), near == NULL ? "" : "; did you mean ",
			STR_ARG(near == NULL ? (struct str){0} : near->path),
			near == NULL ? "" : "?");
		return false;
	}
	struct rules_fact *place = &into->person.facts[fact - reading->schema->facts];
	if (!author_fact_read(fact, text, reading->findings->arena, place, message)) {
		author_reading_complain(reading, line, "%.*s %s", STR_ARG(path), message);
		return false;
	}
	return true;
}

bool author_reading_verdict(const struct author_reading *reading, struct author_case *into,
	unsigned line, struct str text)
{
	const int verdict = author_verdict_find(text);
	if (verdict < 0) {
		author_reading_complain(reading, line,
			"verdict must be eligible, ineligible, undetermined or error");
		return false;
	}
	into->verdict = (enum author_verdict)verdict;
	return true;
}

size_t author_reading_names(
	const struct author_reading *reading, struct str text, const struct str **ret_names)
{
	size_t most = 1;
	for (size_t i = 0; i < text.len; i++) {
		most += text.ptr[i] == ';' || text.ptr[i] == ',' || text.ptr[i] == ' ';
	}
	struct str *names = arena_array(reading->findings->arena, most, sizeof(*names));
	size_t count = 0;
	size_t start = 0;
	for (size_t i = 0; names != NULL && i <= text.len; i++) {
		const bool ends = i == text.len || text.ptr[i] == ';' || text.ptr[i] == ',' ||
				  text.ptr[i] == ' ';
		if (ends && i > start) {
			names[count++] = (struct str){text.ptr + start, i - start};
		}
		start = ends ? i + 1 : start;
	}
	*ret_names = names;
	return count;
}

/* A list, or one scalar, of names. */
static size_t node_names(const struct author_reading *reading, const struct yaml_node *node,
	const struct str **ret_names)
{
	if (node->kind == YAML_SCALAR) {
		return author_reading_names(reading, node->text, ret_names);
	}
	struct str *names = arena_array(reading->findings->arena, node->count + 1, sizeof(*names));
	size_t count = 0;
	for (const struct yaml_node *n = node->first; names != NULL && n != NULL; n = n->next) {
		names[count++] = n->text;
	}
	*ret_names = names;
	return count;
}

/* The text of a fact's value as a table would write it. */
static struct str node_text(const struct author_reading *reading, const struct yaml_node *node)
{
	if (node->kind == YAML_SCALAR) {
		return node->text;
	}
	struct str text = STR("[");
	for (const struct yaml_node *n = node->first; n != NULL; n = n->next) {
		text = arena_printf(reading->findings->arena, "%.*s%s%.*s", STR_ARG(text),
			n->index == 0 ? "" : ";", STR_ARG(n->text));
	}
	return arena_printf(reading->findings->arena, "%.*s]", STR_ARG(text));
}

/* Facts by their paths, or in maps as a referral has them. */
static bool facts_read(const struct author_reading *reading, struct author_case *into,
	const struct yaml_node *map, struct str above)
{
	if (map->kind != YAML_MAP) {
		author_reading_complain(reading, map->line, "facts must be a map of facts");
		return false;
	}
	bool ok = true;
	for (const struct yaml_node *n = map->first; n != NULL; n = n->next) {
		const struct str path =
			above.len == 0 ? n->key
				       : arena_printf(reading->findings->arena, "%.*s.%.*s",
						 STR_ARG(above), STR_ARG(n->key));
		if (n->kind == YAML_MAP) {
			ok = facts_read(reading, into, n, path) && ok;
		} else {
			ok = author_reading_fact(
				     reading, into, n->key_line, path, node_text(reading, n)) &&
			     ok;
		}
	}
	return ok;
}

static bool member_read(const struct author_reading *reading, struct author_case *into,
	const struct yaml_node *n, bool *has_verdict)
{
	if (str_is(n->key, "facts")) {
		return facts_read(reading, into, n, (struct str){0});
	}
	if (str_is(n->key, "missing")) {
		into->has_missing = true;
		into->missing_count = node_names(reading, n, &into->missing);
	} else if (str_is(n->key, "reason")) {
		into->reason_count = node_names(reading, n, &into->reason);
	} else if (n->kind != YAML_SCALAR) {
		author_reading_complain(reading, n->key_line,
			"\"%.*s\" is no key of a case, or should be a text", STR_ARG(n->key));
		return false;
	} else if (str_is(n->key, "verdict")) {
		*has_verdict = true;
		return author_reading_verdict(reading, into, n->line, n->text);
	} else if (str_is(n->key, "name")) {
		into->name = n->text;
	} else if (str_is(n->key, "service")) {
		into->service = n->text;
	} else if (str_is(n->key, "says")) {
		into->says = n->text;
	} else {
		author_reading_complain(reading, n->key_line,
			"unknown key \"%.*s\"; a case has name, service, facts, verdict, reason, "
			"missing, says",
			STR_ARG(n->key));
		return false;
	}
	return true;
}

static void case_read(const struct author_reading *reading, const struct yaml_node *node,
	const struct yaml_node *given, struct str service)
{
	struct author_case *made = author_reading_case(reading, node->line);
	bool has_verdict = false;
	if (made == NULL) {
		return;
	}
	made->service = service;
	bool ok = node->kind == YAML_MAP;
	if (ok && given != NULL) {
		ok = facts_read(reading, made, given, (struct str){0});
	}
	for (const struct yaml_node *n = node->first; ok && n != NULL; n = n->next) {
		ok = member_read(reading, made, n, &has_verdict);
	}
	if (ok && (!has_verdict || made->service.len == 0)) {
		author_reading_complain(reading, node->line, "the case has no %s",
			has_verdict ? "service, and the table none for all" : "verdict");
		ok = false;
	}
	reading->table->count -= !ok;
}

static void table_read_yaml(const struct author_reading *reading, const struct yaml_node *root)
{
	const struct yaml_node *service = yaml_get(root, "service");
	const struct yaml_node *given = yaml_get(root, "given");
	for (const struct yaml_node *n = root->first; n != NULL; n = n->next) {
		if (!str_is(n->key, "service") && !str_is(n->key, "given") &&
			!str_is(n->key, "cases")) {
			author_reading_complain(reading, n->key_line,
				"unknown key \"%.*s\"; a table has service, given and cases",
				STR_ARG(n->key));
		}
	}
	const struct yaml_node *cases = yaml_get(root, "cases");
	for (const struct yaml_node *n = cases->first; n != NULL; n = n->next) {
		case_read(reading, n, given, service == NULL ? (struct str){0} : service->text);
	}
}

bool author_table_add(struct author_table *table, const struct author_file *file,
	const struct author_schema *schema, struct author_findings *findings)
{
	const struct author_reading reading = {table, file, schema, findings};
	const struct str csv = STR(".csv");
	if (file->path.len > csv.len &&
		memcmp(file->path.ptr + file->path.len - csv.len, csv.ptr, csv.len) == 0) {
		author_table_read_csv(&reading);
		return true;
	}
	const struct yaml_node *root = NULL;
	struct yaml_error error = {0};
	if (yaml_parse(findings->arena, file->bytes, &root, &error) != ERR_OK) {
		return false; /* the book says so, whatever it was meant to be */
	}
	const struct yaml_node *cases = yaml_get(root, "cases");
	if (cases == NULL || cases->kind != YAML_LIST) {
		return false;
	}
	table_read_yaml(&reading, root);
	return true;
}
