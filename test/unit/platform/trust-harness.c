/* trust.c over files of the working folder, for its test: {length u32, frame}... in, the same out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "trust.h"

static bool read_file(const char *name, struct file *file) {
  FILE *from = fopen(name, "rb");
  *file = (struct file){.present = from != NULL};
  if (!from) return errno == ENOENT;
  file->length = (uint32_t)fread(file->bytes, 1, sizeof file->bytes, from);
  bool done = !ferror(from);
  fclose(from);
  return done;
}

static bool write_file(const char *name, const uint8_t *bytes, size_t length) {
  FILE *to = fopen(name, "wb");
  return to && fwrite(bytes, 1, length, to) == length && fclose(to) == 0;
}

static bool entropy(uint8_t seed[SEED_BYTES]) {
  memset(seed, 0x11, SEED_BYTES);
  return true;
}

static void trouble(const char *name, const char *what) { fprintf(stderr, "%s: %s\n", name, what); }

int main(void) {
  static const struct keeper keeper = {.read = read_file, .write = write_file, .entropy = entropy, .trouble = trouble};
  static uint8_t request[1 << 16], answer[TRUST_FRAME_BYTES];
  uint32_t length;
  while (fread(&length, 1, sizeof length, stdin) == sizeof length) {
    if (length > sizeof request || fread(request, 1, length, stdin) != length) return 1;
    uint32_t answered = trust_serve(&keeper, request, length, answer);
    fwrite(&answered, 1, sizeof answered, stdout);
    fwrite(answer, 1, answered, stdout);
  }
  return 0;
}
