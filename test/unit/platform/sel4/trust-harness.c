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
  uint8_t frame[LONGEST_FRAME_BYTES];
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

static void stands_hostile_neighbours(void) {
  enum { ROUNDS = 20000 };
  uint8_t bytes[64];
  for (uint32_t round = 0; round < ROUNDS; round++) {
    uint32_t lane = draw(2) ? LANE_VAULT_TO_TRUST : LANE_TRUST_TO_VAULT;
    if (draw(8) == 0) lie_as_writer(IN(lane));
    if (draw(8) == 0) lie_as_taker(OUT(lane));
    if (draw(4) == 0) stream_begin_writing(IN(lane));
    if (draw(4) == 0) stream_begin_taking(OUT(lane));
    for (uint32_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i < 8 && i != 4 ? 0 : draw(256));
    stream_write(IN(lane), bytes, (uint32_t)draw(sizeof bytes));
    if (draw(2)) stream_took(OUT(lane), stream_ready(OUT(lane)));
    notified(0);
  }
}

int main(int count, char **words) {
  static const struct scenario scenarios[] = {
      {"passes on what trust is asked, and what it answers", passes_on},
      {"drops frames that are longer than trust's", drops_long_ones},
      {"writes the lane of a record itself", names_the_lane_itself},
      {"stands whatever its neighbours write", stands_hostile_neighbours},
  };
  return count < 2 ? 2 : run_scenario(words[1], scenarios, sizeof scenarios / sizeof *scenarios);
}
