/**
 * What a vault that has lost its state and those of its peers say to each other, on its way through `order`: from our vault to the host and back, with
 * nothing added. Who says it is for `verify`, what it means for the vault.
 */
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import {
  LANE_ORDER_TO_HOST,
  LANE_ORDER_TO_VAULT,
  NO_AUTHOR,
  ORDER_TO_HOST_RECOVERING,
  ORDER_TO_HOST_STANDING,
  ORDER_TO_VAULT_RECOVERY,
  ORDER_TO_VAULT_STANDING,
  PUBLIC_KEY_BYTES,
  REJECT_ORDER_MALFORMED_FRAME,
  REJECT_ORDER_NOT_READY,
  REJECT_ORDER_VAULT_REFUSED,
  SIGNATURE_BYTES,
} from "../wire/generated";
import { sayRejected } from "./answers";
import * as state from "./state";

/** `VerifiedRecovery`: chain, epoch, key, nonce, round. */
const RECOVERY_BYTES: usize = 32 + 8 + PUBLIC_KEY_BYTES + 32 + 8;
/** `Recovering`: key, nonce. */
const RECOVERING_BYTES: usize = PUBLIC_KEY_BYTES + 32;
/** `Standing`: author, boot, round, signature. */
const STANDING_BYTES: usize = 2 + 8 + 8 + SIGNATURE_BYTES;

/** `StandingRequest`, after its variant. */
export function askStanding(): void {
  const id = reader.u64_();
  const nonce = reader.raw32();
  if (!reader.exhausted()) {
    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
    return;
  }
  if (state.author() == NO_AUTHOR) {
    sayRejected(id, REJECT_ORDER_NOT_READY, 0, 0);
    return;
  }
  frame.start(LANE_ORDER_TO_VAULT);
  writer.uleb(ORDER_TO_VAULT_STANDING);
  writer.u64_(id);
  writer.u64_(state.epoch());
  writer.raw32(nonce);
  frame.finish();
}

/** `StandingGiven`, after its variant. */
export function standing(): void {
  const id = reader.u64_();
  const given = reader.take(STANDING_BYTES);
  if (!reader.exhausted()) return;
  frame.start(LANE_ORDER_TO_HOST);
  writer.uleb(ORDER_TO_HOST_STANDING);
  writer.u64_(id);
  writer.raw(given, STANDING_BYTES);
  frame.finish();
}

/** `StandingRefused`, after its variant. */
export function noStanding(): void {
  const id = reader.u64_();
  const code = reader.u16_();
  if (reader.exhausted()) sayRejected(id, REJECT_ORDER_VAULT_REFUSED, code, 0);
}

/** `Recovering`, after its variant. */
export function recovering(): void {
  const given = reader.take(RECOVERING_BYTES);
  if (reader.exhausted()) pass(LANE_ORDER_TO_HOST, ORDER_TO_HOST_RECOVERING, given, RECOVERING_BYTES);
}

/** `VerifiedRecovery`, after its variant. */
export function recovery(): void {
  const given = reader.take(RECOVERY_BYTES);
  if (reader.exhausted()) pass(LANE_ORDER_TO_VAULT, ORDER_TO_VAULT_RECOVERY, given, RECOVERY_BYTES);
}

function pass(lane: u32, variant: u32, given: usize, length: usize): void {
  frame.start(lane);
  writer.uleb(variant);
  writer.raw(given, length);
  frame.finish();
}
