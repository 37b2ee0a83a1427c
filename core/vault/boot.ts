/**
 * How a boot begins, and what the platform's `trust` answers.
 *
 * `trust` writes a sealed state before it counts. So after a crash the state found may be the counter's own (generation ==
 * counter) or one further (its count was interrupted); anything else is a copy put back, or a loss. An interrupted count is
 * finished first, by sealing the very same state again, so that one generation never stands for two states. Then the boot
 * number is raised and sealed, and only then do `order` and `ledger` hear `ready`.
 *
 * An interrupted state may hold a watermark whose signature never left. Taking it over is safe: it forbids more, never less.
 *
 * Where the counter is not to be trusted, whatever sealed state is found gives the key, and the least that is past; the rest is had from peers' vaults
 * (recovery.ts) before that boot's seal, which goes on from where the counter stands.
 */
import { copy32, isZero32 } from "../lib/bytes";
import { REJECT_VAULT_MALFORMED_STATE, REJECT_VAULT_ROLLED_BACK, REJECT_VAULT_TRUST_FAILED } from "../wire/generated";
import * as answers from "./answers";
import { concernsUs, raise } from "./recovery";
import { fail, released, seal } from "./requests";
import { readSealed } from "./sealed";
import * as state from "./state";

const REQUEST: usize = memory.data(64, 16);

/** `init` with a good configuration. */
export function start(author: u32, recovers: bool): void {
  state.clearState(author, recovers);
  state.setPhase(state.PHASE_LOADING);
  answers.askLoad();
}

/** No sealed state anywhere, ever: a new key. A counter that has counted says that there was one. */
function loadedNothing(counter: u64): void {
  if (counter != 0) {
    fail(REJECT_VAULT_ROLLED_BACK);
    return;
  }
  state.setPhase(state.PHASE_ENTROPY);
  answers.askEntropy();
}

/** `sealed` 0: there is none. */
export function loaded(counter: u64, sealed: usize, length: u32): void {
  if (state.phase() != state.PHASE_LOADING) return;
  if (sealed == 0) {
    loadedNothing(counter);
    return;
  }
  const record = state.current();
  if (!readSealed(record, sealed, length)) {
    fail(REJECT_VAULT_MALFORMED_STATE);
    return;
  }
  if (state.recovers()) {
    state.setGeneration(record, counter);
    state.setPhase(state.PHASE_NONCE);
    answers.askEntropy();
    return;
  }
  const generation = state.generation(record);
  if (generation != counter && generation - 1 != counter) fail(REJECT_VAULT_ROLLED_BACK);
  else if (generation != counter) recount();
  else beginBoot();
}

/** Seals CURRENT as it is, under the generation it has. */
function recount(): void {
  state.setPhase(state.PHASE_BOOTING);
  state.prepareNext();
  state.setRequest(state.pending(), state.KIND_RECOUNT, 0, 0, 0);
  answers.askSeal();
}

function beginBoot(): void {
  state.prepareNext();
  sealBoot();
}

/** Seals NEXT with the next boot's number. */
function sealBoot(): void {
  state.setPhase(state.PHASE_BOOTING);
  const boot = state.boot(state.current());
  if (boot == u64.MAX_VALUE) {
    fail(REJECT_VAULT_TRUST_FAILED);
    return;
  }
  state.setBoot(state.next(), boot + 1);
  state.setRequest(REQUEST, state.KIND_BOOT, 0, 0, 0);
  seal(REQUEST);
}

/** 32 bytes become the seed of a new key, or the nonce of a recovery. All zero is a source that does not work. */
export function entropy(bytes: usize): void {
  const phase = state.phase();
  if (phase != state.PHASE_ENTROPY && phase != state.PHASE_NONCE) return;
  if (isZero32(bytes)) {
    fail(REJECT_VAULT_TRUST_FAILED);
    return;
  }
  if (phase == state.PHASE_NONCE) {
    copy32(state.nonce(), bytes);
    state.setPhase(state.PHASE_RECOVERING);
    answers.sayRecovering();
    return;
  }
  const record = state.current();
  copy32(state.seed(record), bytes);
  state.setRecordAuthor(record, state.author());
  beginBoot();
}

/** `verify` has passed what enough members say with a nonce: the boot goes on, if it waits for that. */
export function recovered(chain: usize, epoch: u64, publicKey: usize, nonce: usize, round: u64): void {
  if (state.phase() != state.PHASE_RECOVERING || !concernsUs(chain, epoch, publicKey, nonce)) return;
  state.prepareNext();
  raise(state.next(), chain, epoch, round);
  sealBoot();
}

/** What `generation` stands for is durable. One that was not asked for is ignored. */
export function sealed(generation: u64): void {
  const kind = state.requestKind(state.pending());
  if (kind == state.KIND_NONE || generation != state.generation(state.next())) return;
  state.adoptNext();
  if (kind == state.KIND_RECOUNT) beginBoot();
  else if (kind == state.KIND_BOOT) {
    state.setRequest(state.pending(), state.KIND_NONE, 0, 0, 0);
    state.setPhase(state.PHASE_READY);
    answers.sayReady();
  } else released();
}

/** The platform could not load, seal or give entropy. */
export function trustFailed(): void {
  const phase = state.phase();
  if (phase == state.PHASE_OFF || phase == state.PHASE_FAILED) return;
  fail(REJECT_VAULT_TRUST_FAILED);
}
