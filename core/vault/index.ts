/**
 * The vault: holds the signing key and gives at most one signature a slot, over all boots and crashes. It builds what it signs
 * itself, from typed fields, and has no lane to the host.
 */
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import {
  LANE_LEDGER_TO_VAULT,
  LANE_ORDER_TO_VAULT,
  LANE_TRUST_TO_VAULT,
  LEDGER_TO_VAULT_BIND,
  LEDGER_TO_VAULT_VARIANTS,
  MAX_SEALED_BYTES,
  ORDER_TO_VAULT_RECOVERY,
  ORDER_TO_VAULT_STANDING,
  ORDER_TO_VAULT_VARIANTS,
  PUBLIC_KEY_BYTES,
  TRUST_TO_VAULT_ENTROPY,
  TRUST_TO_VAULT_LOADED,
  TRUST_TO_VAULT_SEALED,
  TRUST_TO_VAULT_VARIANTS,
} from "../wire/generated";
import * as boot from "./boot";
import { serve, serveStanding } from "./requests";
import * as state from "./state";

export { input, inputCapacity, output } from "../lib/frame";
export { stateBase, stateLength } from "./state";

/** A request of state.ts. */
const REQUEST: usize = memory.data(64, 16);

/** Bytes of the records sent last: not state, only how much to clear. */
let sent: u32 = 0;

/** A sealed state that went out, seed and all, does not stay in the output buffer. */
function begin(): void {
  memory.fill(frame.output(), 0, sent);
  frame.begin();
}

function end(): u32 {
  sent = frame.end();
  return sent;
}

/** VaultConfig. */
export function init(length: u32): u32 {
  begin();
  state.clearState(0, false);
  if (length > frame.inputCapacity()) return end();
  reader.open(frame.input(), length);
  const author = reader.u16_();
  const recovers = reader.bool_();
  if (reader.exhausted()) boot.start(author, recovers);
  return end();
}

export function step(lane: u32, length: u32): u32 {
  begin();
  if (length > frame.inputCapacity() || state.phase() == state.PHASE_OFF) return end();
  reader.open(frame.input(), length);
  if (lane == LANE_ORDER_TO_VAULT) fromOrder();
  else if (lane == LANE_LEDGER_TO_VAULT) fromLedger();
  else if (lane == LANE_TRUST_TO_VAULT) {
    fromTrust();
    memory.fill(frame.input(), 0, length);
  }
  return end();
}

function fromOrder(): void {
  const variant = reader.variant(ORDER_TO_VAULT_VARIANTS);
  if (variant == ORDER_TO_VAULT_STANDING) askStanding();
  else if (variant == ORDER_TO_VAULT_RECOVERY) recovery();
  else signBlock();
}

function askStanding(): void {
  const id = reader.u64_();
  const epoch = reader.u64_();
  const nonce = reader.raw32();
  if (reader.exhausted()) serveStanding(id, epoch, nonce);
}

function recovery(): void {
  const chain = reader.raw32();
  const epoch = reader.u64_();
  const publicKey = reader.take(PUBLIC_KEY_BYTES);
  const nonce = reader.raw32();
  const round = reader.u64_();
  if (reader.exhausted()) boot.recovered(chain, epoch, publicKey, nonce, round);
}

function signBlock(): void {
  const epoch = reader.u64_();
  const round = reader.u64_();
  state.setRequest(REQUEST, state.KIND_BLOCK, epoch, round, reader.raw32());
  if (reader.exhausted()) serve(REQUEST);
}

function fromLedger(): void {
  const variant = reader.variant(LEDGER_TO_VAULT_VARIANTS);
  if (variant == LEDGER_TO_VAULT_BIND) {
    state.setRequest(REQUEST, state.KIND_BIND, 0, 0, reader.raw32());
  } else {
    const epoch = reader.u64_();
    const sequence = reader.u64_();
    const round = reader.u64_();
    const endsEpoch = reader.bool_();
    state.setRequest(REQUEST, state.KIND_CHECKPOINT, epoch, sequence, reader.raw32());
    state.setRequestCommits(REQUEST, round, endsEpoch);
  }
  if (reader.exhausted()) serve(REQUEST);
}

function fromTrust(): void {
  const variant = reader.variant(TRUST_TO_VAULT_VARIANTS);
  if (variant == TRUST_TO_VAULT_LOADED) {
    const counter = reader.u64_();
    const given = reader.option();
    const length = given ? reader.count(MAX_SEALED_BYTES) : 0;
    const sealed = given ? reader.take(length) : 0;
    if (reader.exhausted()) boot.loaded(counter, sealed, length);
  } else if (variant == TRUST_TO_VAULT_ENTROPY) {
    const bytes = reader.raw32();
    if (reader.exhausted()) boot.entropy(bytes);
  } else if (variant == TRUST_TO_VAULT_SEALED) {
    const generation = reader.u64_();
    if (reader.exhausted()) boot.sealed(generation);
  } else {
    reader.u16_();
    if (reader.exhausted()) boot.trustFailed();
  }
}
