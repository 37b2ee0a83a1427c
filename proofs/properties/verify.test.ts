/**
 * `verify` against its model (model/verify.ts): it passes what the rules and the signatures allow and nothing else, and says why not. And
 * the acceptance rule of Ed25519 at its edges, through the component's own frames.
 */
import { bcs } from "@iota/iota-sdk/bcs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeName, codeNumber, VerifyRejection } from "../../core/wire/codes.ts";
import { MAX_VERIFY_TRANSACTIONS } from "../../core/wire/limits.ts";
import type { Output } from "../../test/support/component.ts";
import { oracleAccepts } from "../../test/unit/core/transaction-support.ts";
import { EPOCH, hash, PRICE, raw, verifier } from "../../test/unit/core/verify-support.ts";
import { modelVerify, type Verdict } from "../model/verify.ts";
import { expectFrames } from "./same-frames.ts";
import { type VerifyCase, verifyCase } from "./verify-cases.ts";

const SEED = 0x5e1f;
const ID = 77n;
const component = verifier();

const send = ({ transaction, signatures }: VerifyCase): Output[] =>
  component.step("hostToVerify", { kind: "transaction", id: ID, transaction, signatures });
const model = ({ transaction, signatures }: VerifyCase): Verdict =>
  modelVerify(transaction, signatures, { epoch: EPOCH, referenceGasPrice: PRICE });

function framesOf(verdict: Verdict): Output[] {
  if (verdict.kind === "rejected") {
    const { name, a, b } = verdict;
    const code = codeNumber(VerifyRejection, name);
    return [{ lane: "verifyToHost", frame: { kind: "rejected", id: ID, code, a, b } }];
  }
  const { digest, sender, gasOwner, gasObjects, signaturesDigest } = verdict;
  const parties = { digest, sender, gasOwner, gasObjects };
  return [
    { lane: "verifyToHost", frame: { kind: "transaction", id: ID, ...parties } },
    { lane: "verifyToOrder", frame: { kind: "transaction", signaturesDigest, ...parties } },
  ];
}

describe("verify says what its model says", () => {
  test("of well-formed transactions, with signatures that are right, damaged or somebody else's", () => {
    const names = new Map<string, number>();
    fc.assert(
      fc.property(verifyCase, (one) => {
        const expected = model(one);
        const name = expected.kind === "accepted" ? "accepted" : expected.name;
        names.set(name, (names.get(name) ?? 0) + 1);
        expectFrames(send(one), framesOf(expected));
      }),
      { seed: SEED, numRuns: 600 },
    );
    expect(names.get("accepted") ?? 0).toBeGreaterThan(60);
    expect(names.get("badSignature") ?? 0).toBeGreaterThan(20);
    expect(names.size).toBeGreaterThanOrEqual(20);
  });

  test("of transactions with any byte changed: what is not one encoding of one transaction is malformed", () => {
    const counts = { malformed: 0, formed: 0 };
    const change = fc.record({
      at: fc.nat(),
      to: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xff)),
      how: fc.constantFrom("set", "set", "insert", "delete" as const),
    });
    fc.assert(
      fc.property(verifyCase, change, ({ transaction, signatures }, { at, to, how }) => {
        const place = at % transaction.length;
        const bytes = [...transaction];
        bytes.splice(place, how === "insert" ? 0 : 1, ...(how === "delete" ? [] : [to]));
        const changed = { transaction: Uint8Array.from(bytes.slice(0, 131_072)), signatures };
        const [first] = send(changed);
        const frame = first!.frame;
        const name = frame.kind === "rejected" && "code" in frame ? codeName(VerifyRejection, frame.code) : "accepted";
        // Other kinds of transaction than a user's are told apart before the rest is looked at.
        if (changed.transaction[0] === 0 && changed.transaction[1] !== 0) {
          expect(["malformedTransaction", "unsupportedTransactionKind"]).toContain(name);
        } else if (oracleAccepts(changed.transaction)) {
          counts.formed++;
          expectFrames(send(changed), framesOf(model(changed)));
        } else {
          // Names that are no identifiers confuse the client's own types, which are text, and are refused as such here.
          if (name === "malformedTransaction") counts.malformed++;
          else expect(frame.kind).toBe("rejected");
        }
      }),
      { seed: SEED, numRuns: 400 },
    );
    expect(Math.min(counts.malformed, counts.formed)).toBeGreaterThan(60);
  });
});

describe("verify answers several transactions in one frame", () => {
  const alone = ({ transaction, signatures }: VerifyCase, id: bigint): Output[] =>
    component.step("hostToVerify", { kind: "transaction", id, transaction, signatures });
  const together = (cases: readonly VerifyCase[]): Output[] =>
    component.step("hostToVerify", {
      kind: "transactions",
      id: ID,
      transactions: cases.map((one, i) => ({ id: BigInt(i), ...one })),
    });
  const agree = (cases: readonly VerifyCase[]) => {
    const expected = cases.flatMap((one, i) => alone(one, BigInt(i)));
    expectFrames(together(cases), expected);
    return expected;
  };

  test("exactly as one by one, whatever they are", () => {
    const counts = { frames: 0, allGood: 0, someGood: 0 };
    fc.assert(
      fc.property(fc.array(verifyCase, { minLength: 1, maxLength: 12 }), (cases) => {
        const passed = agree(cases).filter(({ lane }) => lane === "verifyToOrder").length;
        counts.frames++;
        if (passed === cases.length) counts.allGood++;
        else if (passed > 0) counts.someGood++;
      }),
      { seed: SEED, numRuns: 120 },
    );
    expect(counts.someGood).toBeGreaterThan(30);
  });

  test("exactly as one by one when all are good, and when any one signature of a full frame is not", () => {
    const good = fc
      .sample(verifyCase, { seed: SEED, numRuns: 2_000 })
      .filter((one) => model(one).kind === "accepted" && one.signatures.every(([flag]) => flag === 0))
      .slice(0, MAX_VERIFY_TRANSACTIONS);
    const full = Array.from({ length: MAX_VERIFY_TRANSACTIONS }, (_, i) => good[i % good.length]!);
    expect(new Set(good.map(({ signatures }) => signatures.length))).toEqual(new Set([1, 2]));
    expect(agree(full)).toHaveLength(2 * full.length);
    for (const place of [0, 13, MAX_VERIFY_TRANSACTIONS - 1]) {
      const { signatures } = full[place]!;
      for (const [which, signature] of signatures.entries()) {
        // The lowest byte of S: still canonical, and another number.
        const damaged = signature.with(33, signature[33]! ^ 1);
        const changed = full.with(place, { ...full[place]!, signatures: signatures.with(which, damaged) });
        expect(agree(changed)).toHaveLength(2 * full.length - 1);
      }
    }
  });

  test("which must be one at least", () => {
    const code = codeNumber(VerifyRejection, "noTransactions");
    expectFrames(together([]), [{ lane: "verifyToHost", frame: { kind: "rejected", id: ID, code, a: 0n, b: 0n } }]);
  });
});

/** ZIP-215: https://zips.z.cash/zip-0215. */
describe("Ed25519 signatures of transactions are accepted exactly as ZIP-215 has it", () => {
  const { Point } = ed25519;
  const L = Point.Fn.ORDER;
  const P = Point.Fp.ORDER;
  const littleEndian = (value: bigint) =>
    Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
  const fromLittleEndian = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const SIGN_BIT = 1n << 255n;

  /** A transaction whose sender has this key, signed with these 64 bytes. */
  function signedBy(key: Uint8Array, sign: (message: Uint8Array) => Uint8Array): VerifyCase {
    const own = bcs.Address.parse(hash(key));
    const data = bcs.TransactionData.parse(raw([], [], { owner: own })).V1;
    const transaction = bcs.TransactionData.serialize({ V1: { ...data, sender: own } }).toBytes();
    const bare = sign(hash(new Uint8Array(3), transaction));
    return { transaction, signatures: [Uint8Array.from([0, ...bare, ...key])] };
  }

  const decide = (one: VerifyCase): boolean => {
    const verdict = model(one);
    expectFrames(send(one), framesOf(verdict));
    return verdict.kind === "accepted";
  };

  /** Every encoding of y near 0 and p, with either sign: all points of small order and all encodings that are not canonical among them. */
  const edges = [0n, 1n, 2n, 3n, P - 2n, P - 1n, ...Array.from({ length: 19 }, (_, i) => P + BigInt(i))];
  const encodings = [
    ...edges.flatMap((y) => [littleEndian(y), littleEndian(y | SIGN_BIT)]),
    ...[
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ]
      .map((hex) => fromLittleEndian(new Uint8Array(Buffer.from(hex, "hex"))))
      .flatMap((y) => [littleEndian(y), littleEndian(y | SIGN_BIT)]),
  ];

  test("with keys and commitments at the edges of the encoding, and S of zero, one, L and more", () => {
    let accepted = 0;
    const identity = littleEndian(1n);
    for (const encoding of encodings) {
      for (const s of [0n, 1n, L - 1n, L, L + 1n, (1n << 255n) - 1n, (1n << 256n) - 1n]) {
        if (decide(signedBy(encoding, () => Uint8Array.from([...identity, ...littleEndian(s)])))) accepted++;
        if (decide(signedBy(identity, () => Uint8Array.from([...encoding, ...littleEndian(s)])))) accepted++;
      }
    }
    expect(accepted).toBeGreaterThan(20);
  });

  test("with any torsion added to key and commitment, and S of every shape", () => {
    const torsion = encodings.flatMap((encoding) => {
      try {
        const point = Point.fromBytes(encoding, true);
        return point.isSmallOrder() ? [point] : [];
      } catch {
        return [];
      }
    });
    expect(torsion.length).toBeGreaterThanOrEqual(8);
    let turn = 0;
    const scalars = fc.oneof(
      fc.bigInt(1n, L - 1n),
      fc.nat(251).map((bit) => 1n << BigInt(bit)),
      fc.nat(250).map((bit) => (1n << BigInt(bit + 1)) - 1n),
    );
    fc.assert(
      fc.property(scalars, scalars, (a, r) => {
        turn++;
        const key = Point.BASE.multiply(a)
          .add(torsion[turn % torsion.length]!)
          .toBytes();
        const commitment = Point.BASE.multiply(r)
          .add(torsion[(turn >> 3) % torsion.length]!)
          .toBytes();
        const sign = (by: bigint) => (message: Uint8Array) => {
          const k = fromLittleEndian(sha512(Uint8Array.from([...commitment, ...key, ...message]))) % L;
          return Uint8Array.from([...commitment, ...littleEndian((((r + k * a) % L) + by) % L)]);
        };
        expect(decide(signedBy(key, sign(0n)))).toBe(true);
        expect(decide(signedBy(key, sign(1n)))).toBe(false);
      }),
      { seed: SEED, numRuns: 120 },
    );
  });
});
