/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/names.h"

#include "broker/base/text.h"
#include "broker/model/vocab.h"
#include "directory/directory.h"

/* Empty when it has none. */
static struct str name_of(const struct names *names, struct str id)
{
	if (str_is(id, "confidential")) {
		return STR("a service that is not named, for safety");
	}
	return names != NULL && names->service != NULL ? names->service(names->context, id)
						       : (struct str){0};
}

void names_service_short(struct buf *out, const struct names *names, struct str id)
{
	const struct str name = name_of(names, id);
	text_data(out, name.len == 0 ? id : name);
}

void names_service(struct buf *out, const struct names *names, struct str id)
{
	names_service_short(out, names, id);
	if (name_of(names, id).len > 0 && !str_is(id, "confidential")) {
		buf_add_text(out, " (");
		text_data(out, id);
		buf_add_text(out, ")");
	}
}

struct str names_authority(struct str code)
{
	const struct directory_authority *authority = directory_authority_by_code(code);
	if (authority == NULL) {
		authority = directory_authority_by_name(code);
	}
	return authority == NULL ? code : authority->name;
}

static bool any_clause(void *context, struct str cel, unsigned *ret_line, unsigned *ret_column,
	char *message, size_t message_size)
{
	(void)context;
	(void)cel;
	(void)ret_line;
	(void)ret_column;
	(void)message;
	(void)message_size;
	return true;
}

static int any_field(void *context, struct str path)
{
	(void)context;
	(void)path;
	return 1;
}

static struct directory_list vocab_strings(struct arena *arena, enum vocab_name vocab)
{
	size_t count = 0;
	const char *const *codes = vocab_codes(vocab, &count);
	struct str *items = arena_array(arena, count, sizeof(*items));
	for (size_t i = 0; items != NULL && i < count; i++) {
		items[i] = str_from(codes[i]);
	}
	return (struct directory_list){items, items == NULL ? 0 : count};
}

struct directory *names_directory(const char *root)
{
	struct directory_files files = {0};
	if (directory_files_read(root, &files, NULL) != ERR_OK) {
		return NULL;
	}
	struct arena arena;
	arena_init(&arena, 0);
	/* The broker checks clauses and fields when it publishes; a name is good without. */
	const struct directory_rulebook rulebook = {
		.needs = vocab_strings(&arena, VOCAB_NEED),
		.pathways = vocab_strings(&arena, VOCAB_PATHWAY),
		.specialist_groups = vocab_strings(&arena, VOCAB_GROUP),
		.party_kinds = vocab_strings(&arena, VOCAB_KIND),
		.clause_ok = any_clause,
		.field_class = any_field,
	};
	struct directory *directory = NULL;
	struct directory_problems problems = {0};
	if (directory_load(&files, &rulebook, &directory, &problems) != ERR_OK) {
		directory = NULL;
	}
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	arena_finish(&arena);
	return directory;
}

static struct str service_name(void *context, struct str id)
{
	const struct directory_service *service = directory_service_find(context, id);
	return service == NULL ? (struct str){0} : service->name;
}

struct names names_of_directory(struct directory *directory)
{
	return directory == NULL ? (struct names){0}
				 : (struct names){.service = service_name, .context = directory};
}
