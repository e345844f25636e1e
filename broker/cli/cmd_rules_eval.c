/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/json.h"
#include "broker/cli/rules_eval.h"

/* rules eval: one expression, or a file of them, as the language has it. */

/* The pieces of a text between its separators. */
static size_t split(struct cli *cli, struct str text, char separator, const struct str **ret_parts)
{
	size_t most = 1;
	for (size_t i = 0; i < text.len; i++) {
		most += text.ptr[i] == separator;
	}
	struct str *parts = arena_array(&cli->arena, most, sizeof(*parts));
	size_t count = 0;
	size_t start = 0;
	for (size_t i = 0; parts != NULL && i <= text.len; i++) {
		if (i == text.len || text.ptr[i] == separator) {
			if (i > start) {
				parts[count++] = (struct str){text.ptr + start, i - start};
			}
			start = i + 1;
		}
	}
	*ret_parts = parts;
	return count;
}

enum err rules_question(
	struct cli *cli, const struct author_schema *schema, struct author_question *ret_question)
{
	struct author_question question = {
		.container = str_from(cli_option(cli, OPTION_CONTAINER)),
		.unchecked = cli_option(cli, OPTION_UNCHECKED) != NULL,
		.schema = schema,
	};
	const char *file = cli_option(cli, OPTION_FACTS);
	if (file != NULL) {
		struct value *facts = arena_alloc(&cli->arena, sizeof(*facts));
		const enum err err = facts == NULL ? ERR_NOMEM : input_object(cli, file, facts);
		if (err != ERR_OK) {
			return err;
		}
		question.facts = facts;
	}
	/* The option may stand several times; its values come a line each. */
	question.declared_count =
		split(cli, str_from(cli_option(cli, OPTION_DECLARE)), '\n', &question.declared);
	question.unknown_count =
		split(cli, str_from(cli_option(cli, OPTION_UNKNOWN)), ',', &question.unknown);
	*ret_question = question;
	return ERR_OK;
}

static struct str missing_words(struct cli *cli, const struct author_reply *reply)
{
	struct str words = {0};
	for (size_t i = 0; i < reply->missing_count; i++) {
		words = arena_printf(&cli->arena, "%.*s%s%.*s", STR_ARG(words), i == 0 ? "" : ", ",
			STR_ARG(reply->missing[i]));
	}
	return words;
}

struct str rules_reply_words(struct cli *cli, const struct author_reply *reply, bool type)
{
	switch (reply->kind) {
	case AUTHOR_REPLY_ERROR:
		if (type && reply->type.len > 0) {
			return reply->type;
		}
		if (reply->line == 0) {
			return arena_printf(&cli->arena, "error: %.*s", STR_ARG(reply->text));
		}
		return arena_printf(&cli->arena, "error: %u:%u: %.*s", reply->line, reply->column,
			STR_ARG(reply->text));
	case AUTHOR_REPLY_UNKNOWN:
		if (type) {
			return reply->type;
		}
		return arena_printf(
			&cli->arena, "unknown: %.*s", STR_ARG(missing_words(cli, reply)));
	case AUTHOR_REPLY_VALUE:
		break;
	}
	return type ? reply->type : reply->text;
}

static struct value reply_value(struct cli *cli, const struct author_reply *reply)
{
	struct arena *arena = &cli->arena;
	struct value map = value_map_new(arena, 4);
	switch (reply->kind) {
	case AUTHOR_REPLY_VALUE:
		value_put(arena, &map, "value", value_of_str(reply->text));
		break;
	case AUTHOR_REPLY_UNKNOWN: {
		struct value list = value_list_new(arena, reply->missing_count);
		for (size_t i = 0; i < reply->missing_count; i++) {
			value_push(arena, &list, value_of_str(reply->missing[i]));
		}
		value_put(arena, &map, "unknown", list);
		break;
	}
	case AUTHOR_REPLY_ERROR:
		value_put(arena, &map, "error", value_of_str(reply->text));
		value_put(arena, &map, "line", value_of_int((int64_t)reply->line));
		value_put(arena, &map, "column", value_of_int((int64_t)reply->column));
		break;
	}
	if (reply->type.len > 0) {
		value_put(arena, &map, "type", value_of_str(reply->type));
	}
	return map;
}

void rules_print_caret(struct buf *out, struct str source, unsigned line, unsigned column)
{
	size_t start = 0;
	for (size_t at = 0; at < source.len && line > 1; at++) {
		if (source.ptr[at] == '\n') {
			start = at + 1;
			line--;
		}
	}
	size_t end = start;
	while (end < source.len && source.ptr[end] != '\n') {
		end++;
	}
	buf_add_text(out, "  ");
	buf_add_str(out, (struct str){source.ptr + start, end - start});
	buf_add_text(out, "\n  ");
	/* A tab is as wide here as it is above. */
	for (size_t at = start; at < end && column > 1; at++) {
		if (((unsigned char)source.ptr[at] & 0xc0) != 0x80) {
			buf_add_text(out, source.ptr[at] == '\t' ? "\t" : " ");
			column--;
		}
	}
	buf_printf(out, "%*s^\n", (int)(column - 1), "");
}

static int print_reply(struct cli *cli, const struct author_question *question,
	const struct author_reply *reply, bool type, bool caret)
{
	struct buf out = {0};
	if (cli_json(cli)) {
		const struct value line = reply_value(cli, reply);
		cli_print_json(cli, &line);
	} else {
		buf_add_str(&out, rules_reply_words(cli, reply, type));
		buf_add_text(&out, "\n");
	}
	cli_print(cli, &out);
	buf_reset(&out);
	const bool failed = reply->kind == AUTHOR_REPLY_ERROR && !(type && reply->type.len > 0);
	if (failed && caret && reply->line > 0 && !cli_json(cli)) {
		(void)fflush(cli->out);
		rules_print_caret(&out, question->source, reply->line, reply->column);
		struct buf clean = {0};
		text_escape(&clean, buf_str(&out));
		(void)fwrite(clean.data == NULL ? "" : clean.data, 1, clean.len, cli->err);
		buf_finish(&clean);
	}
	buf_finish(&out);
	return failed ? EXIT_OTHER : EXIT_DONE;
}

/* -- a file of cases -- */

/* A list of texts, or one. */
static size_t texts_of(struct cli *cli, const struct value *given, const struct str **ret_texts)
{
	const bool one = given->kind == VALUE_STRING;
	const size_t count = one ? 1 : given->list.count;
	struct str *texts = arena_array(&cli->arena, count + 1, sizeof(*texts));
	for (size_t i = 0; texts != NULL && i < count; i++) {
		texts[i] = one ? given->string : given->list.items[i].string;
	}
	*ret_texts = texts;
	return texts == NULL ? 0 : count;
}

/* {"x": "int"}, ["x:int"] or "x:int" */
static size_t declarations_of(
	struct cli *cli, const struct value *given, const struct str **ret_texts)
{
	if (given->kind != VALUE_MAP) {
		return texts_of(cli, given, ret_texts);
	}
	const size_t count = given->map.count;
	struct str *texts = arena_array(&cli->arena, count + 1, sizeof(*texts));
	for (size_t i = 0; texts != NULL && i < count; i++) {
		const struct value_entry *entry = &given->map.entries[i];
		texts[i] = arena_printf(&cli->arena, "%.*s:%.*s", STR_ARG(entry->key),
			STR_ARG(entry->value.kind == VALUE_STRING ? entry->value.string
								  : (struct str){0}));
	}
	*ret_texts = texts;
	return texts == NULL ? 0 : count;
}

static bool are_texts(const struct value *given)
{
	if (given->kind != VALUE_LIST) {
		return given->kind == VALUE_STRING;
	}
	for (size_t i = 0; i < given->list.count; i++) {
		if (given->list.items[i].kind != VALUE_STRING) {
			return false;
		}
	}
	return true;
}

/* What is wrong with a case, or NULL: an option that means nothing is no option left out. */
static const char *mistake_in(const struct value *line)
{
	const struct value *source = value_get(line, STR("expr"));
	const struct value *declared = value_get(line, STR("declare"));
	const struct value *unknown = value_get(line, STR("unknown"));
	const struct value *container = value_get(line, STR("container"));
	const struct value *type = value_get(line, STR("type"));
	const struct value *unchecked = value_get(line, STR("unchecked"));
	if (source == NULL || source->kind != VALUE_STRING) {
		return "the case has no \"expr\" that is a text";
	}
	if (declared != NULL && declared->kind != VALUE_MAP && !are_texts(declared)) {
		return "\"declare\" is {\"NAME\": \"TYPE\"} or [\"NAME:TYPE\"]";
	}
	if (unknown != NULL && !are_texts(unknown)) {
		return "\"unknown\" is a list of paths, such as [\"person.age\"]";
	}
	if (container != NULL && container->kind != VALUE_STRING) {
		return "\"container\" is a text";
	}
	if ((type != NULL && type->kind != VALUE_BOOL) ||
		(unchecked != NULL && unchecked->kind != VALUE_BOOL)) {
		return "\"type\" and \"unchecked\" are true or false";
	}
	return NULL;
}

static int print_mistake(
	struct cli *cli, const struct author_question *question, const char *mistake)
{
	const struct author_reply reply = {
		.kind = AUTHOR_REPLY_ERROR, .text = arena_str(&cli->arena, str_from(mistake))};
	return print_reply(cli, question, &reply, false, false);
}

static int batch_case(
	struct cli *cli, const struct author_question *usual, const struct value *line)
{
	struct author_question question = *usual;
	const char *mistake = mistake_in(line);
	if (mistake != NULL) {
		return print_mistake(cli, &question, mistake);
	}
	const struct value *facts = value_get(line, STR("facts"));
	const struct value *declared = value_get(line, STR("declare"));
	const struct value *unknown = value_get(line, STR("unknown"));
	const struct value *container = value_get(line, STR("container"));
	const bool type = value_get_bool(line, "type", cli_option(cli, OPTION_TYPE) != NULL);
	question.source = value_get(line, STR("expr"))->string;
	question.unchecked = value_get_bool(line, "unchecked", usual->unchecked);
	question.facts = facts != NULL ? facts : question.facts;
	if (container != NULL) {
		question.container = container->string;
	}
	if (declared != NULL) {
		question.declared_count = declarations_of(cli, declared, &question.declared);
	}
	if (unknown != NULL) {
		question.unknown_count = texts_of(cli, unknown, &question.unknown);
	}
	struct arena arena;
	arena_init(&arena, 0);
	const struct author_reply reply = author_ask(&question, &arena);
	const int code = print_reply(cli, &question, &reply, type, false);
	arena_finish(&arena);
	return code;
}

/* Each line stands for itself: what is wrong with one is said in its place. */
static int batch_line(struct cli *cli, const struct author_question *usual, struct str text)
{
	struct value line = {0};
	struct fault fault = {0};
	if (json_read_object(text, "case", &cli->arena, &line, &fault) != ERR_OK) {
		return print_mistake(cli, usual, fault.message);
	}
	return batch_case(cli, usual, &line);
}

static int batch(struct cli *cli, const struct author_question *usual)
{
	struct str text = {0};
	const struct str *lines = NULL;
	const enum err err = input_text(cli, cli_option(cli, OPTION_BATCH), &text);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const size_t count = split(cli, text, '\n', &lines);
	int code = EXIT_DONE;
	for (size_t i = 0; i < count; i++) {
		const struct str line = lines[i];
		size_t blank = 0;
		while (blank < line.len && strchr(" \t\r", line.ptr[blank]) != NULL) {
			blank++;
		}
		if (blank < line.len) {
			const int one = batch_line(cli, usual, line);
			code = code == EXIT_DONE ? one : code;
		}
	}
	return code;
}

int cmd_rules_eval(struct cli *cli)
{
	struct author_schema schema;
	struct author_question question;
	enum err err = ERR_OK;
	const bool batched = cli_option(cli, OPTION_BATCH) != NULL;
	if (batched == (cli->args.argument_count > 0)) {
		err = fault_set(&cli->fault, ERR_USAGE, "",
			"onward rules eval EXPR, or onward rules eval --batch FILE");
	}
	if (err == ERR_OK) {
		err = rules_schema(cli, &schema);
	}
	if (err == ERR_OK) {
		err = rules_question(cli, &schema, &question);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	if (batched) {
		return batch(cli, &question);
	}
	question.source = str_from(cli->args.arguments[0]);
	if (str_is(question.source, "-")) {
		err = rules_file_text(cli, "-", &question.source);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const struct author_reply reply = author_ask(&question, &cli->arena);
	return print_reply(cli, &question, &reply, cli_option(cli, OPTION_TYPE) != NULL, true);
}
