/** ECDSA in core/lib/sig/ecdsa against Wycheproof, RFC 6979, @noble/curves and OpenSSL, under upstream's rule that s is low. */
import { createPublicKey, verify as opensslVerify } from "node:crypto";
import { readFileSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigEndian, bytes, CURVES, concat, hex, SECP256K1, SECP256R1, type TestedCurve } from "./ecdsa-module.ts";

interface WycheproofKey {
  readonly key: string;
  readonly cases: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly message: string;
    readonly signature: string;
    readonly valid: boolean;
  }[];
}

const wycheproof = JSON.parse(readFileSync(new URL("data/ecdsa-wycheproof.json", import.meta.url), "utf8")) as Readonly<
  Record<"k1" | "r1", readonly WycheproofKey[]>
>;

const sOf = (signature: Uint8Array) => BigInt(`0x${hex(signature.subarray(32))}`);
const isLow = ({ n }: TestedCurve, signature: Uint8Array) => sOf(signature) <= n / 2n;
/** The other signature that the same equation accepts. */
const mirrored = ({ n }: TestedCurve, signature: Uint8Array) =>
  concat(signature.subarray(0, 32), bigEndian(n - sOf(signature)));

describe.each([
  ["k1", SECP256K1, 252],
  ["r1", SECP256R1, 262],
] as const)("Wycheproof, %s", (name, curve, cases) => {
  const all = wycheproof[name].flatMap(({ key, cases }) => cases.map((test) => ({ key: bytes(key), ...test })));

  it("has all cases, with both answers, both halves of s", () => {
    expect(all).toHaveLength(cases);
    const valid = all.filter((test) => test.valid).map((test) => bytes(test.signature));
    expect(valid.filter((signature) => isLow(curve, signature)).length).toBeGreaterThan(50);
    expect(valid.filter((signature) => !isLow(curve, signature)).length).toBeGreaterThan(50);
    expect(all.length - valid.length).toBeGreaterThan(50);
  });

  it("has its answers where s is low; valid signatures with a high s are refused, and their mirror accepted", () => {
    for (const { tcId, comment, key, message, signature, valid } of all) {
      const given = bytes(signature);
      const hash = sha256(bytes(message));
      const accepted = curve.verify(given, key, hash);
      expect(accepted, `${tcId} ${comment}`).toBe(valid && isLow(curve, given));
      if (!valid) continue;
      expect(curve.verify(mirrored(curve, given), key, hash), `${tcId} mirrored`).toBe(!accepted);
    }
  });
});

describe("RFC 6979, section A.2.5", () => {
  const KEY = bytes("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
  it.each([
    [
      "sample",
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ],
    [
      "test",
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ],
  ])("the signature of %j, or its mirror where s is high", (message, r, s) => {
    const hash = sha256(new TextEncoder().encode(message));
    const signature = bytes(r + s);
    const low = isLow(SECP256R1, signature);
    expect(SECP256R1.verify(signature, KEY, hash)).toBe(low);
    expect(SECP256R1.verify(mirrored(SECP256R1, signature), KEY, hash)).toBe(!low);
  });
});

describe.each(CURVES)("$name against noble and OpenSSL", (curve) => {
  const { noble, n, p, opensslName } = curve;
  const secret = fc
    .bigInt({ min: 1n, max: n - 1n })
    .map((value) => ({ key: bigEndian(value), publicKey: noble.getPublicKey(bigEndian(value), true) }));
  const text = fc.uint8Array({ maxLength: 100 });
  const sign = (message: Uint8Array, key: Uint8Array) => noble.sign(message, key, { prehash: true, lowS: true });

  /** What noble decides; it throws on some malformed input. */
  function nobleVerify(signature: Uint8Array, publicKey: Uint8Array, message: Uint8Array): boolean {
    try {
      return noble.verify(signature, message, publicKey, { prehash: true, lowS: true });
    } catch {
      return false;
    }
  }

  function openssl(signature: Uint8Array, publicKey: Uint8Array, message: Uint8Array): boolean {
    const { x, y } = noble.Point.fromBytes(publicKey).toAffine();
    const coordinate = (value: bigint) => Buffer.from(bigEndian(value)).toString("base64url");
    const jwk = { kty: "EC", crv: opensslName, x: coordinate(x), y: coordinate(y) };
    const key = createPublicKey({ format: "jwk", key: jwk });
    return opensslVerify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  }

  it("accepts what noble signs, and neither another message nor the mirrored signature", () => {
    fc.assert(
      fc.property(secret, text, ({ key, publicKey }, message) => {
        const signature = sign(message, key);
        expect(curve.verify(signature, publicKey, sha256(message))).toBe(true);
        expect(openssl(signature, publicKey, message)).toBe(true);
        expect(curve.verify(signature, publicKey, sha256(concat(message, Uint8Array.of(0))))).toBe(false);
        // OpenSSL takes it, upstream and we do not.
        expect(openssl(mirrored(curve, signature), publicKey, message)).toBe(true);
        expect(curve.verify(mirrored(curve, signature), publicKey, sha256(message))).toBe(false);
      }),
      { seed: 186, numRuns: 60 },
    );
  });

  it("decides as noble does when any one bit is flipped", () => {
    fc.assert(
      fc.property(secret, text, fc.nat(8 * (64 + 33) - 1), ({ key, publicKey }, message, at) => {
        const all = concat(sign(message, key), publicKey);
        all[at >> 3]! ^= 1 << (at & 7);
        const [signature, changed] = [all.slice(0, 64), all.slice(64)];
        const decision = curve.verify(signature, changed, sha256(message));
        expect(decision).toBe(nobleVerify(signature, changed, message));
        expect(decision).toBe(false);
      }),
      { seed: 187, numRuns: 100 },
    );
  });

  it("decides as noble does on r, s and hashes at every edge", () => {
    const edge = fc.oneof(
      fc.constantFrom(0n, 1n, 2n, n - 1n, n, n + 1n, n / 2n, n / 2n + 1n, p - n, p - 1n, p, (1n << 256n) - 1n),
      fc.bigInt({ min: 0n, max: n - 1n }),
    );
    fc.assert(
      fc.property(secret, edge, edge, edge, ({ publicKey }, r, s, z) => {
        const signature = concat(bigEndian(r), bigEndian(s));
        let expected = false;
        try {
          expected = noble.verify(signature, bigEndian(z), publicKey, { prehash: false, lowS: true });
        } catch {
          // not in range
        }
        expect(curve.verify(signature, publicKey, bigEndian(z))).toBe(expected);
      }),
      { seed: 188, numRuns: 200 },
    );
  });

  // No signer comes by these: with R = u G + v Q chosen first, r is x(R), s = r / v and the hash u s.
  it("accepts signatures made from any R, hash beyond n among them", () => {
    const { Point } = noble;
    const { Fn } = Point;
    fc.assert(
      fc.property(secret, fc.bigInt({ min: 0n, max: n - 1n }), fc.bigInt({ min: 1n, max: n - 1n }), (signer, u, v) => {
        const key = Point.fromBytes(signer.publicKey);
        const point = key.multiply(v).add(u === 0n ? Point.ZERO : Point.BASE.multiply(u));
        if (point.is0()) return;
        const r = Fn.create(point.toAffine().x);
        const quotient = Fn.div(r, v);
        const z = Fn.mul(u, quotient);
        const s = quotient > n / 2n ? n - quotient : quotient;
        const signature = concat(bigEndian(r), bigEndian(s));
        expect(curve.verify(signature, signer.publicKey, bigEndian(z))).toBe(true);
        if (z + n < 1n << 256n) expect(curve.verify(signature, signer.publicKey, bigEndian(z + n))).toBe(true);
        expect(curve.verify(signature, signer.publicKey, bigEndian(Fn.add(z, 1n)))).toBe(false);
      }),
      { seed: 189, numRuns: 40 },
    );
  });

  // With Q = d G, u = -d and v = 1 the sum is nothing, and what it was before the last addition has the x of Q, which r is.
  it("refuses a sum that is the neutral element, though r be the x it had last", () => {
    const { Point } = noble;
    const { Fn } = Point;
    let tried = 0;
    for (let d = 3n; tried < 4; d = Fn.create(d * 0x9e3779b97f4a7c15f39cc0605cedc834n + 1n)) {
      const key = Point.BASE.multiply(d);
      const r = Fn.create(key.toAffine().x);
      if (r > n / 2n) continue; // s is r, and must be low
      tried++;
      const signature = concat(bigEndian(r), bigEndian(r));
      expect(curve.verify(signature, key.toBytes(true), bigEndian(Fn.neg(Fn.mul(r, d))))).toBe(false);
      // The same r and s are good for twice the point less: Q - 2 Q has the x of Q.
      expect(curve.verify(signature, key.toBytes(true), bigEndian(Fn.neg(Fn.mul(r, Fn.add(d, d)))))).toBe(true);
    }
  });

  it("accepts an r that stands for r + n", () => {
    const { Point } = noble;
    const { Fn, Fp } = Point;
    // The first x from n on that is of a point; r = x - n.
    let found = 0;
    for (let x = n; found < 3; x++) {
      let point: ReturnType<typeof Point.fromBytes>;
      try {
        point = Point.fromBytes(Uint8Array.of(2, ...Fp.toBytes(x)));
      } catch {
        continue;
      }
      found++;
      const r = x - n;
      if (r === 0n) continue;
      // Q = (s R - z G) / r.
      const [s, z] = [12345n, 678n];
      const key = point.multiply(Fn.div(s, r)).subtract(Point.BASE.multiply(Fn.div(z, r)));
      const signature = concat(bigEndian(r), bigEndian(s));
      expect(curve.verify(signature, key.toBytes(true), bigEndian(z))).toBe(true);
      expect(curve.verify(signature, key.toBytes(true), bigEndian(z + 1n))).toBe(false);
    }
  });
});
