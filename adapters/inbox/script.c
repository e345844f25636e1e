/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/inbox/script.h"

#include "broker/base/buf.h"
#include "broker/model/vocab.h"

#include <fnmatch.h>
#include <stdio.h>

enum {
	SCRIPT_FILE_BYTES = 1024 * 1024,
	SCRIPT_LINES = 4096
};

static const struct script_plan silence = {.pattern = {"*", 1}};

/* The wire's words, and what a person would write for some of them. */
static const struct {
	const char *word, *action;
} words[] = {
#define X(NAME, code) {code, code},
	WIRE_ACTION_MAP(X)
#undef X
		{"receive", "received"},
	{"accept", "accepted"},
	{"decline", "declined"},
	{"waitlist", "waitlisted"},
	{"start", "started"},
	{"complete", "completed"},
};

static const char *action_of(struct str word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_is(word, words[i].word)) {
			return words[i].action;
		}
	}
	return NULL;
}

static void script_init_one(struct script *script)
{
	arena_init(&script->arena, 0);
	script->plans = arena_array(&script->arena, 1, sizeof(*script->plans));
	script->count = script->plans == NULL ? 0 : 1;
	if (script->count == 1) {
		script->plans[0] = silence;
	}
}

void script_init_silent(struct script *script)
{
	script_init_one(script);
}

void script_init_accept(struct script *script)
{
	script_init_one(script);
	if (script->count == 1) {
		script->plans[0].steps[0].action = "received";
		script->plans[0].steps[1].action = "accepted";
		script->plans[0].count = 2;
		script->plans[0].confirm = true;
	}
}

static enum err code_check(const struct script_step *step, const char *field, struct fault *fault)
{
	char allowed[300];
	enum vocab_name vocab = VOCAB_DECLINE;
	if (strcmp(step->action, "ended-early") == 0 || strcmp(step->action, "withdrawn") == 0) {
		vocab = VOCAB_WITHDRAWAL;
	} else if (strcmp(step->action, "declined") != 0) {
		return ERR_OK;
	}
	if (vocab_number(vocab, step->code) >= 0) {
		return ERR_OK;
	}
	vocab_list(vocab, allowed, sizeof(allowed));
	return fault_set(fault, ERR_INVALID, field, "%s needs one of these codes: %s", step->action,
		allowed);
}

enum err script_init_decline(struct script *script, const char *code, struct fault *fault)
{
	script_init_one(script);
	if (script->count == 0) {
		return fault_set(fault, ERR_NOMEM, "", "out of memory");
	}
	struct script_plan *plan = &script->plans[0];
	plan->steps[0] =
		(struct script_step){"declined", arena_str(&script->arena, str_from(code))};
	plan->count = 1;
	plan->confirm = true;
	return code_check(&plan->steps[0], "reason", fault);
}

static bool next_word(struct str *line, struct str *ret_word)
{
	size_t at = 0;
	while (at < line->len && (line->ptr[at] == ' ' || line->ptr[at] == '\t')) {
		at++;
	}
	size_t end = at;
	while (end < line->len && line->ptr[end] != ' ' && line->ptr[end] != '\t') {
		end++;
	}
	*ret_word = (struct str){line->ptr + at, end - at};
	*line = (struct str){line->ptr + end, line->len - end};
	return ret_word->len > 0 && ret_word->ptr[0] != '#';
}

/* Actions, each with the word behind it that is no action as its code. */
static enum err plan_parse(struct script *script, struct str line, struct script_plan *plan,
	const char *field, struct fault *fault)
{
	struct str word;
	size_t said = 0;
	while (next_word(&line, &word)) {
		const char *action = action_of(word);
		struct script_step *last = plan->count > 0 ? &plan->steps[plan->count - 1] : NULL;
		said++;
		if (str_is(word, "confirm")) {
			plan->confirm = true;
		} else if (action != NULL && plan->count == SCRIPT_STEPS_MAX) {
			return fault_set(fault, ERR_INVALID, field, "at most %d actions a line",
				SCRIPT_STEPS_MAX);
		} else if (action != NULL) {
			plan->steps[plan->count++].action = action;
		} else if (last != NULL && last->code.len == 0) {
			last->code = arena_str(&script->arena, word);
		} else if (!str_is(word, "silent") || said > 1) {
			return fault_set(fault, ERR_INVALID, field,
				"word %zu behind the pattern is neither an action nor its code; "
				"actions: received, accepted, declined, waitlisted, started, "
				"completed, ended-early, not-engaged, on-hold, resumed, withdrawn, "
				"redirected, info-requested, confirm, silent",
				said);
		}
	}
	if (said == 0) {
		return fault_set(fault, ERR_INVALID, field, "no action behind the pattern");
	}
	for (size_t i = 0; i < plan->count; i++) {
		const enum err err = code_check(&plan->steps[i], field, fault);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static enum err lines_parse(
	struct script *script, struct str text, const char *path, struct fault *fault)
{
	for (unsigned number = 1; text.len > 0; number++) {
		const char *newline = memchr(text.ptr, '\n', text.len);
		const size_t len = newline == NULL ? text.len : (size_t)(newline - text.ptr);
		struct str line = {text.ptr, len > 0 && text.ptr[len - 1] == '\r' ? len - 1 : len};
		const size_t used = newline == NULL ? len : len + 1;
		char field[160];
		struct str pattern;
		text = (struct str){text.ptr + used, text.len - used};
		if (!next_word(&line, &pattern)) {
			continue;
		}
		(void)snprintf(field, sizeof(field), "%s:%u", path, number);
		if (script->count == SCRIPT_LINES) {
			return fault_set(
				fault, ERR_TOO_LARGE, field, "at most %d lines", SCRIPT_LINES);
		}
		struct script_plan *plan = &script->plans[script->count++];
		plan->pattern = arena_str(&script->arena, pattern);
		const enum err err = plan_parse(script, line, plan, field, fault);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

enum err script_load(struct script *script, const char *path, struct fault *fault)
{
	struct buf text = {0};
	*script = (struct script){0};
	arena_init(&script->arena, 0);
	script->plans = arena_array(&script->arena, SCRIPT_LINES, sizeof(*script->plans));
	enum err err = buf_read_file(&text, path, SCRIPT_FILE_BYTES);
	if (err != ERR_OK) {
		(void)fault_set(fault, err, path, "cannot read the script: %s", err_text(err));
	} else if (script->plans == NULL) {
		err = fault_set(fault, ERR_NOMEM, path, "out of memory");
	} else {
		err = lines_parse(script, buf_str(&text), path, fault);
	}
	buf_finish(&text);
	return err;
}

void script_finish(struct script *script)
{
	arena_finish(&script->arena);
	*script = (struct script){0};
}

static bool pattern_fits(struct str pattern, struct str text)
{
	char copy[256];
	if (text.len >= sizeof(copy)) {
		return false;
	}
	str_copy(copy, sizeof(copy), text);
	return fnmatch(pattern.ptr, copy, 0) == 0;
}

const struct script_plan *script_plan_for(
	const struct script *script, struct str service, struct str leg)
{
	for (size_t i = 0; i < script->count; i++) {
		const struct script_plan *plan = &script->plans[i];
		if (pattern_fits(plan->pattern, service) || pattern_fits(plan->pattern, leg)) {
			return plan;
		}
	}
	return &silence;
}
