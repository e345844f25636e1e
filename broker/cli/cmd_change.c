/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/phrases.h"
#include "broker/cli/session.h"
#include "broker/base/text.h"
#include "broker/cli/view.h"

/* amend, withdraw, and what a provider answers on a leg. */

static int ask_and_print(struct cli *cli, struct wire_request *request, cli_view *view)
{
	struct value body = {0};
	const enum err err = session_ask(cli, request, &body);
	if (err != ERR_OK) {
		if (err == ERR_UNREACHABLE || err == ERR_TIMEOUT) {
			cli_note(cli, "nothing was kept: give the command again when the broker "
				      "answers; repeating it is safe");
		}
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view);
	return EXIT_DONE;
}

static void view_amended(struct buf *out, const struct names *names, const struct value *body)
{
	view_refer(out, names, NULL, body);
}

int cmd_amend(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_AMEND};
	enum err err = input_reference(cli, cli->args.arguments[0], &request.reference);
	if (err == ERR_OK) {
		err = input_object(cli, cli->args.arguments[1], &request.referral);
	}
	return err == ERR_OK ? ask_and_print(cli, &request, view_amended) : cli_failed(cli, err);
}

static void view_withdrawn(struct buf *out, const struct names *names, const struct value *body)
{
	const struct value *legs = value_get(body, STR("legs"));
	text_data(out, value_get_str(body, "reference"));
	buf_add_text(out, "  ");
	text_data(out, phrase_state(value_get_str(body, "state")));
	buf_add_text(out, value_get_bool(body, "duplicate", false) ? "  (said before)\n" : "\n");
	for (size_t i = 0; legs != NULL && legs->kind == VALUE_LIST && i < legs->list.count; i++) {
		const struct value *leg = &legs->list.items[i];
		buf_add_text(out, "  ");
		names_service(out, names, value_get_str(leg, "service"));
		buf_add_text(out, ": ");
		text_data(out, phrase_state(value_get_str(leg, "state")));
		buf_add_text(out, "\n");
	}
}

static void view_acknowledged(struct buf *out, const struct names *names, const struct value *body)
{
	(void)names;
	text_data(out, value_get_str(body, "leg"));
	buf_add_text(out, "  ");
	text_data(out, phrase_state(value_get_str(body, "state")));
	buf_add_text(out, value_get_bool(body, "duplicate", false) ? "  (said before)\n" : "\n");
}

/* A reason is asked for with the codes there are. */
static enum err need_reason(struct cli *cli, enum vocab_name vocab)
{
	if (cli_option(cli, OPTION_REASON) != NULL) {
		return ERR_OK;
	}
	char codes[400];
	vocab_list(vocab, codes, sizeof(codes));
	return fault_set(&cli->fault, ERR_USAGE, "", "say why with --reason: %s", codes);
}

static struct wire_request answer(struct cli *cli, const char *action)
{
	return (struct wire_request){
		.header.type = WIRE_ACKNOWLEDGE,
		.action = str_from(action),
		.reason = str_from(cli_option(cli, OPTION_REASON)),
		.note = str_from(cli_option(cli, OPTION_NOTE)),
		.outcome = str_from(cli_option(cli, OPTION_OUTCOME)),
	};
}

static int acknowledge(struct cli *cli, const char *action)
{
	struct wire_request request = answer(cli, action);
	const enum err err = input_leg(cli, cli->args.arguments[0], &request.leg);
	return err == ERR_OK ? ask_and_print(cli, &request, view_acknowledged)
			     : cli_failed(cli, err);
}

int cmd_ask(struct cli *cli)
{
	struct wire_request request = answer(cli, "info-requested");
	for (size_t i = 1; i < cli->args.argument_count; i++) {
		request.questions.items[request.questions.count++] =
			str_from(cli->args.arguments[i]);
	}
	const enum err err = input_leg(cli, cli->args.arguments[0], &request.leg);
	return err == ERR_OK ? ask_and_print(cli, &request, view_acknowledged)
			     : cli_failed(cli, err);
}

int cmd_redirect(struct cli *cli)
{
	struct wire_request request = answer(cli, "redirected");
	request.service = str_from(cli->args.arguments[1]);
	const enum err err = input_leg(cli, cli->args.arguments[0], &request.leg);
	return err == ERR_OK ? ask_and_print(cli, &request, view_acknowledged)
			     : cli_failed(cli, err);
}

int cmd_withdraw(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_WITHDRAW,
		.reason = str_from(cli_option(cli, OPTION_REASON)),
		.note = str_from(cli_option(cli, OPTION_NOTE)),
	};
	enum err err = need_reason(cli, VOCAB_WITHDRAWAL);
	if (err == ERR_OK && strchr(cli->args.arguments[0], '/') != NULL) {
		return acknowledge(cli, "withdrawn"); /* a provider, on its own leg */
	}
	if (err == ERR_OK) {
		err = input_reference(cli, cli->args.arguments[0], &request.reference);
	}
	return err == ERR_OK ? ask_and_print(cli, &request, view_withdrawn) : cli_failed(cli, err);
}

int cmd_acknowledge(struct cli *cli)
{
	static const struct {
		const char *command, *action;
	} rows[] = {
		{"receive", "received"},
		{"accept", "accepted"},
		{"decline", "declined"},
		{"waitlist", "waitlisted"},
		{"start", "started"},
		{"complete", "completed"},
		{"end", "ended-early"},
		{"not-engaged", "not-engaged"},
		{"hold", "on-hold"},
		{"resume", "resumed"},
		{"contact", "contact-attempted"},
	};
	const char *name = cli->args.command->name;
	const char *action = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(name, rows[i].command) == 0) {
			action = rows[i].action;
		}
	}
	enum err err = ERR_OK;
	if (action == NULL) {
		err = fault_set(&cli->fault, ERR_INTERNAL, name, "no action belongs to it");
	} else if (strcmp(name, "decline") == 0) {
		err = need_reason(cli, VOCAB_DECLINE);
	} else if (strcmp(name, "end") == 0) {
		err = need_reason(cli, VOCAB_WITHDRAWAL);
	}
	return err == ERR_OK ? acknowledge(cli, action) : cli_failed(cli, err);
}
