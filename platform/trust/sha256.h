#ifndef CAISSON_SHA256_H
#define CAISSON_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

/* FIPS 180-4, of a whole message. */
void sha256(const uint8_t *message, size_t length, uint8_t digest[SHA256_BYTES]);

#endif
