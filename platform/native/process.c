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
#include "records.h"
#include "sandbox.h"
#include "topology.h"

#define PASTE(a, b) a##b
#define CODE(name) PASTE(name, _component)
extern const struct component CODE(COMPONENT);
static const struct component *const self = &CODE(COMPONENT);

enum { MAX_INLETS = 2 * MAX_INSTANCES + LANES };

static struct inlet inlets[MAX_INLETS];
static int inlet_fds[MAX_INLETS];
static struct pollfd waits[MAX_INLETS + 1];
static uint32_t inlet_count;
static int host_out = -1;
/* A core without a vault has no lanes to it: what is sent there is lost. */
static bool leaves[LANES];
static uint8_t config[MAX_FRAME_BYTES];
static uint32_t config_bytes;
static uint8_t *memory;
static bool memory_used;

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
  inlets[inlet_count] = (struct inlet){.lane = lane, .bytes = bytes[inlet_count]};
  inlet_fds[inlet_count] = fd;
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

/* Takes in what has come; ends the process when the sender has ended. */
static void fill(uint32_t i) {
  struct inlet *inlet = &inlets[i];
  uint32_t room = inlet_room(inlet);
  if (room == 0) return;
  ssize_t got = read(inlet_fds[i], inlet->bytes + inlet->end, room);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) end(EXIT_DONE);
  if (got > 0) inlet_came(inlet, (uint32_t)got);
}

/* Which of the inlets are waited for: those that have room. */
static void arm(uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    waits[i].fd = inlet_room(&inlets[i]) == 0 ? -1 : inlet_fds[i];
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
    fill(i);
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
      if (waits[i].revents) fill(i);
  }
}

static void tell_served(struct inlet *inlet) {
  uint8_t record[NOTICE_BYTES];
  if (inlet_from_host(inlet) && inlet->served.frames > 0) put(host_out, record, served_notice(inlet->lane, &inlet->served, record));
}

static void tell_fault(const char *why) {
  uint8_t record[NOTICE_BYTES];
  put(host_out, record, fault_notice(END_SELF, why, record));
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
  struct frame frame = inlet_frame(inlet);
  uint8_t *input = component_input(self, &capacity);
  if (frame.length <= capacity) {
    memcpy(input, frame.bytes, frame.length);
    struct outcome outcome = component_step(self, inlet->lane, frame.length);
    if (!finish(outcome)) {
      if (!restarts_alone[END_SELF]) end(EXIT_TRAP + (int)trap_of(outcome));
      boot();
      tell_fault(trap_name(trap_of(outcome)));
    }
  }
  inlet_served(inlet);
  if (inlet->served.frames >= SERVED_FRAMES) tell_served(inlet);
}

/* Private inlets come first. */
static struct inlet *next(uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (inlet_whole(&inlets[i])) return &inlets[i];
  return NULL;
}

_Noreturn static void run(void) {
  uint32_t private_count = 0;
  while (private_count < inlet_count && !inlet_from_host(&inlets[private_count])) private_count++;
  for (;;) {
    struct inlet *inlet = next(inlet_count);
    if (!inlet) {
      for (uint32_t i = private_count; i < inlet_count; i++) tell_served(&inlets[i]);
      take_in(inlet_count, true);
      continue;
    }
    /* What led the host to its frame was sent before it: it is here, or on its way into this process's pipes already. */
    while (inlet_from_host(inlet) && private_count > 0 && take_in(private_count, false)) inlet = next(inlet_count);
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
