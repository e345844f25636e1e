/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/regex.h"

#include <cstdio>
#include <new>
#include <re2/re2.h>

/* The one place that knows RE2.  Built without exceptions and run-time types. */
struct cel_regex {
	RE2 pattern;
	cel_regex(const re2::StringPiece &text, const RE2::Options &options)
	    : pattern(text, options)
	{
	}
};

static RE2::Options regex_options()
{
	/* Quiet: a pattern that fails is the author's to hear of, not the log's. */
	RE2::Options options(RE2::Quiet);
	options.set_max_mem(CEL_REGEX_MEMORY_MAX);
	/* Only yes or no is asked, never what matched. */
	options.set_never_capture(true);
	return options;
}

struct cel_regex *cel_regex_create(
	const char *pattern, size_t pattern_len, char *ret_why, size_t why_size)
{
	if (pattern_len > CEL_REGEX_PATTERN_MAX) {
		(void)std::snprintf(ret_why, why_size, "the pattern is longer than %d bytes",
			(int)CEL_REGEX_PATTERN_MAX);
		return nullptr;
	}
	cel_regex *regex = new (std::nothrow)
		cel_regex(re2::StringPiece(pattern, pattern_len), regex_options());
	if (regex == nullptr) {
		(void)std::snprintf(ret_why, why_size, "out of memory");
		return nullptr;
	}
	if (!regex->pattern.ok()) {
		(void)std::snprintf(ret_why, why_size, "%s", regex->pattern.error().c_str());
		delete regex;
		return nullptr;
	}
	return regex;
}

void cel_regex_destroy(struct cel_regex *regex)
{
	delete regex;
}

size_t cel_regex_size(const struct cel_regex *regex)
{
	return (size_t)regex->pattern.ProgramSize();
}

bool cel_regex_search(const struct cel_regex *regex, const char *text, size_t text_len)
{
	return RE2::PartialMatch(re2::StringPiece(text, text_len), regex->pattern);
}
