/* What string.h of freestanding/ names, for machines without a C library; compiled so that no loop here becomes a call of itself. */
#include <stdint.h>
#include <string.h>

/* Read and written wherever it lies. */
struct __attribute__((packed, may_alias)) word {
  uint64_t value;
};

static uint64_t get(const uint8_t *at) { return ((const struct word *)at)->value; }
static void put(uint8_t *at, uint64_t value) { ((struct word *)at)->value = value; }

enum { WORD = sizeof(uint64_t), BLOCK = 4 * WORD };

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  uint8_t *out = to;
  const uint8_t *in = from;
  for (; bytes >= BLOCK; bytes -= BLOCK, in += BLOCK, out += BLOCK) {
    uint64_t a = get(in), b = get(in + WORD), c = get(in + 2 * WORD), d = get(in + 3 * WORD);
    put(out, a);
    put(out + WORD, b);
    put(out + 2 * WORD, c);
    put(out + 3 * WORD, d);
  }
  for (; bytes >= WORD; bytes -= WORD, in += WORD, out += WORD) put(out, get(in));
  while (bytes-- > 0) *out++ = *in++;
  return to;
}

static void copy_backwards(uint8_t *out, const uint8_t *in, size_t bytes) {
  for (; bytes >= WORD; bytes -= WORD) put(out + bytes - WORD, get(in + bytes - WORD));
  for (; bytes > 0; bytes--) out[bytes - 1] = in[bytes - 1];
}

void *memmove(void *to, const void *from, size_t bytes) {
  uint8_t *out = to;
  const uint8_t *in = from;
  if (out > in) {
    copy_backwards(out, in, bytes);
    return to;
  }
  for (; bytes >= WORD; bytes -= WORD, in += WORD, out += WORD) put(out, get(in));
  while (bytes-- > 0) *out++ = *in++;
  return to;
}

void *memset(void *to, int value, size_t bytes) {
  uint8_t *out = to;
  const uint64_t word = UINT64_C(0x0101010101010101) * (uint8_t)value;
  for (; bytes >= WORD; bytes -= WORD, out += WORD) put(out, word);
  while (bytes-- > 0) *out++ = (uint8_t)value;
  return to;
}

int memcmp(const void *one, const void *other, size_t bytes) {
  const uint8_t *a = one, *b = other;
  for (; bytes > 0; bytes--, a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}
