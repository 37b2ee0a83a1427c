#include "translation.h"

#include <stdbool.h>
#include <string.h>

#include "board.h"
#include "console.h"
#include "layout.h"

enum {
  LEVELS = 3,
  ENTRY_BITS = 9,
  ENTRIES = 1 << ENTRY_BITS,
  PAGE_BITS = 12,
  /* For all of the memory in pages, each table of 2 MiB of it, and some for what lies apart. */
  TABLES = RAM_MIB / 2 + 32,
  /* What the machine has (machines.ts). */
  RAM_BYTES = RAM_MIB << 20,
};

/* Each leads to tables of the next level, or in the last one to a page, when its entry is not 0. */
static uint64_t tables[TABLES][ENTRIES] __attribute__((aligned(PAGE_BYTES)));
static uint32_t tables_used = 1;
/* Memory that nobody has begins here. */
static uintptr_t free_memory;

/* Addresses that the linker gives (sections.ld). */
extern uint8_t text_begin[], text_end[], rodata_end[], data_begin[], data_end[], stack_begin[], stack_end[], fault_stack_begin[], fault_stack_end[],
    image_end[];

static uint64_t *make_table(void) {
  if (tables_used == TABLES) fail("no more translation tables");
  return tables[tables_used++];
}

/* The entry of the page at `address`. Tables lie at their physical addresses. */
static uint64_t *entry_of(uintptr_t address) {
  uint64_t *table = tables[0];
  for (int level = LEVELS - 1; level > 0; level--) {
    uint64_t *entry = &table[address >> (PAGE_BITS + ENTRY_BITS * level) & (ENTRIES - 1)];
    if (*entry == 0) *entry = board_table_entry((uintptr_t)make_table());
    table = (uint64_t *)board_table_of(*entry);
  }
  return &table[address >> PAGE_BITS & (ENTRIES - 1)];
}

static void map(uintptr_t address, uintptr_t physical, uint64_t bytes, enum access access) {
  for (uint64_t at = 0; at < bytes; at += PAGE_BYTES) *entry_of(address + at) = board_page_entry(physical + at, access);
}

static void map_section(const uint8_t *begin, const uint8_t *end, enum access access) {
  map((uintptr_t)begin, (uintptr_t)begin, (uint64_t)(end - begin), access);
}

void map_machine(void) {
  static const struct {
    uint64_t at, bytes;
  } devices[] = {DEVICES};
  map_section(text_begin, text_end, ACCESS_RUN);
  map_section(text_end, rodata_end, ACCESS_READ);
  map_section(data_begin, data_end, ACCESS_WRITE);
  map_section(stack_begin, stack_end, ACCESS_WRITE);
  map_section(fault_stack_begin, fault_stack_end, ACCESS_WRITE);
  for (uint32_t i = 0; i < sizeof devices / sizeof *devices; i++) map(devices[i].at, devices[i].at, devices[i].bytes, ACCESS_DEVICE);
  free_memory = (uintptr_t)image_end;
}

void map_memory(uintptr_t address, uint64_t bytes) {
  if (bytes > RAM + RAM_BYTES - free_memory) fail("no more memory");
  map(address, free_memory, bytes, ACCESS_WRITE);
  free_memory += bytes;
}

void translate(void) { board_translate(tables[0]); }

static bool is_zero(const uint8_t *page) {
  const uint64_t *words = (const uint64_t *)page;
  uint64_t any = 0;
  for (uint32_t i = 0; i < PAGE_BYTES / sizeof *words; i++) any |= words[i];
  return any == 0;
}

void clear(uint8_t *memory, uint64_t bytes) {
  for (uint64_t at = 0; at < bytes; at += PAGE_BYTES)
    if (!is_zero(memory + at)) memset(memory + at, 0, PAGE_BYTES);
}
