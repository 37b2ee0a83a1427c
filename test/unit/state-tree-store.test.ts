/** The host's side of the state tree: what it persists, when it reads, and what it refuses. */
import { beforeEach, describe, expect, test } from "vitest";
import {
  encodeOperations,
  type Operation,
  StaleOperationError,
  StateTree,
  sortOperations,
} from "../../host/state-tree/state-tree.ts";
import { keyNumber, modelRoot } from "../../proofs/model/state-tree.ts";
import { MemoryNodeStore } from "../support/state-tree.ts";

const digest = (byte: number) => new Uint8Array(32).fill(byte);
/** Spread over the tree: the last byte runs through all values, the one before tells rounds apart. */
const id = (n: number) => new Uint8Array(32).with(31, (n * 167) & 255).with(30, n >> 8);
const create = (n: number): Operation => ({ key: id(n), old: undefined, new: digest(1 + (n % 255)) });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => create(from + i));
const rootOf = (operations: readonly Operation[]) =>
  modelRoot(new Map(operations.map((operation) => [keyNumber(operation.key), operation.new!])));

let store: MemoryNodeStore;
let tree: StateTree;

beforeEach(() => {
  store = new MemoryNodeStore();
  tree = new StateTree(store);
});

describe("persistence", () => {
  test("a reopened tree has the same root and reads only what lies on a path", () => {
    tree.apply(sortOperations(range(0, 1000)));
    store.write(tree.takeChanges());
    const reopened = new StateTree(store);
    store.reads = 0;
    expect(reopened.root()).toEqual(rootOf(range(0, 1000)));
    expect(reopened.get(id(123))).toEqual(digest(124));
    // The record above the root was read before; then four full levels for byte 31, and the first three of byte 30's, which are shared.
    expect(store.reads).toBe(4 + 3 + 1);
    store.reads = 0;
    reopened.get(id(123));
    expect(store.reads).toBe(0);
  });

  test("changes are handed out once, with deletions", () => {
    tree.apply(sortOperations(range(0, 20)));
    const first = [...tree.takeChanges()];
    expect(first.length).toBeGreaterThan(4);
    expect([...tree.takeChanges()]).toEqual([]);
    store.write(first);
    tree.apply(sortOperations(range(0, 20).map(({ key, new: old }) => ({ key, old, new: undefined }))));
    const second = [...tree.takeChanges()];
    expect(second.filter(([, value]) => value === undefined)).toHaveLength(first.length - 1);
  });

  test("reads and absences change nothing", () => {
    tree.apply(sortOperations(range(0, 20)));
    store.write(tree.takeChanges());
    tree.apply(
      sortOperations([
        { ...create(3), old: digest(4) },
        { ...create(30), new: undefined },
      ]),
    );
    expect([...tree.takeChanges()]).toEqual([]);
  });

  test("changes taken but not yet written are served from memory", () => {
    const small = new StateTree(store, { cacheNodes: 2 });
    small.apply(sortOperations(range(0, 100)));
    const taken = [...small.takeChanges()];
    expect(small.get(id(77))).toEqual(digest(78));
    small.apply(sortOperations(range(100, 200)));
    expect(small.root()).toEqual(rootOf(range(0, 200)));
    store.write(taken);
    store.write(small.takeChanges());
    expect(new StateTree(store).root()).toEqual(rootOf(range(0, 200)));
  });

  test("a caller may reuse its buffers after apply", () => {
    const operation = create(7);
    const key = Buffer.from(operation.key);
    const value = Buffer.from(operation.new!);
    tree.apply([{ key, old: undefined, new: value }]);
    key.fill(0xee);
    value.fill(0xee);
    expect(tree.get(id(7))).toEqual(digest(8));
    expect(tree.root()).toEqual(rootOf([create(7)]));
  });
});

describe("discard", () => {
  test("goes back to what was last taken", () => {
    tree.apply(sortOperations(range(0, 50)));
    store.write(tree.takeChanges());
    tree.apply(sortOperations(range(50, 90)));
    tree.apply(sortOperations(range(0, 50).map(({ key, new: old }) => ({ key, old, new: undefined }))));
    tree.discard();
    expect(tree.root()).toEqual(rootOf(range(0, 50)));
    expect(tree.get(id(10))).toEqual(digest(11));
    expect(tree.get(id(60))).toBeUndefined();
    expect([...tree.takeChanges()]).toEqual([]);
    tree.apply(sortOperations(range(50, 60)));
    expect(tree.root()).toEqual(rootOf(range(0, 60)));
  });
});

describe("cache", () => {
  test("holds no more than it may, and what was used last", () => {
    tree.apply(sortOperations(range(0, 256)));
    store.write(tree.takeChanges());
    // 256 keys with distinct last bytes: 1 + 4 + 16 + 64 nodes and the record above them, which is read at the start.
    expect(store.records.size).toBe(86);
    const look = (from: StateTree) => {
      store.reads = 0;
      for (let n = 0; n < 256; n++) from.get(id(n));
      return store.reads;
    };
    const large = new StateTree(store, { cacheNodes: 200 });
    expect(look(large)).toBe(85);
    expect(look(large)).toBe(0);
    const small = new StateTree(store, { cacheNodes: 20 });
    look(small);
    const again = look(small);
    expect(again).toBeGreaterThanOrEqual(85 - 20);
    // What is used all the time stays, whatever else is read in between.
    const one = () => {
      store.reads = 0;
      small.get(id(0));
      return store.reads;
    };
    one();
    for (let n = 1; n < 256; n++) {
      small.get(id(n));
      expect(one()).toBe(0);
    }
  });
});

describe("refusals", () => {
  test("a stale operation leaves the tree alone, whatever came before it in the batch", () => {
    tree.apply(sortOperations(range(0, 50)));
    store.write(tree.takeChanges());
    const wrong: Operation[] = [
      { key: id(3), old: undefined, new: digest(9) },
      { key: id(3), old: digest(9), new: digest(10) },
      { key: id(3), old: digest(9), new: undefined },
      { key: id(3), old: undefined, new: undefined },
      { key: id(99), old: digest(9), new: digest(9) },
    ];
    for (const operation of wrong) {
      const batch = sortOperations([...range(60, 80), operation]);
      expect(() => tree.apply(batch)).toThrow(StaleOperationError);
      expect(tree.root()).toEqual(rootOf(range(0, 50)));
      expect([...tree.takeChanges()]).toEqual([]);
    }
  });

  test("operations that the core would not take", () => {
    const [first, second] = sortOperations(range(0, 2)) as [Operation, Operation];
    for (const operations of [[second, first], [first, first], [{ ...first, key: new Uint8Array(31) }]]) {
      expect(() => tree.prove(operations)).toThrow(RangeError);
      expect(() => tree.apply(operations)).toThrow(RangeError);
    }
    expect(() => tree.prove([])).toThrow(RangeError);
    for (const value of [digest(0), new Uint8Array(31).fill(1), new Uint8Array(33).fill(1)]) {
      expect(() => tree.apply([{ ...first, new: value }])).toThrow(RangeError);
      expect(() => encodeOperations([{ ...first, new: value }])).toThrow(RangeError);
      expect(() => encodeOperations([{ ...first, old: value }])).toThrow(RangeError);
    }
    expect(tree.root()).toEqual(digest(0));
  });

  test("a store that has lost or damaged a node says so, and never proves wrongly", () => {
    tree.apply(sortOperations(range(0, 256)));
    store.write(tree.takeChanges());
    const names = [...store.records.keys()].filter((name) => name.startsWith("03"));
    for (const name of names) {
      const record = store.records.get(name)!;
      store.records.delete(name);
      expect(() => new StateTree(store).prove(sortOperations(range(0, 256)))).toThrow("no record of a node");
      for (const damaged of [record.subarray(1), new Uint8Array(0), new Uint8Array(record.length + 1)]) {
        store.records.set(name, damaged);
        expect(() => new StateTree(store).prove(sortOperations(range(0, 256)))).toThrow("malformed node record");
      }
      store.records.set(name, record);
    }
    expect(names).toHaveLength(16);
  });
});
