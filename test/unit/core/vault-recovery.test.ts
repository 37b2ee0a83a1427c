/** The vault that has lost its state: what it asks, what it believes, what it signs then; and what it says to others that have. */
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { beforeEach, describe, expect, it } from "vitest";
import { codeNumber, VaultRefusal } from "../../../core/wire/codes.ts";
import { type LANES, SignedMessage } from "../../../core/wire/frames.ts";
import { decode, encode, type Value } from "../../../core/wire/schema.ts";
import { SealedState } from "../../attack/grammar/formats.ts";
import { type Component, loadComponent, type Output } from "../../support/component.ts";
import { neighbours } from "../../support/neighbours.ts";

const AUTHOR = 7;
const SEED = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
const CHAIN = new Uint8Array(32).fill(0xc1);
const ZERO = new Uint8Array(32);
const NONCE = new Uint8Array(32).fill(0x5e);
const EPOCH = 3n;
const { publicKey } = ml_dsa65.keygen(SEED);
const digestOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const code = (name: keyof typeof VaultRefusal): number => codeNumber(VaultRefusal, name);

type Sealed = Value<typeof SealedState>;
/** An older copy of what the counter, at 40, stands for. */
const OLD: Sealed = {
  version: 4,
  generation: 5n,
  boot: 2n,
  seed: SEED,
  chain: CHAIN,
  epoch: EPOCH,
  round: 10n,
  roundBoot: 2n,
  roundDigest: digestOf(1),
  nextSequence: 4n,
  sequenceDigest: digestOf(2),
  author: AUTHOR,
  recoveredRound: 0n,
  ending: false,
};
const COUNTER = 40n;

let vault: Component;
const trust = (frame: Value<(typeof LANES)["trustToVault"]>) => vault.step("trustToVault", frame);
const load = (state: Partial<Sealed> | undefined, counter = COUNTER) =>
  trust({ kind: "loaded", counter, sealed: state && encode(SealedState, { ...OLD, ...state }) });
const RECOVERY = { kind: "recovery", chain: CHAIN, epoch: EPOCH, publicKey, nonce: NONCE, round: 50n } as const;
const recover = (changes: Partial<typeof RECOVERY | { chain: Uint8Array; epoch: bigint; round: bigint }> = {}) =>
  vault.step("orderToVault", { ...RECOVERY, ...changes } as Value<(typeof LANES)["orderToVault"]>);
const signBlock = (round: bigint, digest = digestOf(9), epoch = EPOCH) =>
  vault.step("orderToVault", { kind: "signBlock", epoch, round, digest });
const signCheckpoint = (sequence: bigint, round: bigint, endOfEpoch = false, epoch = EPOCH) =>
  vault.step("ledgerToVault", { kind: "signCheckpoint", epoch, sequence, round, endOfEpoch, digest: digestOf(8) });
const ask = (epoch = EPOCH) => vault.step("orderToVault", { kind: "standing", id: 6n, epoch, nonce: NONCE });
const noStanding = (name: keyof typeof VaultRefusal) => [
  { lane: "vaultToOrder", frame: { kind: "noStanding", id: 6n, code: code(name) } },
];

/** What a step has sealed. */
function sealedIn(outputs: readonly Output[]): Sealed {
  const [output] = outputs;
  if (output?.lane !== "vaultToTrust" || output.frame.kind !== "seal") throw new Error("nothing is sealed");
  return decode(SealedState, output.frame.sealed.slice());
}

/** The step's seal is durable; what came then. */
function settle(outputs: readonly Output[]): Output[] {
  return trust({ kind: "sealed", generation: sealedIn(outputs).generation });
}

const kindsOf = (outputs: readonly Output[]) => outputs.map(({ frame }) => frame.kind);

/** A vault that has found the old copy, and asks. */
function asking(): void {
  load({});
  trust({ kind: "entropy", bytes: NONCE });
}

/** A vault that has recovered: round 51 may be signed already. */
function recovered(): void {
  asking();
  settle(recover());
}

beforeEach(() => {
  vault = loadComponent("vault", { author: AUTHOR, recover: true }).component;
});

describe("a vault whose counter is not to be trusted", () => {
  it("asks with its key and a fresh nonce, whatever the counter says, and signs nothing before it has an answer", () => {
    for (const counter of [COUNTER, 5n, 4n, 0n]) {
      vault = loadComponent("vault", { author: AUTHOR, recover: true }).component;
      expect(load({}, counter)).toEqual([{ lane: "vaultToTrust", frame: { kind: "entropy" } }]);
      expect(trust({ kind: "entropy", bytes: NONCE })).toEqual([
        { lane: "vaultToOrder", frame: { kind: "recovering", publicKey, nonce: NONCE } },
      ]);
      expect(signBlock(100n)[0]!.frame).toMatchObject({ kind: "refused", code: code("recovering") });
      expect(signCheckpoint(100n, 100n)[0]!.frame).toMatchObject({ kind: "refused", code: code("recovering") });
    }
  });

  it("has no other way without a sealed state, or with one that is none, or without entropy", () => {
    const failure = (outputs: Output[]) => outputs.map(({ frame }) => "code" in frame && frame.code);
    expect(failure(load(undefined))).toEqual([code("rolledBack"), code("rolledBack")]);
    vault = loadComponent("vault", { author: AUTHOR, recover: true }).component;
    expect(failure(load({ version: 3 }))).toEqual([code("malformedState"), code("malformedState")]);
    vault = loadComponent("vault", { author: AUTHOR, recover: true }).component;
    load({});
    expect(failure(trust({ kind: "entropy", bytes: ZERO }))).toEqual([code("trustFailed"), code("trustFailed")]);
  });

  it("goes on above what the others say plus one, once that is durable under the counter's next value", () => {
    asking();
    const sealing = recover();
    expect(sealedIn(sealing)).toEqual({
      ...OLD,
      generation: COUNTER + 1n,
      boot: 3n,
      round: 51n,
      roundBoot: 2n,
      roundDigest: ZERO,
      recoveredRound: 51n,
      ending: true,
    });
    expect(settle(sealing)[0]!.frame).toMatchObject({ kind: "ready", boot: 3n, epoch: EPOCH, round: 51n });
    for (const digest of [ZERO, digestOf(1)])
      expect(signBlock(51n, digest)[0]!.frame).toMatchObject({ code: code("slotTaken") });
    expect(signBlock(50n)[0]!.frame).toMatchObject({ code: code("slotPassed") });
    expect(kindsOf(settle(signBlock(52n)))).toEqual(["signed"]);
  });

  it("keeps what it knows itself when that is more", () => {
    load({ round: 70n, roundDigest: digestOf(3) });
    trust({ kind: "entropy", bytes: NONCE });
    expect(sealedIn(recover())).toMatchObject({ round: 70n, roundDigest: digestOf(3), recoveredRound: 70n });
  });

  it("takes the epoch that it is told, its chain if it had none, and the place that it is configured for", () => {
    load({ chain: ZERO, author: 2, nextSequence: 0n });
    trust({ kind: "entropy", bytes: NONCE });
    const later = { epoch: 5n, round: 0n };
    expect(sealedIn(recover(later))).toMatchObject({ chain: CHAIN, epoch: 5n, round: 1n, author: AUTHOR });
  });

  it("believes nothing that was said to another, in another chain, or of an earlier epoch", () => {
    asking();
    for (const nonce of neighbours(NONCE)) expect(recover({ nonce } as never)).toEqual([]);
    for (const chain of [...neighbours(CHAIN), ZERO]) expect(recover({ chain })).toEqual([]);
    expect(recover({ epoch: EPOCH - 1n })).toEqual([]);
    const other = publicKey.slice();
    other[1951]! ^= 1;
    expect(recover({ publicKey: other } as never)).toEqual([]);
    expect(sealedIn(recover()).round).toBe(51n);
    expect(recover()).toEqual([]); // while that is sealed
  });

  it("signs nothing any more when the highest round there is was signed", () => {
    asking();
    settle(recover({ round: 2n ** 64n - 1n }));
    expect(signBlock(2n ** 64n - 1n)[0]!.frame).toMatchObject({ code: code("slotTaken") });
  });

  it("signs no checkpoint of commits that it may have signed before, and every one after", () => {
    recovered();
    expect(signCheckpoint(4n, 51n)[0]!.frame).toMatchObject({ kind: "refused", code: code("beforeRecovery") });
    expect(kindsOf(settle(signCheckpoint(9n, 52n)))).toEqual(["signed"]);
    expect(kindsOf(settle(signCheckpoint(10n, 1n, false, EPOCH + 1n)))).toEqual(["signed"]);
  });
});

it("signs genesis, whose commit is of no round, when nothing was lost", () => {
  vault = loadComponent("vault", { author: AUTHOR, recover: false }).component;
  settle(load({ epoch: 0n, round: 0n, nextSequence: 0n, generation: COUNTER }));
  expect(kindsOf(settle(signCheckpoint(0n, 0n, false, 0n)))).toEqual(["signed"]);
});

describe("where a vault stands", () => {
  /** What it says of a round, with the signature of its key. */
  function expectStanding(outputs: readonly Output[], round: bigint, boot: bigint, epoch = EPOCH): void {
    const [output] = outputs;
    if (output?.lane !== "vaultToOrder" || output.frame.kind !== "standing") throw new Error("no standing");
    const { id, standing } = output.frame;
    expect({ id, ...standing, signature: undefined }).toEqual({
      id: 6n,
      author: AUTHOR,
      boot,
      round,
      signature: undefined,
    });
    const domain = new TextEncoder().encode("CAISSON1");
    const fields = { domain, chain: CHAIN, epoch, author: AUTHOR, boot, kind: 3, slot: round, digest: NONCE };
    expect(ml_dsa65.verify(standing.signature, encode(SignedMessage, fields), publicKey)).toBe(true);
  }

  /** A vault whose state was never lost. */
  function ready(state: Partial<Sealed> = {}): void {
    vault = loadComponent("vault", { author: AUTHOR, recover: false }).component;
    settle(load({ ...state, generation: COUNTER }));
  }

  it("is the highest round that it has signed, by what is durable; none of an epoch that it has signed nothing in", () => {
    ready();
    expectStanding(ask(), 10n, 3n);
    const sealing = signBlock(11n);
    expectStanding(ask(), 10n, 3n);
    settle(sealing);
    expectStanding(ask(), 11n, 3n);
    expectStanding(ask(EPOCH + 1n), 0n, 3n, EPOCH + 1n);
  });

  it("is the highest that it may have signed, once its own state was lost, and nothing before", () => {
    expect(ask()).toEqual(noStanding("notReady"));
    asking();
    expect(ask()).toEqual(noStanding("recovering"));
    settle(recover());
    // Whether it had signed the epoch's last checkpoint its next one tells.
    expect(ask()).toEqual(noStanding("epochEnding"));
    settle(signCheckpoint(9n, 52n));
    expectStanding(ask(), 51n, 3n);
  });

  it("is not said of an earlier epoch, nor once the epoch's last checkpoint is signed", () => {
    ready();
    expect(ask(EPOCH - 1n)).toEqual(noStanding("slotPassed"));
    settle(signCheckpoint(9n, 52n, true));
    expect(ask()).toEqual(noStanding("epochEnding"));
    expectStanding(ask(EPOCH + 1n), 0n, 3n, EPOCH + 1n);
    settle(signBlock(1n, digestOf(4), EPOCH + 1n));
    expectStanding(ask(EPOCH + 1n), 1n, 3n, EPOCH + 1n);
  });

  it("is not said by a vault without a chain, of another place, or that has failed", () => {
    ready({ chain: ZERO });
    expect(ask()).toEqual(noStanding("unbound"));
    ready({ author: AUTHOR + 1 });
    expect(ask()).toEqual(noStanding("otherAuthor"));
    vault = loadComponent("vault", { author: AUTHOR, recover: false }).component;
    load({});
    expect(ask()).toEqual(noStanding("rolledBack"));
  });
});
