/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/phrases.h"
#include "broker/base/text.h"
#include "broker/model/field.h"

#include <ctype.h>

/* The words in which codes are shown.  A code that has no row is its own word. */
struct phrase {
	const char *code;
	const char *text;
};

static const struct phrase needs[] = {
	{"accommodation", "accommodation"},
	{"children-families", "children and family"},
	{"domestic-sexual-abuse", "domestic or sexual abuse"},
	{"substance-use", "drugs or alcohol"},
	{"education-employment", "education, training or work"},
	{"exploitation-gangs", "exploitation or gangs"},
	{"mental-health-learning-disability", "mental health or learning disability"},
	{"poverty-debt", "poverty or debt"},
	{"prostitution", "selling sex"},
	{"recall", "recall"},
	{"trafficking", "trafficking"},
	{"immigration-advice", "immigration advice"},
	{"social-inclusion", "social inclusion"},
};

static const struct phrase states[] = {
	{"submitted", "stored, not matched yet"},
	{"needs-information", "needs information"},
	{"no-service", "no service found"},
	{"entered-in-error", "entered in error"},
	{"matched", "chosen, on its way"},
	{"delivered", "delivered"},
	{"received", "received by a person"},
	{"info-requested", "the service asks for information"},
	{"waitlisted", "on the waiting list"},
	{"redirected", "passed to another service"},
	{"on-hold", "on hold"},
	{"ended-early", "ended early"},
	{"not-engaged", "contact not established"},
	{"cancel-requested", "asked to stop"},
	{"expired", "no answer in time"},
};

static const struct phrase events[] = {
	{"directory-published", "directory published"},
	{"parties-changed", "parties changed"},
	{"referral-state", "state changed"},
	{"delivery-queued", "delivery queued"},
	{"delivery-receipted", "delivery confirmed by the adapter"},
	{"attempt-failed", "an attempt to deliver it failed"},
	{"undeliverable", "it could not be delivered"},
	{"delivery-cancelled", "delivery cancelled"},
	{"consulted", "read"},
	{"alert", "alert for the coordinator"},
	{"late-answer", "an answer came too late"},
	{"leg-needs", "needs of this leg changed"},
	{"clock-set", "time set"},
	{"reminder", "reminder"},
	{"overdue", "overdue"},
	{"clocks-extended", "clocks extended by the broker's own downtime"},
	{"clocks-held", "the clock has jumped: no deadline acts"},
	{"clocks-confirmed", "the clock is right again: deadlines act"},
	{"contact-attempted", "the service has tried to reach her"},
	{"seen", "a coordinator has seen to it"},
	{"erased", "what was personal is erased"},
	{"delivery-stopped", "delivery stopped by hand"},
	{"delivery-retried", "delivery queued again by hand"},
	{"assigned", "assigned by hand"},
	{"migrated", "sent on to the service that takes its people on"},
	{"matched", "service chosen"},
	{"submitted", "submitted"},
	{"received", "opened by a person"},
};

static const struct phrase reasons[] = {
	{"mistaken-or-duplicate", "a mistake, or sent twice"},
	{"her-decision", "her decision"},
	{"contact-not-established", "contact not established"},
	{"needs-met-elsewhere", "needs met elsewhere"},
	{"moved-out-of-area", "moved out of the area"},
	{"work-caring-or-sickness", "work, caring or sickness"},
	{"died", "she died"},
	{"returned-to-custody", "returned to custody"},
	{"sentence-revoked", "sentence revoked"},
	{"sentence-expired", "sentence expired"},
	{"consent-withdrawn", "consent withdrawn"},
	{"outside-area", "outside the area"},
	{"outside-eligibility", "outside who the service is for"},
	{"no-capacity", "no room"},
	{"risk-not-manageable", "the risk cannot be managed"},
	{"existing-client", "she is with the service already"},
	{"insufficient-information", "too little information"},
	{"not-contactable", "she could not be reached"},
	{"undeliverable", "it could not be delivered"},
	{"urgent", "urgent: a coordinator knows why"},
	{"immediate-risk", "immediate risk to herself"},
	{"stop-undelivered", "a service could not be told to stop"},
	{"change-undelivered", "a change could not be delivered to a service"},
	{"unreadable", "her record cannot be read"},
	{"deadline-passed", "a date that counts has passed already"},
	{"retry", "tried again"},
	{"timeout", "no receipt in time"},
	{"unreachable", "its adapter is not there"},
	{"too-large", "too large for a frame"},
	{"delivery-window", "not delivered in time"},
	{"receipt", "not opened in time"},
	{"decision", "no decision in time"},
	{"information", "no answer from the source in time"},
	{"no-contact", "no attempt to reach her in time"},
	{"reaffirm", "the waiting list was not confirmed in time"},
	{"stop-confirm", "the stop was not confirmed in time"},
	{"stop-unconfirmed", "a service never confirmed that it stopped"},
	{"stop-held-back", "what tells a service to stop is held back by hand"},
	{"looking-ended", "nobody was found in 20 working days; nobody looks any more"},
	{"migration-not-taken", "the service that takes its people on did not take her"},
	{"migrated", "another service takes its people on"},
	{"redirect-not-followed", "the service named could not be given the referral"},
	{"expired", "its time was over"},
	{"answered", "it was answered already"},
	{"amended", "the referral was changed"},
	{"withdrawn", "the referral was withdrawn"},
	{"late-answer", "an answer came too late"},
};

static const struct phrase clocks[] = {
	{"delivery-window", "to be delivered"},
	{"receipt", "to be opened by a person"},
	{"decision", "the service's decision"},
	{"information", "the source's answer"},
	{"first-contact", "a first attempt to reach her"},
	{"no-contact", "an attempt to reach her"},
	{"start", "the work to begin"},
	{"reaffirm", "the waiting list to be confirmed"},
	{"hold-review", "the pause to be looked at"},
	{"review", "a review"},
	{"stop-confirm", "the stop to be confirmed"},
	{"needs-information", "the source's answer"},
	{"no-service", "a coordinator to see to it"},
	{"look-again", "a service to be looked for again"},
};

static const struct phrase queue[] = {
	{"no-service", "nobody takes it"},
	{"needs-information", "questions are not answered"},
	{"undeliverable", "it could not be delivered"},
	{"expired", "a service did not answer in time"},
	{"overdue", "something is past its time"},
	{"attention", "somebody should look"},
};

static const struct phrase deliveries[] = {
	{"waiting", "to be tried again"},
	{"undeliverable", "given up"},
};

/* What a machine stops at when it would choose a service: a filter that says no, or cannot tell. */
static const struct phrase refusals[] = {
	{"routing", "it is never chosen by a machine"},
	{"delivery", "there is nobody it could be delivered to"},
	{"area", "it is for other areas"},
	{"pathway", "it does not take referrals of this kind"},
	{"referrer", "it does not take referrals from this source"},
	{"needs", "it does not say that it takes these needs"},
	{"consent", "her consent does not cover it"},
	{"window", "its contract is not running"},
	{"release", "it is too early before her release"},
	{"intake", "it takes nobody at present"},
	{"capacity", "it is full"},
	{"eligibility", "its rules say no"},
};

static const struct phrase doubts[] = {
	{"area", "which areas it covers, or where she lives, is not stated"},
	{"pathway", "which kinds of referral it takes is not stated"},
	{"referrer", "who may refer to it is not stated"},
	{"needs", "which needs it takes is not stated"},
	{"consent", "her consent is to be confirmed"},
	{"release", "her release date is not known"},
	{"eligibility", "whether its rules allow it cannot be told"},
};

/* Facts that are worked out from fields: what to give so that they are known. */
static const struct phrase derived[] = {
	{"person.age", "How old is she? Give her date of birth (person.date_of_birth)"},
	{"person.is_adult", "Is she 18 or over? Give her date of birth (person.date_of_birth)"},
	{"area", "Where does she live, or want to live? (person.local_authority)"},
	{"consent", "Does she agree that a service is told, and which, and of what? (consent)"},
};

const char phrase_emergency[] =
	"IMMEDIATE RISK TO HERSELF. Onward is not an emergency channel and nobody watches it at "
	"night. If she is in danger now call 999. In custody, tell the custody officer and the "
	"healthcare professional; in prison, the duty governor and the safer custody team. Stay "
	"with her. Samaritans answer day and night on 116 123.";

#define ROWS(table) (table), sizeof(table) / sizeof((table)[0])

static struct str look_up(const struct phrase *table, size_t count, struct str code)
{
	for (size_t i = 0; i < count; i++) {
		if (str_is(code, table[i].code)) {
			return str_from(table[i].text);
		}
	}
	return code;
}

struct str phrase_need(struct str code)
{
	return look_up(ROWS(needs), code);
}

struct str phrase_state(struct str code)
{
	return look_up(ROWS(states), code);
}

struct str phrase_event(struct str code)
{
	const struct str text = look_up(ROWS(events), code);
	return text.ptr == code.ptr ? phrase_state(code) : text;
}

struct str phrase_reason(struct str code)
{
	return look_up(ROWS(reasons), code);
}

struct str phrase_clock(struct str code)
{
	return look_up(ROWS(clocks), code);
}

struct str phrase_queue(struct str code)
{
	return look_up(ROWS(queue), code);
}

struct str phrase_delivery(struct str code)
{
	return look_up(ROWS(deliveries), code);
}

void phrase_blocked(struct buf *out, struct str blocked)
{
	const char *colon = blocked.len == 0 ? NULL : memchr(blocked.ptr, ':', blocked.len);
	const size_t len = colon == NULL ? blocked.len : (size_t)(colon - blocked.ptr);
	const struct str name = {blocked.ptr, len};
	const bool no = str_is((struct str){blocked.ptr + len, blocked.len - len}, ":no");
	const struct str known = no ? look_up(ROWS(refusals), name) : look_up(ROWS(doubts), name);
	text_data(out, known.ptr == name.ptr ? blocked : known);
}

void phrase_question(struct buf *out, struct str fact)
{
	const struct str known = look_up(ROWS(derived), fact);
	const struct field *field = field_find(fact);
	if (known.ptr != fact.ptr || field == NULL) {
		text_data(out, known);
		return;
	}
	if (field->type == FIELD_BOOL) {
		buf_printf(out, "%c%s, yes or no? (", toupper((unsigned char)field->label[0]),
			field->label + 1);
	} else {
		buf_printf(out, "What is the %s? (", field->label);
	}
	text_data(out, fact);
	if (field->vocab != VOCAB_COUNT) {
		char codes[400];
		vocab_list(field->vocab, codes, sizeof(codes));
		buf_printf(out, ": %s", codes);
	}
	buf_add_text(out, ")");
}
