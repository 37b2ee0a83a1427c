/**
 * Proof of equivocation: two blocks of one author and round, both signed. Of each author one is kept, of the lowest round seen, and of that the two
 * blocks of the least digests, so that it does not depend on the order in which they came. The host has the blocks, by their digests.
 */
import { copy32 } from "../lib/bytes";
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import { LANE_ORDER_TO_HOST, ORDER_TO_HOST_EVIDENCE, REJECT_ORDER_MALFORMED_FRAME } from "../wire/generated";
import { sayRejected } from "./answers";
import { blocksOf, digestOf } from "./dag";
import * as state from "./state";

/** Of each author: round u64 (0: none), two digests, 8 bytes unused. */
export const EVIDENCE_BYTES: u64 = 80;
const FIRST: usize = 8;
const SECOND: usize = 40;

function evidenceOf(author: u32): usize {
  const committed = (<usize>state.committeeSize()) << 3;
  return state.part(state.COMMITTED_AT) + committed + <usize>author * <usize>EVIDENCE_BYTES;
}

/** Looks at an author's blocks of a round after one was added. */
export function noteEquivocation(round: u64, author: u32): void {
  if (blocksOf(round, author) < 2) return;
  const at = evidenceOf(author);
  const known = load<u64>(at);
  if (known != 0 && known < round) return;
  store<u64>(at, round);
  copy32(at + FIRST, digestOf(round, author, 0));
  copy32(at + SECOND, digestOf(round, author, 1));
}

/** `EvidenceRequest`, after its variant. */
export function evidence(): void {
  const id = reader.u64_();
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  const n = state.committeeSize();
  let count: u32 = 0;
  for (let author: u32 = 0; author < n; author++) if (load<u64>(evidenceOf(author)) != 0) count++;
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_EVIDENCE);
  writer.u64_(id);
  writer.uleb(count);
  for (let author: u32 = 0; author < n; author++) {
    const at = evidenceOf(author);
    if (load<u64>(at) == 0) continue;
    writer.u16_(author);
    writer.u64_(load<u64>(at));
    writer.raw32(at + FIRST);
    writer.raw32(at + SECOND);
  }
  frame.finish();
}
