/* What harnesses of domains share: memory where the domains' is, checks, scenarios by name. */
#ifndef CAISSON_STAND_IN_H
#define CAISSON_STAND_IN_H

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"

#define CHECK(what) ((what) ? (void)0 : fail_check(#what, __LINE__))
_Noreturn void fail_check(const char *what, int line);

struct scenario {
  const char *name;
  void (*run)(void);
};

/* Maps the regions that the domain has and nothing else, and runs the scenario of this name. */
int run_scenario(const char *name, const struct scenario *scenarios, uint32_t count);

/* Set before a domain is to name memory that it does not have: then it goes on here, and `named` is which. */
extern sigjmp_buf after_fault;
extern uint64_t named;

/* The next number of a row that begins with the same each time; below `end`, which is not 0. */
uint64_t draw(uint64_t end);

/* Does to the other end's page of a stream what a domain that was taken over might: any position, any flag. */
void lie_as_writer(const struct stream *stream);
void lie_as_taker(const struct stream *stream);

/* A record of this lane with `length` bytes of this value, to be freed; RECORD_HEADER_BYTES + length. */
uint8_t *make_record(uint32_t lane, uint32_t length, uint8_t value);

#endif
