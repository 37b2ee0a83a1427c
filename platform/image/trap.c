#include "component.h"

const char *trap_name(wasm_rt_trap_t trap) {
  static const char *const names[] = {
      "no trap",
      "memory access out of bounds",
      "integer overflow",
      "division by zero",
      "invalid conversion",
      "unreachable",
      "indirect call to no function of that type",
      "calls nested too deep",
  };
  return trap < sizeof names / sizeof *names ? names[trap] : "unknown trap";
}
