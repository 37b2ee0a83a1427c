/* Programs as files: ELF-64, little-endian (System V Application Binary Interface, "ELF Object File Format"). What is in a file is believed no more than any other input. */
#ifndef CAISSON_ELF_H
#define CAISSON_ELF_H

#include <stdbool.h>
#include <stdint.h>

/* Of a program, what lies together in memory: `bytes` from the file, and nothing said about the rest of `memory_bytes`. */
struct segment {
  uint64_t offset, bytes, address, memory_bytes;
};

struct program {
  const uint8_t *file;
  uint64_t length, entry;
  uint32_t segments;
};

/* False: it is no such file. */
bool elf_read(const uint8_t *file, uint64_t length, struct program *program);

/* The segment of this number, within the file; `bytes` 0: nothing is to be loaded. False: it does not lie within the file, or not within memory. */
bool elf_segment(const struct program *program, uint32_t number, struct segment *segment);

#endif
