/* Where a TPM's registers lie (layout.h of whoever uses them), and what time it is: aarch64's generic timer (Arm Architecture Reference Manual, D12), whose physical count seL4 lets domains read. */
#include "layout.h"
#include "tis.h"

static volatile uint8_t *byte(uint32_t offset) { return (volatile uint8_t *)(TPM_REGISTERS + offset); }

uint8_t tis_read(uint32_t offset) { return *byte(offset); }

void tis_write(uint32_t offset, uint8_t value) { *byte(offset) = value; }

uint64_t tis_now_ms(void) {
  enum { MS = 1000 };
  uint64_t ticks, ticks_a_second;
  __asm__ volatile("isb; mrs %0, cntpct_el0" : "=r"(ticks));
  __asm__("mrs %0, cntfrq_el0" : "=r"(ticks_a_second));
  return ticks / (ticks_a_second / MS);
}
