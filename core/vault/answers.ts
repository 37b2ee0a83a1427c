/** Frames that the vault sends. */
import * as frame from "../lib/frame";
import * as writer from "../lib/writer";
import {
  LANE_VAULT_TO_LEDGER,
  LANE_VAULT_TO_ORDER,
  LANE_VAULT_TO_TRUST,
  PUBLIC_KEY_BYTES,
  REJECT_VAULT_SIGNATURE_FAILED,
  SIGNATURE_BYTES,
  VAULT_TO_LEDGER_BOUND,
  VAULT_TO_LEDGER_READY,
  VAULT_TO_LEDGER_REFUSED,
  VAULT_TO_LEDGER_SIGNED,
  VAULT_TO_ORDER_NO_STANDING,
  VAULT_TO_ORDER_READY,
  VAULT_TO_ORDER_RECOVERING,
  VAULT_TO_ORDER_REFUSED,
  VAULT_TO_ORDER_SIGNED,
  VAULT_TO_ORDER_STANDING,
  VAULT_TO_TRUST_ENTROPY,
  VAULT_TO_TRUST_LOAD,
  VAULT_TO_TRUST_SEAL,
} from "../wire/generated";
import * as key from "./key";
import { SEALED_BYTES, writeSealed } from "./sealed";
import * as state from "./state";

const ZERO: usize = memory.data(32, 16);

export function askLoad(): void {
  frame.start(LANE_VAULT_TO_TRUST);
  writer.uleb(VAULT_TO_TRUST_LOAD);
  frame.finish();
}

export function askEntropy(): void {
  frame.start(LANE_VAULT_TO_TRUST);
  writer.uleb(VAULT_TO_TRUST_ENTROPY);
  frame.finish();
}

/** Asks that NEXT be made durable and counted. */
export function askSeal(): void {
  frame.start(LANE_VAULT_TO_TRUST);
  writer.uleb(VAULT_TO_TRUST_SEAL);
  writer.u64_(state.generation(state.next()));
  writer.uleb(SEALED_BYTES);
  writeSealed(state.next());
  frame.finish();
}

function ready(lane: u32, variant: u32): void {
  const record = state.current();
  frame.start(lane);
  writer.uleb(variant);
  const publicKey = writer.reserve(PUBLIC_KEY_BYTES);
  if (publicKey) key.publicKey(publicKey);
  writer.u64_(state.boot(record));
  writer.raw32(state.chain(record));
  writer.u64_(state.recordEpoch(record));
  writer.u64_(state.round(record));
  writer.raw32(state.roundDigest(record));
  writer.u64_(state.nextSequence(record));
  writer.raw32(state.sequenceDigest(record));
  frame.finish();
}

export function sayReady(): void {
  ready(LANE_VAULT_TO_ORDER, VAULT_TO_ORDER_READY);
  ready(LANE_VAULT_TO_LEDGER, VAULT_TO_LEDGER_READY);
}

/** What peers' vaults are to be asked with. */
export function sayRecovering(): void {
  frame.start(LANE_VAULT_TO_ORDER);
  writer.uleb(VAULT_TO_ORDER_RECOVERING);
  const publicKey = writer.reserve(PUBLIC_KEY_BYTES);
  if (publicKey) key.publicKey(publicKey);
  writer.raw32(state.nonce());
  frame.finish();
}

/** Gives a signed standing, of a request of that kind. */
export function sayStanding(id: u64, request: usize): void {
  frame.start(LANE_VAULT_TO_ORDER);
  writer.uleb(VAULT_TO_ORDER_STANDING);
  writer.u64_(id);
  writer.u16_(state.author());
  writer.u64_(key.signedBoot(request));
  writer.u64_(state.requestSlot(request));
  const signature = writer.reserve(SIGNATURE_BYTES);
  if (signature && key.sign(signature, request)) frame.finish();
  else sayNoStanding(id, REJECT_VAULT_SIGNATURE_FAILED);
}

export function sayNoStanding(id: u64, code: u32): void {
  frame.start(LANE_VAULT_TO_ORDER);
  writer.uleb(VAULT_TO_ORDER_NO_STANDING);
  writer.u64_(id);
  writer.u16_(code);
  frame.finish();
}

export function sayBound(): void {
  frame.start(LANE_VAULT_TO_LEDGER);
  writer.uleb(VAULT_TO_LEDGER_BOUND);
  writer.raw32(state.chain(state.current()));
  frame.finish();
}

/** Releases the signature of a request whose slot is durable in CURRENT. */
export function saySigned(request: usize): void {
  const block = state.requestKind(request) == state.KIND_BLOCK;
  frame.start(block ? LANE_VAULT_TO_ORDER : LANE_VAULT_TO_LEDGER);
  writer.uleb(block ? VAULT_TO_ORDER_SIGNED : VAULT_TO_LEDGER_SIGNED);
  writer.u64_(state.requestSlot(request));
  writer.raw32(state.requestDigest(request));
  writer.u64_(key.signedBoot(request));
  const signature = writer.reserve(SIGNATURE_BYTES);
  if (signature && key.sign(signature, request)) frame.finish();
  else sayRefused(request, REJECT_VAULT_SIGNATURE_FAILED);
}

function refuse(lane: u32, variant: u32, code: u32, slot: u64, digest: usize): void {
  frame.start(lane);
  writer.uleb(variant);
  writer.u16_(code);
  writer.u64_(slot);
  writer.raw32(digest);
  frame.finish();
}

/** Refuses a request on the lane it came from. */
export function sayRefused(request: usize, code: u32): void {
  const slot = state.requestSlot(request);
  const digest = state.requestDigest(request);
  if (state.requestKind(request) == state.KIND_BLOCK) {
    refuse(LANE_VAULT_TO_ORDER, VAULT_TO_ORDER_REFUSED, code, slot, digest);
  } else refuse(LANE_VAULT_TO_LEDGER, VAULT_TO_LEDGER_REFUSED, code, slot, digest);
}

/** Tells both neighbours that this boot has failed, in place of `ready`: a refusal of slot 0 and digest zero, which nobody asked for. */
export function sayFailed(code: u32): void {
  refuse(LANE_VAULT_TO_ORDER, VAULT_TO_ORDER_REFUSED, code, 0, ZERO);
  refuse(LANE_VAULT_TO_LEDGER, VAULT_TO_LEDGER_REFUSED, code, 0, ZERO);
}
