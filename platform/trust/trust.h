/*
 * `trust` in C: serves the vault's frames (core/wire/frames.ts, VaultToTrust and TrustToVault), as file-trust.ts does on the `node`
 * platform and with the same files. It decides nothing.
 */
#ifndef CAISSON_TRUST_H
#define CAISSON_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"

enum { CHECKSUM_BYTES = 32 };

/* One small file, as what keeps it holds it. */
struct file {
  bool present;
  uint32_t length;
  uint8_t bytes[CHECKSUM_BYTES + MAX_SEALED_BYTES];
};

/* Where files are kept. Each function says what went wrong to whoever operates the machine, and returns false. */
struct keeper {
  bool (*read)(const char *name, struct file *file);
  /* When it returns true, the bytes survive loss of power; until then the file has its old bytes or its new ones. */
  bool (*write)(const char *name, const uint8_t *bytes, size_t length);
  bool (*entropy)(uint8_t seed[SEED_BYTES]);
  void (*trouble)(const char *name, const char *what);
};

/* Answers one frame of the vault's; returns the length of the answer, which has room for TRUST_FRAME_BYTES. */
uint32_t trust_serve(const struct keeper *keeper, const uint8_t *frame, uint32_t length, uint8_t *answer);

#endif
