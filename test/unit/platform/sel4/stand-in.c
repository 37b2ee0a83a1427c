#include "stand-in.h"

#include <microkit.h>
#include <signal.h>
#include <sys/mman.h>

#include "regions.h"

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

static void map(uint64_t address, uint64_t bytes) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  if (mmap(region(address), bytes, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) fail_check("memory", __LINE__);
}

int run_scenario(const char *name, const struct scenario *scenarios, uint32_t count) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, NULL);
  for (uint32_t i = 0; i < sizeof regions / sizeof *regions; i++) map(regions[i].address, regions[i].bytes);
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

/* Marsaglia, "Xorshift RNGs", 2003. */
uint64_t draw(uint64_t end) {
  static uint64_t state = 0x9e3779b97f4a7c15;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % end;
}

/* Near to what it is, near to what could be, or anything. */
static uint64_t lie(const struct stream *stream, uint64_t position) {
  switch (draw(4)) {
    case 0: return position + draw(64);
    case 1: return position - draw(64);
    case 2: return position + stream->bytes - 32 + draw(64);
    default: return draw(UINT64_MAX);
  }
}

void lie_as_writer(const struct stream *stream) {
  struct written *written = region(stream->written);
  uint8_t *bytes = (uint8_t *)written + STREAM_PAGE_BYTES;
  written->position = lie(stream, ((struct taken *)region(stream->taken))->position);
  written->waits = (uint32_t)draw(3);
  for (uint32_t i = 0, at = (uint32_t)draw(stream->bytes); i < 64; i++) bytes[(at + i) % stream->bytes] = (uint8_t)draw(256);
}

void lie_as_taker(const struct stream *stream) {
  struct taken *taken = region(stream->taken);
  taken->position = lie(stream, ((struct written *)region(stream->written))->position);
}
