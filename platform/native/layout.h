/* Where the processes of the native platform find what they are given. */
#ifndef CAISSON_LAYOUT_H
#define CAISSON_LAYOUT_H

#include <stdint.h>

enum {
  /* The configuration frame of a component, in a file without a name. */
  CONFIG_FD = 0,
  /* Lines of text for the host: hashes when a process starts, what trust is troubled by, faults. */
  REPORT_FD = 1,
  /* Of trust: the folder that it keeps what it keeps in. */
  FOLDER_FD = 2,
  /* From here on the lanes, each by its number; those of several senders of one lane lie a stride apart. */
  LANES_FD = 16,
  LANE_STRIDE = 32,
  /* Processes of one component. */
  MAX_INSTANCES = 8,
};

static inline int lane_fd(uint32_t lane, uint32_t instance) { return (int)(LANES_FD + LANE_STRIDE * instance + lane); }

/* Exit codes of a process. */
enum {
  /* Whoever it served has ended. */
  EXIT_DONE = 0,
  /* It could not be set up; it said why. */
  EXIT_SETUP = 2,
  /* It broke a rule of the machine's outside its component's memory: a mistake in this program. */
  EXIT_CRASH = 3,
  /* Its component trapped, by which wasm_rt_trap_t: this plus that. */
  EXIT_TRAP = 64,
};

#endif
