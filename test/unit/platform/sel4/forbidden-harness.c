/*
 * Linked around a component (ld --wrap): it is what it was, but at its n-th frame after each boot it does what it may not. COMPONENT is its name, ACT which of
 * the acts of forbidden.test.ts.
 */
#include <microkit.h>

#include "component.h"

#define JOIN(a, b, c) a##b##c
#define NAME(a, b, c) JOIN(a, b, c)
#define TEXT(a) #a
#define STRING(a) TEXT(a)
extern const struct component NAME(__real_, COMPONENT, _component);
#define REAL NAME(__real_, COMPONENT, _component)

enum { DOMAIN_START = 0x200000 };

static uint32_t steps;

__attribute__((noipa)) static void write_to(volatile uint8_t *at) { *at = 1; }
__attribute__((noipa)) static void run_at(const void *at) { ((void (*)(void))at)(); }

__attribute__((noipa)) static uint32_t deeper(volatile uint32_t depth) {
  volatile uint8_t room[4096];
  room[0] = (uint8_t)depth;
  return depth == UINT32_MAX ? 0 : deeper(depth + 1) + room[0];
}

/* The kernel refuses a call by a capability that is not there, and faults one by a number that names none: where each was refused, the last one faults. */
static void call_all(void) {
  enum { NO_SUCH = 1 << 20 };
  for (uint32_t channel = 0; channel < MICROKIT_MAX_CHANNELS; channel++)
    if (seL4_MessageInfo_get_label(seL4_Call(BASE_ENDPOINT_CAP + channel, seL4_MessageInfo_new(0, 0, 0, 0))) == seL4_NoError) return;
  seL4_Call(NO_SUCH, seL4_MessageInfo_new(0, 0, 0, 0));
}

static void act(void) {
  switch (ACT) {
    case 0: (void)*(const volatile uint8_t *)VAULTS; break;
    case 1: write_to((uint8_t *)DOMAIN_START); break;
    case 2: call_all(); break;
    case 3: (void)*(const volatile uint32_t *)DEVICE; break;
    case 4: run_at(REAL.memory()->data); break;
    case 5: deeper(0); break;
    case 6: __asm__ volatile(".word 0"); break;
    case 7: write_to((uint8_t *)OTHERS); break;
  }
}

static void instantiate(void) { REAL.instantiate(); }
static uint32_t boot(uint32_t length) { return REAL.init(length); }
static uint32_t step(uint32_t lane, uint32_t length) {
  if (++steps == STEPS) act();
  return REAL.step(lane, length);
}
static uint32_t input(void) { return REAL.input(); }
static uint32_t input_capacity(void) { return REAL.input_capacity(); }
static uint32_t output(void) { return REAL.output(); }
static wasm_rt_memory_t *memory(void) { return REAL.memory(); }

const struct component NAME(__wrap_, COMPONENT, _component) = {
    .name = STRING(COMPONENT),
    .sha256 = SHA256,
    .memory_bytes = (uint64_t)PAGES * WASM_RT_PAGE_BYTES,
    .instantiate = instantiate,
    .init = boot,
    .step = step,
    .input = input,
    .input_capacity = input_capacity,
    .output = output,
    .memory = memory,
};
