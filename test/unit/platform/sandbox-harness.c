/* A sealed process that may read from 3 and write to 4, and what it tries: for the test of sandbox.c. */
#define _GNU_SOURCE
#include "sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static char byte[1];

static void nothing(void) {}
static void read_own(void) { (void)!read(3, byte, 1); }
static void write_own(void) { (void)!write(4, byte, 1); }
static void wait_own(void) {
  struct pollfd own = {.fd = 3, .events = POLLIN};
  syscall(SYS_ppoll, &own, 1, NULL, NULL, 0);
}
static void read_other(void) { (void)!read(0, byte, 1); }
static void write_other(void) { (void)!write(1, byte, 1); }
static void write_own_source(void) { (void)!write(3, byte, 1); }
static void open_file(void) { (void)!open("/etc/passwd", O_RDONLY); }
static void call_out(void) { socket(AF_INET, SOCK_STREAM, 0); }
static void start_process(void) { fork(); }
static void end_other(void) { kill(getppid(), SIGTERM); }
static void make_code(void) { mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
static void copy_descriptor(void) { dup2(0, 3); }

static void (*const acts[])(void) = {nothing,    read_own,  write_own, wait_own,      read_other, write_other, write_own_source,
                                     open_file,  call_out,  start_process, end_other, make_code,  copy_descriptor};

int main(int count, char **words) {
  const struct descriptors own = {.read = {3}, .reads = 1, .write = {4}, .writes = 1};
  if (count != 2) return 1;
  void (*act)(void) = acts[atoi(words[1])];
  harden();
  seal(&own, NULL, 0);
  act();
  syscall(SYS_exit_group, 0);
}
