/* In `execute`'s place in a machine: when it is configured it does what the first byte of its configuration says, in the order of machine.test.ts. */
#include "component.h"

enum { PAGES = 200, INPUT = 0, CAPACITY = 8 << 20 };

static wasm_rt_memory_t own;
static const uint8_t constant[64] = {1};

__attribute__((noipa)) static void write_to(volatile uint8_t *at) { *at = 1; }
__attribute__((noipa)) static void run_at(void *at) { ((void (*)(void))at)(); }

static uint32_t deeper(volatile uint32_t depth) {
  volatile uint8_t room[4096];
  room[0] = (uint8_t)depth;
  return depth == UINT32_MAX ? 0 : deeper(depth + 1) + room[0];
}

static uint32_t init(uint32_t length) {
  uint8_t here[16] = {0};
  switch (own.data[INPUT]) {
    case 1: write_to(0); break;
    case 2: return *(volatile uint8_t *)0;
    case 3: write_to((uint8_t *)write_to); break;
    case 4: write_to((uint8_t *)constant); break;
    case 5: run_at(own.data); break;
    case 6: run_at(here); break;
    case 7: return deeper(0);
    case 8: write_to(own.data + own.size); break;
    case 9: write_to(own.data + WASM_RT_REACH); break;
  }
  (void)length;
  return 0;
}

static void instantiate(void) { wasm_rt_allocate_memory(&own, PAGES, PAGES, false, WASM_RT_PAGE_BYTES); }
static uint32_t step(uint32_t lane, uint32_t length) { return lane - lane + length - length; }
static uint32_t input(void) { return INPUT; }
static uint32_t input_capacity(void) { return CAPACITY; }
static uint32_t output(void) { return CAPACITY; }
static uint32_t state_base(void) { return 0; }
static wasm_rt_memory_t *memory(void) { return &own; }

const struct component execute_component = {
    .name = "execute",
    .sha256 = "harness",
    .memory_bytes = (uint64_t)PAGES * WASM_RT_PAGE_BYTES,
    .instantiate = instantiate,
    .init = init,
    .step = step,
    .input = input,
    .input_capacity = input_capacity,
    .output = output,
    .state_base = state_base,
    .memory = memory,
};
