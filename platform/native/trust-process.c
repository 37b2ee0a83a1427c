/*
 * The process that serves the vault of a native core, and nobody else: entropy of the operating system, files in one folder. Only it and
 * the vault ever have the key. Its files are those of file-trust.ts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "layout.h"
#include "records.h"
#include "sandbox.h"
#include "topology.h"
#include "trust.h"

enum { FROM_VAULT = LANES_FD + LANE_VAULT_TO_TRUST, TO_VAULT = LANES_FD + LANE_TRUST_TO_VAULT };
/* Read and written by the owner alone: the state holds a signing key. */
enum { FILE_MODE = 0600 };

_Noreturn static void end(int code) {
  syscall(SYS_exit_group, code);
  __builtin_unreachable();
}

/* One line for operators. */
static void trouble(const char *name, const char *what) {
  char line[256];
  int length = snprintf(line, sizeof line, "trouble %s: %s\n", name, what);
  if (length >= (int)sizeof line) length = sizeof line - 1;
  (void)!write(REPORT_FD, line, (size_t)length);
}

static bool wrong(const char *name) {
  trouble(name, strerrordesc_np(errno));
  return false;
}

static bool read_whole(int fd, struct file *file) {
  file->length = 0;
  for (;;) {
    ssize_t got = read(fd, file->bytes + file->length, sizeof file->bytes - file->length);
    if (got < 0) return false;
    if (got == 0) return true;
    file->length += (uint32_t)got;
    if (file->length == sizeof file->bytes) return true;
  }
}

/* A write that failed half-way may have left what is seen but not yet durable: so the folder's entries are synchronized first. */
static bool read_file(const char *name, struct file *file) {
  *file = (struct file){.present = false};
  if (fsync(FOLDER_FD)) return wrong(name);
  int fd = openat(FOLDER_FD, name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT || wrong(name);
  bool done = read_whole(fd, file) || wrong(name);
  file->present = true;
  close(fd);
  return done;
}

static bool write_whole(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0) return false;
    bytes += written;
    length -= (size_t)written;
  }
  return true;
}

/* The new file is durable under another name before it takes the old one's place, and the folder's own entry after. */
static bool write_file(const char *name, const uint8_t *bytes, size_t length) {
  char fresh[64];
  snprintf(fresh, sizeof fresh, "%s.new", name);
  if (unlinkat(FOLDER_FD, fresh, 0) && errno != ENOENT) return wrong(name); /* one left by a crash, perhaps with another mode */
  int fd = openat(FOLDER_FD, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
  if (fd < 0) return wrong(name);
  bool written = (write_whole(fd, bytes, length) && fsync(fd) == 0) || wrong(name);
  if (close(fd) || !written) return false;
  if (renameat(FOLDER_FD, fresh, FOLDER_FD, name) || fsync(FOLDER_FD)) return wrong(name);
  return true;
}

static bool entropy(uint8_t seed[SEED_BYTES]) { return getrandom(seed, SEED_BYTES, 0) == SEED_BYTES; }

/* Exactly so many bytes; ends the process when the vault has ended. */
static void get(uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t got = read(FROM_VAULT, bytes, length);
    if (got <= 0) end(EXIT_DONE);
    bytes += got;
    length -= (size_t)got;
  }
}

static void seal_process(void) {
  static const int calls[] = {SYS_openat, SYS_close, SYS_fsync, SYS_unlinkat, SYS_renameat, SYS_getrandom};
  /* Files that it opens take the lowest descriptor that is free. */
  const struct descriptors descriptors = {
      .read = {CONFIG_FD, FROM_VAULT}, .reads = 2, .write = {CONFIG_FD, REPORT_FD, TO_VAULT}, .writes = 3};
  close(CONFIG_FD);
  seal(&descriptors, calls, sizeof calls / sizeof *calls);
}

int main(void) {
  static const struct keeper keeper = {.read = read_file, .write = write_file, .entropy = entropy, .trouble = trouble};
  static uint8_t request[TRUST_FRAME_BYTES], record[RECORD_HEADER_BYTES + TRUST_FRAME_BYTES];
  harden();
  seal_process();
  for (;;) {
    uint32_t length;
    const uint32_t lane = LANE_TRUST_TO_VAULT;
    get(record, RECORD_HEADER_BYTES);
    memcpy(&length, record + 4, sizeof length);
    if (length > sizeof request) end(EXIT_DONE);
    get(request, length);
    uint32_t answered = trust_serve(&keeper, request, length, record + RECORD_HEADER_BYTES);
    memcpy(record, &lane, sizeof lane);
    memcpy(record + 4, &answered, sizeof answered);
    if (!write_whole(TO_VAULT, record, RECORD_HEADER_BYTES + answered)) end(EXIT_DONE);
  }
}
