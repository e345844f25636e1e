/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_INPUT_H
#define ONWARD_CLI_INPUT_H
#include "broker/cli/cli.h"
/* What commands read: files of JSON, references as people write them. */

/* The referrals of one file, "-" for standard input, as a list in cli->arena; none is
 * ERR_MALFORMED.
 */
MUST_CHECK enum err input_referrals(struct cli *cli, const char *name, struct value *ret_list);
/* The objects of one file, of whatever they are; may be none. */
MUST_CHECK enum err input_objects(struct cli *cli, const char *name, struct value *ret_list);
/* The whole of a file, in cli->arena, for what is read line by line. */
MUST_CHECK enum err input_text(struct cli *cli, const char *name, struct str *ret_text);
/* The one object of a file. */
MUST_CHECK enum err input_object(struct cli *cli, const char *name, struct value *ret_object);
/* A reference in its canonical form, in cli->arena; ERR_INVALID when a symbol is wrong. */
MUST_CHECK enum err input_reference(struct cli *cli, const char *text, struct str *ret_reference);
/* "<reference>/<number>"; the reference canonical, the number as given. */
MUST_CHECK enum err input_leg(struct cli *cli, const char *text, struct str *ret_leg);
/* An RFC 3339 time of an option; ERR_USAGE. */
MUST_CHECK enum err input_time(struct cli *cli, enum args_option option, timestamp_us *ret_time);
/* --authority: a local authority by code or by its exact name; ERR_USAGE.  Not given: left as it
 * is. */
MUST_CHECK enum err input_authority(struct cli *cli, struct str *ret_code);
/* A version of the directory, 1 or more, which `what` gives; ERR_USAGE. */
MUST_CHECK enum err input_version(
	struct cli *cli, const char *what, const char *text, uint64_t *ret_version);
/* "a,b": borrowed from the command line; ERR_USAGE. */
MUST_CHECK enum err input_words(
	struct cli *cli, enum args_option option, struct wire_words *ret_words);
#endif
