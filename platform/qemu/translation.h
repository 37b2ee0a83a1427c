/* Which addresses mean anything, and what may be done there. Whatever is not named here is not mapped, 0 among it. */
#ifndef CAISSON_TRANSLATION_H
#define CAISSON_TRANSLATION_H

#include <stddef.h>
#include <stdint.h>

enum { PAGE_BYTES = 4096 };

/* The image's own sections and the devices, at their physical addresses. Memory behind the image is taken from here on by map_memory. */
void map_machine(void);

/* So many bytes of memory that nobody has, to be read and written at `address`; both in whole pages. */
void map_memory(uintptr_t address, uint64_t bytes);

/* From here on it is so. */
void translate(void);

/* Zeroes memory; what is zero already is not written, since an emulator would have to provide it. */
void clear(uint8_t *memory, uint64_t bytes);

#endif
