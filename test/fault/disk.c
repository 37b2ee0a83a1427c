/*
 * A disk that can be watched and made to fail, put before libc with LD_PRELOAD.
 *
 * Every call that changes something under CAISSON_DISK_FOLDER is a write point. Write points are done one at a time, whatever
 * thread they come from, and counted in CAISSON_DISK_CONTROL, a file of one `struct control` that a test may change while the
 * program runs. With CAISSON_DISK_TRACE each one done is appended to a trace (test/fault/trace.ts reads it), and so is what the
 * program itself writes to the file CAISSON_DISK_EVENTS, in its place among them: what had been said when the disk stopped.
 *
 * Not seen: stores through a writable shared mapping (LMDB has one, of its lock file, which means nothing after a crash), and
 * system calls made without libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum action { KILL_BEFORE = 1, KILL_AFTER = 2, FAIL = 3 };

struct control {
  uint64_t count; /* write points so far */
  uint64_t from;  /* the first write point that `action` befalls, from 1; 0: none */
  uint64_t until; /* and the last */
  uint32_t action;
  uint32_t error; /* errno of FAIL */
};

enum kind { EVENT, CREATE, MKDIR, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, RMDIR };

/* Head of a trace record. `path_bytes` of the path, `other_bytes` of a rename's new path and, of WRITE and EVENT, `length` bytes follow. */
struct record {
  uint32_t kind;
  uint32_t durable; /* the call itself made it durable: O_DSYNC, O_SYNC */
  uint32_t path_bytes;
  uint32_t other_bytes;
  uint64_t inode;
  uint64_t offset;
  uint64_t length;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct control *control;
static char folder[PATH_MAX];
static size_t folder_bytes;
static char events[PATH_MAX];
static int trace = -1;

/* What a watched descriptor stood for when it was opened: a number is reused without our notice. */
#define MAX_DESCRIPTORS 65536
static struct watched {
  enum { UNWATCHED, UNDER_FOLDER, EVENTS } what;
  int durable;
  dev_t device;
  ino_t inode;
} watched[MAX_DESCRIPTORS];

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

__attribute__((constructor)) static void begin(void) {
  const char *at = setting("CAISSON_DISK_FOLDER");
  if (!*at) return;
  int file = open(setting("CAISSON_DISK_CONTROL"), O_RDWR | O_CLOEXEC);
  if (file < 0) abort();
  control = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (control == MAP_FAILED) abort();
  close(file);
  snprintf(events, sizeof events, "%s", setting("CAISSON_DISK_EVENTS"));
  if (*setting("CAISSON_DISK_TRACE")) {
    trace = open(setting("CAISSON_DISK_TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (trace < 0) abort();
  }
  snprintf(folder, sizeof folder, "%s", at);
  folder_bytes = strlen(folder);
  unsetenv("LD_PRELOAD"); /* programs started from here are none of ours */
}

/* True when `path`, relative to `at`, lies under the folder; its absolute form is in `whole`. */
static int under_folder(int at, const char *path, char *whole) {
  if (!control || !folder_bytes) return 0;
  if (path[0] == '/') snprintf(whole, PATH_MAX, "%s", path);
  else {
    char link[64], base[PATH_MAX];
    snprintf(link, sizeof link, at == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", at);
    ssize_t length = readlink(link, base, sizeof base - 1);
    if (length < 0) return 0;
    base[length] = 0;
    if (snprintf(whole, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return 0;
  }
  return strncmp(whole, folder, folder_bytes) == 0 && (whole[folder_bytes] == '/' || whole[folder_bytes] == 0);
}

static int exists(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0;
}

/* Is there a folder for this new name? `mkdir -p` tries before there is. */
static int placed(const char *path) {
  char above[PATH_MAX];
  snprintf(above, sizeof above, "%s", path);
  char *last = strrchr(above, '/');
  if (last) *last = 0;
  return exists(above);
}

static uint64_t inode_of(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 ? status.st_ino : 0;
}

static struct watched *find(int fd) {
  if (!control || fd < 0 || fd >= MAX_DESCRIPTORS || watched[fd].what == UNWATCHED) return NULL;
  struct stat status;
  int same = fstat(fd, &status) == 0 && status.st_dev == watched[fd].device && status.st_ino == watched[fd].inode;
  if (!same) watched[fd].what = UNWATCHED;
  return same ? &watched[fd] : NULL;
}

static void watch(int fd, int flags, const char *whole) {
  if (fd < 0 || fd >= MAX_DESCRIPTORS) return;
  struct stat status;
  if (fstat(fd, &status) != 0) return;
  watched[fd] = (struct watched){
      .what = strcmp(whole, events) == 0 ? EVENTS : UNDER_FOLDER,
      .durable = (flags & (O_DSYNC | O_SYNC)) != 0,
      .device = status.st_dev,
      .inode = status.st_ino,
  };
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Begins a write point. False: it is to fail, errno is set, and the lock is not held. */
static int enter(void) {
  pthread_mutex_lock(&lock);
  uint64_t point = ++control->count;
  if (control->from == 0 || point < control->from || point > control->until) return 1;
  if (control->action == KILL_BEFORE) die();
  if (control->action != FAIL) return 1;
  pthread_mutex_unlock(&lock);
  errno = (int)control->error;
  return 0;
}

static void append(const void *bytes, size_t length) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  for (size_t done = 0; done < length;) {
    ssize_t wrote = real(trace, (const char *)bytes + done, length - done);
    if (wrote < 0) abort();
    done += (size_t)wrote;
  }
}

static void record(struct record head, const char *path, const char *other, const struct iovec *data, int count) {
  if (trace < 0) return;
  head.path_bytes = path ? (uint32_t)strlen(path) : 0;
  head.other_bytes = other ? (uint32_t)strlen(other) : 0;
  append(&head, sizeof head);
  if (path) append(path, head.path_bytes);
  if (other) append(other, head.other_bytes);
  size_t left = data ? head.length : 0;
  for (int i = 0; i < count && left > 0; i++) {
    size_t part = data[i].iov_len < left ? data[i].iov_len : left;
    append(data[i].iov_base, part);
    left -= part;
  }
}

/* Ends a write point that was entered. */
static void leave(void) {
  if (control->action == KILL_AFTER && control->from != 0 && control->count >= control->from) die();
  int kept = errno;
  pthread_mutex_unlock(&lock);
  errno = kept;
}

/* ---- data */

static ssize_t written(struct watched *to, ssize_t done, off_t offset, const struct iovec *data, int count) {
  if (done > 0) {
    struct record head = {.kind = to->what == EVENTS ? EVENT : WRITE, .durable = (uint32_t)to->durable};
    head.inode = to->inode;
    head.offset = (uint64_t)offset;
    head.length = (uint64_t)done;
    record(head, NULL, NULL, data, count);
  }
  return done;
}

/* Where a write without an offset of its own goes. */
static off_t position(int fd) {
  struct stat status;
  if (fcntl(fd, F_GETFL) & O_APPEND) return fstat(fd, &status) == 0 ? status.st_size : 0;
  return lseek(fd, 0, SEEK_CUR);
}

#define DATA(call, offset, data, count) \
  struct watched *to = find(fd); \
  if (!to) return call; \
  if (to->what == EVENTS) pthread_mutex_lock(&lock); \
  else if (!enter()) return -1; \
  off_t at = (offset); \
  ssize_t done = written(to, call, at, data, count); \
  if (to->what == EVENTS) pthread_mutex_unlock(&lock); \
  else leave(); \
  return done

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(write);
  struct iovec data = {(void *)bytes, length};
  DATA(real(fd, bytes, length), position(fd), &data, 1);
}

ssize_t writev(int fd, const struct iovec *data, int count) {
  REAL(writev);
  DATA(real(fd, data, count), position(fd), data, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  REAL(pwrite);
  struct iovec data = {(void *)bytes, length};
  DATA(real(fd, bytes, length, offset), offset, &data, 1);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  return pwrite(fd, bytes, length, offset);
}

ssize_t pwritev(int fd, const struct iovec *data, int count, off_t offset) {
  REAL(pwritev);
  DATA(real(fd, data, count, offset), offset, data, count);
}

ssize_t pwritev64(int fd, const struct iovec *data, int count, off64_t offset) {
  return pwritev(fd, data, count, offset);
}

int ftruncate(int fd, off_t length) {
  REAL(ftruncate);
  struct watched *to = find(fd);
  if (!to || to->what == EVENTS) return real(fd, length);
  if (!enter()) return -1;
  int done = real(fd, length);
  if (done == 0) record((struct record){.kind = TRUNCATE, .inode = to->inode, .length = (uint64_t)length}, NULL, NULL, NULL, 0);
  leave();
  return done;
}

int ftruncate64(int fd, off64_t length) {
  return ftruncate(fd, length);
}

#define SYNCHRONIZE(call) \
  struct watched *to = find(fd); \
  if (!to || to->what == EVENTS) return call; \
  if (!enter()) return -1; \
  int done = call; \
  if (done == 0) record((struct record){.kind = SYNC, .inode = to->inode}, NULL, NULL, NULL, 0); \
  leave(); \
  return done

int fsync(int fd) {
  REAL(fsync);
  SYNCHRONIZE(real(fd));
}

int fdatasync(int fd) {
  REAL(fdatasync);
  SYNCHRONIZE(real(fd));
}

/* ---- names */

int openat(int at, const char *path, int flags, ...) {
  REAL(openat);
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  char whole[PATH_MAX];
  if (!under_folder(at, path, whole)) {
    int fd = real(at, path, flags, mode);
    if (fd >= 0 && fd < MAX_DESCRIPTORS) watched[fd].what = UNWATCHED;
    if (fd >= 0 && *events && strcmp(path, events) == 0) watch(fd, flags, path);
    return fd;
  }
  int creates = (flags & O_CREAT) && !exists(whole);
  int empties = (flags & O_TRUNC) && !creates && exists(whole);
  if (!creates && !empties) {
    int fd = real(at, path, flags, mode);
    watch(fd, flags, whole);
    return fd;
  }
  if (!enter()) return -1;
  int fd = real(at, path, flags, mode);
  if (fd >= 0) {
    watch(fd, flags, whole);
    record((struct record){.kind = creates ? CREATE : TRUNCATE, .inode = inode_of(whole)}, whole, NULL, NULL, 0);
  }
  leave();
  return fd;
}

int openat64(int at, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return openat(at, path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return openat(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return openat(AT_FDCWD, path, flags, mode);
}

/* A change of names, done when `wanted` holds: a call that can only fail is no write point. */
#define NAMES(at, path, wanted, call, what, second) \
  char whole[PATH_MAX]; \
  if (!under_folder(at, path, whole) || !(wanted)) return call; \
  if (!enter()) return -1; \
  uint64_t inode = inode_of(whole); \
  int done = call; \
  if (done == 0) record((struct record){.kind = what, .inode = what == MKDIR ? inode_of(whole) : inode}, whole, second, NULL, 0); \
  leave(); \
  return done

int mkdirat(int at, const char *path, mode_t mode) {
  REAL(mkdirat);
  NAMES(at, path, !exists(whole) && placed(whole), real(at, path, mode), MKDIR, NULL);
}

int mkdir(const char *path, mode_t mode) {
  return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int at, const char *path, int flags) {
  REAL(unlinkat);
  NAMES(at, path, exists(whole), real(at, path, flags), flags & AT_REMOVEDIR ? RMDIR : UNLINK, NULL);
}

int unlink(const char *path) {
  return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path) {
  return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int renameat(int from_at, const char *from, int to_at, const char *to) {
  REAL(renameat);
  char second[PATH_MAX];
  under_folder(to_at, to, second);
  NAMES(from_at, from, exists(whole), real(from_at, from, to_at, to), RENAME, second);
}

int rename(const char *from, const char *to) {
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
