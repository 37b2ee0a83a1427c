/*
 * Starts the processes of a native core and joins them as the topology says. The host starts this program, and this program makes the
 * private pipes: the host never has an end of one.
 *
 *   launch FOLDER VERIFIES EXECUTES
 *
 * FOLDER: trust's; "-" for a core without a vault, and then without trust. Its own descriptors: 0 the components' configurations, {length u32, bytes} each; 1 what it reports, in lines; 3 the
 * folder's lock, which is held until the last of them has ended; from 4 on a socket for each process with a lane of the host's, in the
 * order of the topology's components.
 *
 * When one process ends, the others are ended too: half a frame may stand in its pipes. A component that may start again alone does so
 * within its process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "component.h"
#include "layout.h"
#include "sandbox.h"
#include "topology.h"

enum {
  LOCK_FD = 3,
  FIRST_HOST_FD = 4,
  /* This program's own descriptors lie above all that processes find theirs at. */
  OWN_FDS = 512,
  MAX_PROCESSES = 2 * MAX_INSTANCES + 4,
};

struct process {
  int end;
  uint32_t instance;
  pid_t pid;
};

/* The two ends of a lane from one process to another. */
struct pipe_ends {
  int from, to;
};

static struct process processes[MAX_PROCESSES];
static uint32_t process_count;
static uint32_t instances[ENDS];
static struct pipe_ends pipes[LANES][MAX_INSTANCES];
static int host_sockets[ENDS][MAX_INSTANCES];
static int configs[COMPONENTS];
static int folder;

static int own(int fd) {
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, OWN_FDS);
  if (moved < 0) setup_failed("descriptors");
  close(fd);
  return moved;
}

static void read_fully(void *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t got = read(CONFIG_FD, (uint8_t *)bytes + at, length - at);
    if (got == 0) _exit(EXIT_DONE);
    if (got < 0) setup_failed("configurations");
    at += (size_t)got;
  }
}

static void read_configs(void) {
  static uint8_t bytes[MAX_FRAME_BYTES];
  for (uint32_t i = 0; i < COMPONENTS; i++) {
    uint32_t length;
    read_fully(&length, sizeof length);
    if (length > sizeof bytes) setup_failed("a configuration that long");
    read_fully(bytes, length);
    configs[i] = own(memfd_create("configuration", 0));
    if (write(configs[i], bytes, length) != (ssize_t)length) setup_failed("configuration");
  }
}

/* And closes what else the host had open: it is for nobody here. */
static void take_host_sockets(void) {
  unsigned next = FIRST_HOST_FD;
  for (int end = 0; end < COMPONENTS; end++)
    if (has_host_lane[end]) next += instances[end];
  if (close_range(next, ~0u, 0)) setup_failed("descriptors");
  if (instances[END_TRUST] == 0) close(LOCK_FD);
  next = FIRST_HOST_FD;
  for (int end = 0; end < COMPONENTS; end++) {
    if (!has_host_lane[end]) continue;
    for (uint32_t i = 0; i < instances[end]; i++) host_sockets[end][i] = own((int)next++);
  }
}

/* A pipe for each sender of each private lane. */
static void make_pipes(void) {
  for (uint32_t lane = 0; lane < LANES; lane++) {
    if (lanes[lane].from == END_HOST || lanes[lane].to == END_HOST || instances[lanes[lane].to] == 0) continue;
    for (uint32_t i = 0; i < instances[lanes[lane].from]; i++) {
      int ends[2];
      if (pipe(ends)) setup_failed("pipes");
      pipes[lane][i] = (struct pipe_ends){.from = own(ends[1]), .to = own(ends[0])};
    }
  }
}

static void place(int fd, int at) {
  if (dup2(fd, at) < 0) setup_failed("descriptors");
}

/* What a process is given, where it looks for it; all else is closed when it begins. */
static void place_lanes(int end, uint32_t instance) {
  for (uint32_t lane = 0; lane < LANES; lane++) {
    int from = lanes[lane].from, to = lanes[lane].to;
    if (from == end && to == END_HOST) place(host_sockets[end][instance], lane_fd(lane, 0));
    else if (to == end && from == END_HOST) place(host_sockets[end][instance], lane_fd(lane, 0));
    else if (from == end && instances[to] > 0) place(pipes[lane][instance].from, lane_fd(lane, 0));
    else if (to == end)
      for (uint32_t i = 0; i < instances[from]; i++) place(pipes[lane][i].to, lane_fd(lane, i));
  }
}

_Noreturn static void become(int end, uint32_t instance) {
  char number[12];
  signal(SIGTERM, SIG_DFL);
  /* Trust ends by itself when its vault has: it is not stopped in what it is writing. */
  if (end != END_TRUST && prctl(PR_SET_PDEATHSIG, SIGKILL)) setup_failed("end with the launcher");
  if (end == END_TRUST) place(folder, FOLDER_FD);
  else place(configs[end], CONFIG_FD);
  /* Whoever holds it holds the folder: trust is the last that does. */
  if (instances[END_TRUST] > 0 && fcntl(LOCK_FD, F_SETFD, end == END_TRUST ? 0 : FD_CLOEXEC)) setup_failed("the folder's lock");
  place_lanes(end, instance);
  snprintf(number, sizeof number, "%u", instance);
  execle(end_names[end], end_names[end], number, (char *)NULL, (char *[]){NULL});
  setup_failed(end_names[end]);
}

static void start(int end, uint32_t instance) {
  pid_t pid = fork();
  if (pid < 0) setup_failed("processes");
  if (pid == 0) become(end, instance);
  processes[process_count++] = (struct process){.end = end, .instance = instance, .pid = pid};
}

/* Everything but what it reports on and the lock. */
static void close_rest(void) {
  close(CONFIG_FD);
  close(STDERR_FILENO);
  if (close_range(FIRST_HOST_FD, ~0u, 0)) setup_failed("descriptors");
}

static void report(const char *line, int length) { (void)!write(REPORT_FD, line, (size_t)length); }

/* "fault COMPONENT why". */
static void report_end(const struct process *process, int status) {
  char line[160];
  const char *name = end_names[process->end];
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code >= EXIT_TRAP) report(line, snprintf(line, sizeof line, "fault %s %s\n", name, trap_name((wasm_rt_trap_t)(code - EXIT_TRAP))));
  else if (code >= 0) report(line, snprintf(line, sizeof line, "fault %s its process ended with code %d\n", name, code));
  else report(line, snprintf(line, sizeof line, "fault %s its process was ended by signal %d\n", name, WTERMSIG(status)));
}

static struct process *process_of(pid_t pid) {
  for (uint32_t i = 0; i < process_count; i++)
    if (processes[i].pid == pid) return &processes[i];
  return NULL;
}

/* By a signal that nothing else sends, and that none of them can refuse: their filters leave them no call to. */
static void end_all(void) {
  for (uint32_t i = 0; i < process_count; i++)
    if (processes[i].pid > 0 && processes[i].end != END_TRUST) kill(processes[i].pid, SIGTERM);
}

/*
 * Reports the one process that did not end because whoever it served had, or because it was ended here. That may be heard of after those
 * that it left without a partner.
 */
_Noreturn static void watch(void) {
  bool ending = false, reported = false;
  for (uint32_t left = process_count; left > 0;) {
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    struct process *process = process_of(pid);
    if (!process) continue;
    process->pid = 0;
    left--;
    bool expected = (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE) || (ending && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    if (!expected && !reported) report_end(process, status);
    reported |= !expected;
    if (!ending) end_all();
    ending = true;
  }
  _exit(EXIT_DONE);
}

static uint32_t count_of(const char *word) {
  char *rest;
  unsigned long count = strtoul(word, &rest, 10);
  if (*rest || count < 1 || count > MAX_INSTANCES) setup_failed("wanted: 1 to 8 instances");
  return (uint32_t)count;
}

int main(int count, char **words) {
  static const int calls[] = {SYS_wait4, SYS_kill};
  const struct descriptors descriptors = {.write = {REPORT_FD}, .writes = 1};
  if (count != 4) setup_failed("wanted: FOLDER VERIFIES EXECUTES");
  for (int end = 0; end < ENDS; end++) instances[end] = 1;
  instances[END_VERIFY] = count_of(words[2]);
  instances[END_EXECUTE] = count_of(words[3]);
  if (strcmp(words[1], "-") == 0) instances[END_VAULT] = instances[END_TRUST] = 0;
  take_host_sockets();
  if (instances[END_TRUST] > 0) {
    int opened = open(words[1], O_RDONLY | O_DIRECTORY);
    if (opened < 0) setup_failed(words[1]);
    folder = own(opened);
  }
  read_configs();
  make_pipes();
  for (int end = 0; end <= END_TRUST; end++)
    for (uint32_t i = 0; i < instances[end]; i++) start(end, i);
  close_rest();
  harden();
  seal(&descriptors, calls, sizeof calls / sizeof *calls);
  watch();
}
