/*
 * `trust` by a TPM 2.0: entropy, the counter, and a key that the TPM gives to the measured image alone. It stands between the vault and whoever keeps files,
 * and speaks the same frames to both: what the keeper has are envelopes that it can neither read nor make, and what the keeper counts is not asked for.
 *
 * The first boot on a TPM makes the key and the counter, and seals the key together with what the counter began at: a counter that takes its place later
 * begins beyond all that was ever counted, and so never stands where an older state would be the current one.
 */
#ifndef CAISSON_TPM_TRUST_H
#define CAISSON_TPM_TRUST_H

#include <stdint.h>

#include "frames.h"

enum { NONCE_BYTES = 32, QUOTE_FRAME_BYTES = PUBLIC_KEY_BYTES + 1024 };

/* What it says to what it was told, and to whom. */
struct said {
  enum { TO_NOBODY, TO_VAULT, TO_KEEPER } to;
  uint32_t length;
};

/* `frame` has room for TRUST_FRAME_BYTES. */
struct said tpm_trust_hear_vault(const uint8_t *heard, uint32_t length, uint8_t *frame);
struct said tpm_trust_hear_keeper(const uint8_t *heard, uint32_t length, uint8_t *frame);

/*
 * What is running here, and whose vault it has, signed by the TPM: the vault's public key, and then the attestation key, what it signs and the signature, each
 * behind its length (u16, big-endian). What is signed names SHA-256 of ATTESTATION, the nonce and the public key. Returns its length; 0: the TPM does not do it.
 */
uint32_t tpm_trust_quote(const uint8_t nonce[NONCE_BYTES], const uint8_t public_key[PUBLIC_KEY_BYTES], uint8_t *frame);

/* Given by whoever uses it: a line for operators. */
void tpm_trust_trouble(const char *why);

#endif
