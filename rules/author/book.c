/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/book.h"
#include "broker/base/yaml.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\n';
}

/* Whether the file says `cel` from `at` on, however its lines are folded; *ret_end is the byte of
 * the file where byte `stop` of the text stands. */
static bool reads(struct str bytes, size_t at, struct str cel, size_t stop, size_t *ret_end)
{
	size_t i = 0;
	*ret_end = at;
	while (i < cel.len) {
		if (i <= stop) {
			*ret_end = at;
		}
		if (is_space(cel.ptr[i])) {
			if (at >= bytes.len || !is_space(bytes.ptr[at])) {
				return false;
			}
			while (i < cel.len && is_space(cel.ptr[i])) {
				i++;
			}
			while (at < bytes.len && is_space(bytes.ptr[at])) {
				at++;
			}
			continue;
		}
		if (at >= bytes.len || bytes.ptr[at] != cel.ptr[i]) {
			return false;
		}
		at++;
		i++;
	}
	if (stop >= cel.len) {
		*ret_end = at;
	}
	return true;
}

static size_t line_start(struct str bytes, unsigned line)
{
	size_t at = 0;
	while (line > 1 && at < bytes.len) {
		line -= bytes.ptr[at] == '\n';
		at++;
	}
	return at;
}

/* Where the text of a scalar begins in the file; SIZE_MAX when it is written with escapes. */
static size_t find_text(struct str bytes, unsigned line, struct str cel)
{
	size_t end;
	unsigned lines = 0;
	/* A block scalar's text begins on the line below its indicator. */
	for (size_t at = line_start(bytes, line); at < bytes.len && lines < 3; at++) {
		lines += bytes.ptr[at] == '\n';
		if (cel.len > 0 && reads(bytes, at, cel, 0, &end)) {
			return at;
		}
	}
	return SIZE_MAX;
}

void author_clause_place(const struct author_service *service, const struct author_clause *clause,
	size_t offset, struct author_finding *finding)
{
	const struct str bytes = service->file->bytes;
	finding->file = service->file->path;
	finding->service = service->id;
	finding->clause = clause->id;
	finding->line = clause->line;
	if (clause->at == SIZE_MAX) {
		unsigned line;
		cel_source_position(clause->cel, offset, &line, &finding->column);
		finding->excerpt = clause->cel;
		return;
	}
	size_t place;
	(void)reads(bytes, clause->at, clause->cel, offset, &place);
	finding->line = 1;
	size_t start = 0;
	for (size_t at = 0; at < place && at < bytes.len; at++) {
		if (bytes.ptr[at] == '\n') {
			finding->line++;
			start = at + 1;
		}
	}
	finding->column = 1;
	for (size_t at = start; at < place; at++) {
		finding->column += ((unsigned char)bytes.ptr[at] & 0xc0U) != 0x80U;
	}
	size_t end = start;
	while (end < bytes.len && bytes.ptr[end] != '\n') {
		end++;
	}
	finding->excerpt = (struct str){bytes.ptr + start, end - start};
}

static struct str text_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	return node == NULL || node->kind != YAML_SCALAR ? (struct str){0} : node->text;
}

static void complain(struct author_findings *findings, const struct author_file *file,
	unsigned line, const char *code, const char *message)
{
	struct author_finding *finding = author_findings_add(findings);
	if (finding != NULL) {
		finding->level = AUTHOR_ERROR;
		finding->code = code;
		finding->file = file->path;
		finding->line = line;
		finding->message = arena_str(findings->arena, str_from(message));
	}
}

void author_clause_compile(
	struct author_clause *clause, const struct author_schema *schema, struct arena *arena)
{
	struct cel_tree *tree = NULL;
	struct cel_program *program = NULL;
	struct rules_clause *compiled = NULL;
	struct rules_error error;
	if (cel_parse(arena, clause->cel, &tree, &clause->fault) != ERR_OK ||
		cel_check(arena, tree, &schema->env, &clause->fault) != ERR_OK ||
		cel_compile(arena, tree, tree->root, &program, &clause->fault) != ERR_OK) {
		return;
	}
	if (rules_compile_in(arena, &schema->env, clause->cel, &compiled, &error) == ERR_OK) {
		clause->tree = tree;
		clause->compiled = compiled;
		return;
	}
	clause->fault = (struct cel_fault){.line = error.line, .column = error.column};
	str_copy(clause->fault.message, sizeof(clause->fault.message), str_from(error.message));
}

/* The clauses of one list of a service. */
static void clauses_add(struct author_book *book, struct author_service *service,
	const struct yaml_node *list, bool cohort, struct author_findings *findings)
{
	const struct author_file *file = service->file;
	for (const struct yaml_node *n = list->first; n != NULL; n = n->next) {
		const struct yaml_node *cel = yaml_get(n, "cel");
		if (cel == NULL || cel->kind != YAML_SCALAR) {
			complain(findings, file, n->line, "no-clause",
				"a clause needs its condition, under cel");
			continue;
		}
		struct author_clause *clause = &service->clauses[service->clause_count++];
		*clause = (struct author_clause){
			.id = text_of(n, "id"),
			.cel = cel->text,
			.means = text_of(n, "means"),
			.question = text_of(n, "question"),
			.ask = str_is(text_of(n, "otherwise"), "ask"),
			.cohort = cohort,
			.at = find_text(file->bytes, cel->line, cel->text),
			.line = cel->line,
		};
		if (clause->id.len == 0) {
			clause->id = arena_printf(findings->arena, "%s-%zu",
				cohort ? "cohort" : "clause", n->index + 1);
		}
		author_clause_compile(clause, book->schema, findings->arena);
	}
}

static struct author_service *service_add(struct author_book *book, const struct author_file *file,
	size_t clauses, struct arena *arena)
{
	if (book->count == book->room) {
		const size_t room = book->room == 0 ? 64 : book->room * 2;
		struct author_service *services = arena_array(arena, room, sizeof(*services));
		if (services == NULL) {
			return NULL;
		}
		if (book->count > 0) {
			memcpy(services, book->services, book->count * sizeof(*services));
		}
		book->services = services;
		book->room = room;
	}
	struct author_service *service = &book->services[book->count];
	*service = (struct author_service){.file = file,
		.clauses = arena_array(arena, clauses + 1, sizeof(*service->clauses))};
	if (service->clauses == NULL) {
		return NULL;
	}
	book->count++;
	return service;
}

/* "adult" of "rules/adult.cel". */
static struct str stem(struct str path)
{
	struct str name = path;
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == '/') {
			name = (struct str){path.ptr + i + 1, path.len - i - 1};
		}
	}
	const char *dot = name.len == 0 ? NULL : memrchr(name.ptr, '.', name.len);
	return dot == NULL ? name : (struct str){name.ptr, (size_t)(dot - name.ptr)};
}

static bool ends_in(struct str path, struct str suffix)
{
	return path.len > suffix.len &&
	       memcmp(path.ptr + path.len - suffix.len, suffix.ptr, suffix.len) == 0;
}

static bool add_text(
	struct author_book *book, const struct author_file *file, struct author_findings *findings)
{
	struct author_service *service = service_add(book, file, 1, findings->arena);
	if (service == NULL) {
		return false;
	}
	struct str cel = file->bytes;
	while (cel.len > 0 && is_space(cel.ptr[cel.len - 1])) {
		cel.len--;
	}
	service->id = stem(file->path);
	service->clauses[0] = (struct author_clause){.id = service->id, .cel = cel, .line = 1};
	service->clause_count = 1;
	author_clause_compile(&service->clauses[0], book->schema, findings->arena);
	return true;
}

bool author_book_add(
	struct author_book *book, const struct author_file *file, struct author_findings *findings)
{
	if (ends_in(file->path, STR(".cel"))) {
		return add_text(book, file, findings);
	}
	const struct yaml_node *root = NULL;
	struct yaml_error error = {0};
	if (yaml_parse(findings->arena, file->bytes, &root, &error) != ERR_OK) {
		complain(findings, file, error.line, "not-yaml", error.message);
		return false;
	}
	const struct yaml_node *eligibility = yaml_get(root, "eligibility");
	const struct yaml_node *cohort = yaml_get(root, "cohort");
	const bool has_eligibility = eligibility != NULL && eligibility->kind == YAML_LIST;
	const bool has_cohort = cohort != NULL && cohort->kind == YAML_LIST;
	if (yaml_get(root, "role") == NULL && !has_eligibility && !has_cohort) {
		return false;
	}
	struct author_service *service = service_add(book, file,
		(has_eligibility ? eligibility->count : 0) + (has_cohort ? cohort->count : 0),
		findings->arena);
	if (service == NULL) {
		return false;
	}
	service->id = text_of(root, "id");
	service->name = text_of(root, "name");
	if (service->id.len == 0) {
		service->id = stem(file->path);
	}
	if (has_eligibility) {
		clauses_add(book, service, eligibility, false, findings);
	}
	if (has_cohort) {
		clauses_add(book, service, cohort, true, findings);
	}
	return true;
}

const struct author_service *author_book_find(const struct author_book *book, struct str id)
{
	for (size_t i = 0; i < book->count; i++) {
		if (str_equal(book->services[i].id, id)) {
			return &book->services[i];
		}
	}
	return NULL;
}
