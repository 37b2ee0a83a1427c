/** That the observer of the attacks sees what it is there to see. */
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { beforeAll, describe, expect, it } from "vitest";
import { LANES, type LaneName, SignedMessage } from "../../../core/wire/frames.ts";
import { MAX_EFFECTS_BYTES } from "../../../core/wire/limits.ts";
import { type Codec, encode, type Value } from "../../../core/wire/schema.ts";
import { genesisChain } from "../../../host/genesis/genesis.ts";
import { loadModules } from "../../../platform/modules.ts";
import { type Chain, makeChain } from "../chain.ts";
import { Observer } from "./observer.ts";
import { Truth } from "./truth.ts";
import { ABSENT, Violation } from "./words.ts";

let chain: Chain;
let truth: Truth;
let observer: Observer;
beforeAll(async () => {
  chain = await makeChain(1);
  truth = new Truth(chain, (await loadModules()).execute.module, new Map());
});

const see = <L extends LaneName>(lane: L, frame: Value<(typeof LANES)[L]>) =>
  observer.see(lane, encode(LANES[lane] as Codec<unknown>, frame));

const digest = (n: number) => new Uint8Array(32).fill(n);

/** A signature as the vault makes it, on this chain or another. */
function signature(kind: number, slot: bigint, of: Uint8Array, on = genesisChain(chain.genesis)): Uint8Array {
  const domain = new TextEncoder().encode("CAISSON1");
  const message = { domain, chain: on, epoch: 0n, author: 0, boot: 1n, kind, slot, digest: of };
  return ml_dsa65.sign(encode(SignedMessage, message), chain.secretKey);
}

const block = (round: bigint, of: Uint8Array, on?: Uint8Array) =>
  see("vaultToOrder", { kind: "signed", round, digest: of, boot: 1n, signature: signature(1, round, of, on) });
const checkpoint = (sequence: bigint, of: Uint8Array) =>
  see("vaultToLedger", { kind: "signed", sequence, digest: of, boot: 1n, signature: signature(2, sequence, of) });

/** An answer to the host with these bytes somewhere in it. */
const show = (bytes: Uint8Array) =>
  see("executeToHost", {
    kind: "executed",
    id: 1n,
    digest: ABSENT,
    effectsDigest: ABSENT,
    effects: Buffer.concat([new Uint8Array(7), bytes, new Uint8Array(3)]).subarray(0, MAX_EFFECTS_BYTES),
    written: [],
    reads: [],
    results: undefined,
  });

describe("the observer", () => {
  it("sees two digests for one slot, in whatever boot, and takes one signed twice", () => {
    observer = new Observer(chain, truth);
    block(3n, digest(1));
    block(3n, digest(1));
    block(4n, digest(2));
    expect(() => block(3n, digest(2))).toThrow("two digests signed for block 3");
  });

  it("sees a signature that is for another chain", () => {
    observer = new Observer(chain, truth);
    expect(() => block(3n, digest(1), digest(9))).toThrow("none on this chain");
  });

  it("sees a checkpoint that no history ends in, and takes genesis", () => {
    observer = new Observer(chain, truth);
    checkpoint(0n, genesisChain(chain.genesis));
    expect(() => checkpoint(1n, genesisChain(chain.genesis))).toThrow("no history ends in");
    expect(() => checkpoint(2n, digest(1))).toThrow("no history ends in");
  });

  it("sees a commit that continues nothing, and one of what nobody signed", () => {
    observer = new Observer(chain, truth);
    const commit = {
      kind: "commit",
      index: 1n,
      round: 1n,
      timestampMs: 1n,
      leaderBlock: ABSENT,
      resume: new Uint8Array(),
      endOfEpoch: false,
      transactions: [],
    } as const;
    expect(() => see("orderToLedger", { ...commit, commitDigest: digest(1) })).toThrow("continues nothing");
  });

  it("sees 16 bytes of the seed or of the key in a frame to the host, and no part of what is public", () => {
    observer = new Observer(chain, truth);
    show(chain.publicKey);
    show(chain.secretKey.subarray(0, 32));
    show(chain.secretKey.subarray(64, 128));
    show(chain.seed.subarray(0, 15));
    for (const at of [0, 7, 16]) expect(() => show(chain.seed.subarray(at, at + 16))).toThrow("seed");
    for (const at of [32, 48]) expect(() => show(chain.secretKey.subarray(at, at + 16))).toThrow("K");
    for (const at of [128, 2_000, 4_016]) expect(() => show(chain.secretKey.subarray(at, at + 16))).toThrow("vectors");
    expect(() => show(chain.secretKey)).toThrow(Violation);
  });

  it("sees a certificate with a signature that was not made", () => {
    observer = new Observer(chain, truth);
    const made = signature(2, 0n, genesisChain(chain.genesis));
    const certificate = Buffer.concat([new Uint8Array(8), Uint8Array.of(1, 0, 0), new Uint8Array(8), made]);
    const frame = { kind: "checkpoint", sequence: 0n, digest: ABSENT, summary: new Uint8Array(), certificate } as const;
    expect(() => see("ledgerToHost", frame)).toThrow("nobody made");
    const of = genesisChain(chain.genesis);
    see("vaultToLedger", { kind: "signed", sequence: 0n, digest: of, boot: 1n, signature: made });
    see("ledgerToHost", frame);
  });
});
