/* PL011 (DDI 0183). */
#include "board.h"

#include "layout.h"

static volatile uint32_t *word(uint32_t offset) { return (volatile uint32_t *)(UART + offset); }

void board_say(char byte) {
  enum { DATA = 0, FLAGS = 0x18, TRANSMIT_FULL = 1 << 5 };
  while (*word(FLAGS) & TRANSMIT_FULL) continue;
  *word(DATA) = (uint8_t)byte;
}
