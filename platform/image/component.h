/*
 * One component in C: frames in, records of frames out (the buffer contract is core/lib/frame.ts). The same on every platform that runs
 * translated components. An image has one instance of each component that is linked into it.
 */
#ifndef CAISSON_COMPONENT_H
#define CAISSON_COMPONENT_H

#include "wasm-rt.h"

/* A component's translated module; component-code.c makes one of it. */
struct component {
  const char *name;
  /* SHA-256 of the WebAssembly module that this is the translation of, hex. */
  const char *sha256;
  /* What its instance has, from its start to its end. */
  uint64_t memory_bytes;
  void (*instantiate)(void);
  uint32_t (*init)(uint32_t length);
  uint32_t (*step)(uint32_t lane, uint32_t length);
  uint32_t (*input)(void);
  uint32_t (*input_capacity)(void);
  uint32_t (*output)(void);
  /* Where what outlives a step begins: for those who put a component into a situation. */
  uint32_t (*state_base)(void);
  wasm_rt_memory_t *(*memory)(void);
};

/* What a step came to. */
struct outcome {
  /* WASM_RT_TRAP_NONE, or why the component trapped: its memory is not to be used again. */
  wasm_rt_trap_t trap;
  /* Records of {lane u32, length u32, frame}, in the component's own memory: valid until its next step. */
  const uint8_t *records;
  uint32_t length;
};

/* A frame that a component sent. */
struct sent {
  uint32_t lane;
  uint32_t length;
  const uint8_t *bytes;
};

/* Fresh memory, as the module begins with it; no step may come before a boot. */
void component_instantiate(const struct component *component);

/* Begins anew: fresh memory, and the configuration frame. */
struct outcome component_boot(const struct component *component, const uint8_t *config, uint32_t length);

/* Where the next frame goes, and how long it may be. */
uint8_t *component_input(const struct component *component, uint32_t *capacity);

/* Hands over the frame of `length` bytes that lies at component_input. */
struct outcome component_step(const struct component *component, uint32_t lane, uint32_t length);

/*
 * The record at `*at` of an outcome; moves `*at` behind it. False at the end, and when what is there is no record within the outcome:
 * a component's output is believed no more than any other input.
 */
bool component_next(const struct outcome *outcome, uint32_t *at, struct sent *sent);

/* A word for people. */
const char *trap_name(wasm_rt_trap_t trap);

/* Given by the platform: zeroed memory of memory_bytes for the component's instance; asked for at each boot. */
uint8_t *platform_memory(const struct component *component);

#endif
