/**
 * Nothing about a secret shows in what the core does: work with different secrets takes the same decisions, touches the same addresses and divides the
 * same numbers, in the very code that is shipped. Where FIPS 204 lets something be seen, the test says what, and that it is no more.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Config } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import { Component } from "../../support/component.ts";
import { type Trace, Watched } from "../../support/leaks.ts";
import { BUILD_UNDER_TEST } from "../../support/wasm.ts";

const SECRET_BYTES = 32;
const secrets = (count: number): Uint8Array[] => [
  new Uint8Array(SECRET_BYTES),
  new Uint8Array(SECRET_BYTES).fill(0xff),
  new Uint8Array(SECRET_BYTES).fill(0x80),
  ...fc.sample(fc.uint8Array({ minLength: SECRET_BYTES, maxLength: SECRET_BYTES }), { seed: 7, numRuns: count }),
];

/** Functions in which traces differ, and at how many places. */
function differences(watched: Watched<unknown>, traces: readonly Trace[]): Record<string, number> {
  const found = new Set(traces.flatMap((trace) => watched.differences(traces[0]!, trace)));
  const names = [...found].map((site) => site.function);
  return Object.fromEntries(
    [...new Set(names)].sort().map((name) => [name, names.filter((one) => one === name).length]),
  );
}

/** Traces by how many permutations of Keccak they took: that is, how many blocks were read and how many attempts made. */
function byPermutations(watched: Watched<unknown>, traces: readonly Trace[]): Trace[][] {
  const groups = new Map<number, Trace[]>();
  for (const trace of traces) {
    const events = watched.events(trace, /keccakF/);
    groups.set(events, [...(groups.get(events) ?? []), trace]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

const largest = (groups: readonly Trace[][]): Trace[] => groups.toSorted((a, b) => b.length - a.length)[0]!;

/** ML-DSA's public matrix is sampled from rho, which is in the public key; private coefficients as a test below says. */
const SAMPLERS = /^(matrix\/expandMatrix|sampling\/(takeUniform|takeBounded))$/;

describe("Ed25519", () => {
  interface Ed25519Exports {
    readonly memory: WebAssembly.Memory;
    buffer(): number;
    ed25519PublicKey(out: number, seed: number): void;
    ed25519Sign(out: number, seed: number, message: number, length: number): void;
    ed25519Verify(signature: number, publicKey: number, message: number, length: number): number;
  }
  const MESSAGE_BYTES = 100;
  let watched: Watched<Ed25519Exports>;
  let memory: Uint8Array;
  let at: { readonly seed: number; readonly key: number; readonly signature: number; readonly message: number };

  beforeAll(async () => {
    watched = await Watched.load("test-ed25519", "test/wasm/ed25519.ts", BUILD_UNDER_TEST);
    memory = new Uint8Array(watched.exports.memory.buffer);
    const base = watched.exports.buffer();
    at = { seed: base, key: base + 32, signature: base + 64, message: base + 128 };
  });

  function sign(seed: Uint8Array, fill = 7): void {
    memory.set(seed, at.seed);
    memory.fill(fill, at.message, at.message + MESSAGE_BYTES);
    watched.exports.ed25519Sign(at.signature, at.seed, at.message, MESSAGE_BYTES);
  }

  it("derives keys from all seeds alike", () => {
    const traces = secrets(12).map((seed) => {
      memory.set(seed, at.seed);
      return watched.watch(() => watched.exports.ed25519PublicKey(at.key, at.seed));
    });
    expect(watched.events(traces[0]!, /./)).toBeGreaterThan(10_000);
    expect(differences(watched, traces)).toEqual({});
  });

  it("signs with all seeds alike, and all messages of one length", () => {
    const traces = secrets(12).flatMap((seed, i) => [7, i].map((fill) => watched.watch(() => sign(seed, fill))));
    expect(differences(watched, traces)).toEqual({});
  });

  it("gives itself away where it may: verifying different signatures is seen to differ", () => {
    const traces = secrets(2).map((seed) => {
      sign(seed);
      memory.set(seed, at.seed);
      watched.exports.ed25519PublicKey(at.key, at.seed);
      return watched.watch(() => {
        watched.exports.ed25519Verify(at.signature, at.key, at.message, MESSAGE_BYTES);
      });
    });
    expect(Object.keys(differences(watched, traces))).toEqual(
      expect.arrayContaining(["ed25519/ed25519Verify", "scalar25519-halve/halve", "signed-digits/signedDigits"]),
    );
  });
});

describe("ML-DSA", () => {
  interface MldsaExports {
    readonly memory: WebAssembly.Memory;
    seed(): number;
    message(): number;
    signature(): number;
    keyGen(set: number): void;
    sign(set: number, length: number, contextLength: number): number;
    takeBounded(set: number, count: number): number;
  }
  const MESSAGE_BYTES = 64;
  let watched: Watched<MldsaExports>;
  let memory: Uint8Array;

  beforeAll(async () => {
    watched = await Watched.load("test-mldsa", "test/wasm/mldsa.ts", BUILD_UNDER_TEST);
    memory = new Uint8Array(watched.exports.memory.buffer);
  });

  function keyGen(set: number, seed: Uint8Array): void {
    memory.set(seed, watched.exports.seed());
    watched.exports.keyGen(set);
  }

  it.each([44, 65])("makes all keys of ML-DSA-%i alike, but for what sampling rejects", (set) => {
    const traces = secrets(24).map((seed) => watched.watch(() => keyGen(set, seed)));
    // Rejected candidates can cost a block more: an engine's whole permutation, which moves the counts of everything around.
    const group = largest(byPermutations(watched, traces));
    expect(group.length).toBeGreaterThan(traces.length / 4);
    const found = Object.keys(differences(watched, group));
    expect(found.filter((name) => !SAMPLERS.test(name))).toEqual([]);
    expect(found).toContain("sampling/takeBounded");
  });

  it.each([
    [44, 15],
    [65, 9],
  ])("samples private coefficients of ML-DSA-%i so that only the places of rejected ones show", (set, accepted) => {
    const BLOCK_BYTES = 136;
    const half = fc.record({ rejected: fc.boolean(), a: fc.nat(), b: fc.nat() });
    const pick = (rejected: boolean, n: number) => (rejected ? accepted + (n % (16 - accepted)) : n % accepted);
    const taken = (halves: readonly number[], count: number) => {
      for (let i = 0; i < BLOCK_BYTES; i++) {
        memory[watched.exports.message() + i] = halves[2 * i]! | (halves[2 * i + 1]! << 4);
      }
      return watched.watch(() => {
        watched.exports.takeBounded(set, count);
      });
    };
    const halves = fc.array(half, { minLength: 2 * BLOCK_BYTES, maxLength: 2 * BLOCK_BYTES });
    fc.assert(
      fc.property(halves, fc.constantFrom(0, 100, 200, 255), (block, count) => {
        const a = taken(
          block.map((one) => pick(one.rejected, one.a)),
          count,
        );
        const b = taken(
          block.map((one) => pick(one.rejected, one.b)),
          count,
        );
        expect(differences(watched, [a, b])).toEqual({});
        // Another place rejected is seen: the test would notice.
        const other = taken(
          block.map((one, i) => pick(one.rejected !== (i === 0), one.a)),
          count,
        );
        expect(differences(watched, [a, other])).not.toEqual({});
      }),
      { seed: 15, numRuns: 50 },
    );
  });

  it.each([44, 65])("signs with all keys of ML-DSA-%i alike, but for what the signature itself shows", (set) => {
    const traces = secrets(40).map((seed) => {
      keyGen(set, seed);
      memory.fill(0, watched.exports.seed(), watched.exports.seed() + SECRET_BYTES);
      memory.fill(9, watched.exports.message(), watched.exports.message() + MESSAGE_BYTES);
      return watched.watch(() => {
        watched.exports.sign(set, MESSAGE_BYTES, 0);
      });
    });
    // How many attempts were rejected may be seen (FIPS 204, section 3.2, and the rationale of its rejection sampling): the keys whose first attempt succeeds are compared.
    const [first] = byPermutations(watched, traces);
    expect(first!.length).toBeGreaterThanOrEqual(4);
    expect(differences(watched, first!)).toEqual({
      // Hints, of which the signature consists in part: where they are, and how many.
      "sign/attempts": 3,
      // The challenge is made of the hash with which the signature begins.
      "sampling/sampleInBall": 5,
    });
  });
});

describe("the vault", () => {
  const ZERO = new Uint8Array(32);
  const CHAIN = new Uint8Array(32).fill(0xc1);
  type VaultExports = ConstructorParameters<typeof Component>[0];
  let watched: Watched<VaultExports>;
  let fresh: Uint8Array;

  beforeAll(async () => {
    watched = await Watched.load("vault", "core/vault/index.ts", BUILD_UNDER_TEST);
    const component = new Component(watched.exports);
    component.init(encode(Config.vault, { author: 3, recover: false }));
    fresh = component.state();
  });

  /** A vault's life from its entropy to a signature under a block. */
  function life(entropy: Uint8Array): { readonly boot: Trace; readonly signing: Trace } {
    const component = new Component(watched.exports);
    component.restore(fresh);
    const boot = watched.watch(() => {
      component.step("trustToVault", { kind: "loaded", counter: 0n, sealed: undefined });
      component.step("trustToVault", { kind: "entropy", bytes: entropy });
      component.step("trustToVault", { kind: "sealed", generation: 1n });
      component.step("ledgerToVault", { kind: "bind", chain: CHAIN });
      component.step("trustToVault", { kind: "sealed", generation: 2n });
    });
    const signing = watched.watch(() => {
      component.step("orderToVault", { kind: "signBlock", epoch: 0n, round: 1n, digest: ZERO });
      const [signed] = component.step("trustToVault", { kind: "sealed", generation: 3n });
      if (signed?.lane !== "vaultToOrder" || signed.frame.kind !== "signed") throw new Error("nothing was signed");
    });
    return { boot, signing };
  }

  it("boots and signs alike with any key, but for the same", () => {
    const [, first, ...others] = secrets(30); // entropy of zeros is refused
    life(first!); // a step clears what the one before has sent: let that be the same for all
    const lives = others.map(life);
    const boots = byPermutations(
      watched,
      lives.map(({ boot }) => boot),
    );
    const booted = largest(boots);
    expect(booted.length).toBeGreaterThan(lives.length / 4);
    const seen = Object.keys(differences(watched, booted));
    expect(seen.filter((name) => !SAMPLERS.test(name))).toEqual([]);

    const [signed] = byPermutations(
      watched,
      lives.map(({ signing }) => signing),
    );
    expect(signed!.length).toBeGreaterThanOrEqual(3);
    // The key is made anew from its seed; then as above, the challenge's sampling being part of another function here.
    expect(differences(watched, signed!)).toEqual({
      "sampling/takeBounded": 4,
      "sign/attempts": 3,
      "sign/commit": 5,
    });
  });
});
