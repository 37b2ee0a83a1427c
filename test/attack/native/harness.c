/*
 * One component, as wasm2c translates it, under a coverage-guided fuzzer (libFuzzer) and sanitizers. An input is a situation to start from
 * and frames one after another: {situation u8}, then {lane u8, length u16 little-endian, bytes}...
 *
 * A trap ends the process. So does a read of the input buffer behind the frame, which is poisoned, and an output record that does not lie
 * within the output.
 *
 * COMPONENT is the component's name; the file that CAISSON_STATES names holds the situations: {count u32}, then {length u32, bytes}...
 */
#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm-rt-impl.h"
#include "component.h"

#define JOIN(a, b, c) a##b##c
#define NAME(a, b, c) JOIN(a, b, c)
/* What wasm2c calls an export of the module, and its own functions. */
#define EXPORT(name) NAME(NAME(Z_, COMPONENT, Z_), name, )
#define OWN(name) NAME(NAME(Z_, COMPONENT, _), name, )

enum { FRAME_HEADER_BYTES = 3, RECORD_HEADER_BYTES = 8, LANES = 17 };

static OWN(instance_t) instance;
static uint8_t *memory;
static uint32_t input, capacity, state, state_length;
static uint8_t *states;
static uint32_t situations;

static void fail(const char *what) {
  fprintf(stderr, "caisson: %s\n", what);
  abort();
}

static uint32_t u32_at(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static void load_states(void) {
  const char *path = getenv("CAISSON_STATES");
  FILE *file = path ? fopen(path, "rb") : NULL;
  uint8_t count[4];
  if (!file || fread(count, 1, sizeof count, file) != sizeof count) fail("no file of states");
  situations = u32_at(count);
  states = malloc((size_t)situations * state_length);
  for (uint32_t i = 0; i < situations; i++) {
    uint8_t length[4];
    if (fread(length, 1, sizeof length, file) != sizeof length || u32_at(length) != state_length) fail("another build's states");
    if (fread(states + (size_t)i * state_length, 1, state_length, file) != state_length) fail("states end early");
  }
  fclose(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  wasm_rt_init();
  OWN(init_module)();
  OWN(instantiate)(&instance);
  memory = EXPORT(memory)(&instance)->data;
  input = EXPORT(input)(&instance);
  capacity = EXPORT(inputCapacity)(&instance);
  state = EXPORT(stateBase)(&instance);
  state_length = EXPORT(stateLength)(&instance);
  load_states();
  return 0;
}

static void check_records(uint32_t length) {
  const uint8_t *records = memory + EXPORT(output)(&instance);
  uint32_t at = 0;
  while (at < length) {
    if (length - at < RECORD_HEADER_BYTES) fail("half an output record");
    if (u32_at(records + at) >= LANES) fail("an output record on no lane");
    uint32_t frame = u32_at(records + at + 4);
    if (frame > length - at - RECORD_HEADER_BYTES) fail("an output record that is longer than the output");
    at += RECORD_HEADER_BYTES + frame;
  }
}

static void give(uint32_t lane, const uint8_t *frame, uint32_t length) {
  ASAN_UNPOISON_MEMORY_REGION(memory + input, capacity);
  memcpy(memory + input, frame, length);
  ASAN_POISON_MEMORY_REGION(memory + input + length, capacity - length);
  wasm_rt_trap_t trap = wasm_rt_impl_try();
  if (trap != 0) fail(wasm_rt_strerror(trap));
  check_records(EXPORT(step)(&instance, lane, length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  memcpy(memory + state, states + (size_t)(data[0] % situations) * state_length, state_length);
  for (size_t at = 1; size - at >= FRAME_HEADER_BYTES;) {
    uint32_t lane = data[at];
    uint32_t length = data[at + 1] | (uint32_t)data[at + 2] << 8;
    at += FRAME_HEADER_BYTES;
    if (length > size - at) length = size - at;
    give(lane, data + at, length);
    at += length;
  }
  return 0;
}
