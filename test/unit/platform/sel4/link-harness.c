/* link-domain.c over a serial device of the test's own, which gives and takes as much as it is told to. */
#include "link-domain.c"
#include "stand-in.h"

static uint32_t to_come[SERIAL_PORTS], room[SERIAL_PORTS], went[SERIAL_PORTS], started, events, flushed;
static uint8_t next_in[SERIAL_PORTS], next_out[SERIAL_PORTS];

void serial_start(void) { started++; }
void serial_event(void) { events++; }
void serial_flush(void) { flushed++; }

uint32_t serial_read(uint32_t port, uint8_t *to, uint32_t space) {
  uint32_t some = to_come[port] < space ? to_come[port] : space;
  for (uint32_t i = 0; i < some; i++) to[i] = next_in[port]++;
  to_come[port] -= some;
  return some;
}

uint32_t serial_write(uint32_t port, const uint8_t *bytes, uint32_t length) {
  uint32_t some = room[port] < length ? room[port] : length;
  for (uint32_t i = 0; i < some; i++) CHECK(bytes[i] == next_out[port]++);
  room[port] -= some;
  went[port] += some;
  return some;
}

static void starts_the_device(void) {
  init();
  CHECK(started == 1 && events == 1 && stand_in.acknowledged[INTERRUPT_CHANNEL] == 1);
  notified(INTERRUPT_CHANNEL);
  CHECK(events == 2 && stand_in.acknowledged[INTERRUPT_CHANNEL] == 2);
  notified(0);
  CHECK(events == 2 && flushed == 3);
}

/* More comes than there is room for; all of it goes in, in order, and another port is not held up. */
static void takes_in_as_there_is_room(void) {
  uint32_t all = 3 * into[0].bytes + 12345, taken = 0, ready;
  uint8_t expected = 0;
  init();
  to_come[0] = all;
  to_come[1] = 77;
  while (taken < all) {
    notified(INTERRUPT_CHANNEL);
    CHECK(stream_ready(&into[1]) == 77);
    const uint8_t *data = stream_data(&into[0], &ready);
    CHECK(ready > 0);
    for (uint32_t i = 0; i < ready; i++) CHECK(data[i] == expected++);
    stream_took(&into[0], ready);
    taken += ready;
  }
  CHECK(taken == all && to_come[0] == 0);
}

static void gives_out_as_there_is_room(void) {
  uint8_t bytes[1000];
  for (uint32_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)i;
  init();
  CHECK(stream_write(&out[2], bytes, sizeof bytes));
  notified(0);
  CHECK(went[2] == 0);
  room[2] = 300;
  notified(INTERRUPT_CHANNEL);
  CHECK(went[2] == 300 && stream_ready(&out[2]) == 700);
  room[2] = 10000;
  notified(INTERRUPT_CHANNEL);
  CHECK(went[2] == 1000 && stream_ready(&out[2]) == 0);
}

static void ends_itself(void) {
  if (!sigsetjmp(after_fault, 1)) serial_closed();
  CHECK(named == TRAPS);
  CHECK(!strcmp(((struct report *)region(REPORT_ADDRESS))->why, "the host has gone"));
}

int main(int count, char **words) {
  static const struct scenario scenarios[] = {
      {"starts the device, and hears it", starts_the_device},
      {"takes in what there is room for, in order", takes_in_as_there_is_room},
      {"gives out what there is room for, in order", gives_out_as_there_is_room},
      {"ends itself when the host has gone, and says why", ends_itself},
  };
  return count < 2 ? 2 : run_scenario(words[1], scenarios, sizeof scenarios / sizeof *scenarios);
}
