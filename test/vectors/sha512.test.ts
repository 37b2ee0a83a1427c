/** SHA-512 in core/lib/hash against NIST's examples and OpenSSL. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { source } from "../../core/lib/hash/generate-sha512.mts";
import { loadWasm } from "../support/wasm.ts";

interface Sha512Wasm {
  readonly memory: WebAssembly.Memory;
  readonly SHA512_STATE_BYTES: WebAssembly.Global;
  buffer(): number;
  sha512(out: number, input: number, length: number): void;
  sha512Init(state: number): void;
  sha512Update(state: number, input: number, length: number): void;
  sha512Final(state: number, out: number): void;
}

const wasm = loadWasm<Sha512Wasm>("test-sha512");
const memory = new Uint8Array(wasm.memory.buffer);
const OUT = wasm.buffer();
const STATE = OUT + 64;
const INPUT = OUT + 1024;

const utf8 = (text: string) => new TextEncoder().encode(text);
const digestAt = (at: number) => Buffer.from(memory.slice(at, at + 64)).toString("hex");
const openssl = (input: Uint8Array) => createHash("sha512").update(input).digest("hex");

function hash(input: Uint8Array): string {
  memory.set(input, INPUT);
  wasm.sha512(OUT, INPUT, input.length);
  return digestAt(OUT);
}

function hashParts(parts: readonly Uint8Array[]): string {
  wasm.sha512Init(STATE);
  for (const part of parts) {
    memory.set(part, INPUT);
    wasm.sha512Update(STATE, INPUT, part.length);
  }
  wasm.sha512Final(STATE, OUT);
  return digestAt(OUT);
}

describe("SHA-512", () => {
  // NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate Values", SHA-512; the empty and the million-letter message from
  // NIST's "Test Vectors for SHA-1, SHA-2".
  it.each([
    [
      "abc",
      "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ],
    [
      "two blocks",
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ],
    [
      "nothing",
      "",
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    ],
    [
      "a million letters",
      "a".repeat(1_000_000),
      "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
    ],
  ])("gives NIST's digest of %s", (_, text, digest) => {
    expect(hash(utf8(text))).toBe(digest);
  });

  it("agrees with OpenSSL at every length up to five blocks, whole and cut in two", () => {
    for (let length = 0; length <= 641; length++) {
      const input = Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 255);
      const expected = openssl(input);
      expect(hash(input), `length ${length}`).toBe(expected);
      const cut = (length * 7) % (length + 1);
      expect(hashParts([input.subarray(0, cut), input.subarray(cut)]), `length ${length}, cut ${cut}`).toBe(expected);
    }
  });

  it("gives the same digest however the input is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (parts) => {
        expect(hashParts(parts)).toBe(openssl(Buffer.concat(parts)));
      }),
      { seed: 180, numRuns: 500 },
    );
  });

  it("writes its digest over its own input, and its state within the stated bytes", () => {
    const input = utf8("over itself".repeat(20));
    memory.set(input, INPUT);
    wasm.sha512(INPUT, INPUT, input.length);
    expect(digestAt(INPUT)).toBe(openssl(input));

    const end = STATE + wasm.SHA512_STATE_BYTES.value;
    memory.fill(0xa5, end, INPUT);
    hashParts([input]);
    expect(memory.slice(end, INPUT).every((byte) => byte === 0xa5)).toBe(true);
  });

  it("leaves no trace of a one-shot input in memory", () => {
    const secret = Uint8Array.from({ length: 100 }, (_, i) => (i * 89 + 17) & 255);
    hash(secret);
    memory.fill(0, INPUT, INPUT + secret.length);
    expect(Buffer.from(memory.buffer).indexOf(secret.subarray(0, 8))).toBe(-1);
    // The input itself would have been found.
    memory.set(secret, INPUT);
    expect(Buffer.from(memory.buffer).indexOf(secret.subarray(0, 8))).toBe(INPUT);
  });

  it("is generated from its generator", () => {
    const file = new URL("../../core/lib/hash/generated-sha512.ts", import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(source());
  });
});
