import { CLASSIC } from "../../../core/wire/thresholds.ts";
import { genesisCommittee, genesisEnvironment, genesisTransaction } from "../../../host/genesis/genesis.ts";
import { after, type Checkpoint, ModelLedger } from "../../../proofs/model/ledger.ts";
import { commitDigestOf } from "../../unit/core/order-support.ts";
import type { Chain } from "../chain.ts";
import { Reference } from "./reference.ts";
import { ABSENT, type Commit, hexOf, type Objects, type Payload, type Result, Violation } from "./words.ts";

/** A commit with all before it, and what it comes to. */
interface Place {
  readonly commit: Commit;
  readonly before: Place | undefined;
  readonly results: readonly Result[];
  /** Of the checkpoint that ends with it, or would. */
  readonly signatures: readonly (readonly Uint8Array[])[];
  /** Undefined: the commit ends none. */
  readonly checkpoint: Checkpoint | undefined;
  readonly objects: Objects;
}

export class Truth {
  /** Transactions that somebody signed, by digest. Prologues are added as `order` makes them. */
  readonly payloads: Map<string, Payload>;
  readonly #chain: Chain;
  readonly #reference: Reference;
  readonly #places = new Map<string, Place>();
  readonly #checkpoints = new Map<string, Place>();
  /** The model, and the place it stands at. */
  #model: ModelLedger;
  #tip: Place | undefined;

  /** `execute`: the component's module. */
  constructor(chain: Chain, execute: WebAssembly.Module, payloads: Map<string, Payload>) {
    this.#chain = chain;
    this.payloads = payloads;
    this.#reference = new Reference(execute, genesisEnvironment(chain.genesis));
    this.#model = this.#fresh();
    const { digest, bytes } = genesisTransaction(chain.genesis);
    payloads.set(hexOf(digest), { transaction: bytes, signatures: [] });
    this.#extend(undefined, {
      kind: "commit",
      index: 0n,
      round: 0n,
      timestampMs: BigInt(chain.genesis.timestampMs),
      commitDigest: ABSENT,
      leaderBlock: ABSENT,
      resume: new Uint8Array(),
      endOfEpoch: false,
      transactions: [{ digest, sender: ABSENT, gasOwner: ABSENT, signaturesDigest: ABSENT }],
    });
  }

  /** The objects that genesis made. */
  get genesisObjects(): Objects {
    return this.#places.get(hexOf(ABSENT))!.objects;
  }

  /** Every transaction of every history, with the objects as they were before it and what came of it. */
  *executions(): Generator<{
    readonly commit: bigint;
    readonly transaction: Uint8Array;
    readonly objects: Objects;
    readonly result: Result;
  }> {
    for (const { commit, before, results } of this.#places.values()) {
      let objects: Objects = before?.objects ?? new Map();
      for (const [i, result] of results.entries()) {
        const { transaction } = this.payloads.get(hexOf(commit.transactions[i]!.digest))!;
        yield { commit: commit.index, transaction, objects, result };
        objects = after(objects, result);
      }
    }
  }

  /** Takes note of a commit. Throws Violation when it continues no commit of this chain, or holds what nobody signed. */
  follow(commit: Commit): void {
    if (this.#places.has(hexOf(commit.commitDigest))) return;
    const before = [...this.#places.values()].find(
      (place) =>
        place.commit.index + 1n === commit.index &&
        hexOf(commitDigestOf(place.commit.commitDigest, commit.index, commit.round, commit.leaderBlock)) ===
          hexOf(commit.commitDigest),
    );
    if (!before) throw new Violation(`commit ${commit.index} continues nothing`);
    this.#extend(before, commit);
  }

  /** Whether some history ends in this checkpoint. */
  isCheckpoint(sequence: bigint, digest: Uint8Array): boolean {
    return this.#checkpoints.get(hexOf(digest))?.checkpoint?.sequence === sequence;
  }

  #extend(before: Place | undefined, commit: Commit): void {
    const model = this.#at(before);
    model.begin(commit);
    const results: Result[] = [];
    const signatures = before && !before.checkpoint ? [...before.signatures] : [];
    let { objects } = model;
    for (const { digest } of commit.transactions) {
      const payload = this.payloads.get(hexOf(digest));
      if (!payload) throw new Violation(`commit ${commit.index} holds a transaction that nobody signed`);
      const result = this.#reference.run(commit.index, payload.transaction, objects).toLedger;
      results.push(result);
      objects = after(objects, result);
      if (result.kind === "executed" && result.transactionKind === 0) signatures.push(payload.signatures);
    }
    const place = this.#step(before, commit, results, signatures);
    this.#places.set(hexOf(commit.commitDigest), place);
    if (place.checkpoint) this.#checkpoints.set(hexOf(place.checkpoint.digest), place);
  }

  #step(before: Place | undefined, commit: Commit, results: readonly Result[], signatures: Place["signatures"]): Place {
    const answer = this.#model.step(results);
    if (answer.kind !== "stepped") throw new Error("the model does not take what is true");
    const checkpoint = answer.endOfCheckpoint ? this.#model.close(signatures) : undefined;
    const place: Place = { commit, before, results, signatures, checkpoint, objects: this.#model.objects };
    this.#tip = place;
    return place;
  }

  /** The model at this place: where it is, or brought there from the beginning. */
  #at(place: Place | undefined): ModelLedger {
    if (this.#tip === place) return this.#model;
    this.#model = this.#fresh();
    const path: Place[] = [];
    for (let at = place; at; at = at.before) path.unshift(at);
    for (const { before, commit, results, signatures } of path) {
      this.#model.begin(commit);
      this.#step(before, commit, results, signatures);
    }
    this.#tip = place;
    return this.#model;
  }

  #fresh(): ModelLedger {
    const { genesis } = this.#chain;
    const keys = genesisCommittee(genesis).map(({ publicKey }) => publicKey);
    return new ModelLedger(genesisEnvironment(genesis), keys, 0n, CLASSIC);
  }
}
