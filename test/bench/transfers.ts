/**
 * Coin transfers through `execute` and `ledger` alone, frame by frame, against a tree of any size: what they cost inside the two components,
 * copies of the frames included, and how much of its arena the ledger then uses.
 */
import { bcs } from "@iota/bcs";
import { Config, LANE_NUMBERS, LANES, type LaneName } from "../../core/wire/frames.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import { CLASSIC } from "../../core/wire/thresholds.ts";
import { blake2b256 } from "../../host/format/digest.ts";
import { StateTree, sortOperations } from "../../host/state-tree/state-tree.ts";
import { ComponentInstance, type Sent } from "../../platform/component.ts";
import { loadModule } from "../../platform/modules.ts";
import { clock, coin, idBytes, signableDigest, type TestObject } from "../support/objects.ts";
import { address, gasCoin, result, split, transaction, transfer, u64 } from "../unit/core/execute-support.ts";
import {
  bytes32,
  CHAIN,
  EPOCH,
  hash,
  loneResume,
  prologueOf,
  SIGNATURE,
  summaryOf,
  ZERO,
} from "../unit/core/order-support.ts";
import { LargeTree } from "./large-tree.ts";

/** Protocol 38 has at most 512 transactions in a block (consensus_max_num_transactions_in_block), so a batch of 1,000 is two commits. */
const COMMIT_TRANSFERS = 500;
const COMMITS = 2;
export const BATCH_TRANSFERS = COMMITS * COMMIT_TRANSFERS;

const SENDER = `0x${"5e".repeat(32)}`;
const RECIPIENT = `0x${"ca".repeat(32)}`;
const BALANCE = 1_000_000_000n;
/** A serialized Ed25519 signature: flag, signature, key. */
const USER_SIGNATURE_BYTES = 97;
/** blake2b256(bcs(vector of Member)) of none. */
const NO_MEMBERS = blake2b256(Uint8Array.of(0));
const ENVIRONMENT = { epoch: EPOCH, epochStartMs: 5n, protocolVersion: 38n, referenceGasPrice: 1_000n };
/** The checkpoint that the ledger is installed from; every measured commit is the one after it. */
const INSTALLED = {
  index: 7n,
  round: 8n,
  timestampMs: 1_000n,
  commitDigest: bytes32(1),
  leaderBlock: bytes32(2),
  resume: loneResume(8n),
};
const NEXT = {
  index: 8n,
  round: 9n,
  timestampMs: 2_000n,
  commitDigest: bytes32(3),
  leaderBlock: bytes32(4),
  resume: loneResume(9n),
};
const BOOT = 1n;

const Signatures = bcs.vector(bcs.vector(bcs.u8()));
const frame = <L extends LaneName>(lane: L, value: Value<(typeof LANES)[L]>): Frame => ({
  lane: LANE_NUMBERS[lane],
  bytes: encode<never>(LANES[lane] as never, value as never),
});

interface Frame {
  readonly lane: number;
  readonly bytes: Uint8Array;
}

/** One commit's frames, ready to be sent. */
interface Commit {
  readonly ordered: readonly Frame[];
  readonly executions: readonly Frame[];
  readonly step: Frame;
  readonly signatures: Frame;
}

interface Payment {
  readonly coin: TestObject;
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

/** Microseconds of one transfer inside each of the two components. */
export interface TransferTimes {
  readonly execute: number;
  readonly ledger: number;
}

export class Transfers {
  readonly #execute: ComponentInstance;
  readonly #ledger: ComponentInstance;
  /** The ledger with the checkpoint installed, and nothing after it. */
  readonly #installed: Uint8Array;
  readonly #commits: readonly Commit[];
  #executeMs = 0;
  #ledgerMs = 0;
  #arenaBytes = 0;

  private constructor(execute: WebAssembly.Module, ledger: WebAssembly.Module, objects: number) {
    const time = clock(INSTALLED.timestampMs);
    const payments = Array.from({ length: BATCH_TRANSFERS }, (_, i) => payment(i));
    const entries = [time, ...payments.map((one) => one.coin)].map(({ id, digest }) => ({ id: idBytes(id), digest }));
    const tree = new StateTree(new LargeTree(entries, objects));
    this.#execute = new ComponentInstance(execute, encode(Config.execute, { sealed: 1 }));
    this.#ledger = new ComponentInstance(
      ledger,
      encode(Config.ledger, { chain: ZERO, author: 0, committee: [], faults: CLASSIC }),
    );
    this.#send(frame("vaultToLedger", ready()));
    const summary = summaryOf(INSTALLED, { stateRoot: tree.root(), committeeDigest: NO_MEMBERS });
    this.#send(frame("orderToLedger", { kind: "install", summary }));
    this.#installed = this.#ledger.state();
    this.#commits = Array.from({ length: COMMITS }, (_, i) =>
      this.#prepare(payments.slice(i * COMMIT_TRANSFERS, (i + 1) * COMMIT_TRANSFERS), time, tree),
    );
  }

  /** `objects`: how many the tree holds. */
  static async load(objects: number): Promise<Transfers> {
    const [execute, ledger] = await Promise.all([loadModule("execute"), loadModule("ledger")]);
    return new Transfers(execute.module, ledger.module, objects);
  }

  /** Applies the batch, each commit of it to the tree as it was installed. */
  run(): void {
    for (const commit of this.#commits) {
      this.#apply(commit);
      this.#ledger.restore(this.#installed);
    }
  }

  /** Times of all runs since the last call. */
  takeTimes(runs: number): TransferTimes {
    const transfers = runs * BATCH_TRANSFERS;
    const times = {
      execute: (this.#executeMs * 1_000) / transfers,
      ledger: (this.#ledgerMs * 1_000) / transfers,
    };
    this.#executeMs = 0;
    this.#ledgerMs = 0;
    return times;
  }

  /** Most bytes of the ledger's arena in use at any moment of a batch. */
  arenaHighWater(): number {
    this.#arenaBytes = 0;
    for (const commit of this.#commits) {
      this.#apply(commit, () => {
        const [status] = this.#send(frame("hostToLedger", { kind: "status", id: 0n }));
        const { arenaBytesUsed } = decode(LANES.ledgerToHost, status!.bytes) as { readonly arenaBytesUsed: number };
        this.#arenaBytes = Math.max(this.#arenaBytes, arenaBytesUsed);
      });
      this.#ledger.restore(this.#installed);
    }
    return this.#arenaBytes;
  }

  #apply(commit: Commit, between: () => void = () => {}): void {
    for (const one of commit.ordered) this.#send(one);
    for (const one of commit.executions) {
      for (const { lane, bytes } of this.#run(one))
        if (lane === LANE_NUMBERS.executeToLedger) this.#send({ lane, bytes });
      between();
    }
    this.#send(commit.step);
    between();
    const request = this.#send(commit.signatures).find(({ lane }) => lane === LANE_NUMBERS.ledgerToVault);
    if (!request) throw new Error("the commit did not end");
    const { sequence, digest } = decode(LANES.ledgerToVault, request.bytes) as { sequence: bigint; digest: Uint8Array };
    const signed = { kind: "signed", sequence, digest, boot: BOOT, signature: SIGNATURE } as const;
    this.#send(frame("vaultToLedger", signed));
  }

  /** To `execute`. */
  #run({ lane, bytes }: Frame): Sent[] {
    const begun = performance.now();
    const sent = this.#execute.step(lane, bytes);
    this.#executeMs += performance.now() - begun;
    return sent;
  }

  /** To `ledger`, which must not reject it. */
  #send({ lane, bytes }: Frame): Sent[] {
    const begun = performance.now();
    const sent = this.#ledger.step(lane, bytes);
    this.#ledgerMs += performance.now() - begun;
    for (const one of sent) {
      if (one.lane !== LANE_NUMBERS.ledgerToHost) continue;
      const answer = decode(LANES.ledgerToHost, one.bytes);
      if (answer.kind === "rejected" || answer.kind === "stale") throw new Error(`the ledger answered ${answer.kind}`);
    }
    return sent;
  }

  #prepare(payments: readonly Payment[], time: TestObject, tree: StateTree): Commit {
    const prologue = prologueOf(NEXT.round, NEXT.timestampMs, NEXT.commitDigest);
    const executions = [
      execution(prologue, [time]),
      ...payments.map(({ bytes, coin: gas }) => execution(bytes, [gas])),
    ];
    const reads = executions.flatMap((one) => {
      const result = this.#execute.step(one.lane, one.bytes).find(({ lane }) => lane === LANE_NUMBERS.executeToLedger);
      if (!result) throw new Error("a transfer was not executed");
      return decode(LANES.executeToLedger, result.bytes).reads;
    });
    const operations = sortOperations(reads.map(({ id, digest }) => ({ key: id, old: digest, new: digest })));
    const user = payments.map(({ digest, signatures }) => ({
      digest,
      sender: idBytes(SENDER),
      gasOwner: idBytes(SENDER),
      signaturesDigest: hash("", Signatures.serialize(signatures.map((one) => [...one])).toBytes()),
    }));
    const system = { digest: transactionDigest(prologue), sender: ZERO, gasOwner: ZERO, signaturesDigest: ZERO };
    return {
      ordered: [
        frame("orderToLedger", { kind: "commit", ...NEXT, endOfEpoch: false, transactions: [system, ...user] }),
        frame("hostToLedger", { kind: "begin", id: 1n, commit: NEXT.index }),
      ],
      executions,
      step: frame("hostToLedger", {
        kind: "step",
        id: 2n,
        transactions: executions.length,
        operations: operations.map(({ key, old }) => ({ id: key, digest: old! })),
        proof: tree.prove(operations),
      }),
      signatures: frame("hostToLedger", {
        kind: "signatures",
        id: 3n,
        signatures: payments.map(({ signatures }) => signatures),
      }),
    };
  }
}

const transactionDigest = (bytes: Uint8Array) => signableDigest("TransactionData", bytes);

/** A part of the gas coin goes to somebody else. */
function payment(index: number): Payment {
  const gas = coin({
    id: `0x${Buffer.from(hash("coin", bytes32(index))).toString("hex")}`,
    owner: SENDER,
    balance: BALANCE,
    previous: hash("previous", bytes32(index)),
  });
  const bytes = transaction({
    inputs: [u64(1_000n), address(RECIPIENT)],
    commands: [split(gasCoin, { Input: 0 }), transfer({ Input: 1 }, result(0))],
    payment: [gas],
    sender: SENDER,
  });
  const signatures = [new Uint8Array(USER_SIGNATURE_BYTES).fill(index)];
  return { coin: gas, bytes, digest: transactionDigest(bytes), signatures };
}

function execution(bytes: Uint8Array, objects: readonly TestObject[]): Frame {
  return frame("hostToExecute", {
    kind: "execute",
    id: 4n,
    mode: 0,
    commit: NEXT.index,
    environment: ENVIRONMENT,
    transaction: bytes,
    objects: objects.map((object) => object.bytes),
    absent: [],
  });
}

/** A vault that is bound to the chain already. */
function ready() {
  return {
    kind: "ready",
    publicKey: new Uint8Array(1_952),
    boot: BOOT,
    chain: CHAIN,
    epoch: 0n,
    round: 0n,
    roundDigest: ZERO,
    nextSequence: 0n,
    sequenceDigest: ZERO,
  } as const;
}
