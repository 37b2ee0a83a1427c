/** SHA-256 and SHA-512 in core/lib/hash against NIST's examples and OpenSSL. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SHA256, SHA512, source } from "../../core/lib/hash/generate-sha2.mts";
import { loadWasm } from "../support/wasm.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: ((...args: number[]) => number) | WebAssembly.Memory | WebAssembly.Global;
}

/** One of the two functions, with its state and its input in the module's memory. */
class Sha2 {
  readonly #exports: Exports;
  readonly #name: "sha256" | "sha512";
  readonly #digestBytes: number;
  readonly memory: Uint8Array;
  readonly state: number;
  readonly input: number;

  constructor(name: "sha256" | "sha512") {
    this.#name = name;
    this.#exports = loadWasm<Exports>(`test-${name}`);
    this.#digestBytes = name === "sha256" ? 32 : 64;
    this.memory = new Uint8Array(this.#exports.memory.buffer);
    const buffer = this.#call("buffer");
    this.state = buffer + 64;
    this.input = buffer + 1024;
  }

  #call(name: string, ...args: number[]): number {
    return (this.#exports[name] as (...args: number[]) => number)(...args);
  }

  get stateBytes(): number {
    return (this.#exports[`${this.#name.toUpperCase()}_STATE_BYTES`] as WebAssembly.Global).value;
  }

  #digestAt(at: number): string {
    return Buffer.from(this.memory.slice(at, at + this.#digestBytes)).toString("hex");
  }

  openssl(input: Uint8Array): string {
    return createHash(this.#name).update(input).digest("hex");
  }

  /** Hashes in one call; the digest goes to `out`, before the state if not given. */
  hash(input: Uint8Array, out = this.state - 64): string {
    this.memory.set(input, this.input);
    this.#call(this.#name, out, this.input, input.length);
    return this.#digestAt(out);
  }

  hashParts(parts: readonly Uint8Array[]): string {
    const out = this.state - 64;
    this.#call(`${this.#name}Init`, this.state);
    for (const part of parts) {
      this.memory.set(part, this.input);
      this.#call(`${this.#name}Update`, this.state, this.input, part.length);
    }
    this.#call(`${this.#name}Final`, this.state, out);
    return this.#digestAt(out);
  }
}

const sha256 = new Sha2("sha256");
const sha512 = new Sha2("sha512");

const utf8 = (text: string) => new TextEncoder().encode(text);

// NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate Values", SHA-256 and SHA-512; the empty and the million-letter
// message from NIST's "Test Vectors for SHA-1, SHA-2".
const TWO_BLOCKS_512 =
  "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
const VECTORS: readonly [string, Sha2, string, string][] = [
  ["SHA-256", sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "SHA-256",
    sha256,
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["SHA-256", sha256, TWO_BLOCKS_512, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"],
  ["SHA-256", sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["SHA-256", sha256, "a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  [
    "SHA-512",
    sha512,
    "abc",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
  [
    "SHA-512",
    sha512,
    TWO_BLOCKS_512,
    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
  ],
  [
    "SHA-512",
    sha512,
    "",
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  ],
  [
    "SHA-512",
    sha512,
    "a".repeat(1_000_000),
    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
  ],
];

describe.each(VECTORS)("%s", (_, sha, text, digest) => {
  it(`of ${text.length} letters is NIST's`, () => {
    expect(sha.hash(utf8(text))).toBe(digest);
  });
});

describe.each([
  ["SHA-256", sha256, 64],
  ["SHA-512", sha512, 128],
] as const)("%s", (_, sha, blockBytes) => {
  it("agrees with OpenSSL at every length up to five blocks, whole and cut in two", () => {
    for (let length = 0; length <= 5 * blockBytes + 1; length++) {
      const input = Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 255);
      const expected = sha.openssl(input);
      expect(sha.hash(input), `length ${length}`).toBe(expected);
      const cut = (length * 7) % (length + 1);
      expect(sha.hashParts([input.subarray(0, cut), input.subarray(cut)]), `length ${length}, cut ${cut}`).toBe(
        expected,
      );
    }
  });

  it("gives the same digest however the input is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (parts) => {
        expect(sha.hashParts(parts)).toBe(sha.openssl(Buffer.concat(parts)));
      }),
      { seed: 180, numRuns: 500 },
    );
  });

  it("writes its digest over its own input, and its state within the stated bytes", () => {
    const input = utf8("over itself".repeat(20));
    expect(sha.hash(input, sha.input)).toBe(sha.openssl(input));
    const end = sha.state + sha.stateBytes;
    sha.memory.fill(0xa5, end, sha.input);
    sha.hashParts([input]);
    expect(sha.memory.slice(end, sha.input).every((byte) => byte === 0xa5)).toBe(true);
  });
});

describe("SHA-512", () => {
  it("leaves no trace of a one-shot input in memory", () => {
    const { memory } = sha512;
    const secret = Uint8Array.from({ length: 100 }, (_, i) => (i * 89 + 17) & 255);
    sha512.hash(secret);
    memory.fill(0, sha512.input, sha512.input + secret.length);
    expect(Buffer.from(memory.buffer).indexOf(secret.subarray(0, 8))).toBe(-1);
    // The input itself would have been found.
    memory.set(secret, sha512.input);
    expect(Buffer.from(memory.buffer).indexOf(secret.subarray(0, 8))).toBe(sha512.input);
  });
});

describe("generated code", () => {
  it.each([SHA256, SHA512])("of $name is its generator's", (variant) => {
    const file = new URL(`../../core/lib/hash/generated-${variant.name}.ts`, import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(source(variant));
  });
});
