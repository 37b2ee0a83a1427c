#include "elf.h"

/* Elf64_Ehdr and Elf64_Phdr: offsets of their fields, and bytes that they have. */
enum { CLASS = 4, DATA = 5, ENTRY = 24, SEGMENTS_AT = 32, SEGMENT_BYTES = 54, SEGMENTS = 56, HEADER_BYTES = 64 };
enum { KIND = 0, OFFSET = 8, ADDRESS = 24, FILE_BYTES = 32, MEMORY_BYTES = 40, SEGMENT_HEADER_BYTES = 56 };
enum { CLASS_64 = 2, LITTLE_ENDIAN = 1, LOADED = 1, MOST_SEGMENTS = 16 };

static uint64_t number_at(const uint8_t *at, uint32_t bytes) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < bytes; i++) value |= (uint64_t)at[i] << 8 * i;
  return value;
}

bool elf_read(const uint8_t *file, uint64_t length, struct program *program) {
  static const uint8_t MAGIC[] = {0x7f, 'E', 'L', 'F'};
  if (length < HEADER_BYTES) return false;
  for (uint32_t i = 0; i < sizeof MAGIC; i++)
    if (file[i] != MAGIC[i]) return false;
  if (file[CLASS] != CLASS_64 || file[DATA] != LITTLE_ENDIAN) return false;
  const uint64_t at = number_at(file + SEGMENTS_AT, 8), segments = number_at(file + SEGMENTS, 2);
  if (number_at(file + SEGMENT_BYTES, 2) != SEGMENT_HEADER_BYTES || segments > MOST_SEGMENTS) return false;
  if (at > length || length - at < segments * SEGMENT_HEADER_BYTES) return false;
  *program = (struct program){.file = file, .length = length, .entry = number_at(file + ENTRY, 8), .segments = (uint32_t)segments};
  return true;
}

bool elf_segment(const struct program *program, uint32_t number, struct segment *segment) {
  const uint8_t *header = program->file + number_at(program->file + SEGMENTS_AT, 8) + number * SEGMENT_HEADER_BYTES;
  *segment = (struct segment){0};
  if (number_at(header + KIND, 4) != LOADED) return true;
  segment->offset = number_at(header + OFFSET, 8);
  segment->bytes = number_at(header + FILE_BYTES, 8);
  segment->address = number_at(header + ADDRESS, 8);
  segment->memory_bytes = number_at(header + MEMORY_BYTES, 8);
  if (segment->offset > program->length || program->length - segment->offset < segment->bytes) return false;
  return segment->bytes <= segment->memory_bytes && segment->address + segment->memory_bytes >= segment->address;
}
