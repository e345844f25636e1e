/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/fixture.h"

/* The four outcomes of an operand, as an expression each; `absent` is in no schema. */
static const char *const OPERANDS[] = {"t", "f", "u", "absent"};
static const char LETTERS[] = "TFUE";

static char expected(char a, char b, char deciding)
{
	static const char ORDER[] = "UE"; /* after the deciding bool */
	if (a == deciding || b == deciding) {
		return deciding;
	}
	for (size_t i = 0; i < 2; i++) {
		if (a == ORDER[i] || b == ORDER[i]) {
			return ORDER[i];
		}
	}
	return deciding == 'T' ? 'F' : 'T';
}

static void check_pairs(const char *sign, char deciding)
{
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 4; j++) {
			char source[64];
			(void)snprintf(
				source, sizeof(source), "%s %s %s", OPERANDS[i], sign, OPERANDS[j]);
			const struct fixture_vector vector = {
				source, expected(LETTERS[i], LETTERS[j], deciding), NULL};
			fixture_run(&vector, 1);
		}
	}
}

Test(rules, and_takes_false_before_unknown_before_error_in_either_order)
{
	check_pairs("&&", 'F');
}

Test(rules, or_takes_true_before_unknown_before_error_in_either_order)
{
	check_pairs("||", 'T');
}

Test(rules, chains_choices_and_negations_follow_the_same_order)
{
	static const struct fixture_vector VECTORS[] = {
		{"true", 'T', NULL},
		{"false", 'F', NULL},
		{"!true", 'F', NULL},
		{"!!true", 'T', NULL},
		{"!!!t", 'F', NULL},
		{"!u", 'U', "u"},
		{"!absent", 'E', "no such fact: absent"},
		{"!1", 'E', "types"},
		{"!(1 == 1)", 'F', NULL},
		{"u && u2", 'U', "u u2"},
		{"u2 || u", 'U', "u u2"},
		{"u2 && u && u2", 'U', "u u2"},
		{"t && u && absent", 'U', "u"},
		{"absent && u && f", 'F', NULL},
		{"absent || u || t", 'T', NULL},
		{"absent && t && t", 'E', "no such fact"},
		{"(absent && u) && f", 'F', NULL},
		{"absent && (u || t)", 'E', NULL},
		{"(absent || f) && u", 'U', "u"},
		{"1 && f", 'F', NULL},
		{"f && 1", 'F', NULL},
		{"1 && t", 'E', "types"},
		{"'x' || t", 'T', NULL},
		{"t || 'x'", 'T', NULL},
		{"f || 'x'", 'E', "types"},
		{"1 && u", 'U', "u"},
		{"null && t", 'E', NULL},
		{"t ? f : t", 'F', NULL},
		{"f ? f : t", 'T', NULL},
		{"u ? t : t", 'U', "u"},
		{"absent ? t : t", 'E', NULL},
		{"1 ? t : t", 'E', "types"},
		{"t ? u : absent", 'U', "u"},
		{"f ? u : absent", 'E', NULL},
		{"t ? t : absent", 'T', NULL},
		{"f ? absent : f ? absent : t", 'T', NULL},
		{"u == u", 'U', "u"},
		{"u == absent", 'E', NULL},
		{"absent == u", 'E', NULL},
		{"u + 1 == u2", 'U', "u u2"},
		{"u + 1 > absent", 'E', NULL},
		{"-u == 1", 'U', "u"},
		{"[u] == [1]", 'U', "u"},
		{"[u, u2].size() == 2", 'U', "u u2"},
		{"[u, absent] == []", 'E', NULL},
		{"{'a': u}.a == 1", 'U', "u"},
		{"{u: 1}['a'] == 1", 'U', "u"},
		{"{u: absent}['a'] == 1", 'E', NULL},
		{"size(u) == 1", 'U', "u"},
		{"u.startsWith(u2)", 'U', "u u2"},
		{"u.startsWith(absent)", 'E', NULL},
		{"absent.startsWith(u)", 'E', NULL},
		{"[1][u] == 1", 'U', "u"},
		{"u[0] == 1", 'U', "u"},
		{"ulist[u] == 1", 'U', "u ulist"},
		{"u in [1]", 'U', "u"},
		{"1 in ulist", 'U', "ulist"},
		{"absent in ulist", 'E', NULL},
	};
	FIXTURE_RUN(VECTORS);
}

Test(rules, precedence_and_associativity_are_those_of_the_grammar)
{
	static const struct fixture_vector VECTORS[] = {
		{"true || true && false", 'T', NULL},
		{"(true || true) && false", 'F', NULL},
		{"false && true || true", 'T', NULL},
		{"false == false && true", 'T', NULL},
		{"!false == true", 'T', NULL},
		{"!(false == true)", 'T', NULL},
		{"1 + 2 * 3 == 7", 'T', NULL},
		{"(1 + 2) * 3 == 9", 'T', NULL},
		{"10 - 4 - 3 == 3", 'T', NULL},
		{"10 - (4 - 3) == 9", 'T', NULL},
		{"100 / 10 / 5 == 2", 'T', NULL},
		{"100 / 10 * 5 == 50", 'T', NULL},
		{"7 % 4 * 2 == 6", 'T', NULL},
		{"1 + 1 < 3", 'T', NULL},
		{"1 < 2 == true", 'T', NULL},
		{"true == 1 < 2", 'E', NULL},
		{"2 > 1 > false", 'T', NULL},
		{"1 in [1] == true", 'T', NULL},
		{"-2 * 3 == -6", 'T', NULL},
		{"4--4 == 8", 'T', NULL},
		{"4 - -4 == 8", 'T', NULL},
		{"--4 == 4", 'T', NULL},
		{"---4 == -4", 'T', NULL},
		{"-(4) == -4", 'T', NULL},
		{"true ? false : true ? true : true", 'F', NULL},
		{"(true ? false : true) ? false : true", 'T', NULL},
		{"false || true ? true : false", 'T', NULL},
		{"true ? 1 == 2 || true : false", 'T', NULL},
		{"[1, 2][1] + 1 == 3", 'T', NULL},
		{"-[1, 2][1] == -2", 'T', NULL},
		{"!{'a': false}.a", 'T', NULL},
		{"true // a comment\n && true", 'T', NULL},
		{"// first\ntrue", 'T', NULL},
		{"  \t\r\n\f true", 'T', NULL},
	};
	FIXTURE_RUN(VECTORS);
}
