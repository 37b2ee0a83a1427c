/**
 * What the core must reject: every change to a valid proof, every proof of a stale root, and everything a dishonest prover or a dishonest tree could
 * offer. After each rejection the root is as it was.
 */
import { describe, expect, test } from "vitest";
import { encodeOperations, type Operation, StateTree, sortOperations } from "../../host/state-tree/state-tree.ts";
import { innerHash, keyNumber, leafHash, modelProof } from "../../proofs/model/state-tree.ts";
import { CoreTree, MemoryNodeStore, OPERATION_BYTES } from "../support/state-tree.ts";

const core = new CoreTree();
const digest = (byte: number) => new Uint8Array(32).fill(byte);
const id = (last: number, first = 0) => new Uint8Array(32).with(31, last).with(0, first);
const read = (key: Uint8Array, value: Uint8Array): Operation => ({ key, old: value, new: value });
const absent = (key: Uint8Array): Operation => ({ key, old: undefined, new: undefined });
const create = (key: Uint8Array, value: Uint8Array): Operation => ({ key, old: undefined, new: value });

function expectRejected(records: Uint8Array, proof: Uint8Array, count?: number, length?: number): void {
  const root = core.root;
  const accepted = core.apply(records, proof, count, length);
  if (accepted || Buffer.compare(root, core.root) !== 0) {
    expect.fail(`accepted: ${accepted}; proof ${Buffer.from(proof).toString("hex")}`);
  }
}

/** A tree with the system ids, a pair that parts at the last level, and others spread over the root. */
const entries: readonly (readonly [Uint8Array, Uint8Array])[] = [
  [id(5), digest(0x15)],
  [id(6), digest(0x16)],
  [id(8), digest(0x18)],
  [id(0x30, 0), digest(0x30)],
  [id(0x30, 1), digest(0x31)],
  ...[0x41, 0x4f, 0x77, 0x80, 0xb3, 0xc0, 0xc1, 0xff].map((last) => [id(last, 7), digest(last)] as const),
];
const map = new Map(entries.map(([key, value]) => [keyNumber(key), value]));
const tree = new StateTree(new MemoryNodeStore());
tree.apply(sortOperations(entries.map(([key, value]) => create(key, value))));

const batches: readonly [name: string, operations: readonly Operation[]][] = [
  ["a read", [read(id(6), digest(0x16))]],
  ["an absence at an empty place", [absent(id(0x20))]],
  ["an absence where another leaf is", [absent(id(0x42))]],
  ["a deletion that collapses two levels", [{ key: id(0x30, 1), old: digest(0x31), new: undefined }]],
  [
    "all kinds at once",
    sortOperations([
      read(id(5), digest(0x15)),
      { key: id(6), old: digest(0x16), new: digest(0x66) },
      { key: id(8), old: digest(0x18), new: undefined },
      create(id(9), digest(0x19)),
      create(id(0x42), digest(0x42)),
      absent(id(0x43)),
      absent(id(0xe0)),
      { key: id(0xff, 7), old: digest(0xff), new: undefined },
    ]),
  ],
];

describe.each(batches)("the proof of %s", (_, operations) => {
  const records = encodeOperations(operations);
  const proof = tree.prove(operations);
  const headersEnd = 4 + new DataView(proof.buffer).getUint32(0, true);

  test("is accepted as it is, and leads to the host's root", () => {
    core.root = tree.root();
    expect(core.apply(records, proof)).toBe(true);
    const store = new MemoryNodeStore();
    const next = new StateTree(store);
    next.apply(sortOperations(entries.map(([key, value]) => create(key, value))));
    next.apply(operations);
    expect(core.root).toEqual(next.root());
  });

  test("is rejected with any other value of any byte", () => {
    core.root = tree.root();
    for (let at = 0; at < proof.length; at++) {
      for (let value = 1; value < 256; value++) expectRejected(records, proof.with(at, proof[at]! ^ value));
    }
  });

  test("is rejected at any other length", () => {
    core.root = tree.root();
    for (let length = 0; length < proof.length; length++) expectRejected(records, proof, undefined, length);
    for (const filler of [0, 1, 0xff]) {
      for (let more = 1; more <= 65; more++) {
        const longer = new Uint8Array(proof.length + more).fill(filler);
        longer.set(proof);
        expectRejected(records, longer);
      }
    }
  });

  test("is rejected with a header more or less", () => {
    core.root = tree.root();
    for (let at = 4; at <= headersEnd; at++) {
      for (const header of [0, 1, 2, 3, 0b01_01_01_01, 0b11_11_11_11]) {
        const longer = Uint8Array.from([...proof.subarray(0, at), header, ...proof.subarray(at)]);
        new DataView(longer.buffer).setUint32(0, headersEnd - 3, true);
        expectRejected(records, longer);
      }
      if (at === headersEnd) continue;
      const shorter = Uint8Array.from([...proof.subarray(0, at), ...proof.subarray(at + 1)]);
      new DataView(shorter.buffer).setUint32(0, headersEnd - 5, true);
      expectRejected(records, shorter);
    }
  });

  test("is rejected with words swapped, dropped, repeated, or zero", () => {
    core.root = tree.root();
    const words = (proof.length - headersEnd) / 32;
    const word = (i: number) => proof.slice(headersEnd + 32 * i, headersEnd + 32 * i + 32);
    for (let i = 0; i < words; i++) {
      const at = headersEnd + 32 * i;
      expectRejected(records, Uint8Array.from([...proof.subarray(0, at), ...proof.subarray(at + 32)]));
      expectRejected(records, Uint8Array.from([...proof.subarray(0, at), ...word(i), ...proof.subarray(at)]));
      const zeroed = proof.slice();
      zeroed.fill(0, at, at + 32);
      expectRejected(records, zeroed);
      for (let j = i + 1; j < words; j++) {
        const swapped = proof.slice();
        swapped.set(word(j), at);
        swapped.set(word(i), headersEnd + 32 * j);
        expectRejected(records, swapped);
      }
    }
  });

  test("is rejected with keys out of order or twice, and with another count", () => {
    core.root = tree.root();
    const record = (i: number) => records.slice(OPERATION_BYTES * i, OPERATION_BYTES * (i + 1));
    for (let i = 0; i < operations.length; i++) {
      const end = OPERATION_BYTES * (i + 1);
      expectRejected(Uint8Array.from([...records.subarray(0, end), ...record(i), ...records.subarray(end)]), proof);
      if (i === 0) continue;
      const swapped = records.slice();
      swapped.set(record(i), OPERATION_BYTES * (i - 1));
      swapped.set(record(i - 1), OPERATION_BYTES * i);
      expectRejected(swapped, proof);
    }
    for (const count of [0, 0xffffffff]) expectRejected(records, proof, count);
  });

  test("is rejected against any other root", () => {
    for (let at = 0; at < 32; at++) {
      core.root = tree.root().with(at, tree.root()[at]! ^ 1);
      expectRejected(records, proof);
    }
    core.root = new Uint8Array(32);
    expectRejected(records, proof);
  });
});

test("a proof of the root before is stale", () => {
  const update: Operation = { key: id(6), old: digest(0x16), new: digest(0x66) };
  const back: Operation = { key: id(6), old: digest(0x66), new: digest(0x16) };
  const other = [read(id(0x80, 7), digest(0x80))];
  core.root = tree.root();
  expect(core.apply(encodeOperations([update]), tree.prove([update]))).toBe(true);
  expectRejected(encodeOperations([update]), tree.prove([update]));
  expectRejected(encodeOperations(other), tree.prove(other));
  expect(core.apply(encodeOperations([back]), tree.prove([back]))).toBe(true);
  expect(core.root).toEqual(tree.root());
});

describe("a dishonest prover", () => {
  test("cannot offer a present leaf as a leaf of nobody's, alone or among other operations", () => {
    core.root = tree.root();
    for (const [key] of entries) {
      for (const value of [undefined, digest(0xaa)]) {
        for (const others of [[], [absent(id(0x43))], [absent(id(0x31)), absent(id(0xf0))]]) {
          const claims = sortOperations([{ key, old: undefined, new: value }, ...others]);
          const keys = claims.map((claim) => keyNumber(claim.key));
          expectRejected(encodeOperations(claims), modelProof(map, keys, { ownAsForeign: true }));
        }
      }
    }
  });

  test("cannot offer its own claim's leaf twice over: by proof and by claim", () => {
    core.root = tree.root();
    for (const [key, value] of entries) {
      expectRejected(encodeOperations([read(key, value)]), modelProof(map, [keyNumber(key)], { ownAsForeign: true }));
    }
  });

  test("cannot write an empty child as a word", () => {
    core.root = tree.root();
    for (const [, operations] of batches) {
      const keys = operations.map(({ key }) => keyNumber(key));
      expectRejected(encodeOperations(operations), modelProof(map, keys, { emptyAsWord: true }));
    }
  });

  test("cannot claim two objects in the place of one leaf", () => {
    core.root = leafHash(id(5), digest(0x15));
    const own = Uint8Array.of(1, 0, 0, 0, 1);
    expect(core.apply(encodeOperations([read(id(5), digest(0x15)), absent(id(6))]), own)).toBe(true);
    expectRejected(encodeOperations([read(id(5), digest(0x15)), read(id(6), digest(0x16))]), own);
    expectRejected(encodeOperations([absent(id(5)), absent(id(6))]), own);
  });
});

/** Roots that no map has, as if the tree itself had been forged: the core does not go on from them. */
describe("a tree that is not canonical", () => {
  const own = leafHash(id(0x05), digest(1));
  const other = leafHash(id(0x06), digest(2));
  const zero = digest(0);
  const claim = encodeOperations([absent(id(0x0a))]);
  const proofOf = (headers: readonly number[], ...words: Uint8Array[]) =>
    Uint8Array.from([headers.length, 0, 0, 0, ...headers, ...words.flatMap((word) => [...word])]);

  test("control: the same shape is accepted where it is canonical", () => {
    core.root = innerHash([own, other, zero, zero]);
    expect(core.apply(claim, proofOf([3, 0b00_00_01_10], id(0x05), digest(1), other))).toBe(true);
  });

  test("an inner node over a single leaf, known or opaque", () => {
    core.root = innerHash([own, zero, zero, zero]);
    expectRejected(claim, proofOf([3, 0b00_00_00_10], id(0x05), digest(1)));
    core.root = innerHash([zero, other, zero, zero]);
    expectRejected(claim, proofOf([3, 0b00_00_01_00], other));
  });

  test("an inner node over nothing", () => {
    core.root = innerHash([zero, zero, zero, zero]);
    expectRejected(claim, proofOf([3, 0]));
  });

  test("a leaf away from its path", () => {
    const strayed = leafHash(id(0xc5), digest(1));
    core.root = innerHash([strayed, other, zero, zero]);
    expectRejected(claim, proofOf([3, 0b00_00_01_10], id(0xc5), digest(1), other));
    // Also where only the last of several levels is wrong.
    const near = leafHash(id(0x15), digest(1));
    core.root = innerHash([innerHash([near, other, zero, zero]), zero, zero, zero]);
    expectRejected(claim, proofOf([3, 0b00_00_00_11, 0b00_00_01_10], id(0x15), digest(1), other));
  });

  test("a leaf with the digest that means absent", () => {
    core.root = leafHash(id(0x05), zero);
    expectRejected(claim, proofOf([2], id(0x05), zero));
  });

  test("nodes below the last level of keys", () => {
    for (const depth of [127, 128, 129, 200, 5000]) {
      core.root = digest(3);
      const headers = Array.from({ length: depth }, () => 0b00_00_00_11);
      const proof = proofOf([3, ...headers, 0b00_00_01_10], id(0x05), digest(1), other);
      new DataView(proof.buffer).setUint32(0, depth + 2, true);
      expectRejected(encodeOperations([absent(zero)]), proof);
    }
  });

  test("128 levels are accepted, the 129th is not", () => {
    const key = id(0x40);
    // Beside the key an absent one, with zero bytes in its record: a 129th digit, wrongly read from there, would be 0.
    const claims = encodeOperations([absent(zero), read(key, digest(1))]);
    const chain = (levels: number) => {
      let below = innerHash([leafHash(key, digest(1)), other, zero, zero]);
      for (let level = 2; level < levels; level++) below = innerHash([below, zero, zero, zero]);
      const middle = Array.from({ length: levels - 2 }, () => 0b00_00_00_11);
      core.root = innerHash([zero, below, zero, zero]);
      return proofOf([3, 0b00_00_11_00, ...middle, 0b00_00_01_01], other);
    };
    expect(core.apply(claims, chain(128))).toBe(true);
    expectRejected(claims, chain(129));
  });
});
