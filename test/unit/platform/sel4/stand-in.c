#include "stand-in.h"

#include <microkit.h>
#include <signal.h>
#include <sys/mman.h>

struct stand_in stand_in;
sigjmp_buf after_fault;
uint64_t named;

_Noreturn void fail_check(const char *what, int line) {
  fprintf(stderr, "line %d: %s\n", line, what);
  exit(1);
}

static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)context;
  named = (uintptr_t)info->si_addr - (uintptr_t)region(0);
  siglongjmp(after_fault, 1);
}

/* Regions that are shared, and a component's memory, are as system.ts has them; nothing else is there. */
static void map(uint64_t address, uint64_t bytes) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  if (mmap(region(address), bytes, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) fail_check("memory", __LINE__);
}

int run_scenario(const char *name, const struct scenario *scenarios, uint32_t count) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, NULL);
  map(UINT64_C(0x100000000), UINT64_C(0x60000000));
  map(UINT64_C(0x800000000), 4 * 65536);
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(scenarios[i].name, name)) continue;
    scenarios[i].run();
    return 0;
  }
  return 2;
}

uint8_t *make_record(uint32_t lane, uint32_t length, uint8_t value) {
  uint8_t *record = malloc(RECORD_HEADER_BYTES + length);
  const uint32_t header[] = {lane, length};
  memcpy(record, header, sizeof header);
  memset(record + sizeof header, value, length);
  return record;
}
