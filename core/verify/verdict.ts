/**
 * How a check speaks: it returns 0, or a REJECT_VERIFY_ code through `reject`, which keeps the two values that the code's description
 * (core/wire/codes.ts) gives a meaning to.
 */
import * as frame from "../lib/frame";
import * as writer from "../lib/writer";
import { LANE_VERIFY_TO_HOST, VERIFY_TO_HOST_REJECTED } from "../wire/generated";

/** What a check returns when it found nothing wrong. */
export const PASSED: u32 = 0;

let valueA: u64 = 0;
let valueB: u64 = 0;

/** Returns `code` and keeps `a` and `b` for the answer. */
export function reject(code: u32, a: u64 = 0, b: u64 = 0): u32 {
  valueA = a;
  valueB = b;
  return code;
}

/** Writes the answer for a code that a check has just returned through `reject`. */
export function answerRejected(id: u64, code: u32): void {
  frame.start(LANE_VERIFY_TO_HOST);
  writer.uleb(VERIFY_TO_HOST_REJECTED);
  writer.u64_(id);
  writer.u16_(code);
  writer.u64_(valueA);
  writer.u64_(valueB);
  frame.finish();
}
