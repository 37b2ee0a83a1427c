#include "own-trust.h"

#include <stddef.h>
#include <string.h>

#include "actors.h"
#include "records.h"
#include "serial.h"

/* A record on its way: `sent` bytes of it are gone. `length` 0: none. */
struct speech {
  uint32_t length, sent;
  uint8_t record[RECORD_HEADER_BYTES + QUOTE_FRAME_BYTES];
};

static const struct own_trust *trust;
static struct speech to_vault, to_runner;
static uint8_t from_runner_bytes[INLET_BYTES] __attribute__((section(".bss.buffers")));
static struct inlet from_runner = {.lane = LANE_TRUST_TO_VAULT, .bytes = from_runner_bytes};
static bool is_known;
static uint8_t public_key[PUBLIC_KEY_BYTES];

void own_trust_use(const struct own_trust *with) { trust = with; }

bool own_trust_serves(void) { return trust; }

static void begin(struct speech *speech, uint32_t lane, const uint8_t *frame, uint32_t length) {
  memcpy(speech->record, &lane, sizeof lane);
  memcpy(speech->record + 4, &length, sizeof length);
  memcpy(speech->record + RECORD_HEADER_BYTES, frame, length);
  speech->length = RECORD_HEADER_BYTES + length;
  speech->sent = 0;
}

static bool is_free(void) { return to_vault.length == 0 && to_runner.length == 0; }

static void pass_on(struct said said, uint8_t *frame) {
  if (said.to == TO_VAULT) begin(&to_vault, LANE_TRUST_TO_VAULT, frame, said.length);
  if (said.to == TO_KEEPER) begin(&to_runner, LANE_VAULT_TO_TRUST, frame, said.length);
  memset(frame, 0, TRUST_FRAME_BYTES);
}

bool own_trust_hear_vault(const uint8_t *heard, uint32_t length) {
  uint8_t frame[TRUST_FRAME_BYTES];
  if (!is_free()) return false;
  pass_on(trust->hear_vault(heard, length, frame), frame);
  return true;
}

void own_trust_overhear(uint32_t lane, const uint8_t *frame, uint32_t length) {
  if (lane != LANE_VAULT_TO_LEDGER || length < 1 + PUBLIC_KEY_BYTES || frame[0] != VAULT_TO_LEDGER_READY) return;
  memcpy(public_key, frame + 1, PUBLIC_KEY_BYTES);
  is_known = true;
}

/* An empty record: there is no quote. */
static void quote(const uint8_t *nonce, uint32_t length) {
  static uint8_t frame[QUOTE_FRAME_BYTES];
  uint32_t quoted = is_known && length == NONCE_BYTES ? trust->quote(nonce, public_key, frame) : 0;
  begin(&to_runner, RECORD_ATTESTATION, frame, quoted);
}

static void hear_runner(uint32_t lane, const struct frame *heard) {
  uint8_t frame[TRUST_FRAME_BYTES];
  if (lane == RECORD_ATTESTATION) quote(heard->bytes, heard->length);
  if (lane == LANE_TRUST_TO_VAULT) pass_on(trust->hear_keeper(heard->bytes, heard->length, frame), frame);
}

static bool take_in(void) {
  uint32_t room = inlet_room(&from_runner), lane;
  if (room > 0) inlet_came(&from_runner, serial_read(RUNNER_PORT, from_runner.bytes + from_runner.end, room));
  if (!is_free() || !inlet_whole(&from_runner)) return false;
  struct frame frame = inlet_frame(&from_runner);
  memcpy(&lane, frame.bytes - RECORD_HEADER_BYTES, sizeof lane);
  hear_runner(lane, &frame);
  inlet_served(&from_runner);
  return true;
}

static bool give_out(void) {
  if (to_runner.length == 0) return false;
  to_runner.sent += serial_write(RUNNER_PORT, to_runner.record + to_runner.sent, to_runner.length - to_runner.sent);
  if (to_runner.sent < to_runner.length) return false;
  to_runner.length = 0;
  return true;
}

bool own_trust_run(void) {
  if (!trust) return false;
  bool gone = give_out();
  return take_in() || gone;
}

const uint8_t *own_trust_says(uint32_t *length) {
  *length = to_vault.length;
  return to_vault.length > 0 ? to_vault.record : NULL;
}

void own_trust_was_heard(void) { memset(&to_vault, 0, sizeof to_vault); }
