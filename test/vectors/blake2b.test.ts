/** BLAKE2b in core/lib/hash against known digests, @noble/hashes and OpenSSL. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { blake2b } from "@noble/hashes/blake2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { source } from "../../core/lib/hash/generate-blake2b.mts";
import { loadWasm } from "../support/wasm.ts";

interface Blake2bWasm {
  readonly memory: WebAssembly.Memory;
  readonly BLAKE2B_STATE_BYTES: WebAssembly.Global;
  buffer(): number;
  blake2b256(out: number, input: number, length: number): void;
  blake2b512(out: number, input: number, length: number): void;
  blake2b256Init(state: number): void;
  blake2b256Update(state: number, input: number, length: number): void;
  blake2b256Final(state: number, out: number): void;
}

const wasm = loadWasm<Blake2bWasm>("test-blake2b");
const memory = new Uint8Array(wasm.memory.buffer);
const OUT = wasm.buffer();
const STATES = OUT + 64;
const STATE_STRIDE = 256;
const INPUT = OUT + 1024;

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const read = (at: number, length: number) => memory.slice(at, at + length);

function hash256(input: Uint8Array, at = INPUT): string {
  memory.set(input, at);
  wasm.blake2b256(OUT, at, input.length);
  return hex(read(OUT, 32));
}

function hash512(input: Uint8Array): string {
  memory.set(input, INPUT);
  wasm.blake2b512(OUT, INPUT, input.length);
  return hex(read(OUT, 64));
}

const reference256 = (input: Uint8Array) => hex(blake2b(input, { dkLen: 32 }));
const openssl512 = (input: Uint8Array) => createHash("blake2b512").update(input).digest("hex");

const FOX = "The quick brown fox jumps over the lazy dog";

describe("BLAKE2b", () => {
  it.each([
    ["", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"],
    ["abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"],
    // Computed with @noble/hashes.
    [FOX, "01718cec35cd3d796dd00020e0bfecb473ad23457d063b75eff29c0ffa2e58a9"],
  ])("gives the 32-byte digest of %j", (text, digest) => {
    expect(hash256(utf8(text))).toBe(digest);
  });

  it.each([
    // RFC 7693, appendix A.
    [
      "abc",
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    ],
    [
      "",
      "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
    ],
    [
      FOX,
      "a8add4bdddfd93e4877d2746e62817b116364a1fa7bc148d95090bc7333b3673f82401cf7aa2e4cb1ecd90296e3f14cb5413f8ed77be73045b13914cdcd6a918",
    ],
  ])("gives the 64-byte digest of %j", (text, digest) => {
    expect(hash512(utf8(text))).toBe(digest);
  });

  it("agrees with noble (32 bytes) and OpenSSL (64) at every length up to five blocks", () => {
    for (let length = 0; length <= 641; length++) {
      const input = Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 255);
      expect(hash256(input), `length ${length}`).toBe(reference256(input));
      expect(hash512(input), `length ${length}`).toBe(openssl512(input));
    }
  });

  it("agrees on a mebibyte and on all-ones blocks", () => {
    const large = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7) ^ (i >> 9));
    expect(hash512(large)).toBe(openssl512(large));
    for (const length of [127, 128, 129, 256]) {
      const ones = new Uint8Array(length).fill(255);
      expect(hash256(ones)).toBe(reference256(ones));
    }
  });

  it("takes input at any alignment, and a digest over its own input", () => {
    const input = Uint8Array.from({ length: 200 }, (_, i) => 255 - i);
    for (let shift = 0; shift < 8; shift++) expect(hash256(input, INPUT + shift)).toBe(reference256(input));
    memory.set(input, INPUT);
    wasm.blake2b256(INPUT, INPUT, input.length);
    expect(hex(read(INPUT, 32))).toBe(reference256(input));
  });

  it("gives the same digest however the input is cut", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, (parts) => {
        wasm.blake2b256Init(STATES);
        for (const part of parts) {
          memory.set(part, INPUT);
          wasm.blake2b256Update(STATES, INPUT, part.length);
        }
        wasm.blake2b256Final(STATES, OUT);
        expect(hex(read(OUT, 32))).toBe(reference256(Buffer.concat(parts)));
      }),
      { seed: 7693, numRuns: 500 },
    );
  });

  it("cuts at and around block boundaries", () => {
    const input = Uint8Array.from({ length: 400 }, (_, i) => i * 3);
    for (const first of [0, 1, 127, 128, 129, 255, 256, 257, 384]) {
      for (const second of [0, 1, 127, 128, 129]) {
        const cut = Math.min(first + second, input.length);
        wasm.blake2b256Init(STATES);
        for (const part of [input.subarray(0, first), input.subarray(first, cut), input.subarray(cut)]) {
          memory.set(part, INPUT);
          wasm.blake2b256Update(STATES, INPUT, part.length);
        }
        wasm.blake2b256Final(STATES, OUT);
        expect(hex(read(OUT, 32)), `${first}, ${second}`).toBe(reference256(input));
      }
    }
  });

  it("keeps hashes under way apart, and within their stated bytes", () => {
    expect(wasm.BLAKE2B_STATE_BYTES.value).toBeLessThanOrEqual(STATE_STRIDE);
    const inputs = [utf8("first".repeat(50)), utf8("second".repeat(50))];
    memory.fill(0xa5, STATES, STATES + 2 * STATE_STRIDE);
    inputs.forEach((_, i) => {
      wasm.blake2b256Init(STATES + i * STATE_STRIDE);
    });
    for (let offset = 0; offset < 300; offset += 50) {
      inputs.forEach((input, i) => {
        const part = input.subarray(offset, offset + 50);
        memory.set(part, INPUT);
        wasm.blake2b256Update(STATES + i * STATE_STRIDE, INPUT, part.length);
        hash256(utf8("a one-shot hash in between"));
      });
    }
    inputs.forEach((input, i) => {
      const state = STATES + i * STATE_STRIDE;
      wasm.blake2b256Final(state, OUT);
      expect(hex(read(OUT, 32))).toBe(reference256(input));
      const rest = read(state + wasm.BLAKE2B_STATE_BYTES.value, STATE_STRIDE - wasm.BLAKE2B_STATE_BYTES.value);
      expect(rest.every((byte) => byte === 0xa5)).toBe(true);
    });
  });

  it("is generated from its generator", () => {
    const file = new URL("../../core/lib/hash/generated-blake2b.ts", import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(source());
  });
});
