/* elf.c on a file, as it is and then changed at random by the seed that is named: each segment must lie in the file. Prints those of the file as it is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf.h"

static uint64_t state;

static uint32_t draw(uint32_t end) {
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(state >> 33) % end;
}

/* A copy of its own, so that a look behind its end is seen. */
static uint8_t *copy_of(const uint8_t *file, uint64_t length) {
  uint8_t *copy = malloc(length + !length);
  if (!copy) exit(2);
  memcpy(copy, file, length);
  return copy;
}

static uint32_t read(const uint8_t *file, uint64_t length, bool shown) {
  struct program program;
  struct segment segment;
  if (!elf_read(file, length, &program)) return 0;
  if (shown) printf("%" PRIx64 "\n", program.entry);
  for (uint32_t i = 0; i < program.segments; i++) {
    if (!elf_segment(&program, i, &segment)) continue;
    if (segment.bytes > length || segment.offset > length - segment.bytes || segment.bytes > segment.memory_bytes) exit(3);
    if (segment.address > UINT64_MAX - segment.memory_bytes) exit(4);
    if (shown && segment.bytes > 0) printf("%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", segment.offset, segment.bytes, segment.address, segment.memory_bytes);
  }
  return program.segments;
}

int main(int count, char **words) {
  enum { MAX_BYTES = 1 << 24, HEAD_BYTES = 512, ROUNDS = 20000 };
  if (count < 3) return 1;
  uint8_t *file = malloc(MAX_BYTES);
  FILE *from = fopen(words[1], "rb");
  if (!file || !from) return 1;
  uint64_t length = fread(file, 1, MAX_BYTES, from);
  fclose(from);
  state = strtoull(words[2], NULL, 10);
  read(file, length, true);
  uint32_t taken = 0;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    /* Little more than the headers, which are at the beginning. */
    uint64_t cut = draw(HEAD_BYTES);
    uint8_t *copy = copy_of(file, cut < length ? cut : length);
    for (uint32_t changes = draw(6); changes > 0 && cut > 0; changes--) copy[draw((uint32_t)cut)] = (uint8_t)(draw(4) ? draw(256) : draw(2) * 255);
    taken += read(copy, cut < length ? cut : length, false) > 0;
    free(copy);
  }
  free(file);
  return taken > 0 ? 0 : 5;
}
