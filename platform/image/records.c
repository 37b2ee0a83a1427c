#include "records.h"

#include <string.h>

static uint32_t u32_at(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

bool inlet_from_host(const struct inlet *inlet) { return lanes[inlet->lane].from == END_HOST; }

static void drop(struct inlet *inlet) {
  uint32_t here = inlet->end - inlet->begin;
  uint32_t dropped = inlet->skip < here ? (uint32_t)inlet->skip : here;
  inlet->begin += dropped;
  inlet->skip -= dropped;
}

uint32_t inlet_room(struct inlet *inlet) {
  if (inlet->begin == inlet->end) inlet->begin = inlet->end = 0;
  if (inlet->end == INLET_BYTES && inlet->begin > 0) {
    memmove(inlet->bytes, inlet->bytes + inlet->begin, inlet->end - inlet->begin);
    inlet->end -= inlet->begin;
    inlet->begin = 0;
  }
  return INLET_BYTES - inlet->end;
}

void inlet_came(struct inlet *inlet, uint32_t bytes) {
  inlet->end += bytes;
  drop(inlet);
}

static void note_served(struct inlet *inlet, uint32_t length) {
  inlet->served.frames++;
  inlet->served.bytes += length;
}

bool inlet_whole(struct inlet *inlet) {
  for (;;) {
    drop(inlet);
    if (inlet->end - inlet->begin < RECORD_HEADER_BYTES) return false;
    uint32_t length = u32_at(inlet->bytes + inlet->begin + 4);
    if (length <= MAX_FRAME_BYTES) return inlet->end - inlet->begin - RECORD_HEADER_BYTES >= length;
    note_served(inlet, length);
    inlet->begin += RECORD_HEADER_BYTES;
    inlet->skip = length;
  }
}

struct frame inlet_frame(const struct inlet *inlet) {
  const uint8_t *record = inlet->bytes + inlet->begin;
  return (struct frame){.bytes = record + RECORD_HEADER_BYTES, .length = u32_at(record + 4)};
}

void inlet_served(struct inlet *inlet) {
  uint32_t length = inlet_frame(inlet).length;
  inlet->begin += RECORD_HEADER_BYTES + length;
  note_served(inlet, length);
}

static uint32_t notice(uint32_t kind, uint32_t about, const void *bytes, uint32_t length, uint8_t *record) {
  const uint32_t head[] = {kind, (uint32_t)sizeof about + length, about};
  memcpy(record, head, sizeof head);
  memcpy(record + sizeof head, bytes, length);
  return (uint32_t)sizeof head + length;
}

uint32_t served_notice(uint32_t lane, struct load *served, uint8_t *record) {
  const uint32_t load[] = {served->frames, served->bytes};
  *served = (struct load){0, 0};
  return notice(RECORD_SERVED, lane, load, sizeof load, record);
}

uint32_t fault_notice(uint32_t component, const char *why, uint8_t *record) {
  uint32_t length = 0;
  while (length < NOTICE_TEXT_BYTES && why[length]) length++;
  return notice(RECORD_FAULT, component, why, length, record);
}
