/**
 * Transactions that wait for `verify` at the same time go to it in one frame, which it answers as it answers them alone, for less work:
 * it looks at their Ed25519 signatures together.
 */
import { HostToVerify } from "../core/wire/frames.ts";
import { MAX_VERIFY_TRANSACTIONS } from "../core/wire/limits.ts";
import { encode } from "../core/wire/schema.ts";

const variants = [...(HostToVerify.shape.kind === "union" ? HostToVerify.shape.variants.keys() : [])];
const TRANSACTION = variants.indexOf("transaction");
/** A frame of several up to their number: the answers name the transactions, so its own id is nobody's. */
const HEAD = encode(HostToVerify, { kind: "transactions", id: 0n, transactions: [] }).subarray(0, -1);

/** The same requests in as few frames, in their order. `frames`: of HostToVerify, one request each. */
export function together(frames: readonly Uint8Array[]): Uint8Array[] {
  const result: Uint8Array[] = [];
  let waiting: Uint8Array[] = [];
  const flush = (): void => {
    if (waiting.length > 0) result.push(waiting.length === 1 ? waiting[0]! : joined(waiting));
    waiting = [];
  };
  for (const frame of frames) {
    if (frame[0] === TRANSACTION) {
      waiting.push(frame);
      if (waiting.length === MAX_VERIFY_TRANSACTIONS) flush();
    } else {
      flush();
      result.push(frame);
    }
  }
  flush();
  return result;
}

/** What follows the variant in a transaction's own frame is an element of a frame of several. */
function joined(frames: readonly Uint8Array[]): Uint8Array {
  const elements = frames.map((frame) => frame.subarray(1));
  const start = HEAD.length + 1;
  const whole = new Uint8Array(elements.reduce((length, element) => length + element.length, start));
  whole.set(HEAD);
  whole[HEAD.length] = frames.length; // one byte of ULEB128: there are never as many as 128
  let at = start;
  for (const element of elements) {
    whole.set(element, at);
    at += element.length;
  }
  return whole;
}
