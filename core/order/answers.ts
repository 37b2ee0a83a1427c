/** Frames that `order` sends, apart from those of a commit. */
import * as frame from "../lib/frame";
import * as writer from "../lib/writer";
import {
  LANE_ORDER_TO_HOST,
  LANE_ORDER_TO_LEDGER,
  LANE_ORDER_TO_VAULT,
  ORDER_TO_HOST_ACCEPTED,
  ORDER_TO_HOST_MISSING,
  ORDER_TO_HOST_PROPOSED,
  ORDER_TO_HOST_REJECTED,
  ORDER_TO_LEDGER_INSTALL,
  ORDER_TO_VAULT_SIGN_BLOCK,
  SIGNATURE_BYTES,
} from "../wire/generated";
import { HEADER_TRANSACTION_BYTES, headerTransactionAt, PARENT_BYTES, parentAt } from "./header";
import * as outstanding from "./outstanding";
import { missingCount, missingPlace } from "./payload";
import { missingParent, missingParents } from "./rules";
import * as state from "./state";

export function sayRejected(id: u64, code: u32, a: u64, b: u64): void {
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_REJECTED);
  writer.u64_(id);
  writer.u16_(code);
  writer.u64_(a);
  writer.u64_(b);
  frame.finish();
}

export function sayAccepted(id: u64): void {
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_ACCEPTED);
  writer.u64_(id);
  frame.finish();
}

/** What the header in header.ts names and `order` does not have, as `linkParents` and `gather` found it last. */
export function sayMissing(id: u64): void {
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_MISSING);
  writer.u64_(id);
  writer.uleb(missingParents());
  for (let i: u32 = 0; i < missingParents(); i++) writer.raw(parentAt(missingParent(i)), PARENT_BYTES);
  writer.uleb(missingCount());
  for (let i: u32 = 0; i < missingCount(); i++) {
    writer.raw(headerTransactionAt(missingPlace(i)), HEADER_TRANSACTION_BYTES);
  }
  frame.finish();
}

/** Asks the vault to sign the outstanding block. */
export function askSignature(): void {
  frame.start(LANE_ORDER_TO_VAULT);
  writer.uleb(ORDER_TO_VAULT_SIGN_BLOCK);
  writer.u64_(state.epoch());
  writer.u64_(outstanding.outstandingRound());
  writer.raw32(outstanding.outstandingDigest());
  frame.finish();
}

/** The outstanding block with its signature. */
export function sayProposed(signature: usize): void {
  const length = outstanding.outstandingHeaderLength();
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_PROPOSED);
  writer.u64_(outstanding.outstandingId());
  writer.u64_(outstanding.outstandingRound());
  writer.raw32(outstanding.outstandingDigest());
  writer.uleb(length + SIGNATURE_BYTES);
  writer.raw(outstanding.outstandingHeader(), length);
  writer.raw(signature, SIGNATURE_BYTES);
  frame.finish();
}

/** Hands an installed checkpoint on to `ledger`. */
export function sayInstall(summary: usize, length: u32): void {
  frame.start(LANE_ORDER_TO_LEDGER);
  writer.uleb(ORDER_TO_LEDGER_INSTALL);
  writer.blob(summary, length);
  frame.finish();
}
