/** The vault through its frames: boot, signatures, refusals. Signatures and keys are compared with an independent ML-DSA. */
import { shake128 } from "@noble/hashes/sha3.js";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { codeNumber, VaultRefusal } from "../../../core/wire/codes.ts";
import { Config, LANES, type LaneName, SignedMessage } from "../../../core/wire/frames.ts";
import { MAX_SEALED_BYTES } from "../../../core/wire/limits.ts";
import { bool, bytes, decode, encode, struct, u8, u16, u64, type Value, WireError } from "../../../core/wire/schema.ts";
import { Component, type Output } from "../../support/component.ts";
import { almostZero, neighbours } from "../../support/neighbours.ts";
import { loadWasm } from "../../support/wasm.ts";

const AUTHOR = 7;
const SEED = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
const CHAIN = new Uint8Array(32).fill(0xc1);
const ZERO = new Uint8Array(32);
const keys = ml_dsa65.keygen(SEED);
const digestOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const code = (name: keyof typeof VaultRefusal): number => codeNumber(VaultRefusal, name);

/** The layout that core/vault/sealed.ts states. */
const SealedState = struct("SealedState", {
  version: u8,
  generation: u64,
  boot: u64,
  seed: bytes(32),
  chain: bytes(32),
  epoch: u64,
  round: u64,
  roundBoot: u64,
  roundDigest: bytes(32),
  nextSequence: u64,
  sequenceDigest: bytes(32),
  author: u16,
  recoveredRound: u64,
  ending: bool,
});
type Sealed = Value<typeof SealedState>;
const sealedState: Sealed = {
  version: 4,
  generation: 5n,
  boot: 2n,
  seed: SEED,
  chain: CHAIN,
  epoch: 3n,
  round: 10n,
  roundBoot: 2n,
  roundDigest: digestOf(1),
  nextSequence: 4n,
  sequenceDigest: digestOf(2),
  author: AUTHOR,
  recoveredRound: 0n,
  ending: false,
};

let exports: { readonly memory: WebAssembly.Memory };
let vault: Component;
let first: Output[];

beforeEach(() => {
  exports ??= loadWasm("vault");
  vault = new Component(exports as never);
  first = vault.init(encode(Config.vault, { author: AUTHOR, recover: false }));
});

const trust = (frame: Value<(typeof LANES)["trustToVault"]>) => vault.step("trustToVault", frame);
const load = (state: Partial<Sealed> | undefined, counter: bigint) =>
  trust({ kind: "loaded", counter, sealed: state && encode(SealedState, { ...sealedState, ...state }) });
const signBlock = (round: bigint, digest: Uint8Array) =>
  vault.step("orderToVault", { kind: "signBlock", epoch: 3n, round, digest });
const signCheckpoint = (sequence: bigint, digest: Uint8Array, round = 100n, endOfEpoch = false) =>
  vault.step("ledgerToVault", { kind: "signCheckpoint", epoch: 3n, sequence, round, endOfEpoch, digest });
const bind = (chain: Uint8Array) => vault.step("ledgerToVault", { kind: "bind", chain });

const seal = (generation: bigint) => [
  { lane: "vaultToTrust", frame: expect.objectContaining({ kind: "seal", generation }) },
];
const refused = (lane: LaneName, name: keyof typeof VaultRefusal, slot: bigint, digest: Uint8Array) => [
  { lane, frame: { kind: "refused", code: code(name), slot, digest } },
];
/** A vault whose state was sealed before, ready, with `boot` 3 under generation 6. */
function ready(state: Partial<Sealed> = {}): void {
  load(state, 5n);
  trust({ kind: "sealed", generation: 6n });
}

function signature(
  kind: number,
  slot: bigint,
  digest: Uint8Array,
  boot: bigint,
  secretKey = keys.secretKey,
): Uint8Array {
  const message = encode(SignedMessage, {
    domain: new TextEncoder().encode("CAISSON1"),
    chain: CHAIN,
    epoch: 3n,
    author: AUTHOR,
    boot,
    kind,
    slot,
    digest,
  });
  return ml_dsa65.sign(message, secretKey, { extraEntropy: false });
}

describe("boot", () => {
  it("makes a key when nothing was ever counted, and is ready once it is sealed", () => {
    expect(first).toEqual([{ lane: "vaultToTrust", frame: { kind: "load" } }]);
    expect(load(undefined, 0n)).toEqual([{ lane: "vaultToTrust", frame: { kind: "entropy" } }]);
    const asked = trust({ kind: "entropy", bytes: SEED });
    const fresh = { chain: ZERO, epoch: 0n, round: 0n, roundDigest: ZERO, nextSequence: 0n, sequenceDigest: ZERO };
    expect(asked).toHaveLength(1);
    const { frame } = asked[0] as Extract<Output, { lane: "vaultToTrust" }>;
    if (frame.kind !== "seal") throw new Error(frame.kind);
    expect(frame.generation).toBe(1n);
    expect(decode(SealedState, frame.sealed)).toEqual({
      ...sealedState,
      ...fresh,
      generation: 1n,
      boot: 1n,
      roundBoot: 0n,
    });
    const said = { kind: "ready", publicKey: keys.publicKey, boot: 1n, ...fresh };
    expect(trust({ kind: "sealed", generation: 1n })).toEqual([
      { lane: "vaultToOrder", frame: said },
      { lane: "vaultToLedger", frame: said },
    ]);
  });

  it("goes on from what was sealed, with the next boot number", () => {
    expect(load({}, 5n)).toEqual([
      {
        lane: "vaultToTrust",
        frame: {
          kind: "seal",
          generation: 6n,
          sealed: encode(SealedState, { ...sealedState, generation: 6n, boot: 3n }),
        },
      },
    ]);
    const { epoch, round, roundDigest, nextSequence, sequenceDigest, chain } = sealedState;
    expect(trust({ kind: "sealed", generation: 6n })[0]!.frame).toEqual({
      kind: "ready",
      publicKey: keys.publicKey,
      boot: 3n,
      chain,
      epoch,
      round,
      roundDigest,
      nextSequence,
      sequenceDigest,
    });
  });

  it("finishes an interrupted count with the very same state first", () => {
    expect(load({}, 4n)).toEqual([
      { lane: "vaultToTrust", frame: { kind: "seal", generation: 5n, sealed: encode(SealedState, sealedState) } },
    ]);
    expect(trust({ kind: "sealed", generation: 5n })).toEqual(seal(6n));
    expect(trust({ kind: "sealed", generation: 6n })).toHaveLength(2);
  });

  const failures: [string, () => Output[], keyof typeof VaultRefusal][] = [
    ["an older state", () => load({}, 6n), "rolledBack"],
    ["a state two ahead", () => load({}, 3n), "rolledBack"],
    ["no state where there was one", () => load(undefined, 1n), "rolledBack"],
    ["a state that was never counted", () => load({ generation: 0n }, 0n), "malformedState"],
    ["a layout it does not know", () => load({ version: 1 }, 5n), "malformedState"],
    [
      "a state that is cut",
      () => trust({ kind: "loaded", counter: 5n, sealed: encode(SealedState, sealedState).subarray(1) }),
      "malformedState",
    ],
    [
      "bytes that are no state, as many as there may be",
      () => trust({ kind: "loaded", counter: 5n, sealed: new Uint8Array(MAX_SEALED_BYTES) }),
      "malformedState",
    ],
    ["a disk that cannot be read", () => trust({ kind: "failed", code: 1 }), "trustFailed"],
    ["entropy of zeros", () => [load(undefined, 0n), trust({ kind: "entropy", bytes: ZERO })][1]!, "trustFailed"],
  ];
  it.each(failures)("refuses everything on %s", (_, fail, name) => {
    expect(fail()).toEqual([...refused("vaultToOrder", name, 0n, ZERO), ...refused("vaultToLedger", name, 0n, ZERO)]);
    expect(signBlock(11n, digestOf(9))).toEqual(refused("vaultToOrder", name, 11n, digestOf(9)));
    expect(signCheckpoint(9n, digestOf(9))).toEqual(refused("vaultToLedger", name, 9n, digestOf(9)));
    expect(bind(CHAIN)).toEqual(refused("vaultToLedger", name, 0n, CHAIN));
    expect(trust({ kind: "sealed", generation: 6n })).toEqual([]);
    expect(load({}, 5n)).toEqual([]);
  });

  it("serves nobody before it is ready, and nothing at all without a configuration", () => {
    expect(signBlock(11n, digestOf(9))).toEqual(refused("vaultToOrder", "notReady", 11n, digestOf(9)));
    expect(vault.init(new Uint8Array(4))).toEqual([]);
    expect(signBlock(11n, digestOf(9))).toEqual([]);
  });
});

describe("signatures", () => {
  it("leave once the watermark is durable, and are those of the independent implementation", () => {
    ready();
    expect(signBlock(12n, digestOf(9))).toEqual(seal(7n));
    const signed = { round: 12n, digest: digestOf(9), boot: 3n, signature: signature(1, 12n, digestOf(9), 3n) };
    expect(trust({ kind: "sealed", generation: 7n })).toEqual([
      { lane: "vaultToOrder", frame: { kind: "signed", ...signed } },
    ]);
    expect(signCheckpoint(4n, digestOf(8))).toEqual(seal(8n));
    expect(trust({ kind: "sealed", generation: 8n })).toEqual([
      {
        lane: "vaultToLedger",
        frame: {
          kind: "signed",
          sequence: 4n,
          digest: digestOf(8),
          boot: 3n,
          signature: signature(2, 4n, digestOf(8), 3n),
        },
      },
    ]);
  });

  it("are those of the independent implementation under any key, and so are the keys", () => {
    for (let n = 0; n < 24; n++) {
      const seed = Uint8Array.from({ length: 32 }, (_, i) => 31 * n + i + 1);
      const { publicKey, secretKey } = ml_dsa65.keygen(seed);
      vault.init(encode(Config.vault, { author: AUTHOR, recover: false }));
      load({ seed }, 5n);
      expect(trust({ kind: "sealed", generation: 6n })[0]!.frame).toMatchObject({ publicKey });
      signBlock(11n, digestOf(n));
      expect(trust({ kind: "sealed", generation: 7n })[0]!.frame).toMatchObject({
        signature: signature(1, 11n, digestOf(n), 3n, secretKey),
      });
    }
  });

  it("are given again, at once and the same, for what was signed last: a block in the name of the boot that signed it", () => {
    ready();
    expect(signBlock(10n, digestOf(1))).toEqual([
      {
        lane: "vaultToOrder",
        frame: {
          kind: "signed",
          round: 10n,
          digest: digestOf(1),
          boot: 2n,
          signature: signature(1, 10n, digestOf(1), 2n),
        },
      },
    ]);
    expect(signBlock(10n, digestOf(1))).toEqual(signBlock(10n, digestOf(1)));
    expect(signCheckpoint(3n, digestOf(2))[0]!.frame.kind).toBe("signed");
  });

  it("are refused for a slot that was taken or passed", () => {
    ready();
    expect(signBlock(10n, digestOf(3))).toEqual(refused("vaultToOrder", "slotTaken", 10n, digestOf(3)));
    expect(signBlock(9n, digestOf(1))).toEqual(refused("vaultToOrder", "slotPassed", 9n, digestOf(1)));
    expect(signCheckpoint(3n, digestOf(3))).toEqual(refused("vaultToLedger", "slotTaken", 3n, digestOf(3)));
    expect(signCheckpoint(2n, digestOf(2))).toEqual(refused("vaultToLedger", "slotPassed", 2n, digestOf(2)));
    const last = 2n ** 64n - 1n;
    expect(signCheckpoint(last, digestOf(2))).toEqual(refused("vaultToLedger", "slotPassed", last, digestOf(2)));
    expect(signBlock(2n ** 64n - 1n, digestOf(3))).toEqual(seal(7n));
  });

  it.each<[string, Partial<Sealed>]>([
    ["a block", { nextSequence: 0n }],
    ["a checkpoint", { round: 0n }],
  ])("are for one place in the committee though nothing but %s was signed in this epoch", (_, signed) => {
    ready({ author: AUTHOR + 1, ...signed });
    expect(signBlock(10n, digestOf(1))).toEqual(refused("vaultToOrder", "otherAuthor", 10n, digestOf(1)));
    expect(signCheckpoint(9n, digestOf(1))).toEqual(refused("vaultToLedger", "otherAuthor", 9n, digestOf(1)));
  });

  it("are for one place in the committee in one epoch, and for any in the next, or before the first", () => {
    ready({ author: AUTHOR + 1 });
    expect(signBlock(10n, digestOf(1))).toEqual(refused("vaultToOrder", "otherAuthor", 10n, digestOf(1)));
    expect(signCheckpoint(9n, digestOf(1))).toEqual(refused("vaultToLedger", "otherAuthor", 9n, digestOf(1)));
    const unsigned = { epoch: 0n, round: 0n, nextSequence: 0n };
    for (const before of [{ epoch: 2n }, { ...unsigned, epoch: 3n }, unsigned]) {
      vault.init(encode(Config.vault, { author: AUTHOR, recover: false }));
      ready({ author: AUTHOR + 1, ...before });
      const [sealing] = signBlock(12n, digestOf(9)) as Extract<Output, { lane: "vaultToTrust" }>[];
      if (sealing?.frame.kind !== "seal") throw new Error("no seal");
      expect(decode(SealedState, sealing.frame.sealed)).toMatchObject({ epoch: 3n, author: AUTHOR });
      const [signed] = trust({ kind: "sealed", generation: 7n });
      expect(signed!.frame).toMatchObject({ signature: signature(1, 12n, digestOf(9), 3n) });
    }
  });

  it("go on through the upper half of the slots", () => {
    const half = 2n ** 63n;
    ready({ round: half, nextSequence: half });
    expect(signBlock(half - 1n, digestOf(3))).toEqual(refused("vaultToOrder", "slotPassed", half - 1n, digestOf(3)));
    expect(signBlock(half, digestOf(3))).toEqual(refused("vaultToOrder", "slotTaken", half, digestOf(3)));
    expect(signCheckpoint(half - 2n, digestOf(3))[0]!.frame).toMatchObject({ code: code("slotPassed") });
    expect(signCheckpoint(half - 1n, digestOf(3))[0]!.frame).toMatchObject({ code: code("slotTaken") });
    expect(signCheckpoint(half + 5n, digestOf(3))).toEqual(seal(7n));
    expect(trust({ kind: "sealed", generation: 7n })[0]!.frame.kind).toBe("signed");
    expect(signBlock(half + 1n, digestOf(3))).toEqual(seal(8n));
  });

  it("are for the very digest: one bit makes it another", () => {
    ready();
    for (const near of neighbours(digestOf(1))) {
      expect(signBlock(10n, near)).toEqual(refused("vaultToOrder", "slotTaken", 10n, near));
    }
    for (const near of neighbours(digestOf(2))) {
      expect(signCheckpoint(3n, near)).toEqual(refused("vaultToLedger", "slotTaken", 3n, near));
    }
  });

  it("skip checkpoints that others certified", () => {
    ready();
    expect(signCheckpoint(100n, digestOf(5))).toEqual(seal(7n));
    expect(trust({ kind: "sealed", generation: 7n })[0]!.frame.kind).toBe("signed");
    expect(signCheckpoint(99n, digestOf(5))).toEqual(refused("vaultToLedger", "slotPassed", 99n, digestOf(5)));
  });

  it("wait in order while a seal is under way, and are refused when too many wait", () => {
    ready();
    expect(signBlock(11n, digestOf(1))).toEqual(seal(7n));
    expect(signCheckpoint(4n, digestOf(2))).toEqual([]);
    expect(signBlock(11n, digestOf(1))).toEqual([]);
    expect(signBlock(11n, digestOf(7))).toEqual([]);
    for (let i = 0; i < 5; i++) expect(signBlock(20n, digestOf(7))).toEqual([]);
    expect(signBlock(21n, digestOf(7))).toEqual(refused("vaultToOrder", "busy", 21n, digestOf(7)));
    const kinds = (outputs: Output[]) => outputs.map(({ lane, frame }) => `${lane} ${frame.kind}`);
    expect(kinds(trust({ kind: "sealed", generation: 7n }))).toEqual(["vaultToOrder signed", "vaultToTrust seal"]);
    expect(kinds(trust({ kind: "sealed", generation: 8n }))).toEqual([
      "vaultToLedger signed",
      "vaultToOrder signed",
      "vaultToOrder refused",
      "vaultToTrust seal",
    ]);
    expect(kinds(trust({ kind: "sealed", generation: 9n }))).toEqual(Array(5).fill("vaultToOrder signed"));
  });

  it("do not leave on a seal of another generation, and not after a failure of trust", () => {
    ready();
    signBlock(11n, digestOf(1));
    signCheckpoint(4n, digestOf(2));
    expect(trust({ kind: "sealed", generation: 6n })).toEqual([]);
    expect(trust({ kind: "sealed", generation: 8n })).toEqual([]);
    expect(trust({ kind: "failed", code: 3 })).toEqual([
      ...refused("vaultToOrder", "trustFailed", 11n, digestOf(1)),
      ...refused("vaultToLedger", "trustFailed", 4n, digestOf(2)),
    ]);
    expect(trust({ kind: "sealed", generation: 7n })).toEqual([]);
    expect(signBlock(10n, digestOf(1))).toEqual(refused("vaultToOrder", "trustFailed", 10n, digestOf(1)));
  });
});

describe("a failure of trust", () => {
  it("is told to everyone who waits, in the order they came", () => {
    ready({ chain: ZERO });
    expect(bind(CHAIN)).toEqual(seal(7n));
    signBlock(11n, digestOf(1));
    signCheckpoint(4n, digestOf(2));
    signBlock(12n, digestOf(3));
    expect(trust({ kind: "failed", code: 3 })).toEqual([
      ...refused("vaultToLedger", "trustFailed", 0n, CHAIN),
      ...refused("vaultToOrder", "trustFailed", 11n, digestOf(1)),
      ...refused("vaultToLedger", "trustFailed", 4n, digestOf(2)),
      ...refused("vaultToOrder", "trustFailed", 12n, digestOf(3)),
    ]);
    expect(trust({ kind: "failed", code: 3 })).toEqual([]);
  });
});

describe("chain", () => {
  it("is bound once, and before that nothing is signed", () => {
    ready({ chain: ZERO });
    expect(signBlock(11n, digestOf(1))).toEqual(refused("vaultToOrder", "unbound", 11n, digestOf(1)));
    expect(signCheckpoint(4n, digestOf(1))).toEqual(refused("vaultToLedger", "unbound", 4n, digestOf(1)));
    expect(bind(ZERO)).toEqual(refused("vaultToLedger", "otherChain", 0n, ZERO));
    expect(bind(CHAIN)).toEqual(seal(7n));
    const bound = [{ lane: "vaultToLedger", frame: { kind: "bound", chain: CHAIN } }];
    expect(trust({ kind: "sealed", generation: 7n })).toEqual(bound);
    expect(bind(CHAIN)).toEqual(bound);
    expect(bind(digestOf(4))).toEqual(refused("vaultToLedger", "otherChain", 0n, digestOf(4)));
    for (const near of neighbours(CHAIN)) {
      expect(bind(near)).toEqual(refused("vaultToLedger", "otherChain", 0n, near));
    }
    expect(signBlock(11n, digestOf(1))).toEqual(seal(8n));
  });

  it("and key are nothing but when all 32 bytes are zero", () => {
    for (const bytes of almostZero()) {
      vault.init(encode(Config.vault, { author: AUTHOR, recover: false }));
      load(undefined, 0n);
      expect(trust({ kind: "entropy", bytes })).toEqual(seal(1n));
      trust({ kind: "sealed", generation: 1n });
      expect(bind(bytes)).toEqual(seal(2n));
      expect(trust({ kind: "sealed", generation: 2n })[0]!.frame).toEqual({ kind: "bound", chain: bytes });
      expect(bind(bytes)[0]!.frame).toEqual({ kind: "bound", chain: bytes });
      expect(bind(CHAIN)).toEqual(refused("vaultToLedger", "otherChain", 0n, CHAIN));
      expect(signBlock(1n, digestOf(1))).toEqual(seal(3n));
    }
  });
});

describe("secrets", () => {
  /** Part K of the secret key (FIPS 204, algorithm 24), and the first packed coefficients of s1. */
  const secrets = [SEED, keys.secretKey.subarray(32, 64), keys.secretKey.subarray(128, 160)];
  const places = (secret: Uint8Array): number[] => {
    const memory = Buffer.from(exports.memory.buffer);
    const found: number[] = [];
    for (let at = memory.indexOf(secret); at >= 0; at = memory.indexOf(secret, at + 1)) found.push(at);
    return found;
  };

  it("leave in a seal alone", () => {
    const outputs = [
      ...load({}, 4n),
      ...trust({ kind: "sealed", generation: 5n }),
      ...trust({ kind: "sealed", generation: 6n }),
    ];
    outputs.push(
      ...signBlock(11n, digestOf(1)),
      ...trust({ kind: "sealed", generation: 7n }),
      ...signBlock(3n, digestOf(1)),
    );
    outputs.push(...signBlock(12n, digestOf(1)), ...trust({ kind: "failed", code: 1 }));
    const leaking = outputs.filter(({ lane, frame }) =>
      secrets.some((secret) =>
        Buffer.from(encode<never>(LANES[lane] as never, frame as never)).includes(Buffer.from(secret)),
      ),
    );
    expect(outputs.length).toBeGreaterThan(8);
    expect(leaking.map(({ frame }) => frame.kind)).toEqual(["seal", "seal", "seal", "seal"]);
  });

  it("are in no other memory than the arena once a signature is out", () => {
    ready();
    signBlock(11n, digestOf(1));
    expect(trust({ kind: "sealed", generation: 7n })[0]!.frame.kind).toBe("signed");
    const { stateBase, stateLength } = exports as unknown as { stateBase(): number; stateLength(): number };
    const inArena = (at: number) => at >= stateBase() && at + 32 <= stateBase() + stateLength();
    expect(places(SEED).length).toBeGreaterThan(0);
    expect(places(SEED).filter((at) => !inArena(at))).toEqual([]);
    expect(secrets.slice(1).flatMap(places)).toEqual([]);
  });

  it("are gone from the buffer that they came in by, to the last byte", () => {
    const { input } = exports as unknown as { input(): number };
    const frames: Value<(typeof LANES)["trustToVault"]>[] = [
      { kind: "loaded", counter: 5n, sealed: encode(SealedState, { ...sealedState, author: 0xffff }) },
      { kind: "entropy", bytes: SEED },
    ];
    for (const frame of frames) {
      const { length } = encode(LANES.trustToVault, frame);
      trust(frame);
      expect(new Uint8Array(exports.memory.buffer, input(), length).slice()).toEqual(new Uint8Array(length));
    }
  });

  /** The matrix A of a public key (FIPS 204, algorithms 30 and 32): six rows of five polynomials, each coefficient an i32. */
  function publicMatrix(rho: Uint8Array): Uint8Array {
    const coefficients: number[] = [];
    for (let entry = 0; entry < 30; entry++) {
      const stream = shake128(Uint8Array.from([...rho, entry % 5, Math.floor(entry / 5)]), { dkLen: 1_344 });
      const own: number[] = [];
      for (let at = 0; own.length < 256; at += 3) {
        const value = stream[at]! | (stream[at + 1]! << 8) | ((stream[at + 2]! & 0x7f) << 16);
        if (value < 8_380_417) own.push(value);
      }
      coefficients.push(...own);
    }
    return new Uint8Array(Int32Array.from(coefficients).buffer);
  }

  type Range = readonly [from: number, to: number];
  /** Memory before and after a life with this seed, and where in it what is public lies: the key and the matrix made of it. */
  function life(seed: Uint8Array, signs: boolean) {
    const module = loadWasm("vault");
    vault = new Component(module as never);
    vault.init(encode(Config.vault, { author: AUTHOR, recover: false }));
    const fresh = new Uint8Array(module.memory.buffer).slice();
    load({ seed }, 5n);
    trust({ kind: "sealed", generation: 6n });
    const { publicKey } = ml_dsa65.keygen(seed);
    const rho = publicKey.subarray(0, 32);
    const known = [publicKey, rho, publicMatrix(rho)];
    if (signs) {
      signBlock(11n, digestOf(1));
      expect(trust({ kind: "sealed", generation: 7n })[0]!.frame.kind).toBe("signed");
    }
    // What was sent is gone with the next step.
    expect(vault.stepRaw(99, new Uint8Array(0))).toEqual([]);
    const memory = Buffer.from(module.memory.buffer);
    const { input, stateBase, stateLength } = module as unknown as Record<string, () => number>;
    const isPublicKey = (at: number) => memory.indexOf(publicKey, at) === at;
    const found = known.map((bytes): Range => {
      let at = memory.indexOf(bytes);
      // The first part of the public key lies by itself too, beside the matrix that was made of it.
      while (bytes === rho && isPublicKey(at)) at = memory.indexOf(bytes, at + 1);
      expect(at).toBeGreaterThan(0);
      return [at, at + bytes.length];
    });
    const arena: Range = [stateBase!(), stateBase!() + stateLength!()];
    const buffers: Range[] = [arena, [input!(), input!() + 2_048]];
    return { memory, fresh, found, arena, buffers };
  }

  it.each([
    ["has said its key", false],
    ["has signed", true],
  ])("change nothing in memory outside the arena but what is public, once the vault %s", (_, signs) => {
    const [one, other] = [life(SEED, signs), life(digestOf(6), signs)];
    expect(other.found).toEqual(one.found);
    const outside = (ranges: readonly Range[], at: number) => ranges.every(([from, to]) => at < from || at >= to);
    const differing: number[] = [];
    let left = 0;
    for (let at = 0; at < one.memory.length; at++) {
      if (one.memory[at] !== other.memory[at] && outside([one.arena, ...one.found], at)) differing.push(at);
      if (one.memory[at] !== one.fresh[at] && outside([...one.buffers, ...one.found], at)) left++;
    }
    expect(differing).toEqual([]);
    // What was worked with is cleared: there remain a message of 99 bytes and copies of requests.
    expect(left).toBeLessThan(512);
  });
});

describe("malformed frames", () => {
  it("change nothing and are not answered", () => {
    ready();
    const lanes: LaneName[] = ["orderToVault", "ledgerToVault", "trustToVault"];
    const lane = fc.constantFrom(...lanes);
    const input = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ minLength: 40, maxLength: 1_200 }));
    fc.assert(
      fc.property(lane, input, (name, bytes) => {
        let wellFormed = true;
        try {
          decode<unknown>(LANES[name], bytes);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          wellFormed = false;
        }
        fc.pre(!wellFormed);
        const before = vault.state();
        expect(vault.stepRaw(name, bytes)).toEqual([]);
        expect(Buffer.compare(vault.state(), before)).toBe(0);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(vault.stepRaw(99, new Uint8Array(8))).toEqual([]);
  });
});
