/**
 * The smallest trees and the deepest, worked out by hand from the definition with Python's hashlib.blake2b, node by node. With
 * leaf(k, d) and inner(c0, c1, c2, c3) as in core/lib/merkle/tree.ts, Z an empty child and D(b) 32 bytes b.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pairSource, source } from "../../core/lib/merkle/generate-hash.mts";
import {
  compareKeys,
  encodeOperations,
  MAX_OPERATIONS,
  MAX_PROOF_BYTES,
  type Operation,
  StateTree,
  sortOperations,
} from "../../host/state-tree/state-tree.ts";
import { treeHash } from "../../host/state-tree/tree-hash.ts";
import { innerHash, keyNumber, leafHash, modelRoot } from "../../proofs/model/state-tree.ts";
import { CoreTree, MemoryNodeStore } from "../support/state-tree.ts";

const core = new CoreTree();
const digest = (byte: number) => new Uint8Array(32).fill(byte);
const systemId = (last: number) => new Uint8Array(32).with(31, last);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const create = (key: Uint8Array, value: Uint8Array): Operation => ({ key, old: undefined, new: value });

/** An empty tree's proof: one header, which says that nothing is there. */
const EMPTY_PROOF = Uint8Array.of(1, 0, 0, 0, 0);

const VECTORS: readonly [name: string, entries: readonly (readonly [Uint8Array, Uint8Array])[], root: string][] = [
  ["nothing", [], "00".repeat(32)],
  [
    "leaf(0x5, D(0x11))",
    [[systemId(5), digest(0x11)]],
    "29d203d5f5661e12201178f2eda74fb41cc24a79a10ff04914f559e0e5adba94",
  ],
  [
    // Last bytes 00 00 01 01 and 00 00 01 10: inner(inner(inner(Z, inner(Z, l5, l6, Z), Z, Z), Z, Z, Z), Z, Z, Z)
    "0x5 and 0x6, which part at the fourth level",
    [
      [systemId(5), digest(0x11)],
      [systemId(6), digest(0x22)],
    ],
    "3585c5968b739ee908e7c7a5e4e697260b02c29a85f458b434c0440118a5813d",
  ],
  [
    // 0x8 is 00 00 10 00: inner(inner(inner(Z, inner(Z, l5, l6, Z), l8, Z), Z, Z, Z), Z, Z, Z)
    "0x5, 0x6 and 0x8",
    [
      [systemId(5), digest(0x11)],
      [systemId(6), digest(0x22)],
      [systemId(8), digest(0x33)],
    ],
    "eb00b9a98d4b34869118f91a0a78ceda0a014bc170cbe7aab394d95dfd55c825",
  ],
  [
    "four leaves at the root",
    [
      [systemId(0x3f), digest(1)],
      [systemId(0x40), digest(2)],
      [systemId(0x80), digest(3)],
      [systemId(0xc0), digest(4)],
    ],
    "f880e31b92374b68a8fa4e4feed8f9aaf5b43f6542d2b7513b25442e6771aac7",
  ],
  [
    // inner(a, b, Z, Z) under 127 nodes with nothing else below them
    "two keys that part at the last bit of byte 0, the last of 128 levels",
    [
      [new Uint8Array(32), digest(5)],
      [new Uint8Array(32).with(0, 1), digest(6)],
    ],
    "fce9d57cf97a8fe2568f8e8cd25963f466ea70bcdd423ac7c22de263a7c7e547",
  ],
];

describe.each(VECTORS)("root of %s", (_, entries, root) => {
  test("model", () => {
    expect(hex(modelRoot(new Map(entries.map(([key, value]) => [keyNumber(key), value]))))).toBe(root);
  });

  test("host, and core from the empty tree and back", () => {
    const creations = sortOperations(entries.map(([key, value]) => create(key, value)));
    const tree = new StateTree(new MemoryNodeStore());
    tree.apply(creations);
    expect(hex(tree.root())).toBe(root);
    core.root = new Uint8Array(32);
    if (creations.length > 0) {
      expect(core.apply(encodeOperations(creations), EMPTY_PROOF)).toBe(true);
      expect(hex(core.root)).toBe(root);
      const deletions = creations.map(({ key, new: old }) => ({ key, old, new: undefined }));
      expect(core.apply(encodeOperations(deletions), tree.prove(deletions))).toBe(true);
    }
    expect(core.root).toEqual(new Uint8Array(32));
  });
});

describe("a proof's bytes", () => {
  test("reading 0x6 beside 0x5 and 0x8, written out from the layout", () => {
    const tree = new StateTree(new MemoryNodeStore());
    tree.apply([5, 6, 8].map((id) => create(systemId(id), digest(0x11 * (id === 8 ? 3 : id - 4)))));
    const read: Operation = { key: systemId(6), old: digest(0x22), new: digest(0x22) };
    // Root opened; three nodes on the way, the third with an opaque 0x8 beside it; then 0x5 opaque and 0x6 its own leaf.
    const headers = [3, 0b00_00_00_11, 0b00_00_00_11, 0b00_01_11_00, 0b00_01_01_00];
    const words = [leafHash(systemId(5), digest(0x11)), leafHash(systemId(8), digest(0x33))];
    const proof = Uint8Array.from([headers.length, 0, 0, 0, ...headers, ...words.flatMap((word) => [...word])]);
    expect(tree.prove([read])).toEqual(proof);
    core.root = tree.root();
    expect(core.apply(encodeOperations([read]), proof)).toBe(true);
    expect(core.root).toEqual(tree.root());
  });
});

describe("order of keys", () => {
  test("is that of little-endian integers, in core and host", () => {
    const keys = [new Uint8Array(32), new Uint8Array(32).with(0, 255), systemId(5), systemId(255), digest(255)];
    for (let byte = 0; byte < 32; byte++) keys.push(digest(7).with(byte, 8), digest(7).with(byte, 6));
    for (const a of keys) {
      for (const b of keys) {
        const expected = keyNumber(a) < keyNumber(b) ? -1 : keyNumber(a) > keyNumber(b) ? 1 : 0;
        expect(core.compareKeys(a, b)).toBe(expected);
        expect(Math.sign(compareKeys(a, b))).toBe(expected);
      }
    }
  });
});

describe("the specialised hashes", () => {
  test("are those of @noble/hashes for all-zero, all-one and mixed blocks", () => {
    const blocks = [
      digest(0),
      digest(255),
      digest(1).with(31, 254),
      Uint8Array.from({ length: 32 }, (_, i) => 8 * i + 3),
    ];
    for (const a of blocks) {
      for (const b of blocks) {
        expect(treeHash().leaf(a, b)).toEqual(leafHash(a, b));
        expect(treeHash().inner([a, b, undefined, a])).toEqual(innerHash([a, b, digest(0), a]));
        expect(treeHash().inner([undefined, b, a, b])).toEqual(innerHash([digest(0), b, a, b]));
      }
    }
  });

  test("are the generator's present output", () => {
    const generated = (name: string) => readFileSync(new URL(`../../core/lib/merkle/${name}`, import.meta.url), "utf8");
    expect(generated("generated-hash.ts")).toBe(source());
    expect(generated("generated-hash-pair.ts")).toBe(pairSource());
  });
});

describe("limits of one call", () => {
  test("core and host state the same", () => {
    expect(core.wasm.maxOperations()).toBe(MAX_OPERATIONS);
    expect(core.wasm.maxProofBytes()).toBe(MAX_PROOF_BYTES);
  });

  test("8,192 operations pass, none and 8,193 do not", () => {
    const creations = sortOperations(
      Array.from({ length: MAX_OPERATIONS + 1 }, (_, i) =>
        create(
          digest(9)
            .with(31, i)
            .with(30, i >> 8),
          digest(1),
        ),
      ),
    );
    const most = creations.slice(0, MAX_OPERATIONS);
    core.root = new Uint8Array(32);
    expect(core.apply(encodeOperations(creations), EMPTY_PROOF)).toBe(false);
    expect(core.apply(new Uint8Array(0), EMPTY_PROOF)).toBe(false);
    expect(core.root).toEqual(new Uint8Array(32));
    expect(core.apply(encodeOperations(most), EMPTY_PROOF)).toBe(true);
    expect(core.root).toEqual(modelRoot(new Map(most.map(({ key }) => [keyNumber(key), digest(1)]))));
  });

  test("the worst path takes 12,421 bytes; proofs pass up to 4 MiB and not beyond", () => {
    const tree = new StateTree(new MemoryNodeStore());
    const bytesOf = (key: bigint) => Uint8Array.from(Buffer.from(key.toString(16).padStart(64, "0"), "hex")).reverse();
    // Every node on the target's path is full: at each depth the three other digits are taken.
    const worst = (target: bigint) =>
      Array.from({ length: 128 }, (_, depth) =>
        [1n, 2n, 3n].map((other) => bytesOf(target ^ (other << BigInt(254 - 2 * depth)))),
      ).flat();
    const read = (key: Uint8Array): Operation => ({ key, old: digest(1), new: digest(1) });
    const targets = Array.from({ length: 360 }, (_, i) => BigInt(i) << 245n);
    const sorted = sortOperations(
      targets.flatMap((t) => [bytesOf(t), ...worst(t)]).map((key) => create(key, digest(1))),
    );
    tree.apply(sorted.filter(({ key }, i) => i === 0 || compareKeys(sorted[i - 1]!.key, key) < 0));
    core.root = tree.root();

    const one = [read(bytesOf(targets[0]!))];
    expect(tree.prove(one).length).toBe(12_421);
    expect(core.apply(encodeOperations(one), tree.prove(one))).toBe(true);

    const reads = sortOperations(targets.map((target) => read(bytesOf(target))));
    let count = 320;
    while (tree.prove(reads.slice(0, count + 1)).length <= MAX_PROOF_BYTES) count++;
    for (const [operations, accepted] of [
      [reads.slice(0, count), true],
      [reads.slice(0, count + 1), false],
    ] as const) {
      expect(core.apply(encodeOperations(operations), tree.prove(operations))).toBe(accepted);
    }
  });
});
