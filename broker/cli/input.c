/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/input.h"

#include "broker/cli/json.h"
#include "directory/directory.h"

#include <stdlib.h>

static enum err read_stream(struct cli *cli, struct buf *text)
{
	char chunk[65536];
	size_t len;
	while ((len = fread(chunk, 1, sizeof(chunk), cli->in)) > 0) {
		if (text->len + len > JSON_FILE_BYTES) {
			return ERR_TOO_LARGE;
		}
		buf_append(text, chunk, len);
	}
	if (ferror(cli->in) != 0) {
		return ERR_IO;
	}
	return text->failed ? ERR_NOMEM : ERR_OK;
}

static enum err read_text(struct cli *cli, const char *name, struct buf *text)
{
	const bool stream = strcmp(name, "-") == 0;
	const enum err err =
		stream ? read_stream(cli, text) : buf_read_file(text, name, JSON_FILE_BYTES);
	if (err == ERR_OK) {
		return ERR_OK;
	}
	if (err == ERR_TOO_LARGE) {
		return fault_set(&cli->fault, ERR_TOO_LARGE, name, "over %d MiB; send it in parts",
			JSON_FILE_BYTES / (1024 * 1024));
	}
	/* A file that is not there is a matter of this machine: not a refusal. */
	return fault_set(&cli->fault, ERR_IO, stream ? "standard input" : name, "%s",
		err == ERR_NOT_FOUND ? "there is no such file" : "cannot be read");
}

static const char *shown_name(const char *name)
{
	return strcmp(name, "-") == 0 ? "standard input" : name;
}

enum err input_text(struct cli *cli, const char *name, struct str *ret_text)
{
	struct buf text = {0};
	const enum err err = read_text(cli, name, &text);
	if (err == ERR_OK) {
		*ret_text = arena_str(&cli->arena, buf_str(&text));
	}
	buf_finish(&text);
	return err != ERR_OK || ret_text->ptr != NULL ? err : ERR_NOMEM;
}

enum err input_objects(struct cli *cli, const char *name, struct value *ret_list)
{
	struct buf text = {0};
	enum err err = read_text(cli, name, &text);
	if (err == ERR_OK) {
		err = json_read_objects(
			buf_str(&text), shown_name(name), &cli->arena, ret_list, &cli->fault);
	}
	buf_finish(&text);
	return err;
}

enum err input_referrals(struct cli *cli, const char *name, struct value *ret_list)
{
	const enum err err = input_objects(cli, name, ret_list);
	return err == ERR_OK && ret_list->list.count == 0
		       ? fault_set(
				 &cli->fault, ERR_MALFORMED, shown_name(name), "holds no referral")
		       : err;
}

enum err input_object(struct cli *cli, const char *name, struct value *ret_object)
{
	struct buf text = {0};
	enum err err = read_text(cli, name, &text);
	if (err == ERR_OK) {
		err = json_read_object(buf_str(&text),
			strcmp(name, "-") == 0 ? "standard input" : name, &cli->arena, ret_object,
			&cli->fault);
	}
	buf_finish(&text);
	return err;
}

enum err input_reference(struct cli *cli, const char *text, struct str *ret_reference)
{
	char canonical[REFERENCE_TEXT_SIZE];
	const char *slash = strchr(text, '/');
	const struct str before = {text, slash == NULL ? 0 : (size_t)(slash - text)};
	if (slash != NULL && reference_parse(before, canonical) == ERR_OK) {
		return fault_set(&cli->fault, ERR_INVALID, "reference",
			"%s is the number of one service's part of the referral: leave it off, %s",
			slash, canonical);
	}
	if (reference_parse(str_from(text), canonical) != ERR_OK) {
		return fault_set(&cli->fault, ERR_INVALID, "reference",
			"not a reference: it has 9 letters and digits such as ACDE-FGHJ-X, and a "
			"wrong or swapped one is noticed");
	}
	*ret_reference = arena_str(&cli->arena, str_from(canonical));
	return ERR_OK;
}

enum err input_leg(struct cli *cli, const char *text, struct str *ret_leg)
{
	const char *slash = strrchr(text, '/');
	char reference[64];
	if (slash == NULL || slash[1] == '\0' || strspn(slash + 1, "0123456789") > 3 ||
		slash[1 + strspn(slash + 1, "0123456789")] != '\0') {
		return fault_set(&cli->fault, ERR_INVALID, "leg",
			"a leg is a reference and a number, such as ACDE-FGHJ-X/1; `onward inbox` "
			"shows them");
	}
	str_copy(reference, sizeof(reference), (struct str){text, (size_t)(slash - text)});
	struct str canonical;
	const enum err err = input_reference(cli, reference, &canonical);
	if (err != ERR_OK) {
		return err;
	}
	*ret_leg = arena_printf(&cli->arena, "%.*s%s", STR_ARG(canonical), slash);
	return ret_leg->ptr == NULL ? ERR_NOMEM : ERR_OK;
}

enum err input_time(struct cli *cli, enum args_option option, timestamp_us *ret_time)
{
	if (timestamp_parse(str_from(cli_option(cli, option)), ret_time) != ERR_OK) {
		char name[40];
		(void)snprintf(name, sizeof(name), "--%s", args_options[option].name);
		return fault_set(&cli->fault, ERR_USAGE, name,
			"a time with its zone is expected, such as 2019-06-12T21:40:00+01:00");
	}
	return ERR_OK;
}

enum err input_authority(struct cli *cli, struct str *ret_code)
{
	const struct str given = str_from(cli_option(cli, OPTION_AUTHORITY));
	if (given.len == 0) {
		return ERR_OK;
	}
	const struct directory_authority *authority = directory_authority_by_code(given);
	if (authority == NULL) {
		authority = directory_authority_by_name(given);
	}
	if (authority == NULL) {
		const struct directory_authority *nearest = directory_authority_nearest(given);
		return fault_set(&cli->fault, ERR_USAGE, "--authority",
			"no local authority of that code or name%s%.*s%s",
			nearest == NULL ? "" : "; did you mean ",
			nearest == NULL ? 0 : (int)nearest->name.len,
			nearest == NULL ? "" : nearest->name.ptr, nearest == NULL ? "" : "?");
	}
	*ret_code = authority->code;
	return ERR_OK;
}

enum err input_words(struct cli *cli, enum args_option option, struct wire_words *ret_words)
{
	struct str rest = str_from(cli_option(cli, option));
	ret_words->count = 0;
	while (rest.len > 0) {
		const char *comma = memchr(rest.ptr, ',', rest.len);
		const size_t len = comma == NULL ? rest.len : (size_t)(comma - rest.ptr);
		if (len == 0 || ret_words->count == WIRE_WORDS_MAX) {
			return fault_set(&cli->fault, ERR_USAGE, "",
				"--%s takes codes with commas between them, at most %d",
				args_options[option].name, WIRE_WORDS_MAX);
		}
		ret_words->items[ret_words->count++] = (struct str){rest.ptr, len};
		const size_t past = comma == NULL ? len : len + 1;
		rest = (struct str){rest.ptr + past, rest.len - past};
	}
	return ERR_OK;
}

enum err input_version(struct cli *cli, const char *what, const char *text, uint64_t *ret_version)
{
	enum {
		DIGITS_MOST = 18
	};
	const size_t digits = strspn(text, "0123456789");
	const uint64_t version = digits == 0 || digits > DIGITS_MOST || text[digits] != '\0'
					 ? 0
					 : strtoull(text, NULL, 10);
	if (version == 0) {
		return fault_set(&cli->fault, ERR_USAGE, what,
			"is the number of a version; `onward directory versions` lists them");
	}
	*ret_version = version;
	return ERR_OK;
}
