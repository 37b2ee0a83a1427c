/** `verify` on what members' vaults say to one that has lost its state. */
import { describe, expect, it } from "vitest";
import { FAULT_KINDS, type FaultRule, witnessesOf } from "../../../core/wire/thresholds.ts";
import { summaryDigest } from "./order-support.ts";
import {
  CHAIN,
  EPOCH,
  genesisOf,
  hash,
  keysOf,
  members,
  NO_CHAIN,
  rejection,
  utf8,
  vaultSign,
  verifier,
} from "./verify-support.ts";

const NONCE = hash(utf8("nonce"));
const ASKER = 1;
const { publicKey } = members[ASKER]!;
const component = verifier();

interface Said {
  readonly round?: bigint;
  readonly kind?: number;
  readonly nonce?: Uint8Array;
  readonly epoch?: bigint;
  readonly chain?: Uint8Array;
  /** Whose key signs. */
  readonly by?: number;
}

const standing = (author: number, { round = 9n, kind = 3, nonce = NONCE, ...rest }: Said = {}) => ({
  author,
  boot: 4n,
  round,
  signature: vaultSign(author, { kind, slot: round, digest: nonce, boot: 4n, ...rest }),
});
const others = [0, 2, 3].map((author) => standing(author));
const give = (standings: readonly ReturnType<typeof standing>[], nonce = NONCE, key = publicKey, on = component) =>
  on.step("hostToVerify", { kind: "recovery", id: 3n, publicKey: key, nonce, standings });

const passed = (round: bigint, chain = CHAIN) => [
  { lane: "verifyToHost", frame: { kind: "recovery", id: 3n, round } },
  { lane: "verifyToOrder", frame: { kind: "recovery", chain, epoch: EPOCH, publicKey, nonce: NONCE, round } },
];
const tooFew = (a: bigint, b: bigint) => ({ name: "tooFewStandings", a, b, id: 3n });

describe("standings", () => {
  it("are passed when enough other members have signed them, with the highest round", () => {
    expect(give(others)).toEqual(passed(9n));
    expect(give([standing(3, { round: 12n }), ...others])).toEqual(passed(12n));
    expect(give([standing(3, { round: 0n }), standing(0, { round: 0n }), standing(2, { round: 0n })])).toEqual(
      passed(0n),
    );
  });

  it("do not count twice, of the member that asks, or of a stranger", () => {
    expect(rejection(give([]))).toEqual(tooFew(3n, 0n));
    expect(rejection(give(others.slice(1)))).toEqual(tooFew(3n, 2n));
    expect(rejection(give([others[0]!, others[0]!, others[1]!]))).toEqual(tooFew(3n, 2n));
    expect(rejection(give([...others.slice(1), standing(ASKER)]))).toEqual(tooFew(3n, 2n));
    expect(rejection(give([...others.slice(1), standing(4)]))).toEqual(tooFew(3n, 2n));
  });

  it("do not count when anything that was signed differs, and spoil nothing", () => {
    const wrong: Said[] = [
      { kind: 1 },
      { kind: 2 },
      { nonce: hash(NONCE) },
      { epoch: EPOCH + 1n },
      { chain: hash(utf8("another chain")) },
      { by: 0 },
      { round: 2n ** 63n },
    ];
    for (const said of wrong) {
      expect(rejection(give([...others.slice(0, 2), standing(3, said)]))).toEqual(tooFew(3n, 2n));
      expect(give([standing(3, said), ...others])).toEqual(passed(9n));
    }
    expect(rejection(give([...others.slice(0, 2), { ...others[2]!, round: 8n }]))).toEqual(tooFew(3n, 2n));
    expect(rejection(give([...others.slice(0, 2), { ...others[2]!, boot: 5n }]))).toEqual(tooFew(3n, 2n));
    expect(rejection(give(others, hash(NONCE)))).toEqual(tooFew(3n, 0n));
    expect(give([standing(0), standing(2), standing(3, { round: 2n ** 63n - 1n })])).toEqual(passed(2n ** 63n - 1n));
  });

  it("are wanted of F + b + 1 members, whatever the rule and the committee", () => {
    const rules: [number, FaultRule][] = [
      [7, { kind: FAULT_KINDS.indexOf("classic"), b: 0, c: 0, k: 0 }],
      [6, { kind: FAULT_KINDS.indexOf("threeDelays"), b: 1, c: 1, k: 0 }],
      [3, { kind: FAULT_KINDS.indexOf("threeDelays"), b: 0, c: 1, k: 0 }],
      [7, { kind: FAULT_KINDS.indexOf("fastPath"), b: 1, c: 1, k: 1 }],
      [2, { kind: FAULT_KINDS.indexOf("classic"), b: 0, c: 0, k: 0 }],
    ];
    for (const [n, faults] of rules) {
      const origin = genesisOf(keysOf(members.slice(0, n)), { faults });
      const chain = summaryDigest(origin.summary);
      const on = verifier({ origin });
      const said = Array.from({ length: n }, (_, author) => author).filter((author) => author !== ASKER);
      const wanted = witnessesOf(faults, n);
      const enough = said.slice(0, wanted).map((author) => standing(author, { chain }));
      expect(give(enough, NONCE, publicKey, on)).toEqual(passed(9n, chain));
      const [name, found] = [rejection(give(enough.slice(1), NONCE, publicKey, on)), BigInt(wanted - 1)];
      expect(name).toEqual(tooFew(BigInt(wanted), found));
    }
  });

  it("are those of a chain's committee", () => {
    expect(rejection(give(others, NONCE, publicKey, verifier({ origin: NO_CHAIN }))).name).toBe("notReady");
    const frame = new Uint8Array([5, ...new Uint8Array(8), ...new Uint8Array(1_952 + 32), 1]);
    expect(rejection(component.stepRaw("hostToVerify", frame)).name).toBe("malformedFrame");
  });
});
