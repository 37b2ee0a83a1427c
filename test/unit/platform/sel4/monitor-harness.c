/* monitor-domain.c: what it gives, what it says, and what a fault leads to. */
#include <stdarg.h>

#include "monitor-domain.c"
#include "stand-in.h"

static char said[1 << 16];
static uint32_t said_bytes;
void board_say(char byte) { said[said_bytes++] = byte; }

static bool has_said(const char *text) { return strstr(said, text) != NULL; }

static uint32_t child_named(const char *name) {
  for (uint32_t id = 0; id < CHILDREN; id++)
    if (!strcmp(children[id].name, name)) return id;
  abort();
}

static struct report *reports(const char *name) { return region(children[child_named(name)].report); }

static void give_configurations(uint32_t piece) {
  uint8_t bytes[1024];
  uint32_t all = 0;
  for (uint32_t i = 0; i < COMPONENTS; i++) {
    const uint32_t its = i == END_VAULT ? 0 : 10 + i;
    memcpy(bytes + all, &its, sizeof its);
    memset(bytes + all + sizeof its, (int)(100 + i), its);
    all += sizeof its + its;
  }
  for (uint32_t i = 0; i < all; i += piece) {
    CHECK(stream_write(&configurations, bytes + i, piece < all - i ? piece : all - i));
    notified(0);
  }
}

static void check_configurations(void) {
  for (uint32_t id = 0; id < CHILDREN; id++) {
    const struct config *config = config_of(&children[id]);
    uint32_t of = children[id].end;
    if (of >= COMPONENTS) {
      CHECK(!config->ready);
      continue;
    }
    CHECK(config->ready && config->length == (of == END_VAULT ? 0 : 10 + of));
    CHECK(stand_in.notified[children[id].channel] == 1);
    for (uint32_t i = 0; i < config->length; i++) CHECK(((const uint8_t *)config)[CONFIG_HEADER_BYTES + i] == 100 + of);
  }
}

static void gives_whole(void) {
  init();
  give_configurations(1024);
  check_configurations();
}

static void gives_in_pieces(void) {
  init();
  give_configurations(1);
  check_configurations();
  CHECK(said_bytes == 0);
}

static void refuses_a_long_one(void) {
  const uint32_t too_long = 0x7fffffff;
  init();
  CHECK(stream_write(&configurations, (const uint8_t *)&too_long, sizeof too_long));
  notified(0);
  CHECK(has_said("fault monitor a configuration that long\n"));
  for (uint32_t id = 0; id < CHILDREN; id++) CHECK(stand_in.stopped[id] == 1);
}

static void say_hash(const char *name, char digit) {
  memset(reports(name)->sha256, digit, SHA256_DIGITS);
  reports(name)->said = 1;
  notified(children[child_named(name)].channel);
  notified(children[child_named(name)].channel);
}

static void says_hashes_once(void) {
  init();
  say_hash("order", 'a');
  say_hash("execute1", '\n');
  CHECK(has_said("hash order 0 aaaa") && has_said("hash execute 1 ????"));
  CHECK(said_bytes == strlen("hash order 0 \n") + strlen("hash execute 1 \n") + 2 * SHA256_DIGITS);
}

static void says_trouble_once(void) {
  init();
  copy_text(reports("trust")->why, "it is\nbroken");
  notified(children[child_named("trust")].channel);
  copy_text(reports("trust")->why, "again");
  notified(children[child_named("trust")].channel);
  CHECK(has_said("trouble it is?broken\n") && said_bytes == strlen("trouble it is?broken\n"));
}

static void fault_of(const char *name, uint64_t label, uint64_t at, uint64_t address, bool runs) {
  microkit_msginfo reply;
  stand_in.words[seL4_VMFault_IP] = at;
  stand_in.words[seL4_VMFault_Addr] = address + (uintptr_t)region(0);
  stand_in.words[seL4_VMFault_PrefetchFault] = runs;
  CHECK(!fault(child_named(name), label, &reply));
}

static void starts_again(void) {
  uint32_t id = child_named("verify1");
  init();
  reports("verify1")->serves = 1;
  fault_of("verify1", seL4_Fault_VMFault, 0x200100, MEMORY_ADDRESS + (5 << 20), false);
  CHECK(has_said("restart verify1 memory access out of bounds\n"));
  CHECK(stand_in.restarted[id] == 1 && stand_in.entry == DOMAIN_START);
  CHECK(config_of(&children[id])->restarts == 1 && !strcmp(config_of(&children[id])->why, "memory access out of bounds"));
  for (uint32_t other = 0; other < CHILDREN; other++) CHECK(stand_in.stopped[other] == 0);
}

static void checks_the_end(const char *words) {
  CHECK(has_said(words));
  for (uint32_t id = 0; id < CHILDREN; id++) CHECK(stand_in.stopped[id] == 1 && stand_in.restarted[id] == 0);
  uint32_t before = said_bytes;
  fault_of("order", seL4_Fault_VMFault, 0x200100, 0, false);
  CHECK(said_bytes == before);
}

static void ends_before_it_serves(void) {
  init();
  fault_of("verify0", seL4_Fault_VMFault, 0x200100, TRAPS + WASM_RT_TRAP_UNREACHABLE, false);
  checks_the_end("fault verify unreachable\n");
}

static void ends_with_others(void) {
  init();
  reports("ledger")->serves = 1;
  fault_of("ledger", seL4_Fault_VMFault, 0x200100, TRAPS + WASM_RT_TRAP_EXHAUSTION, false);
  checks_the_end("fault ledger calls nested too deep\n");
}

static void says_what_link_says(void) {
  init();
  copy_text(reports("link")->why, "the host has gone");
  fault_of("link", seL4_Fault_VMFault, 0x200100, TRAPS, false);
  checks_the_end("fault link the host has gone\n");
}

static void explains(void) {
  static const struct {
    uint64_t label, address;
    bool runs;
    const char *words;
  } faults[] = {
      {seL4_Fault_VMFault, 0, false, "named 0000000000000000 at 0000000000200104"},
      {seL4_Fault_VMFault, 0x9000000, false, "named 0000000009000000 at 0000000000200104"},
      {seL4_Fault_VMFault, MEMORY_ADDRESS, true, "ran 0000000800000000 at 0000000000200104"},
      {seL4_Fault_VMFault, MEMORY_ADDRESS + WASM_RT_REACH, false, "named 0000000a00010000 at 0000000000200104"},
      {seL4_Fault_VMFault, TRAPS + TRAPS_BYTES, false, "named 0000000040001000 at 0000000000200104"},
      {seL4_Fault_CapFault, 0, false, "called what it may not"},
      {seL4_Fault_UnknownSyscall, 0, false, "a system call that there is not"},
      {seL4_Fault_UserException, 0, false, "an instruction that it may not run"},
  };
  init();
  reports("execute0")->serves = 1;
  for (uint32_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    fault_of("execute0", faults[i].label, 0x200104, faults[i].address, faults[i].runs);
    CHECK(has_said("restart execute0 ") && has_said(faults[i].words));
    CHECK(!strcmp(config_of(&children[child_named("execute0")])->why, faults[i].words));
  }
}

/* Its children's reports and the host's configurations are anything, and faults come in any order: it names nothing that it has not, and its lines are text. */
static void stands_hostile_children(void) {
  enum { ROUNDS = 20000 };
  init();
  for (uint32_t round = 0; round < ROUNDS; round++) {
    uint8_t bytes[16];
    uint32_t id = (uint32_t)draw(CHILDREN);
    struct report *report = region(children[id].report);
    for (uint32_t i = 0; i < SHA256_DIGITS; i++) report->sha256[i] = (char)draw(256);
    for (uint32_t i = 0; i < NOTICE_TEXT_BYTES; i++) report->why[i] = (char)draw(256);
    report->said = (uint32_t)draw(3);
    report->serves = draw(1000) > 0;
    for (uint32_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(draw(3) ? 0 : draw(256));
    if (draw(16) == 0) lie_as_writer(&configurations);
    if (draw(16) == 0) stream_begin_writing(&configurations);
    stream_write(&configurations, bytes, (uint32_t)draw(sizeof bytes));
    notified((microkit_channel)draw(16));
    if (draw(4) == 0) fault_of(children[id].name, draw(8), draw(UINT64_MAX), draw(UINT64_MAX), draw(2));
    for (uint32_t i = 0; i < said_bytes; i++) CHECK(said[i] == '\n' || (said[i] >= ' ' && said[i] <= '~'));
    CHECK(said_bytes == 0 || !strncmp(said, "hash ", 5) || !strncmp(said, "fault ", 6) || !strncmp(said, "restart ", 8) || !strncmp(said, "trouble ", 8));
    said_bytes = 0;
    if (round % 1000 == 0) over = false;
  }
}

int main(int count, char **words) {
  static const struct scenario scenarios[] = {
      {"gives each component its configuration", gives_whole},
      {"takes configurations however they are cut", gives_in_pieces},
      {"ends the core on a configuration that is too long", refuses_a_long_one},
      {"says of which modules components are made, once and in text", says_hashes_once},
      {"says once what a domain cannot do, in text", says_trouble_once},
      {"starts a component again that may be", starts_again},
      {"ends the core when one faults before it serves", ends_before_it_serves},
      {"ends the core when another faults, and says no more", ends_with_others},
      {"says why link has ended itself", says_what_link_says},
      {"says what each fault was", explains},
      {"stands whatever its children say and do", stands_hostile_children},
  };
  return count < 2 ? 2 : run_scenario(words[1], scenarios, sizeof scenarios / sizeof *scenarios);
}
