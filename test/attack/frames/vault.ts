/** `vault` under attack: along the recording, and along boots that fail, wait, or find something else than they left. */
import { readFileSync } from "node:fs";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { codeNumber, TrustFailure, VaultRefusal } from "../../../core/wire/codes.ts";
import { Config, type LaneName } from "../../../core/wire/frames.ts";
import { encode, type Value } from "../../../core/wire/schema.ts";
import { SealedState } from "../grammar/formats.ts";
import type { Boot, Frame } from "../record.ts";
import type { Subject } from "./subject.ts";
import {
  codeOf,
  frameOf,
  type Output,
  type Situation,
  situationAfter,
  situationsOf,
  type Target,
  unused,
  type Verdict,
} from "./target.ts";

/** Situations of the recording. */
const SITUATIONS = 80;
const AUTHOR = 0;
const CONFIG = encode(Config.vault, { author: AUTHOR, recover: false });
const RECOVERING = encode(Config.vault, { author: AUTHOR, recover: true });
const CHAIN = new Uint8Array(32).fill(0xc4);
const digest = (n: number) => new Uint8Array(32).fill(n);
const { publicKey: PUBLIC_KEY } = ml_dsa65.keygen(digest(7));

/**
 * Instructions of one signature: making the key from its seed, and attempts, of which FIPS 204 expects 5.1 for ML-DSA-65; that 150 are
 * not enough happens to less than one signature in 10^14.
 */
const SIGNATURE = { key: 6_000_000, attempt: 6_000_000, attempts: 150, expected: 5.1 };
const SIGNATURE_COST = SIGNATURE.key + SIGNATURE.attempts * SIGNATURE.attempt;
/** What waits while a seal is under way (core/vault/state.ts, QUEUE_CAPACITY), and what the seal was for. */
const SIGNATURES_AT_ONCE = 9;

const state: Value<typeof SealedState> = {
  version: 4,
  generation: 5n,
  boot: 2n,
  seed: digest(7),
  chain: CHAIN,
  epoch: 3n,
  round: 3n,
  roundBoot: 1n,
  roundDigest: digest(3),
  nextSequence: 4n,
  sequenceDigest: digest(4),
  author: AUTHOR,
  recoveredRound: 0n,
  ending: false,
};
const loaded = (counter: bigint, changes: Partial<typeof state> | undefined): Frame =>
  frameOf("trustToVault", {
    kind: "loaded",
    counter,
    sealed: changes && encode(SealedState, { ...state, ...changes }),
  });
const entropy = (n: number): Frame => frameOf("trustToVault", { kind: "entropy", bytes: digest(n) });
const sealed = (generation: bigint): Frame => frameOf("trustToVault", { kind: "sealed", generation });
const block = (round: bigint, n: number): Frame =>
  frameOf("orderToVault", { kind: "signBlock", epoch: 0n, round, digest: digest(n) });
const checkpoint = (sequence: bigint, n: number): Frame =>
  frameOf("ledgerToVault", {
    kind: "signCheckpoint",
    epoch: 0n,
    sequence,
    round: sequence,
    endOfEpoch: false,
    digest: digest(n),
  });
const standing = (epoch: bigint): Frame =>
  frameOf("orderToVault", { kind: "standing", id: 1n, epoch, nonce: digest(6) });
/** Of the key that the state's seed makes. */
const recovery = (nonce: number, round: bigint): Frame =>
  frameOf("orderToVault", {
    kind: "recovery",
    chain: CHAIN,
    epoch: 3n,
    publicKey: PUBLIC_KEY,
    nonce: digest(nonce),
    round,
  });
/** Of commits from before what is recovered. */
const EARLIER = frameOf("ledgerToVault", {
  kind: "signCheckpoint",
  epoch: 3n,
  sequence: 9n,
  round: 9n,
  endOfEpoch: false,
  digest: digest(9),
});
const bind = (chain: Uint8Array): Frame => frameOf("ledgerToVault", { kind: "bind", chain });
const failed = frameOf("trustToVault", { kind: "failed", code: codeNumber(TrustFailure, "notDurable") });

/** What two neighbours ask for, right and wrong. */
const REQUESTS: readonly Frame[] = [
  block(3n, 3), // signed before
  block(3n, 9), // another for its slot
  block(2n, 2),
  checkpoint(3n, 4),
  checkpoint(3n, 9),
  checkpoint(1n, 1),
  bind(CHAIN),
  bind(digest(1)),
  block(4n, 5),
  standing(3n),
  standing(2n),
];

function situations(subject: Subject): Situation[] {
  const at = (name: string, before: readonly Frame[], next: readonly Frame[], weight = 1) =>
    situationAfter(name, subject, CONFIG, before, next, weight);
  const ready = [loaded(5n, {}), sealed(6n)];
  const waiting = [...ready, block(4n, 5)];
  return [
    at("loading", [], [loaded(5n, {}), sealed(6n), ...REQUESTS, sealed(7n)], 0.5),
    at("loading, the count interrupted", [], [loaded(4n, {}), sealed(5n), sealed(6n), ...REQUESTS], 0.5),
    at(
      "loading nothing",
      [],
      [loaded(0n, undefined), entropy(5), sealed(1n), block(1n, 1), bind(CHAIN), sealed(2n)],
      0.5,
    ),
    ...[loaded(6n, {}), loaded(3n, {}), loaded(1n, undefined), loaded(5n, { version: 2 }), failed].map((first, i) =>
      at(`a boot that fails, ${i}`, [], [first, ...REQUESTS], 0.1),
    ),
    at(
      "ready, having signed for another place in the committee",
      [loaded(5n, { author: 1, epoch: 0n }), sealed(6n)],
      REQUESTS,
      0.1,
    ),
    at("no entropy", [loaded(0n, undefined)], [entropy(0), ...REQUESTS], 0.1),
    at("ready", ready, [...REQUESTS, sealed(7n), block(5n, 6), failed], 0.5),
    at(
      "waiting for a seal",
      waiting,
      [...Array.from({ length: 9 }, (_, i) => checkpoint(3n, i === 8 ? 9 : 4)), sealed(7n)],
      0.1,
    ),
    at(
      "the last generation",
      [loaded(MAX - 1n, { generation: MAX - 1n }), sealed(MAX)],
      [block(9n, 9), checkpoint(9n, 9)],
      0.1,
    ),
    ...[[], [entropy(6)], [entropy(6), recovery(6, 9n), sealed(6n)]].map((before, i) =>
      situationAfter(
        `recovering, ${i}`,
        subject,
        RECOVERING,
        [loaded(5n, {}), ...before],
        [...REQUESTS, entropy(6), recovery(6, 9n), recovery(5, 9n), sealed(6n), EARLIER],
        0.2,
      ),
    ),
    situationAfter("no configuration", subject, Uint8Array.of(1), [], REQUESTS, 0.02),
  ];
}

/** Refusals of everything, until a reboot. */
const ENDED = ["trustFailed", "rolledBack", "malformedState"].map((name) => `VAULT.${name}`);
const MAX = 0xffff_ffff_ffff_ffffn;

/** MAX_ATTEMPTS of core/lib/sig/mldsa/sign.ts. */
function attemptsAllowed(): number {
  const source = readFileSync(new URL("../../../core/lib/sig/mldsa/sign.ts", import.meta.url), "utf8");
  return Number(/MAX_ATTEMPTS: u32 = (\d+)/.exec(source)?.[1]);
}

/** What has no answer, the state tells: a request that waits, a seal that was expected. */
function judge(
  lane: LaneName,
  understood: unknown,
  outputs: readonly Output[],
  subject: Subject,
  before: unknown,
): Verdict {
  const changed = Buffer.compare(before as Uint8Array, subject.state) !== 0;
  if (understood === undefined) {
    if (outputs.length > 0 || changed) throw new Error("does something with what the lane's codec does not take");
    return { kind: "malformed", codes: [] };
  }
  const codes = outputs.flatMap(({ frame }) =>
    frame.kind === "refused" || frame.kind === "noStanding" ? [codeOf("VAULT", VaultRefusal, frame.code)] : [],
  );
  // A boot that fails, and whatever is asked of it then.
  if (lane === "trustToVault" && codes.length > 0) return { kind: "answered", codes, fatal: true };
  if (codes.length === 0) return { kind: outputs.length > 0 || changed ? "accepted" : "ignored", codes };
  const ended = codes.some((code) => ENDED.includes(code));
  return ended ? { kind: "answered", codes, fatal: true } : { kind: "rejected", codes };
}

export function vaultTarget(boots: readonly Boot[]): Target {
  return {
    name: "vault",
    tables: { VAULT: VaultRefusal },
    unreachable: {
      ...unused("vault", "VAULT.malformedFrame", "whoever sends such a frame is not answered"),
      ...unused("vault", "VAULT.unknownLane", "whoever sends such a frame is not answered"),
      "VAULT.signatureFailed": {
        why: "as many attempts as FIPS 204 bounds a signature by fail one after another with a chance below 2^-256",
        holds: () => attemptsAllowed() * Math.log2(1 - 1 / SIGNATURE.expected) < -256,
      },
    },
    bounds: {
      orderToVault: { base: SIGNATURE_COST, perByte: 50 },
      ledgerToVault: { base: SIGNATURE_COST, perByte: 50 },
      trustToVault: { base: SIGNATURES_AT_ONCE * SIGNATURE_COST, perByte: 50 },
    },
    situations: (subject) => [...situationsOf("vault", subject, boots, SITUATIONS), ...situations(subject)],
    before: (subject) => subject.state.slice(),
    judge,
  };
}
