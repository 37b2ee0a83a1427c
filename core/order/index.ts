/**
 * `order`: which blocks are valid, and what is committed in which order. It knows digests, never payloads.
 *
 * rules.ts says which blocks may be part of the DAG (dag.ts), decide.ts what becomes of its leaders, commit.ts what follows; proposer.ts and
 * pacemaker.ts make our own. README.md has the whole.
 */
import { equal32, isZero32 } from "../lib/bytes";
import * as frame from "../lib/frame";
import { blake2b256 } from "../lib/hash/blake2b";
import * as reader from "../lib/reader";
import {
  HOST_TO_ORDER_BLOCK,
  HOST_TO_ORDER_EVIDENCE,
  HOST_TO_ORDER_INSTALL,
  HOST_TO_ORDER_PROPOSE,
  HOST_TO_ORDER_SIGN,
  HOST_TO_ORDER_STANDING,
  HOST_TO_ORDER_VARIANTS,
  LANE_HOST_TO_ORDER,
  LANE_VAULT_TO_ORDER,
  LANE_VERIFY_TO_ORDER,
  MAX_GAS_OBJECTS,
  PUBLIC_KEY_BYTES,
  REJECT_ORDER_MALFORMED_FRAME,
  REJECT_ORDER_NOT_READY,
  REJECT_ORDER_UNKNOWN_LANE,
  REJECT_VAULT_OTHER_CHAIN,
  REJECT_VAULT_SLOT_PASSED,
  VAULT_TO_ORDER_NO_STANDING,
  VAULT_TO_ORDER_READY,
  VAULT_TO_ORDER_RECOVERING,
  VAULT_TO_ORDER_SIGNED,
  VAULT_TO_ORDER_STANDING,
  VAULT_TO_ORDER_VARIANTS,
  VERIFY_TO_ORDER_BLOCK,
  VERIFY_TO_ORDER_CHECKPOINT,
  VERIFY_TO_ORDER_RECOVERY,
  VERIFY_TO_ORDER_TRANSACTION,
  VERIFY_TO_ORDER_VARIANTS,
} from "../wire/generated";
import { accept } from "./acceptance";
import { sayRejected } from "./answers";
import { evidence } from "./evidence";
import { install } from "./install";
import { configure } from "./layout";
import { status } from "./pacemaker";
import { addTransaction, TRANSACTION_BYTES } from "./pool";
import { propose, refused, sign, signed } from "./proposer";
import * as recovery from "./recovery";
import * as state from "./state";
import { addVerified, blocksRing, checkpointsRing } from "./verified";

export { input, inputCapacity, output } from "../lib/frame";
// For exploration (proofs/explore), which reads what a block and a slot come to.
export { certificatesOf, voteOf } from "./dag";
export { anchored, directly, statusOf } from "./decide";
export { stateBase, stateLength } from "./state";

const ZERO: usize = memory.data(32, 16);

/** OrderConfig. */
export function init(length: u32): u32 {
  frame.begin();
  state.clearState();
  if (length > frame.inputCapacity()) return frame.end();
  reader.open(frame.input(), length);
  configure();
  return frame.end();
}

export function step(lane: u32, length: u32): u32 {
  frame.begin();
  if (length > frame.inputCapacity()) return frame.end();
  reader.open(frame.input(), length);
  if (lane == LANE_HOST_TO_ORDER) fromHost();
  else if (!state.configured()) return frame.end();
  else if (lane == LANE_VERIFY_TO_ORDER) fromVerify();
  else if (lane == LANE_VAULT_TO_ORDER) fromVault();
  else sayRejected(0, REJECT_ORDER_UNKNOWN_LANE, lane, 0);
  return frame.end();
}

function fromHost(): void {
  const variant = reader.variant(HOST_TO_ORDER_VARIANTS);
  if (!reader.ok()) sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);
  else if (!state.configured()) sayRejected(reader.u64_(), REJECT_ORDER_NOT_READY, 0, 0);
  else if (variant == HOST_TO_ORDER_PROPOSE) propose();
  else if (variant == HOST_TO_ORDER_SIGN) sign();
  else if (variant == HOST_TO_ORDER_BLOCK) accept();
  else if (variant == HOST_TO_ORDER_INSTALL) install();
  else if (variant == HOST_TO_ORDER_EVIDENCE) evidence();
  else if (variant == HOST_TO_ORDER_STANDING) recovery.askStanding();
  else status();
}

function fromVerify(): void {
  const variant = reader.variant(VERIFY_TO_ORDER_VARIANTS);
  if (variant == VERIFY_TO_ORDER_TRANSACTION) {
    const transaction = reader.take(TRANSACTION_BYTES);
    const count = reader.count(MAX_GAS_OBJECTS);
    const gasObjects = reader.take(<usize>count * 32);
    if (reader.exhausted()) addTransaction(transaction, gasObjects, count);
    return;
  }
  if (variant == VERIFY_TO_ORDER_RECOVERY) {
    recovery.recovery();
    return;
  }
  const digest = reader.raw32();
  if (variant == VERIFY_TO_ORDER_BLOCK) {
    if (reader.exhausted()) addVerified(blocksRing(), digest);
    return;
  }
  // A committee of another size than ours has other thresholds: who configured us was wrong about the chain.
  const committeeSize = reader.u16_();
  // Nor is a member our own because who configured `verify` says so.
  const isOurs = variant == VERIFY_TO_ORDER_CHECKPOINT || equal32(reader.raw32(), state.vaultKey());
  if (reader.exhausted() && committeeSize == state.committeeSize() && isOurs) addVerified(checkpointsRing(), digest);
}

function fromVault(): void {
  const variant = reader.variant(VAULT_TO_ORDER_VARIANTS);
  if (variant == VAULT_TO_ORDER_READY) vaultReady();
  else if (variant == VAULT_TO_ORDER_SIGNED) signed();
  else if (variant == VAULT_TO_ORDER_STANDING) recovery.standing();
  else if (variant == VAULT_TO_ORDER_NO_STANDING) recovery.noStanding();
  else if (variant == VAULT_TO_ORDER_RECOVERING) recovery.recovering();
  else refused();
}

/** `VaultReady`, after its variant: once a boot, and not after it failed. A vault of another chain, or of a later epoch, is none to us. */
function vaultReady(): void {
  const key = reader.take(PUBLIC_KEY_BYTES);
  const boot = reader.u64_();
  const chain = reader.raw32();
  const epoch = reader.u64_();
  const round = reader.u64_();
  const digest = reader.raw32();
  reader.u64_();
  reader.raw32();
  if (!reader.exhausted() || state.vaultReady() || state.vaultFailure() != 0) return;
  blake2b256(state.vaultKey(), key, PUBLIC_KEY_BYTES);
  if (!isZero32(chain) && !equal32(chain, state.chain())) state.setVaultFailure(REJECT_VAULT_OTHER_CHAIN);
  else if (epoch > state.epoch()) state.setVaultFailure(REJECT_VAULT_SLOT_PASSED);
  else if (epoch == state.epoch()) state.setVaultReady(boot, round, digest);
  else state.setVaultReady(boot, 0, ZERO);
}
