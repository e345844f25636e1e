/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_COMMANDS_H
#define ONWARD_CLI_COMMANDS_H
/* The functions behind the table in command.c; each returns an exit code. */
struct cli;

int cmd_init(struct cli *cli);

int cmd_refer(struct cli *cli);
int cmd_flush(struct cli *cli);
int cmd_amend(struct cli *cli);
int cmd_withdraw(struct cli *cli);
int cmd_explain(struct cli *cli);

int cmd_show(struct cli *cli);
int cmd_list(struct cli *cli);
int cmd_follow(struct cli *cli);

int cmd_inbox(struct cli *cli);
/* receive, accept, decline, ...: the action belongs to the command's name. */
int cmd_acknowledge(struct cli *cli);

/* ask, redirect, contact: answers that name fields or a service. */
int cmd_ask(struct cli *cli);
int cmd_redirect(struct cli *cli);

int cmd_pause(struct cli *cli);
/* Of a service; of a leg as cmd_acknowledge. */
int cmd_resume(struct cli *cli);
int cmd_capacity(struct cli *cli);

int cmd_queue(struct cli *cli);
int cmd_assign(struct cli *cli);
int cmd_deliveries(struct cli *cli);
int cmd_retry(struct cli *cli);
int cmd_stop_retrying(struct cli *cli);
int cmd_clock(struct cli *cli);

int cmd_keys_new(struct cli *cli);
int cmd_keys_next(struct cli *cli);
int cmd_keys_switch(struct cli *cli);
int cmd_party_add(struct cli *cli);
int cmd_party_key(struct cli *cli);
int cmd_party_list(struct cli *cli);
int cmd_party_revoke(struct cli *cli);

int cmd_status(struct cli *cli);
int cmd_reload(struct cli *cli);
int cmd_erase(struct cli *cli);
int cmd_backup(struct cli *cli);
int cmd_restore(struct cli *cli);
int cmd_rebuild(struct cli *cli);

int cmd_rules_check(struct cli *cli);
int cmd_rules_test(struct cli *cli);
int cmd_rules_eval(struct cli *cli);
int cmd_rules_diff(struct cli *cli);
int cmd_rules_facts(struct cli *cli);
int cmd_rules_repl(struct cli *cli);

int cmd_directory_postcodes(struct cli *cli);
int cmd_directory_where(struct cli *cli);
int cmd_directory_gaps(struct cli *cli);
int cmd_directory_check(struct cli *cli);
int cmd_directory_publish(struct cli *cli);
int cmd_directory_rehearse(struct cli *cli);
int cmd_directory_migrate(struct cli *cli);
int cmd_directory_versions(struct cli *cli);
int cmd_directory_rollback(struct cli *cli);
int cmd_directory_fetch(struct cli *cli);
int cmd_directory_diff(struct cli *cli);
int cmd_directory_export(struct cli *cli);
int cmd_directory_import(struct cli *cli);
int cmd_directory_map(struct cli *cli);
int cmd_directory_find(struct cli *cli);

int cmd_fields(struct cli *cli);
int cmd_version(struct cli *cli);
int cmd_help(struct cli *cli);
#endif
