/*
 * The first stage: measures the image that was put into memory into a TPM, and starts it. What it measures is the whole file, as `caisson image inspect` shows
 * its SHA-256; nothing of the file is looked at before. Nobody measures the first stage here: on a real machine its firmware would, into register 0.
 */
#include <string.h>

#include "board.h"
#include "console.h"
#include "elf.h"
#include "layout.h"
#include "measured.h"
#include "sha256.h"
#include "topology.h"
#include "tpm.h"

/* start.S. */
_Noreturn void stage_enter(uint64_t entry, uint64_t handed);

_Noreturn void board_off(void) {
  uint64_t level;
  register uint64_t call __asm__("x0") = 0x84000008; /* PSCI SYSTEM_OFF */
  __asm__("mrs %0, CurrentEL" : "=r"(level));
  for (;;) {
    if (level == 2 << 2) __asm__ volatile("smc #0" : "+r"(call)::"memory");
    else __asm__ volatile("hvc #0" : "+r"(call)::"memory");
  }
}

_Noreturn void stage_fault(void) { fail("the first stage cannot go on: no TPM, or no such memory"); }

static void measure(const uint8_t *file, uint64_t length) {
  uint8_t digest[SHA256_BYTES];
  char words[2 * SHA256_BYTES + 1] = {0};
  sha256(file, length, digest);
  tpm_rc code = tpm_start();
  if (!code) code = tpm_pcr_extend(MEASURED_PCR, digest);
  if (code) fail(tpm_words(code));
  for (uint32_t i = 0; i < 2 * SHA256_BYTES; i++) words[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 ? 0 : 4) & 15];
  say("measured", words, NULL);
}

/* Its segments go below the first stage, and behind what the machine keeps at the beginning of its memory. */
static void load(const struct program *program) {
  struct segment segment;
  for (uint32_t i = 0; i < program->segments; i++) {
    if (!elf_segment(program, i, &segment)) fail("an image that is cut off");
    if (segment.bytes == 0) continue;
    if (segment.address <= RAM || segment.address + segment.memory_bytes > STAGE_ADDRESS) fail("an image for another place");
    memcpy((void *)segment.address, program->file + segment.offset, segment.bytes);
  }
}

_Noreturn void stage_main(void) {
  const uint8_t *file = (const uint8_t *)IMAGE_ADDRESS;
  const uint64_t length = *(const volatile uint64_t *)IMAGE_LENGTH_ADDRESS;
  struct program program;
  if (length == 0 || length > IMAGE_ROOM) fail("no image");
  measure(file, length);
  /* What is no program in a file is started where it lies. */
  if (!elf_read(file, length, &program)) stage_enter(IMAGE_ADDRESS, MEASURED);
  load(&program);
  stage_enter(program.entry, MEASURED);
}
