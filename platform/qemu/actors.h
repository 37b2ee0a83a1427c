/*
 * The components of a machine, one after another on one processor, and their lanes. What a component's step said stays with it until there is
 * room where it goes: until then it is not stepped again, and no other waits for it. Private lanes are served before the host's, so that
 * what the host does upon an answer finds what came with it.
 */
#ifndef CAISSON_ACTORS_H
#define CAISSON_ACTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "component.h"
#include "topology.h"

/* Of serial.h: behind those of the components with a lane of the host's, in the topology's order, one that is between runner and machine. */
enum { RUNNER_PORT = HOST_LANES };

/* A component takes part from here on. `memory`: zeroed, of its component's size. Its configuration is kept: it is booted again by it. */
void actor_add(uint32_t end, const struct component *component, uint8_t *memory, const uint8_t *config, uint32_t config_bytes);

/* Boots those that were added, and serves them for ever. */
_Noreturn void actors_run(void);

/* True when a component's code runs, and this is an address that it may name: what is mapped there or not is its own affair. */
bool actor_reaches(uint64_t address);

#endif
