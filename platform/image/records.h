/*
 * Records on a stream: {lane u32, length u32, frame}, little-endian, one after another (platform/link.ts), as whoever runs components
 * takes them in, and those that it makes itself.
 */
#ifndef CAISSON_RECORDS_H
#define CAISSON_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "topology.h"

enum {
  RECORD_HEADER_BYTES = 8,
  INLET_BYTES = RECORD_HEADER_BYTES + MAX_FRAME_BYTES + 65536,
  /* Frames after which their sender hears that they are served, if it is not told earlier because none is waiting. */
  SERVED_FRAMES = 64,
  /* The longest notice: what it is about, and as much of why as fits. */
  NOTICE_TEXT_BYTES = 64,
  NOTICE_BYTES = RECORD_HEADER_BYTES + 4 + NOTICE_TEXT_BYTES,
};

/* What a lane has carried. */
struct load {
  uint32_t frames, bytes;
};

/* A lane that comes in, and what has come of it. */
struct inlet {
  uint32_t lane;
  /* INLET_BYTES of them; what has come and is not served lies from `begin` to `end`. */
  uint8_t *bytes;
  uint32_t begin, end;
  /* Bytes still to come of a frame that is longer than any component takes: it is dropped. */
  uint64_t skip;
  /* Of the host's lanes: what the host does not know to be served yet. */
  struct load served;
};

struct frame {
  const uint8_t *bytes;
  uint32_t length;
};

bool inlet_from_host(const struct inlet *inlet);

/* Makes room behind `end`, and says how much; 0: it is full, with a whole record at its beginning. */
uint32_t inlet_room(struct inlet *inlet);

/* So many bytes were put behind `end`. */
void inlet_came(struct inlet *inlet, uint32_t bytes);

/* True when a whole record lies at the beginning. Forgets one that is too long. */
bool inlet_whole(struct inlet *inlet);

/* The frame of the record at the beginning, which is whole. */
struct frame inlet_frame(const struct inlet *inlet);

/* That frame was served, whatever came of it. */
void inlet_served(struct inlet *inlet);

/* Records of the platform's own to the host, written to `record`, which has NOTICE_BYTES; their lengths. What is told of as served is 0 then. */
uint32_t served_notice(uint32_t lane, struct load *served, uint8_t *record);
uint32_t fault_notice(uint32_t component, const char *why, uint8_t *record);

#endif
