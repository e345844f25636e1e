/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/json.h"
#include "broker/cli/progress.h"
#include "broker/cli/session.h"
#include "broker/base/text.h"
#include "broker/cli/view.h"
#include "broker/cli/where.h"
#include "broker/model/referral.h"

/* refer and flush: many referrals, answers in any order, printed in the order of the input. */

struct answers {
	struct cli *cli;
	const struct client *client;
	struct names names;
	const struct value *referrals; /* NULL for what comes out of the spool */
	size_t count, next;            /* `next`: the first that is not printed yet */
	struct str *texts;             /* what to print, by index; ptr NULL: not answered */
	size_t printed;
	size_t taken, refused, not_allowed, kept;
	bool shut_out; /* the broker does not let this party in at all */
	struct progress progress;
};

/* Without a session the party is refused, not what it says: that stays in the spool. */
static bool is_shut_out(const struct answers *answers, enum err err)
{
	return err == ERR_NOT_ALLOWED && !client_is_connected(answers->client);
}

static bool is_kept(const struct answers *answers, enum err err)
{
	return !client_answer_is_final(err) || is_shut_out(answers, err);
}

static void count(struct answers *answers, enum err err)
{
	const bool kept = is_kept(answers, err);
	answers->taken += err == ERR_OK ? 1 : 0;
	answers->kept += kept ? 1 : 0;
	answers->refused += err != ERR_OK && !kept ? 1 : 0;
	answers->not_allowed += err == ERR_NOT_ALLOWED && !kept ? 1 : 0;
	answers->shut_out = answers->shut_out || is_shut_out(answers, err);
}

/* The broker decides; but what it cannot take is said now, while whoever wrote it is still there.
 */
static bool will_be_refused(const struct value *referral, struct fault *ret_fault)
{
	const struct referral_context context = {.now = timestamp_now()};
	struct referral checked;
	return referral != NULL && referral_read(referral, &context, &checked, ret_fault) != ERR_OK;
}

static void answer_json(struct answers *answers, struct buf *out, const struct value *referral,
	struct str source_ref, enum err err, const struct fault *fault, const struct value *body)
{
	if (err == ERR_OK) {
		json_write(out, body);
		buf_add_text(out, "\n");
		return;
	}
	struct value line = cli_error(answers->cli, &source_ref, err, fault);
	if (is_kept(answers, err)) {
		struct fault mistake = {0};
		const bool wrong = will_be_refused(referral, &mistake);
		struct value spooled = value_map_new(&answers->cli->arena, line.map.count + 2);
		for (size_t i = 0; i < line.map.count; i++) {
			value_put(&answers->cli->arena, &spooled, line.map.entries[i].key.ptr,
				line.map.entries[i].value);
		}
		value_put(&answers->cli->arena, &spooled, "spooled", value_of_bool(true));
		if (wrong) {
			value_put(&answers->cli->arena, &spooled, "will_be_refused",
				wire_fault_body(&answers->cli->arena, &mistake));
		}
		line = spooled;
	}
	json_write(out, &line);
	buf_add_text(out, "\n");
}

static void answer_words(struct answers *answers, struct buf *out, const struct value *referral,
	struct str source_ref, enum err err, const struct fault *fault, const struct value *body)
{
	if (err == ERR_OK) {
		view_refer(out, &answers->names, referral, body);
		return;
	}
	if (!is_kept(answers, err)) {
		view_refused(out, source_ref, fault);
		return;
	}
	text_data(out, source_ref.len > 0 ? source_ref : STR("(no source_ref)"));
	const bool shut_out = is_shut_out(answers, err);
	buf_add_text(out, shut_out ? "  kept, not sent: this party is not let in\n"
				   : "  kept, not sent yet\n");
	struct buf why = {0};
	text_data(&why, str_from(fault->message[0] != '\0' ? fault->message : err_text(err)));
	view_cell(out, "Why", &why);
	struct fault mistake = {0};
	if (will_be_refused(referral, &mistake)) {
		buf_printf(&why,
			"it will be refused when it is sent: %s: %s (mend the file and "
			"refer again with the same source_ref)",
			mistake.field, mistake.message);
		view_cell(out, "But", &why);
	}
	buf_finish(&why);
	text_field(out, 2, 18, "Next",
		shut_out ? STR("Phone it through meanwhile: nobody else hears of her. It stays in "
			       "the spool of this home until this party is allowed; then `onward "
			       "flush` sends it.")
			 : STR("It is safe in the spool of this home; `onward flush` sends it "
			       "again."));
}

static void print_text(struct answers *answers, struct str text)
{
	struct buf copy = {0};
	buf_add_text(&copy, answers->printed++ == 0 || cli_json(answers->cli) ? "" : "\n");
	buf_add_str(&copy, text);
	cli_print(answers->cli, &copy);
	buf_finish(&copy);
}

/* Keeps the answer until those before it are printed. */
static void answered(void *context, size_t index, enum err err, const struct fault *fault,
	const struct value *body)
{
	struct answers *answers = context;
	const bool known = answers->referrals != NULL && index < answers->count;
	const struct value *referral = known ? &answers->referrals[index] : NULL;
	struct str source_ref = value_get_str(body, "source_ref");
	if (source_ref.len == 0 && referral != NULL) {
		source_ref = value_get_str(referral, "source_ref");
	}
	struct buf out = {0};
	count(answers, err);
	if (cli_json(answers->cli)) {
		answer_json(answers, &out, referral, source_ref, err, fault, body);
	} else {
		answer_words(answers, &out, referral, source_ref, err, fault, body);
	}
	progress_finish(&answers->progress);
	if (!known) {
		print_text(answers, buf_str(&out));
	} else {
		answers->texts[index] = arena_str(&answers->cli->arena, buf_str(&out));
	}
	while (answers->next < answers->count && answers->texts != NULL &&
		answers->texts[answers->next].ptr != NULL) {
		print_text(answers, answers->texts[answers->next++]);
	}
	progress_show(&answers->progress, answers->taken + answers->refused + answers->kept,
		answers->count);
	buf_finish(&out);
}

/* Any refusal is exit 2, unless all were for not being allowed; then what is kept. */
static int finish(struct answers *answers, enum err err)
{
	struct cli *cli = answers->cli;
	progress_finish(&answers->progress);
	/* What came after an answer that never arrived. */
	for (; answers->texts != NULL && answers->next < answers->count; answers->next++) {
		if (answers->texts[answers->next].ptr != NULL) {
			print_text(answers, answers->texts[answers->next]);
		}
	}
	const size_t all = answers->taken + answers->refused + answers->kept;
	if (err != ERR_OK && (all < answers->count || all == 0)) {
		return cli_failed(cli, err);
	}
	if (all > 1 || answers->kept > 0) {
		cli_note(cli, "%zu taken, %zu refused, %zu kept in the spool%s", answers->taken,
			answers->refused, answers->kept,
			answers->shut_out   ? " until this party is allowed; phone them through "
					      "meanwhile, then `onward flush`"
			: answers->kept > 0 ? "; `onward flush` sends them again"
					    : "");
	}
	if (answers->refused > 0) {
		return answers->refused == answers->not_allowed ? EXIT_NOT_ALLOWED : EXIT_REFUSED;
	}
	if (answers->shut_out) {
		return EXIT_NOT_ALLOWED;
	}
	return answers->kept > 0 ? EXIT_UNREACHABLE : EXIT_DONE;
}

/* All files are read before anything is sent: a broken one sends nothing. */
static enum err read_files(struct cli *cli, struct value *ret_all)
{
	struct value *lists = arena_array(&cli->arena, cli->args.argument_count, sizeof(*lists));
	size_t total = 0;
	for (size_t i = 0; lists != NULL && i < cli->args.argument_count; i++) {
		const enum err err = input_referrals(cli, cli->args.arguments[i], &lists[i]);
		if (err != ERR_OK) {
			return err;
		}
		total += lists[i].list.count;
	}
	struct value all = value_list_new(&cli->arena, total);
	for (size_t i = 0; lists != NULL && i < cli->args.argument_count; i++) {
		for (size_t j = 0; j < lists[i].list.count; j++) {
			value_push(&cli->arena, &all, lists[i].list.items[j]);
		}
	}
	if (arena_failed(&cli->arena)) {
		return fault_set(&cli->fault, ERR_NOMEM, "", "out of memory");
	}
	*ret_all = all;
	return ERR_OK;
}

/* Who to call now comes before anything else, and before waiting for the broker. */
static void warn(struct cli *cli, const struct value *all)
{
	struct buf out = {0};
	if (view_emergency(&out, all->list.items, all->list.count)) {
		if (cli_json(cli)) {
			cli_note(cli, "%.*s", STR_ARG(buf_str(&out)));
		} else {
			cli_print(cli, &out);
			(void)fflush(cli->out);
		}
	}
	buf_finish(&out);
}

int cmd_refer(struct cli *cli)
{
	struct value all = {0};
	struct client *client = NULL;
	enum err err = cli_party(cli);
	if (err == ERR_OK) {
		err = read_files(cli, &all);
	}
	if (err == ERR_OK) {
		warn(cli, &all);
		err = session_open(cli, &client);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	struct answers answers = {
		.cli = cli,
		.client = client,
		.names = cli_json(cli) ? (struct names){0} : cli_names(cli),
		.referrals = all.list.items,
		.count = all.list.count,
		.texts = arena_array(&cli->arena, all.list.count, sizeof(struct str)),
	};
	progress_init(&answers.progress, cli->err, "sent");
	if (answers.texts == NULL) {
		client_destroy(client);
		return cli_failed(cli, fault_set(&cli->fault, ERR_NOMEM, "", "out of memory"));
	}
	err = client_submit_all(client, all.list.items, all.list.count, 0, cli_timeout_ms(cli),
		answered, &answers, &cli->fault);
	client_destroy(client);
	where_suggest(cli, all.list.items, all.list.count);
	return finish(&answers, err);
}

int cmd_flush(struct cli *cli)
{
	struct client *client = NULL;
	enum err err = session_open(cli, &client);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	struct answers answers = {.cli = cli, .client = client, .names = cli_names(cli)};
	size_t waiting = 0;
	err = client_spooled(client, &waiting, &cli->fault);
	if (err != ERR_OK) {
		client_destroy(client);
		return cli_failed(cli, err); /* not "nothing is waiting" */
	}
	progress_init(&answers.progress, cli->err, "sent");
	if (waiting > 0) {
		err = client_flush(client, cli_timeout_ms(cli), answered, &answers, &cli->fault);
		const enum err told = client_spooled(client, &answers.kept, &cli->fault);
		err = err == ERR_OK ? told : err;
	} else if (!cli_json(cli)) {
		cli_note(cli, "nothing is waiting in the spool of %s", cli->as);
	}
	client_destroy(client);
	return waiting == 0 ? EXIT_DONE : finish(&answers, err);
}
