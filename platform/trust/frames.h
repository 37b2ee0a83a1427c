/* Frames between the vault and trust (core/wire/frames.ts, VaultToTrust and TrustToVault), taken apart and put together. */
#ifndef CAISSON_TRUST_FRAMES_H
#define CAISSON_TRUST_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "topology.h"

enum {
  /* A frame of the vault's, and one to it: a tag, two numbers and lengths, and what is sealed. */
  TRUST_FRAME_BYTES = MAX_SEALED_BYTES + 32,
  SEED_BYTES = 32,
};

/* VAULT_TO_TRUST_…; a seal's generation, and what is sealed, which lies in its frame. */
struct trust_request {
  uint8_t kind;
  uint64_t generation;
  const uint8_t *sealed;
  uint32_t length;
};

/* TRUST_TO_VAULT_…; `sealed`: NULL, there is none; `number`: a counter, a generation, or the code of a failure. */
struct trust_answer {
  uint8_t kind;
  uint64_t number;
  const uint8_t *sealed;
  uint32_t length;
  uint8_t entropy[SEED_BYTES];
};

/* False: it is none. */
bool trust_read_request(const uint8_t *frame, uint32_t length, struct trust_request *request);
bool trust_read_answer(const uint8_t *frame, uint32_t length, struct trust_answer *answer);

/* Lengths of what they write, which has room for TRUST_FRAME_BYTES. */
uint32_t trust_write_request(const struct trust_request *request, uint8_t *frame);
uint32_t trust_write_answer(const struct trust_answer *answer, uint8_t *frame);

#endif
