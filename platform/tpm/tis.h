/*
 * A TPM behind its registers: the FIFO interface, locality 0 (TCG PC Client Platform TPM Profile 1.05, section 6.5, "PTP" below). One command at a time,
 * and nobody else drives it.
 */
#ifndef CAISSON_TIS_H
#define CAISSON_TIS_H

#include <stdint.h>

#include "tpm.h"

/* Registers of locality 0 that are used, by their offsets (PTP table 19), and bits in them (tables 20 and 21). */
enum {
  TIS_ACCESS = 0x00,
  TIS_STATUS = 0x18,
  TIS_BURST_LOW = 0x19,
  TIS_BURST_HIGH = 0x1a,
  TIS_FIFO = 0x24,

  TIS_ACCESS_VALID = 1 << 7,
  TIS_ACCESS_ACTIVE = 1 << 5,
  TIS_ACCESS_REQUEST = 1 << 1,

  TIS_VALID = 1 << 7,
  TIS_READY = 1 << 6,
  TIS_GO = 1 << 5,
  TIS_AVAILABLE = 1 << 4,
  TIS_EXPECT = 1 << 3,
};

/* Given by whoever uses it. The clock never goes back. */
uint8_t tis_read(uint32_t offset);
void tis_write(uint32_t offset, uint8_t value);
uint64_t tis_now_ms(void);

#endif
