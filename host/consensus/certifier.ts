/**
 * Gathers validators' signatures under checkpoints until a quorum certifies one. Each checkpoint names the one before, so a certified one
 * certifies all before it. Nothing here is trusted: `verify` says what a quorum is.
 */
import { Certificate } from "../../core/wire/frames.ts";
import { decode, encode } from "../../core/wire/schema.ts";
import { CheckpointSummaryBcs } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { toHex } from "../format/hex.ts";
import { parseBcs } from "../format/parse.ts";
import type { CheckpointSignature } from "../network/messages.ts";
import type { Peer } from "../network/network.ts";

/** A checkpoint of ours, which waits to be certified. */
interface Made {
  readonly digest: Uint8Array;
  readonly summary: Uint8Array;
}

/** A checkpoint that a quorum has signed, as a peer gave it. */
interface Given extends Made {
  readonly sequence: bigint;
  readonly certificate: Uint8Array;
}

/** A quorum has signed another checkpoint than our own core has made. */
export class Diverged extends Error {
  override readonly name = "Diverged";
}

export interface CertifierOptions {
  readonly epoch: bigint;
  /** Signatures that make a certificate. */
  readonly quorum: number;
  /** What `verify` says of a summary and a certificate. */
  readonly verify: (summary: Uint8Array, certificate: Uint8Array) => Promise<Verdict>;
  /** Keeps a certificate; resolves when it is on disk. */
  readonly keep: (sequence: bigint, certificate: Uint8Array) => Promise<void>;
  readonly certified: (sequence: bigint) => void;
  /** A certificate could not be checked or kept: nothing can go on. */
  readonly failed: (error: unknown) => void;
  /** A validator has signed something else than what our own core made: one of both is not intact, or the quorum does not hold. */
  readonly diverged: (sequence: bigint, author: number) => void;
  /** What a validator gave as its signature is none. */
  readonly invalid: (author: number) => void;
}

/** `valid`: how many of its signatures were. */
export type Verdict = { readonly certified: true } | { readonly certified: false; readonly valid: number };

/** Checkpoints ahead of ours whose signatures are kept; who is further behind is given certificates instead. */
const MOST_AHEAD = 1_024n;
/** Signatures that are kept of one validator; of more, those under the newest: they certify those before. 0.4 MB. */
const MOST_OF_ONE = 128;

export class Certifier {
  readonly #options: CertifierOptions;
  /** By sequence. */
  readonly #ours = new Map<bigint, CheckpointSignature>();
  readonly #made = new Map<bigint, Made>();
  /** By author, then by sequence: the newest word of each. */
  readonly #votes = new Map<number, Map<bigint, CheckpointSignature>>();
  /** Checkpoints under which something has changed since they were looked at. */
  #changed = new Set<bigint>();
  /** By author: the newest checkpoint of which it has signed another one. */
  readonly #differing = new Map<number, bigint>();
  /** Certified by others, and not made here yet. */
  #given: Given | undefined;
  #certified: bigint;
  #newest: bigint;
  /** One look at a time. */
  #work: Promise<void> = Promise.resolve();

  /** `certified`: newest checkpoint that is; `newest`: newest that our core has made. -1: none. */
  constructor(options: CertifierOptions, certified: bigint, newest: bigint) {
    this.#options = options;
    this.#certified = certified;
    this.#newest = newest;
  }

  /** A checkpoint that our core has made, with our own signature where there is one. */
  made(sequence: bigint, digest: Uint8Array, summary: Uint8Array, certificate: Uint8Array): void {
    if (sequence > this.#newest) this.#newest = sequence;
    if (sequence <= this.#certified) return;
    this.#made.set(sequence, { digest, summary });
    this.#changed.add(sequence);
    for (const vote of signaturesOf(certificate, sequence, digest)) {
      this.#count(vote);
      this.#ours.set(sequence, vote);
    }
    this.#look();
  }

  /** A signature that validator `from` has sent: its own, for one could spoil another's. */
  heard(vote: CheckpointSignature, from: Peer): void {
    const { sequence, author } = vote;
    if (author !== from || sequence <= this.#certified || sequence > this.#newest + MOST_AHEAD) return;
    this.#count(vote);
    this.#look();
  }

  /**
   * A certificate that a peer gave. It is kept until our own core has made that checkpoint. False: it is none. One of another epoch is of no use
   * here.
   */
  async learn(summary: Uint8Array, certificate: Uint8Array): Promise<boolean> {
    if (BigInt(parseBcs(CheckpointSummaryBcs, summary).epoch) !== this.#options.epoch) return true;
    const verdict = await this.#options.verify(summary, certificate);
    if (!verdict.certified) return false;
    const sequence = BigInt(parseBcs(CheckpointSummaryBcs, summary).sequenceNumber);
    if (sequence <= this.#certified) return true;
    this.#given = { sequence, digest: digestOf("CheckpointSummary", summary), summary, certificate };
    this.#look();
    return true;
  }

  /** The newest checkpoint that a quorum has signed; -1: none. */
  get certified(): bigint {
    return this.#certified;
  }

  /** The newest checkpoint that our core has made and a quorum has not been seen to sign; undefined: there is none. */
  get uncertified(): bigint | undefined {
    return this.#newest > this.#certified ? this.#newest : undefined;
  }

  /** A certificate of others waits for our core to come to it. */
  get isExpecting(): boolean {
    return this.#given !== undefined;
  }

  /** Our signatures under checkpoints that are not certified yet: for whoever may not have heard them. */
  get waiting(): readonly CheckpointSignature[] {
    return [...this.#ours.values()];
  }

  /** Resolves when what was heard so far is looked at. */
  async settled(): Promise<void> {
    await this.#work;
  }

  #count(vote: CheckpointSignature): void {
    const votes = this.#votes.get(vote.author) ?? new Map<bigint, CheckpointSignature>();
    this.#votes.set(vote.author, votes);
    votes.set(vote.sequence, vote);
    this.#changed.add(vote.sequence);
    if (votes.size <= MOST_OF_ONE) return;
    let oldest = vote.sequence;
    for (const sequence of votes.keys()) if (sequence < oldest) oldest = sequence;
    votes.delete(oldest);
  }

  #look(): void {
    this.#work = this.#work.then(() => this.#certify()).catch(this.#options.failed);
  }

  /** Tries the newest checkpoint that may have a quorum since the last look; those before it are certified by it. */
  async #certify(): Promise<void> {
    await this.#compareGiven();
    const changed = [...this.#changed].filter((sequence) => this.#made.has(sequence)).sort((a, b) => (a < b ? 1 : -1));
    this.#changed.clear();
    for (const sequence of changed) if (await this.#certifyOne(sequence)) return;
  }

  /** True: a quorum has signed it. */
  async #certifyOne(sequence: bigint): Promise<boolean> {
    const { digest, summary } = this.#made.get(sequence)!;
    const votes = [...this.#votes.values()].flatMap((one) => one.get(sequence) ?? []);
    for (const vote of votes) if (!sameDigest(vote.digest, digest)) this.#differs(vote);
    const agreeing = votes.filter((vote) => sameDigest(vote.digest, digest));
    if (agreeing.length < this.#options.quorum) return false;
    const certificate = this.#certificate(agreeing);
    const verdict = await this.#options.verify(summary, certificate);
    if (verdict.certified) {
      await this.#options.keep(sequence, certificate);
      this.#done(sequence);
    } else await this.#sift(summary, agreeing);
    return verdict.certified;
  }

  async #compareGiven(): Promise<void> {
    const given = this.#given;
    const made = given && this.#made.get(given.sequence);
    if (!given || !made) return;
    this.#given = undefined;
    if (!sameDigest(given.digest, made.digest))
      throw new Diverged(`a quorum has signed another checkpoint ${given.sequence} than our own core has made`);
    await this.#options.keep(given.sequence, given.certificate);
    this.#done(given.sequence);
  }

  #certificate(votes: readonly CheckpointSignature[]): Uint8Array {
    const signatures = [...votes]
      .sort((a, b) => a.author - b.author)
      .map(({ author, boot, signature }) => ({ author, boot, signature }));
    return encode(Certificate, { epoch: this.#options.epoch, signatures });
  }

  /** Throws out the signatures that are not valid. */
  async #sift(summary: Uint8Array, votes: readonly CheckpointSignature[]): Promise<void> {
    for (const vote of votes) {
      const verdict = await this.#options.verify(summary, this.#certificate([vote]));
      if (verdict.certified || verdict.valid === 1) continue;
      this.#forget(vote);
      this.#options.invalid(vote.author);
    }
  }

  #differs(vote: CheckpointSignature): void {
    const { sequence, author } = vote;
    this.#forget(vote);
    if (sequence <= (this.#differing.get(author) ?? -1n)) return;
    this.#differing.set(author, sequence);
    this.#options.diverged(sequence, author);
  }

  /** Unless its author has sent another one meanwhile. */
  #forget(vote: CheckpointSignature): void {
    const votes = this.#votes.get(vote.author);
    if (votes?.get(vote.sequence) === vote) votes.delete(vote.sequence);
  }

  #done(sequence: bigint): void {
    this.#certified = sequence;
    if (this.#given && this.#given.sequence <= sequence) this.#given = undefined;
    for (const kept of [this.#made, this.#ours, this.#changed, ...this.#votes.values()]) {
      for (const old of [...kept.keys()]) if (old <= sequence) kept.delete(old);
    }
    this.#options.certified(sequence);
  }
}

/** The signatures of a certificate, each for itself. */
export function signaturesOf(
  certificate: Uint8Array,
  sequence: bigint,
  digest: Uint8Array,
): readonly CheckpointSignature[] {
  return decode(Certificate, certificate).signatures.map((signature) => ({ ...signature, sequence, digest }));
}

function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b);
}
