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
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component.h"
#include "topology.h"

#define PASTE(a, b) a##b
#define CODE(name) PASTE(name, _component)
extern const struct component CODE(COMPONENT);
static const struct component *const component = &CODE(COMPONENT);

enum { FRAME_HEADER_BYTES = 3 };

static uint8_t *input, *state;
static uint32_t capacity;
/* All that a component keeps, in each of the situations; how much that is depends on how it is configured. */
static struct {
  uint32_t length;
  uint8_t *bytes;
} situations[256];
static uint32_t situation_count;

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
  situation_count = u32_at(count);
  if (situation_count == 0 || situation_count > sizeof situations / sizeof *situations) fail("no such number of states");
  for (uint32_t i = 0; i < situation_count; i++) {
    uint8_t length[4];
    if (fread(length, 1, sizeof length, file) != sizeof length) fail("states end early");
    situations[i].length = u32_at(length);
    if (situations[i].length > component->memory_bytes - component->state_base()) fail("another build's states");
    situations[i].bytes = malloc(situations[i].length);
    if (fread(situations[i].bytes, 1, situations[i].length, file) != situations[i].length) fail("states end early");
  }
  fclose(file);
}

uint8_t *platform_memory(const struct component *of) {
  static uint8_t *memory;
  if (!memory) memory = malloc(of->memory_bytes);
  return memset(memory, 0, of->memory_bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  component_instantiate(component); /* a situation is all of a component's state */
  input = component_input(component, &capacity);
  state = component->memory()->data + component->state_base();
  load_states();
  return 0;
}

static void check_records(const struct outcome *outcome) {
  struct sent sent;
  uint32_t at = 0;
  while (component_next(outcome, &at, &sent))
    if (sent.lane >= LANES) fail("an output record on no lane");
  if (at != outcome->length) fail("an output record that is longer than the output, or half of one");
}

static void give(uint32_t lane, const uint8_t *frame, uint32_t length) {
  ASAN_UNPOISON_MEMORY_REGION(input, capacity);
  memcpy(input, frame, length);
  ASAN_POISON_MEMORY_REGION(input + length, capacity - length);
  struct outcome outcome = component_step(component, lane, length);
  if (outcome.trap != WASM_RT_TRAP_NONE) fail(trap_name(outcome.trap));
  check_records(&outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  uint32_t situation = data[0] % situation_count;
  memcpy(state, situations[situation].bytes, situations[situation].length);
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
