/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/json.h"
#include "broker/cli/rules_eval.h"

#include <stdlib.h>
#include <unistd.h>

/* rules repl: expressions and facts, a line each. */

struct repl {
	struct cli *cli;
	struct author_question question;
	struct value facts; /* paths as they were set, and their values */
};

static struct str trim(struct str text)
{
	while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
		text = (struct str){text.ptr + 1, text.len - 1};
	}
	while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) != NULL) {
		text.len--;
	}
	return text;
}

static void say(struct repl *repl, struct str text)
{
	struct buf out = {0};
	buf_add_str(&out, text);
	buf_add_text(&out, "\n");
	cli_print(repl->cli, &out);
	buf_finish(&out);
}

static void unset(struct repl *repl, struct str path)
{
	struct value *facts = &repl->facts;
	for (size_t i = 0; i < facts->map.count; i++) {
		if (str_equal(facts->map.entries[i].key, path)) {
			facts->map.entries[i] = facts->map.entries[facts->map.count - 1];
			facts->map.count--;
			return;
		}
	}
}

/* ":set person.age = 16": what stands behind = is JSON; a word that is none is a text. */
static void set(struct repl *repl, struct str text)
{
	struct arena *arena = &repl->cli->arena;
	const char *equals = text.len == 0 ? NULL : memchr(text.ptr, '=', text.len);
	if (equals == NULL) {
		say(repl, STR("write :set person.age = 16"));
		return;
	}
	const struct str path = trim((struct str){text.ptr, (size_t)(equals - text.ptr)});
	const struct str given =
		trim((struct str){equals + 1, text.len - (size_t)(equals - text.ptr) - 1});
	struct value object = {0};
	struct fault fault;
	const struct str json = arena_printf(arena, "{\"v\": %.*s}", STR_ARG(given));
	struct value value = value_of_str(arena_str(arena, given));
	if (json_read_object(json, "value", arena, &object, &fault) == ERR_OK) {
		value = *value_get(&object, STR("v"));
	}
	unset(repl, path);
	const struct value before = repl->facts;
	repl->facts = value_map_new(arena, before.map.count + 1);
	for (size_t i = 0; i < before.map.count; i++) {
		repl->facts.map.entries[repl->facts.map.count++] = before.map.entries[i];
	}
	repl->facts.map.entries[repl->facts.map.count++] =
		(struct value_entry){arena_str(arena, path), value};
}

static void show_facts(struct repl *repl)
{
	struct buf out = {0};
	for (size_t i = 0; i < repl->facts.map.count; i++) {
		const struct value_entry *entry = &repl->facts.map.entries[i];
		text_data(&out, entry->key);
		buf_add_text(&out, " = ");
		json_write(&out, &entry->value);
		buf_add_text(&out, "\n");
	}
	cli_print(repl->cli, &out);
	buf_finish(&out);
}

static void ask(struct repl *repl, struct str source, bool type)
{
	struct author_question question = repl->question;
	question.source = source;
	question.facts = &repl->facts;
	const struct author_reply reply = author_ask(&question, &repl->cli->arena);
	if (reply.kind == AUTHOR_REPLY_ERROR && reply.line > 0) {
		struct buf out = {0};
		rules_print_caret(&out, source, reply.line, reply.column);
		cli_print(repl->cli, &out);
		buf_finish(&out);
	}
	say(repl, rules_reply_words(repl->cli, &reply, type));
}

/* False at the end. */
static bool obey(struct repl *repl, struct str line)
{
	const struct str set_word = STR(":set ");
	const struct str unset_word = STR(":unset ");
	const struct str type_word = STR(":type ");
	if (str_is(line, ":quit") || str_is(line, ":q")) {
		return false;
	}
	if (str_has_prefix(line, set_word)) {
		set(repl, (struct str){line.ptr + set_word.len, line.len - set_word.len});
	} else if (str_has_prefix(line, unset_word)) {
		unset(repl,
			trim((struct str){line.ptr + unset_word.len, line.len - unset_word.len}));
	} else if (str_has_prefix(line, type_word)) {
		ask(repl, (struct str){line.ptr + type_word.len, line.len - type_word.len}, true);
	} else if (str_is(line, ":facts")) {
		show_facts(repl);
	} else if (line.len > 0 && line.ptr[0] == ':') {
		say(repl, STR("an expression, or :set PATH = VALUE, :unset PATH, :facts, :type "
			      "EXPR, :quit"));
	} else if (line.len > 0) {
		ask(repl, line, false);
	}
	return true;
}

int cmd_rules_repl(struct cli *cli)
{
	struct author_schema schema;
	struct repl repl = {.cli = cli};
	const bool prompt = isatty(fileno(cli->in)) != 0;
	enum err err = rules_schema(cli, &schema);
	if (err == ERR_OK) {
		err = rules_question(cli, &schema, &repl.question);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	repl.facts =
		repl.question.facts != NULL ? *repl.question.facts : value_map_new(&cli->arena, 1);
	char *line = NULL;
	size_t size = 0;
	bool more = true;
	while (more) {
		if (prompt) {
			(void)fputs("rules> ", cli->out);
			(void)fflush(cli->out);
		}
		const ssize_t len = getline(&line, &size, cli->in);
		/* Kept: facts that are set point into it. */
		more = len >= 0 &&
		       obey(&repl, trim(arena_str(&cli->arena, (struct str){line, (size_t)len})));
		(void)fflush(cli->out);
	}
	free(line);
	return EXIT_DONE;
}
