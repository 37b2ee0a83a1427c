/* An NS16550A. */
#include "board.h"

#include "layout.h"

static volatile uint8_t *byte(uint32_t offset) { return (volatile uint8_t *)(UART + offset); }

void board_say(char said) {
  enum { DATA = 0, LINE_STATUS = 5, TRANSMIT_EMPTY = 1 << 5 };
  while (!(*byte(LINE_STATUS) & TRANSMIT_EMPTY)) continue;
  *byte(DATA) = (uint8_t)said;
}
