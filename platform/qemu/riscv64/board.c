/* riscv64 in supervisor mode: the RISC-V privileged specification 1.12, its PLIC 1.0, and the SBI 1.0 (OpenSBI). */
#include "board.h"

#include <stddef.h>

#include "layout.h"
#include "own-trust.h"

static volatile uint32_t *word(uint64_t address) { return (volatile uint32_t *)address; }

/* Of an entry: 4.4. The number of a page lies two bits lower than its address. */
enum { VALID = 1 << 0, READ = 1 << 1, WRITE = 1 << 2, RUN = 1 << 3, GLOBAL = 1 << 5, ACCESSED = 1 << 6, DIRTY = 1 << 7 };
enum { PAGE_BITS = 12, NUMBER_BITS = 10 };

static uint64_t number_of(uintptr_t address) { return (uint64_t)address >> PAGE_BITS << NUMBER_BITS; }

uint64_t board_table_entry(uintptr_t table) { return number_of(table) | VALID; }

uintptr_t board_table_of(uint64_t entry) { return entry >> NUMBER_BITS << PAGE_BITS; }

uint64_t board_page_entry(uintptr_t physical, enum access access) {
  static const uint64_t entries[] = {
      [ACCESS_RUN] = RUN | READ,
      [ACCESS_READ] = READ,
      [ACCESS_WRITE] = READ | WRITE | DIRTY,
      [ACCESS_DEVICE] = READ | WRITE | DIRTY,
  };
  return number_of(physical) | VALID | GLOBAL | ACCESSED | entries[access];
}

void board_translate(const uint64_t *root) {
  const uint64_t sv39 = UINT64_C(8) << 60 | (uintptr_t)root >> PAGE_BITS;
  __asm__ volatile("sfence.vma; csrw satp, %0; sfence.vma" ::"r"(sv39) : "memory");
}

void board_listen(uint32_t slot) {
  enum { EXTERNAL = 1 << 9 };
  const uint32_t interrupt = VIRTIO_INTERRUPT + slot;
  *word(PLIC + 4 * interrupt) = 1; /* its priority: above the threshold */
  *word(PLIC_ENABLE) = UINT32_C(1) << interrupt;
  *word(PLIC_CONTEXT) = 0;
  __asm__ volatile("csrs sie, %0" ::"r"(EXTERNAL));
}

/* Interrupts stay masked: one that is pending ends the sleep, and is taken by hand. */
void board_wait(void (*hear)(void)) {
  enum { CLAIM = 4 };
  __asm__ volatile("fence iorw, iorw; wfi" ::: "memory");
  uint32_t taken = *word(PLIC_CONTEXT + CLAIM);
  hear();
  if (taken) *word(PLIC_CONTEXT + CLAIM) = taken;
}

const struct own_trust *board_trust(uint64_t handed) {
  (void)handed; /* a processor's number */
  return NULL;
}

_Noreturn void board_off(void) {
  register uint64_t type __asm__("a0") = 0; /* shutdown */
  register uint64_t reason __asm__("a1") = 0;
  register uint64_t function __asm__("a6") = 0;
  register uint64_t extension __asm__("a7") = 0x53525354; /* "SRST": SBI 10 */
  for (;;) __asm__ volatile("ecall" : "+r"(type), "+r"(reason) : "r"(function), "r"(extension) : "memory");
}
