/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/view.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>

/* People and contents are invented. */

static const char referral[] =
	"{\"source_ref\":\"2019-0612-0007\",\"pathway\":\"diversion\",\"person\":{"
	"\"local_authority\":\"E09000004\"},\"risk\":{\"self\":\"concern\"}}";
static const char emergency[] =
	"{\"source_ref\":\"2019-0612-0008\",\"person\":{\"local_authority\":\"E09000022\"},"
	"\"risk\":{\"self\":\"immediate\"}}";

static const char accepted[] =
	"{\"source_ref\":\"2019-0612-0007\",\"reference\":\"ACDE-FGHJ-X\",\"id\":\"00\","
	"\"duplicate\":false,\"state\":\"open\",\"directory_version\":3,\"legs\":["
	"{\"id\":\"ACDE-FGHJ-X/1\",\"service\":\"south-london-alliance\",\"role\":\"lead\","
	"\"needs\":[\"accommodation\",\"mental-health-learning-disability\"],\"state\":\"matched\"}"
	","
	"{\"id\":\"ACDE-FGHJ-X/2\",\"service\":\"hibiscus-foreign-national\","
	"\"role\":\"specialist\",\"needs\":[],\"state\":\"matched\"}],"
	"\"gaps\":[\"prostitution\"],\"questions\":[\"person.date_of_birth\",\"justice.admitted\"],"
	"\"advice\":[{\"organisation\":\"Child Poverty Action Group\",\"name\":\"Welfare rights "
	"advice\","
	"\"contact\":\"advice line \\u001b[31mred\"}]}";

static const char explained[] =
	"{\"directory_version\":3,\"chosen\":[\"south-london-alliance\"],"
	"\"cascade\":[\"advance-minerva-wraparound\"],\"gaps\":[\"prostitution\"],"
	"\"questions\":[\"person.date_of_birth\"],\"services\":["
	"{\"service\":\"advance-minerva-wraparound\",\"verdict\":\"eligible\",\"clauses\":[],"
	"\"missing\":[]},"
	"{\"service\":\"south-london-alliance\",\"verdict\":\"eligible\",\"clauses\":["
	"{\"clause\":\"area\",\"result\":\"yes\",\"text\":\"Lambeth is one of its authorities.\"},"
	"{\"clause\":\"adult\",\"result\":\"yes\",\"text\":\"She is 18 or "
	"over.\"}],\"missing\":[]},"
	"{\"service\":\"abianda\",\"verdict\":\"undetermined\",\"clauses\":["
	"{\"clause\":\"age\",\"result\":\"unknown\",\"text\":\"Her age is not known; the service "
	"is "
	"for girls and young women aged 11 to 24.\"}],\"missing\":[\"person.date_of_birth\"]},"
	"{\"service\":\"aire-centre\",\"name\":\"AIRE Centre\",\"verdict\":\"undetermined\","
	"\"clauses\":[{\"clause\":\"area\",\"result\":\"unknown\",\"text\":\"not "
	"stated\"}],\"missing\":[]},"
	"{\"service\":\"galop\",\"verdict\":\"ineligible\",\"clauses\":["
	"{\"clause\":\"area\",\"result\":\"unknown\",\"text\":\"not stated\"},"
	"{\"clause\":\"needs\",\"result\":\"no\",\"text\":\"takes none of these needs\"}],"
	"\"missing\":[]},"
	"{\"service\":\"crs-women-london-south\",\"verdict\":\"ineligible\",\"clauses\":["
	"{\"clause\":\"window\",\"result\":\"no\",\"text\":\"It can be chosen from 2022-12-02.\"},"
	"{\"clause\":\"adult\",\"result\":\"unknown\",\"text\":\"need to know: age\"},"
	"{\"clause\":\"area\",\"result\":\"yes\",\"text\":\"Lambeth is one of its authorities.\"}],"
	"\"missing\":[]},"
	"{\"service\":\"crs-women-norfolk\",\"name\":\"Women's services, Norfolk\","
	"\"verdict\":\"ineligible\",\"clauses\":[{\"clause\":\"area\",\"result\":\"no\","
	"\"text\":\"does not cover Lambeth\"}],\"missing\":[]}]}";

static const char shown[] =
	"{\"reference\":\"ACDE-FGHJ-X\",\"state\":\"open\",\"source_ref\":\"2019-0612-0007\","
	"\"directory_version\":3,\"gaps\":[\"poverty-debt\"],\"questions\":[],"
	"\"authority\":\"E09000022\",\"submitted\":\"2019-06-12T20:40:00Z\",\"legs\":["
	"{\"id\":\"ACDE-FGHJ-X/1\",\"service\":\"south-london-alliance\",\"role\":\"lead\","
	"\"needs\":[\"accommodation\"],\"state\":\"delivered\","
	"\"deadline\":\"2019-06-13T20:40:00Z\",\"attempts\":3}],\"timeline\":["
	"{\"seq\":11,\"at\":\"2019-06-12T20:40:00Z\",\"actor\":\"met-custody\","
	"\"event\":\"submitted\",\"reference\":\"ACDE-FGHJ-X\"},"
	"{\"seq\":12,\"at\":\"2019-06-12T20:40:01Z\",\"actor\":{\"party\":\"women-in-prison\","
	"\"user\":\"Ms Example\"},\"event\":\"delivered\",\"leg\":\"ACDE-FGHJ-X/1\","
	"\"service\":\"south-london-alliance\",\"state\":\"delivered\"},"
	"{\"seq\":13,\"at\":\"2019-06-12T20:41:00Z\",\"actor\":\"women-in-prison\","
	"\"event\":\"received\",\"service\":\"confidential\"},"
	"{\"seq\":14,\"at\":\"2019-12-12T09:00:00Z\",\"actor\":\"women-in-prison\","
	"\"event\":\"declined\",\"service\":\"south-london-alliance\","
	"\"reason\":\"no-capacity\"}]}";

static const char delivered[] =
	"{\"leg\":\"ACDE-FGHJ-X/1\",\"delivery\":\"0123\",\"service\":\"south-london-alliance\","
	"\"reference\":\"ACDE-FGHJ-X\",\"state\":\"delivered\",\"mode\":\"rehearsal\",\"referral\":"
	"{"
	"\"pathway\":\"diversion\",\"occurred_at\":\"2019-06-12T21:40:00+01:00\","
	"\"person\":{\"given_name\":\"Invented\",\"family_name\":\"Person\\u202e\","
	"\"local_authority\":\"E09000022\",\"languages\":[\"so\",\"en\"],\"pregnant\":\"not-"
	"asked\","
	"\"dependent_children\":2,\"interpreter\":true},"
	"\"needs\":[{\"code\":\"accommodation\",\"severity\":\"high\",\"note\":\"Two lines\\nof a "
	"note.\"},{\"code\":\"poverty-debt\",\"severity\":\"prefers-not-to-say\"}],"
	"\"risk\":{\"self\":\"immediate\"},"
	"\"contact\":{\"phone\":\"07700 900123\",\"instruction\":\"Text only, no voicemail.\"}}}";

static const char status_well[] =
	"{\"version\":\"0.1.0\",\"directory_version\":3,\"clock\":\"2019-06-12T20:40:00Z\","
	"\"mode\":\"rehearsal\",\"referrals\":44,\"legs_open\":31,\"outbox\":0,"
	"\"oldest_undelivered_s\":0,\"queue\":1,\"queue_oldest_s\":5400,\"services\":{\"running\":"
	"41,\"full\":2,"
	"\"paused\":1},\"next_due\":\"2019-06-"
	"13T20:40:00Z\",\"due\":0,"
	"\"held\":false,\"batch_size\":3.5,\"commit_ms\":{\"p50\":1.25,\"p99\":4},"
	"\"refusals\":{\"invalid\":2,\"not-allowed\":1,\"conflict\":0},"
	"\"store\":{\"used_bytes\":4194304,\"limit_bytes\":68719476736}}";
static const char status_ill[] =
	"{\"version\":\"0.1.0\",\"directory_version\":3,\"directory_unusable\":"
	"\"london-2018/services/advance.yaml:16: does not "
	"compile\",\"clock\":\"2019-12-12T20:40:00Z\","
	"\"mode\":\"live\",\"referrals\":44,\"legs_open\":31,\"outbox\":12,"
	"\"oldest_undelivered_s\":9000,\"queue\":12,\"queue_oldest_s\":400000,\"next_due\":\"2019-"
	"06-13T20:40:00Z\",\"due\":3,"
	"\"held\":true,\"batch_size\":1,\"commit_ms\":{\"p50\":80,\"p99\":400},"
	"\"refusals\":{},\"store\":{\"used_bytes\":800,\"limit_bytes\":1000}}";

Test(view, refer_shows_services_gaps_questions_and_what_is_next)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value sent = golden_tree(&arena, referral);
	struct value body = golden_tree(&arena, accepted);
	view_refer(&out, &golden_names, &sent, &body);
	golden_expect("refer", &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, refer_says_who_to_call_before_anything_else)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value sent = golden_tree(&arena, emergency);
	const struct value body = golden_tree(&arena,
		"{\"source_ref\":\"2019-0612-0008\",\"reference\":\"ACDE-FGHJ-X\",\"duplicate\":"
		"true,"
		"\"state\":\"no-service\",\"legs\":[],\"gaps\":[\"accommodation\"],"
		"\"questions\":[]}");
	cr_expect(view_emergency(&out, &sent, 1));
	view_refer(&out, &golden_names, &sent, &body);
	golden_expect("refer-emergency", &out);
	cr_expect(str_has_prefix(buf_str(&out), STR("IMMEDIATE RISK")));
	const struct value other = golden_tree(&arena, referral);
	cr_expect_not(view_emergency(&out, &other, 1));
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, refused_names_field_and_reason)
{
	struct buf out = {0};
	struct fault fault;
	(void)fault_set(
		&fault, ERR_INVALID, "needs[0].code", "unknown need; did you mean accommodation?");
	view_refused(&out, STR("2019-0612-0009"), &fault);
	golden_expect("refused", &out);
	buf_finish(&out);
}

Test(view, explain_groups_services_by_verdict)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value sent = golden_tree(&arena, referral);
	const struct value body = golden_tree(&arena, explained);
	view_explain(&out, &golden_names, &sent, &body);
	golden_expect("explain", &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, show_tells_the_story_in_london_time)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value body = golden_tree(&arena, shown);
	view_show(&out, &golden_names, &body);
	golden_expect("show", &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, list_is_a_table_with_the_earliest_deadline)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value tree = golden_tree(&arena,
		"{\"items\":[{\"reference\":\"ACDE-FGHJ-X\",\"state\":\"open\",\"legs\":["
		"{\"service\":\"south-london-alliance\",\"state\":\"delivered\","
		"\"deadline\":\"2019-06-14T09:00:00Z\"},{\"service\":\"hibiscus\","
		"\"state\":\"accepted\",\"deadline\":\"2019-06-13T09:00:00Z\"}]},"
		"{\"reference\":\"LMNP-QRTU-V\",\"state\":\"needs-information\",\"authority\":"
		"\"E09000004\",\"legs\":[]}]}");
	view_list(&out, &golden_names, value_get(&tree, STR("items")));
	golden_expect("list", &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, list_has_no_column_of_deadlines_where_there_are_none)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value tree = golden_tree(&arena,
		"{\"items\":[{\"reference\":\"LMNP-QRTU-V\",\"state\":\"no-service\",\"authority\":"
		"\"E09000004\",\"legs\":[]}]}");
	view_list(&out, &golden_names, value_get(&tree, STR("items")));
	cr_expect(str_is(buf_str(&out), "REFERENCE    STATE             AUTHORITY  SERVICES\n"
					"LMNP-QRTU-V  no service found  Bexley\n"
					"1 referral\n"),
		"%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, inbox_warns_before_it_shows_a_number)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value body = golden_tree(&arena, delivered);
	view_inbox(&out, &golden_names, &body);
	golden_expect("inbox", &out);
	buf_append(&out, "", 1);
	const char *warning = strstr(out.data, "NOT known to be safe to call");
	cr_assert(warning != NULL && warning < strstr(out.data, "07700 900123"));
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, status_says_when_to_look)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value well = golden_tree(&arena, status_well);
	const struct value ill = golden_tree(&arena, status_ill);
	view_status(&out, &golden_names, &well);
	cr_expect(memmem(out.data, out.len, "<- look", 7) == NULL);
	buf_add_text(&out, "\n");
	view_status(&out, &golden_names, &ill);
	golden_expect("status", &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view, trees_of_another_shape_do_no_harm)
{
	static const char *const trees[] = {"{}", "{\"legs\":7,\"gaps\":\"x\",\"questions\":{}}",
		"{\"legs\":[7,null],\"gaps\":[{}],\"questions\":[7],\"advice\":[1],"
		"\"timeline\":[7],\"services\":[7],\"chosen\":[7],\"cascade\":[{}],"
		"\"referral\":{\"person\":[[{}]],\"contact\":7,\"risk\":[]},\"store\":7,"
		"\"commit_ms\":[],\"refusals\":[]}"};
	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		struct arena arena;
		struct buf out = {0};
		arena_init(&arena, 0);
		const struct value tree = golden_tree(&arena, trees[i]);
		view_refer(&out, &golden_names, &tree, &tree);
		view_explain(&out, &golden_names, &tree, &tree);
		view_show(&out, &golden_names, &tree);
		view_inbox(&out, &golden_names, &tree);
		view_event(&out, &golden_names, &tree);
		view_status(&out, &golden_names, &tree);
		cr_expect(!out.failed);
		buf_finish(&out);
		arena_finish(&arena);
	}
}
