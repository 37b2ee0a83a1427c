/*
 * The few commands of a TPM 2.0 that trust needs (Trusted Platform Module Library 1.59: part 2, structures, part 3, commands). One at a time, each in one
 * message of bounded length; what the TPM answers is believed no more than any other input. Hierarchies are authorized by empty passwords: whoever reaches
 * the TPM may use it, and what is kept from others is kept by policies.
 */
#ifndef CAISSON_TPM_H
#define CAISSON_TPM_H

#include <stdbool.h>
#include <stdint.h>

/* 0, what the TPM answered, or what is wrong with it. */
typedef uint32_t tpm_rc;

enum {
  TPM_OK = 0,
  /* Part 2, table 17: TPM_RC, as tpm_reason has them. */
  TPM_RC_INITIALIZE = 0x100,
  TPM_RC_NV_UNINITIALIZED = 0x14a,
  TPM_RC_HANDLE = 0x8b,
  TPM_RC_POLICY_FAIL = 0x9d,
};
/* Not from a TPM, which has no such codes. */
#define TPM_ABSENT UINT32_C(0x80000001)    /* nothing answers where it should be */
#define TPM_SLOW UINT32_C(0x80000002)      /* it does not do in time what it must */
#define TPM_MALFORMED UINT32_C(0x80000003) /* what it answers is no answer to what it was asked */

enum {
  TPM_HEADER_BYTES = 10,
  /* The longest message in either direction; a command's own length is known, and a response that is longer is malformed. */
  TPM_MESSAGE_BYTES = 1024,
  TPM_DIGEST_BYTES = 32,
  /* Part 2, 11.1.15 and 12.3.5: what may be sealed at once. */
  TPM_SEALED_BYTES = 128,
  /* The longest structure that is taken out of a response: a public area, what is signed, a signature. */
  TPM_STRUCTURE_BYTES = 256,
};

/* Platform configuration registers, of SHA-256, as bits. */
typedef uint32_t tpm_pcrs;

/* Bytes with a length, in room of their own. */
struct tpm_bytes {
  uint32_t length;
  uint8_t bytes[TPM_STRUCTURE_BYTES];
};

/* TPMT_PUBLIC, TPMS_ATTEST and TPMT_SIGNATURE: part 2, 12.2.4, 10.12.12 and 11.3.4. */
struct tpm_quote {
  struct tpm_bytes key, quoted, signature;
};

/* Of a message: part 1, 18.2. */
uint32_t tpm_message_bytes(const uint8_t *message);

/* A code without what it says of which handle, parameter or session it was: part 2, 6.6.2. */
tpm_rc tpm_reason(tpm_rc code);

/* A few words for people. */
const char *tpm_words(tpm_rc code);

/* After power came; not the first to say so is well too. Tests itself. */
tpm_rc tpm_start(void);
tpm_rc tpm_random(uint8_t *bytes, uint32_t length);

tpm_rc tpm_pcr_extend(uint32_t pcr, const uint8_t digest[TPM_DIGEST_BYTES]);
tpm_rc tpm_pcr_read(uint32_t pcr, uint8_t digest[TPM_DIGEST_BYTES]);

/* A counter that never goes back, nor does one that takes its place: TPMA_NV_COUNTER. It has no value before it is counted first (TPM_RC_NV_UNINITIALIZED). */
tpm_rc tpm_counter_define(uint32_t index);
tpm_rc tpm_counter_undefine(uint32_t index);
tpm_rc tpm_counter_increment(uint32_t index);
tpm_rc tpm_counter_read(uint32_t index, uint64_t *value);

/* Keeps `length` bytes, at most TPM_SEALED_BYTES, under a handle, for whoever asks while the registers have the values that they have now. */
tpm_rc tpm_seal(uint32_t handle, tpm_pcrs pcrs, const uint8_t *bytes, uint32_t length);
/* TPM_RC_HANDLE: there is nothing. TPM_RC_POLICY_FAIL: the registers have other values. */
tpm_rc tpm_unseal(uint32_t handle, tpm_pcrs pcrs, struct tpm_bytes *bytes);

/* The registers' values and these bytes, signed by a key that signs nothing but what the TPM itself says; it is the same key each time. */
tpm_rc tpm_quote(tpm_pcrs pcrs, const uint8_t qualifying[TPM_DIGEST_BYTES], struct tpm_quote *quote);

/* Given by what leads to the TPM (tis.c): the message's command is replaced by its response, of `answered` bytes. */
tpm_rc tpm_exchange(uint8_t *message, uint32_t length, uint32_t room, uint32_t *answered);

#endif
