/** FIPS 202 functions in core/lib/hash against NIST's example values, @noble/hashes and OpenSSL. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as noble from "@noble/hashes/sha3.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { source as pairSource } from "../../core/lib/hash/generate-keccak-pair.mts";
import { loadWasm } from "../support/wasm.ts";

interface KeccakWasm {
  readonly memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  spongeBytes(): number;
  sha3_256(length: number): void;
  sha3_512(length: number): void;
  shake128(outputLength: number, length: number): void;
  shake256(outputLength: number, length: number): void;
  init(bits: number): void;
  absorb(offset: number, length: number): void;
  sha3Finish(): void;
  shakeFinish(): void;
  squeeze(offset: number, length: number): void;
  nextBlock(offset: number, length: number): void;
  permuteBoth(first: number, second: number): void;
}

const wasm = loadWasm<KeccakWasm>("test-keccak");
const memory = new Uint8Array(wasm.memory.buffer);

const output = (length: number) => Buffer.from(memory.slice(wasm.output(), wasm.output() + length)).toString("hex");

type Name = "sha3-256" | "sha3-512" | "shake128" | "shake256";
const NAMES = ["sha3-256", "sha3-512", "shake128", "shake256"] as const;
const RATES = { "sha3-256": 136, "sha3-512": 72, shake128: 168, shake256: 136 } as const;

/** One-shot; `length` counts for SHAKE only. */
function hash(name: Name, input: Uint8Array, length: number): string {
  memory.set(input, wasm.input());
  if (name === "sha3-256") wasm.sha3_256(input.length);
  else if (name === "sha3-512") wasm.sha3_512(input.length);
  else if (name === "shake128") wasm.shake128(length, input.length);
  else wasm.shake256(length, input.length);
  return output(length);
}

function openssl(name: Name, input: Uint8Array, length: number): string {
  const options = name.startsWith("shake") ? { outputLength: length } : {};
  return createHash(name, options).update(input).digest("hex");
}

const nobleHash = (name: Name, input: Uint8Array, length: number) =>
  Buffer.from(
    name === "sha3-256"
      ? noble.sha3_256(input)
      : name === "sha3-512"
        ? noble.sha3_512(input)
        : name === "shake128"
          ? noble.shake128(input, { dkLen: length })
          : noble.shake256(input, { dkLen: length }),
  ).toString("hex");

const digestBytes = (name: Name, shakeBytes: number) =>
  name === "sha3-256" ? 32 : name === "sha3-512" ? 64 : shakeBytes;

/** NIST, "Cryptographic Standards and Guidelines: Example Values", FIPS 202: messages of 0 and of 1600 bits. */
const EMPTY = new Uint8Array(0);
const A3 = new Uint8Array(200).fill(0xa3);
const ABC = new TextEncoder().encode("abc");
const EXAMPLES: [name: Name, message: string, input: Uint8Array, digest: string][] = [
  ["sha3-256", "empty", EMPTY, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"],
  ["sha3-256", "1600 bits", A3, "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787"],
  [
    "sha3-512",
    "empty",
    EMPTY,
    "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
  ],
  [
    "sha3-512",
    "1600 bits",
    A3,
    "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca81b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00",
  ],
  ["shake128", "empty", EMPTY, "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"],
  ["shake128", "1600 bits", A3, "131ab8d2b594946b9c81333f9bb6e0ce75c3b93104fa3469d3917457385da037"],
  [
    "shake256",
    "empty",
    EMPTY,
    "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762fd75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be",
  ],
  ["shake256", "1600 bits", A3, "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d"],
];

describe("FIPS 202", () => {
  it.each(EXAMPLES)("%s of NIST's message: %s", (name, _message, input, digest) => {
    expect(hash(name, input, digest.length / 2)).toBe(digest);
  });

  it.each(NAMES)("%s agrees with OpenSSL and noble at every length around two blocks", (name) => {
    for (let length = 0; length <= 2 * RATES[name] + 2; length++) {
      const input = Uint8Array.from({ length }, (_, i) => (i * 29 + length) & 0xff);
      const size = digestBytes(name, 1 + length);
      const digest = hash(name, input, size);
      expect(digest).toBe(openssl(name, input, size));
      expect(digest).toBe(nobleHash(name, input, size));
    }
  });

  it.each(NAMES)("%s agrees with OpenSSL on a mebibyte", (name) => {
    const input = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i ^ (i >> 8) ^ (i >> 16)) & 0xff);
    const size = digestBytes(name, 1000);
    expect(hash(name, input, size)).toBe(openssl(name, input, size));
  });

  it("absorbs and squeezes in parts of any size", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    const lengths = fc.array(fc.nat(400), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), parts, lengths, (name, inputs, outputs) => {
        wasm.init({ "sha3-256": 3256, "sha3-512": 3512, shake128: 128, shake256: 256 }[name]);
        for (const [i, part] of inputs.entries()) {
          memory.set(part, wasm.input() + 13 * i);
          wasm.absorb(13 * i, part.length);
        }
        let size = 0;
        if (name.startsWith("shake")) {
          wasm.shakeFinish();
          for (const length of outputs) {
            wasm.squeeze(size, length);
            size += length;
          }
        } else {
          wasm.sha3Finish();
          size = digestBytes(name, 0);
        }
        if (size > 0) expect(output(size)).toBe(openssl(name, Buffer.concat(inputs), size));
      }),
      { numRuns: 200, seed: 202 },
    );
  });

  it.each([
    ["shake128", 128],
    ["shake256", 256],
  ] as const)("%s gives whole blocks in place", (name, bits) => {
    memory.set(ABC, wasm.input());
    wasm.init(bits);
    wasm.absorb(0, ABC.length);
    wasm.shakeFinish();
    const rate = RATES[name];
    for (let block = 0; block < 4; block++) wasm.nextBlock(block * rate, rate);
    expect(output(4 * rate)).toBe(openssl(name, ABC, 4 * rate));
  });
});

describe("two states at once", () => {
  const STATE_BYTES = 200;
  const permuted = (state: Uint8Array) => {
    const words = new Uint32Array(Uint8Array.from(state).buffer);
    noble.keccakP(words);
    return new Uint8Array(words.buffer);
  };
  const state = fc.oneof(
    fc.uint8Array({ minLength: STATE_BYTES, maxLength: STATE_BYTES }),
    fc.constantFrom(0x00, 0xff).map((byte) => new Uint8Array(STATE_BYTES).fill(byte)),
  );

  it("are each permuted as noble permutes it", () => {
    fc.assert(
      fc.property(state, state, fc.boolean(), (a, b, swapped) => {
        const [first, second] = swapped ? [STATE_BYTES + 8, 0] : [0, STATE_BYTES + 8];
        memory.set(a, wasm.input() + first);
        memory.set(b, wasm.input() + second);
        wasm.permuteBoth(first, second);
        const at = (offset: number) => memory.slice(wasm.input() + offset, wasm.input() + offset + STATE_BYTES);
        expect(at(first)).toEqual(permuted(a));
        expect(at(second)).toEqual(permuted(b));
      }),
      { numRuns: 200, seed: 1600 },
    );
  });

  it("are permuted by the generator's present output", () => {
    const generated = new URL("../../core/lib/hash/generated-keccak-pair.ts", import.meta.url);
    expect(readFileSync(generated, "utf8")).toBe(pairSource());
  });
});
