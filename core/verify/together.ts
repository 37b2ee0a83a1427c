/**
 * Ed25519 signatures of several transactions, looked at together (lib/sig/ed25519-batch). Whoever asks for it goes over the transactions
 * once while their signatures are only taken down and said to be good, and over again if one of them is not: then each has the verdict
 * that it has alone.
 */
import { LENGTH_32 } from "../lib/bytes";
import { fault, NO_FAULT } from "../lib/iota/signature-fault";
import { FLAG_BYTES, FLAG_ED25519, simpleKey, verifyBare } from "../lib/iota/simple-signature";
import { ED25519_BATCH_MAX, ED25519_ITEM_BYTES, ed25519VerifyBatch } from "../lib/sig/ed25519-batch";
import * as code from "../wire/generated";

/** Each signature is looked at when it comes. */
const AT_ONCE: u32 = 0;
/** They are taken down. */
const LATER: u32 = 1;
/** They have been looked at. */
const KNOWN: u32 = 2;

/** ED25519_BATCH_MAX of ED25519_ITEM_BYTES, the messages of 32 bytes that they point to, and a byte for each verdict. */
const ITEMS: usize = memory.data(1_024, 16);
const MESSAGES: usize = memory.data(2_048, 16);
const VERDICTS: usize = memory.data(64, 16);

let manner: u32 = AT_ONCE;
let count: u32 = 0;
/** Place of the next signature, once they are known. */
let next: u32 = 0;

/** From here on signatures are taken down, and said to be good. */
export function begin(): void {
  manner = LATER;
  count = 0;
}

/** How many were taken down so far: the place of the next one. */
export function place(): u32 {
  return count;
}

/** Looks at all that were taken down; whether they are good. From here on each has its own verdict. */
export function look(): bool {
  manner = KNOWN;
  return ed25519VerifyBatch(VERDICTS, ITEMS, count);
}

/** The signatures that come next are those from this place on. */
export function goTo(at: u32): void {
  next = at;
}

export function end(): void {
  manner = AT_ONCE;
}

/** Whether the serialized signature, which has its scheme's form, is of one Ed25519 key. */
export function isPlain(signature: usize): bool {
  return <u32>load<u8>(signature) == FLAG_ED25519;
}

/** The verdict on a plain signature on the 32-byte message; NO_FAULT, or why it is not good. */
export function verify(signature: usize, message: usize): u64 {
  if (manner == LATER && count < ED25519_BATCH_MAX) {
    takeDown(signature, message);
    return NO_FAULT;
  }
  const valid =
    manner == KNOWN && next < count
      ? load<u8>(VERDICTS + next++) != 0
      : verifyBare(FLAG_ED25519, signature + FLAG_BYTES, simpleKey(signature), message);
  return valid ? NO_FAULT : fault(code.REJECT_FAULT_SIGNATURE);
}

function takeDown(signature: usize, message: usize): void {
  const item = ITEMS + <usize>count * ED25519_ITEM_BYTES;
  const kept = MESSAGES + <usize>count * LENGTH_32;
  memory.copy(kept, message, LENGTH_32);
  store<u32>(item, <u32>(signature + FLAG_BYTES));
  store<u32>(item, <u32>simpleKey(signature), 4);
  store<u32>(item, <u32>kept, 8);
  store<u32>(item, <u32>LENGTH_32, 12);
  count++;
}
