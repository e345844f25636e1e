/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_HOME_H
#define ONWARD_CONFIG_HOME_H
#include "broker/base/err.h"
#include "broker/config/parties.h"
/*
 * A home: onward.yaml, parties.yaml, keys/, directory/, store/, run/; and the key files in it.
 * A key file holds one CURVE pair (Z85) and is readable by its owner only.
 */
enum {
	HOME_PATH_SIZE = 4096
};

enum home_part {
	HOME_CONFIG,     /* onward.yaml */
	HOME_PARTIES,    /* parties.yaml */
	HOME_KEYS,       /* keys, 0700 */
	HOME_BROKER_KEY, /* keys/broker.key, 0600 */
	HOME_BROKER_PUB, /* keys/broker.pub, 0644: the public key alone */
	HOME_DIRECTORY,  /* directory */
	HOME_STORE,      /* store, 0700 */
	HOME_RUN,        /* run, 0700: sockets and the lock */
	HOME_LOCK,       /* run/onwardd.lock */
	HOME_ALIVE,      /* run/alive: when the broker was last seen at work */
	HOME_SEEN,       /* run/directory-seen: that directory/ was last read as it is */
	HOME_HOLIDAYS,   /* bank-holidays.txt: days more and less; may be absent */
	HOME_POSTCODES,  /* postcodes: their local authorities; may be absent */
};

/* "<home>/keys/broker.key"; ERR_TOO_LARGE when it does not fit. */
MUST_CHECK enum err home_path(const char *home, enum home_part part, char out[HOME_PATH_SIZE]);
/* The same, for a home whose length was checked before; empty, which opens nothing, otherwise. */
void home_part_path(const char *home, enum home_part part, char out[HOME_PATH_SIZE]);
/* "<home>/keys/<party>.key"; ERR_INVALID when `party` is not the id of a party. */
MUST_CHECK enum err home_key_path(const char *home, const char *party, char out[HOME_PATH_SIZE]);
/* "<home>/keys/<party>.next.key": a pair that was made and is not in use yet. */
MUST_CHECK enum err home_next_key_path(
	const char *home, const char *party, char out[HOME_PATH_SIZE]);

enum {
	KEY_FORMER_MAX = 8 /* changes after which a spool that was never opened may still be read */
};

struct key_pair {
	char party[PARTY_ID_MAX + 1];
	char public_key[PARTY_KEY_TEXT + 1]; /* Z85 */
	char secret_key[PARTY_KEY_TEXT + 1]; /* Z85; key_wipe when done with it */
	/* Z85, the newest first, blanks between them: the secret keys before this one, so that what
	 * they sealed on disk can be sealed anew; empty when the key was never changed. */
	char former_keys[KEY_FORMER_MAX * (PARTY_KEY_TEXT + 1)];
};

/* Fresh random pair.  ERR_INVALID when `party` is not the id of a party. */
MUST_CHECK enum err key_generate(const char *party, struct key_pair *ret_pair);
/* Writes the pair with mode 0600, atomically; `replace` false: ERR_EXISTS when there is one. */
MUST_CHECK enum err key_write(
	const char *path, const struct key_pair *pair, bool replace, struct fault *fault);
/* ERR_NOT_FOUND; ERR_CONFIG when the file is not ours alone to read, is malformed, or when its two
 * keys are no pair.  Field of the fault: the path.  No key stands in a message. */
MUST_CHECK enum err key_read(const char *path, struct key_pair *ret_pair, struct fault *fault);
/* The next pair of the party takes the place of the present one, which goes on in it as the former
 * key: one rename.  ERR_NOT_FOUND when there is no next pair; ERR_STATE when so many former keys
 * are kept that the oldest would be lost. */
MUST_CHECK enum err key_switch(
	const char *home, const char *party, struct key_pair *ret_pair, struct fault *fault);
/* The public key alone: keys/broker.pub. */
MUST_CHECK enum err key_write_public(
	const char *path, const struct key_pair *pair, struct fault *fault);
MUST_CHECK enum err key_read_public(
	const char *path, char ret_public[PARTY_KEY_TEXT + 1], struct fault *fault);
void key_wipe(struct key_pair *pair);
/* True for 40 characters of the Z85 alphabet that decode to 32 bytes. */
bool key_text_ok(struct str text);
/* True for 1 to PARTY_ID_MAX lower-case letters, digits and hyphens, beginning with a letter or
 * digit. */
bool party_id_ok(struct str id);
#endif
