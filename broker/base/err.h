/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_ERR_H
#define ONWARD_BASE_ERR_H
/*
 * The one vocabulary of errors.  Every fallible function returns an `enum err` (0 or negative);
 * foreign codes (LMDB, ZeroMQ, errno) are mapped where they enter.  The second column is the code
 * on the wire and in JSON, the third says what it means to a reader.
 */
#define ERR_MAP(X)                                                                               \
	X(OK, 0, "ok", "done")                                                                   \
	X(NOMEM, -1, "no-memory", "out of memory")                                               \
	X(IO, -2, "io", "input or output failed")                                                \
	X(FULL, -3, "try-later", "the store is full or busy; nothing was stored, send it again") \
	X(CORRUPT, -4, "corrupt", "a stored record fails its checksum")                          \
	X(VERSION, -5, "version", "format or protocol version not supported")                    \
	X(NOT_FOUND, -6, "not-found", "no such thing, or not yours to see")                      \
	X(EXISTS, -7, "exists", "there already")                                                 \
	X(INVALID, -8, "invalid", "a value is outside what is allowed")                          \
	X(MALFORMED, -9, "malformed", "the message is not well formed")                          \
	X(TOO_LARGE, -10, "too-large", "over a limit")                                           \
	X(UNKNOWN_FIELD, -11, "unknown-field", "no field of that name")                          \
	X(MISSING, -12, "missing", "a required field is absent")                                 \
	X(NOT_ALLOWED, -13, "not-allowed", "this party may not do that")                         \
	X(CONSENT, -14, "no-consent", "no lawful basis for this")                                \
	X(CONFLICT, -15, "conflict", "the same reference was used with other content")           \
	X(STATE, -16, "illegal-state", "not legal in the present state")                         \
	X(UNREACHABLE, -17, "unreachable", "the broker cannot be reached")                       \
	X(TIMEOUT, -18, "timeout", "no answer in time")                                          \
	X(SUPERSEDED, -19, "superseded", "a newer session took over")                            \
	X(CONFIG, -20, "config", "the configuration is wrong")                                   \
	X(USAGE, -21, "usage", "the command line is wrong")                                      \
	X(RESET, -22, "reset", "the session is unknown, say hello again")                        \
	X(END, -23, "end", "nothing more")                                                       \
	X(INTERNAL, -24, "internal", "a fault of the program itself")

enum err {
#define X(name, number, code, text) ERR_##name = number,
	ERR_MAP(X)
#undef X
};

/* Both return static text; an unknown number gives "internal". */
const char *err_code(enum err err);
const char *err_text(enum err err);
/* The error for a code from the wire; ERR_INTERNAL when unknown. */
enum err err_from_code(const char *code);

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/*
 * What went wrong, for the person who can mend it.  `field` is a path such as
 * "needs[1].code" (or "file:line: field" for files) or empty; `message` is a sentence without
 * any personal value.  Caller's memory; valid until the caller overwrites it.
 */
struct fault {
	enum err code;
	char field[160];
	char message[360];
};

/* Fills *fault (which may be NULL) and returns `code`, so that a caller can `return
 * fault_set(...)`. Over-long text is cut. */
enum err fault_set(struct fault *fault, enum err code, const char *field, const char *format, ...)
	PRINTF_LIKE(4, 5);
#ifdef __clang_analyzer__
/* The analyzer reads one file at a time: so it sees that the result is `code`, never ERR_OK. */
static inline enum err fault_code(enum err ret, enum err code)
{
	(void)ret;
	return code;
}
#define fault_set(fault, code, ...) fault_code(fault_set(fault, code, __VA_ARGS__), code)
#endif
#endif
