/* What every domain shares with monitor, and how it ends. */
#ifndef CAISSON_DOMAIN_H
#define CAISSON_DOMAIN_H

#include "layout.h"
#include "records.h"

enum {
  /* Where every domain's program begins, for the first time and again (domain.ld). */
  DOMAIN_START = 0x200000,
  SHA256_DIGITS = 64,
  CONFIG_HEADER_BYTES = 4096,
};

/* Memory that nobody has: to name the n-th byte of it is to say that the component trapped, by which wasm_rt_trap_t. */
#define TRAPS UINT64_C(0x40000000)
enum { TRAPS_BYTES = 4096 };

/* Written by monitor, read by the domain; the configuration lies behind the header. */
struct config {
  /* 1: the configuration is there. Of no bytes: there is no such component. */
  uint32_t ready;
  uint32_t length;
  /* How often the domain was started again, and why it was the last time. */
  uint32_t restarts;
  char why[NOTICE_TEXT_BYTES];
};

/* Written by the domain, read by monitor. */
struct report {
  /* 1: it says of which module it is made. */
  uint32_t said;
  /* 1: it serves: what goes wrong from here on may go well the next time. */
  uint32_t serves;
  char sha256[SHA256_DIGITS];
  /* Why it ends itself, or what it cannot do. */
  char why[NOTICE_TEXT_BYTES];
};

/* As much of a text as fits. */
static inline void copy_text(char *to, const char *from) {
  uint32_t i = 0;
  for (; i < NOTICE_TEXT_BYTES - 1 && from[i]; i++) to[i] = from[i];
  to[i] = 0;
}

/* Ends this domain by naming memory that nobody has. */
_Noreturn static inline void name_nothing(uint64_t offset) {
  for (;;) *(volatile uint8_t *)region(TRAPS + offset) = 0;
}

#endif
