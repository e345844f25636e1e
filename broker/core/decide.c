/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

static enum err decide_broker(struct decide *decide, enum event_type type)
{
	(void)decide_emit(decide, type, (struct id){{0}});
	return ERR_OK;
}

static enum err decide_request(struct decide *decide)
{
	switch (decide->request->header.type) {
	case WIRE_SUBMIT:
		return decide_submit(decide);
	case WIRE_AMEND:
		return decide_amend(decide);
	case WIRE_WITHDRAW:
		return decide_withdraw(decide);
	case WIRE_ACKNOWLEDGE:
		return decide_acknowledge(decide);
	case WIRE_RECEIPT:
		return decide_receipt(decide);
	case WIRE_INBOX:
		return decide_inbox(decide);
	case WIRE_ERASE:
		return decide_erase(decide);
	case WIRE_INTAKE:
		return decide_intake(decide);
	case WIRE_CLOCK:
		return decide_clock_confirm(decide);
	case WIRE_ASSIGN:
		return decide_assign(decide);
	case WIRE_SEEN:
		return decide_seen(decide);
	case WIRE_RETRY:
	case WIRE_STOP_RETRYING:
		return decide_retry(decide);
	case WIRE_MIGRATE:
		return decide_migrate(decide);
	case WIRE_REHEARSE:
	case WIRE_HELLO:
	case WIRE_CREDIT:
	case WIRE_SHOW:
	case WIRE_LIST:
	case WIRE_FOLLOW:
	case WIRE_EXPLAIN:
	case WIRE_STATUS:
	case WIRE_RELOAD:
	case WIRE_PING:
	case WIRE_BYE:
	case WIRE_QUEUE:
	case WIRE_DELIVERIES:
	case WIRE_CAPACITY:
	case WIRE_UPLOAD:
	case WIRE_PUBLISH:
	case WIRE_VERSIONS:
	case WIRE_FETCH:
	case WIRE_ROLLBACK:
	case WIRE_WELCOME:
	case WIRE_RESET:
	case WIRE_SUPERSEDED:
	case WIRE_REFUSED:
	case WIRE_DONE:
	case WIRE_PAGE:
	case WIRE_DELIVERY:
	case WIRE_EVENT:
		break;
	}
	return decide_refuse(decide, ERR_INTERNAL, "type", "not a command");
}

enum err decide_command(struct decide *decide)
{
	switch (decide->command->kind) {
	case CORE_REQUEST:
		return decide_request(decide);
	case CORE_ATTEMPT_FAILED:
		return decide_attempt_failed(decide);
	case CORE_DIRECTORY:
		return decide_directory(decide);
	case CORE_PARTIES:
		return decide_broker(decide, EVENT_PARTIES_CHANGED);
	case CORE_STARTED:
		(void)decide_emit(decide, EVENT_STARTED, (struct id){{0}});
		return decide_downtime(decide);
	case CORE_STOPPED:
		return decide_broker(decide, EVENT_STOPPED);
	case CORE_DUE:
		return decide_due(decide);
	case CORE_RETENTION:
		return decide_retention(decide);
	case CORE_CLOCK_JUMP:
		return decide_clock_jump(decide);
	}
	return ERR_INTERNAL;
}
