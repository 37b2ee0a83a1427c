/*
 * What a machine's own files give the rest (aarch64/board.c and uart.c, and riscv64's). Beside them, layout.h of each says where its devices and its
 * memory are; they are those of QEMU's `virt`.
 */
#ifndef CAISSON_BOARD_H
#define CAISSON_BOARD_H

#include <stdint.h>

enum access { ACCESS_RUN, ACCESS_READ, ACCESS_WRITE, ACCESS_DEVICE };

/* A byte to the console, for people and for who started the machine. */
void board_say(char byte);

/* Entries of translation tables, of three levels of 512 entries of 8 bytes: one that leads to a table of the next level, and one of a page. */
uint64_t board_table_entry(uintptr_t table);
uintptr_t board_table_of(uint64_t entry);
uint64_t board_page_entry(uintptr_t physical, enum access access);

/* From here on addresses are those of these tables, and nothing that may be written may be run. */
void board_translate(const uint64_t *root);

/* The virtio device in this slot may end board_wait. */
void board_listen(uint32_t slot);

/* Sleeps until a device that is listened to wants something, and calls `hear` before it may want something again. */
void board_wait(void (*hear)(void));

_Noreturn void board_off(void);

/* Trust that the machine has itself; NULL: whoever runs it serves the vault. `handed`: as machine_main. */
struct own_trust;
const struct own_trust *board_trust(uint64_t handed);

/* Called by start.S, with translation off and .bss zeroed. `handed`: what was in the first register. */
_Noreturn void machine_main(uint64_t handed);

/*
 * Called by start.S on a stack of its own when an instruction could not be carried out: why, as the machine says it, where, and which address it
 * named. Returns what is run in its place, on the stack that it had.
 */
void (*machine_fault(uint64_t cause, uint64_t at, uint64_t address))(void);

#endif
