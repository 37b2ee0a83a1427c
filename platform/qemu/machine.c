/*
 * A machine that is one core: its components' code, their memories, their lanes. Nothing but the components' own code keeps them apart here: an
 * access of one can reach only its own memory, since there is nothing else where its addresses can lead.
 */
#include <stddef.h>

#include "actors.h"
#include "board.h"
#include "component.h"
#include "console.h"
#include "own-trust.h"
#include "records.h"
#include "serial.h"
#include "translation.h"

#define DECLARE(name) extern const struct component name##_component;
#define LIST(name) &name##_component,
FOR_EACH_COMPONENT(DECLARE)
static const struct component *const components[COMPONENTS] = {FOR_EACH_COMPONENT(LIST)};

/* Where their memories begin, each with nothing behind it as far as an access can reach. */
#define FIRST_MEMORY UINT64_C(0x400000000)
#define MEMORY_STRIDE UINT64_C(0x400000000)
_Static_assert(MEMORY_STRIDE >= WASM_RT_REACH, "an access reaches another component's memory");

static uint8_t configs[COMPONENTS][MAX_FRAME_BYTES] __attribute__((section(".bss.buffers")));

static uint8_t *memory_of(uint32_t end) { return (uint8_t *)(FIRST_MEMORY + end * MEMORY_STRIDE); }

static void out_of_bounds(void) { wasm_rt_trap(WASM_RT_TRAP_OOB); }

static void write_hex(char *text, uint64_t number) {
  enum { DIGITS = 16 };
  for (int i = 0; i < DIGITS; i++) text[i] = "0123456789abcdef"[number >> 4 * (DIGITS - 1 - i) & 15];
  text[DIGITS] = 0;
}

/* What cannot be run has no data to reach: then both addresses are the same. */
void (*machine_fault(uint64_t cause, uint64_t at, uint64_t address))(void) {
  char words[3][17];
  if (address != at && actor_reaches(address)) return out_of_bounds;
  write_hex(words[0], cause);
  write_hex(words[1], at);
  write_hex(words[2], address);
  say("fault", "machine", "cause", words[0], "at", words[1], "address", words[2], NULL);
  board_off();
}

static void read_all(uint8_t *to, uint32_t length) {
  for (uint32_t at = 0; at < length;) {
    uint32_t got = serial_read(RUNNER_PORT, to + at, length - at);
    if (got == 0) board_wait(serial_event);
    at += got;
  }
}

void serial_found(uint32_t slot) { board_listen(slot); }
_Noreturn void serial_broken(const char *why) { fail(why); }
_Noreturn void serial_closed(void) { board_off(); }

/* Its configuration, {length u32, bytes}; of no bytes: there is no such component. */
static void add(uint32_t end) {
  uint32_t length;
  read_all((uint8_t *)&length, sizeof length);
  if (length > sizeof configs[end]) fail("a configuration that long");
  read_all(configs[end], length);
  if (length == 0) return;
  say("hash", components[end]->name, "0", components[end]->sha256, NULL);
  actor_add(end, components[end], memory_of(end), configs[end], length);
}

_Noreturn void machine_main(uint64_t handed) {
  map_machine();
  for (uint32_t end = 0; end < COMPONENTS; end++) map_memory((uintptr_t)memory_of(end), components[end]->memory_bytes);
  translate();
  serial_start();
  for (uint32_t end = 0; end < COMPONENTS; end++) add(end);
  own_trust_use(board_trust(handed));
  actors_run();
}
