/* tpm-trust-domain.c: what it takes and where what trust says goes; trust itself is stood in for here. */
#include "stand-in.h"
#include "tpm-trust-domain.c"

#define IN(lane) find(ins, sizeof ins / sizeof *ins, lane)
#define OUT(lane) find(outs, sizeof outs / sizeof *outs, lane)

/* Says to one end what it heard from the other, and to nobody what is empty. */
static struct said echo(int to, const uint8_t *heard, uint32_t length, uint8_t *frame) {
  CHECK(length <= TRUST_FRAME_BYTES);
  memcpy(frame, heard, length);
  return (struct said){length == 0 ? TO_NOBODY : to, length};
}

struct said tpm_trust_hear_vault(const uint8_t *heard, uint32_t length, uint8_t *frame) { return echo(TO_KEEPER, heard, length, frame); }
struct said tpm_trust_hear_keeper(const uint8_t *heard, uint32_t length, uint8_t *frame) { return echo(TO_VAULT, heard, length, frame); }

static void put(const struct stream *stream, uint32_t lane, uint32_t length, uint8_t value) {
  uint8_t *bytes = make_record(lane, length, value);
  CHECK(stream_write(stream, bytes, RECORD_HEADER_BYTES + length));
  free(bytes);
}

static uint32_t records_in(const struct stream *stream, uint8_t value) {
  static uint8_t frame[LONGEST_FRAME_BYTES];
  uint32_t length, count = 0;
  for (; stream_next(stream, &length); count++) {
    stream_take(stream, frame, length);
    for (uint32_t i = 0; i < length; i++) CHECK(frame[i] == value);
  }
  return count;
}

static bool is_clear(const uint8_t *bytes, uint32_t length) {
  while (length-- > 0)
    if (bytes[length] != 0) return false;
  return true;
}

static void says_to_whom(void) {
  put(IN(LANE_VAULT_TO_TRUST), LANE_VAULT_TO_TRUST, 9, 1);
  put(IN(LANE_VAULT_TO_TRUST), LANE_VAULT_TO_TRUST, 0, 1);
  put(IN(LANE_TRUST_TO_VAULT), LANE_TRUST_TO_VAULT, 1000, 2);
  notified(0);
  CHECK(records_in(OUT(LANE_VAULT_TO_TRUST), 1) == 1);
  CHECK(records_in(OUT(LANE_TRUST_TO_VAULT), 2) == 1);
  CHECK(is_clear(record, sizeof record));
}

static void keeps_what_there_is_no_room_for(void) {
  enum { LENGTH = 1000 };
  uint32_t put_in = 0, taken = 0;
  /* More than the streams hold between them, while nobody takes. */
  for (uint32_t round = 0; round < 3 * OUT(LANE_VAULT_TO_TRUST)->bytes / LENGTH; round++) {
    uint8_t *bytes = make_record(LANE_VAULT_TO_TRUST, LENGTH, 3);
    put_in += stream_write(IN(LANE_VAULT_TO_TRUST), bytes, RECORD_HEADER_BYTES + LENGTH);
    free(bytes);
    notified(0);
  }
  CHECK(waiting > 0);
  for (uint32_t more = 1; more > 0; taken += more) {
    more = records_in(OUT(LANE_VAULT_TO_TRUST), 3);
    notified(0);
  }
  CHECK(taken == put_in && waiting == 0);
}

static void tells_monitor_why(void) {
  tpm_trust_trouble("a reason that is far too long to be told as a whole, for a report has little room for it");
  const struct report *report = region(REPORT_ADDRESS);
  CHECK(strlen(report->why) == NOTICE_TEXT_BYTES - 1 && !strncmp(report->why, "a reason", 8));
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
      {"says what trust says to whom it is said", says_to_whom},
      {"keeps what there is no room for, and takes no more", keeps_what_there_is_no_room_for},
      {"tells monitor why it cannot serve", tells_monitor_why},
      {"stands whatever its neighbours write", stands_hostile_neighbours},
  };
  return count < 2 ? 2 : run_scenario(words[1], scenarios, sizeof scenarios / sizeof *scenarios);
}
