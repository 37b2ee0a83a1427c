/** Ed25519 signatures in batches: each verdict is the one that the signature gets alone, and valid ones pass together without being looked at alone. */
import { readFileSync } from "node:fs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadWasm } from "../support/wasm.ts";
import { bytes, concat, fromLittleEndian, littleEndian, SMALL_ORDER, TORSION_POINTS } from "./ed25519-support.ts";

interface BatchWasm {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  ed25519Verify(signature: number, publicKey: number, message: number, length: number): number;
  ed25519VerifyBatch(verdicts: number, items: number, count: number): number;
  ed25519SumIsZero(items: number, count: number): number;
}

interface Item {
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
}

const wasm = loadWasm<BatchWasm>("test-ed25519");
const memory = new Uint8Array(wasm.memory.buffer);
const view = new DataView(wasm.memory.buffer);
const BATCH_MAX = 64;
const ITEM_BYTES = 16;
const ITEMS = wasm.buffer();
const VERDICTS = ITEMS + BATCH_MAX * ITEM_BYTES;
const DATA = VERDICTS + BATCH_MAX;
const UNTOUCHED = 0xee;

const { Point } = ed25519;
const L = Point.Fn.ORDER;

function put(items: readonly Item[]): void {
  let at = DATA;
  const place = (data: Uint8Array) => {
    memory.set(data, at);
    at += data.length;
    return at - data.length;
  };
  items.forEach(({ signature, key, message }, i) => {
    [place(signature), place(key), place(message), message.length].forEach((word, j) => {
      view.setUint32(ITEMS + i * ITEM_BYTES + 4 * j, word, true);
    });
  });
  memory.fill(UNTOUCHED, VERDICTS, VERDICTS + BATCH_MAX);
}

/** Verdicts of a batch; what is behind them and the function's own answer are checked. */
function batch(items: readonly Item[]): boolean[] {
  put(items);
  const all = wasm.ed25519VerifyBatch(VERDICTS, ITEMS, items.length) !== 0;
  const verdicts = Array.from(memory.slice(VERDICTS, VERDICTS + items.length), (byte) => byte === 1);
  expect(all).toBe(verdicts.every(Boolean));
  if (items.length < BATCH_MAX) expect(memory[VERDICTS + items.length]).toBe(UNTOUCHED);
  return verdicts;
}

function alone({ signature, key, message }: Item): boolean {
  put([{ signature, key, message }]);
  const at = (word: number) => view.getUint32(ITEMS + 4 * word, true);
  return wasm.ed25519Verify(at(0), at(1), at(2), at(3)) !== 0;
}

function sumIsZero(items: readonly Item[]): boolean {
  put(items);
  return wasm.ed25519SumIsZero(ITEMS, items.length) !== 0;
}

function nobleVerify({ signature, key, message }: Item): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: true });
  } catch {
    return false;
  }
}

function signed(seed: number, length = 128): Item {
  const secret = new Uint8Array(32).fill(seed);
  const message = Uint8Array.from({ length }, (_, i) => i * seed);
  return { signature: ed25519.sign(message, secret), key: ed25519.getPublicKey(secret), message };
}

const VALID = Array.from({ length: BATCH_MAX }, (_, i) => signed(i + 1, 3 * i));

/** The same with S moved by a multiple of the base point: the equation fails by just that. */
function shifted({ signature, key, message }: Item, by: bigint): Item {
  const s = fromLittleEndian(signature.subarray(32));
  return { signature: concat(signature.subarray(0, 32), littleEndian((s + by + L) % L)), key, message };
}

function flipped(item: Item, part: "signature" | "key" | "message", bit: number): Item {
  const copy = item[part].slice();
  if (copy.length > 0) copy[(bit >> 3) % copy.length]! ^= 1 << (bit & 7);
  return { ...item, [part]: copy };
}

const ZCASH = new TextEncoder().encode("Zcash");
const ZIP_215 = SMALL_ORDER.flatMap((key) =>
  SMALL_ORDER.map((r): Item => ({ signature: concat(r, littleEndian(0n)), key, message: ZCASH })),
);

function chunks(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

describe("valid signatures", () => {
  it("pass together, whatever their number", () => {
    expect(batch([])).toEqual([]);
    for (let count = 1; count <= BATCH_MAX; count++) {
      expect(sumIsZero(VALID.slice(0, count))).toBe(true);
      expect(batch(VALID.slice(0, count))).toEqual(Array(count).fill(true));
    }
  });

  it("pass together also when they are the same", () => {
    const same = Array<Item>(BATCH_MAX).fill(VALID[5]!);
    expect(sumIsZero(same)).toBe(true);
    expect(batch(same)).toEqual(same.map(() => true));
  });

  it("pass together under ZIP-215: the 196 published cases of small order, among themselves and among others", () => {
    expect(ZIP_215).toHaveLength(196);
    for (const part of [
      ...chunks(ZIP_215, BATCH_MAX),
      ...chunks(ZIP_215, 3).map((few) => [...few, ...VALID.slice(0, 3)]),
    ]) {
      expect(sumIsZero(part)).toBe(true);
      expect(batch(part).every(Boolean)).toBe(true);
    }
  });

  it("pass together with any torsion added to keys and commitments", () => {
    const torsion = SMALL_ORDER.slice(0, TORSION_POINTS).map((encoding) => Point.fromBytes(encoding));
    const items = torsion.flatMap((onKey, i) =>
      torsion.map((onCommitment, j): Item => {
        const [a, r] = [123456789n + BigInt(i), 987654321n + BigInt(j)];
        const key = Point.BASE.multiply(a).add(onKey).toBytes();
        const commitment = Point.BASE.multiply(r).add(onCommitment).toBytes();
        const k = fromLittleEndian(sha512(concat(commitment, key, ZCASH))) % L;
        return { signature: concat(commitment, littleEndian((r + k * a) % L)), key, message: ZCASH };
      }),
    );
    expect(sumIsZero(items)).toBe(true);
    expect(batch(items)).toEqual(items.map(() => true));
  });
});

describe("invalid signatures", () => {
  it("are named, one at every place, among valid ones", () => {
    for (let place = 0; place < BATCH_MAX; place++) {
      const items = VALID.with(place, shifted(VALID[place]!, 1n));
      expect(sumIsZero(items)).toBe(false);
      expect(batch(items)).toEqual(items.map((_, i) => i !== place));
    }
  });

  it("that cannot be valid at all do not spoil the sum of the others", () => {
    const { signature, key, message } = VALID[0]!;
    const noPoint = littleEndian(2n);
    const impossible: Item[] = [
      { signature: concat(signature.subarray(0, 32), littleEndian(L)), key, message },
      { signature: new Uint8Array(64).fill(255), key, message },
      { signature: concat(noPoint, signature.subarray(32)), key, message },
      { signature, key: noPoint, message },
    ];
    expect(impossible.map(alone)).toEqual([false, false, false, false]);
    const items = [...VALID.slice(0, 3), ...impossible, ...VALID.slice(3, 6)];
    expect(sumIsZero(items)).toBe(true);
    expect(batch(items)).toEqual([true, true, true, false, false, false, false, true, true, true]);
    expect(batch(impossible)).toEqual([false, false, false, false]);
  });

  it("do not cancel out, however their errors relate", () => {
    for (const [x, y, z] of [
      [1n, -1n, 0n],
      [1n, 1n, -2n],
      [8n, -8n, 0n],
      [(L - 1n) / 2n, (L + 1n) / 2n, 0n],
    ] as const) {
      const items = [shifted(VALID[0]!, x), shifted(VALID[1]!, y), shifted(VALID[2]!, z), VALID[3]!];
      expect(sumIsZero(items)).toBe(false);
      expect(batch(items)).toEqual([false, false, z === 0n, true]);
    }
    // The same signature with opposite errors, and one error twice.
    const pair = [shifted(VALID[0]!, 5n), shifted(VALID[0]!, -5n)];
    expect(sumIsZero(pair)).toBe(false);
    expect(sumIsZero([pair[0]!, pair[0]!])).toBe(false);
    expect(batch([...pair, pair[0]!])).toEqual([false, false, false]);
  });
});

describe("any signatures", () => {
  const half = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.constantFrom(...SMALL_ORDER, new Uint8Array(32).fill(255), littleEndian(L), littleEndian(L - 1n)),
  );
  const item: fc.Arbitrary<Item> = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...VALID) },
    { weight: 2, arbitrary: fc.constantFrom(...ZIP_215) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...VALID),
          fc.constantFrom("signature" as const, "key" as const, "message" as const),
          fc.nat(4095),
        )
        .map(([base, part, bit]) => flipped(base, part, bit)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(half, half, half, fc.uint8Array({ maxLength: 40 }))
        .map(([r, s, key, message]) => ({ signature: concat(r, s), key, message })),
    },
  );

  it("get the verdicts that they get alone, and from noble", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const expected = items.map(nobleVerify);
        expect(items.map(alone)).toEqual(expected);
        expect(batch(items)).toEqual(expected);
        seen.add(expected.every(Boolean) ? "all" : expected.some(Boolean) ? "some" : "none");
      }),
      { seed: 6464, numRuns: 150 },
    );
    expect([...seen].sort()).toEqual(["all", "none", "some"]);
  });

  it("get the published verdicts: RFC 8032 and 'Taming the Many EdDSAs' in one batch", () => {
    interface Vector {
      readonly message: string;
      readonly publicKey: string;
      readonly signature: string;
      readonly valid?: boolean;
    }
    const vectors = ["ed25519-rfc8032", "ed25519-speccheck"].flatMap((name) => {
      const text = readFileSync(new URL(`data/${name}.json`, import.meta.url), "utf8");
      return (JSON.parse(text) as { vectors: Vector[] }).vectors;
    });
    expect(vectors).toHaveLength(17);
    const items = vectors.map(({ signature, publicKey, message }) => ({
      signature: bytes(signature),
      key: bytes(publicKey),
      message: bytes(message),
    }));
    expect(batch(items)).toEqual(vectors.map(({ valid }) => valid ?? true));
  });
});
