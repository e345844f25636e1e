/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>

/* The tree while it grows: `open[depth]` is the list or map that takes the next value. */
struct builder {
	struct arena *arena;
	struct yaml_error *error;
	struct yaml_node *root;
	struct {
		struct yaml_node *node, *last; /* `last`: its last child so far */
	} open[YAML_LIMIT_DEPTH + 1];
	unsigned depth; /* 0: nothing is open */
	size_t elements;
	size_t documents;
	bool has_key;
	struct str key;
	unsigned key_line;
};

static enum err PRINTF_LIKE(3, 4)
	refuse(struct yaml_error *error, unsigned line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	error->line = line;
	(void)vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	return ERR_MALFORMED;
}

static unsigned event_line(struct fy_event *event)
{
	const struct fy_mark *mark = fy_event_start_mark(event);
	return mark == NULL || mark->line < 0 ? 0 : (unsigned)mark->line + 1;
}

/* The text of a scalar event; libfyaml's own buffer ends with the event, so it is copied. */
static enum err scalar_text(struct builder *b, struct fy_event *event, unsigned line,
	struct str *ret_text, enum fy_scalar_style *ret_style)
{
	struct fy_token *token = fy_event_get_token(event);
	size_t len = 0;
	const char *text = token == NULL ? NULL : fy_token_get_text(token, &len);
	*ret_style = token == NULL ? FYSS_PLAIN : fy_scalar_token_get_style(token);
	struct str s = {text, text == NULL ? 0 : len};
	while (s.len > 0 && s.ptr[s.len - 1] == '\n') {
		s.len--;
	}
	if (str_has_control(s, true)) {
		return refuse(b->error, line, "an escape stands for a control character");
	}
	*ret_text = arena_str(b->arena, s);
	return arena_failed(b->arena) ? ERR_NOMEM : ERR_OK;
}

static enum err key_take(struct builder *b, struct fy_event *event, unsigned line)
{
	enum fy_scalar_style style;
	struct str key;
	if (event->type != FYET_SCALAR) {
		return refuse(b->error, line, "a key must be a word, not a list or a map");
	}
	const enum err err = scalar_text(b, event, line, &key, &style);
	if (err != ERR_OK) {
		return err;
	}
	if (b->open[b->depth].node->count >= YAML_LIMIT_KEYS) {
		return refuse(b->error, line, "more than %d keys in one map", YAML_LIMIT_KEYS);
	}
	for (const struct yaml_node *n = b->open[b->depth].node->first; n != NULL; n = n->next) {
		if (str_equal(n->key, key)) {
			return refuse(b->error, line,
				"the key \"%.*s\" stands twice (first on line %u)",
				(int)(key.len > 60 ? 60 : key.len), key.ptr, n->key_line);
		}
	}
	b->has_key = true;
	b->key = key;
	b->key_line = line;
	return ERR_OK;
}

static void node_attach(struct builder *b, struct yaml_node *node)
{
	if (b->depth == 0) {
		b->root = node;
		return;
	}
	struct yaml_node *parent = b->open[b->depth].node;
	struct yaml_node *last = b->open[b->depth].last;
	node->parent = parent;
	node->index = parent->count++;
	if (b->has_key) {
		node->key = b->key;
		node->key_line = b->key_line;
		b->has_key = false;
	}
	if (last == NULL) {
		parent->first = node;
	} else {
		last->next = node;
	}
	b->open[b->depth].last = node;
}

static enum err value_take(struct builder *b, struct fy_event *event, unsigned line)
{
	struct yaml_node *node = arena_alloc(b->arena, sizeof(*node));
	if (node == NULL) {
		return ERR_NOMEM;
	}
	/* An absent value has no place of its own: its key's line is where one would write it. */
	node->line = line == 0 ? b->key_line : line;
	node->kind = YAML_SCALAR;
	if (event->type == FYET_SCALAR) {
		enum fy_scalar_style style;
		const enum err err = scalar_text(b, event, node->line, &node->text, &style);
		if (err != ERR_OK) {
			return err;
		}
		node->plain = style == FYSS_PLAIN || style == FYSS_ANY;
		node->literal = style == FYSS_LITERAL;
		node_attach(b, node);
		return ERR_OK;
	}
	if (b->depth >= YAML_LIMIT_DEPTH) {
		return refuse(b->error, line, "nested deeper than %d", YAML_LIMIT_DEPTH);
	}
	node->kind = event->type == FYET_MAPPING_START ? YAML_MAP : YAML_LIST;
	node_attach(b, node);
	b->depth++;
	b->open[b->depth].node = node;
	b->open[b->depth].last = NULL;
	return ERR_OK;
}

static enum err node_take(struct builder *b, struct fy_event *event)
{
	const unsigned line = event_line(event);
	if (fy_event_get_anchor_token(event) != NULL || fy_event_get_tag_token(event) != NULL) {
		return refuse(b->error, line, "anchors (&) and tags (!) are not accepted");
	}
	if (++b->elements > YAML_LIMIT_ELEMENTS) {
		return refuse(b->error, line, "more than %d values", YAML_LIMIT_ELEMENTS);
	}
	if (b->depth > 0 && b->open[b->depth].node->kind == YAML_MAP && !b->has_key) {
		return key_take(b, event, line);
	}
	return value_take(b, event, line);
}

static enum err event_take(struct builder *b, struct fy_event *event)
{
	switch (event->type) {
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		return ERR_OK;
	case FYET_DOCUMENT_START:
		if (++b->documents > 1) {
			return refuse(b->error, event_line(event), "a second document begins here");
		}
		return ERR_OK;
	case FYET_ALIAS:
		return refuse(b->error, event_line(event), "aliases (*) are not accepted");
	case FYET_SCALAR:
	case FYET_MAPPING_START:
	case FYET_SEQUENCE_START:
		return node_take(b, event);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		b->depth -= b->depth > 0;
		return ERR_OK;
	}
	return ERR_OK;
}

/* The two that people meet have a name of their own. */
static enum err refuse_control(struct yaml_error *error, unsigned line, struct str text)
{
	if (text.ptr[text.len - 1] == '\r') {
		return refuse(error, line,
			"a carriage return: Windows line ends; save the file with plain ones");
	}
	if (memchr(text.ptr, '\t', text.len) != NULL) {
		return refuse(error, line, "a tab; spaces are used instead");
	}
	return refuse(error, line, "a control character, or an invisible one");
}

/* What the library's scanner never needs to see. */
static enum err bytes_check(struct str bytes, struct yaml_error *error)
{
	unsigned line = 1;
	for (size_t at = 0; at < bytes.len;) {
		const char *end = memchr(bytes.ptr + at, '\n', bytes.len - at);
		const size_t len = end == NULL ? bytes.len - at : (size_t)(end - (bytes.ptr + at));
		const struct str text = {bytes.ptr + at, len};
		if (!str_is_utf8(text)) {
			return refuse(error, line, "not UTF-8");
		}
		if (str_has_control(text, false)) {
			return refuse_control(error, line, text);
		}
		at += len + 1;
		line++;
	}
	return ERR_OK;
}

static enum err parser_fault(struct fy_diag *diag, struct yaml_error *error)
{
	void *previous = NULL;
	const struct fy_diag_error *first = fy_diag_errors_iterate(diag, &previous);
	if (first == NULL || first->msg == NULL) {
		return refuse(error, 0, "not well-formed YAML");
	}
	return refuse(error, first->line < 0 ? 0 : (unsigned)first->line,
		"not well-formed YAML: %s", first->msg);
}

static enum err events_read(struct builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
	enum err err = ERR_OK;
	struct fy_event *event;
	while (err == ERR_OK && (event = fy_parser_parse(parser)) != NULL) {
		err = event_take(b, event);
		fy_parser_event_free(parser, event);
	}
	if (err == ERR_OK && fy_parser_get_stream_error(parser)) {
		err = parser_fault(diag, b->error);
	}
	return err;
}

enum err yaml_parse(struct arena *arena, struct str bytes, const struct yaml_node **ret_root,
	struct yaml_error *ret_error)
{
	enum err err = bytes_check(bytes, ret_error);
	if (err != ERR_OK) {
		return err;
	}
	struct fy_diag_cfg diag_cfg;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.output_fn = NULL;
	struct fy_diag *diag = fy_diag_create(&diag_cfg);
	if (diag == NULL) {
		return ERR_NOMEM;
	}
	fy_diag_set_collect_errors(diag, true);
	const struct fy_parse_cfg cfg = {
		.search_path = "",
		.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 |
			 FYPCF_JSON_NONE,
		.diag = diag,
	};
	struct fy_parser *parser = fy_parser_create(&cfg);
	err = ERR_NOMEM;
	if (parser == NULL) {
		goto out_diag;
	}
	if (fy_parser_set_string(parser, bytes.len == 0 ? "" : bytes.ptr, bytes.len) != 0) {
		goto out_parser;
	}
	struct builder b = {.arena = arena, .error = ret_error};
	err = events_read(&b, parser, diag);
	if (err == ERR_OK && b.root == NULL) {
		err = refuse(ret_error, 0, "the file is empty");
	}
	if (err == ERR_OK) {
		*ret_root = b.root;
	}
out_parser:
	fy_parser_destroy(parser);
out_diag:
	fy_diag_destroy(diag);
	return err;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	if (map == NULL || map->kind != YAML_MAP) {
		return NULL;
	}
	const struct yaml_node *node = map->first;
	while (node != NULL && !str_is(node->key, key)) {
		node = node->next;
	}
	return node;
}

void yaml_path(const struct yaml_node *node, char out[YAML_FIELD_SIZE])
{
	const struct yaml_node *steps[YAML_LIMIT_DEPTH + 1];
	size_t count = 0;
	for (const struct yaml_node *n = node; n != NULL && n->parent != NULL; n = n->parent) {
		steps[count++] = n;
	}
	size_t at = 0;
	out[0] = '\0';
	while (count > 0 && at + 1 < YAML_FIELD_SIZE) {
		const struct yaml_node *n = steps[--count];
		const int len =
			n->parent->kind == YAML_LIST
				? snprintf(out + at, YAML_FIELD_SIZE - at, "[%zu]", n->index)
				: snprintf(out + at, YAML_FIELD_SIZE - at, "%s%.*s",
					  at == 0 ? "" : ".",
					  (int)(n->key.len > 60 ? 60 : n->key.len), n->key.ptr);
		at += len < 0 ? 0 : (size_t)len;
	}
}
