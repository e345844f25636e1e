/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/words.h"

struct str rules_words_label(const struct rules_explainer *explainer, size_t fact)
{
	const struct rules_facts *facts = explainer->eval.facts;
	const struct str path = explainer->eval.clause->paths[fact];
	if (facts->label == NULL) {
		return path;
	}
	const struct str label = facts->label(facts->context, path);
	return label.len == 0 ? path : label;
}

static void put_string(struct rules_text *text, struct str s)
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
	rules_text_add(text, (struct str){s.ptr, end});
	rules_text_add_text(text, end < s.len ? "…" : "");
}

static void put_list(struct rules_text *text, struct rules_value list, const char *last)
{
	const size_t count = list.list.count;
	/* One item more is shorter than saying that there is one more. */
	const size_t shown = count <= RULES_LIMIT_SHOWN_ITEMS + 1 ? count : RULES_LIMIT_SHOWN_ITEMS;
	for (size_t i = 0; i < shown; i++) {
		const bool ends = i + 1 == count;
		rules_text_add_text(text, i == 0 ? "" : ends ? last : ", ");
		const struct rules_value item = list.list.items[i];
		if (item.kind == RULES_LIST) {
			rules_text_add_text(text, "a list");
		} else {
			rules_words_value(text, item, last);
		}
	}
	if (shown < count) {
		rules_text_add_text(text, last);
		rules_text_printf(text, "%zu others", count - shown);
	}
	rules_text_add_text(text, count == 0 ? "none" : "");
}

static void put_timestamp(struct rules_text *text, struct rules_value timestamp)
{
	char words[TIMESTAMP_TEXT_SIZE];
	timestamp_format_london(timestamp.integer * TIMESTAMP_SECOND, words);
	/* A date has no hour worth saying. */
	char *midnight = strstr(words, ", 00:00");
	if (midnight != NULL) {
		*midnight = '\0';
	}
	rules_text_add_text(text, words);
}

static void put_duration(struct rules_text *text, struct rules_value duration)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} UNITS[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
	for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
		const int64_t unit = UNITS[i].seconds * RULES_SECOND_NS;
		const int64_t count = duration.integer / unit;
		if (count != 0 && duration.integer % unit == 0) {
			rules_text_printf(text, "%lld %s%s", (long long)count, UNITS[i].unit,
				count == 1 ? "" : "s");
			return;
		}
	}
	char words[RULES_NUMBER_TEXT_SIZE];
	rules_duration_format(duration, words);
	words[strlen(words) - 1] = '\0';
	rules_text_add_text(text, words);
	rules_text_add_text(text, " seconds");
}

void rules_words_value(struct rules_text *text, struct rules_value value, const char *last)
{
	char number[RULES_NUMBER_TEXT_SIZE];
	switch (value.kind) {
	case RULES_NULL:
		rules_text_add_text(text, "none");
		break;
	case RULES_BOOL:
		rules_text_add_text(text, value.boolean ? "yes" : "no");
		break;
	case RULES_INT:
		rules_text_printf(text, "%lld", (long long)value.integer);
		break;
	case RULES_UINT:
		rules_text_printf(text, "%llu", (unsigned long long)value.natural);
		break;
	case RULES_DOUBLE:
		rules_double_format(value.number, number);
		rules_text_add_text(text, number);
		break;
	case RULES_STRING:
		put_string(text, value.string);
		break;
	case RULES_LIST:
		put_list(text, value, last);
		break;
	case RULES_TIMESTAMP:
		put_timestamp(text, value);
		break;
	case RULES_DURATION:
		put_duration(text, value);
		break;
	case RULES_BYTES:
	case RULES_MAP:
	case RULES_TYPE:
	case RULES_IS_UNKNOWN:
	case RULES_IS_ERROR:
		rules_text_add_text(text, "(not shown)");
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
	struct rules_text *text = &explainer->text;
	const struct rules_clause *clause = explainer->eval.clause;
	if (shape->node == clause->root &&
		memchr(clause->source.ptr, '\n', clause->source.len) == NULL) {
		rules_text_add(text, clause->source);
		return;
	}
	rules_text_add_text(text, shape->negated ? "!(" : "");
	rules_unparse(text, shape->node);
	rules_text_add_text(text, shape->negated ? ")" : "");
}

/* " (income = 1900, age = 45)": those that are known. */
static void put_facts(struct rules_explainer *explainer, const struct rules_node *node)
{
	struct rules_text *text = &explainer->text;
	const uint64_t facts = rules_node_facts(node);
	bool any = false;
	for (uint32_t i = 0; i < explainer->eval.clause->path_count; i++) {
		if ((facts >> i & 1) == 0) {
			continue;
		}
		const struct rules_node fact = {.kind = RULES_NODE_FACT, .fact = i};
		const struct rules_value value = rules_eval_fact(&explainer->eval, &fact);
		if (value.kind != RULES_IS_UNKNOWN && value.kind != RULES_IS_ERROR) {
			rules_text_add_text(text, any ? ", " : " (");
			rules_text_add(text, rules_words_label(explainer, i));
			rules_text_add_text(text, " = ");
			rules_words_value(text, value, " and ");
			any = true;
		}
	}
	rules_text_add_text(text, any ? ")" : "");
}

static void put_place(
	struct rules_explainer *explainer, const struct rules_shape *shape, char place)
{
	if (place == 'L') {
		rules_text_add(&explainer->text, rules_words_label(explainer, shape->fact->fact));
	} else if (place == 'V') {
		rules_words_value(
			&explainer->text, rules_eval_fact(&explainer->eval, shape->fact), " and ");
	} else if (place == 'T') {
		rules_words_value(&explainer->text, shape->threshold, " or ");
	} else if (place == 'S') {
		put_source(explainer, shape);
	} else {
		put_facts(explainer, shape->node);
	}
}

void rules_words_leaf(
	struct rules_explainer *explainer, const struct rules_shape *shape, enum rules_mood mood)
{
	const char *at = WORDS[shape->form][mood][explainer->show_values ? 0 : 1];
	while (*at != '\0') {
		const size_t plain = strcspn(at, "%");
		rules_text_add(&explainer->text, (struct str){at, plain});
		at += plain;
		if (*at == '%') {
			put_place(explainer, shape, at[1]);
			at += 2;
		}
	}
}
