#include "tpm-trust.h"

#include <string.h>

#include "envelope.h"
#include "sha256.h"
#include "tpm.h"

/* Where both are in the TPM: handles that its owner may give (TCG Registry of Reserved TPM 2.0 Handles and Localities 1.2, 2.2.2 and 2.2.3). */
enum { KEY_HANDLE = 0x8101ca15, COUNTER_INDEX = 0x0180ca15 };
static const uint8_t ATTESTATION[] = "caisson attestation 1";
enum { ATTESTATION_BYTES = sizeof ATTESTATION - 1 };
_Static_assert((int)MAX_SEALED_BYTES <= (int)ENVELOPE_MAX_BYTES, "an envelope has room for less");

/* What the TPM keeps sealed. */
enum { BASE_BYTES = 8, KEPT_BYTES = ENVELOPE_KEY_BYTES + BASE_BYTES };
static uint8_t key[ENVELOPE_KEY_BYTES];
/* The counter's value at which nothing had been sealed yet. */
static uint64_t base;

/* Where the counter stands, less `base`: known after a load, until a failure. */
static bool counted;
static uint64_t counter;
/* What the keeper is asked for; a seal's generation. */
static enum { NOTHING, LOAD, SEAL } asked;
static uint64_t sealing;

static struct said say(const struct trust_answer *answer, uint8_t *frame) {
  asked = NOTHING;
  return (struct said){TO_VAULT, trust_write_answer(answer, frame)};
}

/* The vault signs nothing from here on, and neither is the key needed. */
static struct said fail(enum trust_failure failure, uint8_t *frame) {
  counted = false;
  memset(key, 0, sizeof key);
  return say(&(struct trust_answer){.kind = TRUST_TO_VAULT_FAILED, .number = failure}, frame);
}

static struct said fail_saying(const char *why, enum trust_failure failure, uint8_t *frame) {
  tpm_trust_trouble(why);
  return fail(failure, frame);
}

static struct said tpm_failed(tpm_rc code, uint8_t *frame) {
  return fail_saying(tpm_words(code), tpm_reason(code) == TPM_RC_POLICY_FAIL ? TRUST_OTHER_IMAGE : TRUST_DEVICE, frame);
}

static struct said ask_keeper(const struct trust_request *request, uint8_t *frame) {
  asked = request->kind == VAULT_TO_TRUST_LOAD ? LOAD : SEAL;
  return (struct said){TO_KEEPER, trust_write_request(request, frame)};
}

static uint64_t u64_at(const uint8_t *at) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < BASE_BYTES; i++) value |= (uint64_t)at[i] << 8 * i;
  return value;
}

static tpm_rc open_key(void) {
  struct tpm_bytes kept;
  tpm_rc code = tpm_unseal(KEY_HANDLE, QUOTED_PCRS, &kept);
  if (code) return code;
  if (kept.length != KEPT_BYTES) return TPM_MALFORMED;
  memcpy(key, kept.bytes, sizeof key);
  base = u64_at(kept.bytes + sizeof key);
  memset(&kept, 0, sizeof kept);
  return TPM_OK;
}

/* A counter without a key is one that a first boot did not get to use. */
static tpm_rc make_counter(void) {
  tpm_rc code = tpm_counter_undefine(COUNTER_INDEX);
  if (code && tpm_reason(code) != TPM_RC_HANDLE) return code;
  code = tpm_counter_define(COUNTER_INDEX);
  if (!code) code = tpm_counter_increment(COUNTER_INDEX);
  return code ? code : tpm_counter_read(COUNTER_INDEX, &base);
}

static tpm_rc make_key(void) {
  uint8_t kept[KEPT_BYTES];
  tpm_rc code = make_counter();
  if (!code) code = tpm_random(key, sizeof key);
  memcpy(kept, key, sizeof key);
  for (uint32_t i = 0; i < BASE_BYTES; i++) kept[sizeof key + i] = (uint8_t)(base >> 8 * i);
  if (!code) code = tpm_seal(KEY_HANDLE, QUOTED_PCRS, kept, sizeof kept);
  memset(kept, 0, sizeof kept);
  return code;
}

static tpm_rc read_counter(void) {
  uint64_t value;
  tpm_rc code = tpm_counter_read(COUNTER_INDEX, &value);
  if (!code && value < base) code = TPM_MALFORMED;
  if (!code) counter = value - base;
  counted = !code;
  return code;
}

static struct said loaded(const struct trust_answer *kept, uint8_t *frame) {
  static uint8_t contents[MAX_SEALED_BYTES];
  tpm_rc code = open_key();
  if (tpm_reason(code) == TPM_RC_HANDLE) {
    if (kept->sealed) return fail_saying("what is kept was sealed by another TPM", TRUST_CORRUPT, frame);
    code = make_key();
  }
  if (!code) code = read_counter();
  if (code) return tpm_failed(code, frame);
  struct trust_answer answer = {.kind = TRUST_TO_VAULT_LOADED, .number = counter};
  if (kept->sealed) {
    if (!envelope_open(key, kept->sealed, kept->length, contents)) return fail_saying("what is kept is not what was sealed", TRUST_CORRUPT, frame);
    answer.sealed = contents;
    answer.length = kept->length - ENVELOPE_TAG_BYTES;
  }
  struct said said = say(&answer, frame);
  memset(contents, 0, sizeof contents);
  return said;
}

/* The envelope first, then the counter: between the two the state is one ahead, which the vault knows how to take. */
static struct said seal(const struct trust_request *request, uint8_t *frame) {
  static uint8_t envelope[MAX_SEALED_BYTES];
  if (!counted || request->generation != counter + 1) return fail_saying(trust_failures[TRUST_WRONG_GENERATION], TRUST_WRONG_GENERATION, frame);
  if (request->length > MAX_SEALED_BYTES - ENVELOPE_TAG_BYTES) return fail_saying(trust_failures[TRUST_OTHER], TRUST_OTHER, frame);
  envelope_close(key, request->sealed, request->length, envelope);
  sealing = request->generation;
  struct trust_request kept = *request;
  kept.sealed = envelope;
  kept.length = request->length + ENVELOPE_TAG_BYTES;
  return ask_keeper(&kept, frame);
}

static struct said sealed(uint8_t *frame) {
  tpm_rc code = tpm_counter_increment(COUNTER_INDEX);
  if (!code) code = read_counter();
  if (code) return tpm_failed(code, frame);
  if (counter != sealing) return fail_saying("somebody else counts by the counter", TRUST_WRONG_GENERATION, frame);
  return say(&(struct trust_answer){.kind = TRUST_TO_VAULT_SEALED, .number = counter}, frame);
}

static struct said entropy(uint8_t *frame) {
  struct trust_answer answer = {.kind = TRUST_TO_VAULT_ENTROPY};
  tpm_rc code = tpm_random(answer.entropy, sizeof answer.entropy);
  struct said said = code ? tpm_failed(code, frame) : say(&answer, frame);
  memset(&answer, 0, sizeof answer);
  return said;
}

struct said tpm_trust_hear_vault(const uint8_t *heard, uint32_t length, uint8_t *frame) {
  struct trust_request request;
  if (asked || !trust_read_request(heard, length, &request)) return fail_saying(trust_failures[TRUST_OTHER], TRUST_OTHER, frame);
  if (request.kind == VAULT_TO_TRUST_ENTROPY) return entropy(frame);
  return request.kind == VAULT_TO_TRUST_LOAD ? ask_keeper(&request, frame) : seal(&request, frame);
}

struct said tpm_trust_hear_keeper(const uint8_t *heard, uint32_t length, uint8_t *frame) {
  struct trust_answer answer;
  if (!asked || !trust_read_answer(heard, length, &answer)) return (struct said){TO_NOBODY, 0};
  /* It has told operators why itself. */
  if (answer.kind == TRUST_TO_VAULT_FAILED) return fail((enum trust_failure)answer.number, frame);
  if (asked == LOAD && answer.kind == TRUST_TO_VAULT_LOADED) return loaded(&answer, frame);
  if (asked == SEAL && answer.kind == TRUST_TO_VAULT_SEALED && answer.number == sealing) return sealed(frame);
  return fail_saying("who keeps what is sealed answers something else", TRUST_OTHER, frame);
}

static uint32_t append(uint8_t *frame, uint32_t at, const struct tpm_bytes *part) {
  frame[at] = (uint8_t)(part->length >> 8);
  frame[at + 1] = (uint8_t)part->length;
  memcpy(frame + at + 2, part->bytes, part->length);
  return at + 2 + part->length;
}

uint32_t tpm_trust_quote(const uint8_t nonce[NONCE_BYTES], const uint8_t public_key[PUBLIC_KEY_BYTES], uint8_t *frame) {
  uint8_t named[ATTESTATION_BYTES + NONCE_BYTES + PUBLIC_KEY_BYTES], qualifying[SHA256_BYTES];
  struct tpm_quote quote;
  memcpy(named, ATTESTATION, ATTESTATION_BYTES);
  memcpy(named + ATTESTATION_BYTES, nonce, NONCE_BYTES);
  memcpy(named + ATTESTATION_BYTES + NONCE_BYTES, public_key, PUBLIC_KEY_BYTES);
  sha256(named, sizeof named, qualifying);
  tpm_rc code = tpm_quote(QUOTED_PCRS, qualifying, &quote);
  if (code) {
    tpm_trust_trouble(tpm_words(code));
    return 0;
  }
  memcpy(frame, public_key, PUBLIC_KEY_BYTES);
  uint32_t at = append(frame, PUBLIC_KEY_BYTES, &quote.key);
  at = append(frame, at, &quote.quoted);
  return append(frame, at, &quote.signature);
}
