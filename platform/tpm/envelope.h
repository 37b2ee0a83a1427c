/*
 * What whoever keeps the vault's state is given of it: encrypted and authenticated under a key of 32 bytes. Deterministic: the same state has the same
 * envelope, two different ones share nothing that shows, and no number has to be used once only.
 */
#ifndef CAISSON_ENVELOPE_H
#define CAISSON_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

enum { ENVELOPE_KEY_BYTES = 32, ENVELOPE_TAG_BYTES = 32, ENVELOPE_MAX_BYTES = 1024 };

/* `envelope` has room for ENVELOPE_TAG_BYTES more than `length`; with them it is at most ENVELOPE_MAX_BYTES. */
void envelope_close(const uint8_t key[ENVELOPE_KEY_BYTES], const uint8_t *contents, uint32_t length, uint8_t *envelope);

/* False: it was not made with this key, or is not as it was made; `contents` are zero then. It has room for what `length` has more than the tag. */
bool envelope_open(const uint8_t key[ENVELOPE_KEY_BYTES], const uint8_t *envelope, uint32_t length, uint8_t *contents);

#endif
