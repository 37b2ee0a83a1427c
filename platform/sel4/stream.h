/*
 * Bytes from one domain to another through memory that one of them writes and the other takes from. Each side has a page of its own that the
 * other can only read, and believes nothing that it reads there: positions that cannot be are as if nothing had come, or as if there were no room.
 * Positions are counted from the stream's beginning and never fall.
 */
#ifndef CAISSON_STREAM_H
#define CAISSON_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "records.h"

/* As layout.h gives it. */
struct stream {
  /* Which lane it carries, and the channel to its other end. */
  uint32_t lane, channel;
  /* Records may be there in part. */
  bool in_pieces;
  /* Of the longest frame, and that it holds at a time: more than the longest record has. */
  uint32_t frame_bytes, bytes;
  /* Where both regions lie. */
  uint64_t written, taken;
};

/* What the writer's region begins with; the bytes lie behind it. */
enum { STREAM_PAGE_BYTES = 4096 };

/* The writer's page. */
struct written {
  uint64_t position;
  /* 1: it waits for room, and wants to be told. */
  uint32_t waits;
};

/* The taker's page: what it must know after it was started again too. */
struct taken {
  uint64_t position;
  /* Bytes still to be dropped, of a frame that is longer than the lane's longest. */
  uint32_t skip;
  /* Of the host's lanes: what the host does not know to be served yet. */
  struct load served;
};

/* Where a region lies that every domain knows by this address. */
static inline void *region(uint64_t address) {
#ifdef STAND_IN_BASE
  address += STAND_IN_BASE;
#endif
  return (void *)(uintptr_t)address;
}

/* Each side calls its own when it begins, also for the second time: a position that cannot be is put right by dropping what is there. */
void stream_begin_writing(const struct stream *stream);
void stream_begin_taking(const struct stream *stream);

/* Where to write next, and how many bytes, which may be fewer than there is room for; then they are said to be there. */
uint8_t *stream_space(const struct stream *stream, uint32_t *bytes);
void stream_wrote(const struct stream *stream, uint32_t bytes);

/* Writes all of it or, when there is no room, nothing. */
bool stream_write(const struct stream *stream, const uint8_t *bytes, uint32_t length);

/* How many bytes are there. */
uint32_t stream_ready(const struct stream *stream);

/* The bytes that are there from the next one on, which may be fewer than all; then they are taken. */
const uint8_t *stream_data(const struct stream *stream, uint32_t *bytes);
void stream_took(const struct stream *stream, uint32_t bytes);

/* Copies `length` bytes that are there, from the one at `offset` on. */
void stream_copy(const struct stream *stream, uint32_t offset, uint8_t *to, uint32_t length);

/* Tells the other ends what has happened on streams since the last time. */
void streams_notify(void);

/*
 * Of a stream of records: the length of the frame that comes next; false: none is whole yet. Writers say only of whole records that they are there,
 * but for link, which passes on bytes of the host's as they come: what is no whole record from another is dropped.
 */
bool stream_next(const struct stream *stream, uint32_t *length);

/* Copies the frame that comes next, of this length, and takes its record. */
void stream_take(const struct stream *stream, uint8_t *to, uint32_t length);

/* Takes its record without a look at it. */
void stream_drop(const struct stream *stream, uint32_t length);

struct taken *stream_taken(const struct stream *stream);

#endif
