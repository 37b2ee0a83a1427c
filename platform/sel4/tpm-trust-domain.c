/*
 * The domain of trust where the board has a TPM (../tpm/tpm-trust.h): it alone has the TPM's registers. What it gives away to be kept goes to the host
 * through link. One record at a time is on its way from here, and nothing more is taken before it is written.
 */
#include <microkit.h>
#include <string.h>

#include "domain.h"
#include "tpm-trust.h"

static uint8_t record[RECORD_HEADER_BYTES + TRUST_FRAME_BYTES];
/* Bytes of it that wait for room; 0: none do. */
static uint32_t waiting;
static const struct stream *way;

static const struct stream *find(const struct stream *streams, uint32_t count, uint32_t lane) {
  while (count-- > 0)
    if (streams[count].lane == lane) return &streams[count];
  __builtin_trap();
}

void tpm_trust_trouble(const char *why) {
  struct report *report = region(REPORT_ADDRESS);
  copy_text(report->why, why);
  microkit_notify(MONITOR_CHANNEL);
}

static bool is_gone(void) {
  if (waiting > 0 && stream_write(way, record, waiting)) {
    memset(record, 0, sizeof record);
    waiting = 0;
  }
  return waiting == 0;
}

static void say(struct said said) {
  if (said.to == TO_NOBODY) return;
  const uint32_t lane = said.to == TO_VAULT ? LANE_TRUST_TO_VAULT : LANE_VAULT_TO_TRUST, header[] = {lane, said.length};
  memcpy(record, header, sizeof header);
  way = find(outs, sizeof outs / sizeof *outs, lane);
  waiting = RECORD_HEADER_BYTES + said.length;
}

static void hear(uint32_t lane, struct said (*of)(const uint8_t *heard, uint32_t length, uint8_t *frame)) {
  static uint8_t frame[LONGEST_FRAME_BYTES];
  const struct stream *in = find(ins, sizeof ins / sizeof *ins, lane);
  uint32_t length;
  while (is_gone() && stream_next(in, &length)) {
    stream_take(in, frame, length);
    say(of(frame, length, record + RECORD_HEADER_BYTES));
    memset(frame, 0, length);
  }
}

void init(void) {}

void notified(microkit_channel channel) {
  (void)channel;
  hear(LANE_VAULT_TO_TRUST, tpm_trust_hear_vault);
  hear(LANE_TRUST_TO_VAULT, tpm_trust_hear_keeper);
  is_gone();
  streams_notify();
}
