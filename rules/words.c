/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/words.h"

#include "rules/cel/library.h"
#include "rules/cel/number.h"
#include "rules/limits.h"

struct str rules_words_label(const struct rules_explainer *explainer, size_t fact)
{
	const struct rules_facts *facts = explainer->evaluation.facts;
	const struct str path = explainer->evaluation.clause->paths[fact];
	if (facts->label == NULL) {
		return path;
	}
	const struct str label = facts->label(facts->context, path);
	return label.len == 0 ? path : label;
}

static void put_string(struct cel_text *text, struct str s)
{
	size_t end = 0;
	unsigned shown = 0;
	while (end < s.len && shown < RULES_LIMIT_SHOWN_CHARS) {
		end++;
		while (end < s.len && ((unsigned char)s.ptr[end] & 0xc0U) == 0x80U) {
			end++;
		}
		shown++;
	}
	cel_text_add(text, (struct str){s.ptr, end});
	cel_text_add_text(text, end < s.len ? "…" : "");
}

static void put_list(struct cel_text *text, struct cel_value list, const char *last)
{
	const size_t count = list.extra;
	/* One item more is shorter than saying that there is one more. */
	const size_t shown = count <= RULES_LIMIT_SHOWN_ITEMS + 1 ? count : RULES_LIMIT_SHOWN_ITEMS;
	for (size_t i = 0; i < shown; i++) {
		const bool ends = i + 1 == count;
		cel_text_add_text(text, i == 0 ? "" : ends ? last : ", ");
		const struct cel_value item = list.items[i];
		if (item.kind == CEL_LIST) {
			cel_text_add_text(text, "a list");
		} else {
			rules_words_value(text, item, last);
		}
	}
	if (shown < count) {
		cel_text_add_text(text, last);
		cel_text_printf(text, "%zu others", count - shown);
	}
	cel_text_add_text(text, count == 0 ? "none" : "");
}

static void put_timestamp(struct cel_text *text, struct cel_value timestamp)
{
	char words[TIMESTAMP_TEXT_SIZE];
	timestamp_format_london(timestamp.integer * TIMESTAMP_SECOND, words);
	/* A date has no hour worth saying. */
	char *midnight = strstr(words, ", 00:00");
	if (midnight != NULL) {
		*midnight = '\0';
	}
	cel_text_add_text(text, words);
}

static void put_duration(struct cel_text *text, struct cel_value duration)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} UNITS[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
	for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
		const int64_t unit = UNITS[i].seconds * CEL_SECOND_NS;
		const int64_t count = duration.integer / unit;
		if (count != 0 && duration.integer % unit == 0) {
			cel_text_printf(text, "%lld %s%s", (long long)count, UNITS[i].unit,
				count == 1 ? "" : "s");
			return;
		}
	}
	char words[CEL_TIME_TEXT_SIZE];
	cel_duration_format(duration, words);
	words[strlen(words) - 1] = '\0';
	cel_text_add_text(text, words);
	cel_text_add_text(text, " seconds");
}

void rules_words_value(struct cel_text *text, struct cel_value value, const char *last)
{
	char number[CEL_DOUBLE_TEXT_SIZE];
	switch (value.kind) {
	case CEL_NULL:
		cel_text_add_text(text, "none");
		break;
	case CEL_BOOL:
		cel_text_add_text(text, value.boolean ? "yes" : "no");
		break;
	case CEL_INT:
		cel_text_printf(text, "%lld", (long long)value.integer);
		break;
	case CEL_UINT:
		cel_text_printf(text, "%llu", (unsigned long long)value.natural);
		break;
	case CEL_DOUBLE:
		(void)cel_double_shortest(value.number, number);
		cel_text_add_text(text, number);
		break;
	case CEL_STRING:
		put_string(text, cel_str(value));
		break;
	case CEL_LIST:
		put_list(text, value, last);
		break;
	case CEL_TIMESTAMP:
		put_timestamp(text, value);
		break;
	case CEL_DURATION:
		put_duration(text, value);
		break;
	case CEL_BYTES:
	case CEL_MAP:
	case CEL_TYPE:
	case CEL_OPTIONAL:
	case CEL_UNKNOWN:
	case CEL_ERROR:
	case CEL_KINDS:
		cel_text_add_text(text, "(not shown)");
		break;
	}
}

/*
 * The words by form and mood, first with values, then without.  %L is the fact's label, %V its
 * value, %T the threshold, %S the source, %F the facts of the source.  Without values a threshold
 * is left out where the outcome says that it is the value, or may be.
 */
static const char *const WORDS[RULES_FORM_COUNT][3][2] = {
	[RULES_FORM_YES] = {{"the service is only for: %L (the answer is %V)",
				    "the service is only for: %L"},
		{"%L is %V, as the service requires", "%L is as the service requires"},
		{"%L (%V)", "%L"}},
	[RULES_FORM_NO] = {{"the service cannot accept: %L (the answer is %V)",
				   "the service cannot accept: %L"},
		{"%L is %V, as the service requires", "%L is as the service requires"},
		{"not %L (%V)", "not %L"}},
	[RULES_FORM_MINIMUM] = {{"%L %V is below the service's minimum %T",
					"%L is below the service's minimum %T"},
		{"%L %V meets the service's minimum %T", "%L meets the service's minimum"},
		{"%L %T or over (%L is %V)", "%L %T or over"}},
	[RULES_FORM_MAXIMUM] = {{"%L %V is above the service's maximum %T",
					"%L is above the service's maximum %T"},
		{"%L %V is within the service's maximum %T", "%L is within the service's maximum"},
		{"%L %T or under (%L is %V)", "%L %T or under"}},
	[RULES_FORM_ABOVE] = {{"%L %V is not above %T, as the service requires",
				      "%L is not above the service's limit"},
		{"%L %V is above the service's limit %T, as required",
			"%L is above the service's limit, as required"},
		{"%L above %T (%L is %V)", "a higher %L"}},
	[RULES_FORM_BELOW] = {{"%L %V is not below %T, as the service requires",
				      "%L is not below the service's limit"},
		{"%L %V is below the service's limit %T, as required",
			"%L is below the service's limit, as required"},
		{"%L below %T (%L is %V)", "a lower %L"}},
	[RULES_FORM_EARLIEST] = {{"%L %V is before the service's earliest, %T",
					 "%L is before the service's earliest, %T"},
		{"%L %V is not before the service's earliest, %T",
			"%L is not before the service's earliest"},
		{"%L %T or later (%L is %V)", "%L %T or later"}},
	[RULES_FORM_LATEST] = {{"%L %V is after the service's latest, %T",
				       "%L is after the service's latest, %T"},
		{"%L %V is not after the service's latest, %T",
			"%L is not after the service's latest"},
		{"%L %T or earlier (%L is %V)", "%L %T or earlier"}},
	[RULES_FORM_AFTER] = {{"%L %V is not after %T, as the service requires",
				      "%L is not late enough for the service"},
		{"%L %V is after %T, as the service requires", "%L is late enough for the service"},
		{"%L after %T (%L is %V)", "a later %L"}},
	[RULES_FORM_BEFORE] = {{"%L %V is not before %T, as the service requires",
				       "%L is not early enough for the service"},
		{"%L %V is before %T, as the service requires",
			"%L is early enough for the service"},
		{"%L before %T (%L is %V)", "an earlier %L"}},
	[RULES_FORM_EQUAL] = {{"%L is %V, but the service requires %T",
				      "%L is not %T, which the service requires"},
		{"%L is %V, as the service requires", "%L is as the service requires"},
		{"%L %T (%L is %V)", "%L %T"}},
	[RULES_FORM_DIFFERENT] =
		{{"the service does not accept %L %V", "%L is one the service does not accept"},
			{"%L %V is one the service accepts", "%L is one the service accepts"},
			{"%L other than %V", "a different %L"}},
	[RULES_FORM_ONE_OF] = {{"%L is %V, but the service requires %T",
				       "%L is not among those the service requires: %T"},
		{"%L %V is among those the service requires",
			"%L is among those the service requires"},
		{"%L %T (%L is %V)", "%L %T"}},
	[RULES_FORM_NONE_OF] =
		{{"the service does not accept %L %V", "%L is one the service does not accept"},
			{"%L %V is one the service accepts", "%L is one the service accepts"},
			{"%L other than %V", "a different %L"}},
	[RULES_FORM_INCLUDES] = {{"%L lists %V, but the service requires %T",
					 "%L does not include %T, which the service requires"},
		{"%L lists %V, and the service requires %T",
			"%L includes what the service requires"},
		{"%L including %T (%L lists %V)", "%L including %T"}},
	[RULES_FORM_EXCLUDES] = {{"%L lists %V, but the service does not accept %T",
					 "%L includes what the service does not accept"},
		{"%L lists %V, and the service refuses only %T",
			"%L includes nothing the service does not accept"},
		{"%L without %T (%L lists %V)", "a different %L"}},
	[RULES_FORM_BEGINS] = {{"%L %V does not begin with %T, as the service requires",
				       "%L does not begin as the service requires"},
		{"%L %V begins with %T, as the service requires",
			"%L begins as the service requires"},
		{"%L beginning with %T (%L is %V)", "%L beginning with %T"}},
	[RULES_FORM_BEGINS_OTHERWISE] = {{"%L %V begins with %T, which the service does not accept",
						 "%L begins with what the service does not accept"},
		{"%L %V does not begin with %T, which the service does not accept",
			"%L is one the service accepts"},
		{"%L not beginning with %T (%L is %V)", "a different %L"}},
	[RULES_FORM_RECORDED] = {{"%L is not recorded, and the service requires it",
					 "%L is not recorded, and the service requires it"},
		{"%L is recorded, as the service requires",
			"%L is recorded, as the service requires"},
		{"%L recorded", "%L recorded"}},
	[RULES_FORM_NOT_RECORDED] = {{"%L is recorded, which the service does not accept",
					     "%L is recorded, which the service does not accept"},
		{"%L is not recorded, as the service requires",
			"%L is not recorded, as the service requires"},
		{"%L not recorded", "%L not recorded"}},
	[RULES_FORM_OTHER] = {{"condition not met: %S%F", "condition not met: %S"},
		{"condition met: %S%F", "condition met: %S"}, {"%S%F", "%S"}},
};

static void put_source(struct rules_explainer *explainer, const struct rules_shape *shape)
{
	struct cel_text *text = &explainer->text;
	const struct rules_clause *clause = explainer->evaluation.clause;
	if (shape->node == clause->root &&
		memchr(clause->source.ptr, '\n', clause->source.len) == NULL) {
		cel_text_add(text, clause->source);
		return;
	}
	cel_text_add_text(text, shape->negated ? "!(" : "");
	cel_unparse(text, shape->node);
	cel_text_add_text(text, shape->negated ? ")" : "");
}

/* " (income = 1900, age = 45)": those that are known. */
void rules_words_facts(struct rules_explainer *explainer, const struct cel_node *node)
{
	struct cel_text *text = &explainer->text;
	const uint64_t facts = rules_node_facts(node);
	bool any = false;
	for (uint32_t i = 0; i < explainer->evaluation.clause->path_count && i < 64; i++) {
		if ((facts >> i & 1) == 0) {
			continue;
		}
		const struct cel_value value = rules_evaluation_fact(&explainer->evaluation, i);
		if (value.kind < CEL_ERROR) {
			cel_text_add_text(text, any ? ", " : " (");
			cel_text_add(text, rules_words_label(explainer, i));
			cel_text_add_text(text, " = ");
			rules_words_value(text, value, " and ");
			any = true;
		}
	}
	cel_text_add_text(text, any ? ")" : "");
}

/* The value, or how many items it has. */
static struct cel_value value_of(struct rules_explainer *explainer, const struct rules_shape *shape)
{
	const struct cel_value value =
		rules_evaluation_fact(&explainer->evaluation, shape->fact->variable);
	if (!shape->counted || value.kind >= CEL_ERROR) {
		return value;
	}
	return cel_int(value.kind == CEL_STRING ? (int64_t)cel_text_length(cel_str(value))
						: (int64_t)value.extra);
}

static void put_label(struct rules_explainer *explainer, const struct rules_shape *shape)
{
	if (shape->counted) {
		const struct cel_value value =
			rules_evaluation_fact(&explainer->evaluation, shape->fact->variable);
		cel_text_add_text(
			&explainer->text, value.kind == CEL_STRING ? "length of " : "number of ");
	}
	cel_text_add(&explainer->text, rules_words_label(explainer, shape->fact->variable));
}

static void put_place(
	struct rules_explainer *explainer, const struct rules_shape *shape, char place)
{
	if (place == 'L') {
		put_label(explainer, shape);
	} else if (place == 'V') {
		rules_words_value(&explainer->text, value_of(explainer, shape), " and ");
	} else if (place == 'T') {
		rules_words_value(&explainer->text, shape->threshold, " or ");
	} else if (place == 'S') {
		put_source(explainer, shape);
	} else {
		rules_words_facts(explainer, shape->node);
	}
}

static void put_words(
	struct rules_explainer *explainer, const struct rules_shape *shape, const char *at)
{
	while (*at != '\0') {
		const size_t plain = strcspn(at, "%");
		cel_text_add(&explainer->text, (struct str){at, plain});
		at += plain;
		if (*at == '%') {
			put_place(explainer, shape, at[1]);
			at += 2;
		}
	}
}

void rules_words_leaf(
	struct rules_explainer *explainer, const struct rules_shape *shape, enum rules_mood mood)
{
	put_words(explainer, shape, WORDS[shape->form][mood][explainer->show_values ? 0 : 1]);
}

/* A threshold gives nothing away of a value that is not known. */
void rules_words_wanted(struct rules_explainer *explainer, const struct rules_shape *shape)
{
	static const char *const wanted[RULES_FORM_COUNT] = {
		[RULES_FORM_YES] = "the service is only for a yes",
		[RULES_FORM_NO] = "the service cannot accept a yes",
		[RULES_FORM_MINIMUM] = "the service requires %T or over",
		[RULES_FORM_MAXIMUM] = "the service requires %T or under",
		[RULES_FORM_ABOVE] = "the service requires above %T",
		[RULES_FORM_BELOW] = "the service requires below %T",
		[RULES_FORM_EARLIEST] = "the service requires %T or later",
		[RULES_FORM_LATEST] = "the service requires %T or earlier",
		[RULES_FORM_AFTER] = "the service requires after %T",
		[RULES_FORM_BEFORE] = "the service requires before %T",
		[RULES_FORM_EQUAL] = "the service requires %T",
		[RULES_FORM_DIFFERENT] = "the service does not accept %T",
		[RULES_FORM_ONE_OF] = "the service requires %T",
		[RULES_FORM_NONE_OF] = "the service does not accept %T",
		[RULES_FORM_INCLUDES] = "the service requires %T among them",
		[RULES_FORM_EXCLUDES] = "the service does not accept %T",
		[RULES_FORM_BEGINS] = "the service requires one that begins with %T",
		[RULES_FORM_BEGINS_OTHERWISE] =
			"the service does not accept one that begins with %T",
	};
	if (wanted[shape->form] != NULL) {
		cel_text_add_text(&explainer->text, " (");
		put_words(explainer, shape, wanted[shape->form]);
		cel_text_add_text(&explainer->text, ")");
	}
}
