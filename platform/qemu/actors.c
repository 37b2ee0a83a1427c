#include "actors.h"

#include <string.h>

#include "board.h"
#include "console.h"
#include "own-trust.h"
#include "records.h"
#include "serial.h"
#include "translation.h"

struct actor {
  /* NULL: it does not take part. */
  const struct component *component;
  uint8_t *memory;
  const uint8_t *config;
  uint32_t config_bytes;
  /* The port of its lanes from and to the host. */
  uint32_t port;
  /* It has more to say, of `outcome`: first to others here, then to the host; from the record at `at` on, `sent` bytes of which are gone. */
  bool speaking, to_host;
  struct outcome outcome;
  uint32_t at, sent;
  /* Why it was started again, while the host has not been told. */
  const char *fault;
};

static struct actor actors[COMPONENTS];
/* By lane; those that end here are used. */
static struct inlet inlets[LANES];
static uint8_t inlet_bytes[LANES][INLET_BYTES] __attribute__((section(".bss.buffers")));
/* Lanes of the host's take turns. */
static uint32_t turn;
/* Whose code runs. */
static const struct actor *running;

static bool takes_part(uint32_t end) { return end < COMPONENTS && actors[end].component; }

/* Trust is served by the runner, where the machine has none of its own. */
static bool is_outside(uint32_t end) { return end == END_HOST || (end == END_TRUST && !own_trust_serves()); }
static bool comes_by_port(uint32_t lane) { return is_outside(lanes[lane].from); }
static bool goes_by_port(uint32_t lane) { return is_outside(lanes[lane].to); }

static uint32_t port_of(const struct actor *actor, uint32_t lane) {
  return lanes[lane].from == END_TRUST || lanes[lane].to == END_TRUST ? RUNNER_PORT : actor->port;
}

void actor_add(uint32_t end, const struct component *component, uint8_t *memory, const uint8_t *config, uint32_t config_bytes) {
  uint32_t port = 0;
  for (uint32_t other = 0; other < end; other++) port += has_host_lane[other];
  actors[end] = (struct actor){.component = component, .memory = memory, .config = config, .config_bytes = config_bytes, .port = port};
  for (uint32_t lane = 0; lane < LANES; lane++)
    if (lanes[lane].to == end) inlets[lane] = (struct inlet){.lane = lane, .bytes = inlet_bytes[lane]};
}

uint8_t *platform_memory(const struct component *component) {
  for (uint32_t end = 0; end < COMPONENTS; end++) {
    if (actors[end].component != component) continue;
    clear(actors[end].memory, component->memory_bytes);
    return actors[end].memory;
  }
  __builtin_trap();
}

bool actor_reaches(uint64_t address) { return running && address - (uintptr_t)running->memory < WASM_RT_REACH; }

static uint32_t end_of(const struct actor *actor) { return (uint32_t)(actor - actors); }

static void speak(struct actor *actor, struct outcome outcome) {
  actor->outcome = outcome;
  actor->speaking = true;
  actor->to_host = false;
  actor->at = actor->sent = 0;
}

/* A trap on the configuration is not gone after another boot, and half of what another component was told cannot be taken back. */
_Noreturn static void give_up(const struct actor *actor, wasm_rt_trap_t trap) {
  say("fault", actor->component->name, trap_name(trap), NULL);
  board_off();
}

static void boot(struct actor *actor) {
  running = actor;
  struct outcome outcome = component_boot(actor->component, actor->config, actor->config_bytes);
  running = NULL;
  if (outcome.trap != WASM_RT_TRAP_NONE) give_up(actor, outcome.trap);
  speak(actor, outcome);
}

static void trapped(struct actor *actor, wasm_rt_trap_t trap) {
  if (!restarts_alone[end_of(actor)]) give_up(actor, trap);
  actor->fault = trap_name(trap);
  boot(actor);
}

/* Behind what is in the inlet, all of it or nothing. */
static bool hand_over(struct inlet *inlet, const uint8_t *record, uint32_t length) {
  if (inlet_room(inlet) < length) return false;
  memcpy(inlet->bytes + inlet->end, record, length);
  inlet_came(inlet, length);
  return true;
}

static bool send(struct actor *actor, uint32_t port, const uint8_t *record, uint32_t length) {
  actor->sent += serial_write(port, record + actor->sent, length - actor->sent);
  if (actor->sent < length) return false;
  actor->sent = 0;
  return true;
}

/* False: there is no room for all of it. A component cannot speak as another, nor to one that does not take part, nor more than anyone takes. */
static bool pass_on(struct actor *actor, const struct sent *sent) {
  const uint8_t *record = sent->bytes - RECORD_HEADER_BYTES;
  uint32_t length = RECORD_HEADER_BYTES + sent->length;
  if (sent->lane >= LANES || lanes[sent->lane].from != end_of(actor) || sent->length > MAX_FRAME_BYTES) return true;
  if ((lanes[sent->lane].to == END_HOST) != actor->to_host) return true;
  if (goes_by_port(sent->lane)) return send(actor, port_of(actor, sent->lane), record, length);
  if (lanes[sent->lane].to == END_TRUST) return own_trust_hear_vault(sent->bytes, sent->length);
  return !takes_part(lanes[sent->lane].to) || hand_over(&inlets[sent->lane], record, length);
}

/* Says what there is room for; false: not all of it. */
static bool deliver(struct actor *actor) {
  struct sent sent;
  for (uint32_t next = actor->at; component_next(&actor->outcome, &next, &sent); actor->at = next)
    if (!pass_on(actor, &sent)) return false;
    else if (end_of(actor) == END_VAULT) own_trust_overhear(sent.lane, sent.bytes, sent.length);
  if (actor->at != actor->outcome.length) {
    trapped(actor, WASM_RT_TRAP_OOB); /* no row of records */
    return true;
  }
  actor->at = 0;
  actor->speaking = !actor->to_host;
  actor->to_host = true;
  return true;
}

/* A notice goes whole or not yet: never into the middle of another record. */
static bool may_tell(const struct actor *actor) { return !actor->speaking && serial_room(actor->port) >= NOTICE_BYTES; }

static void tell_fault(struct actor *actor) {
  uint8_t notice[NOTICE_BYTES];
  if (!actor->fault || !may_tell(actor)) return;
  serial_write(actor->port, notice, fault_notice(end_of(actor), actor->fault, notice));
  actor->fault = NULL;
}

static void tell_served(struct inlet *inlet) {
  uint8_t notice[NOTICE_BYTES];
  if (!inlet_from_host(inlet) || inlet->served.frames == 0) return;
  const struct actor *actor = &actors[lanes[inlet->lane].to];
  if (!actor->fault && may_tell(actor)) serial_write(actor->port, notice, served_notice(inlet->lane, &inlet->served, notice));
}

static bool is_idle(uint32_t end) { return takes_part(end) && !actors[end].speaking && !actors[end].fault; }

/* Takes in what has come by the ports. */
static void take_in(void) {
  for (uint32_t lane = 0; lane < LANES; lane++) {
    struct inlet *inlet = &inlets[lane];
    if (!takes_part(lanes[lane].to) || !comes_by_port(lane)) continue;
    uint32_t port = port_of(&actors[lanes[lane].to], lane);
    uint32_t room = inlet_room(inlet);
    if (room > 0) inlet_came(inlet, serial_read(port, inlet->bytes + inlet->end, room));
  }
}

static bool can_serve(uint32_t lane, bool from_host) {
  return is_idle(lanes[lane].to) && inlet_from_host(&inlets[lane]) == from_host && inlet_whole(&inlets[lane]);
}

/* The lane to serve: a private one, else one of the host's whose turn it is. */
static struct inlet *next(void) {
  for (uint32_t lane = 0; lane < LANES; lane++)
    if (can_serve(lane, false)) return &inlets[lane];
  for (uint32_t i = 0; i < LANES; i++) {
    turn = (turn + 1) % LANES;
    if (can_serve(turn, true)) return &inlets[turn];
  }
  return NULL;
}

static void serve(struct inlet *inlet) {
  struct actor *actor = &actors[lanes[inlet->lane].to];
  struct frame frame = inlet_frame(inlet);
  uint32_t capacity;
  uint8_t *input = component_input(actor->component, &capacity);
  if (frame.length <= capacity) {
    memcpy(input, frame.bytes, frame.length);
    running = actor;
    struct outcome outcome = component_step(actor->component, inlet->lane, frame.length);
    running = NULL;
    if (outcome.trap == WASM_RT_TRAP_NONE) speak(actor, outcome);
    else trapped(actor, outcome.trap);
  }
  inlet_served(inlet);
}

static void deliver_all(void) {
  for (uint32_t end = 0; end < COMPONENTS; end++) {
    struct actor *actor = &actors[end];
    while (actor->speaking && deliver(actor)) continue;
    tell_fault(actor);
  }
}

static bool hear_trust(void) {
  uint32_t length;
  const uint8_t *record = own_trust_says(&length);
  if (!record || !hand_over(&inlets[LANE_TRUST_TO_VAULT], record, length)) return false;
  own_trust_was_heard();
  return true;
}

_Noreturn void actors_run(void) {
  for (uint32_t end = 0; end < COMPONENTS; end++)
    if (takes_part(end)) boot(&actors[end]);
  for (;;) {
    take_in();
    do deliver_all();
    while (own_trust_run() || hear_trust());
    serial_flush();
    struct inlet *inlet = next();
    if (inlet) {
      serve(inlet);
      if (inlet->served.frames >= SERVED_FRAMES) tell_served(inlet);
      continue;
    }
    for (uint32_t lane = 0; lane < LANES; lane++) tell_served(&inlets[lane]);
    serial_flush();
    board_wait(serial_event);
  }
}
