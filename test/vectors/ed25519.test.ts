/** Ed25519 in core/lib/sig against RFC 8032, ZIP-215, "Taming the Many EdDSAs", Wycheproof, @noble/curves and OpenSSL. */
import { createPrivateKey, createPublicKey, sign as opensslSign, verify as opensslVerify } from "node:crypto";
import { readFileSync } from "node:fs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadWasm } from "../support/wasm.ts";
import { bytes, concat, fromLittleEndian, littleEndian, SMALL_ORDER, TORSION_POINTS } from "./ed25519-support.ts";

interface Ed25519Wasm {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  ed25519Verify(signature: number, publicKey: number, message: number, length: number): number;
  ed25519PublicKey(out: number, seed: number): void;
  ed25519Sign(out: number, seed: number, message: number, length: number): void;
}

const wasm = loadWasm<Ed25519Wasm>("test-ed25519");
const memory = new Uint8Array(wasm.memory.buffer);
const SIGNATURE = wasm.buffer();
const KEY = SIGNATURE + 64;
const SEED = KEY + 32;
const MESSAGE = SEED + 32;
const BUFFER_BYTES = 65536;

const L = ed25519.Point.Fn.ORDER;
const P = ed25519.Point.Fp.ORDER;
const { Point } = ed25519;

const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");

function verify(signature: Uint8Array, publicKey: Uint8Array, message: Uint8Array): boolean {
  memory.set(signature, SIGNATURE);
  memory.set(publicKey, KEY);
  memory.set(message, MESSAGE);
  return wasm.ed25519Verify(SIGNATURE, KEY, MESSAGE, message.length) === 1;
}

function sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  memory.set(seed, SEED);
  memory.set(message, MESSAGE);
  wasm.ed25519Sign(SIGNATURE, SEED, MESSAGE, message.length);
  return memory.slice(SIGNATURE, SIGNATURE + 64);
}

function publicKeyOf(seed: Uint8Array): Uint8Array {
  memory.set(seed, SEED);
  wasm.ed25519PublicKey(KEY, SEED);
  return memory.slice(KEY, KEY + 32);
}

/** What noble decides under ZIP-215; it throws on some malformed input. */
function nobleVerify(signature: Uint8Array, publicKey: Uint8Array, message: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    return false;
  }
}

// DER around a raw key (RFC 8410).
const opensslPrivate = (seed: Uint8Array) =>
  createPrivateKey({
    key: Buffer.concat([bytes("302e020100300506032b657004220420"), seed]),
    format: "der",
    type: "pkcs8",
  });
const opensslPublic = (key: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([bytes("302a300506032b6570032100"), key]), format: "der", type: "spki" });

function data<Vector>(name: string): Vector[] {
  const text = readFileSync(new URL(`data/${name}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { vectors: Vector[] }).vectors;
}

interface Rfc8032Vector {
  readonly name: string;
  readonly seed: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

interface SpeccheckVector {
  readonly id: number;
  readonly comment: string;
  readonly message: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly valid: boolean;
}

interface WycheproofVector extends Omit<Rfc8032Vector, "name" | "seed"> {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly valid: boolean;
}

const rfc8032 = data<Rfc8032Vector>("ed25519-rfc8032");
const speccheck = data<SpeccheckVector>("ed25519-speccheck");
const wycheproof = data<WycheproofVector>("ed25519-wycheproof");

const TORSION = SMALL_ORDER.slice(0, TORSION_POINTS).map((encoding) => Point.fromBytes(encoding));
const ZCASH = new TextEncoder().encode("Zcash");

describe("RFC 8032, section 7.1", () => {
  it.each(rfc8032)("$name", ({ seed, publicKey, message, signature }) => {
    expect(hex(publicKeyOf(bytes(seed)))).toBe(publicKey);
    expect(hex(sign(bytes(seed), bytes(message)))).toBe(signature);
    expect(verify(bytes(signature), bytes(publicKey), bytes(message))).toBe(true);
    const other = concat(bytes(message), Uint8Array.of(0));
    expect(verify(bytes(signature), bytes(publicKey), other)).toBe(false);
  });

  it("has all five vectors", () => {
    expect(rfc8032).toHaveLength(5);
  });
});

describe("ZIP-215", () => {
  it("accepts S = 0 for every pair of small-order encodings (the 196 published cases)", () => {
    let accepted = 0;
    for (const a of SMALL_ORDER) {
      for (const r of SMALL_ORDER) if (verify(concat(r, littleEndian(0n)), a, ZCASH)) accepted++;
    }
    expect(accepted).toBe(196);
  });

  it("rejects S > 0 for every pair of small-order encodings", () => {
    for (const a of SMALL_ORDER) {
      for (const r of SMALL_ORDER) expect(verify(concat(r, littleEndian(8n)), a, ZCASH)).toBe(false);
    }
  });

  it("has the results of 'Taming the Many EdDSAs'", () => {
    expect(speccheck.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    for (const { comment, signature, publicKey, message, valid } of speccheck) {
      expect(verify(bytes(signature), bytes(publicKey), bytes(message)), comment).toBe(valid);
    }
  });

  it("decodes every encoding with y of p or above as noble does, as A and as R", () => {
    const edges = [0n, 1n, 2n, 3n, P - 2n, P - 1n, ...Array.from({ length: 19 }, (_, i) => P + BigInt(i))];
    const encodings = edges.flatMap((y) => [littleEndian(y), littleEndian(y | (1n << 255n))]);
    const identity = SMALL_ORDER[0]!;
    let accepted = 0;
    for (const encoding of encodings) {
      const asKey = verify(concat(identity, littleEndian(0n)), encoding, ZCASH);
      expect(asKey, hex(encoding)).toBe(nobleVerify(concat(identity, littleEndian(0n)), encoding, ZCASH));
      const asCommitment = verify(concat(encoding, littleEndian(0n)), identity, ZCASH);
      expect(asCommitment, hex(encoding)).toBe(nobleVerify(concat(encoding, littleEndian(0n)), identity, ZCASH));
      if (asKey) accepted++;
    }
    expect(accepted).toBeGreaterThan(0);
  });

  it("accepts any torsion added to A and to R (the equation is cofactored)", () => {
    const [a, r] = [12345678901234567890n, 98765432109876543210n];
    for (const onKey of TORSION) {
      for (const onCommitment of TORSION) {
        const key = Point.BASE.multiply(a).add(onKey).toBytes();
        const commitment = Point.BASE.multiply(r).add(onCommitment).toBytes();
        const k = fromLittleEndian(sha512(concat(commitment, key, ZCASH))) % L;
        const signature = concat(commitment, littleEndian((r + k * a) % L));
        expect(verify(signature, key, ZCASH)).toBe(true);
        expect(verify(signature, key, SMALL_ORDER[0]!)).toBe(false);
      }
    }
  });

  it("rejects every S of L and above", () => {
    const seed = new Uint8Array(32).fill(7);
    const key = ed25519.getPublicKey(seed);
    const signature = ed25519.sign(ZCASH, seed);
    const s = fromLittleEndian(signature.subarray(32));
    expect(verify(signature, key, ZCASH)).toBe(true);
    for (let factor = 1n; s + factor * L < 1n << 256n; factor++) {
      expect(verify(concat(signature.subarray(0, 32), littleEndian(s + factor * L)), key, ZCASH)).toBe(false);
    }
    // S = L stands for zero, which would satisfy the equation here.
    expect(verify(concat(SMALL_ORDER[0]!, littleEndian(L)), SMALL_ORDER[0]!, ZCASH)).toBe(false);
  });
});

describe("Wycheproof", () => {
  // Signatures of other lengths do not come this far: they are malformed (verify-signatures.test.ts).
  const whole = wycheproof.filter(({ signature }) => signature.length === 2 * 64);

  /** x = 0 with the sign bit of x set, which RFC 8032 refuses and ZIP-215 takes. */
  const taken = 151;

  it.each(whole)("tcId $tcId: $flags.0 $comment", ({ tcId, publicKey, message, signature, valid }) => {
    const decision = verify(bytes(signature), bytes(publicKey), bytes(message));
    expect(decision).toBe(nobleVerify(bytes(signature), bytes(publicKey), bytes(message)));
    expect(decision).toBe(valid || tcId === taken);
  });

  it("has all 151 cases; those of another length are invalid", () => {
    expect(wycheproof).toHaveLength(151);
    expect(whole).toHaveLength(139);
    expect(wycheproof.find(({ tcId }) => tcId === taken)?.valid).toBe(false);
    expect(wycheproof.filter((vector) => !whole.includes(vector)).every(({ valid }) => !valid)).toBe(true);
  });
});

describe("edge digits", () => {
  const edges = new Set<bigint>([
    0n,
    1n,
    2n,
    3n,
    127n,
    128n,
    129n,
    255n,
    256n,
    L - 1n,
    L - 2n,
    (L - 1n) / 2n,
    (L + 1n) / 2n,
  ]);
  for (let bit = 1n; bit <= 252n; bit += 3n) {
    edges.add(1n << bit);
    edges.add((1n << bit) - 1n);
  }
  for (const bit of [126n, 127n, 128n]) for (const offset of [-128n, -1n, 0n, 1n]) edges.add((1n << bit) + offset);

  it("accepts S B as R for a key of small order, for S of every shape", () => {
    for (const s of edges) {
      const commitment = s === 0n ? Point.ZERO : Point.BASE.multiply(s);
      const signature = concat(commitment.toBytes(), littleEndian(s));
      expect(verify(signature, SMALL_ORDER[0]!, ZCASH), s.toString(16)).toBe(true);
      expect(verify(signature, SMALL_ORDER[3]!, ZCASH), s.toString(16)).toBe(true);
      const next = concat(commitment.toBytes(), littleEndian((s + 1n) % L));
      expect(verify(next, SMALL_ORDER[0]!, ZCASH), s.toString(16)).toBe(false);
    }
  });

  it("accepts signatures whose k and S end in many zero bits", () => {
    const a = 0x1234567890abcdef1234567890abcdefn;
    const key = Point.BASE.multiply(a).toBytes();
    let found = 0;
    for (let r = 1n; found < 12; r++) {
      const commitment = Point.BASE.multiply(r).toBytes();
      for (let text = 0; text < 256; text++) {
        const message = Uint8Array.of(text);
        const k = fromLittleEndian(sha512(concat(commitment, key, message))) % L;
        const s = (r + k * a) % L;
        if ((k & 15n) !== 0n || (s & 15n) !== 0n) continue;
        expect(verify(concat(commitment, littleEndian(s)), key, message)).toBe(true);
        expect(verify(concat(commitment, littleEndian(s ^ 1n)), key, message)).toBe(false);
        found++;
      }
    }
    expect(found).toBeGreaterThanOrEqual(12);
  });

  it("signs with seeds of every shape as OpenSSL does", () => {
    const seeds = [0, 1, 127, 128, 255].map((byte) => new Uint8Array(32).fill(byte));
    for (let bit = 0; bit < 256; bit += 5) seeds.push(littleEndian(1n << BigInt(bit)));
    for (const seed of seeds) {
      expect(hex(sign(seed, ZCASH))).toBe(opensslSign(null, ZCASH, opensslPrivate(seed)).toString("hex"));
    }
  });
});

describe("against noble and OpenSSL", () => {
  const seed32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const text = fc.uint8Array({ maxLength: 400 });

  it("derives the same keys, makes the same signatures and accepts them", () => {
    fc.assert(
      fc.property(seed32, text, (seed, message) => {
        const key = publicKeyOf(seed);
        const signature = sign(seed, message);
        expect(hex(key)).toBe(hex(ed25519.getPublicKey(seed)));
        expect(hex(signature)).toBe(opensslSign(null, message, opensslPrivate(seed)).toString("hex"));
        expect(verify(signature, key, message)).toBe(true);
      }),
      { seed: 8032, numRuns: 300 },
    );
  });

  it("decides as noble does when any one bit is flipped, and as OpenSSL where it accepts", () => {
    fc.assert(
      fc.property(seed32, fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (seed, message, where) => {
        const parts = [ed25519.sign(message, seed), ed25519.getPublicKey(seed), message] as const;
        const all = concat(...parts);
        const bit = where % (8 * all.length);
        all[bit >> 3]! ^= 1 << (bit & 7);
        const [signature, key, text] = [all.slice(0, 64), all.slice(64, 96), all.slice(96)];
        const decision = verify(signature, key, text);
        expect(decision).toBe(nobleVerify(signature, key, text));
        expect(opensslVerify(null, text, opensslPublic(key), signature)).toBe(decision);
        expect(decision).toBe(false);
      }),
      { seed: 215, numRuns: 300 },
    );
  });

  it("decides as noble does on arbitrary, all-ones and small-order parts", () => {
    const half = fc.oneof(
      seed32,
      fc.constantFrom(
        ...SMALL_ORDER,
        new Uint8Array(32).fill(255),
        new Uint8Array(32),
        littleEndian(L),
        littleEndian(L - 1n),
      ),
    );
    let accepted = 0;
    fc.assert(
      fc.property(half, half, half, text, (r, s, key, message) => {
        const signature = concat(r, s);
        const decision = verify(signature, key, message);
        expect(decision).toBe(nobleVerify(signature, key, message));
        if (decision) accepted++;
      }),
      { seed: 216, numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

describe("secrets", () => {
  it("leave nothing in memory: after any two seeds it is the same", () => {
    const memoryAfter = (seed: Uint8Array) => {
      sign(seed, seed);
      publicKeyOf(seed);
      memory.fill(0, SIGNATURE, SIGNATURE + BUFFER_BYTES);
      return hex(sha512(memory.slice()));
    };
    const first = memoryAfter(new Uint8Array(32).fill(0x5a));
    expect(memoryAfter(Uint8Array.from({ length: 32 }, (_, i) => i * 7))).toBe(first);
    expect(memoryAfter(new Uint8Array(32).fill(255))).toBe(first);
  });

  it("may be overwritten by what is made of them", () => {
    const seed = new Uint8Array(32).fill(9);
    memory.set(seed, SIGNATURE);
    wasm.ed25519PublicKey(SIGNATURE, SIGNATURE);
    expect(hex(memory.slice(SIGNATURE, SIGNATURE + 32))).toBe(hex(ed25519.getPublicKey(seed)));
    const message = new Uint8Array(100).fill(3);
    memory.set(seed, SEED);
    memory.set(message, MESSAGE);
    wasm.ed25519Sign(MESSAGE, SEED, MESSAGE, message.length);
    expect(hex(memory.slice(MESSAGE, MESSAGE + 64))).toBe(hex(ed25519.sign(message, seed)));
  });
});
