/*
 * A domain with one instance of one component, on its lanes. COMPONENT is its name, END_SELF its end in topology.h. What a step said stays here
 * until there is room where it goes, and the component is not stepped before: so nothing grows, and no lane blocks another's sender. Private lanes
 * come first, so that what the host does upon an answer finds what came with it.
 */
#include <microkit.h>
#include <string.h>

#include "component.h"
#include "domain.h"

#define PASTE(a, b) a##b
#define CODE(name) PASTE(name, _component)
extern const struct component CODE(COMPONENT);
static const struct component *const self = &CODE(COMPONENT);

enum { INS = sizeof ins / sizeof *ins, OUTS = sizeof outs / sizeof *outs };

static bool boots, absent;
/* The component has more to say, of `outcome` from `at` on: first to others here, then to the host. */
static bool speaking, to_host;
static struct outcome outcome;
static uint32_t at;
/* The host is to be told that it was started again. */
static bool restarted;
/* Where lanes were last looked at: the host's, and others. */
static uint32_t host_turn, private_turn;

static const struct config *config(void) { return region(CONFIG_ADDRESS); }
static struct report *report(void) { return region(REPORT_ADDRESS); }
static bool is_hosts(const struct stream *stream) { return lanes[stream->lane].from == END_HOST; }

/* The kernel gives zeroed memory; what a component had is cleared. */
uint8_t *platform_memory(const struct component *component) {
  uint8_t *memory = region(MEMORY_ADDRESS);
  if (config()->restarts > 0) memset(memory, 0, component->memory_bytes);
  return memory;
}

_Noreturn static void trapped(wasm_rt_trap_t trap) { name_nothing(trap); }

static void speak(struct outcome said) {
  if (said.trap != WASM_RT_TRAP_NONE) trapped(said.trap);
  outcome = said;
  speaking = true;
  to_host = false;
  at = 0;
}

static const struct stream *out_of(uint32_t lane) {
  for (uint32_t i = 0; i < OUTS; i++)
    if (outs[i].lane == lane) return &outs[i];
  return NULL;
}

/* False: there is no room for it. A component cannot speak as another, nor longer than its lane's frames are. */
static bool pass_on(const struct sent *sent) {
  const struct stream *out = out_of(sent->lane);
  if (!out || sent->length > out->frame_bytes || (lanes[sent->lane].to == END_HOST) != to_host) return true;
  return stream_write(out, sent->bytes - RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + sent->length);
}

/* Says what there is room for. */
static void deliver(void) {
  struct sent sent;
  while (speaking) {
    for (uint32_t next = at; component_next(&outcome, &next, &sent); at = next)
      if (!pass_on(&sent)) return;
    if (at != outcome.length) trapped(WASM_RT_TRAP_OOB); /* no row of records */
    at = 0;
    speaking = !to_host;
    to_host = true;
  }
}

static const struct stream *host_out(void) {
  for (uint32_t i = 0; i < OUTS; i++)
    if (lanes[outs[i].lane].to == END_HOST) return &outs[i];
  return NULL;
}

static void tell_restart(void) {
  uint8_t notice[NOTICE_BYTES];
  const struct stream *out = host_out();
  if (restarted && out) restarted = !stream_write(out, notice, fault_notice(END_SELF, config()->why, notice));
}

static void tell_served(const struct stream *in) {
  uint8_t notice[NOTICE_BYTES];
  const struct stream *out = host_out();
  struct load *served = &stream_taken(in)->served, before = *served;
  if (!out || !is_hosts(in) || served->frames == 0) return;
  if (!stream_write(out, notice, served_notice(in->lane, served, notice))) *served = before;
}

/* Lanes of a kind take turns: one that never ends keeps no other of its kind from being read. */
static const struct stream *next_in(bool hosts, uint32_t *turn, uint32_t *length) {
  for (uint32_t i = 0; i < INS; i++) {
    *turn = (*turn + 1) % INS;
    if (is_hosts(&ins[*turn]) == hosts && stream_next(&ins[*turn], length)) return &ins[*turn];
  }
  return NULL;
}

/* What led the host to its frame was written before it: so private lanes are looked at after it was found. */
static const struct stream *next(uint32_t *length) {
  uint32_t host_length;
  const struct stream *of_host = next_in(true, &host_turn, &host_length);
  const struct stream *in = next_in(false, &private_turn, length);
  if (in || !of_host) return in;
  *length = host_length;
  return of_host;
}

static void serve(const struct stream *in, uint32_t length) {
  uint32_t capacity;
  uint8_t *input = component_input(self, &capacity);
  if (length > capacity) {
    stream_drop(in, length);
    return;
  }
  stream_take(in, input, length);
  speak(component_step(self, in->lane, length));
}

/* There is no such component: what is sent to it is lost. */
static void drop_all(void) {
  uint32_t length;
  for (uint32_t i = 0; i < INS; i++)
    while (stream_next(&ins[i], &length)) stream_drop(&ins[i], length);
}

static void start(void) {
  absent = config()->length == 0;
  boots = true;
  if (absent) return;
  memcpy(report()->sha256, self->sha256, SHA256_DIGITS);
  __atomic_store_n(&report()->said, 1, __ATOMIC_RELEASE);
  microkit_notify(MONITOR_CHANNEL);
  speak(component_boot(self, (const uint8_t *)config() + CONFIG_HEADER_BYTES, config()->length));
  report()->serves = 1;
}

static void run(void) {
  const struct stream *in;
  uint32_t length;
  if (absent) drop_all();
  while (!absent) {
    deliver();
    tell_restart();
    if (speaking || !(in = next(&length))) break;
    serve(in, length);
    if (stream_taken(in)->served.frames >= SERVED_FRAMES) tell_served(in);
    streams_notify();
  }
  for (uint32_t i = 0; i < INS; i++) tell_served(&ins[i]);
  streams_notify();
}

void init(void) {
  for (uint32_t i = 0; i < INS; i++) stream_begin_taking(&ins[i]);
  for (uint32_t i = 0; i < OUTS; i++) stream_begin_writing(&outs[i]);
  restarted = config()->restarts > 0;
  report()->serves = 0;
  notified(MONITOR_CHANNEL);
}

void notified(microkit_channel channel) {
  (void)channel;
  if (!boots && __atomic_load_n(&config()->ready, __ATOMIC_ACQUIRE)) start();
  if (boots) run();
}
