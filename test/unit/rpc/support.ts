/** A store on a temporary folder with the objects and transactions a test wants, a stand-in for the node over it, and JSON-RPC on top. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bcs } from "@iota/iota-sdk/bcs";
import { fromBase58, toBase58, toBase64, toHex } from "@iota/iota-sdk/utils";
import { CheckpointExtension } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import { CLASSIC } from "../../../core/wire/thresholds.ts";
import { DagFeed } from "../../../host/dag/feed.ts";
import { CheckpointContentsBcs, CheckpointSummaryBcs } from "../../../host/format/checkpoint.ts";
import { digestOf } from "../../../host/format/digest.ts";
import { parseEffects } from "../../../host/format/effects.ts";
import { TransactionDataBcs } from "../../../host/format/transaction.ts";
import type { GenesisFile } from "../../../host/genesis/genesis.ts";
import { Meter } from "../../../host/meter.ts";
import { indexKeys } from "../../../host/pipeline/index-keys.ts";
import { WorkingState } from "../../../host/pipeline/working-state.ts";
import type { RpcNode, Subscriber } from "../../../host/rpc/context.ts";
import { Dispatcher } from "../../../host/rpc/dispatch.ts";
import { METHODS } from "../../../host/rpc/methods/index.ts";
import { type Operation, StateTree, sortOperations } from "../../../host/state-tree/state-tree.ts";
import { LIVE } from "../../../host/store/records.ts";
import { Store } from "../../../host/store/store.ts";
import { numbered, type TestObject } from "../../support/objects.ts";

export const ALICE = numbered(0xa11ce);
export const BOB = numbered(0xb0b);

export const GENESIS: GenesisFile = {
  protocolVersion: "38",
  timestampMs: "1700000000000",
  epochDurationMs: "86400000",
  referenceGasPrice: "1000",
  committee: [
    { name: "first", publicKey: toBase64(new Uint8Array(1_952).fill(1)) },
    { name: "second", publicKey: toBase64(new Uint8Array(1_952).fill(2)) },
    { name: "third", publicKey: toBase64(new Uint8Array(1_952).fill(3)) },
  ],
  coins: [
    { owner: ALICE, balance: "18000000000000000001" },
    { owner: BOB, balance: "41" },
  ],
  checkpoint: "",
  digest: toBase58(new Uint8Array(32).fill(9)),
};

/** An executed transaction: who sent it, what it left where, what it took away. */
export interface TestTransaction {
  readonly sender: string;
  readonly written?: readonly { readonly object: TestObject; readonly owner: string; readonly created?: boolean }[];
  readonly deleted?: readonly { readonly object: TestObject }[];
}

export interface TestCheckpoint {
  readonly objects?: readonly TestObject[];
  readonly deleted?: readonly string[];
  /** Version at which `deleted` goes. */
  readonly version?: bigint;
  readonly timestampMs?: bigint;
  readonly transactions?: readonly TestTransaction[];
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const SILENT = { fault: fail, answered: () => undefined };

function fail(method: string, error: unknown): void {
  throw new Error(`${method} failed`, { cause: error });
}

export class Chain {
  readonly store: Store;
  readonly node: RpcNode;
  readonly dispatcher: Dispatcher;
  readonly #folder = mkdtempSync(join(tmpdir(), "caisson-rpc-"));
  readonly #tree: StateTree;
  readonly #listeners = new Set<(sequence: bigint) => void>();
  #next = 0n;
  #nonce = 0n;

  constructor() {
    this.store = new Store(this.#folder);
    this.#tree = new StateTree({ get: (key) => this.store.node(key) });
    this.node = {
      store: this.store,
      sandbox: { execute: unused, verifyUnsigned: unused },
      genesis: GENESIS,
      chain: fromBase58(GENESIS.digest),
      environment: { epoch: 0n, epochStartMs: 1_700_000_000_000n, protocolVersion: 38n, referenceGasPrice: 1_000n },
      status: {
        ready: true,
        checkpoint: 7n,
        certified: 7n,
        round: 8n,
        waiting: 2,
        transactions: 9n,
        reboots: 1,
        waitsFor: undefined,
        platform: undefined,
        peers: [],
      },
      dag: new DagFeed({
        chain: fromBase58(GENESIS.digest),
        committeeSize: GENESIS.committee.length,
        leadersPerRound: 2,
        committee: GENESIS.committee.map(({ name }) => name),
        author: 0,
      }),
      meter: new Meter(GENESIS.committee.length, 7),
      ready: true,
      submit: unused,
      attest: async () => undefined,
      onCheckpoint: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    this.dispatcher = new Dispatcher(METHODS, { node: this.node }, SILENT);
  }

  /** The next checkpoint is one further. */
  skip(): void {
    this.#next++;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Writes a checkpoint, tells who listens, and gives the digests of its transactions. */
  async checkpoint(given: TestCheckpoint): Promise<string[]> {
    const sequence = this.#next++;
    const timestampMs = given.timestampMs ?? 1_700_000_000_000n + sequence;
    const state = new WorkingState(this.store);
    const { objects = [], deleted = [], version = 1n, transactions = [] } = given;
    state.apply(
      objects.map(({ bytes }) => bytes),
      deleted,
      version,
    );
    const executed = transactions.map((transaction, i) => {
      const bytes = dataOf(transaction.sender, this.#nonce++);
      const digest = digestOf("TransactionData", bytes);
      const effects = effectsOf(digest, transaction);
      return {
        payload: [digest, { transaction: bytes, signatures: [] }] as const,
        write: {
          digest,
          outcome: {
            effects,
            checkpoint: sequence,
            timestampMs,
            sequence: this.store.transactionCount() + BigInt(i),
            inputs: [],
          },
          indexed: indexKeys(TransactionDataBcs.parse(bytes).V1, parseEffects(effects), sequence),
        },
      };
    });
    this.#tree.apply(this.#operations(state));
    const summary = summaryOf(sequence, timestampMs, this.#tree.root());
    await this.store.putCheckpoint({
      sequence,
      digest: digestOf("CheckpointSummary", summary),
      record: { summary, contents: EMPTY_CONTENTS, certificate: Uint8Array.of(1) },
      certified: true,
      objects: state.writes,
      nodes: this.#tree.takeChanges(),
      executed: executed.map(({ write }) => write),
      payloads: executed.map(({ payload }) => payload),
      dropped: [],
    });
    for (const listener of this.#listeners) listener(sequence);
    return executed.map(({ write }) => toBase58(write.digest));
  }

  /** What the checkpoint does to the tree: of what is written several times, only the last counts. */
  #operations({ writes }: WorkingState): Operation[] {
    const last = new Map(writes.map((write) => [toHex(write.id), write]));
    return sortOperations(
      [...last.values()].map(({ id, bytes, digest }) => {
        const head = this.store.head(id);
        return { key: id, old: head?.state === LIVE ? head.digest : undefined, new: bytes && digest };
      }),
    );
  }

  async answer(method: string, params: unknown, subscriber?: Subscriber): Promise<Answer> {
    const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const caller = { admit: () => true, ...(subscriber ? { subscriber } : {}) };
    return JSON.parse(await this.dispatcher.answer(text, caller)) as Answer;
  }

  /** The result. Throws when there is an error instead. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what a test is about
  async call(method: string, ...params: readonly unknown[]): Promise<any> {
    const { result, error } = await this.answer(method, params);
    if (error) throw new Error(`${method}: ${error.code} ${error.message} ${JSON.stringify(error.data)}`);
    return result;
  }

  /** The error. Throws when there is a result instead. */
  async refusal(method: string, ...params: readonly unknown[]): Promise<NonNullable<Answer["error"]>> {
    const { result, error } = await this.answer(method, params);
    if (!error) throw new Error(`${method} answered ${JSON.stringify(result)}`);
    return error;
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.#folder, { recursive: true });
  }
}

function unused(): never {
  throw new Error("this test's node does not execute");
}

const DIGEST = toBase58(new Uint8Array(32).fill(5));
const EMPTY_CONTENTS = CheckpointContentsBcs.serialize({ V1: { transactions: [], userSignatures: [] } }).toBytes();

function summaryOf(sequenceNumber: bigint, timestampMs: bigint, stateRoot: Uint8Array): Uint8Array {
  const any = new Uint8Array(32);
  const extension = encode(CheckpointExtension, {
    version: 3,
    chain: fromBase58(GENESIS.digest),
    environment: { epoch: 0n, epochStartMs: 0n, protocolVersion: 38n, referenceGasPrice: 1_000n },
    epochDurationMs: 0n,
    faults: CLASSIC,
    commit: sequenceNumber,
    commitDigest: any,
    round: sequenceNumber,
    leaderBlock: any,
    resume: new Uint8Array(),
    stateRoot,
    contentsRoot: any,
    committeeDigest: any,
  });
  const nothing = "0";
  return CheckpointSummaryBcs.serialize({
    epoch: nothing,
    sequenceNumber,
    networkTotalTransactions: nothing,
    contentDigest: DIGEST,
    previousDigest: null,
    epochRollingGasCostSummary: {
      computationCost: nothing,
      computationCostBurned: nothing,
      storageCost: nothing,
      storageRebate: nothing,
      nonRefundableStorageFee: nothing,
    },
    timestampMs,
    checkpointCommitments: [],
    endOfEpochData: null,
    versionSpecificData: [...extension],
  }).toBytes();
}

function dataOf(sender: string, nonce: bigint): Uint8Array {
  const kind = { ProgrammableTransaction: { inputs: [], commands: [] } };
  const gasData = { payment: [], owner: sender, price: "1000", budget: String(nonce) };
  return TransactionDataBcs.serialize({
    V1: { kind, sender, gasData, expiration: { None: true } },
  } as never).toBytes();
}

function effectsOf(digest: Uint8Array, { written = [], deleted = [] }: TestTransaction): Uint8Array {
  const before = (object: TestObject) => ({
    Exist: [[object.version, toBase58(object.digest)], { AddressOwner: ALICE }] as const,
  });
  const changedObjects = [
    ...written.map(({ object, owner, created }) => [
      object.id,
      {
        inputState: created ? { NotExist: true } : before(object),
        outputState: { ObjectWrite: [toBase58(object.digest), { AddressOwner: owner }] },
        idOperation: created ? { Created: true } : { None: true },
      },
    ]),
    ...deleted.map(({ object }) => [
      object.id,
      { inputState: before(object), outputState: { NotExist: true }, idOperation: { Deleted: true } },
    ]),
  ].sort(([a], [b]) => (a! < b! ? -1 : 1));
  return bcs.TransactionEffects.serialize({
    V1: {
      status: { Success: true },
      executedEpoch: "0",
      gasUsed: {
        computationCost: "1",
        computationCostBurned: "1",
        storageCost: "2",
        storageRebate: "3",
        nonRefundableStorageFee: "4",
      },
      transactionDigest: toBase58(digest),
      gasObjectIndex: null,
      eventsDigest: null,
      dependencies: [],
      lamportVersion: "2",
      changedObjects,
      unchangedSharedObjects: [],
      auxDataDigest: null,
    },
  } as never).toBytes();
}
