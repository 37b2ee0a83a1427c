/**
 * Properties of the state tree over random histories: core, host and model agree on every root; the host's proof is the model's, byte for
 * byte; what was put on disk is the same tree after a restart; and no false claim is ever accepted.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeOperations,
  type NodeChange,
  type Operation,
  StateTree,
  sortOperations,
} from "../../host/state-tree/state-tree.ts";
import { CoreTree, MemoryNodeStore, OPERATION_BYTES } from "../../test/support/state-tree.ts";
import { keyBytes, keyNumber, modelProof, modelRoot } from "../model/state-tree.ts";

const SEED = 0x5ca1ab1e;
const core = new CoreTree();

/** Ids of the objects that nearly every transaction touches (system state, clock, randomness): last byte of an otherwise zero id. */
const SYSTEM_IDS = [0x5n, 0x6n, 0x8n].map((id) => id << 248n);

/** Keys that share long prefixes: a base of few, changed in one bit and, if wished, in the bits below it. */
const anyKey = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
  fc.constantFrom(...SYSTEM_IDS),
  fc
    .record({
      base: fc.constantFrom(0n, (1n << 256n) - 1n, ...SYSTEM_IDS, 0x1234_5678_9abc_def0n << 192n),
      bit: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 7 }), fc.constant(255)),
      below: fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
      grind: fc.boolean(),
    })
    .map(({ base, bit, below, grind }) => {
      const flipped = base ^ (1n << BigInt(bit));
      return grind ? flipped ^ (below & ((1n << BigInt(bit)) - 1n)) : flipped;
    }),
);
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => (bytes.some((b) => b > 0) ? bytes : bytes.fill(1)));

/** What is done to a key, or to a present one chosen by `pick`; undefined deletes, "keep" reads. */
const command = fc.record({
  key: anyKey,
  pick: fc.option(fc.nat(), { nil: undefined }),
  value: fc.oneof({ weight: 3, arbitrary: digest }, fc.constant("keep" as const), fc.constant(undefined)),
});
const batch = fc.oneof(
  { weight: 6, arbitrary: fc.array(command, { minLength: 1, maxLength: 24 }) },
  { weight: 1, arbitrary: fc.constant("delete all" as const) },
);
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never;

/** The operations of a batch on `map`: at most one for a key. */
function operationsOf(commands: Batch, map: ReadonlyMap<bigint, Uint8Array>): Operation[] {
  const present = [...map.keys()];
  const list =
    commands === "delete all" ? present.map((key) => ({ key, pick: undefined, value: undefined })) : commands;
  const byKey = new Map<bigint, Operation>();
  for (const { key, pick, value } of list) {
    const target = pick === undefined ? key : (present[pick % Math.max(1, present.length)] ?? key);
    const old = map.get(target);
    byKey.set(target, { key: keyBytes(target), old, new: value === "keep" ? old : value });
  }
  return sortOperations([...byKey.values()]);
}

function applied(map: ReadonlyMap<bigint, Uint8Array>, operations: readonly Operation[]): Map<bigint, Uint8Array> {
  const next = new Map(map);
  for (const operation of operations) {
    if (operation.new) next.set(keyNumber(operation.key), operation.new);
    else next.delete(keyNumber(operation.key));
  }
  return next;
}

/** Runs `check` before each batch of a history is applied to everything. */
function history(
  batches: readonly Batch[],
  check: (map: ReadonlyMap<bigint, Uint8Array>, operations: readonly Operation[], proof: Uint8Array) => void,
): void {
  let map: ReadonlyMap<bigint, Uint8Array> = new Map();
  const store = new MemoryNodeStore();
  let tree = new StateTree(store, { cacheNodes: 8 });
  let inFlight: Iterable<NodeChange> = [];
  core.root = new Uint8Array(32);
  batches.forEach((commands, step) => {
    const operations = operationsOf(commands, map);
    if (operations.length === 0) operations.push({ key: new Uint8Array(32), old: map.get(0n), new: map.get(0n) });
    if (step > 0 && step % 2 === 0) {
      // Nothing is pending here: changes tried and dropped leave no trace.
      tree.apply(operations);
      tree.discard();
    }
    const proof = tree.prove(operations);
    check(map, operations, proof);
    expect(core.apply(encodeOperations(operations), proof)).toBe(true);
    tree.apply(operations);
    map = applied(map, operations);
    expect(core.root).toEqual(modelRoot(map));
    expect(tree.root()).toEqual(core.root);
    if (step % 2 === 0) return;
    // The store is as late as it may be: it shows what was taken just before the next take.
    store.write(inFlight);
    inFlight = tree.takeChanges();
    if (step % 4 === 1) return;
    store.write(inFlight);
    inFlight = [];
    tree = new StateTree(store, { cacheNodes: 8 });
  });
}

describe("random histories", () => {
  test("core root == model root == host root; the host's proof is the model's; a reopened store is the same tree", () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 16 }), (batches) => {
        history(batches, (map, operations, proof) => {
          expect(proof).toEqual(
            modelProof(
              map,
              operations.map(({ key }) => keyNumber(key)),
            ),
          );
        });
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test("the host finds each present key and no other, and deleting all leaves no node", () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 6 }), fc.array(anyKey), (batches, others) => {
        let map: ReadonlyMap<bigint, Uint8Array> = new Map();
        const store = new MemoryNodeStore();
        const tree = new StateTree(store, { cacheNodes: 4 });
        for (const commands of [...batches, "delete all" as const]) {
          const operations = operationsOf(commands, map);
          tree.apply(operations);
          store.write(tree.takeChanges());
          map = applied(map, operations);
          for (const key of [...map.keys(), ...others]) expect(tree.get(keyBytes(key))).toEqual(map.get(key));
        }
        expect(tree.root()).toEqual(new Uint8Array(32));
        // Only the record above the root stays, and says that there is nothing.
        for (const record of store.records.values()) expect([...record]).toEqual([0]);
        expect(store.records.size).toBeLessThanOrEqual(1);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  test("claims changed in any byte are accepted only where they are still true", () => {
    const change = fc.record({ at: fc.nat(), bit: fc.nat({ max: 7 }) });
    let rejected = 0;
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 2, maxLength: 6 }),
        fc.array(change, { minLength: 8 }),
        (batches, changes) => {
          history(batches, (map, operations, proof) => {
            const root = core.root;
            const records = encodeOperations(operations);
            for (const { at, bit } of changes) {
              const claims = records.slice();
              claims[at % claims.length]! ^= 1 << bit;
              if (!core.apply(claims, proof)) {
                rejected++;
                expect(core.root).toEqual(root);
                continue;
              }
              const decoded = decode(claims);
              for (const claim of decoded) expect(claim.old).toEqual(map.get(keyNumber(claim.key)));
              expect(core.root).toEqual(modelRoot(applied(map, decoded)));
              core.root = root;
            }
          });
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
    expect(rejected).toBeGreaterThan(1000);
  });

  test("a prover that calls a present leaf somebody else's cannot prove its absence", () => {
    let lies = 0;
    fc.assert(
      fc.property(fc.array(batch, { minLength: 2, maxLength: 6 }), (batches) => {
        history(batches, (map, operations) => {
          const root = core.root;
          const victims = operations.filter(({ old }) => old).map(({ key }) => key);
          for (const key of victims) {
            for (const value of [undefined, new Uint8Array(32).fill(7)]) {
              const lie = modelProof(map, [keyNumber(key)], { ownAsForeign: true });
              expect(core.apply(encodeOperations([{ key, old: undefined, new: value }]), lie)).toBe(false);
              expect(core.root).toEqual(root);
              lies++;
            }
          }
        });
      }),
      { seed: SEED, numRuns: 60 },
    );
    expect(lies).toBeGreaterThan(100);
  });
});

function decode(records: Uint8Array): Operation[] {
  const hash = (at: number) => {
    const bytes = records.slice(at, at + 32);
    return bytes.some((byte) => byte > 0) ? bytes : undefined;
  };
  return Array.from({ length: records.length / OPERATION_BYTES }, (_, i) => ({
    key: records.slice(OPERATION_BYTES * i, OPERATION_BYTES * i + 32),
    old: hash(OPERATION_BYTES * i + 32),
    new: hash(OPERATION_BYTES * i + 64),
  }));
}
