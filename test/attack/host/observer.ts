/**
 * Sees every frame of every lane and holds the core to what it claims: no two signatures for one slot, none on another chain, none on a
 * checkpoint that no true history ends in, and no secret in anything that the host is told.
 */
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { Block, BlockHeader, Certificate, LANES, type LaneName, SignedMessage } from "../../../core/wire/frames.ts";
import { type Codec, decode, encode, type Value } from "../../../core/wire/schema.ts";
import { digestOf } from "../../../host/format/digest.ts";
import { genesisChain } from "../../../host/genesis/genesis.ts";
import { TOPOLOGY } from "../../../platform/topology.ts";
import type { Chain } from "../chain.ts";
import { Secrets } from "./secrets.ts";
import type { Truth } from "./truth.ts";
import { hexOf, Violation } from "./words.ts";

const DOMAIN = new TextEncoder().encode("CAISSON1");
const KIND = { block: 1, checkpoint: 2 } as const;

interface Signed {
  readonly kind: keyof typeof KIND;
  readonly slot: bigint;
  readonly digest: Uint8Array;
  readonly boot: bigint;
  readonly signature: Uint8Array;
}

/** Signatures that were found good, over all runs: most runs make the same ones. */
const found = new Set<string>();

export class Observer {
  readonly #chain: Chain;
  readonly #chainDigest: Uint8Array;
  readonly #truth: Truth;
  readonly #secrets: Secrets;
  /** Digest signed for each slot. */
  readonly #slots = new Map<string, string>();
  readonly #signatures = new Set<string>();
  /** Every one, in the order in which it was made. */
  readonly signed: Signed[] = [];
  bytesToHost = 0;

  constructor(chain: Chain, truth: Truth) {
    this.#chain = chain;
    this.#chainDigest = genesisChain(chain.genesis);
    this.#truth = truth;
    this.#secrets = new Secrets(chain.seed, chain.secretKey);
  }

  /** Takes note of a frame. Throws Violation. */
  see(lane: LaneName, bytes: Uint8Array): void {
    if (TOPOLOGY[lane].to === "host") {
      this.bytesToHost += bytes.length;
      const what = this.#secrets.findIn(bytes);
      if (what) throw new Violation(`${lane} shows the host bytes of the ${what}`);
    }
    const of = <L extends LaneName>(name: L) =>
      name === lane ? (decode(LANES[name] as Codec<unknown>, bytes) as Value<(typeof LANES)[L]>) : undefined;
    const fromOrder = of("orderToHost");
    if (fromOrder?.kind === "committed") {
      this.#truth.payloads.set(hexOf(fromOrder.transactions[0]!), {
        transaction: fromOrder.prologue.slice(),
        signatures: [],
      });
    }
    if (fromOrder?.kind === "proposed") this.#block(fromOrder.block);
    const toLedger = of("orderToLedger");
    if (toLedger?.kind === "commit") this.#truth.follow(copied(toLedger));
    const block = of("vaultToOrder");
    if (block?.kind === "signed") this.#sign({ ...block, kind: "block", slot: block.round });
    const checkpoint = of("vaultToLedger");
    if (checkpoint?.kind === "signed") this.#sign({ ...checkpoint, kind: "checkpoint", slot: checkpoint.sequence });
    const made = of("ledgerToHost");
    if (made?.kind === "checkpoint") this.#certificate(made.certificate);
  }

  #sign(signed: Signed): void {
    const { kind, slot, digest, boot, signature } = signed;
    const name = `${kind} ${slot}`;
    const before = this.#slots.get(name);
    if (before !== undefined && before !== hexOf(digest)) throw new Violation(`two digests signed for ${name}`);
    this.#slots.set(name, hexOf(digest));
    if (kind === "checkpoint" && !this.#truth.isCheckpoint(slot, digest)) {
      throw new Violation(`a signature on checkpoint ${slot} that no history ends in`);
    }
    const message = encode(SignedMessage, {
      domain: DOMAIN,
      chain: this.#chainDigest,
      epoch: 0n,
      author: 0,
      boot,
      kind: KIND[kind],
      slot,
      digest,
    });
    const key = `${hexOf(message)} ${hexOf(signature)}`;
    if (!found.has(key) && !ml_dsa65.verify(signature, message, this.#chain.publicKey)) {
      throw new Violation(`a signature for ${name} that is none on this chain`);
    }
    found.add(key);
    this.#signatures.add(hexOf(signature));
    this.signed.push({ kind, slot, digest: digest.slice(), boot, signature: signature.slice() });
  }

  /** A block leaves with a signature that was seen to be made, for the block that it is. */
  #block(bytes: Uint8Array): void {
    const { header, signature } = decode(Block, bytes);
    const digest = digestOf("CaissonBlock", encode(BlockHeader, header));
    if (!this.#signatures.has(hexOf(signature)) || this.#slots.get(`block ${header.round}`) !== hexOf(digest)) {
      throw new Violation(`block ${header.round} carries a signature that was not made for it`);
    }
    if (hexOf(header.chain) !== hexOf(this.#chainDigest)) throw new Violation("a block of another chain");
  }

  #certificate(bytes: Uint8Array): void {
    for (const { signature } of decode(Certificate, bytes).signatures) {
      if (!this.#signatures.has(hexOf(signature)))
        throw new Violation("a certificate with a signature that nobody made");
    }
  }
}

/** Byte fields of a decoded frame are views into it, and the frame is not kept. */
function copied<T>(value: T): T {
  return structuredClone(value);
}
