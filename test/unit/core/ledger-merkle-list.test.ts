/** The append-only Merkle list against the definition of RFC 6962, section 2.1 (proofs/model/ledger-formats.ts), over @noble/hashes. */
import { expect, test } from "vitest";
import { hash, hex, merkleListRoot } from "../../../proofs/model/ledger-formats.ts";
import { loadWasm } from "../../support/wasm.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  data(): number;
  init(): void;
  append(length: number): number;
  root(): number;
  setLength(length: bigint): void;
  stateBytes(): number;
}

const wasm = loadWasm<Exports>("test-merkle-list");
const memory = new Uint8Array(wasm.memory.buffer);

function root(): string {
  const at = wasm.root();
  return hex(memory.slice(at, at + 32));
}

function append(leaf: Uint8Array): boolean {
  memory.set(leaf, wasm.data());
  return wasm.append(leaf.length) === 1;
}

test("has the root of RFC 6962 at every length up to 130, for leaves of several sizes", () => {
  const leaves: Uint8Array[] = [];
  wasm.init();
  expect(root()).toBe(hex(merkleListRoot([])));
  for (let i = 0; i < 130; i++) {
    const leaf = new Uint8Array((i * 7) % 200).fill(i);
    leaves.push(leaf);
    expect(append(leaf)).toBe(true);
    expect(root()).toBe(hex(merkleListRoot(leaves)));
  }
});

test("does not take a node for a leaf: the two hashes have different prefixes", () => {
  const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
  wasm.init();
  append(a);
  append(b);
  const two = root();
  wasm.init();
  append(Uint8Array.from([...hash(Uint8Array.of(0), a), ...hash(Uint8Array.of(0), b)]));
  expect(root()).not.toBe(two);
});

test("a full list takes nothing more and keeps its root", () => {
  wasm.init();
  wasm.setLength(2n ** 32n - 1n);
  const full = root();
  expect(append(Uint8Array.of(1))).toBe(false);
  expect(root()).toBe(full);
  expect(wasm.stateBytes()).toBe(8 + 32 * 32);
});
