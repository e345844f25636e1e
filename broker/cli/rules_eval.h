/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_RULES_EVAL_H
#define ONWARD_CLI_RULES_EVAL_H
#include "broker/base/text.h"
#include "broker/cli/rules_files.h"
#include "rules/author/question.h"
/* What `rules eval` and `rules repl` share. */

/* All but the expression, from the options. */
MUST_CHECK enum err rules_question(
	struct cli *cli, const struct author_schema *schema, struct author_question *ret_question);
/* "3u", "unknown: a.b, c", "error: 1:3: …"; with `type` the deduced type.  In cli->arena. */
struct str rules_reply_words(struct cli *cli, const struct author_reply *reply, bool type);
/* The line of a source and a caret below the column. */
void rules_print_caret(struct buf *out, struct str source, unsigned line, unsigned column);
#endif
