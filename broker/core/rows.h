/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_ROWS_H
#define ONWARD_CORE_ROWS_H
#include "broker/base/arena.h"
#include "broker/store/store.h"
/*
 * The rows that the commands of one batch read and write again and again, in memory: a command's
 * events change a referral's row many times, and it is put once.  Only tables that nobody walks or
 * writes past this may be kept here (state.c says which).  The writer's alone; nothing in it
 * outlives its batch.
 */
struct rows;

MUST_CHECK enum err rows_create(struct rows **ret_rows);
void rows_destroy(struct rows *rows); /* accepts NULL */
/* Forgets everything: a new batch. */
void rows_begin(struct rows *rows);

/* The row's body, out of memory or else out of the store; ERR_NOT_FOUND without a text in *fault,
 * and what record_check answers.  Borrowed until the row is put, or the batch ends. */
MUST_CHECK enum err rows_get(struct rows *rows, struct store_txn *txn, struct str key, uint8_t type,
	uint8_t newest, struct str *ret_body, struct fault *fault);
/* Copies key and body.  `late`: to be written at the end of the batch, otherwise at the end of the
 * record. */
MUST_CHECK enum err rows_put(struct rows *rows, struct str key, uint8_t type, uint8_t version,
	struct str body, bool late);
/* Puts what has changed into the transaction; `all`: the late ones too. */
MUST_CHECK enum err rows_flush(struct rows *rows, struct store_txn *txn, bool all);
#endif
