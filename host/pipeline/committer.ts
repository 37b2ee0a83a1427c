/**
 * Takes one commit after another through the core: execute its transactions, prove what they touch, let `ledger` apply them in
 * steps, and where it ends a checkpoint with them, hand it the signatures, and write the signed checkpoint in one piece. The host decides
 * nothing here: whatever it gets wrong, `ledger` refuses.
 */

import { fromBase58, toBase58 } from "@iota/iota-sdk/utils";
import { codeName, LedgerRejection } from "../../core/wire/codes.ts";
import type { Environment } from "../../core/wire/frames.ts";
import { MAX_READS, MAX_STEP_OPERATIONS } from "../../core/wire/limits.ts";
import type { Value } from "../../core/wire/schema.ts";
import type { CheckpointMade, CoreClient } from "../core-client.ts";
import { encodeContents } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { deletedIds, type Effects, parseEffects } from "../format/effects.ts";
import { fromHex, toHex } from "../format/hex.ts";
import { parseBcs } from "../format/parse.ts";
import { inputIds, SYSTEM_SIGNATURES, TransactionDataBcs, type TransactionDataV1 } from "../format/transaction.ts";
import { splitByPresence } from "../sandbox.ts";
import { type Operation, type StateTree, sortOperations } from "../state-tree/state-tree.ts";
import type { Drop, Outcome, Payload } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { indexKeys } from "./index-keys.ts";
import { signatureFrames } from "./signature-frames.ts";
import { WorkingState } from "./working-state.ts";

export interface OrderedTransaction {
  readonly digest: Uint8Array;
  readonly payload: Payload;
  /** The payload's transaction, where somebody has read it already. */
  readonly data?: TransactionDataV1 | undefined;
}

/** What is to be applied: a commit of `order`, or genesis as commit 0. */
export interface CommitToApply {
  readonly index: bigint;
  readonly timestampMs: bigint;
  /** In commit order; the system transaction first. */
  readonly transactions: readonly OrderedTransaction[];
  /** Opens the commit in `ledger`. */
  readonly open: () => Promise<{ readonly kind: string; readonly code?: number }>;
}

/** How one transaction ended, told to whoever waits for it. */
export type Ending =
  | { readonly kind: "executed"; readonly outcome: Outcome }
  | { readonly kind: "dropped"; readonly drop: Drop };

export interface Applied {
  readonly sequence: bigint;
  /** By hex digest. */
  readonly endings: ReadonlyMap<string, Ending>;
}

/** The core refused what an honest host sends: the store and the core do not agree. */
export class CommitError extends Error {
  override readonly name = "CommitError";
}

type Stepped = Extract<Awaited<ReturnType<CoreClient["ledger"]>>, { kind: "stepped" }>;
type Result = Extract<Awaited<ReturnType<CoreClient["execute"]>>, { kind: "executed" | "dropped" }>;

interface Prepared {
  readonly digest: Uint8Array;
  readonly payload: Payload;
  readonly data: TransactionDataV1;
  readonly inputs: readonly Uint8Array[];
}

interface Finished extends Prepared {
  readonly result: Result;
  readonly effects: Effects | undefined;
  /** Of what it changed: `digestsAfter`. */
  readonly digests: ReadonlyMap<string, Uint8Array | undefined>;
}

/** What the commits of a checkpoint have come to, until it ends: nothing of it is on disk before. */
interface Making {
  readonly state: WorkingState;
  readonly finished: Finished[];
}

const NOTHING_CHANGED: ReadonlyMap<string, undefined> = new Map();

/** Rounds of "need these objects too" before a transaction is given up: reads that only execution discovers are bounded. */
const MAX_NEED_ROUNDS = 64;
/** Operations a transaction adds beyond its inputs and pure arguments, when estimating how many fit a step. */
const ESTIMATE_SLACK = 8;

/** Who signs the checkpoints of our core: nobody, as a full node; one member of a committee; or the only one, who is a quorum. */
export type Signing = "nobody" | "member" | "quorum";

export class Committer {
  readonly #core: CoreClient;
  readonly #store: Store;
  readonly #tree: StateTree;
  readonly #environment: Value<typeof Environment>;
  readonly #signing: Signing;
  /** Where the ledger's signed checkpoint arrives. */
  readonly #nextCheckpoint: () => Promise<CheckpointMade>;
  #making: Making | undefined;

  constructor(
    core: CoreClient,
    store: Store,
    tree: StateTree,
    environment: Value<typeof Environment>,
    signing: Signing,
    nextCheckpoint: () => Promise<CheckpointMade>,
  ) {
    this.#core = core;
    this.#store = store;
    this.#tree = tree;
    this.#environment = environment;
    this.#signing = signing;
    this.#nextCheckpoint = nextCheckpoint;
  }

  /**
   * Resolves when the commit is applied and, if a checkpoint ends with it, that is signed by our own vault, where there is one, and on disk; undefined:
   * the checkpoint goes on in the next commit.
   */
  async apply(commit: CommitToApply): Promise<Applied | undefined> {
    this.#making ??= { state: new WorkingState(this.#store), finished: [] };
    const { state, finished } = this.#making;
    expectKind(await commit.open(), "accepted");
    const pending: Prepared[] = commit.transactions.map(prepared);
    let ends = false;
    for (let from = 0; from < pending.length; ) {
      const batch = independent(pending, from);
      const done = await Promise.all(batch.map((transaction) => this.#execute(commit.index, transaction, state)));
      const last = await this.#step(done, state, finished);
      if (last.endOfEpoch) pending.push(prepared(systemTransaction(last.endOfEpoch)));
      ends = last.endOfCheckpoint;
      from += done.length;
    }
    if (!ends) return undefined;
    const made = this.#nextCheckpoint();
    const executed = finished.filter(({ effects }) => effects);
    await this.#sendSignatures(executed);
    this.#making = undefined;
    return this.#write(commit, await made, state, finished, executed);
  }

  /** Transactions of users are applied that are in no checkpoint yet: a further commit ends it. */
  get isOpen(): boolean {
    return this.#making?.finished.some(isUsers) ?? false;
  }

  async #execute(commit: bigint, transaction: Prepared, state: WorkingState): Promise<Finished> {
    const ids = new Map(transaction.inputs.map((id) => [toHex(id), id]));
    for (let round = 0; round < MAX_NEED_ROUNDS; round++) {
      const { objects, absent } = splitByPresence(ids, (id) => state.object(id));
      const answer = await this.#core.execute({
        kind: "execute",
        mode: 0,
        commit,
        environment: this.#environment,
        transaction: transaction.payload.transaction,
        objects,
        absent,
      });
      if (answer.kind === "executed") {
        const effects = parseEffects(answer.effects);
        return { ...transaction, result: answer, effects, digests: digestsAfter(effects) };
      }
      if (answer.kind === "dropped")
        return { ...transaction, result: answer, effects: undefined, digests: NOTHING_CHANGED };
      if (answer.kind === "rejected")
        throw new CommitError(`execute rejected a committed transaction: code ${answer.code}`);
      for (const id of answer.ids) ids.set(toHex(id), id);
      if (ids.size > MAX_READS) break;
    }
    throw new CommitError(`transaction ${toBase58(transaction.digest)} asks for more objects than it may read`);
  }

  /** Applies executed transactions in as few steps as their operations allow. Resolves with what `ledger` answered to the last. */
  async #step(done: readonly Finished[], state: WorkingState, finished: Finished[]): Promise<Stepped> {
    let last: Stepped | undefined;
    for (let from = 0; from < done.length; ) {
      const operations = new Map<string, Operation>();
      let to = from;
      for (; to < done.length; to++) {
        const own = operationsOf(done[to]!, state);
        const added = own.filter(({ key }) => !operations.has(toHex(key))).length;
        if (to > from && operations.size + added > MAX_STEP_OPERATIONS) break;
        for (const operation of own) operations.set(toHex(operation.key), operation);
      }
      const sorted = sortOperations([...operations.values()]);
      const answer = await this.#core.ledger({
        kind: "step",
        transactions: to - from,
        operations: sorted.map(({ key, old }) => ({ id: key, digest: old ?? ABSENT })),
        // The tree proves no empty batch: a step that touches nothing leaves the root alone.
        proof: sorted.length === 0 ? new Uint8Array() : this.#tree.prove(sorted),
      });
      if (answer.kind !== "stepped") throw unexpected(answer, "stepped");
      last = answer;
      this.#tree.apply(sorted);
      for (const transaction of done.slice(from, to)) {
        const { result, effects, digests } = transaction;
        if (result.kind === "executed" && effects) {
          state.apply(result.written, deletedIds(effects), BigInt(effects.lamportVersion), digests);
        }
        finished.push(transaction);
      }
      from = to;
    }
    return last!;
  }

  /** A checkpoint without users' transactions waits for no signatures: by now its checkpoint may be out. */
  async #sendSignatures(executed: readonly Finished[]): Promise<void> {
    const signatures = executed.filter(isUsers).map(({ payload }) => payload.signatures);
    for (const frame of signatureFrames(signatures)) {
      expectKind(await this.#core.ledger({ kind: "signatures", signatures: frame }), "accepted");
    }
  }

  async #write(
    commit: CommitToApply,
    made: CheckpointMade,
    state: WorkingState,
    finished: readonly Finished[],
    executed: readonly Finished[],
  ): Promise<Applied> {
    const endings = new Map<string, Ending>();
    let sequence = this.#store.transactionCount();
    const writes = executed.map(({ digest, data, result, effects }) => {
      const { effects: bytes, reads } = result as Extract<Result, { kind: "executed" }>;
      const inputs = effects!.changedObjects.flatMap(([id, { inputState }]) =>
        inputState.Exist ? [{ id: fromHex(id), version: BigInt(inputState.Exist[0][0]) }] : [],
      );
      const outcome: Outcome = {
        effects: bytes,
        checkpoint: made.sequence,
        timestampMs: commit.timestampMs,
        sequence: sequence++,
        inputs: inputs.slice(0, reads.length),
      };
      endings.set(toHex(digest), { kind: "executed", outcome });
      return { digest, outcome, indexed: indexKeys(data, effects!, made.sequence) };
    });
    const dropped = finished.flatMap(({ digest, result }) => {
      // Two validators may order one transaction; what it did the first time stands.
      if (result.kind !== "dropped" || endings.has(toHex(digest))) return [];
      const before = this.#store.outcome(digest);
      if (before) {
        endings.set(toHex(digest), { kind: "executed", outcome: before });
        return [];
      }
      const drop = { code: result.code, object: result.object, a: result.a, b: result.b, checkpoint: made.sequence };
      endings.set(toHex(digest), { kind: "dropped", drop });
      return [[digest, drop] as const];
    });
    await this.#store.putCheckpoint({
      sequence: made.sequence,
      digest: made.digest,
      certified: this.#signing === "quorum",
      record: { summary: made.summary, contents: contentsOf(executed), certificate: made.certificate },
      objects: state.writes,
      nodes: this.#tree.takeChanges(),
      executed: writes,
      payloads: executed.map(({ digest, payload }) => [digest, payload] as const),
      dropped,
    });
    return { sequence: made.sequence, endings };
  }
}

const ABSENT = new Uint8Array(32);

function prepared({ digest, payload, data: known }: OrderedTransaction): Prepared {
  const data = known ?? parseBcs(TransactionDataBcs, payload.transaction).V1;
  return { digest, payload, data, inputs: inputIds(data) };
}

function systemTransaction(transaction: Uint8Array): OrderedTransaction {
  const digest = digestOf("TransactionData", transaction);
  return { digest, payload: { transaction, signatures: SYSTEM_SIGNATURES }, data: undefined };
}

/** The longest run of transactions from `from` on that name no object twice, and whose operations are likely to fit. */
function independent(pending: readonly Prepared[], from: number): readonly Prepared[] {
  const seen = new Set<string>();
  let operations = 0;
  let to = from;
  for (; to < pending.length; to++) {
    const { inputs, data } = pending[to]!;
    operations += inputs.length + (data.kind.ProgrammableTransaction?.inputs.length ?? 0) + ESTIMATE_SLACK;
    const keys = inputs.map((id) => toHex(id));
    if (to > from && (operations > MAX_STEP_OPERATIONS || keys.some((key) => seen.has(key)))) break;
    for (const key of keys) seen.add(key);
  }
  return pending.slice(from, to);
}

/** Every id the transaction read or wrote, with its digest now and afterwards. */
function operationsOf({ result, digests }: Finished, state: WorkingState): Operation[] {
  const ids = new Map(result.reads.map(({ id }) => [toHex(id), id]));
  return [...ids].map(([hex, id]) => {
    const old = state.digest(id);
    return { key: id, old, new: digests.has(hex) ? digests.get(hex) : old };
  });
}

/** Digests of what a transaction changed as it is afterwards, by the id's hex; undefined: gone. */
function digestsAfter(effects: Effects): Map<string, Uint8Array | undefined> {
  return new Map(
    effects.changedObjects.map(
      ([
        id,
        {
          outputState: { ObjectWrite, PackageWrite },
        },
      ]) => {
        const digest = ObjectWrite?.[0] ?? PackageWrite?.[1];
        return [id.slice(2), digest === undefined ? undefined : fromBase58(digest)];
      },
    ),
  );
}

function contentsOf(executed: readonly Finished[]): Uint8Array {
  return encodeContents(
    executed.map((one) => ({
      transaction: one.digest,
      effects: (one.result as Extract<Result, { kind: "executed" }>).effectsDigest,
      signatures: listedSignatures(one),
    })),
  );
}

/** The contents of the genesis checkpoint list no signatures (iotaledger/iota crates/iota-genesis-builder/src/lib.rs). */
function listedSignatures({ data, payload }: Prepared): readonly Uint8Array[] {
  return data.kind.$kind === "Genesis" ? [] : payload.signatures;
}

function isUsers({ data }: Prepared): boolean {
  return data.kind.$kind === "ProgrammableTransaction";
}

interface Answer {
  readonly kind: string;
  readonly code?: number;
}

function expectKind(answer: Answer, kind: string): void {
  if (answer.kind !== kind) throw unexpected(answer, kind);
}

function unexpected({ kind, code }: Answer, expected: string): CommitError {
  const why = code === undefined ? "" : ` (${codeName(LedgerRejection, code) ?? code})`;
  return new CommitError(`ledger answered ${kind}${why} where ${expected} was expected`);
}
