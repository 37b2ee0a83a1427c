/*
 * The domain of trust, while trust is simulated: what the vault asks goes to the host through link, and its answers back. It alone is between the
 * vault and the host, and passes on whole frames, no longer than those of its lanes, and no others.
 */
#include <microkit.h>

#include "domain.h"

static uint8_t record[RECORD_HEADER_BYTES + LONGEST_FRAME_BYTES];

static const struct stream *find(const struct stream *streams, uint32_t count, uint32_t lane) {
  while (count-- > 0)
    if (streams[count].lane == lane) return &streams[count];
  __builtin_trap();
}

static void relay(uint32_t lane) {
  const struct stream *in = find(ins, sizeof ins / sizeof *ins, lane);
  const struct stream *out = find(outs, sizeof outs / sizeof *outs, lane);
  uint32_t length;
  while (stream_next(in, &length)) {
    const uint32_t header[] = {lane, length};
    __builtin_memcpy(record, header, sizeof header);
    stream_copy(in, RECORD_HEADER_BYTES, record + RECORD_HEADER_BYTES, length);
    if (!stream_write(out, record, RECORD_HEADER_BYTES + length)) return;
    stream_drop(in, length);
  }
}

void init(void) {}

void notified(microkit_channel channel) {
  (void)channel;
  relay(LANE_VAULT_TO_TRUST);
  relay(LANE_TRUST_TO_VAULT);
  streams_notify();
}
