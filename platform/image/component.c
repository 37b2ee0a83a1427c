#include "component.h"

/* Where a trap goes on: within a step, nothing else runs. */
static void *trap_point[5];
static volatile wasm_rt_trap_t trapped;
static const struct component *booting;

uint32_t wasm_rt_call_stack_depth;

bool wasm_rt_is_initialized(void) { return true; }

void wasm_rt_trap(wasm_rt_trap_t trap) {
  trapped = trap;
  __builtin_longjmp(trap_point, 1);
}

/* Memory has its first size for ever: the translation stage refuses modules that grow theirs. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint64_t pages, uint64_t max_pages, bool is64, uint32_t page_bytes) {
  (void)max_pages;
  (void)is64;
  memory->pages = pages;
  memory->size = pages * page_bytes;
  if (memory->size != booting->memory_bytes) __builtin_trap();
  memory->data = platform_memory(booting);
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) { (void)memory; }

enum call { BOOT, STEP };

static uint32_t call(const struct component *component, enum call what, uint32_t lane, uint32_t length) {
  return what == BOOT ? component->init(length) : component->step(lane, length);
}

/* Of its own and not inlined: what a function that a trap returns to keeps in registers would be lost. */
static __attribute__((noinline)) struct outcome run(const struct component *component, enum call what, uint32_t lane, uint32_t length) {
  struct outcome outcome = {WASM_RT_TRAP_NONE, NULL, 0};
  wasm_rt_call_stack_depth = 0;
  if (__builtin_setjmp(trap_point)) {
    outcome.trap = trapped;
    return outcome;
  }
  uint32_t sent = call(component, what, lane, length);
  uint64_t at = component->output();
  const wasm_rt_memory_t *memory = component->memory();
  if (at + sent > memory->size) wasm_rt_trap(WASM_RT_TRAP_OOB);
  outcome.records = memory->data + at;
  outcome.length = sent;
  return outcome;
}

uint8_t *component_input(const struct component *component, uint32_t *capacity) {
  const wasm_rt_memory_t *memory = component->memory();
  uint64_t at = component->input();
  *capacity = component->input_capacity();
  /* Both are constants of the module. */
  if (at + *capacity > memory->size) __builtin_trap();
  return memory->data + at;
}

void component_instantiate(const struct component *component) {
  booting = component;
  component->instantiate();
}

struct outcome component_boot(const struct component *component, const uint8_t *config, uint32_t length) {
  uint32_t capacity;
  component_instantiate(component);
  uint8_t *input = component_input(component, &capacity);
  if (length > capacity) return (struct outcome){WASM_RT_TRAP_OOB, NULL, 0};
  __builtin_memcpy(input, config, length);
  return run(component, BOOT, 0, length);
}

struct outcome component_step(const struct component *component, uint32_t lane, uint32_t length) {
  return run(component, STEP, lane, length);
}

static uint32_t u32_at(const uint8_t *at) {
  uint32_t value;
  __builtin_memcpy(&value, at, sizeof value);
  return value;
}

bool component_next(const struct outcome *outcome, uint32_t *at, struct sent *sent) {
  enum { HEADER_BYTES = 8 };
  uint32_t rest = outcome->length - *at;
  if (rest < HEADER_BYTES) return false;
  const uint8_t *record = outcome->records + *at;
  sent->lane = u32_at(record);
  sent->length = u32_at(record + 4);
  sent->bytes = record + HEADER_BYTES;
  if (sent->length > rest - HEADER_BYTES) return false;
  *at += HEADER_BYTES + sent->length;
  return true;
}
