/*
 * Makes a `struct component` of a translated module. Compiled once for each component, with COMPONENT, its name; COMPONENT_HEADER, the
 * header that wasm2c wrote, and COMPONENT_SHA256, the hash of its module, as strings; and COMPONENT_PAGES, the pages of its memory.
 */
#include "component.h"
#include COMPONENT_HEADER

#define JOIN(a, b, c) a##b##c
#define NAME(a, b, c) JOIN(a, b, c)
#define TEXT(a) #a
#define STRING(a) TEXT(a)
#define EXPORT(name) NAME(w2c_, COMPONENT, _##name)

static NAME(w2c_, COMPONENT, ) instance;

static void instantiate(void) { NAME(wasm2c_, COMPONENT, _instantiate)(&instance); }
static uint32_t init(uint32_t length) { return EXPORT(init)(&instance, length); }
static uint32_t step(uint32_t lane, uint32_t length) { return EXPORT(step)(&instance, lane, length); }
static uint32_t input(void) { return EXPORT(input)(&instance); }
static uint32_t input_capacity(void) { return EXPORT(inputCapacity)(&instance); }
static uint32_t output(void) { return EXPORT(output)(&instance); }
static uint32_t state_base(void) { return EXPORT(stateBase)(&instance); }
static wasm_rt_memory_t *memory(void) { return EXPORT(memory)(&instance); }

/* What the image says of itself to those who read it (image.ts); its end is the hash. */
static const char label[] = "caisson component " STRING(COMPONENT) " " COMPONENT_SHA256;
#define SHA256 (label + sizeof label - sizeof COMPONENT_SHA256)

const struct component NAME(COMPONENT, _component, ) = {
    .name = STRING(COMPONENT),
    .sha256 = SHA256,
    .memory_bytes = (uint64_t)COMPONENT_PAGES * WASM_RT_PAGE_BYTES,
    .instantiate = instantiate,
    .init = init,
    .step = step,
    .input = input,
    .input_capacity = input_capacity,
    .output = output,
    .state_base = state_base,
    .memory = memory,
};
