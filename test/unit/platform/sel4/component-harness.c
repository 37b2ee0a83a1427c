/* component-domain.c with a component of the test's own: the domain of `order`, or of `verify` where one is started again. */
#include "component-domain.c"
#include "stand-in.h"

/* A frame is a row of these: what to say, or what to do instead. */
enum { DO_TRAP = 0xfffffff0, DO_OVERRUN, DO_BABBLE };
enum { PAGES = 4, INPUT = 0, INPUT_BYTES = 65536, OUTPUT = 65536, BYTES = PAGES * 65536 };

static wasm_rt_memory_t wasm_memory;
static uint32_t stepped[4096], steps, boots_seen;
static uint8_t first_config_byte;

static void instantiate(void) { wasm_rt_allocate_memory(&wasm_memory, PAGES, PAGES, false, 65536); }
static uint32_t fake_init(uint32_t length) {
  boots_seen++;
  first_config_byte = length > 0 ? wasm_memory.data[INPUT] : 0;
  for (uint32_t i = OUTPUT; i < BYTES; i++) CHECK(wasm_memory.data[i] == 0);
  return 0;
}
static uint32_t fake_step(uint32_t lane, uint32_t length) {
  uint32_t at = OUTPUT;
  stepped[steps++ % 4096] = lane;
  for (uint32_t i = 0; i + 8 <= length; i += 8) {
    uint32_t order[2];
    memcpy(order, wasm_memory.data + INPUT + i, sizeof order);
    if (order[0] == DO_TRAP) wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    if (order[0] == DO_OVERRUN) *(volatile uint8_t *)(wasm_memory.data + BYTES + order[1]) = 1;
    if (order[0] == DO_BABBLE) return 5;
    if (order[1] > BYTES - at - 8 || at + 8 > BYTES - 8) break;
    memcpy(wasm_memory.data + at, order, sizeof order);
    memset(wasm_memory.data + at + 8, (int)steps, order[1]);
    at += 8 + order[1];
  }
  return at - OUTPUT;
}
static uint32_t input(void) { return INPUT; }
static uint32_t input_capacity(void) { return INPUT_BYTES; }
static uint32_t output(void) { return OUTPUT; }
static wasm_rt_memory_t *memory(void) { return &wasm_memory; }

#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
const struct component CODE(COMPONENT) = {
    .name = "fake",
    .sha256 = SHA256,
    .memory_bytes = BYTES,
    .instantiate = instantiate,
    .init = fake_init,
    .step = fake_step,
    .input = input,
    .input_capacity = input_capacity,
    .output = output,
    .memory = memory,
};

static const struct stream *in_of(uint32_t lane) {
  for (uint32_t i = 0; i < INS; i++)
    if (ins[i].lane == lane) return &ins[i];
  abort();
}

static struct config *given(void) { return region(CONFIG_ADDRESS); }

static void configure(uint32_t length) {
  ((uint8_t *)given())[CONFIG_HEADER_BYTES] = 77;
  given()->length = length;
  given()->ready = 1;
  init();
}

/* Puts a frame of these orders on a lane of its own. */
static void give(uint32_t lane, const uint32_t *orders, uint32_t count) {
  uint8_t *record = make_record(lane, count * 4, 0);
  memcpy(record + RECORD_HEADER_BYTES, orders, count * 4);
  CHECK(stream_write(in_of(lane), record, RECORD_HEADER_BYTES + count * 4));
  free(record);
}

static void give_one(uint32_t lane, uint32_t what, uint32_t bytes) { give(lane, (uint32_t[]){what, bytes}, 2); }

/* The next record to the host: its kind, or its lane. */
static uint32_t heard(uint32_t *length) {
  uint32_t header[2];
  const struct stream *out = host_out();
  if (stream_ready(out) < sizeof header) return LANES;
  stream_copy(out, 0, (uint8_t *)header, sizeof header);
  stream_took(out, RECORD_HEADER_BYTES + header[1]);
  *length = header[1];
  return header[0];
}

static void boots_by_its_configuration(void) {
  init();
  CHECK(boots_seen == 0 && report()->said == 0);
  configure(3);
  CHECK(boots_seen == 1 && first_config_byte == 77);
  CHECK(report()->said == 1 && report()->serves == 1 && memcmp(report()->sha256, SHA256, SHA256_DIGITS) == 0);
  CHECK(stand_in.notified[MONITOR_CHANNEL] == 1);
  notified(MONITOR_CHANNEL);
  CHECK(boots_seen == 1);
}

static void absent_takes_and_drops(void) {
  configure(0);
  give_one(HOST_LANE, 0, 0);
  notified(0);
  CHECK(boots_seen == 0 && report()->said == 0 && steps == 0 && stream_ready(in_of(HOST_LANE)) == 0);
}

#if defined PRIVATE_LANE
static void private_lanes_come_first(void) {
  configure(1);
  for (int i = 0; i < 3; i++) give_one(HOST_LANE, LANE_ORDER_TO_HOST, 1);
  for (int i = 0; i < 3; i++) give_one(PRIVATE_LANE, LANE_ORDER_TO_LEDGER, 1);
  notified(0);
  CHECK(steps == 6);
  for (int i = 0; i < 6; i++) CHECK(stepped[i] == (i < 3 ? PRIVATE_LANE : HOST_LANE));
}

/* Nobody takes what it says to ledger: it is not stepped, what waits keeps its order, and it goes on when there is room. */
static void waits_for_room(void) {
  enum { FRAMES = 60, FRAME = 100000 };
  const struct stream *out = out_of(LANE_ORDER_TO_LEDGER);
  uint32_t length, taken = 0;
  configure(1);
  for (int i = 0; i < FRAMES; i++) give_one(HOST_LANE, LANE_ORDER_TO_LEDGER, FRAME);
  notified(0);
  uint32_t before = steps;
  CHECK(before > 5 && before < FRAMES && ((struct written *)region(out->written))->waits);
  notified(0);
  CHECK(steps == before);
  uint8_t *frame = malloc(FRAME);
  while (stream_next(out, &length)) {
    CHECK(length == FRAME);
    stream_take(out, frame, length);
    taken++;
    for (int i = 0; i < FRAME; i += 999) CHECK(frame[i] == (uint8_t)taken);
    notified(0);
  }
  free(frame);
  CHECK(taken == FRAMES && steps == FRAMES);
}

static void drops_what_is_no_record(void) {
  const struct stream *in = in_of(PRIVATE_LANE);
  configure(1);
  CHECK(stream_write(in, (const uint8_t *)"\1\0\0\0\50\0\0\0half", 12));
  notified(0);
  CHECK(steps == 0 && stream_ready(in) == 0);
  give_one(PRIVATE_LANE, LANE_ORDER_TO_LEDGER, 1);
  notified(0);
  CHECK(steps == 1);
}

static void believes_no_position(void) {
  const struct stream *in = in_of(PRIVATE_LANE), *out = out_of(LANE_ORDER_TO_LEDGER);
  struct written *theirs = region(in->written);
  struct taken *taken = region(out->taken);
  configure(1);
  theirs->position = UINT64_C(1) << 40;
  notified(0);
  CHECK(steps == 0 && stream_ready(in) == 0);
  theirs->position = 0;
  taken->position = 1;
  give_one(PRIVATE_LANE, LANE_ORDER_TO_LEDGER, 1);
  notified(0);
  CHECK(steps == 1 && speaking);
  taken->position = 0;
  notified(0);
  CHECK(!speaking && stream_ready(out) == RECORD_HEADER_BYTES + 1);
}

static void speaks_on_its_own_lanes(void) {
  configure(1);
  const uint32_t orders[] = {LANE_VAULT_TO_LEDGER, 4, LANES, 4, 1u << 31, 0, LANE_ORDER_TO_VAULT, 3000, LANE_ORDER_TO_LEDGER, 5};
  give(PRIVATE_LANE, orders, 10);
  notified(0);
  CHECK(steps == 1 && !speaking);
  for (uint32_t i = 0; i < OUTS; i++)
    CHECK(stream_ready(&outs[i]) == (outs[i].lane == LANE_ORDER_TO_LEDGER ? RECORD_HEADER_BYTES + 5 : 0));
}
#endif

static void takes_what_comes_in_pieces(void) {
  uint8_t *record = make_record(HOST_LANE, 8, 0);
  const uint32_t order[] = {HOST_OUT_LANE, 2};
  memcpy(record + RECORD_HEADER_BYTES, order, sizeof order);
  configure(1);
  for (int i = 0; i < 16; i++) {
    CHECK(steps == 0);
    CHECK(stream_write(in_of(HOST_LANE), record + i, 1));
    notified(0);
  }
  free(record);
  CHECK(steps == 1);
}

/* 9 MiB, which come in pieces, are dropped and told of as served; what is behind them is served. */
static void drops_what_is_too_long(void) {
  enum { LONG = 9 << 20, PIECE = 65536 };
  const uint32_t header[] = {HOST_LANE, LONG};
  static uint8_t piece[PIECE];
  uint32_t length;
  configure(1);
  CHECK(stream_write(in_of(HOST_LANE), (const uint8_t *)header, sizeof header));
  for (int i = 0; i < LONG; i += PIECE) {
    CHECK(stream_write(in_of(HOST_LANE), piece, PIECE));
    if (i % (8 * PIECE) == 0) notified(0);
  }
  give_one(HOST_LANE, HOST_OUT_LANE, 2);
  notified(0);
  CHECK(steps == 1);
  CHECK(heard(&length) == RECORD_SERVED);
  CHECK(heard(&length) == HOST_OUT_LANE && length == 2);
  CHECK(heard(&length) == RECORD_SERVED);
  CHECK(heard(&length) == LANES);
}

static void trap_is_a_fault(void) {
  configure(1);
  if (!sigsetjmp(after_fault, 1)) {
    give_one(HOST_LANE, DO_TRAP, 0);
    notified(0);
  }
  CHECK(named == TRAPS + WASM_RT_TRAP_UNREACHABLE);
}

static void babble_is_a_fault(void) {
  configure(1);
  if (!sigsetjmp(after_fault, 1)) {
    give_one(HOST_LANE, DO_BABBLE, 0);
    notified(0);
  }
  CHECK(named == TRAPS + WASM_RT_TRAP_OOB);
}

/* As domain_start begins a domain: its variables are 0, its memory and its lanes are what they were. */
static void begin_again(const char *why) {
  boots = absent = speaking = to_host = restarted = false;
  at = host_turn = private_turn = 0;
  given()->restarts++;
  copy_text(given()->why, why);
  init();
}

static void begins_again(void) {
  uint32_t length;
  configure(1);
  give_one(HOST_LANE, HOST_OUT_LANE, 2);
  notified(0);
  CHECK(heard(&length) == HOST_OUT_LANE && heard(&length) == RECORD_SERVED);
  if (!sigsetjmp(after_fault, 1)) {
    give_one(HOST_LANE, DO_OVERRUN, 1000);
    give_one(HOST_LANE, HOST_OUT_LANE, 3);
    notified(0);
  }
  CHECK(named == MEMORY_ADDRESS + BYTES + 1000);
  begin_again("memory access out of bounds");
  /* It looked at cleared memory (fake_init), does not take the frame again that it faulted on, and has told the host of both. */
  CHECK(boots_seen == 2 && steps == 3);
  CHECK(heard(&length) == RECORD_FAULT && length == 4 + strlen("memory access out of bounds"));
  CHECK(heard(&length) == HOST_OUT_LANE && length == 3);
  CHECK(heard(&length) == RECORD_SERVED && heard(&length) == LANES);
  CHECK(report()->serves == 1);
}

/* Whatever it wrote into the pages of its lanes before it was started again, they work from then on. */
static void puts_positions_right(void) {
  uint32_t length;
  configure(1);
  stream_taken(in_of(HOST_LANE))->position = UINT64_C(1) << 50;
  ((struct written *)region(host_out()->written))->position = UINT64_C(1) << 50;
  begin_again("test");
  give_one(HOST_LANE, HOST_OUT_LANE, 3);
  notified(0);
  CHECK(heard(&length) == RECORD_FAULT && heard(&length) == HOST_OUT_LANE && length == 3);
}

/*
 * Whatever its neighbours write where they may: it names nothing that it has not, but for its component's own traps, after which it is started again; and
 * when they are sound again, it serves.
 */
static void stands_hostile_neighbours(void) {
  enum { ROUNDS = 20000 };
  static uint32_t orders[12];
  configure(1);
  for (volatile int round = 0; round < ROUNDS; round++) {
    if (sigsetjmp(after_fault, 1)) {
      CHECK(named - TRAPS < TRAPS_BYTES || named - MEMORY_ADDRESS < WASM_RT_REACH);
      begin_again("test");
    }
    const struct stream *in = &ins[draw(INS)], *out = &outs[draw(OUTS)];
    if (draw(8) == 0) lie_as_writer(in);
    if (draw(8) == 0) lie_as_taker(out);
    if (draw(4) == 0) stream_begin_writing(in);
    if (draw(4) == 0) stream_begin_taking(out);
    for (uint32_t i = 0; i < 12; i += 2) {
      orders[i] = draw(32) == 0 ? DO_TRAP + (uint32_t)draw(4) : (uint32_t)draw(LANES + 2);
      orders[i + 1] = (uint32_t)draw(draw(8) == 0 ? UINT32_MAX : 300);
    }
    uint32_t length = (uint32_t)draw(13), ready = stream_ready(out);
    uint8_t *record = make_record(in->lane, length * 4, 0);
    memcpy(record + RECORD_HEADER_BYTES, orders, length * 4);
    stream_write(in, record, draw(16) == 0 ? 1 + (uint32_t)draw(RECORD_HEADER_BYTES + length * 4) : RECORD_HEADER_BYTES + length * 4);
    free(record);
    if (ready > 0 && draw(2)) stream_took(out, 1 + (uint32_t)draw(ready));
    notified((microkit_channel)draw(8));
  }
  if (sigsetjmp(after_fault, 1)) begin_again("test");
  for (uint32_t i = 0; i < INS; i++) *(struct written *)region(ins[i].written) = (struct written){0};
  for (uint32_t i = 0; i < INS; i++) *(struct taken *)region(ins[i].taken) = (struct taken){0};
  for (uint32_t i = 0; i < OUTS; i++) stream_took(&outs[i], stream_ready(&outs[i]));
  for (uint32_t i = 0; i < OUTS; i++) stream_begin_taking(&outs[i]);
  notified(0);
  uint32_t before = steps;
  give_one(HOST_LANE, HOST_OUT_LANE, 2);
  notified(0);
  CHECK(steps == before + 1);
}

int main(int count, char **words) {
  static const struct scenario scenarios[] = {
      {"boots by its configuration", boots_by_its_configuration},
      {"takes and drops what is sent to a component that is absent", absent_takes_and_drops},
#if defined PRIVATE_LANE
      {"serves private lanes first", private_lanes_come_first},
      {"waits for room, and loses nothing", waits_for_room},
      {"drops what is no record", drops_what_is_no_record},
      {"believes no position that cannot be", believes_no_position},
      {"lets its component speak on its own lanes alone, and no longer than their frames", speaks_on_its_own_lanes},
#endif
      {"takes records that come in pieces", takes_what_comes_in_pieces},
      {"drops frames that are too long", drops_what_is_too_long},
      {"makes a fault of a trap", trap_is_a_fault},
      {"makes a fault of an answer that is no row of records", babble_is_a_fault},
      {"begins again in cleared memory", begins_again},
      {"puts positions right when it begins again", puts_positions_right},
      {"stands whatever its neighbours write", stands_hostile_neighbours},
  };
  return count < 2 ? 2 : run_scenario(words[1], scenarios, sizeof scenarios / sizeof *scenarios);
}
