/** Frames that the ledger sends. */
import * as frame from "../lib/frame";
import * as writer from "../lib/writer";
import {
  LANE_LEDGER_TO_HOST,
  LANE_LEDGER_TO_VAULT,
  LEDGER_TO_HOST_ACCEPTED,
  LEDGER_TO_HOST_CHECKPOINT,
  LEDGER_TO_HOST_REJECTED,
  LEDGER_TO_HOST_STALE,
  LEDGER_TO_HOST_STATUS,
  LEDGER_TO_HOST_STEPPED,
  LEDGER_TO_VAULT_BIND,
  LEDGER_TO_VAULT_SIGN_CHECKPOINT,
  SIGNATURE_BYTES,
} from "../wire/generated";
import { endBytes, endLength } from "./epoch";
import * as queue from "./queue";
import * as state from "./state";

export function accepted(id: u64): void {
  frame.start(LANE_LEDGER_TO_HOST);
  writer.uleb(LEDGER_TO_HOST_ACCEPTED);
  writer.u64_(id);
  frame.finish();
}

/** `code`: REJECT_LEDGER_*; `a` and `b` as its description says. */
export function rejected(id: u64, code: u32, a: u64, b: u64): void {
  frame.start(LANE_LEDGER_TO_HOST);
  writer.uleb(LEDGER_TO_HOST_REJECTED);
  writer.u64_(id);
  writer.u16_(code);
  writer.u64_(a);
  writer.u64_(b);
  frame.finish();
}

/** `closes`: the checkpoint ends here. `ending`: what remains is the transaction that was added last, which ends the epoch. */
export function stepped(id: u64, remaining: u32, closes: bool, ending: bool): void {
  frame.start(LANE_LEDGER_TO_HOST);
  writer.uleb(LEDGER_TO_HOST_STEPPED);
  writer.u64_(id);
  writer.raw32(state.ROOT);
  writer.u32_(remaining);
  writer.u8_(closes ? 1 : 0);
  writer.u8_(ending ? 1 : 0);
  if (ending) writer.blob(endBytes(), endLength());
  frame.finish();
}

/** `places`: `count` places in the open commit, u32 each. */
export function stale(id: u64, places: usize, count: u32): void {
  frame.start(LANE_LEDGER_TO_HOST);
  writer.uleb(LEDGER_TO_HOST_STALE);
  writer.u64_(id);
  writer.uleb(count);
  for (let i: u32 = 0; i < count; i++) writer.raw32(queue.transactionDigest(load<u32>(places + ((<usize>i) << 2))));
  frame.finish();
}

export function status(id: u64): void {
  const known = load<u32>(state.VAULT_KNOWN) == 1;
  frame.start(LANE_LEDGER_TO_HOST);
  writer.uleb(LEDGER_TO_HOST_STATUS);
  writer.u64_(id);
  writer.u8_(known ? 1 : 0);
  if (known) writer.raw(state.VAULT_READY, state.VAULT_READY_BYTES);
  writer.u64_(load<u64>(state.NEXT_SEQUENCE));
  writer.u64_(load<u64>(state.NEXT_COMMIT));
  writer.raw32(state.ROOT);
  writer.u32_(state.bytesUsed());
  writer.u64_(load<u64>(state.REFUSED_RESULTS));
  writer.u16_(load<u32>(state.LAST_REFUSAL));
  frame.finish();
}

/** The checkpoint whose summary is kept, with a certificate of our one signature. */
export function checkpoint(boot: u64, signature: usize): void {
  startCheckpoint(CERTIFICATE_BYTES);
  writer.uleb(1);
  writer.u16_(load<u32>(state.AUTHOR));
  writer.u64_(boot);
  writer.raw(signature, SIGNATURE_BYTES);
  frame.finish();
}

/** The same with a certificate of no signature. */
export function unsignedCheckpoint(): void {
  startCheckpoint(EMPTY_CERTIFICATE_BYTES);
  writer.uleb(0);
  frame.finish();
}

/** Up to the certificate's epoch. */
function startCheckpoint(certificateBytes: u32): void {
  frame.start(LANE_LEDGER_TO_HOST);
  writer.uleb(LEDGER_TO_HOST_CHECKPOINT);
  writer.u64_(load<u64>(state.NEXT_SEQUENCE));
  writer.raw32(state.SUMMARY_DIGEST);
  writer.blob(state.SUMMARY, load<u32>(state.SUMMARY_LENGTH));
  writer.uleb(certificateBytes);
  writer.u64_(load<u64>(state.ENVIRONMENT)); // its first field is the epoch
}

/** bcs(Certificate): epoch, count; and of one signature: author, boot, signature. */
const EMPTY_CERTIFICATE_BYTES: u32 = 8 + 1;
const CERTIFICATE_BYTES: u32 = EMPTY_CERTIFICATE_BYTES + 2 + 8 + SIGNATURE_BYTES;

export function bind(): void {
  frame.start(LANE_LEDGER_TO_VAULT);
  writer.uleb(LEDGER_TO_VAULT_BIND);
  writer.raw32(state.CHAIN);
  frame.finish();
}

export function signCheckpoint(): void {
  frame.start(LANE_LEDGER_TO_VAULT);
  writer.uleb(LEDGER_TO_VAULT_SIGN_CHECKPOINT);
  writer.u64_(load<u64>(state.ENVIRONMENT));
  writer.u64_(load<u64>(state.NEXT_SEQUENCE));
  writer.u64_(queue.commitRound());
  writer.u8_(load<u32>(state.END_ADDED));
  writer.raw32(state.SUMMARY_DIGEST);
  frame.finish();
}
