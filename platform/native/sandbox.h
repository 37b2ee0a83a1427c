/* What a process of the native platform gives up before it serves anybody. */
#ifndef CAISSON_SANDBOX_H
#define CAISSON_SANDBOX_H

#include <stddef.h>

struct descriptors {
  /* It may read from these, and write to those; nothing else. */
  int read[96], write[96];
  size_t reads, writes;
};

/* No core dumps, no new files, no debugger of the same user, no privileges that a program could give back. */
void harden(void);

/*
 * From here on the process may read, write, wait for its descriptors and end; any other system call kills it. `more`: calls it may make
 * besides. Ends the process when the kernel does not do it: never goes on without.
 */
void seal(const struct descriptors *descriptors, const int *more, size_t count);

/* Says why on stderr and ends the process: for before it is sealed. */
_Noreturn void setup_failed(const char *what);

#endif
