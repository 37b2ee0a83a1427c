/* aarch64 in EL1: the Arm Architecture Reference Manual (DDI 0487), GICv2 (IHI 0048), and PSCI (DEN 0022). */
#include "board.h"

#include "layout.h"

static volatile uint32_t *word(uint64_t address) { return (volatile uint32_t *)address; }
static volatile uint8_t *byte(uint64_t address) { return (volatile uint8_t *)address; }

/* Memory attributes by number, MAIR_EL1: a device's, without gathering or reordering; memory's, write-back. */
enum { DEVICE, MEMORY };
#define ATTRIBUTES (UINT64_C(0x00) << (8 * DEVICE) | UINT64_C(0xff) << (8 * MEMORY))

/* Of a descriptor: D8.3. */
#define VALID_TABLE_OR_PAGE UINT64_C(3)
#define ATTRIBUTE(number) ((uint64_t)(number) << 2)
#define READ_ONLY (UINT64_C(1) << 7)
#define INNER_SHAREABLE (UINT64_C(3) << 8)
#define ACCESSED (UINT64_C(1) << 10)
#define NEVER_RUN (UINT64_C(3) << 53)
#define NEVER_RUN_BY_USERS (UINT64_C(1) << 54)

uint64_t board_table_entry(uintptr_t table) { return table | VALID_TABLE_OR_PAGE; }

uintptr_t board_table_of(uint64_t entry) { return entry & ~VALID_TABLE_OR_PAGE; }

uint64_t board_page_entry(uintptr_t physical, enum access access) {
  static const uint64_t entries[] = {
      [ACCESS_RUN] = ATTRIBUTE(MEMORY) | READ_ONLY | NEVER_RUN_BY_USERS,
      [ACCESS_READ] = ATTRIBUTE(MEMORY) | READ_ONLY | NEVER_RUN,
      [ACCESS_WRITE] = ATTRIBUTE(MEMORY) | NEVER_RUN,
      [ACCESS_DEVICE] = ATTRIBUTE(DEVICE) | NEVER_RUN,
  };
  return physical | VALID_TABLE_OR_PAGE | INNER_SHAREABLE | ACCESSED | entries[access];
}

void board_translate(const uint64_t *root) {
  /* TCR_EL1: 39-bit addresses in pages of 4 KiB, tables read through caches, none for upper addresses, 40-bit physical ones. */
  const uint64_t control = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | UINT64_C(2) << 32;
  /* SCTLR_EL1: translation, data cache, aligned stack, instruction cache, nothing runs that may be written. */
  const uint64_t on = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 12 | 1 << 19;
  uint64_t system;
  __asm__ volatile("msr mair_el1, %0; msr tcr_el1, %1; msr ttbr0_el1, %2; dsb sy; isb; tlbi vmalle1; dsb sy; isb" ::"r"(ATTRIBUTES), "r"(control), "r"(root)
                   : "memory");
  __asm__ volatile("mrs %0, sctlr_el1" : "=r"(system));
  __asm__ volatile("msr sctlr_el1, %0; isb" ::"r"(system | on) : "memory");
}

void board_listen(uint32_t slot) {
  enum { ENABLE = 0x100, PRIORITY = 0x400, TARGET = 0x800, MASK = 4 };
  const uint32_t interrupt = VIRTIO_INTERRUPT + slot;
  *byte(GIC_DISTRIBUTOR + PRIORITY + interrupt) = 0x80;
  *byte(GIC_DISTRIBUTOR + TARGET + interrupt) = 1;
  *word(GIC_DISTRIBUTOR + ENABLE + interrupt / 32 * 4) = UINT32_C(1) << interrupt % 32;
  *word(GIC_DISTRIBUTOR) = 1;
  *word(GIC_CPU_INTERFACE + MASK) = 0xff;
  *word(GIC_CPU_INTERFACE) = 1;
}

/* Interrupts stay masked: one that is pending ends the sleep, and is taken by hand. */
void board_wait(void (*hear)(void)) {
  enum { TAKE = 0xc, END = 0x10, NONE = 1020 };
  __asm__ volatile("dsb sy; wfi" ::: "memory");
  uint32_t taken = *word(GIC_CPU_INTERFACE + TAKE);
  hear();
  if ((taken & 1023) < NONE) *word(GIC_CPU_INTERFACE + END) = taken;
}

_Noreturn void board_off(void) {
  register uint64_t call __asm__("x0") = 0x84000008; /* PSCI SYSTEM_OFF */
  for (;;) __asm__ volatile("hvc #0" : "+r"(call)::"memory");
}
