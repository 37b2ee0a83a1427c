/*
 * A synthetic initialization vector (Rogaway and Shrimpton, "Deterministic Authenticated-Encryption", 2006, SIV): the tag is a pseudo-random function of the
 * contents, and what they are hidden by one of the tag. The function is HMAC with SHA-256 (RFC 2104), under a key of its own for each.
 */
#include "envelope.h"

#include <string.h>

#include "sha256.h"

enum { BLOCK_BYTES = 64, NUMBER_BYTES = 4 };
static const uint8_t FOR_TAG[] = "caisson envelope: tag", FOR_STREAM[] = "caisson envelope: stream";

static void padded(const uint8_t key[SHA256_BYTES], uint8_t pad, uint8_t block[BLOCK_BYTES]) {
  for (uint32_t i = 0; i < BLOCK_BYTES; i++) block[i] = (i < SHA256_BYTES ? key[i] : 0) ^ pad;
}

static void hmac(const uint8_t key[SHA256_BYTES], const uint8_t *message, uint32_t length, uint8_t digest[SHA256_BYTES]) {
  static uint8_t inner[BLOCK_BYTES + ENVELOPE_MAX_BYTES];
  uint8_t outer[BLOCK_BYTES + SHA256_BYTES];
  padded(key, 0x36, inner);
  memcpy(inner + BLOCK_BYTES, message, length);
  padded(key, 0x5c, outer);
  sha256(inner, BLOCK_BYTES + length, outer + BLOCK_BYTES);
  sha256(outer, sizeof outer, digest);
  memset(inner, 0, sizeof inner);
  memset(outer, 0, sizeof outer);
}

static void tag_of(const uint8_t key[ENVELOPE_KEY_BYTES], const uint8_t *contents, uint32_t length, uint8_t tag[ENVELOPE_TAG_BYTES]) {
  uint8_t own[SHA256_BYTES];
  hmac(key, FOR_TAG, sizeof FOR_TAG, own);
  hmac(own, contents, length, tag);
  memset(own, 0, sizeof own);
}

/* Hides or shows. */
static void apply_stream(const uint8_t key[ENVELOPE_KEY_BYTES], const uint8_t tag[ENVELOPE_TAG_BYTES], const uint8_t *from, uint32_t length, uint8_t *to) {
  uint8_t own[SHA256_BYTES], stream[SHA256_BYTES], place[ENVELOPE_TAG_BYTES + NUMBER_BYTES];
  hmac(key, FOR_STREAM, sizeof FOR_STREAM, own);
  memcpy(place, tag, ENVELOPE_TAG_BYTES);
  for (uint32_t at = 0; at < length; at++) {
    if (at % SHA256_BYTES == 0) {
      for (uint32_t i = 0; i < NUMBER_BYTES; i++) place[ENVELOPE_TAG_BYTES + i] = (uint8_t)(at / SHA256_BYTES >> 8 * i);
      hmac(own, place, sizeof place, stream);
    }
    to[at] = from[at] ^ stream[at % SHA256_BYTES];
  }
  memset(own, 0, sizeof own);
  memset(stream, 0, sizeof stream);
}

void envelope_close(const uint8_t key[ENVELOPE_KEY_BYTES], const uint8_t *contents, uint32_t length, uint8_t *envelope) {
  tag_of(key, contents, length, envelope);
  apply_stream(key, envelope, contents, length, envelope + ENVELOPE_TAG_BYTES);
}

bool envelope_open(const uint8_t key[ENVELOPE_KEY_BYTES], const uint8_t *envelope, uint32_t length, uint8_t *contents) {
  uint8_t tag[ENVELOPE_TAG_BYTES], difference = 0;
  if (length < ENVELOPE_TAG_BYTES || length > ENVELOPE_MAX_BYTES) return false;
  uint32_t rest = length - ENVELOPE_TAG_BYTES;
  apply_stream(key, envelope, envelope + ENVELOPE_TAG_BYTES, rest, contents);
  tag_of(key, contents, rest, tag);
  for (uint32_t i = 0; i < ENVELOPE_TAG_BYTES; i++) difference |= tag[i] ^ envelope[i];
  if (difference != 0) memset(contents, 0, rest);
  return difference == 0;
}
