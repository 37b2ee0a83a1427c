/**
 * Hosts that do not do what they should, and a core that signs twice: in the place of an honest network, between it and a validator that is
 * otherwise whole. A contained host has an intact core: it can only be slow, silent or talk nonsense.
 */
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { Block, BlockHeader, SignedMessage } from "../../core/wire/frames.ts";
import { decode, encode } from "../../core/wire/schema.ts";
import { digestOf } from "../../host/format/digest.ts";
import { toHex } from "../../host/format/hex.ts";
import type { Bundle, Request, Response } from "../../host/network/messages.ts";
import type { Network, NetworkHandlers, Peer } from "../../host/network/network.ts";
import type { Random } from "../attack/random.ts";
import type { Life } from "./life.ts";

export const CONTAINED = ["silent", "withholds", "late", "repeats", "garbles", "lies", "floods"] as const;
export type Hostility = (typeof CONTAINED)[number] | "equivocates";

/** Bundles that a host that repeats itself remembers. */
const REMEMBERED = 64;
/** Messages of a flood for each that is meant. */
const FLOOD = 20;
/** Milliseconds that a late host waits at most. */
const LATE_MS = 2_500;
/** `kind` of a SignedMessage for a block. */
const KIND_BLOCK = 1;

/** What a hostile network is made of. */
interface Means {
  readonly honest: Network;
  readonly life: Pick<Life, "after">;
  readonly random: Random;
  /** Of the validator's core, for one that is broken. */
  readonly secretKey: () => Uint8Array;
}

export function hostileNetwork(kind: Hostility, means: Means): Network {
  return new Hostile(kind, means);
}

class Hostile implements Network {
  readonly #kind: Hostility;
  readonly #honest: Network;
  readonly #life: Pick<Life, "after">;
  readonly #random: Random;
  readonly #secretKey: () => Uint8Array;
  readonly #sent: Bundle[] = [];
  /** Second blocks of a core that signs twice, by digest. */
  readonly #twins = new Map<string, Bundle>();
  #lastTwin: { readonly round: bigint; readonly digest: Uint8Array } | undefined;

  constructor(kind: Hostility, { honest, life, random, secretKey }: Means) {
    this.#kind = kind;
    this.#honest = honest;
    this.#life = life;
    this.#random = random;
    this.#secretKey = secretKey;
  }

  start(handlers: NetworkHandlers): Promise<void> {
    return this.#honest.start({
      bundle: (peer, bundle) => handlers.bundle(peer, bundle),
      skipped: (peer, count) => handlers.skipped(peer, count),
      connected: (peer) => handlers.connected(peer),
      disconnected: (peer) => handlers.disconnected(peer),
      request: (peer, request) => this.#answer(handlers, peer, request),
    });
  }

  broadcast(bundle: Bundle): void {
    for (const { peer, connected } of this.#honest.peers()) if (connected) this.send(peer, bundle);
  }

  send(peer: Peer, bundle: Bundle): void {
    const random = this.#random;
    const honest = this.#honest;
    switch (this.#kind) {
      case "silent":
        return;
      case "withholds":
        if (random.chance(0.5)) honest.send(peer, bundle);
        return;
      case "late":
        this.#life.after(random.below(LATE_MS), () => honest.send(peer, bundle));
        return;
      case "repeats":
        this.#sent.push(bundle);
        if (this.#sent.length > REMEMBERED) this.#sent.shift();
        honest.send(peer, bundle);
        for (let i = 0; i < 3; i++) honest.send(peer, random.pick(this.#sent));
        return;
      case "garbles":
        honest.send(peer, random.chance(0.5) ? garbled(bundle, random) : bundle);
        return;
      case "floods":
        for (let i = 0; i < FLOOD; i++) {
          honest.send(peer, bundle);
          void honest.request(peer, { kind: "blocksFrom", author: random.below(4), height: 1n }).catch(() => undefined);
        }
        return;
      case "equivocates":
        honest.send(peer, random.chance(0.5) ? this.#twin(bundle) : bundle);
        return;
      case "lies":
        honest.send(peer, bundle);
    }
  }

  request: Network["request"] = (peer, request) => this.#honest.request(peer, request);
  report: Network["report"] = (peer, misdeed) => this.#honest.report(peer, misdeed);
  peers: Network["peers"] = () => this.#honest.peers();
  stop: Network["stop"] = () => this.#honest.stop();

  async #answer(handlers: NetworkHandlers, peer: Peer, request: Request): Promise<Response> {
    const random = this.#random;
    if (this.#kind === "silent") throw new Error("no answer");
    if (this.#kind === "withholds" && random.chance(0.5)) throw new Error("no answer");
    const answer = await handlers.request(peer, request);
    if (this.#kind === "late") await new Promise<void>((resolve) => this.#life.after(random.below(LATE_MS), resolve));
    if (this.#kind === "equivocates" && request.kind === "blocks" && answer.kind === "bundles") {
      const twins = request.digests.flatMap((digest) => this.#twins.get(toHex(digest)) ?? []);
      return { ...answer, bundles: [...answer.bundles, ...twins] };
    }
    if (this.#kind !== "lies") return answer;
    return lie(answer, random);
  }

  /** The bundle with another block of the same round, signed just as well; it goes on from the block before, or from its twin. */
  #twin(bundle: Bundle): Bundle {
    if (!bundle.block) return bundle;
    const { header } = decode(Block, bundle.block);
    if (this.#lastTwin?.round === header.round) return this.#twins.get(toHex(this.#lastTwin.digest)) ?? bundle;
    const [own, ...others] = header.parents;
    const before = this.#lastTwin;
    const goesOn = before && before.round === own!.round && this.#random.chance(0.5);
    const twin = {
      ...header,
      timestampMs: header.timestampMs + 1n,
      parents: goesOn ? [{ ...own!, digest: before.digest }, ...others] : header.parents,
    };
    const digest = digestOf("CaissonBlock", encode(BlockHeader, twin));
    const message = encode(SignedMessage, {
      domain: new TextEncoder().encode("CAISSON1"),
      chain: twin.chain,
      epoch: twin.epoch,
      author: twin.author,
      boot: twin.boot,
      kind: KIND_BLOCK,
      slot: twin.round,
      digest,
    });
    const block = encode(Block, { header: twin, signature: ml_dsa65.sign(message, this.#secretKey()) });
    const made = { ...bundle, block };
    this.#twins.set(toHex(digest), made);
    this.#lastTwin = { round: twin.round, digest };
    return made;
  }
}

/** One bit of something in it is another. */
function garbled(bundle: Bundle, random: Random): Bundle {
  const flip = (bytes: Uint8Array): Uint8Array => {
    const copy = bytes.slice();
    copy[random.below(copy.length)]! ^= 1 << random.below(8);
    return copy;
  };
  const { block, payloads, checkpoints } = bundle;
  if (checkpoints.length > 0 && random.chance(0.3)) {
    return { ...bundle, checkpoints: checkpoints.map((one) => ({ ...one, signature: flip(one.signature) })) };
  }
  if (payloads.length > 0 && random.chance(0.5)) {
    return { ...bundle, payloads: payloads.map((one) => ({ ...one, transaction: flip(one.transaction) })) };
  }
  return { ...bundle, block: block && flip(block) };
}

/** What was asked for is left out, cut short, or in another order. */
function lie(answer: Response, random: Random): Response {
  if (answer.kind === "bundles") {
    const bundles = answer.bundles.filter(() => random.chance(0.5)).map((one) => garbled(one, random));
    return { ...answer, bundles: bundles.reverse() };
  }
  if (answer.kind === "payloads") return { kind: "payloads", payloads: answer.payloads.slice(1).reverse() };
  return { kind: "refused" };
}
