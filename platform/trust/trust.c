#include "trust.h"

#include <string.h>

#include "sha256.h"

/* What the vault sealed last, and the counter, u64 little-endian; missing: it has not counted yet. */
static const char SEALED_FILE[] = "vault.sealed";
static const char COUNTER_FILE[] = "counter";
enum { COUNTER_BYTES = 8 };

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
  return trust_write_answer(&(struct trust_answer){.kind = TRUST_TO_VAULT_FAILED, .number = failure}, answer);
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

static uint32_t load(const struct keeper *keeper, uint8_t *answer) {
  static struct file sealed, count;
  enum trust_failure failure = open_file(keeper, SEALED_FILE, &sealed);
  if (failure) return failed(keeper, SEALED_FILE, failure, answer);
  failure = open_file(keeper, COUNTER_FILE, &count);
  if (!failure && count.present && count.length != CHECKSUM_BYTES + COUNTER_BYTES) failure = TRUST_CORRUPT;
  if (failure) return failed(keeper, COUNTER_FILE, failure, answer);
  counter = count.present ? u64_at(count.bytes + CHECKSUM_BYTES) : 0;
  counted = true;
  struct trust_answer loaded = {.kind = TRUST_TO_VAULT_LOADED, .number = counter};
  if (sealed.present) {
    loaded.sealed = sealed.bytes + CHECKSUM_BYTES;
    loaded.length = sealed.length - CHECKSUM_BYTES;
  }
  uint32_t length = trust_write_answer(&loaded, answer);
  memset(&sealed, 0, sizeof sealed);
  return length;
}

/* The state first, then the counter: between the two the state is one ahead, which the vault knows how to take. */
static uint32_t seal(const struct keeper *keeper, const struct trust_request *request, uint8_t *answer) {
  uint8_t count[COUNTER_BYTES];
  const uint64_t generation = request->generation;
  if (!counted || generation != counter + 1) return failed(keeper, COUNTER_FILE, TRUST_WRONG_GENERATION, answer);
  if (!write_file(keeper, SEALED_FILE, request->sealed, request->length)) return failed(keeper, SEALED_FILE, TRUST_NOT_DURABLE, answer);
  put_u64(count, generation);
  if (!write_file(keeper, COUNTER_FILE, count, COUNTER_BYTES)) return failed(keeper, COUNTER_FILE, TRUST_NOT_DURABLE, answer);
  counter = generation;
  return trust_write_answer(&(struct trust_answer){.kind = TRUST_TO_VAULT_SEALED, .number = generation}, answer);
}

static uint32_t entropy(const struct keeper *keeper, uint8_t *answer) {
  struct trust_answer bytes = {.kind = TRUST_TO_VAULT_ENTROPY};
  if (!keeper->entropy(bytes.entropy)) return failed(keeper, "vault", TRUST_OTHER, answer);
  uint32_t length = trust_write_answer(&bytes, answer);
  memset(&bytes, 0, sizeof bytes);
  return length;
}

uint32_t trust_serve(const struct keeper *keeper, const uint8_t *frame, uint32_t length, uint8_t *answer) {
  struct trust_request request;
  if (!trust_read_request(frame, length, &request)) return failed(keeper, "vault", TRUST_OTHER, answer);
  if (request.kind == VAULT_TO_TRUST_LOAD) return load(keeper, answer);
  if (request.kind == VAULT_TO_TRUST_ENTROPY) return entropy(keeper, answer);
  return seal(keeper, &request, answer);
}
