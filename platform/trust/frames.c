#include "frames.h"

#include <string.h>

/* What is left to read of a frame, or was written of one. */
struct cursor {
  const uint8_t *at, *end;
  bool bad;
};

static const uint8_t *take(struct cursor *cursor, uint32_t bytes) {
  if (cursor->bad || (uint64_t)(cursor->end - cursor->at) < bytes) {
    cursor->bad = true;
    return NULL;
  }
  cursor->at += bytes;
  return cursor->at - bytes;
}

/* Little-endian. */
static uint64_t read_number(struct cursor *cursor, uint32_t bytes) {
  const uint8_t *from = take(cursor, bytes);
  uint64_t value = 0;
  for (uint32_t i = 0; from && i < bytes; i++) value |= (uint64_t)from[i] << 8 * i;
  return value;
}

/* A length as ULEB128 of at most two bytes, in its one canonical form. */
static uint32_t read_length(struct cursor *cursor) {
  uint32_t low = (uint32_t)read_number(cursor, 1);
  if (low < 0x80) return low;
  uint32_t high = (uint32_t)read_number(cursor, 1);
  if (high == 0 || high >= 0x80) cursor->bad = true;
  return (low & 0x7f) | high << 7;
}

static const uint8_t *read_sealed(struct cursor *cursor, uint32_t *length) {
  *length = read_length(cursor);
  if (*length > MAX_SEALED_BYTES) cursor->bad = true;
  return take(cursor, *length);
}

static bool is_read(const struct cursor *cursor) { return !cursor->bad && cursor->at == cursor->end; }

bool trust_read_request(const uint8_t *frame, uint32_t length, struct trust_request *request) {
  struct cursor cursor = {frame, frame + length, false};
  *request = (struct trust_request){.kind = (uint8_t)read_number(&cursor, 1)};
  switch (request->kind) {
    case VAULT_TO_TRUST_LOAD:
    case VAULT_TO_TRUST_ENTROPY: break;
    case VAULT_TO_TRUST_SEAL:
      request->generation = read_number(&cursor, 8);
      request->sealed = read_sealed(&cursor, &request->length);
      break;
    default: return false;
  }
  return is_read(&cursor);
}

bool trust_read_answer(const uint8_t *frame, uint32_t length, struct trust_answer *answer) {
  struct cursor cursor = {frame, frame + length, false};
  *answer = (struct trust_answer){.kind = (uint8_t)read_number(&cursor, 1)};
  switch (answer->kind) {
    case TRUST_TO_VAULT_LOADED: {
      answer->number = read_number(&cursor, 8);
      uint64_t present = read_number(&cursor, 1);
      if (present > 1) return false;
      if (present) answer->sealed = read_sealed(&cursor, &answer->length);
      break;
    }
    case TRUST_TO_VAULT_ENTROPY: {
      const uint8_t *entropy = take(&cursor, SEED_BYTES);
      if (entropy) memcpy(answer->entropy, entropy, SEED_BYTES);
      break;
    }
    case TRUST_TO_VAULT_SEALED: answer->number = read_number(&cursor, 8); break;
    case TRUST_TO_VAULT_FAILED: answer->number = read_number(&cursor, 2); break;
    default: return false;
  }
  return is_read(&cursor);
}

static uint8_t *write_number(uint8_t *at, uint64_t value, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; i++) *at++ = (uint8_t)(value >> 8 * i);
  return at;
}

static uint8_t *write_sealed(uint8_t *at, const uint8_t *sealed, uint32_t length) {
  if (length < 0x80) *at++ = (uint8_t)length;
  else at = write_number(at, (length & 0x7f) | 0x80 | length >> 7 << 8, 2);
  memcpy(at, sealed, length);
  return at + length;
}

uint32_t trust_write_request(const struct trust_request *request, uint8_t *frame) {
  uint8_t *at = write_number(frame, request->kind, 1);
  if (request->kind == VAULT_TO_TRUST_SEAL) {
    at = write_number(at, request->generation, 8);
    at = write_sealed(at, request->sealed, request->length);
  }
  return (uint32_t)(at - frame);
}

uint32_t trust_write_answer(const struct trust_answer *answer, uint8_t *frame) {
  uint8_t *at = write_number(frame, answer->kind, 1);
  switch (answer->kind) {
    case TRUST_TO_VAULT_LOADED:
      at = write_number(at, answer->number, 8);
      at = write_number(at, answer->sealed != NULL, 1);
      if (answer->sealed) at = write_sealed(at, answer->sealed, answer->length);
      break;
    case TRUST_TO_VAULT_ENTROPY:
      memcpy(at, answer->entropy, SEED_BYTES);
      at += SEED_BYTES;
      break;
    case TRUST_TO_VAULT_SEALED: at = write_number(at, answer->number, 8); break;
    default: at = write_number(at, answer->number, 2); break;
  }
  return (uint32_t)(at - frame);
}
