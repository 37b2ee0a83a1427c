#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "layout.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#else
#error "no seccomp architecture number is known for this machine"
#endif

void setup_failed(const char *what) {
  fprintf(stderr, "caisson: %s: %s\n", what, strerror(errno));
  _exit(EXIT_SETUP);
}

void harden(void) {
  const struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none)) setup_failed("no core dumps");
  if (prctl(PR_SET_DUMPABLE, 0)) setup_failed("no debugger");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) setup_failed("no new privileges");
}

/* Instructions of a filter that is being written. */
struct program {
  struct sock_filter code[512];
  unsigned short length;
};

static void add(struct program *program, struct sock_filter instruction) {
  if (program->length == sizeof program->code / sizeof *program->code) setup_failed("a filter that long");
  program->code[program->length++] = instruction;
}

static void load(struct program *program, size_t offset) {
  add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void give(struct program *program, unsigned verdict) {
  add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}

/* Gives the verdict when what was loaded is `value`; goes on otherwise. */
static void when(struct program *program, int value, unsigned verdict) {
  add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)value, 0, 1));
  give(program, verdict);
}

/* The call is allowed with these for its first argument. Leaves the call's number loaded when it is another call. */
static void on_descriptors(struct program *program, int call, const int *descriptors, size_t count) {
  /* Over the load, two instructions a descriptor and the kill. */
  add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, (unsigned char)(2 * count + 2)));
  load(program, offsetof(struct seccomp_data, args[0]));
  for (size_t i = 0; i < count; i++) when(program, descriptors[i], SECCOMP_RET_ALLOW);
  give(program, SECCOMP_RET_KILL_PROCESS);
}

void seal(const struct descriptors *descriptors, const int *more, size_t count) {
  static struct program program;
  load(&program, offsetof(struct seccomp_data, arch));
  add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
  give(&program, SECCOMP_RET_KILL_PROCESS);
  load(&program, offsetof(struct seccomp_data, nr));
  on_descriptors(&program, SYS_read, descriptors->read, descriptors->reads);
  on_descriptors(&program, SYS_write, descriptors->write, descriptors->writes);
  when(&program, SYS_ppoll, SECCOMP_RET_ALLOW);
  when(&program, SYS_exit_group, SECCOMP_RET_ALLOW);
  /* What the kernel does by itself when a process that was stopped goes on waiting. */
  when(&program, SYS_restart_syscall, SECCOMP_RET_ALLOW);
  for (size_t i = 0; i < count; i++) when(&program, more[i], SECCOMP_RET_ALLOW);
  give(&program, SECCOMP_RET_KILL_PROCESS);
  const struct sock_fprog filter = {.len = program.length, .filter = program.code};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) setup_failed("seccomp");
}
