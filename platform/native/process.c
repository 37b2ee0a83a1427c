/*
 * A process with one instance of one component, on its lanes. Private lanes are served first, so that what the host does upon an answer
 * finds what came with it. COMPONENT is its name, END_SELF its end in topology.h.
 *
 * Nothing here blocks on a frame that has come in half, and whoever waits to write takes in what comes meanwhile: so no two processes
 * wait for each other, and a lane that is not served stops its own sender alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "component.h"
#include "layout.h"
#include "sandbox.h"
#include "topology.h"

#define PASTE(a, b) a##b
#define CODE(name) PASTE(name, _component)
extern const struct component CODE(COMPONENT);
static const struct component *const self = &CODE(COMPONENT);

/* A lane that comes in, and what has come of it. */
struct inlet {
  int fd;
  uint32_t lane;
  bool from_host;
  uint8_t *bytes;
  uint32_t begin, end;
  /* Bytes still to come of a frame that is longer than any component takes: it is dropped. */
  uint64_t skip;
};

enum {
  MAX_INLETS = 2 * MAX_INSTANCES + LANES,
  INLET_BYTES = RECORD_HEADER_BYTES + MAX_FRAME_BYTES + 65536,
  /* Frames after which their sender hears that they are served, if it is not told earlier because none is waiting. */
  SERVED_FRAMES = 64,
};

static struct inlet inlets[MAX_INLETS];
static struct pollfd waits[MAX_INLETS + 1];
static uint32_t inlet_count;
static int host_out = -1;
/* A core without a vault has no lanes to it: what is sent there is lost. */
static bool leaves[LANES];
static uint8_t config[MAX_FRAME_BYTES];
static uint32_t config_bytes;
static uint8_t *memory;
static bool memory_used;
static uint32_t served_lane, served_frames, served_bytes;

_Noreturn static void end(int code) {
  syscall(SYS_exit_group, code);
  __builtin_unreachable();
}

uint8_t *platform_memory(const struct component *component) {
  if (memory_used) memset(memory, 0, component->memory_bytes);
  memory_used = true;
  return memory;
}

/* Exactly the component's memory, and behind it nothing as far as an access can reach. */
static void reserve_memory(void) {
  void *at = mmap(NULL, WASM_RT_REACH, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED || mprotect(at, self->memory_bytes, PROT_READ | PROT_WRITE)) setup_failed("memory");
  memory = at;
}

static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)context;
  uintptr_t offset = (uintptr_t)info->si_addr - (uintptr_t)memory;
  if (offset < WASM_RT_REACH) wasm_rt_trap(WASM_RT_TRAP_OOB);
  end(EXIT_CRASH);
}

static void catch_faults(void) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  if (sigaction(SIGSEGV, &action, NULL) || sigaction(SIGBUS, &action, NULL)) setup_failed("sigaction");
  signal(SIGPIPE, SIG_IGN);
}

static void read_config(void) {
  struct stat file;
  if (fstat(CONFIG_FD, &file) || file.st_size > (off_t)sizeof config) setup_failed("configuration");
  while (config_bytes < (uint32_t)file.st_size) {
    ssize_t got = pread(CONFIG_FD, config + config_bytes, (size_t)file.st_size - config_bytes, config_bytes);
    if (got <= 0) setup_failed("configuration");
    config_bytes += (uint32_t)got;
  }
}

static void add_inlet(uint32_t lane, int fd) {
  static uint8_t bytes[MAX_INLETS][INLET_BYTES];
  struct inlet *inlet = &inlets[inlet_count];
  *inlet = (struct inlet){.fd = fd, .lane = lane, .from_host = lanes[lane].from == END_HOST, .bytes = bytes[inlet_count]};
  waits[inlet_count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* Those of this component that it was given, private ones first. */
static void find_lanes(struct descriptors *descriptors) {
  for (uint32_t host = 0; host < 2; host++) {
    for (uint32_t lane = 0; lane < LANES; lane++) {
      if (lanes[lane].to != END_SELF || (lanes[lane].from == END_HOST) != host) continue;
      for (uint32_t instance = 0; instance < MAX_INSTANCES; instance++) {
        int fd = lane_fd(lane, instance);
        if (fcntl(fd, F_GETFD) < 0) continue;
        add_inlet(lane, fd);
        descriptors->read[descriptors->reads++] = fd;
      }
    }
  }
  for (uint32_t lane = 0; lane < LANES; lane++) {
    int fd = lane_fd(lane, 0);
    if (lanes[lane].from != END_SELF) continue;
    leaves[lane] = fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
    if (!leaves[lane]) continue;
    if (lanes[lane].to == END_HOST) host_out = fd;
    descriptors->write[descriptors->writes++] = fd;
  }
}

static void wait_for(struct pollfd *descriptors, uint32_t count, bool block) {
  const struct timespec none = {0, 0};
  while (syscall(SYS_ppoll, descriptors, count, block ? NULL : &none, NULL, 0) < 0)
    if (errno != EINTR) end(EXIT_SETUP);
}

static uint32_t u32_at(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static void drop(struct inlet *inlet) {
  uint32_t here = inlet->end - inlet->begin;
  uint32_t dropped = inlet->skip < here ? (uint32_t)inlet->skip : here;
  inlet->begin += dropped;
  inlet->skip -= dropped;
}

static void note_served(const struct inlet *inlet, uint32_t bytes) {
  if (!inlet->from_host) return;
  served_lane = inlet->lane;
  served_frames++;
  served_bytes += bytes;
}

/* True when a whole record lies at the beginning. Forgets one that is too long. */
static bool is_whole(struct inlet *inlet) {
  for (;;) {
    drop(inlet);
    if (inlet->end - inlet->begin < RECORD_HEADER_BYTES) return false;
    uint32_t length = u32_at(inlet->bytes + inlet->begin + 4);
    if (length <= MAX_FRAME_BYTES) return inlet->end - inlet->begin - RECORD_HEADER_BYTES >= length;
    note_served(inlet, length);
    inlet->begin += RECORD_HEADER_BYTES;
    inlet->skip = length;
  }
}

/* Takes in what has come; ends the process when the sender has ended. */
static void fill(struct inlet *inlet) {
  if (inlet->begin == inlet->end) inlet->begin = inlet->end = 0;
  if (inlet->end == INLET_BYTES) {
    if (inlet->begin == 0) return;
    memmove(inlet->bytes, inlet->bytes + inlet->begin, inlet->end - inlet->begin);
    inlet->end -= inlet->begin;
    inlet->begin = 0;
  }
  ssize_t got = read(inlet->fd, inlet->bytes + inlet->end, INLET_BYTES - inlet->end);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) end(EXIT_DONE);
  if (got > 0) inlet->end += (uint32_t)got;
  drop(inlet);
}

/* Which of the inlets are waited for: those that have room. */
static void arm(uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    bool full = inlets[i].begin == 0 && inlets[i].end == INLET_BYTES;
    waits[i].fd = full ? -1 : inlets[i].fd;
    waits[i].revents = 0;
  }
}

/* Takes in what has come on the first `count` inlets. True when anything had. */
static bool take_in(uint32_t count, bool block) {
  bool any = false;
  arm(count);
  wait_for(waits, count, block);
  for (uint32_t i = 0; i < count; i++) {
    if (!waits[i].revents) continue;
    fill(&inlets[i]);
    any = true;
  }
  return any;
}

/* Writes all of it, taking in what comes while the receiver has no room. */
static void put(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written > 0) {
      bytes += written;
      length -= (size_t)written;
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) end(EXIT_DONE);
    arm(inlet_count);
    waits[inlet_count] = (struct pollfd){.fd = fd, .events = POLLOUT};
    wait_for(waits, inlet_count + 1, true);
    for (uint32_t i = 0; i < inlet_count; i++)
      if (waits[i].revents) fill(&inlets[i]);
  }
}

/* A record of the platform's own: `about` and up to 64 bytes. */
static void tell_host(uint32_t kind, uint32_t about, const void *bytes, size_t length) {
  uint8_t record[RECORD_HEADER_BYTES + 4 + 64];
  if (length > 64) length = 64;
  const uint32_t head[] = {kind, (uint32_t)(4 + length), about};
  memcpy(record, head, sizeof head);
  memcpy(record + sizeof head, bytes, length);
  put(host_out, record, sizeof head + length);
}

static void tell_served(void) {
  if (served_frames == 0) return;
  const uint32_t load[] = {served_frames, served_bytes};
  served_frames = served_bytes = 0;
  tell_host(RECORD_SERVED, served_lane, load, sizeof load);
}

/* False when what the component left is not a row of records. Its frames go out only on lanes that leave it: it cannot speak as another. */
static bool send_all(const struct outcome *outcome, bool to_host) {
  struct sent sent;
  uint32_t at = 0;
  while (component_next(outcome, &at, &sent)) {
    if (sent.lane >= LANES || !leaves[sent.lane]) continue;
    if ((lanes[sent.lane].to == END_HOST) == to_host)
      put(lane_fd(sent.lane, 0), sent.bytes - RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + (size_t)sent.length);
  }
  return at == outcome->length;
}

static bool finish(struct outcome outcome) {
  return outcome.trap == WASM_RT_TRAP_NONE && send_all(&outcome, false) && send_all(&outcome, true);
}

static wasm_rt_trap_t trap_of(struct outcome outcome) {
  return outcome.trap == WASM_RT_TRAP_NONE ? WASM_RT_TRAP_OOB : outcome.trap;
}

/* A trap on the configuration is not gone after another boot. */
static void boot(void) {
  struct outcome outcome = component_boot(self, config, config_bytes);
  if (!finish(outcome)) end(EXIT_TRAP + (int)trap_of(outcome));
}

static void serve(struct inlet *inlet) {
  uint32_t capacity;
  uint32_t length = u32_at(inlet->bytes + inlet->begin + 4);
  uint8_t *input = component_input(self, &capacity);
  if (length <= capacity) {
    memcpy(input, inlet->bytes + inlet->begin + RECORD_HEADER_BYTES, length);
    struct outcome outcome = component_step(self, inlet->lane, length);
    if (!finish(outcome)) {
      if (!restarts_alone[END_SELF]) end(EXIT_TRAP + (int)trap_of(outcome));
      const char *why = trap_name(trap_of(outcome));
      boot();
      tell_host(RECORD_FAULT, END_SELF, why, strlen(why));
    }
  }
  inlet->begin += RECORD_HEADER_BYTES + length;
  note_served(inlet, length);
  if (served_frames >= SERVED_FRAMES) tell_served();
}

/* Private inlets come first. */
static struct inlet *next(uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (is_whole(&inlets[i])) return &inlets[i];
  return NULL;
}

_Noreturn static void run(void) {
  uint32_t private_count = 0;
  while (private_count < inlet_count && !inlets[private_count].from_host) private_count++;
  for (;;) {
    struct inlet *inlet = next(inlet_count);
    if (!inlet) {
      tell_served();
      take_in(inlet_count, true);
      continue;
    }
    /* What led the host to its frame was sent before it: it is here, or on its way into this process's pipes already. */
    while (inlet->from_host && private_count > 0 && take_in(private_count, false)) inlet = next(inlet_count);
    serve(inlet);
  }
}

int main(int count, char **words) {
  struct descriptors descriptors = {.reads = 0};
  harden();
  read_config();
  find_lanes(&descriptors);
  catch_faults();
  reserve_memory();
  dprintf(REPORT_FD, "hash %s %s %s\n", self->name, count > 1 ? words[1] : "0", self->sha256);
  close(CONFIG_FD);
  close(REPORT_FD);
  close(STDERR_FILENO);
  seal(&descriptors, NULL, 0);
  boot();
  run();
}
