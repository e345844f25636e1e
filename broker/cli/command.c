/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/args.h"
#include "broker/cli/commands.h"
#include "broker/wire/message.h"

/* The table of commands: what they are called, what they take, what they say of themselves. */

enum {
	MANY = 10000 /* arguments; the system's own limit comes first */
};

#define BEGIN "To begin"
#define SOURCE "For those who refer"
#define PROVIDER "For providers"
#define COORDINATE "For coordinators"
#define OPERATE "For operators"
#define RULES "For those who write rules"
#define CATALOGUE "For those who look after the directory"
#define ABOUT "About"

#define REASON_NOTE (ARGS_BIT(REASON) | ARGS_BIT(NOTE))

static const char init_help[] =
	"Makes DIR a home: onward.yaml, parties.yaml, keys/, directory/, store/ and run/. DIR is "
	"empty or not there. --rehearsal makes keys for everybody who takes part, and for all "
	"areas "
	"unless --area names some: people in it are invented, adapters refuse its deliveries "
	"unless "
	"told otherwise, and it stays a rehearsal for ever. Without it the home is live: --area is "
	"needed, and only the broker and the operator get keys.";
static const char refer_help[] =
	"Sends every referral of the files: one JSON object, an array, or one object a line; - is "
	"standard input. All files are read first; a broken one sends nothing. Each referral is "
	"written to the spool of this home before it is sent and leaves it when the broker has "
	"answered: when the broker cannot be reached nothing is lost, and `onward flush` sends it "
	"again. The same source_ref with the same content gives the same referral, so sending "
	"twice is safe. Exit code 2 when any was refused (4 when all of those were not allowed).";
static const char explain_help[] =
	"Shows what would be decided, and why, without submitting: from the directory files of the "
	"home, with every service's room taken as free, or with --online from the running broker. "
	"The time is --at; else, in a live home, now; in a rehearsal home that of the last record, "
	"or when the referral's event occurred.";
static const char withdraw_help[] =
	"A source stops a referral: services that hold it are told to stop, deliveries on their "
	"way "
	"are cancelled. A provider gives one of its legs (REF/1) when she decided against it. "
	"Codes: ineligible, mistaken-or-duplicate, her-decision, contact-not-established, "
	"needs-met-elsewhere, moved-out-of-area, work-caring-or-sickness, died, acquitted, "
	"returned-to-custody, sentence-revoked, sentence-expired, consent-withdrawn, other (with "
	"--note).";
static const char follow_help[] =
	"Prints events as they happen, as far as the party may see them, and goes on where the "
	"last "
	"follow ended (the place is kept in the home's spool). --after 0 begins at the beginning. "
	"Ends with an interrupt, or with --no-wait when nothing more is there.";
static const char decline_help[] =
	"Says that the service will not take her, with a reason: outside-area, "
	"outside-eligibility, no-capacity, risk-not-manageable, existing-client, "
	"insufficient-information, not-contactable, other. The next service is asked where her "
	"consent covers it.";
static const char ask_help[] =
	"Asks the source for facts that the service has to know before it can decide: the fields "
	"by their paths, such as person.date_of_birth (`onward fields` lists them). The service's "
	"own time to decide stands still until the source has amended the referral.";
static const char redirect_help[] =
	"Says that another service is the right one. The leg ends; the service named gets her "
	"where "
	"her consent covers it, and a coordinator is told where it does not.";
static const char resume_help[] =
	"Of a LEG: takes up work that was paused. Of a SERVICE: it takes new referrals again, "
	"after "
	"`onward pause`. A service that the directory in force says is paused stays so. Who found "
	"no service meanwhile is looked at again the next working morning.";
static const char pause_help[] =
	"Says that a service of the party takes no new referrals: no machine chooses it, until "
	"--until (a date, to its end, or a time), or `onward resume SERVICE`. Who is there goes "
	"on, "
	"and what is on its way still arrives. --reason is a code: staffing, premises, demand, "
	"safety, funding, holiday, other. A coordinator may pause any service.";
static const char capacity_help[] =
	"Shows whether services take referrals and how full they are: places, who waits and how "
	"many may, referrals of the year, room that is shared; who paused one and until when; "
	"other "
	"limits in force, and those that begin within 14 days. Of one SERVICE also who waits, in "
	"their order. A provider sees its own services, a coordinator all; who refers sees where "
	"there is room.";
static const char queue_help[] =
	"Shows what no machine can settle, the oldest first: nobody takes it, questions that are "
	"not "
	"answered, what could not be delivered, a service that did not answer in time or is late, "
	"alerts. Each with what a person may do next. With --seen REF --reason \"...\" a referral "
	"is "
	"taken off: what was done is kept with her record, and it comes back when something new "
	"happens. Nothing personal is shown.";
static const char assign_help[] =
	"Sends a referral to a service that a person has chosen. What a machine would stop at, a "
	"full service, another area, a rule that says no, is recorded as overridden. Never "
	"overridden: what she agreed to, services and places she avoids, a contract that is not "
	"running, a service nobody can deliver to. --needs takes codes; without it the leg is for "
	"all "
	"that nobody holds.";
static const char deliveries_help[] =
	"Lists what has not arrived: queued, waiting to be tried again (how often it failed, and "
	"why), stopped, given up. A provider sees its own. Nothing personal is shown.";
static const char retry_help[] =
	"A stopped delivery is queued again, under its id and in its order; one that waits is "
	"tried "
	"at once; a change or a stop that was given up is queued again; a referral that was given "
	"up, and whose needs nobody holds, goes to the same service anew. For each that cannot be "
	"retried it says why not. Nothing that arrived is sent again. Exit code 2 when any was "
	"left "
	"as it is.";
static const char stop_retrying_help[] =
	"Takes deliveries out of the outbox until `onward retry`: when a provider's machine is "
	"gone "
	"or "
	"wrong. The legs stay, and the time in which they have to be delivered runs on.";
static const char clock_help[] =
	"Without arguments: business time, the next deadline, and whether deadlines are held "
	"because "
	"the clock has jumped; `onward clock confirm` then says that it is right. In a rehearsal "
	"whose clock is set by hand (clock: manual in onward.yaml), `onward clock advance 2d` (or "
	"3h, "
	"90m) moves it, and `onward clock next` moves it to the next deadline; what became due has "
	"been done when the answer comes.";
static const char party_add_help[] =
	"Adds a party to parties.yaml and tells the running broker. Kinds: police, "
	"liaison-diversion, court, prison, probation, local-authority, provider, adapter (with "
	"--acts-for), coordinator, commissioner, operator. --key takes the public key that the "
	"party made with `onward keys new`; without it a pair is made and kept in the home.";
static const char party_key_help[] =
	"Takes in the next public key of a party, which it made with `onward keys next`. Its "
	"present "
	"key holds for 14 more days, or until --until (a time, a date, or now: when it was "
	"stolen); "
	"both hold meanwhile, so that nothing stops while the party goes over with `onward keys "
	"switch`. A key whose time is over is dropped.";
static const char erase_help[] =
	"Overwrites the key of everything personal about a referral that is over: her document, "
	"the explanations, the notes. It cannot be undone. The record stays: that there was a "
	"referral, for which needs and place, and which services had it. A referral that is not "
	"over is withdrawn first, so that services that hold it are told to stop. Codes: "
	"her-request, entered-in-error, retention, other. With retention_months in onward.yaml "
	"the broker erases by itself, so long after the end.";
static const char rebuild_help[] =
	"Builds the state again out of the record of events, in memory, and compares every row "
	"with the store. Reads only, also beside a running broker. Exit code 0: they agree.";
static const char backup_help[] =
	"Copies the store, onward.yaml, parties.yaml, keys/ and directory/ into one file, complete "
	"up to the moment it began, while the broker runs. FILE must not exist. It holds the keys "
	"of the home: keep it as the home is kept. Not in it is spool/, the referrals that were "
	"not sent yet: flush first.";
static const char restore_help[] =
	"Makes a home of a backup in DIR, which is empty or not there, and checks every byte and "
	"every record. The restored broker gets a new instance, so that no id is used twice. Stop "
	"the one it was taken from for good: beside it, providers would get deliveries twice.";

static const char directory_postcodes_help[] =
	"Reads the CSV of the ONS Postcode Directory or of the National Statistics Postcode "
	"Lookup, "
	"as it was downloaded and unpacked, into the file `postcodes` of the home, which says the "
	"local authority of a postcode. Columns are found by their headings, whatever their year. "
	"With a mistake in the file, or when it was cut, the one before stays.";
static const char directory_where_help[] =
	"Says in which local authority, region and police force area a postcode lies (`onward "
	"directory postcodes` has to be run first), or the authorities of an outward code such as "
	"SW9, the likeliest first. Takes a local authority as well, by code or name. A postcode "
	"may "
	"lie on both sides of a boundary: ask her.";

static const char rules_check_help[] =
	"Says what is wrong, or odd, about the clauses of services, where it stands: what does not "
	"compile, facts that no referral holds, values that a fact never has, clauses that nobody "
	"or everybody meets, that fail for somebody, that say nothing new, or that cost too much. "
	"Reads a folder of services, one service, or a .cel file; else the directory of the home. "
	"Exit code 2 when there is an error.";
static const char rules_test_help[] =
	"Runs the tables of tests that stand beside the rules: .yaml files with `cases`, or .csv "
	"files. A case gives facts and says the verdict, and, if it likes, the clauses that decide "
	"it (reason), the facts to ask for (missing), and words of the explanation (says). Then it "
	"says which clauses the tests have not seen to say both yes and no. Exit code 2 when a "
	"test fails.";
static const char rules_eval_help[] =
	"Prints the value of an expression as a literal of its type, `unknown:` and the facts it "
	"hangs on, or `error:` and why, then with exit code 1. A fact that --facts does not give "
	"is unknown; facts of referrals have the type they have there, others that of their JSON "
	"value unless declared. With --batch each line of FILE is a case with expr, and as it "
	"needs facts, declare, unknown, container, unchecked, type. A lone - reads the expression "
	"from standard input.";
static const char rules_diff_help[] =
	"Says for which people a service's outcome is another one with the rules in B than with "
	"those in A, with an example each: the clauses of both are asked about every combination "
	"of values that can matter to them. Only clauses count, not area, pathway or capacity. "
	"Exit code 0 when nobody's outcome changes, 1 when somebody's does.";
static const char rules_repl_help[] =
	"Reads expressions line by line and prints their values. `:set person.age = 16` makes a "
	"fact known, `:unset person.age` unknown again, `:facts` shows what is known, `:type EXPR` "
	"the type, `:quit` ends.";

static const char directory_find_help[] =
	"Looks for services as one types in a hurry: `onward directory find housing brixton`. "
	"Places, their abbreviations and needs are known, slips and beginnings of words do. Shows "
	"whom a service takes, from whom, its hours, and a contact where it may be shown; a "
	"service whose location is confidential is not named. To know what would be decided for "
	"somebody, `onward explain`.";
static const char directory_map_help[] =
	"Draws where a directory has services: the local authorities as tiles, in the terminal or, "
	"with -o FILE, as SVG. With --timeline the contracts of each authority over time. Every "
	"kind of tile has a letter and a pattern, so that the picture reads without colour. DIR "
	"as in `onward help directory gaps`.";
static const char directory_export_help[] =
	"Writes what the public may see of a directory (a folder, or the home's) for other "
	"directories, in the form of an open standard: --profile hsds-3.0 or uk-3.0. Never in it: "
	"where a confidential service is, clauses about what can endanger her, agreements, how "
	"services are delivered to. The same directory gives the same bytes on the same day.";
static const char directory_import_help[] =
	"Makes drafts of a feed (a file of JSON, - for standard input, or a folder of CSV tables) "
	"in a new folder, -o DIR. What could not be understood or kept is in import-report.txt "
	"there, with its path and why. No area is guessed, and no draft is chosen by a machine "
	"until a person has worked on it. Exit code 2 when nothing could be made of an item.";
static const char directory_check_help[] =
	"Reads DIR, the folder of one area or of several, or the directory of the home, and says "
	"all at once what is wrong with it (error), what is most likely not meant (warning) and "
	"what is not stated (note), each with file, line and field. With parties.yaml in the home "
	"it also says which services cannot be delivered to. Exit code 2 when there are errors, "
	"or with --strict warnings. --at: as on another day.";
static const char directory_diff_help[] =
	"Says in words what differs between two directories: what matters for her safety first "
	"(fields that leave, deliveries to somebody else, places no longer confidential, clauses, "
	"with who becomes eligible by them), then services that come and go, what is offered, and "
	"last what is only worded otherwise. A and B are each a version, by its number, or a "
	"folder (./3 when its name is a number). Without B: from version A to what is in force, or "
	"from "
	"what is in force to the folder A. Versions are asked of the broker. --coverage says where "
	"a service is gained or lost, on the day of --at. Exit code 0 when nothing differs, 1 when "
	"something does, 2 when that cannot be said, 3 when the broker does not answer.";
static const char directory_publish_help[] =
	"Checks DIR, the folder of all areas (without it: the home's own), says all that is wrong "
	"with it, sends it to the broker and makes it the next version, which is in force at once: "
	"whole or not at all. --message says what changed and stays with the version for ever. "
	"Referrals under way keep the version they were decided with. Refused when another version "
	"is in force than the one DIR was made from: N of --expect N, or what `onward directory "
	"fetch` wrote into DIR/.onward-version, which is brought up to date. Without either, what "
	"was replaced is told. The same files again change nothing. Warnings (`onward help "
	"directory check`) are "
	"told and keep nothing back, except with --strict.";
static const char directory_rehearse_help[] =
	"Tries a directory before it is published: every referral that came since --since (until "
	"--until) is matched twice, with the directory in force and with DIR, as it stands and at "
	"the time it came; or, with --at, as if it were then, so that contracts to come can be "
	"tried. Tells who would go elsewhere and why, who would be in a gap or found a service, "
	"who "
	"would be asked something new, and which live legs lose their service and whether a "
	"successor is named; then gains and losses of each service, gaps of each authority, and a "
	"line in sum. Nothing is written and nothing personal is shown. For coordinators: --as "
	"PARTY, because rules that are tried tell of whom they are true; the broker's log says "
	"who tried them on whom. --json gives a line an item and the sums as the last, --format "
	"csv a table.";
static const char directory_migrate_help[] =
	"Moves the live legs of service FROM to TO, or to the successor that the directory in "
	"force "
	"names: all of them, or those of which the clause of --rule is true, over her facts "
	"(`onward rules facts`) and leg.state, leg.needs, leg.days and leg.by_hand. Who is being "
	"helped already, has a yes or a place on the list stays with FROM until TO says yes; the "
	"others' legs at FROM end at once. What she agreed to, services and places she avoids and "
	"her area are never overridden; --override eligibility,capacity sets aside what only a "
	"machine stops at. Each that stays is told with its reason (exit code 2). --dry-run says "
	"all of it and does nothing; the same command again moves nobody twice. For coordinators: "
	"--as PARTY.";
static const char directory_versions_help[] =
	"Lists what was published, the newest first: when, by whom, how and why. --json gives the "
	"hashes of the files as well.";
static const char directory_rollback_help[] =
	"Makes the files of version N the next version, with a --message why. Nothing is taken "
	"back: what was decided in between stays as it was decided.";
static const char directory_fetch_help[] =
	"Writes the files of version N as they were published into --output DIR, a folder that is "
	"not there yet or is empty, and N into its file .onward-version. Edited there, `onward "
	"directory publish DIR` makes it the next version, unless another than N is in force by "
	"then.";
static const char directory_gaps_help[] =
	"Says where a directory has no service: for each local authority, need, pathway and age, "
	"today or on the day of --at. Services that do not state where they work cover nothing. "
	"Reads DIR, the folder of one area or of several, or the directory of the home. The table "
	"is for people; --format csv or json gives every cell.";

const struct command commands[] = {
	{"init", "DIR --area AREA[,AREA] | --rehearsal", 1, 1,
		ARGS_BIT(AREA) | ARGS_BIT(REHEARSAL) | ARGS_BIT(LISTEN), false, true, BEGIN,
		"make a home", init_help, cmd_init},
	{"refer", "FILE...|-", 1, MANY, 0, true, false, SOURCE, "send referrals", refer_help,
		cmd_refer},
	{"explain", "FILE|-", 1, 1, ARGS_BIT(AT) | ARGS_BIT(ONLINE), true, false, SOURCE,
		"what would be decided, and why", explain_help, cmd_explain},
	{"amend", "REF FILE|-", 2, 2, 0, true, false, SOURCE, "change or complete a referral",
		"Merges the members of FILE, one JSON object, into the referral (null removes "
		"one), "
		"and matches it again.",
		cmd_amend},
	{"withdraw", "REF --reason CODE", 1, 1, REASON_NOTE, true, false, SOURCE, "stop a referral",
		withdraw_help, cmd_withdraw},
	{"show", "REF", 1, 1, 0, true, false, SOURCE, "one referral and what happened to it",
		"Shows state, services, deadlines and the timeline, as far as the party may see "
		"them. REF is written as one likes: spaces, hyphens and case do not matter.",
		cmd_show},
	{"list", "", 0, 0,
		ARGS_BIT(STATE) | ARGS_BIT(AUTHORITY) | ARGS_BIT(SERVICE) | ARGS_BIT(OVERDUE), true,
		false, SOURCE, "referrals, filtered",
		"Lists the referrals the party may see, all of them or those that fit.", cmd_list},
	{"follow", "[REF]", 0, 1, ARGS_BIT(AFTER) | ARGS_BIT(NO_WAIT), true, false, SOURCE,
		"events as they happen", follow_help, cmd_follow},
	{"directory find", "[WORDS...]", 0, MANY,
		ARGS_BIT(NEED) | ARGS_BIT(AUTHORITY) | ARGS_BIT(POSTCODE) | ARGS_BIT(PATHWAY) |
			ARGS_BIT(AGE) | ARGS_BIT(OPEN_NOW) | ARGS_BIT(AT) | ARGS_BIT(IN),
		false, false, SOURCE, "services, as one types in a hurry", directory_find_help,
		cmd_directory_find},
	{"directory where", "POSTCODE", 1, 4, 0, true, false, SOURCE,
		"the local authority of a postcode", directory_where_help, cmd_directory_where},
	{"flush", "", 0, 0, 0, true, false, SOURCE, "send what is kept in the spool",
		"Sends again what could not be sent, oldest first.", cmd_flush},
	{"inbox", "", 0, 0, ARGS_BIT(STATE), true, false, PROVIDER, "what was sent to the party",
		"Shows every delivery with the fields that were agreed on. That it was read is "
		"recorded, with --user.",
		cmd_inbox},
	{"receive", "LEG", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER, "a person has opened it",
		"Says that a named person (--user) has opened the referral.", cmd_acknowledge},
	{"accept", "LEG", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER, "the service takes her",
		"Says that the service will serve her.", cmd_acknowledge},
	{"decline", "LEG --reason CODE", 1, 1, REASON_NOTE, true, false, PROVIDER,
		"the service does not", decline_help, cmd_acknowledge},
	{"waitlist", "LEG", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER,
		"she is on the waiting list", "Says that she is suitable but there is no room yet.",
		cmd_acknowledge},
	{"start", "LEG", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER, "work with her has begun",
		"Says that the first real contact took place.", cmd_acknowledge},
	{"complete", "LEG", 1, 1, ARGS_BIT(NOTE) | ARGS_BIT(OUTCOME), true, false, PROVIDER,
		"work with her is done",
		"Says that the work is done, and with --outcome what came "
		"of it.",
		cmd_acknowledge},
	{"end", "LEG --reason CODE", 1, 1, REASON_NOTE, true, false, PROVIDER, "it ended early",
		"Says that the work ended before it was done, with a reason: a code of `onward "
		"help "
		"withdraw`.",
		cmd_acknowledge},
	{"not-engaged", "LEG", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER,
		"contact was not established",
		"Says that contact could not be established. Her own decision against the service "
		"is something else: onward withdraw LEG --reason her-decision.",
		cmd_acknowledge},
	{"hold", "LEG", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER, "paused", "Pauses the work.",
		cmd_acknowledge},
	{"resume", "LEG|SERVICE", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER,
		"taken up again; a service: takes referrals again", resume_help, cmd_resume},
	{"pause", "SERVICE", 1, 1, ARGS_BIT(UNTIL) | ARGS_BIT(REASON), true, false, PROVIDER,
		"a service takes no new referrals", pause_help, cmd_pause},
	{"capacity", "[SERVICE]", 0, 1, ARGS_BIT(AUTHORITY), true, false, PROVIDER,
		"who takes referrals, and how many more", capacity_help, cmd_capacity},
	{"ask", "LEG FIELD...", 2, 1 + WIRE_WORDS_MAX, ARGS_BIT(NOTE), true, false, PROVIDER,
		"ask the source for facts", ask_help, cmd_ask},
	{"redirect", "LEG SERVICE", 2, 2, ARGS_BIT(NOTE), true, false, PROVIDER,
		"another service is the right one", redirect_help, cmd_redirect},
	{"contact", "LEG", 1, 1, ARGS_BIT(NOTE), true, false, PROVIDER,
		"contact with her was attempted",
		"Says that the service has tried to reach her. The leg stays as it is; the time in "
		"which a first attempt is owed is met.",
		cmd_acknowledge},
	{"queue", "", 0, 0, ARGS_BIT(AUTHORITY) | ARGS_BIT(SEEN) | ARGS_BIT(REASON), true, false,
		COORDINATE, "what waits for a person", queue_help, cmd_queue},
	{"assign", "REF SERVICE --reason WHY", 2, 2, ARGS_BIT(REASON) | ARGS_BIT(NEEDS), true,
		false, COORDINATE, "choose a service by hand", assign_help, cmd_assign},
	{"deliveries", "", 0, 0, ARGS_BIT(FAILED) | ARGS_BIT(SERVICE) | ARGS_BIT(ROUTE), true, true,
		OPERATE, "what has not arrived", deliveries_help, cmd_deliveries},
	{"retry", "DELIVERY | --service ID | --all", 0, 1,
		ARGS_BIT(SERVICE) | ARGS_BIT(ROUTE) | ARGS_BIT(ALL), true, true, OPERATE,
		"send again", retry_help, cmd_retry},
	{"stop-retrying", "DELIVERY | --service ID | --all", 0, 1,
		ARGS_BIT(SERVICE) | ARGS_BIT(ROUTE) | ARGS_BIT(ALL) | ARGS_BIT(REASON), true, true,
		OPERATE, "send no more until told", stop_retrying_help, cmd_stop_retrying},
	{"clock", "[advance 2d | next | confirm]", 0, 2, 0, true, true, OPERATE,
		"business time, and moving it in a rehearsal", clock_help, cmd_clock},
	{"status", "", 0, 0, 0, true, true, OPERATE, "how the broker is",
		"Shows the broker's figures, each with a word when it is time to look.",
		cmd_status},
	{"keys new", "PARTY", 1, 1, 0, true, true, OPERATE, "make a key pair",
		"Makes a pair in keys/PARTY.key of the home and prints the public half.",
		cmd_keys_new},
	{"keys next", "PARTY", 1, 1, 0, true, true, OPERATE, "make the pair that comes after it",
		"Makes a pair in keys/PARTY.next.key beside the present one, which goes on, and "
		"prints "
		"the public half: the first step of changing a key.",
		cmd_keys_next},
	{"keys switch", "PARTY", 1, 1, 0, true, true, OPERATE, "go over to the next pair",
		"Puts the next pair in the place of the present one, once whoever runs the broker "
		"has "
		"taken its public half in. What the former key sealed on disk (the spool of what "
		"was "
		"not sent, the inbox) is sealed anew when it is next opened.",
		cmd_keys_switch},
	{"party add", "ID --kind KIND", 1, 1,
		ARGS_BIT(KIND) | ARGS_BIT(NAME) | ARGS_BIT(KEY) | ARGS_BIT(ACTS_FOR), true, true,
		OPERATE, "let a party in", party_add_help, cmd_party_add},
	{"party key", "ID --key KEY", 1, 1, ARGS_BIT(KEY) | ARGS_BIT(UNTIL), true, true, OPERATE,
		"give a party its next key", party_key_help, cmd_party_key},
	{"party list", "", 0, 0, 0, true, true, OPERATE, "who may speak with the broker",
		"Lists parties.yaml.", cmd_party_list},
	{"party revoke", "ID", 1, 1, 0, true, true, OPERATE, "shut a party out",
		"Revokes a party: the next message of its open connections is refused already.",
		cmd_party_revoke},
	{"erase", "REF --reason CODE", 1, 1, ARGS_BIT(REASON), true, true, OPERATE,
		"erase what is personal of a referral that is over", erase_help, cmd_erase},
	{"reload", "", 0, 0, ARGS_BIT(PARTIES) | ARGS_BIT(DIRECTORY), true, true, OPERATE,
		"take in changed parties and directory",
		"The broker reads parties.yaml and directory/ again; with a mistake in one of them "
		"it says so and what was in force stays.",
		cmd_reload},
	{"directory postcodes", "FILE", 1, 1, 0, true, true, OPERATE,
		"take in the postcodes of the ONS", directory_postcodes_help,
		cmd_directory_postcodes},
	{"backup", "FILE", 1, 1, 0, true, true, OPERATE,
		"store, parties, keys and directory in one file", backup_help, cmd_backup},
	{"restore", "FILE DIR", 2, 2, 0, false, true, OPERATE, "a home out of a backup",
		restore_help, cmd_restore},
	{"rebuild", "--verify", 0, 0, ARGS_BIT(VERIFY), true, true, OPERATE,
		"check the store against its record", rebuild_help, cmd_rebuild},
	{"rules check", "[DIR|FILE]", 0, 1, 0, false, false, RULES, "what is wrong with clauses",
		rules_check_help, cmd_rules_check},
	{"rules test", "[DIR|FILE]", 0, 1, ARGS_BIT(PROBES), false, false, RULES,
		"run the tests beside the rules", rules_test_help, cmd_rules_test},
	{"rules eval", "EXPR", 0, 1,
		ARGS_BIT(FACTS) | ARGS_BIT(DECLARE) | ARGS_BIT(UNKNOWN) | ARGS_BIT(CONTAINER) |
			ARGS_BIT(UNCHECKED) | ARGS_BIT(TYPE) | ARGS_BIT(BATCH),
		false, false, RULES, "the value of an expression", rules_eval_help, cmd_rules_eval},
	{"rules diff", "A B", 2, 2, 0, false, false, RULES, "whose outcome changes from A to B",
		rules_diff_help, cmd_rules_diff},
	{"rules repl", "", 0, 0,
		ARGS_BIT(FACTS) | ARGS_BIT(DECLARE) | ARGS_BIT(UNKNOWN) | ARGS_BIT(CONTAINER) |
			ARGS_BIT(UNCHECKED),
		false, false, RULES, "try expressions line by line", rules_repl_help,
		cmd_rules_repl},
	{"rules facts", "", 0, 0, 0, false, false, RULES, "what clauses may ask about",
		"Prints the table of facts with their labels, kinds and values, in Markdown.",
		cmd_rules_facts},
	{"directory check", "[DIR]", 0, 1, ARGS_BIT(STRICT) | ARGS_BIT(AT), false, false, CATALOGUE,
		"what is wrong, or odd, about a directory", directory_check_help,
		cmd_directory_check},
	{"directory diff", "A [B]", 1, 2, ARGS_BIT(COVERAGE) | ARGS_BIT(AT), false, true, CATALOGUE,
		"what differs between two directories", directory_diff_help, cmd_directory_diff},
	{"directory publish", "[DIR] --message TEXT", 0, 1,
		ARGS_BIT(MESSAGE) | ARGS_BIT(EXPECT) | ARGS_BIT(STRICT), true, true, CATALOGUE,
		"make a directory the next version", directory_publish_help, cmd_directory_publish},
	{"directory rehearse", "[DIR] --since DATE", 0, 1,
		ARGS_BIT(SINCE) | ARGS_BIT(UNTIL) | ARGS_BIT(AT) | ARGS_BIT(FORMAT) |
			ARGS_BIT(STRICT),
		true, false, CATALOGUE, "who would go elsewhere with a directory",
		directory_rehearse_help, cmd_directory_rehearse},
	{"directory migrate", "FROM [TO] --all|--rule CEL --reason WHY", 1, 2,
		ARGS_BIT(ALL) | ARGS_BIT(RULE) | ARGS_BIT(REASON) | ARGS_BIT(DRY_RUN) |
			ARGS_BIT(NEEDS) | ARGS_BIT(OVERRIDE),
		true, false, CATALOGUE, "a service's people to its successor",
		directory_migrate_help, cmd_directory_migrate},
	{"directory versions", "", 0, 0, 0, true, true, CATALOGUE, "what was published, by whom",
		directory_versions_help, cmd_directory_versions},
	{"directory rollback", "N --message TEXT", 1, 1, ARGS_BIT(MESSAGE) | ARGS_BIT(EXPECT), true,
		true, CATALOGUE, "put an earlier version in force again", directory_rollback_help,
		cmd_directory_rollback},
	{"directory fetch", "N --output DIR", 1, 1, ARGS_BIT(OUTPUT), true, true, CATALOGUE,
		"a version's files into a folder", directory_fetch_help, cmd_directory_fetch},
	{"directory gaps", "[DIR]", 0, 1,
		ARGS_BIT(AT) | ARGS_BIT(NEED) | ARGS_BIT(PATHWAY) | ARGS_BIT(AUTHORITY) |
			ARGS_BIT(FORMAT) | ARGS_BIT(FURTHER),
		false, false, CATALOGUE, "where there is no service", directory_gaps_help,
		cmd_directory_gaps},
	{"directory export", "[DIR] --profile PROFILE", 0, 1,
		ARGS_BIT(PROFILE) | ARGS_BIT(OUTPUT) | ARGS_BIT(AT), false, false, CATALOGUE,
		"what the public may see, for other directories", directory_export_help,
		cmd_directory_export},
	{"directory import", "FILE|FOLDER --profile PROFILE -o DIR", 1, 1,
		ARGS_BIT(PROFILE) | ARGS_BIT(OUTPUT) | ARGS_BIT(AREA), false, false, CATALOGUE,
		"drafts out of another directory's feed", directory_import_help,
		cmd_directory_import},
	{"directory map", "[DIR]", 0, 1,
		ARGS_BIT(AT) | ARGS_BIT(NEED) | ARGS_BIT(PATHWAY) | ARGS_BIT(AUTHORITY) |
			ARGS_BIT(OUTPUT) | ARGS_BIT(TIMELINE),
		false, false, CATALOGUE, "a picture of what is where", directory_map_help,
		cmd_directory_map},
	{"fields", "", 0, 0, 0, false, false, ABOUT, "every field of a referral",
		"Prints the table of fields: path, help, type, vocabulary, sensitivity class.",
		cmd_fields},
	{"version", "", 0, 0, 0, false, false, ABOUT, "version of program and protocol",
		"Prints the versions.", cmd_version},
	{"help", "[COMMAND]", 0, 2, 0, false, false, ABOUT, "help on a command",
		"Says more about one command.", cmd_help},
};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			return &commands[i];
		}
	}
	return NULL;
}
