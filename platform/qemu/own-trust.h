/*
 * Trust in the machine itself (../tpm/tpm-trust.h), between the vault and the runner, who keeps files for it and may ask for a quote; over the runner's port,
 * in records. The vault has one request out at a time, and so has the runner; what was said to either and not taken yet is not followed by more.
 */
#ifndef CAISSON_OWN_TRUST_H
#define CAISSON_OWN_TRUST_H

#include <stdbool.h>
#include <stdint.h>

#include "tpm-trust.h"

/* What serves as trust. */
struct own_trust {
  struct said (*hear_vault)(const uint8_t *heard, uint32_t length, uint8_t *frame);
  struct said (*hear_keeper)(const uint8_t *heard, uint32_t length, uint8_t *frame);
  uint32_t (*quote)(const uint8_t *nonce, const uint8_t *public_key, uint8_t *frame);
};

/* NULL, as it begins: the runner serves the vault itself. */
void own_trust_use(const struct own_trust *trust);
bool own_trust_serves(void);

/* A frame of the vault's to trust. False: not yet. */
bool own_trust_hear_vault(const uint8_t *frame, uint32_t length);

/* What the vault says to others tells which key it has. */
void own_trust_overhear(uint32_t lane, const uint8_t *frame, uint32_t length);

/* Takes in what the runner says, and says what there is to say to it; true: something was taken or gone, so that there may be more to do. */
bool own_trust_run(void);

/* A record for the vault, or NULL; own_trust_was_heard when it was taken. */
const uint8_t *own_trust_says(uint32_t *length);
void own_trust_was_heard(void);

#endif
