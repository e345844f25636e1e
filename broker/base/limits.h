/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_LIMITS_H
#define ONWARD_BASE_LIMITS_H
/* Every limit, with its unit and the reason for it. */
enum {
	/* Wire: one frame; a referral is about 1 KiB, the largest allowed note set about 64 KiB. */
	LIMIT_FRAME_BYTES = 256 * 1024,
	/* Wire: frames of one ZeroMQ message, so that a batch cannot fill memory. */
	LIMIT_FRAMES = 8,
	/* Wire: nesting and number of elements of one msgpack document; the deepest referral has 4.
	 */
	LIMIT_DEPTH = 8,
	LIMIT_ELEMENTS = 4096,
	/* Wire: requests a session may have unanswered; below the send high-water mark. */
	LIMIT_WINDOW = 512,
	/* Wire: deliveries an adapter session may hold unacknowledged. */
	LIMIT_CREDIT = 512,
	/* ZeroMQ high-water marks, messages a connection. */
	LIMIT_RECEIVE_HWM = 64,
	LIMIT_SEND_HWM = 2048,
	/* Text fields, in bytes of UTF-8: a name, a free-text note. */
	LIMIT_TEXT_BYTES = 256,
	LIMIT_NOTE_BYTES = 4000,
	/* Short text of a request, in bytes: who acts, as the party asserts it (user, role). */
	LIMIT_ACTOR_BYTES = 64,
	/* A code of a vocabulary: a reason, a state, an outcome. */
	LIMIT_CODE_BYTES = 64,
	/* The id of a party, a service, an authority (or its exact name); the party's must fit the
	 * 255 bytes of a ZAP User-Id beside a key. */
	LIMIT_ID_BYTES = 128,
	/* Name and version of a client program, for the log. */
	LIMIT_CLIENT_BYTES = 128,
	/* A cursor of a page: opaque, given back as it came. */
	LIMIT_CURSOR_BYTES = 256,
	/* Lists within a referral. */
	LIMIT_LIST = 64,
	/* Writer: commands and bytes of one batch: the knee of the group-commit curve. */
	LIMIT_BATCH_COMMANDS = 512,
	LIMIT_BATCH_BYTES = 1024 * 1024,
	/* Commands waiting for the writer; beyond it the net thread answers try-later. */
	LIMIT_QUEUE_COMMANDS = 8192,
	/* Query: rows and milliseconds of one read transaction (long readers keep LMDB from
	 * re-using pages). */
	LIMIT_QUERY_ROWS = 500,
	LIMIT_QUERY_MS = 20,
	/* Legs of one referral, over its whole life: a byte in the key, 0 is not used. */
	LIMIT_LEGS = 255,
	/* Store: intake stops at this share of the map, transitions go on. */
	LIMIT_INTAKE_PERCENT = 80,
	/* An outage of the broker's that is longer is given back to everybody's clocks. */
	LIMIT_DOWNTIME_BELIEVED_S = 3 * 86400, /* longer may be a wrong clock: an operator looks */
	LIMIT_DOWNTIME_S = 5 * 60,
	/* A system clock that jumps further is not believed until an operator confirms it. */
	LIMIT_CLOCK_JUMP_S = 3600,
	/* A directory: services of one version. */
	LIMIT_SERVICES = 100000,
	/* A directory's files on their way to the broker, packed, and one piece of them: 10,000
	 * services have about 25 MiB. */
	LIMIT_UPLOAD_BYTES = 64 * 1024 * 1024,
	LIMIT_CHUNK_BYTES = 128 * 1024,
	/* What changed in a directory, in one line. */
	LIMIT_CHANGE_BYTES = 200,
};
#endif
