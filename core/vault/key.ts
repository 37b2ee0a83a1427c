/**
 * The signing key. Between steps only its 32-byte seed exists, in the arena: the secret key is expanded for each signature and
 * cleared after it. That costs a key generation a signature, a fraction of a millisecond, and leaves 32 secret bytes to guard
 * and to copy rather than 4,032.
 *
 * Signing is deterministic (FIPS 204, section 3.4: rnd of zeros), so a repeated request gives the same bytes and needs no entropy.
 * The hedged variant would protect against an attacker who disturbs the processor during a signature; where that attacker is
 * meant, the platform must keep them off.
 */

import { mldsa65KeyGen, mldsa65Sign } from "../lib/sig/mldsa/index";
import { signedMessage } from "../lib/signed-message";
import { PUBLIC_KEY_BYTES } from "../wire/generated";
import * as state from "./state";

/** MLDSA65_SECRET_KEY_BYTES: FIPS 204, table 2. */
const SECRET_KEY_BYTES: usize = 4032;

const PUBLIC_KEY: usize = memory.data(1952, 16);
const SECRET_KEY: usize = memory.data(4032, 16);
/** Room for a SignedMessage (core/wire/frames.ts), 99 bytes. */
const MESSAGE: usize = memory.data(128, 16);
const ZERO_RND: usize = memory.data(32, 16);

function expand(): void {
  mldsa65KeyGen(PUBLIC_KEY, SECRET_KEY, state.seed(state.current()));
}

function wipe(): void {
  memory.fill(SECRET_KEY, 0, SECRET_KEY_BYTES);
}

/** Writes PUBLIC_KEY_BYTES. */
export function publicKey(out: usize): void {
  expand();
  wipe();
  memory.copy(out, PUBLIC_KEY, PUBLIC_KEY_BYTES);
}

/** The boot that a signature names: of a block, that in which its round was signed first. */
export function signedBoot(request: usize): u64 {
  const record = state.current();
  return state.requestKind(request) == state.KIND_BLOCK ? state.roundBoot(record) : state.boot(record);
}

/**
 * Signs a request of kind block, checkpoint or standing under CURRENT's chain and boot; writes SIGNATURE_BYTES at `out`. False: no
 * signature came out in FIPS 204's bound of attempts, of which the chance is below 2^-256.
 */
export function sign(out: usize, request: usize): bool {
  const record = state.current();
  const length = signedMessage(
    MESSAGE,
    state.chain(record),
    state.requestEpoch(request),
    state.author(),
    signedBoot(request),
    state.requestKind(request),
    state.requestSlot(request),
    state.requestDigest(request),
  );
  expand();
  const signed = mldsa65Sign(out, SECRET_KEY, MESSAGE, length, 0, 0, ZERO_RND);
  wipe();
  return signed;
}
