/* trust-domain.c: which frames it passes on. */
#include "stand-in.h"
#include "trust-domain.c"

static void put(const struct stream *stream, uint32_t lane, uint32_t length, uint8_t value) {
  uint8_t *bytes = make_record(lane, length, value);
  CHECK(stream_write(stream, bytes, RECORD_HEADER_BYTES + length));
  free(bytes);
}

#define IN(lane) find(ins, sizeof ins / sizeof *ins, lane)
#define OUT(lane) find(outs, sizeof outs / sizeof *outs, lane)

static void passes_on(void) {
  uint8_t frame[TRUST_FRAME_BYTES];
  uint32_t length;
  put(IN(LANE_VAULT_TO_TRUST), LANE_VAULT_TO_TRUST, 9, 1);
  put(IN(LANE_TRUST_TO_VAULT), LANE_TRUST_TO_VAULT, 1000, 2);
  notified(0);
  CHECK(stream_next(OUT(LANE_VAULT_TO_TRUST), &length) && length == 9);
  stream_take(OUT(LANE_VAULT_TO_TRUST), frame, length);
  CHECK(frame[0] == 1 && frame[8] == 1);
  CHECK(stream_next(OUT(LANE_TRUST_TO_VAULT), &length) && length == 1000);
  stream_take(OUT(LANE_TRUST_TO_VAULT), frame, length);
  CHECK(frame[0] == 2 && frame[999] == 2);
  CHECK(!stream_next(OUT(LANE_VAULT_TO_TRUST), &length) && !stream_next(OUT(LANE_TRUST_TO_VAULT), &length));
}

static void drops_long_ones(void) {
  uint32_t length;
  put(IN(LANE_TRUST_TO_VAULT), LANE_TRUST_TO_VAULT, 5000, 2);
  put(IN(LANE_TRUST_TO_VAULT), LANE_TRUST_TO_VAULT, 3, 2);
  notified(0);
  CHECK(stream_next(OUT(LANE_TRUST_TO_VAULT), &length) && length == 3);
}

/* A record says of which lane it is; trust says so itself. */
static void names_the_lane_itself(void) {
  uint32_t header[2];
  put(IN(LANE_TRUST_TO_VAULT), LANE_ORDER_TO_VAULT, 3, 2);
  notified(0);
  stream_copy(OUT(LANE_TRUST_TO_VAULT), 0, (uint8_t *)header, sizeof header);
  CHECK(header[0] == LANE_TRUST_TO_VAULT && header[1] == 3);
}

int main(int count, char **words) {
  static const struct scenario scenarios[] = {
      {"passes on what trust is asked, and what it answers", passes_on},
      {"drops frames that are longer than trust's", drops_long_ones},
      {"writes the lane of a record itself", names_the_lane_itself},
  };
  return count < 2 ? 2 : run_scenario(words[1], scenarios, sizeof scenarios / sizeof *scenarios);
}
