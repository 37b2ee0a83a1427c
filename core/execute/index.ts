/**
 * `execute`: a pure function from a transaction, the objects it reads and the environment to its effects, the objects it writes, and
 * everything it relied on. It holds nothing between steps but whether it speaks to `ledger`.
 */
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import {
  LANE_HOST_TO_EXECUTE,
  REJECT_EXECUTE_MALFORMED_FRAME,
  REJECT_EXECUTE_NOT_READY,
  REJECT_EXECUTE_UNKNOWN_LANE,
} from "../wire/generated";
import { answerRejected } from "./answer";
import { readRequest, requestId } from "./request";
import { run } from "./run";

export { input, inputCapacity, output } from "../lib/frame";

/** All that outlives a step: {ready u32, sealed u32}. */
const STATE: usize = memory.data(8, 16);
const STATE_BYTES: u32 = 8;
const SEALED: usize = 4;

/** The configuration frame: {sealed u8}. A malformed one leaves the component refusing everything. */
export function init(length: u32): u32 {
  frame.begin();
  reader.open(frame.input(), length);
  const sealed = reader.bool_();
  store<u32>(STATE, reader.exhausted() ? 1 : 0);
  store<u32>(STATE, sealed ? 1 : 0, SEALED);
  return frame.end();
}

/** One frame of the host's lane. */
export function step(lane: u32, length: u32): u32 {
  frame.begin();
  if (lane != LANE_HOST_TO_EXECUTE) {
    answerRejected(0, REJECT_EXECUTE_UNKNOWN_LANE, 0);
    return frame.end();
  }
  reader.open(frame.input(), length);
  if (load<u32>(STATE) == 0) answerRejected(0, REJECT_EXECUTE_NOT_READY, 0);
  else if (length > frame.inputCapacity() || !readRequest())
    answerRejected(requestId(), REJECT_EXECUTE_MALFORMED_FRAME, 0);
  else run(load<u32>(STATE, SEALED) != 0);
  return frame.end();
}

export function stateBase(): usize {
  return STATE;
}

export function stateLength(): u32 {
  return STATE_BYTES;
}
