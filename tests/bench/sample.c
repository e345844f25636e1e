/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/sample.h"

#include "adapters/client/session.h"
#include "broker/cli/json.h"

#include <sodium.h>
#include <string.h>

/* The local authorities of the lead service. */
static const char *const authorities[SAMPLE_KINDS] = {"E09000002", "E09000005", "E09000007",
	"E09000009", "E09000013", "E09000014", "E09000015", "E09000016", "E09000017", "E09000018",
	"E09000019", "E09000020", "E09000025", "E09000031", "E09000033"};

#define SAMPLE_REF "bench-00000000-000000000"
_Static_assert(sizeof(SAMPLE_REF) - 1 == BENCH_SOURCE_REF, "the place that is written over");

static const char sample_text[] =
	"{\"source_ref\":\"" SAMPLE_REF "\",\"pathway\":\"diversion\","
	"\"occurred_at\":\"2019-06-12T18:10:00+01:00\","
	"\"person\":{\"given_name\":\"Bernadette\",\"family_name\":\"Invented\","
	"\"date_of_birth\":\"19%02zu-11-23\",\"gender\":\"female\",\"local_authority\":\"%s\","
	"\"postcode\":\"SW9 8LF\",\"languages\":[\"en\"],\"interpreter\":false,"
	"\"dependent_children\":2,\"ethnicity\":\"white-irish\"},"
	"\"needs\":[{\"code\":\"poverty-debt\",\"severity\":\"medium\",\"note\":"
	"\"Invented: letters about rent since March, none of them opened yet.\"},"
	"{\"code\":\"education-employment\",\"severity\":\"low\"}],"
	"\"justice\":{\"offence_category\":\"theft-shoplifting\",\"admitted\":true},"
	"\"risk\":{\"self\":\"none-known\",\"staff\":\"none-known\"},"
	"\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":\"any-eligible\","
	"\"needs\":\"all\",\"basis\":\"consent\",\"recorded_at\":\"2019-06-12T18:10:00+01:00\","
	"\"recorded_by\":\"PS Invented 102\"}],"
	"\"contact\":{\"phone\":\"07700 900102\",\"safe_to_call\":true,"
	"\"instruction\":\"Text first; no voicemail.\"},"
	"\"officer\":{\"name\":\"PS Invented 102\",\"team\":\"Charing Cross custody\","
	"\"phone\":\"020 7946 0102\"}}";

struct value sample_referral(struct arena *arena, size_t number)
{
	char text[2048];
	struct value referral = {0};
	struct fault fault = {0};
	(void)snprintf(text, sizeof(text), sample_text, 60 + number % 35,
		authorities[number % SAMPLE_KINDS]);
	const struct str copy = arena_str(arena, str_from(text));
	bench_check(json_read_object(copy, "sample", arena, &referral, &fault), &fault,
		"reading the sample");
	return referral;
}

void sample_init(struct sample *sample)
{
	uint8_t random[4];
	struct arena arena;
	*sample = (struct sample){0};
	arena_init(&arena, 0);
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(sample->run, sizeof(sample->run), random, sizeof(random));
	for (size_t i = 0; i < SAMPLE_KINDS; i++) {
		const struct wire_request request = {.header = {.type = WIRE_SUBMIT},
			.user = STR("bench"),
			.role = STR("officer"),
			.referral = sample_referral(&arena, i)};
		struct buf *frame = &sample->frames[i];
		wire_request_encode(frame, &request);
		const char *at = memmem(frame->data, frame->len, SAMPLE_REF, BENCH_SOURCE_REF);
		if (frame->failed || at == NULL) {
			bench_fail("the sample cannot be encoded");
		}
		sample->ref_at[i] = (size_t)(at - frame->data);
	}
	arena_finish(&arena);
}

void sample_finish(struct sample *sample)
{
	for (size_t i = 0; i < SAMPLE_KINDS; i++) {
		buf_finish(&sample->frames[i]);
	}
}

struct str sample_frame(struct sample *sample, size_t number, uint64_t correlation)
{
	char ref[BENCH_SOURCE_REF + 1];
	const size_t kind = number % SAMPLE_KINDS;
	struct buf *frame = &sample->frames[kind];
	(void)snprintf(ref, sizeof(ref), "bench-%s-%09zu", sample->run, number % 1000000000);
	memcpy(frame->data + sample->ref_at[kind], ref, BENCH_SOURCE_REF);
	frame_correlate(frame, correlation);
	return buf_str(frame);
}

size_t sample_bytes(const struct sample *sample)
{
	return sample->frames[0].len;
}
