/**
 * Requests of `order` and `ledger`: judged, sealed if they move a watermark, and only then answered. One seal is under way at a
 * time; what comes meanwhile waits in the order it came.
 */
import { copy32, equal32, isZero32 } from "../lib/bytes";
import {
  REJECT_VAULT_BUSY,
  REJECT_VAULT_NOT_READY,
  REJECT_VAULT_OTHER_AUTHOR,
  REJECT_VAULT_OTHER_CHAIN,
  REJECT_VAULT_RECOVERING,
  REJECT_VAULT_TRUST_FAILED,
  REJECT_VAULT_UNBOUND,
} from "../wire/generated";
import * as answers from "./answers";
import { judgeStanding, standing } from "./recovery";
import { judgeBlock, judgeCheckpoint, SLOT_AGAIN, SLOT_NEW } from "./slots";
import * as state from "./state";

/** Requests of state.ts. */
const WAITED: usize = memory.data(64, 16);
const STANDING: usize = memory.data(64, 16);

/** A request from `order` or `ledger`. */
export function serve(request: usize): void {
  const phase = state.phase();
  if (phase == state.PHASE_FAILED) answers.sayRefused(request, state.failure());
  else if (phase != state.PHASE_READY) answers.sayRefused(request, notReady());
  else if (state.requestKind(state.pending()) == state.KIND_NONE) decide(request);
  else if (!state.enqueue(request)) answers.sayRefused(request, REJECT_VAULT_BUSY);
}

function notReady(): u32 {
  return state.phase() == state.PHASE_RECOVERING ? REJECT_VAULT_RECOVERING : REJECT_VAULT_NOT_READY;
}

/** Says where this vault stands, by what is durable; `id` is the host's. */
export function serveStanding(id: u64, epoch: u64, nonce: usize): void {
  const record = state.current();
  const phase = state.phase();
  let refused = phase == state.PHASE_READY ? judgeStanding(record, epoch) : notReady();
  if (phase == state.PHASE_FAILED) refused = state.failure();
  if (refused != 0) {
    answers.sayNoStanding(id, refused);
    return;
  }
  state.setRequest(STANDING, state.KIND_STANDING, epoch, standing(record, epoch), nonce);
  answers.sayStanding(id, STANDING);
}

/** Answers a request at once, or begins its seal. */
function decide(request: usize): void {
  if (state.requestKind(request) == state.KIND_BIND) decideBind(request);
  else decideSignature(request);
}

function decideBind(request: usize): void {
  const chain = state.requestDigest(request);
  const bound = state.chain(state.current());
  if (isZero32(bound) && !isZero32(chain)) {
    state.prepareNext();
    copy32(state.chain(state.next()), chain);
    seal(request);
  } else if (!isZero32(chain) && equal32(bound, chain)) answers.sayBound();
  else answers.sayRefused(request, REJECT_VAULT_OTHER_CHAIN);
}

function decideSignature(request: usize): void {
  const record = state.current();
  if (isZero32(state.chain(record))) {
    answers.sayRefused(request, REJECT_VAULT_UNBOUND);
    return;
  }
  const block = state.requestKind(request) == state.KIND_BLOCK;
  const epoch = state.requestEpoch(request);
  // A committee is in force for a whole epoch, and so is our place in it.
  if (state.hasSignedIn(record, epoch) && state.recordAuthor(record) != state.author()) {
    answers.sayRefused(request, REJECT_VAULT_OTHER_AUTHOR);
    return;
  }
  const slot = state.requestSlot(request);
  const digest = state.requestDigest(request);
  const verdict = block
    ? judgeBlock(record, epoch, slot, digest)
    : judgeCheckpoint(record, epoch, slot, digest, state.requestLeaderRound(request));
  if (verdict == SLOT_AGAIN) answers.saySigned(request);
  else if (verdict != SLOT_NEW) answers.sayRefused(request, verdict);
  else {
    state.prepareNext();
    const next = state.next();
    if (epoch > state.recordEpoch(next)) state.enterEpoch(next, epoch);
    state.setRecordAuthor(next, state.author());
    if (block) {
      state.setRound(next, slot, state.boot(next));
      copy32(state.roundDigest(next), digest);
    } else {
      state.setNextSequence(next, slot + 1);
      copy32(state.sequenceDigest(next), digest);
      state.setEnding(next, state.requestEndsEpoch(request));
    }
    seal(request);
  }
}

/** Begins the seal of NEXT under the next generation. A counter at its end can count no further: that is a failure of trust. */
export function seal(request: usize): void {
  const generation = state.generation(state.current());
  if (generation == u64.MAX_VALUE) {
    state.copyRequest(state.pending(), request);
    fail(REJECT_VAULT_TRUST_FAILED);
    return;
  }
  state.setGeneration(state.next(), generation + 1);
  state.copyRequest(state.pending(), request);
  answers.askSeal();
}

/** NEXT is CURRENT now: releases what waited for it, and goes on with the queue until the next seal begins. */
export function released(): void {
  const pending = state.pending();
  if (state.requestKind(pending) == state.KIND_BIND) answers.sayBound();
  else answers.saySigned(pending);
  state.setRequest(pending, state.KIND_NONE, 0, 0, 0);
  for (let i: u32 = 0; i < state.QUEUE_CAPACITY; i++) {
    if (state.requestKind(pending) != state.KIND_NONE || !state.dequeue(WAITED)) return;
    decide(WAITED);
  }
}

/** Nothing is signed any more until a reboot. Everything that waits is refused. */
export function fail(code: u32): void {
  const booting = state.phase() != state.PHASE_READY;
  state.setPhase(state.PHASE_FAILED);
  state.setFailure(code);
  if (booting) answers.sayFailed(code);
  const pending = state.pending();
  const kind = state.requestKind(pending);
  if (kind != state.KIND_NONE && kind <= state.KIND_BIND) answers.sayRefused(pending, code);
  state.setRequest(pending, state.KIND_NONE, 0, 0, 0);
  while (state.dequeue(WAITED)) answers.sayRefused(WAITED, code);
}
