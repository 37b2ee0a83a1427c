/**
 * The ledger as it would be if it kept its state: a map from id to object. Slow and obvious. What core/ledger says from a root and proofs
 * alone is compared with what this says from the map.
 */
import type { CheckpointExtension, Environment, ExecuteToLedger, OrderToLedger } from "../../core/wire/frames.ts";
import { CheckpointExtension as ExtensionCodec } from "../../core/wire/frames.ts";
import { encode, type Value } from "../../core/wire/schema.ts";
import { type FaultRule, isSafe } from "../../core/wire/thresholds.ts";
import { LIST, membersOf } from "./committee.ts";
import {
  CheckpointContentsBcs,
  CheckpointSummaryBcs,
  concat,
  endOfEpochTransaction,
  hash,
  hex,
  merkleListRoot,
  namedHash,
  ObjectBcs,
  unhex,
} from "./ledger-formats.ts";
import { keyNumber, modelProof, modelRoot } from "./state-tree.ts";

type Variant<U, K> = Extract<U, { readonly kind: K }>;
export type Executed = Variant<Value<typeof ExecuteToLedger>, "executed">;
export type Dropped = Variant<Value<typeof ExecuteToLedger>, "dropped">;
export type Result = Executed | Dropped;
export type Commit = Variant<Value<typeof OrderToLedger>, "commit">;
export type Gas = Executed["gas"];
export type EnvironmentValue = Value<typeof Environment>;
type Extension = Value<typeof CheckpointExtension>;

const ZERO = new Uint8Array(32);
/** Flag, signature and key of the Ed25519 signature that stands for none (upstream's new_system_transaction). */
const SYSTEM_SIGNATURE = new Uint8Array(97);

/** Objects by id in hex. */
export type Objects = ReadonlyMap<string, Uint8Array>;

const digests = new WeakMap<Uint8Array, Uint8Array>();

/** Remembered, because a history asks for the same ones over and over. */
export function objectDigest(bytes: Uint8Array): Uint8Array {
  const digest = digests.get(bytes) ?? namedHash("Object", bytes);
  digests.set(bytes, digest);
  return digest;
}

export function objectId(bytes: Uint8Array): string {
  const { data } = ObjectBcs.parse(bytes);
  return data.Move ? hex(Uint8Array.from(data.Move.contents.slice(0, 32))) : (data.Package?.id.slice(2) ?? "");
}

export function digestOf(objects: Objects, id: string): Uint8Array {
  const bytes = objects.get(id);
  return bytes ? objectDigest(bytes) : ZERO;
}

/** Is everything that the result relied on still so? */
export function isCurrent(objects: Objects, result: Result): boolean {
  return result.reads.every(({ id, digest }) => hex(digestOf(objects, hex(id))) === hex(digest));
}

/** `transactionKind` of a user's, of genesis, of what ends an epoch. */
const USER = 0;
const GENESIS = 2;
const END_OF_EPOCH = 3;

/** What a checkpoint holds at most (core/wire/limits.ts), and milliseconds from one to the next, with users' transactions and without. */
const MAX_COMMITS = 16;
const MAX_TRANSACTIONS = 957;
const MAX_COMMIT_TRANSACTIONS = 514;
const INTERVAL_MS = 50n;
const IDLE_INTERVAL_MS = 60_000n;

/** The objects after a result: what it was given and did not write is deleted, but for what the end of an epoch only shows. */
export function after(objects: Objects, result: Result): Map<string, Uint8Array> {
  const next = new Map(objects);
  if (result.kind === "dropped" || result.transactionKind === END_OF_EPOCH) return next;
  for (const bytes of result.inputs) next.delete(objectId(bytes));
  for (const bytes of result.written) next.set(objectId(bytes), bytes);
  return next;
}

export type StepAnswer =
  | { readonly kind: "stale"; readonly digests: readonly string[] }
  | {
      readonly kind: "stepped";
      readonly root: string;
      readonly remaining: number;
      readonly endOfCheckpoint: boolean;
      /** bcs(TransactionData) of what ends the epoch, which remains. */
      readonly endOfEpoch: Uint8Array | undefined;
    };

export interface Checkpoint {
  readonly sequence: bigint;
  readonly digest: Uint8Array;
  readonly summary: Uint8Array;
}

export class ModelLedger {
  objects: Objects = new Map();
  chain: Uint8Array = ZERO;
  sequence = 0n;
  /** Index of the open commit, or else of the next. */
  commit = 0n;
  environment: EnvironmentValue;
  #keys: readonly Uint8Array[];
  readonly #epochDurationMs: bigint;
  readonly #faults: FaultRule;
  #previous: Uint8Array | undefined;
  #total = 0n;
  #gas: Gas = NO_GAS;
  #timestampMs = 0n;
  #commit: Commit | undefined;
  /** Of the checkpoint in the making. */
  #commits: Commit[] = [];
  #executed: Executed[] = [];
  #applied = 0;
  #ending = false;

  /** `keys`: of the committee. */
  constructor(environment: EnvironmentValue, keys: readonly Uint8Array[], epochDurationMs: bigint, faults: FaultRule) {
    this.environment = environment;
    this.#keys = keys;
    this.#epochDurationMs = epochDurationMs;
    this.#faults = faults;
  }

  /** Of the committee in force. */
  get keys(): readonly Uint8Array[] {
    return this.#keys;
  }

  get #committeeDigest(): Uint8Array {
    return hash(Uint8Array.of(this.#keys.length), ...this.#keys);
  }

  begin(commit: Commit): void {
    this.#commit = commit;
    this.#commits.push(commit);
    this.#applied = 0;
    this.#ending = false;
  }

  get root(): Uint8Array {
    return modelRoot(this.#digests());
  }

  /** What a host claims and proves for these ids, in tree order. */
  witness(ids: Iterable<string>): { operations: { id: Uint8Array; digest: Uint8Array }[]; proof: Uint8Array } {
    const keys = [...new Set(ids)].map((id) => ({ id, key: keyNumber(unhex(id)) }));
    keys.sort((a, b) => (a.key < b.key ? -1 : 1));
    return {
      operations: keys.map(({ id }) => ({ id: unhex(id), digest: digestOf(this.objects, id) })),
      proof:
        keys.length === 0
          ? new Uint8Array()
          : modelProof(
              this.#digests(),
              keys.map(({ key }) => key),
            ),
    };
  }

  /** Applies the next results, or none of them. */
  step(results: readonly Result[]): StepAnswer {
    let objects = this.objects;
    const stale: string[] = [];
    for (const result of results) {
      if (isCurrent(objects, result)) objects = after(objects, result);
      else stale.push(hex(result.digest));
    }
    if (stale.length > 0) return { kind: "stale", digests: stale };
    this.objects = objects;
    for (const result of results) {
      if (result.kind === "dropped") continue;
      this.#executed.push(result);
      this.#gas = addGas(this.#gas, result.gas);
    }
    this.#applied += results.length;
    const { transactions, endOfEpoch } = this.#open;
    const left = transactions.length + (this.#ending ? 1 : 0) - this.#applied;
    const ends = endOfEpoch && left === 0 && !this.#ending;
    if (ends) this.#ending = true;
    const added = ends ? this.#endTransaction() : undefined;
    const remaining = ends ? 1 : left;
    const endOfCheckpoint = remaining === 0 && this.#endsCheckpoint;
    if (remaining === 0 && !endOfCheckpoint) this.#leave();
    return { kind: "stepped", root: hex(this.root), remaining, endOfCheckpoint, endOfEpoch: added };
  }

  #leave(): void {
    this.#commit = undefined;
    this.commit += 1n;
  }

  /** Does the checkpoint end with the open commit? What is dropped counts like what is executed. */
  get #endsCheckpoint(): boolean {
    const { index, endOfEpoch, timestampMs } = this.#open;
    const ordered = this.#commits.flatMap(({ transactions }) => transactions).length;
    const elapsed = timestampMs - this.#timestampMs;
    const holdsUsers = this.#commits.some(({ transactions }) => transactions.length > 1);
    const isFull = this.#commits.length === MAX_COMMITS || ordered + MAX_COMMIT_TRANSACTIONS > MAX_TRANSACTIONS;
    const interval = holdsUsers ? (this.#keys.length === 1 ? 0n : INTERVAL_MS) : IDLE_INTERVAL_MS;
    return index === 0n || endOfEpoch || isFull || (elapsed > 0n ? elapsed : 0n) >= interval;
  }

  /** The system transaction after which the next epoch begins. */
  #endTransaction(): Uint8Array {
    const { epoch, protocolVersion } = this.environment;
    const { computationCost, computationCostBurned, storageCost, storageRebate, nonRefundableStorageFee } = this.#gas;
    return endOfEpochTransaction({
      epoch: epoch + 1n,
      protocolVersion,
      storageCharge: storageCost,
      computationCharge: computationCost,
      computationChargeBurned: computationCostBurned,
      storageRebate,
      nonRefundableStorageFee,
      epochStartTimestampMs: this.#time(),
      systemPackages: [],
      eligibleActiveValidators: this.#keys.map((_, i) => BigInt(i)),
      scores: this.#keys.map(() => 65_536n),
      adjustRewardsByScore: true,
    });
  }

  /** The checkpoint's: times never go back. */
  #time(): bigint {
    const { timestampMs } = this.#open;
    if (timestampMs > this.#timestampMs) return timestampMs;
    return this.#timestampMs;
  }

  /** Ends the checkpoint. `signatures`: of the executed transactions of users, in commit order. */
  close(signatures: readonly (readonly Uint8Array[])[]): Checkpoint {
    const commit = this.#open;
    this.#total += BigInt(this.#executed.length);
    this.#timestampMs = this.#time();
    const left = [...signatures];
    const listed = this.#executed.map(({ transactionKind }) =>
      transactionKind === USER ? left.shift()! : transactionKind === GENESIS ? [] : [SYSTEM_SIGNATURE],
    );
    const contents = CheckpointContentsBcs.serialize({
      V1: {
        transactions: this.#executed.map(({ digest, effectsDigest }) => ({
          transaction: digest,
          effects: effectsDigest,
        })),
        userSignatures: listed.map((list) => [...list]),
      },
    }).toBytes();
    const extension: Extension = {
      version: 3,
      chain: this.chain,
      environment: this.environment,
      epochDurationMs: this.#epochDurationMs,
      faults: this.#faults,
      commit: commit.index,
      commitDigest: commit.commitDigest,
      round: commit.round,
      leaderBlock: commit.leaderBlock,
      resume: commit.resume,
      stateRoot: this.root,
      contentsRoot: merkleListRoot(this.#executed.map(({ digest, effectsDigest }) => concat(digest, effectsDigest))),
      committeeDigest: this.#committeeDigest,
    };
    const summary = CheckpointSummaryBcs.serialize({
      epoch: this.environment.epoch,
      sequenceNumber: this.sequence,
      networkTotalTransactions: this.#total,
      contentDigest: namedHash("CheckpointContents", contents),
      previousDigest: this.#previous ?? null,
      epochRollingGasCostSummary: this.#gas,
      timestampMs: this.#timestampMs,
      checkpointCommitments: [],
      endOfEpochData: this.#ending ? this.#endOfEpochData() : null,
      versionSpecificData: encode(ExtensionCodec, extension),
    }).toBytes();
    const digest = namedHash("CheckpointSummary", summary);
    const checkpoint = { sequence: this.sequence, digest, summary };
    if (this.sequence === 0n) this.chain = digest;
    this.#previous = digest;
    this.sequence += 1n;
    this.#leave();
    this.#commits = [];
    this.#executed = [];
    if (this.#ending) this.#enterNextEpoch();
    return checkpoint;
  }

  /** Those on the list, if there is one that is safe. */
  get #nextKeys(): readonly Uint8Array[] {
    const list = this.objects.get(LIST);
    if (!list) return this.#keys;
    const listed = membersOf(Uint8Array.from(ObjectBcs.parse(list).data.Move!.contents)).map(({ key }) => key);
    return isSafe(this.#faults, listed.length) ? listed : this.#keys;
  }

  #endOfEpochData() {
    const keys = this.#nextKeys;
    const [share, rest] = [Math.floor(10_000 / keys.length), 10_000 % keys.length];
    return {
      nextEpochCommittee: keys.map((key, i) => [key, BigInt(share + (i < rest ? 1 : 0))] as const),
      nextEpochProtocolVersion: this.environment.protocolVersion,
      epochCommitments: [],
      epochSupplyChange: BigInt.asUintN(64, -this.#gas.computationCostBurned),
    };
  }

  #enterNextEpoch(): void {
    this.#keys = this.#nextKeys;
    this.environment = { ...this.environment, epoch: this.environment.epoch + 1n, epochStartMs: this.#timestampMs };
    this.#gas = NO_GAS;
  }

  get #open(): Commit {
    if (!this.#commit) throw new Error("no commit is open");
    return this.#commit;
  }

  #digests(): Map<bigint, Uint8Array> {
    return new Map([...this.objects].map(([id, bytes]) => [keyNumber(unhex(id)), objectDigest(bytes)]));
  }
}

const NO_GAS: Gas = {
  computationCost: 0n,
  computationCostBurned: 0n,
  storageCost: 0n,
  storageRebate: 0n,
  nonRefundableStorageFee: 0n,
};

function addGas(a: Gas, b: Gas): Gas {
  return {
    computationCost: a.computationCost + b.computationCost,
    computationCostBurned: a.computationCostBurned + b.computationCostBurned,
    storageCost: a.storageCost + b.storageCost,
    storageRebate: a.storageRebate + b.storageRebate,
    nonRefundableStorageFee: a.nonRefundableStorageFee + b.nonRefundableStorageFee,
  };
}
