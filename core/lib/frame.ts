/**
 * The buffers through which a component speaks to its runner, the same in every component.
 *
 * The runner writes one frame at `input()`, calls `step(lane, length)`, and finds `step`'s result bytes at `output()`: records
 * of {lane u32, length u32, frame}, little-endian, one after another. `init(length)` takes the configuration frame in the same
 * way and returns output records too. A component's entry module re-exports `input`, `inputCapacity` and `output`.
 */
import * as writer from "./writer";

/** Bytes of one frame that comes in: MAX_FRAME_BYTES of core/wire/limits.ts. */
const INPUT_BYTES: usize = 8_388_608;
/** Bytes of all records that one step sends: a largest frame each to the host and to a neighbour, and room for small ones. */
const OUTPUT_BYTES: usize = 17_825_792;
/** {lane, length} before each frame. */
const RECORD_HEADER_BYTES: usize = 8;

const INPUT: usize = memory.data(8_388_608, 16);
const OUTPUT: usize = memory.data(17_825_792, 16);

/** Bytes of the records that are finished: the next begins behind them. */
let used: usize = 0;

export function input(): usize {
  return INPUT;
}

export function inputCapacity(): u32 {
  return <u32>INPUT_BYTES;
}

export function output(): usize {
  return OUTPUT;
}

/** Begins a step, or begins it again when it turns out to be rejected: forgets all records so far. */
export function begin(): void {
  used = 0;
}

/** Starts a frame on `lane`; its bytes follow through lib/writer. */
export function start(lane: u32): void {
  if (OUTPUT_BYTES - used < RECORD_HEADER_BYTES) {
    writer.open(OUTPUT, 0);
    return;
  }
  store<u32>(OUTPUT + used, lane);
  writer.open(OUTPUT + used + RECORD_HEADER_BYTES, OUTPUT_BYTES - used - RECORD_HEADER_BYTES);
}

/** Ends the frame. False, and nothing is sent, when it did not fit. */
export function finish(): bool {
  if (!writer.ok()) return false;
  const length = writer.length();
  store<u32>(OUTPUT + used + 4, length);
  used += RECORD_HEADER_BYTES + length;
  return true;
}

/** What `step` returns: bytes of all records. */
export function end(): u32 {
  return <u32>used;
}
