#include "trust.h"

#include <string.h>

#include "sha256.h"

/* What the vault sealed last, and the counter, u64 little-endian; missing: it has not counted yet. */
static const char SEALED_FILE[] = "vault.sealed";
static const char COUNTER_FILE[] = "counter";
enum { COUNTER_BYTES = 8, SEAL_HEADER_BYTES = 1 + COUNTER_BYTES };

/* Whether the counter is known, and where it stands: not before it was loaded, and not after a failure. */
static bool counted;
static uint64_t counter;

static uint64_t u64_at(const uint8_t *at) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value |= (uint64_t)at[i] << (8 * i);
  return value;
}

static void put_u64(uint8_t *at, uint64_t value) {
  for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t failed(const struct keeper *keeper, const char *name, enum trust_failure failure, uint8_t *answer) {
  keeper->trouble(name, trust_failures[failure]);
  counted = false;
  answer[0] = TRUST_TO_VAULT_FAILED;
  answer[1] = (uint8_t)failure;
  answer[2] = 0;
  return 3;
}

/* Contents lie behind their SHA-256, which is against damage and not against malice. Returns 0 when all is well. */
static enum trust_failure open_file(const struct keeper *keeper, const char *name, struct file *file) {
  uint8_t sum[SHA256_BYTES];
  if (!keeper->read(name, file)) return TRUST_UNREADABLE;
  if (!file->present) return 0;
  if (file->length < CHECKSUM_BYTES) return TRUST_CORRUPT;
  sha256(file->bytes + CHECKSUM_BYTES, file->length - CHECKSUM_BYTES, sum);
  return memcmp(sum, file->bytes, CHECKSUM_BYTES) == 0 ? 0 : TRUST_CORRUPT;
}

static bool write_file(const struct keeper *keeper, const char *name, const uint8_t *contents, uint32_t length) {
  uint8_t bytes[CHECKSUM_BYTES + MAX_SEALED_BYTES];
  sha256(contents, length, bytes);
  memcpy(bytes + CHECKSUM_BYTES, contents, length);
  return keeper->write(name, bytes, CHECKSUM_BYTES + length);
}

/* A length as ULEB128 of at most two bytes, in its one canonical form. Returns the bytes it has, or 0. */
static uint32_t read_length(const uint8_t *at, uint32_t rest, uint32_t *length) {
  if (rest >= 1 && at[0] < 0x80) {
    *length = at[0];
    return 1;
  }
  if (rest < 2 || at[1] == 0 || at[1] >= 0x80) return 0;
  *length = (at[0] & 0x7fu) | (uint32_t)at[1] << 7;
  return 2;
}

static uint32_t write_length(uint8_t *at, uint32_t length) {
  if (length < 0x80) {
    at[0] = (uint8_t)length;
    return 1;
  }
  at[0] = (uint8_t)(length | 0x80);
  at[1] = (uint8_t)(length >> 7);
  return 2;
}

static uint32_t load(const struct keeper *keeper, uint8_t *answer) {
  static struct file sealed, count;
  enum trust_failure failure = open_file(keeper, SEALED_FILE, &sealed);
  if (failure) return failed(keeper, SEALED_FILE, failure, answer);
  failure = open_file(keeper, COUNTER_FILE, &count);
  if (!failure && count.present && count.length != CHECKSUM_BYTES + COUNTER_BYTES) failure = TRUST_CORRUPT;
  if (failure) return failed(keeper, COUNTER_FILE, failure, answer);
  counter = count.present ? u64_at(count.bytes + CHECKSUM_BYTES) : 0;
  counted = true;
  answer[0] = TRUST_TO_VAULT_LOADED;
  put_u64(answer + 1, counter);
  answer[9] = sealed.present;
  if (!sealed.present) return 10;
  uint32_t length = sealed.length - CHECKSUM_BYTES;
  uint32_t at = 10 + write_length(answer + 10, length);
  memcpy(answer + at, sealed.bytes + CHECKSUM_BYTES, length);
  memset(&sealed, 0, sizeof sealed);
  return at + length;
}

/* The state first, then the counter: between the two the state is one ahead, which the vault knows how to take. */
static uint32_t seal(const struct keeper *keeper, uint64_t generation, const uint8_t *sealed, uint32_t length, uint8_t *answer) {
  uint8_t count[COUNTER_BYTES];
  if (!counted || generation != counter + 1) return failed(keeper, COUNTER_FILE, TRUST_WRONG_GENERATION, answer);
  if (!write_file(keeper, SEALED_FILE, sealed, length)) return failed(keeper, SEALED_FILE, TRUST_NOT_DURABLE, answer);
  put_u64(count, generation);
  if (!write_file(keeper, COUNTER_FILE, count, COUNTER_BYTES)) return failed(keeper, COUNTER_FILE, TRUST_NOT_DURABLE, answer);
  counter = generation;
  answer[0] = TRUST_TO_VAULT_SEALED;
  put_u64(answer + 1, generation);
  return 9;
}

uint32_t trust_serve(const struct keeper *keeper, const uint8_t *request, uint32_t length, uint8_t *answer) {
  if (length == 1 && request[0] == VAULT_TO_TRUST_LOAD) return load(keeper, answer);
  if (length == 1 && request[0] == VAULT_TO_TRUST_ENTROPY) {
    answer[0] = TRUST_TO_VAULT_ENTROPY;
    if (keeper->entropy(answer + 1)) return 1 + SEED_BYTES;
  }
  if (length > SEAL_HEADER_BYTES && request[0] == VAULT_TO_TRUST_SEAL) {
    uint32_t sealed;
    uint32_t taken = read_length(request + SEAL_HEADER_BYTES, length - SEAL_HEADER_BYTES, &sealed);
    if (taken > 0 && sealed <= MAX_SEALED_BYTES && SEAL_HEADER_BYTES + taken + sealed == length)
      return seal(keeper, u64_at(request + 1), request + SEAL_HEADER_BYTES + taken, sealed, answer);
  }
  return failed(keeper, "vault", TRUST_OTHER, answer);
}
