/*
 * The parent of all other domains, and who is told of their faults. It gives each its configuration, says of which modules they are made, starts
 * those again that may be, and ends the core when another faults. It calls nobody, and nobody can call it.
 */
#include <microkit.h>
#include <stddef.h>
#include <string.h>

#include "board.h"
#include "component.h"
#include "console.h"
#include "domain.h"

enum { CHILDREN = sizeof children / sizeof *children };

/* The configuration that comes next is of this end; `length` of it is known from the fourth byte on. */
static uint32_t end, length, got;
static uint8_t length_bytes[sizeof length];
static bool heard[CHILDREN], troubled[CHILDREN], over;

static struct config *config_of(const struct child *child) { return region(child->config); }
static const struct report *report_of(const struct child *child) { return region(child->report); }

static void end_core(void) {
  for (uint32_t id = 0; id < CHILDREN; id++) microkit_pd_stop(id);
  over = true;
}

static uint32_t longest_configuration(void) {
  for (uint32_t id = 0; id < CHILDREN; id++)
    if (children[id].end == end) return children[id].config_bytes;
  return 0;
}

static void give_configuration(void) {
  for (uint32_t id = 0; id < CHILDREN; id++) {
    if (children[id].end != end) continue;
    config_of(&children[id])->length = length;
    __atomic_store_n(&config_of(&children[id])->ready, 1, __ATOMIC_RELEASE);
    microkit_notify(children[id].channel);
  }
}

/* Takes one byte of a length, or what is there of a configuration; how much. */
static uint32_t take_some(const uint8_t *data, uint32_t ready) {
  if (got < sizeof length_bytes) {
    length_bytes[got++] = *data;
    memcpy(&length, length_bytes, sizeof length);
    return 1;
  }
  uint32_t at = got - sizeof length_bytes, some = ready < length - at ? ready : length - at;
  for (uint32_t id = 0; id < CHILDREN; id++)
    if (children[id].end == end) memcpy((uint8_t *)config_of(&children[id]) + CONFIG_HEADER_BYTES + at, data, some);
  got += some;
  return some;
}

static void take_configurations(void) {
  uint32_t ready;
  while (end < COMPONENTS && !over) {
    const uint8_t *data = stream_data(&configurations, &ready);
    if (ready == 0) break;
    stream_took(&configurations, take_some(data, ready));
    if (got < sizeof length_bytes) continue;
    if (length > longest_configuration()) {
      say("fault", "monitor", "a configuration that long", NULL);
      end_core();
    } else if (got == sizeof length_bytes + length) {
      give_configuration();
      got = 0;
      end++;
    }
  }
  streams_notify();
}

/* What a domain says is looked at before it is said on: no line of its own making comes to the console. */
static void make_text(char *text, uint32_t length) {
  for (uint32_t i = 0; i < length && text[i]; i++)
    if (text[i] < ' ' || text[i] > '~') text[i] = '?';
}

static void hear(uint32_t id) {
  char sha256[SHA256_DIGITS + 1] = {0}, instance[2] = {(char)('0' + children[id].instance), 0};
  const struct report *report = report_of(&children[id]);
  if (heard[id] || !__atomic_load_n(&report->said, __ATOMIC_ACQUIRE)) return;
  heard[id] = true;
  memcpy(sha256, report->sha256, SHA256_DIGITS);
  make_text(sha256, SHA256_DIGITS);
  say("hash", children[id].kind, instance, sha256, NULL);
}

/* What it cannot do, for operators; once. */
static void hear_trouble(uint32_t id) {
  char why[NOTICE_TEXT_BYTES];
  copy_text(why, report_of(&children[id])->why);
  if (troubled[id] || !why[0]) return;
  troubled[id] = true;
  make_text(why, sizeof why);
  say("trouble", why, NULL);
}

static char *write_hex(char *to, uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4) *to++ = "0123456789abcdef"[number >> shift & 15];
  return to;
}

static char *write_word(char *to, const char *word) {
  while (*word) *to++ = *word++;
  return to;
}

/* What memory it named, and where in its program. */
static void explain_memory(const struct child *child, char *why) {
  uint64_t address = microkit_mr_get(seL4_VMFault_Addr) - (uintptr_t)region(0), program = microkit_mr_get(seL4_VMFault_IP);
  bool runs = microkit_mr_get(seL4_VMFault_PrefetchFault);
  bool is_component = child->end < COMPONENTS;
  if (is_component && address - TRAPS < TRAPS_BYTES) {
    copy_text(why, trap_name((wasm_rt_trap_t)(address - TRAPS)));
  } else if (is_component && !runs && address - MEMORY_ADDRESS < WASM_RT_REACH) {
    copy_text(why, trap_name(WASM_RT_TRAP_OOB));
  } else {
    why = write_hex(write_word(why, runs ? "ran " : "named "), address);
    *write_hex(write_word(why, " at "), program) = 0;
  }
}

static void explain(const struct child *child, uint64_t label, char *why) {
  if (label == seL4_Fault_VMFault) explain_memory(child, why);
  else if (label == seL4_Fault_CapFault) copy_text(why, "called what it may not");
  else if (label == seL4_Fault_UnknownSyscall) copy_text(why, "a system call that there is not");
  else copy_text(why, "an instruction that it may not run");
}

static void start_again(uint32_t id, const char *why) {
  struct config *config = config_of(&children[id]);
  config->restarts++;
  copy_text(config->why, why);
  microkit_pd_restart(id, DOMAIN_START);
}

void init(void) { stream_begin_taking(&configurations); }

void notified(microkit_channel channel) {
  take_configurations();
  for (uint32_t id = 0; id < CHILDREN; id++)
    if (children[id].channel == channel) {
      hear(id);
      hear_trouble(id);
    }
}

seL4_Bool fault(microkit_child id, microkit_msginfo info, microkit_msginfo *reply) {
  (void)reply;
  if (id >= CHILDREN || over) return seL4_False;
  const struct child *child = &children[id];
  char why[NOTICE_TEXT_BYTES];
  explain(child, microkit_msginfo_get_label(info), why);
  if (child->restarts && report_of(child)->serves) {
    say("restart", child->name, why, NULL);
    start_again(id, why);
    return seL4_False;
  }
  if (report_of(child)->why[0]) copy_text(why, report_of(child)->why);
  make_text(why, sizeof why);
  say("fault", child->kind, why, NULL);
  end_core();
  return seL4_False;
}

_Noreturn void board_off(void) { name_nothing(0); }
