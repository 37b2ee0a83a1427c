#include "stream.h"

#include <microkit.h>
#include <string.h>

static struct written *written_of(const struct stream *stream) { return region(stream->written); }
struct taken *stream_taken(const struct stream *stream) { return region(stream->taken); }
static uint8_t *bytes_of(const struct stream *stream) { return (uint8_t *)region(stream->written) + STREAM_PAGE_BYTES; }

static uint64_t load_position(const uint64_t *position) { return __atomic_load_n(position, __ATOMIC_ACQUIRE); }
static void store_position(uint64_t *position, uint64_t value) { __atomic_store_n(position, value, __ATOMIC_RELEASE); }

static bool is_possible(const struct stream *stream, uint64_t written, uint64_t taken) { return written >= taken && written - taken <= stream->bytes; }

/* Channels whose other end has something to hear. */
static uint64_t to_notify;

static void notify(const struct stream *stream) { to_notify |= UINT64_C(1) << stream->channel; }

void streams_notify(void) {
  for (uint32_t channel = 0; to_notify; channel++) {
    uint64_t bit = UINT64_C(1) << channel;
    if (to_notify & bit) microkit_notify(channel);
    to_notify &= ~bit;
  }
}

void stream_begin_writing(const struct stream *stream) {
  struct written *written = written_of(stream);
  uint64_t taken = load_position(&stream_taken(stream)->position);
  if (!is_possible(stream, written->position, taken)) store_position(&written->position, taken);
}

void stream_begin_taking(const struct stream *stream) {
  struct taken *taken = stream_taken(stream);
  uint64_t written = load_position(&written_of(stream)->position);
  if (!is_possible(stream, written, taken->position)) store_position(&taken->position, written);
}

static uint32_t room_of(const struct stream *stream) {
  uint64_t written = written_of(stream)->position;
  uint64_t taken = load_position(&stream_taken(stream)->position);
  return is_possible(stream, written, taken) ? (uint32_t)(stream->bytes - (written - taken)) : 0;
}

/* Room for so many bytes; if there is none, the taker is asked to tell when it has taken some. */
static bool has_room(const struct stream *stream, uint32_t bytes) {
  uint32_t *waits = &written_of(stream)->waits;
  if (room_of(stream) >= bytes) {
    *waits = 0;
    return true;
  }
  __atomic_store_n(waits, 1, __ATOMIC_SEQ_CST);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  return room_of(stream) >= bytes;
}

uint8_t *stream_space(const struct stream *stream, uint32_t *bytes) {
  uint32_t at = (uint32_t)(written_of(stream)->position % stream->bytes);
  uint32_t to_end = stream->bytes - at;
  uint32_t room = has_room(stream, 1) ? room_of(stream) : 0;
  *bytes = room < to_end ? room : to_end;
  return bytes_of(stream) + at;
}

void stream_wrote(const struct stream *stream, uint32_t bytes) {
  struct written *written = written_of(stream);
  store_position(&written->position, written->position + bytes);
  notify(stream);
}

bool stream_write(const struct stream *stream, const uint8_t *bytes, uint32_t length) {
  if (!has_room(stream, length)) return false;
  uint32_t at = (uint32_t)(written_of(stream)->position % stream->bytes);
  uint32_t to_end = stream->bytes - at;
  uint32_t first = length < to_end ? length : to_end;
  memcpy(bytes_of(stream) + at, bytes, first);
  memcpy(bytes_of(stream), bytes + first, length - first);
  stream_wrote(stream, length);
  return true;
}

uint32_t stream_ready(const struct stream *stream) {
  uint64_t written = load_position(&written_of(stream)->position);
  uint64_t taken = stream_taken(stream)->position;
  return is_possible(stream, written, taken) ? (uint32_t)(written - taken) : 0;
}

const uint8_t *stream_data(const struct stream *stream, uint32_t *bytes) {
  uint32_t at = (uint32_t)(stream_taken(stream)->position % stream->bytes);
  uint32_t to_end = stream->bytes - at, ready = stream_ready(stream);
  *bytes = ready < to_end ? ready : to_end;
  return bytes_of(stream) + at;
}

void stream_took(const struct stream *stream, uint32_t bytes) {
  struct taken *taken = stream_taken(stream);
  store_position(&taken->position, taken->position + bytes);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (__atomic_load_n(&written_of(stream)->waits, __ATOMIC_SEQ_CST)) notify(stream);
}

void stream_copy(const struct stream *stream, uint32_t offset, uint8_t *to, uint32_t length) {
  uint32_t at = (uint32_t)((stream_taken(stream)->position + offset) % stream->bytes);
  uint32_t to_end = stream->bytes - at;
  uint32_t first = length < to_end ? length : to_end;
  memcpy(to, bytes_of(stream) + at, first);
  memcpy(to + first, bytes_of(stream), length - first);
}

static void note_served(struct taken *taken, uint32_t length) {
  taken->served.frames++;
  taken->served.bytes += length;
}

static void drop_skipped(const struct stream *stream) {
  struct taken *taken = stream_taken(stream);
  uint32_t ready = stream_ready(stream);
  uint32_t dropped = taken->skip < ready ? taken->skip : ready;
  taken->skip -= dropped;
  if (dropped > 0) stream_took(stream, dropped);
}

bool stream_next(const struct stream *stream, uint32_t *length) {
  for (;;) {
    drop_skipped(stream);
    uint32_t header[2], ready = stream_ready(stream);
    if (ready >= sizeof header) {
      stream_copy(stream, 0, (uint8_t *)header, sizeof header);
      *length = header[1];
      if (*length > stream->frame_bytes) {
        note_served(stream_taken(stream), *length);
        stream_taken(stream)->skip = *length;
        stream_took(stream, sizeof header);
        continue;
      }
      if (ready - sizeof header >= *length) return true;
    }
    if (ready > 0 && !stream->in_pieces) stream_took(stream, ready);
    return false;
  }
}

void stream_drop(const struct stream *stream, uint32_t length) {
  note_served(stream_taken(stream), length);
  stream_took(stream, RECORD_HEADER_BYTES + length);
}

void stream_take(const struct stream *stream, uint8_t *to, uint32_t length) {
  stream_copy(stream, RECORD_HEADER_BYTES, to, length);
  stream_drop(stream, length);
}
