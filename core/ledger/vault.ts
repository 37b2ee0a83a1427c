/** What the ledger and the vault say to one another. */
import { copy32, equal32, isZero32 } from "../lib/bytes";
import * as reader from "../lib/reader";
import {
  NO_AUTHOR,
  REJECT_LEDGER_VAULT_REFUSED,
  REJECT_VAULT_BEFORE_RECOVERY,
  SIGNATURE_BYTES,
  VAULT_TO_LEDGER_BOUND,
  VAULT_TO_LEDGER_READY,
  VAULT_TO_LEDGER_REFUSED,
  VAULT_TO_LEDGER_SIGNED,
  VAULT_TO_LEDGER_VARIANTS,
} from "../wire/generated";
import * as answers from "./answers";
import { endCheckpoint } from "./cut";
import * as state from "./state";

/**
 * Asks for what comes next: to be bound to our chain, else for the signature that a finished summary waits for. A full node has no vault: its
 * checkpoints are signed by nobody here, and certified by others or not at all.
 */
export function requestSignature(): void {
  if (load<u32>(state.AUTHOR) == NO_AUTHOR) {
    if (state.phase() == state.PHASE_CLOSING) endUnsigned();
  } else if (load<u32>(state.BOUND) == 0) answers.bind();
  else if (state.phase() == state.PHASE_CLOSING) answers.signCheckpoint();
}

/** Takes one frame of the lane from the vault; anything that does not fit is ignored. */
export function takeVaultFrame(at: usize, length: usize): void {
  reader.open(at, length);
  const variant = reader.variant(VAULT_TO_LEDGER_VARIANTS);
  if (variant == VAULT_TO_LEDGER_READY) takeReady();
  else if (variant == VAULT_TO_LEDGER_BOUND) takeBound();
  else if (variant == VAULT_TO_LEDGER_SIGNED) takeSigned();
  else if (variant == VAULT_TO_LEDGER_REFUSED) takeRefused();
}

/** A vault begins a boot. What it was asked before is asked again. */
function takeReady(): void {
  const ready = reader.take(state.VAULT_READY_BYTES);
  if (!reader.exhausted()) return;
  memory.copy(state.VAULT_READY, ready, state.VAULT_READY_BYTES);
  store<u32>(state.VAULT_KNOWN, 1);
  setBound();
  answers.status(0);
  if (!isZero32(state.CHAIN)) requestSignature();
}

/** Compares what the vault said of itself with our chain, which either may have learnt since. */
export function setBound(): void {
  const bound = load<u32>(state.VAULT_KNOWN) == 1 && !isZero32(state.CHAIN) && equal32(state.vaultChain(), state.CHAIN);
  store<u32>(state.BOUND, bound ? 1 : 0);
}

function takeBound(): void {
  const chain = reader.raw32();
  if (!reader.exhausted() || isZero32(state.CHAIN) || !equal32(chain, state.CHAIN)) return;
  store<u32>(state.BOUND, 1);
  copy32(state.vaultChain(), chain);
  requestSignature();
}

/** The checkpoint is signed: it is given out. */
function takeSigned(): void {
  const sequence = reader.u64_();
  const digest = reader.raw32();
  const boot = reader.u64_();
  const signature = reader.take(SIGNATURE_BYTES);
  if (!reader.exhausted() || !isAwaited(sequence, digest)) return;
  answers.checkpoint(boot, signature);
  goOn();
}

/** Whether the vault speaks of the checkpoint that waits for its signature. */
function isAwaited(sequence: u64, digest: usize): bool {
  if (state.phase() != state.PHASE_CLOSING) return false;
  return sequence == load<u64>(state.NEXT_SEQUENCE) && equal32(digest, state.SUMMARY_DIGEST);
}

function endUnsigned(): void {
  answers.unsignedCheckpoint();
  goOn();
}

/** The next checkpoint follows the one that is given out. */
function goOn(): void {
  copy32(state.PREVIOUS_DIGEST, state.SUMMARY_DIGEST);
  store<u64>(state.NEXT_SEQUENCE, load<u64>(state.NEXT_SEQUENCE) + 1);
  endCheckpoint();
}

/** What a vault that has lost its state may have signed before, it leaves to others to sign: the state moves on without it. */
function takeRefused(): void {
  const code = reader.u16_();
  const slot = reader.u64_();
  const digest = reader.raw32();
  if (!reader.exhausted()) return;
  if (code == REJECT_VAULT_BEFORE_RECOVERY) {
    if (isAwaited(slot, digest)) endUnsigned();
  } else answers.rejected(0, REJECT_LEDGER_VAULT_REFUSED, code, slot);
}
