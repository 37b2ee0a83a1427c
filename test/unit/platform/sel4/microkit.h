/*
 * A stand-in for the few calls of Microkit's that domains make, so that their own C runs as a process under sanitizers. What a domain asks for is
 * written down, and nothing happens.
 */
#ifndef CAISSON_STAND_IN_MICROKIT_H
#define CAISSON_STAND_IN_MICROKIT_H

#include <stdbool.h>
#include <stdint.h>

typedef unsigned int microkit_channel;
typedef unsigned int microkit_child;
typedef uint64_t microkit_msginfo;
typedef uint64_t seL4_Word;
typedef bool seL4_Bool;
enum { seL4_False, seL4_True };

/* Labels of faults' messages, and the words of a memory fault's. */
enum { seL4_Fault_NullFault, seL4_Fault_CapFault, seL4_Fault_UnknownSyscall, seL4_Fault_UserException, seL4_Fault_VMFault };
enum { seL4_VMFault_IP, seL4_VMFault_Addr, seL4_VMFault_PrefetchFault, seL4_VMFault_FSR };

void init(void);
void notified(microkit_channel channel);
seL4_Bool fault(microkit_child child, microkit_msginfo info, microkit_msginfo *reply);

enum { STAND_IN_IDS = 64 };
extern struct stand_in {
  uint32_t notified[STAND_IN_IDS], acknowledged[STAND_IN_IDS], restarted[STAND_IN_IDS], stopped[STAND_IN_IDS];
  seL4_Word entry, words[4];
} stand_in;

static inline void microkit_notify(microkit_channel channel) { stand_in.notified[channel]++; }
static inline void microkit_irq_ack(microkit_channel channel) { stand_in.acknowledged[channel]++; }
static inline void microkit_pd_stop(microkit_child child) { stand_in.stopped[child]++; }
static inline void microkit_pd_restart(microkit_child child, seL4_Word entry) {
  stand_in.restarted[child]++;
  stand_in.entry = entry;
}
static inline seL4_Word microkit_msginfo_get_label(microkit_msginfo info) { return info; }
static inline seL4_Word microkit_mr_get(uint8_t word) { return stand_in.words[word]; }

#endif
