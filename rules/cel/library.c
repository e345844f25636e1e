/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

const struct cel_library *const *cel_libraries(size_t *ret_count)
{
	/* Those that every clause uses come first. */
	static const struct cel_library *const LIBRARIES[] = {
		&cel_library_relations,
		&cel_library_operators,
		&cel_library_texts,
		&cel_library_times,
		&cel_library_conversions,
		&cel_library_strings,
		&cel_library_formats,
		&cel_library_encodings,
		&cel_library_numbers,
		&cel_library_bits,
		&cel_library_sets,
		&cel_library_optionals,
	};
	*ret_count = CEL_COUNT(LIBRARIES);
	return LIBRARIES;
}

/* What is near enough to be meant, and nearer than the one before. */
static void consider(
	struct str name, const char *known, const char **nearest, size_t *nearest_distance)
{
	const size_t edits = str_distance(name, str_from(known));
	/* A name that would have to change altogether is no suggestion. */
	if (edits < *nearest_distance && edits < name.len) {
		*nearest_distance = edits;
		*nearest = known;
	}
}

const char *cel_function_suggest(struct str name)
{
	static const char *const MACROS[] = {"has", "all", "exists", "exists_one", "existsOne",
		"map", "filter", "transformList", "transformMap", "transformMapEntry", "cel.bind",
		"optMap", "optFlatMap"};
	const char *nearest = NULL;
	size_t distance = CEL_LIMIT_SUGGESTION_EDITS + 1;
	size_t count;
	const struct cel_library *const *libraries = cel_libraries(&count);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < libraries[i]->count; j++) {
			const char *known = libraries[i]->overloads[j].function;
			/* An operator is nobody's misspelling. */
			if (strpbrk(known, "_@") == NULL) {
				consider(name, known, &nearest, &distance);
			}
		}
	}
	for (size_t i = 0; i < CEL_COUNT(MACROS); i++) {
		consider(name, MACROS[i], &nearest, &distance);
	}
	return nearest;
}

char *cel_call_text(struct cel_call *call, size_t len, struct cel_value *ret)
{
	if (len > UINT32_MAX) {
		*ret = cel_error("the text is too long");
		return NULL;
	}
	if (!cel_call_charge(call, len / 10, ret)) {
		return NULL;
	}
	char *text = cel_call_alloc(call, len, 1, ret);
	if (text != NULL) {
		*ret = cel_string((struct str){text, len});
	}
	return text;
}

void cel_call_copy(struct cel_call *call, struct str text, struct cel_value *ret)
{
	char *copy = cel_call_text(call, text.len, ret);
	if (copy != NULL && text.len > 0) {
		memcpy(copy, text.ptr, text.len);
	}
}

const struct cel_value *cel_call_keep(
	struct cel_call *call, struct cel_value value, struct cel_value *ret)
{
	struct cel_value *kept = cel_call_alloc(call, 1, sizeof(*kept), ret);
	if (kept != NULL) {
		*kept = value;
	}
	return kept;
}
